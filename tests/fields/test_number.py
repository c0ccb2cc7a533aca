"""Numbers, with a point or a comma, within bounds."""

import pytest

from fields.number import Number


@pytest.mark.parametrize(
    ("cell", "value"),
    [(9, 9.0), (9.5, 9.5), ("9,5", 9.5), ("9.5", 9.5), (" 9 ", 9.0), ("1", 1.0), (18, 18.0), ("12 jours", 12.0), ("+3", 3.0)],
)
def test_a_number_is_read_with_point_or_comma(cell, value):
    reading = Number(1, 18).read(cell, {})
    assert (value, ()) == (reading.value, reading.faults)


def test_spaces_stand_between_thousands():
    assert Number(0, 5000).read("1 250,5", {}).value == 1250.5


def test_a_minus_may_be_typographic():
    assert Number(-10, 10).read("−2,5", {}).value == -2.5


@pytest.mark.parametrize("cell", [0, 18.01, "0,5", "neuf", True, "9,5,1", "9e5", float("nan"), float("inf"), 1e300])
def test_what_is_out_of_bounds_or_no_number_is_a_fault_that_says_the_bounds(cell):
    reading = Number(1, 18).read(cell, {})
    assert None is reading.value
    assert reading.faults[0].expected == "un nombre de 1 à 18 est attendu"

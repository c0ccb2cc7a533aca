"""A number is dialled wherever the phone is, and words stay words."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fields.phone import Phone, pieces

CASES = Path(__file__).resolve().parents[2].parent / "shared" / "cases" / "open.json"


def read(cell, code_postal="49100"):
    reading = Phone().read(cell, {"code_postal": code_postal})
    return (
        reading.value,
        [uri for _, uri in pieces(reading.value, str(code_postal)) if uri],
        [fault.expected for fault in reading.faults],
    )


LANDLINE = ("02 61 91 00 42", ["tel:+33261910042"], [])


@pytest.mark.parametrize(
    "cell",
    [
        261910042,
        261910042.0,
        33261910042,
        "2 61 91 00 42",
        "0261910042",
        "02.61.91.00.42",
        "02-61-91-00-42",
        "02/61/91/00/42",
        "02\u00a061\u202f91 00 42",
        "0261 91 0042",
        "(02) 61 91 00 42",
        "O2 61 91 00 42",
        "+33261910042",
        "+33 2 61 91 00 42",
        "+33 (0)2 61 91 00 42",
        "+33 02 61 91 00 42",
        "(+33) 2.61.91.00.42",
        "0033 2 61 91 00 42",
        "00 33 (0) 2 61 91 00 42",
        "33 2 61 91 00 42",
    ],
)
def test_one_number_in_any_spelling_is_shown_and_dialled_in_one_way(cell):
    assert read(cell) == LANDLINE


@pytest.mark.parametrize(
    ("cell", "shown", "uris"),
    [
        (
            "02.61.91.00.42 / 06-39-98-00-17 (Lou, le soir)",
            "02 61 91 00 42 / 06 39 98 00 17 (Lou, le soir)",
            ["tel:+33261910042", "tel:+33639980017"],
        ),
        ("06 39 98 00 17#02-61-91-00-42", "06 39 98 00 17 / 02 61 91 00 42", ["tel:+33639980017", "tel:+33261910042"]),
        ("0261910042 ou 06.39.98.00.17", "02 61 91 00 42 ou 06 39 98 00 17", ["tel:+33261910042", "tel:+33639980017"]),
        ("261910042/639980017", "02 61 91 00 42 / 06 39 98 00 17", ["tel:+33261910042", "tel:+33639980017"]),
        ("Magasin 01 43 57 98 49, de 9h à 12h", "Magasin 01 43 57 98 49, de 9h à 12h", ["tel:+33143579849"]),
        ("0261910042 poste 12", "02 61 91 00 42 poste 12", ["tel:+33261910042"]),
        ("36 31", "36 31", ["tel:3631"]),
        (3949, "39 49", ["tel:3949"]),
        ("118 218", "118 218", ["tel:118218"]),
        ("0800000042", "0 800 00 00 42", ["tel:+33800000042"]),
        ("+41 22 700 12 34", "+41 22 700 12 34", ["tel:+41227001234"]),
        ("0041 22 700 12 34", "+41 22 700 12 34", ["tel:+41227001234"]),
        (41227001234, "+41 22 700 12 34", ["tel:+41227001234"]),
        ("+44 (0)20 7946 0958", "+44 20 7946 0958", ["tel:+442079460958"]),
    ],
)
def test_several_numbers_short_ones_foreign_ones_and_words(cell, shown, uris):
    assert (shown, uris, []) == read(cell)


@pytest.mark.parametrize(
    ("cell", "code_postal", "shown", "uri"),
    [
        ("0692 00 00 07", "97417", "0692 00 00 07", "tel:+262692000007"),
        ("0690000007", "97100", "0690 00 00 07", "tel:+590690000007"),
        ("0696 00 00 07", "97200", "0696 00 00 07", "tel:+596696000007"),
        ("0594 00 00 07", "97300", "0594 00 00 07", "tel:+594594000007"),
        ("+33 692 00 00 07", "49100", "0692 00 00 07", "tel:+262692000007"),
        ("+262 (0)692 00 00 07", "97400", "0692 00 00 07", "tel:+262692000007"),
        ("+262 639 00 00 07", "49100", "+262 639 00 00 07", "tel:+262639000007"),
        ("0639 00 00 07", "97600", "0639 00 00 07", "tel:+262639000007"),
        ("0639 98 00 17", "49100", "06 39 98 00 17", "tel:+33639980017"),
        ("06 12 34 56 78", "97400", "06 12 34 56 78", "tel:+33612345678"),
        ("0976 12 34 56", 97400, "0976 12 34 56", "tel:+262976123456"),
        ("0508 41 00 00", "97500", "0508 41 00 00", "tel:+508410000"),
        ("27.12.34", "98800", "27 12 34", "tel:+687271234"),
        ("40 12 34 56", "98714", "40 12 34 56", "tel:+68940123456"),
    ],
)
def test_overseas_the_place_has_its_say(cell, code_postal, shown, uri):
    assert (shown, [uri], []) == read(cell, code_postal)


@pytest.mark.parametrize(
    "cell",
    [
        "voir Facebook",
        "33",
        33,
        "2020",
        "27 12 34",
        "06 66 29 538",
        "01 40 20 07",
        "732 829 320 00074",
        "73282932000074",
        True,
        "+33 2 61 91 00",
    ],
)
def test_what_is_no_number_keeps_its_words_and_is_told(cell):
    shown, uris, faults = read(cell)
    assert ("VRAI" if cell is True else str(cell)) == shown
    assert uris == []
    assert ["n'est pas un numéro" in fault for fault in faults] == [True]


def test_a_number_with_a_digit_lacking_beside_a_good_one_is_told():
    _, uris, faults = read("06 66 29 538 / 02 61 91 00 42")
    assert uris == ["tel:+33261910042"]
    assert len(faults) == 1


@pytest.mark.parametrize("cell", ["-", "néant", "pas de téléphone", "aucun"])
def test_no_telephone_is_no_fault(cell):
    assert read(cell) == ("", [], [])


@given(st.text("0123456789+() ./-é,#", max_size=60), st.sampled_from(["49100", "97400", "98800", ""]))
def test_pieces_are_the_text_and_what_is_shown_reads_as_itself(cell, code_postal):
    shown, _, _ = read(cell, code_postal)
    assert cell == "".join(written for written, _ in pieces(cell, code_postal))
    assert shown == read(shown, code_postal)[0]


def case(name):
    if not CASES.is_file():
        pytest.skip("the public cases are not beside this checkout")
    return [
        read(row["Téléphone"], row["Code postal"])
        for case in json.loads(CASES.read_text(encoding="utf-8"))
        if case["id"] == name
        for row in case["input"]["rows"]
    ]


def test_the_public_case_of_numbers_taken_for_numbers():
    assert case("cell-phone-number-o") == [LANDLINE, ("06 39 98 00 17", ["tel:+33639980017"], []), LANDLINE]


def test_the_public_case_of_forms_of_numbers():
    *readings, words = case("phone-forms-o")
    assert [uris for _, uris, _ in readings] == [
        ["tel:+33261910042"],
        ["tel:+33639980017"],
        ["tel:+33261910042", "tel:+33639980017"],
        ["tel:3631"],
        ["tel:+33800000042"],
    ]
    assert "Lou, le soir" in readings[2][0]
    assert readings[4][0] == "0 800 00 00 42"
    assert words[:2] == ("voir Facebook", [])
    assert words[2]


def test_the_public_case_of_numbers_overseas():
    assert case("phone-overseas-o") == [
        ("0692 00 00 07", ["tel:+262692000007"], []),
        ("0690 00 00 07", ["tel:+590690000007"], []),
        ("06 39 98 00 17", ["tel:+33639980017"], []),
    ]

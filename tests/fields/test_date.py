"""The day comes before the month, the clock is that of France, and a year is needed."""

import json
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fields.date import Day, Moment, Timestamp, french

CASES = Path(__file__).resolve().parents[2].parent / "shared" / "cases" / "open.json"


@pytest.mark.parametrize(
    ("cell", "moment"),
    [
        (46328, datetime(2026, 11, 2)),
        (46204.5, datetime(2026, 7, 1, 12)),
        (46328.4267013889, datetime(2026, 11, 2, 10, 14, 27)),
        ("17/03/2020 21:49:17", datetime(2020, 3, 17, 21, 49, 17)),
        ("06/04/2020 à 14h", datetime(2020, 4, 6, 14)),
        ("le 6 avril 2020 à 14 h 30", datetime(2020, 4, 6, 14, 30)),
        ("2026-11-02", datetime(2026, 11, 2)),
        ("2026-11-02 09:30:59.9", datetime(2026, 11, 2, 9, 31)),
        ("2026-07-01T10:00:00Z", datetime(2026, 7, 1, 12)),
        ("1er juillet 2026", datetime(2026, 7, 1)),
    ],
)
def test_a_timestamp_is_naive_and_to_the_second(cell, moment):
    reading = Timestamp().read(cell, {})
    assert (moment, ()) == (reading.value, reading.faults)


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("03/04/2026", date(2026, 4, 3)),
        ("03/04/26", date(2026, 4, 3)),
        ("3.4.2026", date(2026, 4, 3)),
        ("3 avril 2026", date(2026, 4, 3)),
        ("VENDREDI 3 AVRIL 2026", date(2026, 4, 3)),
        ("3 avr. 2026 inclus", date(2026, 4, 3)),
        ("15-sept.-2026", date(2026, 9, 15)),
        ("1er août 2026", date(2026, 8, 1)),
        ("2 févr 2027", date(2027, 2, 2)),
        ("au 16/08/2026 au soir", date(2026, 8, 16)),
        (46328.999, date(2026, 11, 2)),
    ],
)
def test_a_day_is_read_day_first(cell, day):
    reading = Day().read(cell, {})
    assert (day, ()) == (reading.value, reading.faults)


@pytest.mark.parametrize("cell", ["15 mai", "lundi 3 août", "3/8", "1er juillet"])
def test_a_day_without_its_year_asks_for_it(cell):
    reading = Day().read(cell, {})
    assert None is reading.value
    assert "année" in reading.faults[0].expected


@pytest.mark.parametrize(
    "cell",
    [
        "32/13/2026",
        "31/02/2026",
        "02/13/2026",
        "en août",
        "du 3 au 16 août 2026",
        2026,
        0.375,
        1e9,
        True,
        "3 mois 2026",
        "3 jui 2026",
        "1/1/1026",
        "25/12/2026 à 25h",
    ],
)
def test_an_unreadable_day_is_a_fault(cell):
    reading = Day().read(cell, {})
    assert None is reading.value
    assert len(reading.faults) == 1


@pytest.mark.parametrize("cell", ["-", "aucun", "pas de congés", 0])
def test_no_holiday_is_no_fault(cell):
    reading = Day().read(cell, {})
    assert (reading.value, reading.faults) == (None, ())


def test_a_moment_is_aware_of_the_summer():
    assert Moment().read(46204.5, {}).value.isoformat() == "2026-07-01T12:00:00+02:00"
    assert Moment().read(46328, {}).value.isoformat() == "2026-11-02T00:00:00+01:00"


def test_of_the_hour_that_comes_twice_the_first_is_meant():
    assert Moment().read("25/10/2026 02:30", {}).value.isoformat() == "2026-10-25T02:30:00+02:00"


@given(st.datetimes(datetime(1970, 1, 1), datetime(2099, 12, 31)).map(lambda moment: moment.replace(microsecond=0)))
def test_a_serial_and_its_spellings_are_the_same_moment(moment):
    serial = (moment - datetime(1899, 12, 30)).total_seconds() / 86_400
    written = f"{french(moment)} à {moment:%H:%M:%S}"
    assert {moment} == {
        Timestamp().read(cell, {}).value for cell in (serial, f"{moment:%d/%m/%Y %H:%M:%S}", moment.isoformat(), written)
    }


def test_a_day_is_said_in_french():
    assert [french(date(2026, 11, 2)), french(date(2026, 7, 1))] == ["2 novembre 2026", "1er juillet 2026"]


@pytest.mark.skipif(not CASES.is_file(), reason="the public cases are not beside this checkout")
def test_the_public_case_of_serial_dates():
    case = next(case for case in json.loads(CASES.read_text(encoding="utf-8")) if case["id"] == "date-serial-o")
    readings = {row["titre"]: Moment().read(row["date"], {}) for row in case["input"]["rows"]}
    shown = {title: reading.value and french(reading.value) for title, reading in readings.items()}
    assert shown == {"A": "2 novembre 2026", "B": "3 avril 2026", "C": "2 novembre 2026", "D": None, "E": "1er juillet 2026"}
    assert [title for title, reading in readings.items() if reading.faults] == ["D"]

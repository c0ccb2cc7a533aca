"""Hours of OSM through the library: its traps are kept out, nights stay with the day they began."""

import json
from datetime import date, datetime
from pathlib import Path

import pytest

from annuaire import state
from annuaire.hours import is_holiday, read
from fields.date import PARIS

CASES = Path(__file__).resolve().parents[2].parent / "shared" / "cases" / "hours_open.json"
KNOWN = json.loads(CASES.read_text()) if CASES.exists() else []


@pytest.mark.skipif(not KNOWN, reason="shared/cases is not beside the checkout")
def test_every_known_value_says_at_every_instant_what_it_should():
    wrong = [
        (case["id"], instant)
        for case in KNOWN
        for instant in case["instants"]
        if not _agrees(case["osm"], datetime.fromisoformat(instant["at"]).replace(tzinfo=PARIS), instant["state"])
    ]
    assert wrong == []


def _agrees(osm: str | None, at: datetime, said: str) -> bool:
    found = state(osm, None, None, at).open
    return {"open": found is True, "closed": found is False, "unknown": found is None, "not_open": not found}[said]


@pytest.mark.parametrize(
    "value",
    ["", "Mo-Fr", "09:00-12:00", "SH 09:00-12:00", '"sur rendez-vous"', 'Mo-Fr "x"', "Mo 25:99-30:00", "Mo-Fr 9h", "unknown",
     "Mo-Fr 09:00-12:00; Sa", 'Mo-Fr 09:00-12:00 "sur rdv"', "Mo-Fr 09:00-12:00 || \"appelez\"", "Tu sunrise-sunset"],
)  # fmt: skip
def test_a_value_with_any_doubt_says_nothing(value):
    assert read(value) is None


@pytest.mark.parametrize(
    ("value", "at", "began"),
    [
        # The library alone says closed on the 25th at half past midnight, and open on the 26th.
        ("Tu-Sa 18:00-01:00; 2026 Nov 25 off", "2026-11-25T00:30", -1),
        ("Tu-Sa 18:00-01:00; 2026 Nov 25 off", "2026-11-26T00:30", 1),
        ("Tu-Sa 18:00-01:00; PH off", "2026-12-25T00:30", -1),
        ("Tu-Sa 18:00-01:00; PH off", "2026-12-26T00:30", 1),
        ("Tu-Sa 18:00-01:00", "2026-11-25T00:30", -1),
        ("Tu-Sa 18:00-01:00", "2026-11-25T18:00", 0),
        ("Mo-Fr 00:00-24:00", "2026-11-25T02:00", 0),
        ("24/7", "2026-11-25T02:00", 0),
        ("Mo-Sa 10:00-24:00", "2026-11-25T00:00", 1),
        ("Fr 10:00-24:00, Sa 00:00-12:00", "2026-11-28T02:00", 0),
    ],
)
def test_the_night_belongs_to_the_day_before(value, at, began):
    hours = read(value)
    assert hours is not None
    assert hours.began(datetime.fromisoformat(at)) == began


def test_public_holidays_are_those_of_france():
    assert [is_holiday(date(2026, *day)) for day in ((5, 1), (4, 6), (5, 14), (5, 25), (11, 11), (4, 3), (12, 26))] == [
        True, True, True, True, True, False, False
    ]  # fmt: skip

"""Hours of OSM: the same as opening_hours_py says, a whole year round."""

import json
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from opening_hours import OpeningHours

from annuaire.holidays import is_holiday
from annuaire.opening import _running
from annuaire.timetable import timetable

CASES = Path(__file__).resolve().parents[2].parent / "shared" / "cases" / "hours_open.json"
VALUES = sorted({case["osm"] for case in json.loads(CASES.read_text()) if case["osm"]}) if CASES.exists() else []
HALF_HOURS = [datetime(2026, 11, 23) + timedelta(minutes=30 * number) for number in range(371 * 48)]


@pytest.mark.skipif(not VALUES, reason="shared/cases is not beside the checkout")
def test_every_known_value_is_read():
    assert [value for value in VALUES if timetable(value) is None] == []


@pytest.mark.parametrize(
    "value",
    [
        "24/7",
        "Mo-Tu,Th-Sa 09:00-12:30,14:30-19:00; PH off",
        "Apr-Oct Tu-Su 10:00-19:00; Nov-Mar Sa-Su 14:00-18:00",
        "Mo-Th 10:00-24:00, Fr-Sa 10:00-02:00, Su 10:00-20:00",
        "Tu-Sa 10:00-19:00; Fr[-1] 10:00-21:00",
        "Th[2,4] 16:00-19:00",
        "week 2-53/2 Fr 16:00-19:00",
        "Tu-Sa 09:00-19:00; Aug 1-21 off",
        "Tu-Sa 09:00-18:00; 2026 Nov 1-2026 Dec 15 off",
        "Tu-Sa 08:00-13:00; 2026 Nov 28 off; Dec 24-Jan 2 off",
        "Mo-Sa 07:00-20:00; Su,PH 08:00-13:00",
        "Sa-Mo 08:00-13:00",
        "We-Sa 17:00+",
        'Mo-Fr 09:00-17:00; Sa unknown "sur RDV, merci"',
    ],
)
def test_it_agrees_with_opening_hours_py_every_half_hour(value):
    peer, hours = OpeningHours(value, country="FR"), timetable(value)
    assert hours is not None
    differing = [
        at
        for at in HALF_HOURS
        if peer.is_open(at) != (_running(hours, None, None, at.date(), at.hour * 60 + at.minute) is not None)
    ]
    assert differing == []


@pytest.mark.parametrize(
    "value", ["", "Mo-Fr", "09:00-12:00", "SH 09:00-12:00", '"sur rendez-vous"', "Mo 25:99-30:00", "Mo-Fr 9h", "unknown"]
)
def test_a_value_with_any_doubt_says_nothing(value):
    assert timetable(value) is None


def test_public_holidays_are_those_of_france():
    peer = OpeningHours("PH 00:00-24:00", country="FR")
    days = [date(2024, 1, 1) + timedelta(days=number) for number in range(365 * 6)]
    assert [day for day in days if peer.is_open(datetime(day.year, day.month, day.day, 12))] == [
        day for day in days if is_holiday(day)
    ]

"""Open or closed: what a visitor in France reads, wherever the server is."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from annuaire import OpenState, schema_org, state
from annuaire.opening import moment

PARIS = ZoneInfo("Europe/Paris")
WEEK, BAR = "Tu-Sa 09:00-19:00", "Mo-Th 11:00-24:00, Fr-Sa 11:00-02:00, Su 11:00-22:00"


def paris(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=PARIS)


@pytest.mark.parametrize(
    ("hours", "at", "open_", "text"),
    [
        (WEEK, "2026-11-24T09:00", True, "Ouvert · ferme à 19 h"),
        (WEEK, "2026-11-24T08:59", False, "Fermé · ouvre à 9 h"),
        (WEEK, "2026-11-23T08:00", False, "Fermé · ouvre demain à 9 h"),
        (WEEK, "2026-11-22T08:00", False, "Fermé · ouvre mardi à 9 h"),
        (WEEK, "2026-11-28T19:00", False, "Fermé · ouvre mardi à 9 h"),
        ("Tu 09:30-12:00", "2026-11-24T13:00", False, "Fermé · ouvre mardi 1er décembre à 9 h 30"),
        ("May-Sep Mo-Sa 10:00-18:30", "2026-11-24T11:00", False, "Fermé · ouvre le 1er mai à 10 h"),
        (BAR, "2026-11-29T01:30", True, "Ouvert · ferme à 2 h"),
        (BAR, "2026-11-28T01:30", True, "Ouvert · ferme à 2 h"),
        (BAR, "2026-11-27T00:30", False, "Fermé · ouvre à 11 h"),
        (BAR, "2026-11-26T23:00", True, "Ouvert · ferme à minuit"),
        ("Fr 10:00-24:00, Sa 00:00-12:00", "2026-11-27T23:00", True, "Ouvert · ferme à 12 h"),
        ("We-Sa 17:00+", "2026-11-25T17:30", True, "Ouvert"),
        ("24/7", "2026-12-25T04:00", True, "Ouvert jour et nuit"),
        (WEEK, "2026-12-25T10:00", True, "Ouvert · ferme à 19 h (jour férié : à vérifier)"),
        (f"{WEEK}; PH off", "2026-12-25T10:00", False, "Fermé · ouvre demain à 9 h"),
        ("2026 Nov 24 09:00-12:00", "2026-11-25T10:00", False, "Fermé"),
    ],
)
def test_the_sentence_says_the_state_and_what_comes_next(hours, at, open_, text):
    assert OpenState(open_, text) == state(hours, None, None, paris(at))


@pytest.mark.parametrize("hours", ["", None, "Mo-Fr", '"sur rendez-vous"'])
def test_hours_that_are_not_understood_claim_nothing(hours):
    assert OpenState(None, None) == state(hours, None, None, paris("2026-11-24T10:00"))


def test_a_day_by_appointment_is_neither_open_nor_closed():
    hours = 'Mo-Fr 09:00-17:00, Sa unknown "sur RDV"'
    assert OpenState(None, None) == state(hours, None, None, paris("2026-11-28T10:00"))


def test_a_closure_closes_both_its_ends_and_the_next_opening_is_after_it():
    first, last = date(2026, 11, 24), date(2026, 11, 27)
    for day, opens in (("2026-11-24", "samedi"), ("2026-11-27", "demain")):
        assert OpenState(False, f"Fermé · ouvre {opens} à 9 h") == state(WEEK, first, last, paris(f"{day}T10:00"))
    assert state(WEEK, first, last, paris("2026-11-28T10:00")).open


def test_the_night_before_a_closure_is_still_open():
    assert state(BAR, date(2026, 11, 29), date(2026, 12, 6), paris("2026-11-29T01:30")).open
    assert not state(BAR, date(2026, 11, 29), date(2026, 12, 6), paris("2026-11-29T12:00")).open


def test_a_closure_is_told_even_where_the_hours_are_not_understood():
    assert OpenState(False, "Fermé jusqu'au 27 novembre 2026") == state("", None, date(2026, 11, 27), paris("2026-11-24T10:00"))


def test_the_clock_is_that_of_paris_in_winter_and_in_summer():
    hours = "Mo-Sa 09:00-12:00"
    assert state(hours, None, None, datetime(2026, 11, 25, 8, 30, tzinfo=UTC)).open
    assert state(hours, None, None, datetime(2026, 7, 10, 7, 30, tzinfo=UTC)).open
    assert not state(hours, None, None, datetime(2026, 7, 10, 10, 30, tzinfo=UTC)).open


def test_a_moment_without_zone_is_in_paris_and_one_with_a_zone_is_brought_there():
    now = paris("2026-11-25T08:00")
    assert paris("2026-11-25T11:30") == moment("2026-11-25T11:30", now)
    assert f"{moment('2026-11-25T11:30Z', now):%H:%M}" == "12:30"
    assert now == moment("1", now)


@pytest.mark.parametrize("written", ["2026-13-45", "demain", "0001-01-01T00:00+23:00", "9999-12-31T23:59-23:00", "…"])
def test_what_is_no_date_is_no_moment(written):
    assert moment(written, paris("2026-11-25T08:00")) is None


def test_schema_org_gets_weekly_hours_only():
    assert schema_org(BAR) == ["Mo,Tu,We,Th 11:00-23:59", "Fr,Sa 11:00-02:00", "Su 11:00-22:00"]
    assert schema_org(f"{WEEK}; PH off") == ["Tu,We,Th,Fr,Sa 09:00-19:00"]
    assert [] == schema_org("Apr-Oct Tu 09:00-12:00") == schema_org(None) == schema_org("")

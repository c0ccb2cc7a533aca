"""Some days are not like others: closures and dated hours are obeyed, told ahead, and lapse by themselves."""

from datetime import date, datetime

import pytest

import annuaire
from annuaire import OpenState, Query
from fields.date import PARIS
from tests.annuaire.snapshots import snapshot

WEEK = "Tu-Sa 09:00-19:00"
SUNDAY = {"opening_hours": WEEK, "horaires_exceptionnels": "Ouvert le dimanche 20 décembre de 9h à 13h", "verifie_le": date(2026, 11, 20)}  # fmt: skip
SUMMER = {"opening_hours": WEEK, "ferme_du": date(2026, 8, 3), "ferme_au": date(2026, 8, 17)}


def paris(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=PARIS)


def record(**fiche):
    return snapshot(fiche).records([0])[0]


def found(at: str, **fiche) -> int:
    now = paris(at)
    return annuaire.find(snapshot(fiche), Query(ouvert="1"), now).total


def text(at: str, **fiche) -> str | None:
    return annuaire.state_of(record(**fiche), paris(at)).text


@pytest.mark.parametrize(
    ("at", "open_"),
    [("2026-12-20T08:59", 0), ("2026-12-20T09:00", 1), ("2026-12-20T13:00", 0), ("2026-12-13T10:00", 0), ("2027-12-19T10:00", 0), ("2026-12-19T10:00", 1)],
)  # fmt: skip
def test_a_dated_opening_holds_on_its_day_only(at, open_):
    assert found(at, **SUNDAY) == open_
    assert annuaire.state_of(record(**SUNDAY), paris(at)).open == bool(open_)


def test_the_next_opening_may_be_an_exceptional_one():
    assert text("2026-12-19T19:30", **SUNDAY) == "Fermé · ouvre demain à 9 h"
    assert text("2026-12-20T10:00", **SUNDAY) == "Ouvert · ferme à 13 h"
    assert text("2026-12-20T14:00", **SUNDAY) == "Fermé · ouvre mardi à 9 h"


def test_a_dated_closure_replaces_the_usual_hours_and_says_so_on_a_holiday():
    closed = {"opening_hours": WEEK, "horaires_exceptionnels": "Fermé le 25 décembre", "verifie_le": date(2026, 11, 20)}
    assert text("2026-12-25T10:00", **closed) == "Fermé · ouvre demain à 9 h"
    assert found("2026-12-25T10:00", **closed) == 0


def test_hours_of_a_season_do_not_open_a_day_that_is_always_closed():
    season = {"opening_hours": WEEK, "horaires_exceptionnels": "Du 5 au 24 décembre 10h-20h", "verifie_le": date(2026, 11, 20)}
    assert found("2026-12-08T19:30", **season) == 1
    assert found("2026-12-07T11:00", **season) == 0  # a Monday
    every_day = season | {"horaires_exceptionnels": "Tous les jours du 5 au 24 décembre 10h-20h"}
    assert found("2026-12-07T11:00", **every_day) == 1


def test_the_night_before_an_exceptional_day_is_that_of_the_day_before():
    bar = {
        "opening_hours": "Tu-Sa 18:00-02:00",
        "horaires_exceptionnels": "Fermé le 24 décembre",
        "verifie_le": date(2026, 11, 20),
    }
    assert found("2026-12-24T01:00", **bar) == 1
    assert found("2026-12-25T01:00", **bar) == 0


def test_what_is_not_understood_changes_nothing():
    strange = {"opening_hours": WEEK, "horaires_exceptionnels": "Menu de fête le 31 décembre", "verifie_le": date(2026, 11, 20)}
    assert found("2026-12-31T10:00", **strange) == 1
    assert annuaire.banners(record(**strange), paris("2026-12-30T10:00")) == []
    assert not annuaire.lapsed(record(**strange), paris("2028-01-01T10:00"))


def test_exceptional_hours_do_not_open_a_shop_whose_usual_hours_are_unknown():
    assert found("2026-12-20T10:00", **{**SUNDAY, "opening_hours": ""}) == 0


@pytest.mark.parametrize(
    ("at", "told"),
    [("2026-07-19T12:00", []), ("2026-07-20T12:00", ["Fermé du 3 au 17 août"]), ("2026-08-17T23:59", ["Fermé du 3 au 17 août"]), ("2026-08-18T00:00", [])],
)  # fmt: skip
def test_a_closure_is_told_from_two_weeks_ahead_until_it_ends(at, told):
    assert annuaire.banners(record(**SUMMER), paris(at)) == told


@pytest.mark.parametrize(
    ("first", "last", "told"),
    [
        (date(2026, 12, 20), date(2027, 1, 4), "Fermé du 20 décembre au 4 janvier"),
        (date(2026, 12, 24), date(2026, 12, 24), "Fermé le 24 décembre"),
        (None, date(2027, 1, 1), "Fermé jusqu'au 1er janvier"),
        (date(2026, 12, 20), None, "Fermé à partir du 20 décembre"),
        (date(2026, 12, 20), date(2027, 12, 20), "Fermé du 20 décembre au 20 décembre 2027"),
    ],
)
def test_a_closure_is_said_in_few_words(first, last, told):
    assert annuaire.banners(record(ferme_du=first, ferme_au=last), paris("2026-12-19T12:00")) == [told]


def test_dated_hours_are_told_ahead_and_lapse():
    assert annuaire.banners(record(**SUNDAY), paris("2026-12-10T12:00")) == ["Le 20 décembre : 9 h à 13 h"]
    assert annuaire.banners(record(**SUNDAY), paris("2026-12-21T00:00")) == []
    assert annuaire.lapsed(record(**SUNDAY), paris("2026-12-21T00:00"))


def test_exceptions_are_given_as_dates_and_clocks():
    both = record(**SUNDAY, ferme_du=date(2026, 12, 24), ferme_au=None)
    assert annuaire.exceptions(both, paris("2026-11-25T10:00")) == (
        (date(2026, 12, 20), date(2026, 12, 20), (("09:00", "13:00"),)),
        (date(2026, 12, 24), None, ()),
    )
    assert len(annuaire.exceptions(both, paris("2026-12-22T10:00"))) == 1


def test_a_shop_that_only_delivers_has_its_door_shut_and_says_so():
    shut = {"opening_hours": WEEK, "accueil": "Livraison ou retrait seulement"}
    assert annuaire.state_of(record(**shut), paris("2026-11-25T10:00")) == OpenState(False, "Livraison ou retrait seulement")
    assert found("2026-11-25T10:00", **shut) == 0
    assert found("2026-11-25T10:00", **shut | {"accueil": "Accueil normal"}) == 1


def test_hours_that_are_not_understood_are_to_be_checked():
    """Not closed, and not open: the words stand on the fiche as they were written."""
    assert text("2026-11-24T10:00", horaires="aux beaux jours") == "Horaires à vérifier"
    assert text("2026-11-24T10:00", horaires="") is None
    assert found("2026-11-24T10:00", horaires="aux beaux jours") == 0

"""The directory's pieces, kept for their minute."""

import json

import pydeck
import pytest

import web
from annuaire import Query
from sheets.snapshot import live
from tests.annuaire.snapshots import NOW, snapshot
from ui import directory
from ui.drawn import to_the_minute

MINUTE = to_the_minute(NOW)
OPEN = {"opening_hours": "Mo-Su 08:00-20:00"}


@pytest.fixture(autouse=True)
def nothing_kept():
    directory.forget()
    yield
    directory.forget()


def test_the_same_question_in_the_same_minute_is_drawn_once():
    town = snapshot({"nom": "Au Bon Pain", "latitude": 47.47, "longitude": -0.55})
    shown = directory.directory(town, Query(), MINUTE)
    assert "Au Bon Pain" in shown.found
    assert shown.told == "Carte de 1 fiche ; la liste dit la même chose."
    assert directory.directory(town, Query(), MINUTE) is shown
    assert directory.directory(town, Query(q="pain"), MINUTE) is not shown


def test_a_later_minute_and_another_snapshot_are_drawn_anew():
    town = snapshot({"nom": "Au Bon Pain"} | OPEN)
    at_night = directory.directory(town, Query(), MINUTE.replace(hour=21))
    assert at_night.found != directory.directory(town, Query(), MINUTE.replace(hour=9)).found
    gone = directory.directory(snapshot(), Query(), MINUTE)
    assert "Au Bon Pain" not in gone.found


def test_a_new_snapshot_leaves_nothing_of_the_one_before(monkeypatch):
    """Kept by it, a snapshot of a hundred thousand fiches would take its memory twice."""
    town = snapshot({})
    directory.opening(town)
    directory.directory(town, Query(), MINUTE)
    monkeypatch.setattr(live, "snapshot", town)
    web.prepare(snapshot({}, {}))
    assert directory.opening.cache_info().currsize == directory.directory.cache_info().currsize == 0


def test_the_map_says_in_fewer_bytes_what_pydeck_would():
    deck = directory.directory(snapshot({"latitude": 47.47, "longitude": -0.55}), Query(), MINUTE).map
    assert json.loads(deck.to_json()) == json.loads(pydeck.Deck.to_json(deck))
    assert len(deck.to_json()) < len(pydeck.Deck.to_json(deck))

"""Pieces drawn once: the same words as drawn anew, and none that outlives its snapshot."""

import gc
import weakref

from annuaire import Query, find
from tests.annuaire.snapshots import NOW, snapshot
from ui import drawn as module
from ui.cards import cards
from ui.drawn import drawn

BAKER = {
    "slug": "four",
    "nom": "Le Four",
    "categorie": "Boulangerie",
    "commune": "Angers",
    "opening_hours": "Mo-Su 08:00-19:00",
}


def test_a_piece_is_drawn_once_for_each_snapshot():
    one, other, calls = snapshot(BAKER), snapshot(BAKER), []

    def draw() -> str:
        calls.append(1)
        return "<p>"

    assert [drawn(one, "a", draw), drawn(one, "a", draw), drawn(one, "b", draw), drawn(other, "a", draw)] == ["<p>"] * 4
    assert len(calls) == 3


def test_what_was_drawn_goes_with_its_snapshot():
    """A withdrawn fiche is nowhere any more."""
    gone = snapshot(BAKER)
    drawn(gone, "a", lambda: "<p>")
    seen = weakref.ref(gone)
    del gone
    gc.collect()
    assert seen() is None


def test_no_more_than_so_many_are_kept(monkeypatch):
    monkeypatch.setattr(module, "MOST_KEPT", 3)
    one = snapshot(BAKER)
    for number in range(10):
        assert drawn(one, number, lambda number=number: str(number)) == str(number)
    assert len(module._kept[one]) <= 3


def test_a_card_follows_the_minute_the_words_and_the_place():
    """Each thing that a card tells besides its fiche makes another card."""
    one = snapshot(BAKER | {"latitude": 47.47, "longitude": -0.55})
    open_, shut = NOW.replace(hour=9), NOW.replace(hour=22)
    asked = [(Query(), open_), (Query(), shut), (Query(q="four"), open_), (Query(pres="47.5,-0.55"), open_)]
    told = [cards(one, found.page_rows, now, query, found) for query, now in asked for found in [find(one, query, now)]]
    assert len(set(told)) == 4
    assert "Ouvert" in told[0]
    assert "Fermé" in told[1]
    assert "<mark>Four</mark>" in told[2]
    assert "km" in told[3]
    assert cards(one, [0], open_) == told[0]

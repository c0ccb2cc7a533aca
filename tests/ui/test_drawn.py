"""Pieces drawn once: the same words as drawn anew, for every snapshot that says them."""

from annuaire import Query, find
from schema import Site
from tests.annuaire.snapshots import NOW, snapshot
from ui import cards as module
from ui import drawn as kept
from ui.cards import cards
from ui.drawn import drawn

BAKER = {
    "slug": "four",
    "nom": "Le Four",
    "categorie": "Boulangerie",
    "commune": "Angers",
    "opening_hours": "Mo-Su 08:00-19:00",
}


def test_a_piece_is_drawn_once_until_all_are_forgotten():
    calls = []

    def draw() -> str:
        calls.append(1)
        return "<p>"

    kept.forget()
    assert [drawn("a", draw), drawn("a", draw), drawn("b", draw)] == ["<p>"] * 3
    assert len(calls) == 2
    kept.forget()
    assert drawn("a", draw) == "<p>"
    assert len(calls) == 3


def test_no_more_than_so_much_is_kept():
    tenth = "x" * (kept.MOST_KEPT // 10)
    for number in range(12):
        assert drawn(number, lambda number=number: f"{number:02}{tenth}") == f"{number:02}{tenth}"
    assert 0 < kept._kept.currsize <= kept.MOST_KEPT
    kept.forget()


def test_a_snapshot_that_changes_one_fiche_draws_one_card_anew(monkeypatch):
    """And the changed one says what is new."""
    kept.forget()
    other = BAKER | {"slug": "moulin", "nom": "Le Moulin"}
    before, after = snapshot(BAKER, other), snapshot(BAKER, other | {"nom": "Le Grand Moulin"})
    first, names, draw = cards(before, [0, 1], NOW), [], module._card
    monkeypatch.setattr(module, "_card", lambda record, site, seen: names.append(record["nom"]) or draw(record, site, seen))
    second = cards(after, [0, 1], NOW)
    assert names == ["Le Grand Moulin"]
    assert "Le Grand Moulin" not in first
    assert "Le Grand Moulin" in second
    assert cards(before, [0, 1], NOW) == first


def test_a_card_follows_the_settings_of_the_site():
    first, second = snapshot(BAKER | {"monnaie": True}), snapshot(BAKER | {"monnaie": True}, site=Site(currency="la Muse"))
    assert "la Muse" not in cards(first, [0], NOW)
    assert "la Muse" in cards(second, [0], NOW)


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

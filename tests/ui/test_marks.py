"""What matched is shown in the card, and is still the merchant's own text: escaped."""

from datetime import UTC, datetime

import annuaire
from tests.annuaire.snapshots import snapshot
from ui import blocks

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


def cards(q: str, **fiche: object) -> str:
    shops = snapshot({"slug": "lices", **fiche})
    query = annuaire.Query(q=q)
    return blocks.listing(shops, query, annuaire.find(shops, query, NOW), NOW)


def test_a_hostile_name_is_marked_and_escaped():
    assert "<h2><mark>Pain</mark> &lt;script&gt;alert(1)&lt;/script&gt;</h2>" in cards(
        "pain", nom="Pain <script>alert(1)</script>"
    )


def test_the_card_tells_the_sentence_where_the_word_stands():
    shown = cards(
        "seigle", nom="Lices", activite="Pain au levain", description="Un four à bois. Du seigle le jeudi ! Et du blé."
    )
    assert '<span class="quoi">Du <mark>seigle</mark> le jeudi !</span>' in shown
    assert "Un four à bois" not in shown


def test_without_words_a_card_tells_the_activity_and_marks_nothing():
    assert "<mark>" not in cards("", nom="Lices", activite="Pain")

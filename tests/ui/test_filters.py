"""The form offers what would find something, and what is chosen already; without a query, everything, and the counts apart."""

import re
from datetime import UTC, datetime

import annuaire
from tests.annuaire.snapshots import snapshot
from ui import blocks

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


def test_a_choice_that_would_find_nothing_is_offered_only_while_it_is_chosen():
    shops = snapshot(
        {"slug": "a", "categorie": "Boulangerie", "commune": "Angers"}, {"slug": "b", "categorie": "Cave", "commune": "Cholet"}
    )
    in_cholet = blocks.filters(shops, annuaire.parse([("commune", "cholet")]), NOW)
    assert 'value="boulangerie"' not in in_cholet
    assert 'value="cave"' in in_cholet
    kept = blocks.filters(shops, annuaire.parse([("commune", "cholet"), ("categorie", "boulangerie")]), NOW)
    assert 'value="boulangerie" checked' in kept


def test_the_counts_are_in_the_order_of_the_blank_form():
    """web/client/choices.js knows them by their place alone."""
    shops = snapshot(
        *(
            {"slug": f"b{number}", "categorie": "Boulangerie", "commune": "Angers", "paiement": ("Espèces",)}
            for number in range(3)
        ),
        {"slug": "c", "categorie": "Cave", "commune": "Cholet", "paiement": ("Chèque", "Espèces")},
    )
    blank = re.findall(
        r'<fieldset name="(\w+)">|<input type="checkbox" name="\w+" value="([\w-]+)">', blocks.blank_filters(shops)
    )
    counts = iter(re.split(r"[| ]", blocks.counts(shops, annuaire.parse([("commune", "angers")]), NOW)))
    found = {slug: int(next(counts)) for facet, slug in blank if slug not in ("", "1")}
    assert {slug: found[slug] for slug in ("boulangerie", "cave", "angers", "cholet", "especes", "cheque")} == {
        "boulangerie": 3, "cave": 0, "angers": 3, "cholet": 1, "especes": 3, "cheque": 0,
    }  # fmt: skip
    assert [] == list(counts)


def test_the_form_says_the_whole_query():
    """Order, radius and words that it was given are sent again with the next choice."""
    shops = snapshot({"slug": "a", "categorie": "Boulangerie", "commune": "Angers"})
    form = blocks.filters(
        shops, annuaire.parse([("q", "pain"), ("pres", "angers"), ("rayon", "2.5"), ("tri", "distance")]), NOW
    )
    for said in ('value="pain"', 'value="angers"', 'value="2.5"', '<option value="distance" selected>'):
        assert said in form

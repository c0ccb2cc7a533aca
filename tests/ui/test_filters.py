"""The plain form offers what would find something, and what is chosen already."""

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

"""The snapshot, as its readers ask it."""

from datetime import UTC, date, datetime

import pytest

from sheets import snapshot


def test_fiches_gathered_together_are_those_asked_for_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """In the order asked, None where nobody has that slug, whatever the size of a handful."""
    monkeypatch.setattr(snapshot, "_GATHERED", 2)
    made = snapshot.build(
        [
            {
                "slug": "a",
                "nom": "A",
                "latitude": 47.5,
                "paiement": ("Espèces",),
                "monnaie": True,
                "ferme_du": date(2026, 8, 1),
            },
            {"slug": "b", "categorie": "Autre", "updated_at": datetime(2026, 11, 1, tzinfo=UTC)},
            {"slug": "c", "approximatif": True},
        ]
    )
    for slugs in (["c", "x", "a", "b", "a"], ["x", "y"], [], ["b"]):
        assert list(made.known(slugs)) == [made.fiche(slug) for slug in slugs]

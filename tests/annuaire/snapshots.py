"""Small snapshots for the tests of this room."""

from datetime import UTC, datetime
from typing import Any

from schema import Site
from sheets.snapshot import Snapshot, build

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
"""A Wednesday, 10 h in Paris."""


def snapshot(*fiches: dict[str, Any], site: Site = Site()) -> Snapshot:
    """A slug is made up where none is given."""
    blank = {"categorie": "Bar", "commune": "Angers"}
    return build(
        [{"slug": f"fiche-{row}", "nom": f"Nom {row}", **blank, **fiche} for row, fiche in enumerate(fiches)], site=site
    )

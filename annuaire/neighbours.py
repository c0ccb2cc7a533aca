"""Fiches like another one."""

from typing import NamedTuple

import numpy as np

from annuaire.index import frozen, index
from fields import communes
from sheets.snapshot import Snapshot

REACH_KM = 50.0


class Neighbours(NamedTuple):
    rows: np.ndarray
    """Of `Snapshot.fiches`, without the fiche's own."""
    nearest: bool
    """True where they come by distance, none beyond `REACH_KM`; else in the order of the alphabet."""


def neighbours(snapshot: Snapshot, row: int) -> Neighbours:
    """The fiches of the same category, by distance where this one has a point."""
    found = index(snapshot)
    _, categories = found.categories
    own = int(categories[row])
    alike = found.recall(("alike", own), lambda: frozen(found.by_name[categories[found.by_name] == own]))
    others = alike[alike != row]
    if not np.isfinite(found.latitude[row]):
        return Neighbours(others, False)
    there = found.latitude[others], found.longitude[others]
    km = communes.distance_km(found.latitude[row], found.longitude[row], *there)  # nan without a point, which is within nothing
    near = np.flatnonzero(km <= REACH_KM)
    return Neighbours(others[near[np.argsort(km[near], kind="stable")]], True)

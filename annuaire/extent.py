"""Where on Earth the fiches of a query are, and of what kinds."""

from dataclasses import dataclass
from datetime import datetime

import numpy as np

from annuaire.criteria import asked, spots_of
from annuaire.index import Index, index
from annuaire.query import Query
from sheets.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Extent:
    """Degrees. A single point has no width."""

    south: float
    west: float
    north: float
    east: float
    approximate: bool
    """True where some of the points are only a commune's."""
    categories: frozenset[str]
    """As written."""


def extent(snapshot: Snapshot, query: Query, now: datetime) -> Extent | None:
    """What the query's fiches and their other points of sale span, whatever its page; None where none of them is on the map."""
    found = index(snapshot)
    return found.recall(("extent", asked(query, now)), lambda: _spanned(found, query, now))


def _spanned(found: Index, query: Query, now: datetime) -> Extent | None:
    spots = found.spots
    there = spots_of(found, query, now)
    if not len(there):
        return None
    names, places = found.categories
    latitudes, longitudes = spots.latitude[there], spots.longitude[there]
    return Extent(
        float(latitudes.min()),
        float(longitudes.min()),
        float(latitudes.max()),
        float(longitudes.max()),
        bool(spots.approximate[there].any()),
        frozenset(names[place] for place in np.flatnonzero(np.bincount(places[spots.owner[there]]))),
    )

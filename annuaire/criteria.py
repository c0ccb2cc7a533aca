"""Which rows each choice of a query keeps, one choice at a time: results, counts and advice all combine these."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from annuaire.facets import CHOICES
from annuaire.index import Index, frozen
from annuaire.near import Near, place_of
from annuaire.opening import moment
from annuaire.query import Query
from annuaire.search import Found
from fields import communes

_KM_A_DEGREE = 111.0
"""Of latitude, at the least."""


@dataclass(frozen=True)
class Criteria:
    """`masks`: the rows kept, by parameter; a choice that means nothing keeps none."""

    size: int
    masks: Mapping[str, np.ndarray]
    words: Found | None
    place: Near | None
    distances: np.ndarray | None
    """Kilometres to `pres` by row; infinite beyond the radius and without a point."""

    def all_but(self, parameter: str = "") -> np.ndarray:
        """The rows that every other choice keeps."""
        kept = [mask for name, mask in self.masks.items() if name != parameter]
        return frozen(np.logical_and.reduce(kept)) if kept else frozen(np.ones(self.size, dtype=bool))


def criteria(found: Index, query: Query, now: datetime) -> Criteria:
    nobody = frozen(np.zeros(found.size, dtype=bool))
    masks: dict[str, np.ndarray] = {}
    words = found.recall(("q", query.q), lambda: found.words.find(query.q)) if query.q else None
    if words is not None:
        masks["q"] = words.mask
    for facet in CHOICES:
        if values := query.choices.get(facet):
            masks[facet] = _chosen(found, facet, values)
    if query.monnaie or "monnaie" in query.choices:
        masks["monnaie"] = found.monnaie if query.monnaie else nobody
    if query.ouvert:
        masks["ouvert"] = _open(found, moment(query.ouvert, now), nobody)
    place = place_of(query, found.centre)
    distances = None
    if place is not None:
        distances = found.recall((place[:2], query.rayon), lambda: _distances(found, place, query.rayon))
        masks["pres"] = distances <= query.rayon
    elif query.pres:
        masks["pres"] = nobody
    return Criteria(found.size, masks, words, place, distances)


def _chosen(found: Index, facet: str, values: tuple[str, ...]) -> np.ndarray:
    return found.recall((facet, values), lambda: frozen(found.facets[facet].mask(values)))


def _open(found: Index, at: datetime | None, nobody: np.ndarray) -> np.ndarray:
    if at is None:
        return nobody
    minute = at.replace(second=0, microsecond=0)
    return found.recall(("ouvert", minute.isoformat()), lambda: frozen(found.openings.mask(minute)))


def _distances(found: Index, place: Near, radius_km: float) -> np.ndarray:
    distances = np.full(found.size, np.inf)
    around = found.placed[np.abs(found.latitude[found.placed] - place.latitude) <= radius_km / _KM_A_DEGREE]
    distances[around] = communes.distance_km(place.latitude, place.longitude, found.latitude[around], found.longitude[around])
    distances[distances > radius_km] = np.inf
    return frozen(distances)

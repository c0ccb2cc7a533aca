"""Which rows each choice of a query keeps, one choice at a time: results, counts and advice all combine these."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

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
    """Kilometres to `pres` by row, from the nearest of its places; infinite beyond the radius and without a point."""
    nearest: np.ndarray | None
    """That place, by row: its number among `Index.points`, -1 for the fiche's own; None where it is so for all. With `ouvert`, of the open ones only."""
    together: np.ndarray | None
    """With `ouvert` and `pres`, the rows that one place brings: a shop nearby that is closed, and a market far away, are none."""

    def all_but(self, parameter: str = "") -> np.ndarray:
        """The rows that every other choice keeps."""
        kept = [mask for name, mask in self.masks.items() if name != parameter]
        if self.together is not None and parameter not in ("ouvert", "pres"):
            kept.append(self.together)
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
    at = moment(query.ouvert, now) if query.ouvert else None
    is_open = _open(found, at := at.replace(second=0, microsecond=0)) if at else None
    if query.ouvert:
        masks["ouvert"] = is_open.anywhere if is_open else nobody
    place = place_of(query, found.centre)
    near = together = None
    if place is not None:
        ways = found.recall((place[:2], query.rayon), lambda: _ways(found, place, query.rayon))
        near = _reached(found, ways.shops, ways.points)
        masks["pres"] = near.distances <= query.rayon
        if is_open is not None:
            shops, points = np.where(is_open.shops, ways.shops, np.inf), np.where(is_open.points, ways.points, np.inf)
            near = _reached(found, shops, points)
            together = near.distances <= query.rayon
    elif query.pres:
        masks["pres"] = nobody
    return Criteria(found.size, masks, words, place, near and near.distances, near and near.nearest, together)


def asked(query: Query, now: datetime) -> Hashable:
    """Equal for queries that keep the same rows, whatever their page: `ouvert=1` is another question each minute."""
    return query.to_page(1), now.timestamp() // 60 if query.ouvert == "1" else None


def spots_of(found: Index, query: Query, now: datetime) -> np.ndarray:
    """Where on the map the query's fiches are: numbers among `Index.spots`, ascending. The map's place and each of its tiles ask for them."""
    return found.recall(
        ("spots", asked(query, now)), lambda: frozen(np.flatnonzero(criteria(found, query, now).all_but()[found.spots.owner]))
    )


def _chosen(found: Index, facet: str, values: tuple[str, ...]) -> np.ndarray:
    return found.recall((facet, values), lambda: frozen(found.facets[facet].mask(values)))


class _Open(NamedTuple):
    shops: np.ndarray
    """By row."""
    points: np.ndarray
    """By number among `Index.points`."""
    anywhere: np.ndarray
    """By row, at the shop or at any of its points."""


def _open(found: Index, minute: datetime) -> _Open:
    return found.recall(("ouvert", minute.isoformat()), lambda: _opened(found, minute))


def _opened(found: Index, minute: datetime) -> _Open:
    shops, points = found.openings.mask(minute), found.points.open(minute)
    anywhere = shops.copy()
    anywhere[found.points.owner[points]] = True
    return _Open(frozen(shops), frozen(points), frozen(anywhere))


class _Ways(NamedTuple):
    """Kilometres to a place; infinite beyond the radius and without a point."""

    shops: np.ndarray
    """By row."""
    points: np.ndarray
    """By number among `Index.points`."""


def _ways(found: Index, place: Near, radius_km: float) -> _Ways:
    def kilometres(latitude: np.ndarray, longitude: np.ndarray) -> np.ndarray:
        km = np.full(len(latitude), np.inf)
        around = np.flatnonzero(np.abs(latitude - place.latitude) <= radius_km / _KM_A_DEGREE)
        km[around] = communes.distance_km(place.latitude, place.longitude, latitude[around], longitude[around])
        km[~(km <= radius_km)] = np.inf
        return frozen(km)

    return _Ways(kilometres(found.latitude, found.longitude), kilometres(found.points.latitude, found.points.longitude))


class _Reached(NamedTuple):
    distances: np.ndarray
    nearest: np.ndarray | None


def _reached(found: Index, shops: np.ndarray, points: np.ndarray) -> _Reached:
    """By row, the shortest way to any of its places, and to which."""
    nearer = np.flatnonzero(points < shops[found.points.owner])
    if not len(nearer):
        return _Reached(frozen(shops), None)
    farthest_first = nearer[np.argsort(-points[nearer], kind="stable")]
    rows = found.points.owner[farthest_first]
    distances, nearest = shops.copy(), np.full(found.size, -1, dtype=np.int32)
    distances[rows], nearest[rows] = points[farthest_first], farthest_first  # of a row's points the last, the nearest, stays
    return _Reached(frozen(distances), frozen(nearest))

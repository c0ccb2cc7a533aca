"""The map's points, tile by tile: a fiche or one of its points of sale alone, or a cluster of those in one cell of 43 pixels."""

from datetime import datetime
from typing import Any, NamedTuple

import numpy as np

from annuaire.criteria import asked, spots_of
from annuaire.index import Index, index
from annuaire.query import Query
from sheets.snapshot import Snapshot
from words import _, ngettext

TILE_PIXELS = 1024
"""Across a tile, as the map asks for them: it is two of them on the average, and was four of half that. What a tile costs is mostly to be asked for."""
CELLS = round(TILE_PIXELS / 43)
"""Along a tile."""
ALONE_FROM = 17
"""Zoom from which every fiche is drawn alone."""
MOST_ALONE = 5000
"""Fiches drawn alone in one tile, so that no answer is without bounds: those beyond are one more cluster. Of so many, all tiles of a level are worked out at once."""
_DEEPEST = 24


class _Level(NamedTuple):
    """What stands in the tiles of a zoom level, known by their numbers in it."""

    alone: np.ndarray
    """Spots drawn alone."""
    alone_in: np.ndarray
    """The tile of each."""
    clusters_in: np.ndarray
    """The tile of each cluster; below, of each too."""
    longitude: np.ndarray
    """The middle of its spots."""
    latitude: np.ndarray
    spots: np.ndarray
    fiches: np.ndarray
    """How many there are of each, points of sale aside for the second."""


def tile(snapshot: Snapshot, query: Query, z: int, x: int, y: int, now: datetime) -> dict[str, Any]:
    """GeoJSON of the query's placed fiches in one tile (EPSG:3857, y from the north). Each point is in one tile of a zoom level.

    A fiche has `slug`, `nom`, `categorie`, `approximatif`; a cluster `point_count`, its fiches; `t` is the text to write on either.
    Another point of sale of a fiche, which counts where it is itself, has also `lieu` and a `point_count` of 0.
    Empty for a tile that does not exist.
    """
    side = 1 << z if 0 <= z <= _DEEPEST else 0
    if not (0 <= x < side and 0 <= y < side):
        return _collection([])
    found = index(snapshot)
    spots = spots_of(found, query, now)
    if len(spots) <= MOST_ALONE:
        level = found.recall(("level", z, asked(query, now)), lambda: _level(found, spots, z))
    else:
        across, down = (axis[spots] for axis in found.mercator)
        # Halving is exact: a point on an edge is on the same side of it for both tiles.
        here = (across >= x / side) & (across < (x + 1) / side) & (down >= y / side) & (down < (y + 1) / side)
        level = _level(found, spots[here], z)
    number = y * side + x
    return _collection([*_alone(found, level.alone[level.alone_in == number]), *_clusters(level, number)])


def _level(found: Index, spots: np.ndarray, z: int) -> _Level:
    side = 1 << z
    x, y = (axis[spots] * side for axis in found.mercator)
    column, row = x.astype(np.int64), y.astype(np.int64)
    tiles = row * side + column
    cells = tiles * CELLS * CELLS
    if z < ALONE_FROM:
        cells += _cell(x - column) * CELLS + _cell(y - row)
        _, place, counts = np.unique(cells, return_inverse=True, return_counts=True)
        together = counts[place] > 1
    else:
        together = np.arange(len(spots)) >= MOST_ALONE
    crowd = spots[together]
    filled, place = np.unique(cells[together], return_inverse=True)
    counts = np.bincount(place, minlength=len(filled))
    longitude, latitude = (
        np.bincount(place, weights=axis[crowd], minlength=len(filled)) / counts
        for axis in (found.spots.longitude, found.spots.latitude)
    )
    fiches = np.bincount(place[found.spots.point[crowd] < 0], minlength=len(filled))
    return _Level(spots[~together], tiles[~together], filled // (CELLS * CELLS), longitude, latitude, counts, fiches)


def _cell(part_of_tile: np.ndarray) -> np.ndarray:
    return np.minimum((part_of_tile * CELLS).astype(np.int64), CELLS - 1)


def _collection(features: list[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": features}


def _feature(longitude: float, latitude: float, properties: dict[str, Any]) -> dict[str, Any]:
    point = [round(longitude, 6), round(latitude, 6)]
    return {"type": "Feature", "geometry": {"type": "Point", "coordinates": point}, "properties": properties}


def _alone(found: Index, spots: np.ndarray) -> list[dict[str, Any]]:
    (slugs, names), (categories, category_of) = found.names, found.categories
    there = found.spots
    told = (of[spots].tolist() for of in (there.owner, there.point, there.longitude, there.latitude, there.approximate))
    features = []
    for row, number, longitude, latitude, approximate in zip(*told, strict=True):
        slug, name, category = slugs[row].as_py(), names[row].as_py(), categories[category_of[row]]
        properties = {"slug": slug, "nom": name, "categorie": category, "approximatif": approximate, "t": ""}
        id = slug
        if number >= 0:
            point = found.points.points[number]
            properties |= {"nom": f"{name} : {point.titre}", "lieu": point.titre, "point_count": 0}
            id = f"{slug}#{number}"
        features.append({**_feature(longitude, latitude, properties), "id": id})
    return features


def _clusters(level: _Level, number: int) -> list[dict[str, Any]]:
    here = np.flatnonzero(level.clusters_in == number)
    told = (values[here].tolist() for values in (level.longitude, level.latitude, level.spots, level.fiches))
    return [
        _feature(longitude, latitude, {"point_count": of, "nom": _said(of, count - of), "t": _short(count)})
        for longitude, latitude, count, of in zip(*told, strict=True)
    ]


def _said(fiches: int, points: int) -> str:
    """E.g. `2 fiches`, `1 fiche et 3 points de vente`."""
    told = [ngettext("{n} fiche", "{n} fiches", fiches).format(n=fiches)] if fiches else []
    if points:
        told.append(ngettext("{n} point de vente", "{n} points de vente", points).format(n=points))
    return _(" et ").join(told)


def _short(count: int) -> str:
    """A count in at most four signs, e.g. `999`, `1,2k`, `12k`."""
    return (
        str(count) if count < 1000 else f"{count // 100 / 10:.1f}k".replace(".", ",") if count < 10_000 else f"{count // 1000}k"
    )

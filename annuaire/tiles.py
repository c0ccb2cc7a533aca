"""The map's points, tile by tile: a fiche or one of its points of sale alone, or a cluster of those in one cell of 43 pixels."""

from datetime import datetime
from typing import Any

import numpy as np

from annuaire.criteria import criteria
from annuaire.index import Index, index
from annuaire.query import Query
from sheets.snapshot import Snapshot
from words import _, ngettext

CELLS = 12
"""Cells along a tile of 512 pixels."""
ALONE_FROM = 17
"""Zoom from which every fiche is drawn alone."""
MOST_ALONE = 5000
"""Fiches drawn alone in one tile, so that no answer is without bounds: those beyond are one more cluster."""
_DEEPEST = 24


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
    mask = criteria(found, query, now).all_but()
    across, down = found.mercator
    # Halving is exact: a point on an edge is on the same side of it for both tiles.
    here = (
        (across >= x / side)
        & (across < (x + 1) / side)
        & (down >= y / side)
        & (down < (y + 1) / side)
        & mask[found.spots.owner]
    )
    among = np.flatnonzero(here)
    if z >= ALONE_FROM:
        crowd = among[MOST_ALONE:]
        return _collection([*_alone(found, among[:MOST_ALONE]), *_clusters(found, crowd, np.zeros(len(crowd), dtype=int))])
    cells = _cell(across[among] * side - x) * CELLS + _cell(down[among] * side - y)
    single = np.bincount(cells, minlength=CELLS * CELLS)[cells] == 1
    return _collection([*_alone(found, among[single]), *_clusters(found, among[~single], cells[~single])])


def _cell(part_of_tile: np.ndarray) -> np.ndarray:
    return np.minimum((part_of_tile * CELLS).astype(np.int64), CELLS - 1)


def _collection(features: list[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": features}


def _feature(longitude: float, latitude: float, properties: dict[str, Any]) -> dict[str, Any]:
    point = [round(float(longitude), 6), round(float(latitude), 6)]
    return {"type": "Feature", "geometry": {"type": "Point", "coordinates": point}, "properties": properties}


def _alone(found: Index, spots: np.ndarray) -> list[dict[str, Any]]:
    return [_single(found, spot) for spot in spots.tolist()]


def _single(found: Index, spot: int) -> dict[str, Any]:
    row, number = int(found.spots.owner[spot]), int(found.spots.point[spot])
    properties = {key: found.column(key)[row] for key in ("slug", "nom", "categorie")}
    properties |= {"approximatif": bool(found.spots.approximate[spot]), "t": ""}
    id = properties["slug"]
    if number >= 0:
        point = found.points.points[number]
        properties |= {"nom": f"{properties['nom']} : {point.titre}", "lieu": point.titre, "point_count": 0}
        id += f"#{number}"
    feature = _feature(found.spots.longitude[spot], found.spots.latitude[spot], properties)
    return {**feature, "id": id}


def _clusters(found: Index, spots: np.ndarray, cells: np.ndarray) -> list[dict[str, Any]]:
    """One cluster a cell, in the middle of its spots."""
    counts = np.bincount(cells, minlength=1)
    filled = np.flatnonzero(counts)
    longitudes, latitudes = (
        np.bincount(cells, weights=axis[spots], minlength=1)[filled] / counts[filled]
        for axis in (found.spots.longitude, found.spots.latitude)
    )
    fiches = np.bincount(cells[found.spots.point[spots] < 0], minlength=len(counts))[filled]
    return [
        _feature(longitude, latitude, {"point_count": of, "nom": _said(of, count - of), "t": _short(count)})
        for longitude, latitude, count, of in zip(longitudes, latitudes, counts[filled].tolist(), fiches.tolist(), strict=True)
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

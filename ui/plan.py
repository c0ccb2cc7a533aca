"""A query's points as a drawing that the server makes: no script, no tiles, nobody asked."""

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sheets.snapshot import Snapshot
from words import ngettext

WIDTH, HEIGHT, MARGIN = 480, 400, 36
"""Units of the drawing's own box; it takes the width it is given."""
_CELL = 8
"""Units: fiches nearer than that are one dot."""
_SMALLEST_KM = 2.0
_LETTER, _LINE = 8.4, 16
"""Units: about the width of a letter and the height of a line of the labels."""
_Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Dot:
    """`name` is that of the fiche where there is one, else how many there are."""

    x: float
    y: float
    radius: float
    name: str
    slug: str


@dataclass(frozen=True, slots=True)
class Label:
    x: float
    y: float
    text: str


@dataclass(frozen=True)
class Plan:
    dots: tuple[Dot, ...]
    labels: tuple[Label, ...]
    """Names of communes, none over another; the most numerous first."""
    bar: float
    """Width, in units, of the scale's bar."""
    bar_km: float
    unplaced: int
    """Fiches of the query that have no point."""


def plan(snapshot: Snapshot, rows: np.ndarray) -> Plan:
    """The drawing of these rows of `Snapshot.fiches`; without dots where none has a point."""
    found = snapshot.fiches.iloc[rows][["slug", "nom", "commune", "latitude", "longitude", "points"]]
    unplaced = int(found[["latitude", "longitude"]].isna().any(axis=1).sum())
    placed = pd.concat([found.drop(columns="points"), _points(found)]).dropna(subset=["latitude", "longitude"])
    if placed.empty:
        return Plan((), (), 0, 0, unplaced)
    latitude, longitude = placed["latitude"].to_numpy(float), placed["longitude"].to_numpy(float)
    x, y, unit_km = _projected(latitude, longitude)
    bar_km = _round_km(unit_km * WIDTH / 5)
    spots = placed.assign(x=x, y=y)
    dots = tuple(_dots(spots))
    scale = (0.0, HEIGHT - 32.0, bar_km / unit_km + 80, float(HEIGHT))
    return Plan(dots, tuple(_labels(spots, dots, scale)), round(bar_km / unit_km, 1), bar_km, unplaced)


def _points(found: pd.DataFrame) -> pd.DataFrame:
    """The other points of sale of these fiches, each place of one once; they name no commune."""
    told = found[found["points"].map(len) > 0]
    rows = [
        (slug, f"{name} : {point.titre}", "", point.latitude, point.longitude)
        for slug, name, points in zip(told["slug"], told["nom"], told["points"], strict=True)
        for point in points
    ]
    columns = ["slug", "nom", "commune", "latitude", "longitude"]
    own = set(told[["slug", "latitude", "longitude"]].itertuples(index=False, name=None))
    drawn = pd.DataFrame([row for row in rows if (row[0], *row[3:]) not in own], columns=columns)
    return drawn.drop_duplicates(["slug", "latitude", "longitude"]).astype({"latitude": float, "longitude": float})


def _projected(latitude: np.ndarray, longitude: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    """Points in the box, north up, equirectangular around their middle; and the kilometres of one unit."""
    middle = (latitude.min() + latitude.max()) / 2
    east = longitude * 111.32 * math.cos(math.radians(middle))
    north = latitude * 110.57
    unit_km = max(
        np.ptp(east) / (WIDTH - 2 * MARGIN), np.ptp(north) / (HEIGHT - 2 * MARGIN), _SMALLEST_KM / (HEIGHT - 2 * MARGIN)
    )
    x = WIDTH / 2 + (east - (east.min() + east.max()) / 2) / unit_km
    y = HEIGHT / 2 - (north - (north.min() + north.max()) / 2) / unit_km
    return x, y, float(unit_km)


def _dots(spots: pd.DataFrame) -> Iterable[Dot]:
    cells = spots.groupby([(spots["x"] // _CELL).astype(int), (spots["y"] // _CELL).astype(int)], sort=True)
    for _, cell in cells:
        fiches = cell["slug"].nunique()
        alone = fiches == 1
        name = cell["nom"].iloc[0] if alone else ngettext("{n} fiche", "{n} fiches", fiches).format(n=fiches)
        radius = min(5 + 1.6 * math.sqrt(len(cell) - 1), 16)
        yield Dot(round(cell["x"].mean(), 1), round(cell["y"].mean(), 1), round(radius, 1), name, cell["slug"].iloc[0] if alone else "")  # fmt: skip


def _labels(spots: pd.DataFrame, dots: Iterable[Dot], scale: _Box) -> Iterable[Label]:
    """The largest commune is named where the scale leaves it room; another only where its name hides no dot and no other name."""
    taken = [scale]
    marks = [(dot.x - dot.radius, dot.y - dot.radius, dot.x + dot.radius, dot.y + dot.radius) for dot in dots]
    communes = spots[spots["commune"].astype("object").fillna("") != ""].groupby("commune", observed=True)
    centres = communes[["x", "y"]].mean()
    for name, count in Counter(dict(communes.size())).most_common(80):
        away = min(5 + 1.6 * math.sqrt(count - 1), 16) + 3
        half = len(str(name)) * _LETTER / 2 + 2
        x, y = min(max(float(centres["x"][name]), half), WIDTH - half), float(centres["y"][name])
        for base in (max(y - away, _LINE), min(y + away + _LINE - 3, HEIGHT - 4)):
            box = (x - half, base - _LINE + 3, x + half, base + 3)
            if not any(_meet(box, other) for other in (taken if len(taken) == 1 else taken + marks)):
                taken.append(box)
                yield Label(round(x, 1), round(base, 1), str(name))
                break


def _meet(box: _Box, other: _Box) -> bool:
    return box[0] < other[2] and other[0] < box[2] and box[1] < other[3] and other[1] < box[3]


def _round_km(kilometres: float) -> float:
    """A length that reads well on a scale, at most as long, e.g. 37 → 20."""
    power = 10.0 ** math.floor(math.log10(kilometres))
    return max(step for step in (1, 2, 5) if step * power <= kilometres) * power


def towns(snapshot: Snapshot, rows: np.ndarray) -> list[tuple[str, int]]:
    """Communes of these rows and how many fiches each has, in the order of the alphabet; fiches without one left out."""
    counts = snapshot.fiches["commune"].iloc[rows].value_counts()
    return [(str(name), int(count)) for name, count in counts.items() if count and name]

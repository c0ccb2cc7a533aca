"""The other points of sale of a snapshot's fiches: which is open, which is near. Arrays over points; `owner` is the row of each."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from annuaire.exceptions import exceptional
from annuaire.opening import OpenState, state
from annuaire.openings import Openings
from fields.hours.exceptions import Exceptional
from fields.points import Point


class Points:
    """All the points of one snapshot, in the order of its rows."""

    def __init__(self, fiches: pd.DataFrame):
        told = [(row, point) for row, points in enumerate(fiches["points"].tolist()) for point in points]
        self.points: tuple[Point, ...] = tuple(point for _, point in told)
        self.owner = np.array([row for row, _ in told], dtype=np.int32)
        self.latitude, self.longitude = (
            np.array([np.nan if degrees is None else degrees for degrees in axis], dtype=float)
            for axis in ([point.latitude for point in self.points], [point.longitude for point in self.points])
        )
        self._openings = _openings(fiches.iloc[self.owner], self.points)
        for held in (self.owner, self.latitude, self.longitude):
            held.setflags(write=False)

    def open(self, moment: datetime) -> np.ndarray:
        """True for the points that are surely open at `moment`, a time in Paris."""
        return self._openings.mask(moment)


def _openings(owners: pd.DataFrame, points: tuple[Point, ...]) -> Openings:
    """The closures are the fiche's, since it is the same people who stand there; its door is not."""
    closed = (_closures(*each) for each in zip(owners["horaires_exceptionnels"], owners["verifie_le"], strict=True))
    hours = [(point.opening_hours, away) for point, away in zip(points, closed, strict=True)]
    return Openings(hours, owners["ferme_du"], owners["ferme_au"], np.ones(len(points), dtype=bool))


def _closures(text: str, verified: date | None) -> tuple[Exceptional, ...]:
    """Of a shop's dated hours those that say closed: that it opens at home on a Sunday says nothing of a market."""
    return tuple(each for each in exceptional(text, verified) if not each.hours) if text else ()


class Selling(NamedTuple):
    """A point that is open, and what to say of it."""

    point: Point
    state: OpenState


def selling(record: Mapping[str, Any], now: datetime) -> Iterator[Selling]:
    """The points of a fiche that are open at a moment, in the order of its text."""
    for point in record["points"]:
        if point.opening_hours:
            away = _closures(record["horaires_exceptionnels"], record["verifie_le"])
            found = state(point.opening_hours, record["ferme_du"], record["ferme_au"], now, away)
            if found.open:
                yield Selling(point, found)


class Spots(NamedTuple):
    """What the map draws: the placed fiches, then their other points, each place of a fiche once."""

    owner: np.ndarray
    point: np.ndarray
    """Its number among `Points.points`; -1 for the fiche's own place."""
    latitude: np.ndarray
    longitude: np.ndarray
    approximate: np.ndarray
    """True where it is only a commune's."""


def spots(placed: np.ndarray, latitude: np.ndarray, longitude: np.ndarray, approximate: np.ndarray, points: Points) -> Spots:
    """`placed`: the rows that have a point; `latitude`, `longitude` and `approximate` are by row."""
    seen = {(row, latitude[row], longitude[row]) for row in np.intersect1d(points.owner, placed).tolist()}
    drawn = []
    for number, place in enumerate(zip(points.owner.tolist(), points.latitude, points.longitude, strict=True)):
        if place[1] == place[1] and place not in seen:
            seen.add(place)
            drawn.append(number)
    return Spots(
        np.concatenate([placed, points.owner[drawn]]).astype(np.int64),
        np.concatenate([np.full(len(placed), -1), np.array(drawn, dtype=np.int64)]),
        np.concatenate([latitude[placed], points.latitude[drawn]]),
        np.concatenate([longitude[placed], points.longitude[drawn]]),
        np.concatenate([approximate[placed], np.array([points.points[number].approximatif for number in drawn], dtype=bool)]),
    )

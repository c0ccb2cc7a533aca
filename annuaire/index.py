"""What is computed once for a snapshot, so that a query costs next to nothing."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping, Sequence
from datetime import date
from functools import cached_property
from types import MappingProxyType
from typing import Any, TypeVar
from zlib import crc32

import numpy as np
import pyarrow as pa
from cachetools import LRUCache, cached

from annuaire.facets import CHOICES, Facet
from annuaire.openings import Openings, of_fiches
from annuaire.points import Points, Spots, spots
from annuaire.search import Words
from fields.cell import fold
from sheets.snapshot import Snapshot

T = TypeVar("T")
_KEPT = 2
"""Snapshots whose index is kept: the one served, and the one it has just replaced."""
_RECALLED = 64
"""Answers that an index keeps."""
_NORTHERNMOST = 85.0511287
"""Degrees of latitude where the web's square map ends."""


class Index:
    """Arrays over the rows of `Snapshot.fiches`; nothing in them can be written."""

    def __init__(self, snapshot: Snapshot):
        self.snapshot = snapshot
        self.size = len(snapshot)
        self._fiches = snapshot.fiches
        self._answers = cached(LRUCache(_RECALLED), key=lambda question, answer: question, lock=threading.Lock())(_answered)
        latitude, longitude = (self._fiches[name].to_numpy(dtype=float, na_value=np.nan) for name in ("latitude", "longitude"))
        self.latitude, self.longitude = frozen(latitude), frozen(longitude)
        self.placed = frozen(np.flatnonzero(np.isfinite(latitude) & np.isfinite(longitude)))
        self.monnaie = frozen(self._fiches["monnaie"].fillna(False).to_numpy(dtype=bool))

    def recall(self, question: Hashable, answer: Callable[[], T]) -> T:
        """The answer, worked out where it is not among the last ones. Two threads may work out the same; none waits for another."""
        return self._answers(question, answer)  # type: ignore[no-any-return]

    @cached_property
    def facets(self) -> Mapping[str, Facet]:
        return MappingProxyType({facet: Facet(facet, self._fiches) for facet in CHOICES})

    @cached_property
    def approximate(self) -> np.ndarray:
        """True for the rows whose point is only their commune's."""
        return frozen(np.array(self.column("approximatif"), dtype=bool))

    @cached_property
    def categories(self) -> tuple[tuple[str, ...], np.ndarray]:
        """The categories there are as written, and the place of each row's among them."""
        categories = list(map(str, self.column("categorie")))
        names = tuple(sorted(set(categories)))
        places = {name: place for place, name in enumerate(names)}
        return names, frozen(np.array([places[category] for category in categories], dtype=np.intp))

    def column(self, name: str) -> Sequence[Any]:
        """A column of the fiches, as plain values by row. Not kept: of a hundred thousand fiches each is eight megabytes."""
        return self._fiches[name].tolist()  # type: ignore[no-any-return]

    @cached_property
    def names(self) -> tuple[pa.Array, pa.Array]:
        """Slug and name by row, where the fiches have them: a value is read in a tenth of what pandas takes."""
        return pa.array(self._fiches["slug"]), pa.array(self._fiches["nom"])

    @cached_property
    def words(self) -> Words:
        return Words(self._fiches)

    @cached_property
    def openings(self) -> Openings:
        return of_fiches(self._fiches)

    @cached_property
    def points(self) -> Points:
        return Points(self._fiches)

    @cached_property
    def spots(self) -> Spots:
        return Spots(*map(frozen, spots(self.placed, self.latitude, self.longitude, self.approximate, self.points)))

    @cached_property
    def by_name(self) -> np.ndarray:
        """The rows in the order of the alphabet."""
        names = [f"{fold(name)}\0{slug}" for name, slug in zip(self.column("nom"), self.column("slug"), strict=True)]
        return frozen(np.array(sorted(range(self.size), key=names.__getitem__), dtype=np.int32))

    @cached_property
    def by_release(self) -> np.ndarray:
        """The rows from the newest; those without a date last."""
        released = self._fiches["parue_le"]
        seconds = np.where(released.isna(), 0, released.to_numpy(dtype="datetime64[s]").astype(np.int64))
        return frozen(self.by_name[np.argsort(-seconds[self.by_name], kind="stable")])

    def by_day(self, day: int) -> np.ndarray:
        """The rows in the order of a day (a proleptic ordinal): another every day, fair to all.

        It hangs on day and slug alone: a fiche that comes or goes moves no other.
        """
        return self.recall(("day", day), lambda: frozen(np.argsort(_mixed(self._seeds, day)).astype(np.int32)))

    @cached_property
    def verified(self) -> np.ndarray:
        """The day each row was verified, as a proleptic ordinal; far ahead where that is not known."""
        return frozen(
            np.array([day.toordinal() if isinstance(day, date) else date.max.toordinal() for day in self.column("verifie_le")])
        )

    def fresh_first(self, rows: np.ndarray, day: int) -> np.ndarray:
        """These rows in their order, those still to be confirmed on this day behind the others."""
        return rows[np.argsort(day - self.verified[rows] > self.snapshot.site.stale_days, kind="stable")]

    @cached_property
    def _seeds(self) -> np.ndarray:
        slugs = [slug.encode() for slug in self.column("slug")]
        return frozen(np.array([crc32(slug) << 32 | crc32(slug[::-1]) for slug in slugs], dtype=np.uint64))

    @cached_property
    def mercator(self) -> tuple[np.ndarray, np.ndarray]:
        """Of the spots, x and y in [0, 1) from the north-west corner of the world (EPSG:3857)."""
        latitude = np.radians(np.clip(self.spots.latitude, -_NORTHERNMOST, _NORTHERNMOST))
        below_one = np.nextafter(1, 0)
        x = np.clip((self.spots.longitude + 180) / 360, 0, below_one)
        y = np.clip((1 - np.arcsinh(np.tan(latitude)) / np.pi) / 2, 0, below_one)
        return frozen(x), frozen(y)

    @cached_property
    def centre(self) -> tuple[float, float] | None:
        """Where the site is: what the team says, else the middle of the fiches."""
        if self.snapshot.site.centre is not None:
            return self.snapshot.site.centre
        if not len(self.placed):
            return None
        return float(np.median(self.latitude[self.placed])), float(np.median(self.longitude[self.placed]))


def _answered(question: Hashable, answer: Callable[[], Any]) -> Any:
    return answer()


def frozen(array: np.ndarray) -> np.ndarray:
    """The array, which nobody can write in any more."""
    array.setflags(write=False)
    return array


def _mixed(seeds: np.ndarray, day: int) -> np.ndarray:
    """Numbers that share nothing from one day to the next (splitmix64, https://prng.di.unimi.it/splitmix64.c)."""
    mixed = seeds + np.uint64(day * 0x9E3779B97F4A7C15 & 0xFFFFFFFFFFFFFFFF)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))


_indexes: OrderedDict[str, Index] = OrderedDict()
_lock = threading.Lock()


def prepare(snapshot: Snapshot) -> None:
    """Works out ahead all that queries need, so that no visitor waits for it. To be called before the snapshot is shown."""
    made = Index(snapshot)
    with _lock:
        before = next(reversed(_indexes.values()), None)
    if before is not None:
        made.words = Words(snapshot.fiches, before.words, before.snapshot.fiches)
    for name in (
        "words",  # first: it takes the most beside what stays, and what all others leave free would stand beside it
        "facets",
        "openings",
        "points",
        "by_name",
        "by_release",
        "verified",
        "mercator",
        "approximate",
        "categories",
        "_seeds",
        "centre",
    ):
        getattr(made, name)
    _keep(made)


def index(snapshot: Snapshot) -> Index:
    """The index of a snapshot, made at its first question."""
    with _lock:
        found = _indexes.get(snapshot.version)
    return found or _keep(Index(snapshot))


def _keep(made: Index) -> Index:
    """The index to use from now on: the first one made of a snapshot."""
    with _lock:
        found = _indexes.setdefault(made.snapshot.version, made)
        while len(_indexes) > _KEPT:
            _indexes.popitem(last=False)
        return found

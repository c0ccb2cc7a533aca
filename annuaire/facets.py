"""What can be chosen: the values of each facet, how they are called, and how many fiches each would leave."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import chain

import numpy as np
import pandas as pd

import schema
from fields.cell import fold, slugify

OTHER = slugify(schema.OTHER_CATEGORY)
CHOICES = tuple(facet for facet in schema.FACETS if facet != "monnaie")
"""The facets with several values; the local currency is yes or no."""


@dataclass(frozen=True, slots=True)
class Option:
    """One value of a facet. `count`: the fiches it would leave under the query's choices in other facets."""

    slug: str
    label: str
    count: int
    selected: bool


class _Codes(dict[object, tuple[int, ...]]):
    """Cell → the codes of its values."""

    def __init__(self, code: Callable[[object], int]):
        self._code = code

    def __missing__(self, cell: object) -> tuple[int, ...]:
        labels = cell if isinstance(cell, tuple) else (cell,)
        found = self[cell] = tuple(code for code in map(self._code, labels) if code >= 0)
        return found


class Facet:
    """The values of one facet in one snapshot. A row may have several: each counts it.

    A category nobody proposed is found under its own name and counted under «Autre»; a former commune is found under
    its own name and counted under that of today.
    """

    def __init__(self, facet: str, fiches: pd.DataFrame):
        column = schema.FACETS[facet]
        self._size = len(fiches)
        declared = {slugify(option): option for option in schema.options(column)}
        self.names = dict(declared)
        self._codes = {slug: code for code, slug in enumerate(declared)}
        keys = [column.key, *(["ancienne_commune"] if facet == "commune" else [])]
        pairs = [self._pairs(fiches[key].tolist()) for key in keys]
        offered = set(pairs[0][1].tolist())
        if facet == "livraison":
            pairs.append(self._delivered(fiches["accueil"].tolist(), *pairs[0]))
        if facet == "categorie":
            strange = pairs[0][1] >= len(declared)
            pairs.append((pairs[0][0][strange], np.full(np.count_nonzero(strange), self._codes[OTHER])))
            offered = {code for code in (*offered, *pairs[1][1].tolist()) if code < len(declared)}
        rows, codes = (np.concatenate(parts) for parts in zip(*pairs, strict=True))
        unique = np.unique(codes * max(self._size, 1) + rows)
        self._starts = np.searchsorted(unique, np.arange(len(self._codes) + 1) * max(self._size, 1))
        self._row_of = (unique % max(self._size, 1)).astype(np.int32)
        shown = sorted(
            (slug for slug, code in self._codes.items() if code in offered),
            key=lambda slug: (
                (len(declared), fold(self.names[slug]), slug) if slug not in declared else (self._codes[slug], "", slug)
            ),
        )
        self.labels = {slug: self.names[slug] for slug in shown}
        """Labels by slug of the values to offer: in the order of the form, then in that of the alphabet."""
        self._offered = np.array([self._codes[slug] for slug in shown], dtype=np.intp)

    def _delivered(self, welcomes: list[object], rows: np.ndarray, codes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Row and code of every fiche that comes to its customers, or lets them fetch what they ordered."""
        modes = [self._codes[slugify(mode)] for mode in schema.DELIVERY if mode not in schema.MEETINGS]
        shut = [row for row, welcome in enumerate(welcomes) if welcome == schema.DOOR_CLOSED]
        found = np.unique(np.concatenate((rows[np.isin(codes, modes)], np.array(shut, dtype=np.int64))))
        return found, np.full(len(found), self._code(schema.ANY_DELIVERY))

    def _pairs(self, cells: Iterable[object]) -> tuple[np.ndarray, np.ndarray]:
        """Row and code of each value of a column."""
        codes = _Codes(self._code)
        found = [codes[cell] for cell in cells]
        counts = np.fromiter(map(len, found), dtype=np.int64, count=len(found))
        every = np.fromiter(chain.from_iterable(found), dtype=np.int64, count=int(counts.sum()))
        return np.repeat(np.arange(len(found)), counts), every

    def _code(self, label: object) -> int:
        """-1 for a blank cell, and for a label without a letter or digit."""
        slug = slugify(label) if isinstance(label, str) else ""
        if not slug:
            return -1
        self.names.setdefault(slug, str(label))
        return self._codes.setdefault(slug, len(self._codes))

    def slug(self, value: str) -> str | None:
        """The slug a value of an address stands for, however it is written; None where nobody has it here."""
        slug = slugify(value)
        return slug if slug in self._codes else None

    def mask(self, values: Iterable[str]) -> np.ndarray:
        """Rows with any of the values."""
        mask = np.zeros(self._size, dtype=bool)
        for value in values:
            slug = self.slug(value)
            if slug is not None:
                code = self._codes[slug]
                mask[self._row_of[self._starts[code] : self._starts[code + 1]]] = True
        return mask

    def options(self, counts: Iterable[int], chosen: Iterable[str]) -> list[Option]:
        """The values to offer, with what `counts` says of each."""
        slugs = {self.slug(value) for value in chosen}
        counted = zip(self.labels.items(), counts, strict=True)
        return [Option(slug, label, count, slug in slugs) for (slug, label), count in counted]

    def counts(self, mask: np.ndarray) -> list[int]:
        """The rows of `mask` that have each of the values to offer, in the order of `labels`."""
        so_far = np.zeros(len(self._row_of) + 1, dtype=np.int32)
        np.cumsum(mask[self._row_of], out=so_far[1:])
        at = so_far[self._starts]
        return (at[1:] - at[:-1])[self._offered].tolist()  # type: ignore[no-any-return]

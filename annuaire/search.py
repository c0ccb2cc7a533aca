"""An inverted index of the fiches' words: which rows have a word, and how much it counts there.

Why not SQLite's FTS5: on 100,000 fiches `bm25` took 28 ms for a common word and 195 ms for a letter, this 1 to 3 ms
(docs/decisions/); and the words it holds serve prefixes and typing slips too.
"""

import csv
from array import array
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

import schema
from annuaire import words
from fields.cell import fold

TRADE = "metier"
"""In place of a column's name: the words of the fiche's category, e.g. `pain` for a Boulangerie. They are kept in `metiers.csv`."""
_COLUMNS = sorted(
    [(column.key, column.searched) for column in schema.public() if column.searched]
    + [("ancienne_commune", schema.BY_KEY["commune"].searched), ("code_postal", 1), (TRADE, 5)],
    key=lambda column: -column[1],
)
"""Searched columns and their weights, heaviest first."""
_WEIGHTS = np.array([weight for _, weight in _COLUMNS], dtype=np.uint8)
_BEYOND = "\U0010ffff"
SHORTEST_BEGINNING = 2
"""Letters from which a word finds those it begins."""
_SHORTEST_SLIP, _TWO_SLIPS = 4, 8
"""Letters from which one slip is forgiven, and two."""
_OFFERED = 6
"""Words that may stand for a mistyped one."""


@dataclass(frozen=True)
class Found:
    """`mask`: the rows that have every word. `score`: how well, by row; 0 elsewhere."""

    mask: np.ndarray
    score: np.ndarray
    asked: tuple[str, ...]
    """The words looked for, folded."""
    mended: tuple[tuple[str, str], ...] = ()
    """Words nobody has, each with the nearest that was looked for instead."""

    @property
    def marks(self) -> tuple[str, ...]:
        """The folded words to show a visitor in what was found."""
        instead = dict(self.mended)
        return tuple(fold(instead.get(word, word)) for word in self.asked)


class _Chunks(dict[str, tuple[int, ...]]):
    """Runs of text without spaces → numbers of their stems, in the order they were first met."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}
        self.shown: list[str] = []

    def __missing__(self, chunk: str) -> tuple[int, ...]:
        numbers = []
        for stem, word in words.typed(chunk):
            if stem not in self.numbers:
                self.numbers[stem] = len(self.numbers)
                self.shown.append(word)
            numbers.append(self.numbers[stem])
        found = self[chunk] = tuple(numbers)
        return found


class Words:
    """The words of one snapshot's fiches."""

    def __init__(self, fiches: pd.DataFrame):
        self._size = len(fiches)
        chunks = _Chunks()
        columns = [_occurrences(chunks, _texts(fiches, name)) for name, _ in _COLUMNS]
        order = sorted(range(len(chunks.shown)), key=list(chunks.numbers).__getitem__)
        self._terms = sorted(chunks.numbers)
        self._shown = [chunks.shown[number] for number in order]
        place_of_number = np.empty(len(order), dtype=np.int64)
        place_of_number[order] = np.arange(len(order))
        for_row, for_column = self._size.bit_length(), len(_COLUMNS).bit_length()
        packed = np.empty(sum(len(numbers) for numbers, _ in columns), dtype=np.int64)
        end = len(packed)
        while columns:  # the last first, each let go: together they are the most that a snapshot ever takes
            numbers, rows = columns.pop()
            column = packed[end - len(numbers) : end]
            np.take(place_of_number, numbers, out=column)
            for shift, low in ((for_row, rows), (for_column, len(columns))):
                column <<= shift
                column |= low
            end -= len(numbers)
        packed.sort()
        first = np.ones(len(packed), dtype=bool)
        np.greater_equal(packed[1:] ^ packed[:-1], 1 << for_column, out=first[1:])
        packed = packed[first]  # a row counts once for a term, by its heaviest column
        self._weights = _WEIGHTS[packed & (1 << for_column) - 1]
        self._rows = (packed >> for_column & (1 << for_row) - 1).astype(np.int32)
        self._starts = np.searchsorted(packed >> for_column + for_row, np.arange(len(order) + 1))
        self._letters = np.array([words.letters(term) for term in self._terms], dtype=np.uint64)
        self._lengths = np.array([len(term) for term in self._terms], dtype=np.int64)
        for held in (self._rows, self._weights, self._starts, self._letters, self._lengths):
            held.setflags(write=False)

    def find(self, text: str) -> Found:
        """The rows that have each word, one it begins, or else one a slip away. None where the text has no word."""
        asked = words.telling(words.words(text))
        mask = np.full(self._size, bool(asked))
        score = np.zeros(self._size)
        mended = []
        for word in asked:
            counts = self._counts(word)
            if not counts.any() and (near := self._near(word)):
                mended.append((word, self._shown[near[0]]))
                counts = sum((self._sum(term, term + 1) for term in near), np.zeros(self._size))
            has = counts > 0
            mask &= has
            score += counts * np.log1p(self._size / max(1, int(np.count_nonzero(has))))
        score[~mask] = 0
        mask.setflags(write=False)
        score.setflags(write=False)
        return Found(mask, score, tuple(asked), tuple(mended))

    def _counts(self, word: str) -> np.ndarray:
        """By row, the weight of a word; twice that of a word it only begins."""
        stem = words.stem(word)
        place = bisect_left(self._terms, stem)
        exact = self._terms[place : place + 1] == [stem]
        counts = self._sum(place, place + 1) if exact else np.zeros(self._size)
        begins = word if len(word) >= SHORTEST_BEGINNING else stem + _BEYOND
        first, last = bisect_left(self._terms, begins), bisect_left(self._terms, begins + _BEYOND)
        return counts + self._sum(first, last) if first < last else counts

    def _sum(self, first: int, last: int) -> np.ndarray:
        held = slice(self._starts[first], self._starts[last])
        return np.bincount(self._rows[held], weights=self._weights[held], minlength=self._size)

    def _near(self, word: str) -> list[int]:
        """The terms fewest slips away, commonest first. A number is never mended."""
        stem = words.stem(word)
        if len(stem) < _SHORTEST_SLIP or not word.isalpha():
            return []
        most = 2 if len(stem) >= _TWO_SLIPS else 1
        strange = np.bitwise_count(self._letters ^ np.uint64(words.letters(stem)))
        candidates = np.flatnonzero((strange <= 2 * most) & (np.abs(self._lengths - len(stem)) <= most))
        slips = {int(term): words.edits(stem, self._terms[term], most) for term in candidates}
        fewest = min(slips.values(), default=most + 1)
        near = [term for term, count in slips.items() if count == fewest <= most]
        return sorted(near, key=lambda term: self._starts[term] - self._starts[term + 1])[:_OFFERED]


def _texts(fiches: pd.DataFrame, name: str) -> list[object]:
    if name == TRADE:
        told = {category: _trades().get(fold(category), "") for category in fiches["categorie"].unique()}
        return [told[category] for category in fiches["categorie"].tolist()]
    return fiches[name].tolist()  # type: ignore[no-any-return]


@cache
def _trades() -> dict[str, str]:
    """Words of the trade by folded category."""
    with (Path(__file__).parent / "metiers.csv").open(encoding="utf-8", newline="") as file:
        return {fold(line["catégorie"]): line["mots"] for line in csv.DictReader(file)}


def _occurrences(chunks: _Chunks, texts: Iterable[object]) -> tuple[np.ndarray, np.ndarray]:
    """Number and row of every word of a column."""
    numbers, ends = array("i"), array("i")
    for text in texts:
        if text:
            plain = text if isinstance(text, str) else " ".join(text) if isinstance(text, tuple) else ""
            for found in map(chunks.__getitem__, plain.split()):
                numbers.extend(found)
        ends.append(len(numbers))
    rows = np.repeat(
        np.arange(len(ends), dtype=np.int32), np.diff(np.frombuffer(ends, dtype=np.int32), prepend=0).astype(np.int64)
    )
    return np.frombuffer(numbers, dtype=np.int32), rows

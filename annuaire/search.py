"""An inverted index of the fiches' words: which rows have a word, and how much it counts there.

Why not SQLite's FTS5: on 100,000 fiches `bm25` took 28 ms for a common word and 195 ms for a letter, this 1 to 3 ms
(docs/decisions/); and the words it holds serve prefixes and typing slips too.
"""

import csv
from array import array
from bisect import bisect_left
from collections.abc import Iterator, Sequence
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
_WEIGHTS = np.array([weight for _, weight in _COLUMNS], dtype=float)
_BEYOND = "\U0010ffff"
SHORTEST_BEGINNING = 2
"""Letters from which a word finds those it begins."""
_SHORTEST_SLIP, _TWO_SLIPS = 4, 8
"""Letters from which one slip is forgiven, and two."""
_PIECE = 1 << 16
"""Words worked on at once."""
_FEW = 0.1
"""Of the fiches: where more changed, all are read."""
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
    """The words of one snapshot's fiches.

    `before` and `was`: those of another snapshot, and its fiches. What both have is taken over; the words are the same as without.
    """

    def __init__(self, fiches: pd.DataFrame, before: "Words | None" = None, was: pd.DataFrame | None = None):
        self._size = len(fiches)
        self._for_row, self._for_column = self._size.bit_length(), len(_COLUMNS).bit_length()
        origin = np.full(self._size, -1) if before is None or was is None else _origin(was, fiches)
        fresh = np.flatnonzero(origin < 0)
        if len(fresh) == self._size:
            before = None
        self._terms, self._shown, packed = self._read(fiches, fresh)
        touched = set(self._terms)
        if before is not None:
            packed = self._with(before, origin, packed, touched)
        # Cast as they are worked out: six million numbers at a hundred thousand fiches.
        self._columns, self._rows = np.empty(len(packed), dtype=np.uint8), np.empty(len(packed), dtype=np.int32)
        np.bitwise_and(packed, (1 << self._for_column) - 1, out=self._columns, casting="unsafe")
        np.right_shift(packed, self._for_column, out=self._rows, casting="unsafe")
        self._rows &= (1 << self._for_row) - 1
        self._starts = np.searchsorted(packed, np.arange(len(self._terms) + 1) << self._for_column + self._for_row)
        if before is not None:
            shown = dict(zip(before._terms, before._shown, strict=True))
            self._shown = [
                self._written(fiches, place) if term in touched else shown[term] for place, term in enumerate(self._terms)
            ]
        self._letters = np.array([words.letters(term) for term in self._terms], dtype=np.uint64)
        self._lengths = np.array([len(term) for term in self._terms], dtype=np.int64)
        for held in (self._rows, self._columns, self._starts, self._letters, self._lengths):
            held.setflags(write=False)

    def _read(self, fiches: pd.DataFrame, rows: np.ndarray) -> tuple[list[str], list[str], np.ndarray]:
        """The terms of these rows in the order of the alphabet, as they are first written, and where they are: place of the term, row and column as one number, ascending."""
        chunks, held, below = _Chunks(), array("q"), self._for_row + self._for_column
        for number, (name, _) in enumerate(_COLUMNS):
            for terms, places in _occurrences(chunks, _texts(fiches, name, rows)):
                held.frombytes((((terms << self._for_row) | rows[places]) << self._for_column | number).tobytes())
        order = sorted(range(len(chunks.shown)), key=list(chunks.numbers).__getitem__)
        place_of_number = np.empty(len(order), dtype=np.int64)
        place_of_number[order] = np.arange(len(order))
        packed = np.frombuffer(held, dtype=np.int64)
        for start in range(0, len(packed), _PIECE):
            piece = packed[start : start + _PIECE]
            piece[:] = place_of_number[piece >> below] << below | piece & (1 << below) - 1
        packed.sort()
        return sorted(chunks.numbers), [chunks.shown[number] for number in order], _heaviest(packed, self._for_column)

    def _with(self, before: "Words", origin: np.ndarray, fresh: np.ndarray, touched: set[str]) -> np.ndarray:
        """Where all terms are: those of the fresh rows, and in the others those of `before`. Terms that less rows have than before are told to `touched`."""
        moved = np.full(before._size, -1, dtype=np.int32)
        moved[origin[origin >= 0]] = np.flatnonzero(origin >= 0)
        rows = moved[before._rows]
        stay = rows >= 0
        terms = np.repeat(np.arange(len(before._terms), dtype=np.int32), np.diff(before._starts))[stay]
        left = np.bincount(terms, minlength=len(before._terms))
        touched |= {before._terms[place] for place in np.flatnonzero(left < np.diff(before._starts)).tolist()}
        names = self._terms
        self._terms = sorted({*names, *(before._terms[place] for place in np.flatnonzero(left).tolist())})
        place = {term: number for number, term in enumerate(self._terms)}
        packed = np.empty(len(terms) + len(fresh), dtype=np.int64)
        kept, added = packed[: len(terms)], packed[len(terms) :]
        np.take(np.array([place.get(term, -1) for term in before._terms]), terms, out=kept)
        for shift, low in ((self._for_row, rows[stay]), (self._for_column, before._columns[stay])):
            kept <<= shift
            kept |= low
        below = self._for_row + self._for_column
        added[:] = np.array([place[term] for term in names], dtype=np.int64)[fresh >> below] << below | fresh & (1 << below) - 1
        packed.sort(kind="stable")  # nearly in order
        return packed

    def _written(self, fiches: pd.DataFrame, place: int) -> str:
        """A term as it is written where it is first met: in the heaviest column, on the first row."""
        held = slice(self._starts[place], self._starts[place + 1])
        first = self._starts[place] + np.argmin(self._columns[held])
        (text,) = _texts(fiches, _COLUMNS[self._columns[first]][0], self._rows[first : first + 1])
        typed = (found for chunk in _plain(text).split() for found in words.typed(chunk))
        return next(word for stem, word in typed if stem == self._terms[place])

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
        return np.bincount(self._rows[held], weights=_WEIGHTS[self._columns[held]], minlength=self._size)

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


def _origin(was: pd.DataFrame, fiches: pd.DataFrame) -> np.ndarray:
    """By row, that of `was` where the fiche says the same in every searched column, else -1; -1 for all where much changed, or the order."""
    place = {slug: row for row, slug in enumerate(was["slug"].tolist())}
    origin = np.array([place.get(slug, -1) for slug in fiches["slug"].tolist()], dtype=np.int64)
    for name in {"categorie" if name == TRADE else name for name, _ in _COLUMNS}:
        there = np.flatnonzero(origin >= 0)
        one, other = fiches[name].take(there).tolist(), was[name].take(origin[there]).tolist()
        origin[there[[text != before for text, before in zip(one, other, strict=True)]]] = -1
    stay = origin[origin >= 0]
    if len(fiches) - len(stay) > _FEW * len(fiches) or len(was) - len(stay) > _FEW * len(fiches) or np.any(np.diff(stay) < 0):
        return np.full(len(fiches), -1)
    return origin


def _texts(fiches: pd.DataFrame, name: str, rows: np.ndarray) -> list[object]:
    column = fiches["categorie" if name == TRADE else name]
    texts = (column if len(rows) == len(fiches) else column.take(rows)).tolist()
    if name == TRADE:
        told = {category: _trades().get(fold(category), "") for category in set(texts)}
        return [told[category] for category in texts]
    return texts  # type: ignore[no-any-return]


def _plain(text: object) -> str:
    return text if isinstance(text, str) else " ".join(text) if isinstance(text, tuple) else ""


@cache
def _trades() -> dict[str, str]:
    """Words of the trade by folded category."""
    with (Path(__file__).parent / "metiers.csv").open(encoding="utf-8", newline="") as file:
        return {fold(line["catégorie"]): line["mots"] for line in csv.DictReader(file)}


def _heaviest(packed: np.ndarray, for_column: int) -> np.ndarray:
    """Of the ascending numbers that differ in their last bits alone, the first: a word of a row counts by its heaviest column. Done in place, piece by piece."""
    end, last = 0, -1
    for start in range(0, len(packed), _PIECE):
        piece = packed[start : start + _PIECE].copy()
        found = piece[np.diff(piece >> for_column, prepend=last >> for_column) != 0]
        packed[end : end + len(found)] = found
        end, last = end + len(found), int(piece[-1])
    return packed[:end]


def _occurrences(chunks: _Chunks, texts: Sequence[object]) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Number and place of every word of a column, piece by piece: all together they are the most that a snapshot ever takes."""
    numbers, ends = array("q"), array("q")
    for place, text in enumerate(texts):
        if text:
            for found in map(chunks.__getitem__, _plain(text).split()):
                numbers.extend(found)
        ends.append(len(numbers))
        if len(numbers) > _PIECE or place == len(texts) - 1:
            places = np.arange(place - len(ends) + 1, place + 1)
            yield np.array(numbers), np.repeat(places, np.diff(np.array(ends), prepend=0))
            numbers, ends = array("q"), array("q")

"""What a query finds in a snapshot, in order and page by page, and what to loosen where it finds nothing."""

from dataclasses import dataclass
from datetime import datetime

import numpy as np

from annuaire.criteria import Criteria, asked, criteria
from annuaire.index import Index, frozen, index
from annuaire.query import Query
from annuaire.telling import Chip, chips, dropped, messages
from fields.date import paris_day
from fields.points import Point
from sheets.snapshot import Snapshot

PAGE_SIZE = 24
_MOST_LOOSENINGS = 4


@dataclass(frozen=True, slots=True)
class Result:
    """Rows are those of `Snapshot.fiches`. Nothing here can be written."""

    rows: np.ndarray
    """Every row found, in order."""
    total: int
    page: int
    pages: int
    """At least 1."""
    page_rows: tuple[int, ...]
    """Empty beyond the last page."""
    page_distances: tuple[float | None, ...]
    """Kilometres to `pres`; None without."""
    page_nearest: tuple[Point | None, ...]
    """The point of sale that is so near, where it is not the fiche's own place."""
    marks: tuple[str, ...]
    """The folded words to mark in what is shown."""
    chips: tuple[Chip, ...]
    messages: tuple[str, ...]
    """What was asked and means nothing here, and what was understood instead, in French."""


@dataclass(frozen=True, slots=True)
class Loosening:
    """A choice to take away from a query that finds nothing, and how many fiches would be found."""

    label: str
    query: Query
    total: int


def find(snapshot: Snapshot, query: Query, now: datetime) -> Result:
    """Never raises. `now` is aware: its minute decides `ouvert=1`, its day in Paris the order of the day."""
    found = index(snapshot)
    kept = criteria(found, query, now)
    day = paris_day(now).toordinal()
    rows = found.recall(("rows", asked(query, now), day), lambda: frozen(_ordered(found, query, kept, day)))
    first = (query.page - 1) * PAGE_SIZE
    page_rows = tuple(rows[first : first + PAGE_SIZE].tolist())
    return Result(
        rows=rows,
        total=len(rows),
        page=query.page,
        pages=max(1, -(-len(rows) // PAGE_SIZE)),
        page_rows=page_rows,
        page_distances=tuple(None if kept.distances is None else float(kept.distances[row]) for row in page_rows),
        page_nearest=tuple(_nearest(found, kept, row) for row in page_rows),
        marks=kept.words.marks if kept.words else (),
        chips=chips(found, query, kept, now),
        messages=messages(found, query, kept, now),
    )


def count(snapshot: Snapshot, query: Query, now: datetime) -> int:
    """How many `find` would find, without putting them in order."""
    return int(np.count_nonzero(criteria(index(snapshot), query, now).all_but()))


def _nearest(found: Index, kept: Criteria, row: int) -> Point | None:
    number = -1 if kept.nearest is None else kept.nearest[row]
    return None if number < 0 else found.points.points[number]


def _ordered(found: Index, query: Query, kept: Criteria, day: int) -> np.ndarray:
    """The rows kept, in the query's order; equals in that of the alphabet."""
    match query.order:
        case "nouveau":
            order = found.by_release
        case "jour":
            order = found.by_day(day)
        case _:
            order = found.by_name
    rows = order[kept.all_but()[order]]
    if query.order in ("jour", "pertinence"):
        rows = found.fresh_first(rows, day)
    if query.order == "pertinence" and kept.words is not None:
        return rows[np.argsort(-kept.words.score[rows], kind="stable")]
    if query.order == "distance" and kept.distances is not None:
        return rows[np.argsort(kept.distances[rows], kind="stable")]
    return rows


def loosen(snapshot: Snapshot, query: Query, now: datetime) -> list[Loosening]:
    """The choices whose absence alone would find something, the most fruitful first."""
    found = index(snapshot)
    kept = criteria(found, query, now)
    totals = {parameter: int(np.count_nonzero(kept.all_but(parameter))) for parameter in kept.masks}
    best = sorted((parameter for parameter, total in totals.items() if total), key=lambda parameter: -totals[parameter])
    return [
        Loosening(dropped(found, query, parameter), query.without(parameter), totals[parameter])
        for parameter in best[:_MOST_LOOSENINGS]
    ]

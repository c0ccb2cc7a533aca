"""A tab while journal entries are laid into it, by header: which column, which line, which cells."""

import logging
import math
from collections.abc import Iterable, Mapping, Sequence

import schema
from fields import Cell
from fields.cell import as_text
from schema import header_key
from sheets import tabs
from sheets.grids import Grid
from sheets.journal import Entry

log = logging.getLogger("conso.workbook")


class Desk:
    """One tab while entries are laid into it."""

    def __init__(self, title: str, grid: Grid):
        self.title = title
        self._grid = [list(row) for row in grid]
        self.edits: dict[tuple[int, int], Cell] = {}

    @property
    def headers(self) -> Sequence[Cell]:
        return self._grid[0] if self._grid else ()

    @property
    def grid(self) -> Grid:
        """The tab as it stands with what was laid into it."""
        return self._grid

    def knows(self, match: Mapping[str, Cell]) -> bool:
        """True where a line has all these cells."""
        return bool(self._matching(match))

    def take(self, entry: Entry) -> None:
        if entry.match is None:
            line = self._next_line()
            for header, cell in entry.values.items():
                if cell != "":
                    self._set(line, self._places(header)[0], cell)
            return
        lines = self._matching(entry.match)
        if not lines:
            log.warning(
                "«%s»: a change of %s found no line and is dropped",
                self.title,
                ", ".join(f"«{header}»" for header in entry.values),
            )
        for line in lines:
            for header, cell in entry.values.items():
                for place in self._places(header):
                    self._set(line, place, cell)

    def _known_places(self, header: str) -> list[int]:
        keys = _same_headers(header)
        return [place for place, cell in enumerate(self.headers) if header_key(as_text(cell)) in keys]

    def _places(self, header: str) -> list[int]:
        """Where this header stands; a new column at the right of everything if nowhere."""
        places = self._known_places(header)
        if not places:
            places = [max((len(row) for row in self._grid), default=0)]
            self._set(1, places[0], header)
        return places

    def _next_line(self) -> int:
        """Below the last line that says anything: boxes stretched further down, unticked, say nothing."""
        used = (line for line in range(len(self._grid), 1, -1) if any(cell not in ("", False) for cell in self._grid[line - 1]))
        return next(used, 1) + 1

    def _matching(self, match: Mapping[str, Cell]) -> list[int]:
        lines = list(range(2, len(self._grid) + 1))
        for header, wanted in match.items():
            places = self._known_places(header)
            lines = [line for line in lines if places and _same(_first(self._grid[line - 1], places), wanted)]
        return lines

    def _set(self, line: int, place: int, cell: Cell) -> None:
        while len(self._grid) < line:
            self._grid.append([])
        row = self._grid[line - 1]
        row.extend([""] * (place + 1 - len(row)))
        row[place] = cell
        self.edits[line, place] = cell


def title(tab: str, titles: Iterable[str]) -> str:
    """The title under which the workbook keeps this tab; the name itself where it does not."""
    known = list(titles)
    if tab in known:
        return tab
    ours = next((one for one in schema.TABS if header_key(tab) in map(header_key, (one.name, *one.aliases))), schema.Tab(tab))
    return tabs.find(ours, known) or tab


def is_ours(tab: str) -> bool:
    """True for a tab that the app makes where it is missing."""
    return any(header_key(tab) == header_key(one.name) for one in (schema.SUIVI_TAB, schema.SIGNALEMENTS_TAB))


def _same_headers(header: str) -> frozenset[str]:
    """The keys of every header under which people keep this column."""
    key = header_key(header)
    return next((column.header_keys for column in (*schema.FICHE, *schema.MAG) if key in column.header_keys), frozenset([key]))


def keyed(values: Mapping[str, Cell]) -> dict[str, Cell]:
    return {header_key(header): cell for header, cell in values.items()}


def holds(values: Mapping[str, Cell], match: Mapping[str, Cell]) -> bool:
    return all(key in values and _same(values[key], wanted) for key, wanted in match.items())


def _first(row: Sequence[Cell], places: Sequence[int]) -> Cell:
    """The first filled cell of a column; a doubled header has several."""
    return next((row[place] for place in places if place < len(row) and row[place] != ""), "")


def _same(one: Cell, other: Cell) -> bool:
    """Equal as a person sees it; serial dates to half a second."""
    if not isinstance(one, str) and not isinstance(other, str):
        return math.isclose(one, other, rel_tol=1e-10)
    if one == "" or other == "":  # most lines have no private link, and this is asked of every line
        return one == other
    return as_text(one).strip() == as_text(other).strip()

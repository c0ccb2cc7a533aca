"""What a workbook says, tab by tab. Of one read before, only the lines that changed are read again.

Reading is python-calamine's. It is given the changed lines alone, as a workbook of their own: 10,000 lines of which a volunteer ticked one take
a fifth of the time, and every line that is as it was is the same object as before.
"""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from io import BytesIO
from typing import Any, NamedTuple

import python_calamine

from fields import Cell
from fields import date as dates
from sheets.package import Edits, Package, told
from sheets.worksheet import Worksheet

Grid = list[list[Cell]]
"""One tab, line 1 first, ragged, trailing blanks left out, as Google gives it. Lines are shared from one reading to the next: nobody changes one."""

_LEAP = timedelta(days=60)
"""The 29 February 1900 that Excel believes in; python-calamine moves what is before it by a day."""
_MANY = 0.5
"""Of a tab's lines: where more changed, all are read."""


class _Seen(NamedTuple):
    """A tab's XML as it was read."""

    check: tuple[int, int]
    """`Package.check` of its part."""
    lines: Mapping[int, int]
    """Digest of each line's XML; none where the lines cannot be told apart."""


class Reading(dict[str, Grid]):
    """Every tab by title, in the order of the workbook, and by what the next reading knows which lines are as they were."""

    legend: tuple[object, ...] = ()
    """Of `Package.legend`: the same XML says the same under the same one."""
    seen: Mapping[str, _Seen] = {}


def read(content: bytes, before: Reading | None = None) -> Reading:
    """Every tab by title, in the order of the workbook. Formulas give their last value, dates their serial number.

    `before`: an earlier reading, of this workbook or another. Raises NotReadable.
    """
    package, found = Package(content), Reading()
    before = Reading() if before is None else before
    with told():
        found.legend, seen = package.legend(), {}
        known = before.seen if before.legend == found.legend else {}
        for title, part in package.sheets.items():
            old, check = known.get(title), package.check(part)
            if old is not None and old.check == check:
                found[title], seen[title] = before[title], old
                continue
            sheet = Worksheet(package.part(part))
            seen[title] = _Seen(check, sheet.digests())
            found[title] = _read(package, content, title, sheet, before.get(title, []), old, seen[title].lines)
    found.seen = seen
    return found


def _read(
    package: Package, content: bytes, title: str, sheet: Worksheet, grid: Grid, old: _Seen | None, lines: Mapping[int, int]
) -> Grid:
    """A tab. `grid` is what it said before, `old` its XML of then where that still means the same."""
    digests = old.lines if old else {}
    changed = [line for line, digest in lines.items() if digests.get(line) != digest]
    if not digests or not lines or len(changed) > _MANY * len(lines):
        rows, kept = _rows(content, title, sheet.errors()), {}
    else:
        rows = _rows(package.excerpt(title, sheet.excerpt(changed)), title, sheet.errors(changed)) if changed else {}
        kept = {line: grid[line - 1] for line in lines if line <= len(grid) and digests.get(line) == lines[line]}
    last = max((line for line, cells in (*rows.items(), *kept.items()) if cells), default=0)
    return [kept[line] if line in kept else _unchanged(rows.get(line, []), grid, line) for line in range(1, last + 1)]


def _unchanged(cells: list[Cell], grid: Grid, line: int) -> list[Cell]:
    """The line, as the object that said the same there before if one did."""
    before = grid[line - 1] if line <= len(grid) else None
    return before if before == cells and list(map(type, before)) == list(map(type, cells)) else cells


def _rows(content: bytes, title: str, errors: Edits) -> dict[int, list[Cell]]:
    """The lines of a tab as calamine reads them, from the first that says something to the last."""
    with python_calamine.CalamineWorkbook.from_filelike(BytesIO(content)) as workbook:
        sheet = workbook.get_sheet_by_name(title)
        top, left = sheet.start or (0, 0)
        margin: list[Cell] = [""] * left
        rows = {
            line: margin + [value if type(value) is str else _cell(value) for value in row]
            for line, row in enumerate(sheet.to_python(), start=top + 1)
        }
    for (line, place), error in errors.items():  # calamine gives a formula in error as a blank
        if place < len(rows.get(line, ())):
            rows[line][place] = error
    for cells in rows.values():
        cut(cells)
    return rows


def cut(cells: list[Cell]) -> list[Cell]:
    """The line, which loses its trailing blanks."""
    while cells and cells[-1] == "":
        cells.pop()
    return cells


def _cell(value: Any) -> Cell:
    """The value as Google gives it: whole numbers without a point, dates and times in days, to the millisecond."""
    if isinstance(value, float):
        return int(value) if value.is_integer() and abs(value) < 1e15 else value
    if isinstance(value, datetime):
        value -= dates.SERIAL_ZERO
        value -= timedelta(days=1 if timedelta(days=1) < value <= _LEAP else 0)
    elif isinstance(value, date):
        value = datetime.combine(value, time()) - dates.SERIAL_ZERO
        value -= timedelta(days=1 if timedelta(days=1) < value <= _LEAP else 0)
    elif isinstance(value, time):
        value = datetime.combine(dates.SERIAL_ZERO, value) - dates.SERIAL_ZERO
    return _cell(round(value / timedelta(days=1), 11)) if isinstance(value, timedelta) else value

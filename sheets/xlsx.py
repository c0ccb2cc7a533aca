"""Workbook files: a new one, and the values of one.

Reading is python-calamine's. Changes go into the XML of the sheet concerned (`package`): openpyxl would rewrite the whole file, in
seven seconds at 10,000 rows, without its rich text, charts and cell checkboxes, and make formulas of text that begins with «=».
"""

import contextlib
import functools
import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from io import BytesIO
from pathlib import Path
from types import MappingProxyType
from typing import Any

import python_calamine

import schema
from fields import Cell
from fields import date as dates
from fields.cell import as_text
from schema import header_key
from sheets.package import DAY, MOMENT, Edits, Package, told
from sheets.worksheet import letter

Grid = list[list[Cell]]
"""One tab, line 1 first, ragged, trailing blanks left out, as Google gives it."""

_LEAP = timedelta(days=60)
"""The 29 February 1900 that Excel believes in; python-calamine moves what is before it by a day."""


def read(content: bytes, known: Mapping[str, Grid] = MappingProxyType({})) -> dict[str, Grid]:
    """Every tab by title, in the order of the workbook. Formulas give their last value, dates their serial number.

    `known`: tabs that need no reading. Raises NotReadable.
    """
    package = Package(content)
    with told(), python_calamine.CalamineWorkbook.from_filelike(BytesIO(content)) as workbook:
        return {
            title: known[title] if title in known else _grid(workbook.get_sheet_by_name(title), package.errors(title))
            for title in package.sheets
        }


def _grid(sheet: python_calamine.CalamineSheet, errors: Edits) -> Grid:
    rows = sheet.to_python(skip_empty_area=False)
    grid: Grid = [[value if type(value) is str else _cell(value) for value in row] for row in rows]
    for (line, place), error in errors.items():  # calamine gives a formula in error as a blank
        if line <= len(grid) and place < len(grid[line - 1]):
            grid[line - 1][place] = error
    for row in grid:
        while row and row[-1] == "":
            row.pop()
    while grid and not grid[-1]:
        grid.pop()
    return grid


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


def create(path: Path, tabs: Mapping[str, Sequence[Sequence[Cell]]]) -> None:
    """Writes a workbook, replacing what was there: header in bold and frozen, columns of dates shown as dates, text kept as text.

    Each tab is its lines, header first. Raises ValueError for a title Excel refuses, OSError where it cannot be written.
    """
    package = Package(_empty(tabs))
    for title, rows in tabs.items():
        below = {(line, place): cell for line, row in enumerate(rows[1:], start=2) for place, cell in enumerate(row)}
        package.set_cells(title, below, [number_format(header) for header in rows[0]] if rows else ())
    path.parent.mkdir(parents=True, exist_ok=True)
    replace(path, package.content())


def _empty(tabs: Mapping[str, Sequence[Sequence[Cell]]]) -> bytes:
    """The workbook with its headers and columns, and no line below."""
    import openpyxl  # here: a third of a second that a start of the site need not pay
    from openpyxl.styles import Font

    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    for title, rows in tabs.items():
        sheet = workbook.create_sheet(title)
        sheet.freeze_panes = "A2"
        for place, header in enumerate(rows[0] if rows else ()):
            cell = sheet.cell(1, place + 1, as_text(header))
            cell.data_type, cell.font = "s", Font(bold=True)
            column = sheet.column_dimensions[letter(place)]
            column.number_format = number_format(header)
            longest = max((len(as_text(row[place])) for row in rows[1:40] if place < len(row)), default=0)
            column.width = min(max(len(as_text(header)) + 3, longest + 1, 19 if number_format(header) == MOMENT else 0), 42)
    sink = BytesIO()
    workbook.save(sink)
    return sink.getvalue()


SCRAP_SECONDS = 60.0
"""No file takes so long to write."""


@functools.cache
def number_format(header: Cell) -> str:
    """How a column of this header is shown: a date, text that nobody's spreadsheet re-reads as a number, or `General`."""
    key = header_key(header)
    column = next((column for column in (*schema.FICHE, *schema.MAG) if key in column.header_keys), None)
    if column is None:
        return "General"
    if isinstance(column.kind, (dates.Timestamp, dates.Moment)):
        return MOMENT
    if isinstance(column.kind, dates.Day):
        return DAY
    return "@" if column.asked and column.key != "publie" else "General"


def sweep(folder: Path, scraps: str) -> None:
    """Takes away the files of this pattern that a process killed here left half written. Not what another may be writing now."""
    for scrap in folder.glob(scraps):
        with contextlib.suppress(FileNotFoundError):
            if abs(datetime.now().timestamp() - scrap.stat().st_mtime) > SCRAP_SECONDS:
                scrap.unlink()


def replace(path: Path, content: bytes, may: Callable[[], object] = lambda: None) -> os.stat_result:
    """The file, all of it or as it was before, whenever the machine stops. A link stays a link; rights stay as they were. Gives what `stat` says of it.

    `may` is asked last, once the new content is on the disk: where it raises, the file stays as it is.
    """
    target = path.resolve()
    number, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".new", dir=target.parent)
    try:
        with os.fdopen(number, "wb") as file:
            file.write(content)
            file.flush()
            mode = target.stat().st_mode & 0o777 if target.exists() else 0o644
            os.fchmod(file.fileno(), mode)
            os.fsync(file.fileno())
            written = os.fstat(file.fileno())
        may()
        os.replace(name, target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return written

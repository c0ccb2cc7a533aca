"""Workbook files: a new one, and one put in the place of another.

Changes go into the XML of the sheet concerned (`package`): openpyxl would rewrite the whole file, in
seven seconds at 10,000 rows, without its rich text, charts and cell checkboxes, and make formulas of text that begins with «=».
"""

import contextlib
import functools
import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from io import BytesIO
from pathlib import Path

import schema
from fields import Cell
from fields import date as dates
from fields.cell import as_text
from schema import header_key
from sheets.package import DAY, MOMENT, Package
from sheets.worksheet import letter


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

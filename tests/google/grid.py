"""A spreadsheet's tabs as the Sheets API sees them: ranges in A1 notation, what is left out, and how a locale shows a cell."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

Held = str | int | float | bool | date | None
"""What a cell may hold here. A date is kept as the day number that Google keeps, and shown as a date."""

EPOCH = datetime(1899, 12, 30)
DATED = ("horodateur", "timestamp", "date")
"""Headers under which a bare number is shown as a date."""

_RANGE = re.compile(
    r"(?:(?:'((?:[^']|'')+)'|([^'!]+))!)?\$?([A-Z]{1,3})?\$?(\d{1,7})?(?::\$?([A-Z]{1,3})?\$?(\d{1,7})?)?", re.IGNORECASE
)
"""E.g. `'L''été'!A2:C`, `Mag!B3`, `A:C`, `2:5`."""


class BadRequest(ValueError):
    """The message is Google's own."""


@dataclass(frozen=True)
class Area:
    """Rows and columns of one tab, from 0, ends excluded."""

    title: str
    top: int
    left: int
    bottom: int
    right: int

    @property
    def a1(self) -> str:
        title = self.title if re.fullmatch(r"[^\W\d]\w*", self.title) else "'" + self.title.replace("'", "''") + "'"
        first, last = f"{letters(self.left)}{self.top + 1}", f"{letters(self.right - 1)}{self.bottom}"
        return f"{title}!{first}" if first == last else f"{title}!{first}:{last}"


def area(asked: str, sizes: dict[str, tuple[int, int]]) -> Area:
    """The cells that a range names; `sizes` gives rows and columns of each tab.

    Raises BadRequest where no tab has that name, or the range leaves the tab's grid.
    """
    named = asked[1:-1].replace("''", "'") if re.fullmatch("'.*'", asked, re.DOTALL) else asked
    if named in sizes:
        return Area(named, 0, 0, *sizes[named])
    found = _RANGE.fullmatch(asked)
    title = (
        next(iter(sizes))
        if found and found[1] is found[2] is None
        else (found[1] or found[2]).replace("''", "'")
        if found
        else ""
    )
    one = ":" not in asked.rpartition("!")[2]
    if not found or title not in sizes or not (all if one else any)(found.group(3, 4)):
        raise BadRequest(f"Unable to parse range: {asked}")
    column, row, to_column, to_row = found.group(3, 4, 5, 6)
    rows, columns = sizes[title]
    top, left = int(row or 1) - 1, number(column) if column else 0
    bottom = int(to_row) if to_row else top + 1 if one else rows
    right = number(to_column) + 1 if to_column else left + 1 if one else columns
    if bottom > rows or right > columns or top >= rows or left >= columns:
        raise BadRequest(
            f"Range ({Area(title, top, left, bottom, right).a1}) exceeds grid limits. Max rows: {rows}, max columns: {columns}"
        )
    return Area(title, top, left, bottom, right)


def letters(column: int) -> str:
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def number(name: str) -> int:
    """The column of these letters, e.g. `A` → 0, `AB` → 27."""
    place = 0
    for letter in name.upper():
        place = place * 26 + ord(letter) - 64
    return place - 1


def values(
    rows: Sequence[Sequence[Held]], area: Area, render: str, dates: str, locale: str
) -> list[list[str | int | float | bool]]:
    """The cells of an area: trailing blanks and blank last rows left out, other blanks `""`."""
    dated = {place for place, header in enumerate(rows[0] if rows else ()) if str(header).strip().casefold() in DATED}
    shown = []
    for line, row in enumerate(rows[area.top : area.bottom], start=area.top):
        cells = [
            _cell(cell, render, dates, locale, dated=line > 0 and place in dated)
            for place, cell in enumerate(row[area.left : area.right], start=area.left)
        ]
        shown.append(_trimmed(cells))
    while shown and not shown[-1]:
        shown.pop()
    return shown


def _trimmed(cells: list) -> list:
    last = max((place for place, cell in enumerate(cells, start=1) if cell != ""), default=0)
    return cells[:last]


def _cell(cell: Held, render: str, dates: str, locale: str, dated: bool) -> str | int | float | bool:
    if cell is None or cell == "":
        return ""
    if isinstance(cell, (bool, str)):
        return cell if render == "UNFORMATTED_VALUE" or isinstance(cell, str) else _tick(cell, locale)
    is_date = dated or isinstance(cell, date)
    serial = _serial(cell) if isinstance(cell, date) else cell
    if render == "UNFORMATTED_VALUE" and not (is_date and dates == "FORMATTED_STRING"):
        return serial
    return _date(serial, locale) if is_date else _number(serial, locale)


def _serial(day: date) -> int | float:
    moment = day if isinstance(day, datetime) else datetime(day.year, day.month, day.day)
    days = round((moment.replace(tzinfo=None) - EPOCH) / timedelta(days=1), 11)
    return int(days) if days.is_integer() else days


def _date(serial: int | float, locale: str) -> str:
    moment = EPOCH + timedelta(seconds=round(serial * 86_400))
    if locale == "fr_FR":
        return moment.strftime("%d/%m/%Y %H:%M:%S" if serial % 1 else "%d/%m/%Y")
    day = f"{moment.month}/{moment.day}/{moment.year}"
    return f"{day} {moment.hour}:{moment:%M:%S}" if serial % 1 else day


def _number(value: int | float, locale: str) -> str:
    text = str(int(value)) if float(value).is_integer() else repr(float(value))
    return text.replace(".", ",") if locale == "fr_FR" else text


def _tick(ticked: bool, locale: str) -> str:
    return {True: "VRAI", False: "FAUX"}[ticked] if locale == "fr_FR" else str(ticked).upper()


def write(rows: list[list[Held]], area: Area, written: Sequence[Sequence[Held]]) -> int:
    """Puts cells in place, growing the tab; None leaves a cell as it is. Returns how many cells were written."""
    count = 0
    for line, cells in enumerate(written, start=area.top):
        while len(rows) <= line:
            rows.append([])
        row = rows[line] = list(rows[line])
        for place, cell in enumerate(cells, start=area.left):
            row.extend([""] * (place + 1 - len(row)))
            if cell is not None:
                row[place] = cell
                count += 1
    return count

"""The spreadsheet, Google's or the embedded workbook: all its tabs in one call."""

import logging
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from typing import Any

import gspread
import requests
from gspread.exceptions import APIError
from gspread.http_client import HTTPClient
from gspread.utils import a1_range_to_grid_range, absolute_range_name

from fields import Cell
from schema import RESPONSES, Tab
from settings import ROOT, Settings
from sheets import transport
from sheets.outage import explain
from sheets.tabs import LineLink, Values, find, letter

log = logging.getLogger("conso.client")

LOCALE_FREE = {"valueRenderOption": "UNFORMATTED_VALUE", "dateTimeRenderOption": "SERIAL_NUMBER"}
LOOK_AGAIN_SECONDS = (30.0, 600.0)
"""How soon a tab that was not there is looked for again: at first, and at last, doubling in between."""
ROOM = 1000
"""Rows to spare when a tab is enlarged, as in a new one of Google's: not one call more for each line."""


class Book:
    """The spreadsheet, opened at the first use, and which of its tabs is which.

    Every method raises SheetError, chained to what really happened. Nothing is tried twice: the caller waits and comes back.
    """

    call_seconds = 15.0
    """A call to Google, token and whole answer included, is given up after this."""

    def __init__(self, settings: Settings, spreadsheet: gspread.Spreadsheet | None = None):
        self._settings = settings
        self._opened = None if spreadsheet is None else (spreadsheet.client, spreadsheet.id)
        self._grids: dict[str, Mapping[str, Any]] | None = None
        self._absent: frozenset[Tab] = frozenset()
        self._look_at = self._look_wait = 0.0
        self._takes_links = True

    @property
    def titles(self) -> tuple[str, ...]:
        """The spreadsheet's tabs, in its order, as last seen; empty before the first read."""
        return tuple(self._grids or ())

    @property
    def calls(self) -> int:
        """How many calls Google was asked so far; a workbook costs none."""
        return getattr(self._opened[0], "calls", 0) if self._opened else 0

    def read(self, wanted: Mapping[Tab, str | None]) -> dict[Tab, tuple[str, Values]]:
        """Title and cells of each wanted tab, in one call; `wanted` gives the settings' own title of a tab, or None.

        Cells are locale-free: True, 46.2, 45000.5 (days since 1899-12-30). A tab that is not there is left out.
        """
        with self._explained():
            if self._worth_looking(wanted):
                self._look(wanted)
            try:
                return self._read(wanted)
            except APIError as error:
                if not _says(error, "Unable to parse range"):
                    raise
            self._look(wanted)  # a tab was renamed or deleted since
            return self._read(wanted)

    def write(self, title: str, updates: Sequence[tuple[str, Sequence[Sequence[Cell | None]]]], leads_to: str = "") -> None:
        """Writes ranges of one tab in one call, e.g. `[("A2:C2", [["en ligne", 4, True]])]`. Text stays text, never a formula; None leaves a cell as it is.

        Each `LineLink` then becomes a link to that line of the tab `leads_to`: one call more, whose failure costs the links only.
        """
        if not updates:
            return
        data = [
            {"range": absolute_range_name(title, place), "majorDimension": "ROWS", "values": rows} for place, rows in updates
        ]
        body = {"valueInputOption": "RAW", "data": data}
        with self._explained(writing=True):
            client, key = self._open()
            try:
                client.values_batch_update(key, body)
            except APIError as error:
                if not _says(error, "exceeds grid limits"):
                    raise
                self._enlarge(title, [place for place, _ in updates])
                client.values_batch_update(key, body)
            if self._takes_links and {title, leads_to} <= set(self.titles):
                self._make_links(title, updates, leads_to)

    def _make_links(self, title: str, updates: Sequence[tuple[str, Sequence[Sequence[Cell | None]]]], leads_to: str) -> None:
        """Turns the numbers just written into links. RAW writes hold none; a formula of ours shows the same number."""
        client, key = self._open()
        if self._settings.embedded:
            self._look({})  # a workbook that was saved meanwhile may number its tabs otherwise
            if title not in self.titles:
                return
        sheet = self._number(title)
        changes = []
        for where, rows in updates:
            corner = a1_range_to_grid_range(where, sheet)
            for column in range(max(map(len, rows), default=0)):
                found = [row[column] if column < len(row) else "" for row in rows]
                changes += [
                    _formulas(sheet, corner["startRowIndex"] + first, corner["startColumnIndex"] + column, formulas)
                    for first, formulas in _runs([self._link_to(leads_to, cell) for cell in found])
                ]
        if not changes:
            return
        try:
            client.batch_update(key, {"requests": changes})
        except APIError as error:
            status = error.response.status_code
            self._takes_links = status not in (
                requests.codes.bad_request,
                requests.codes.not_found,
                requests.codes.not_implemented,
            )
            log.info("links to the lines of «%s» were refused (%d)", leads_to, status)

    def _number(self, title: str) -> int:
        """What addresses call a tab that was seen."""
        return (self._grids or {})[title]["sheetId"]  # type: ignore[no-any-return]

    def _link_to(self, title: str, line: Cell | None) -> str:
        """The formula that leads to a line of a tab; `""` where the cell is no `LineLink`."""
        if not isinstance(line, LineLink) or line < 1:
            return ""
        if self._settings.embedded:
            place = "#'{}'!A{}".format(title.replace("'", "''"), line).replace('"', '""')
            return f'=HYPERLINK("{place}",{int(line)})'
        gid = self._number(title)
        return f'=HYPERLINK("#gid={gid}&range=A{line}";{int(line)})'  # a semicolon is understood whatever the sheet's language

    def add_tab(self, title: str, rows: Sequence[Sequence[Cell]], leads_to: str = "") -> None:
        """Makes a tab that begins with these rows. One that is there already is left as it is."""
        with self._explained(writing=True):
            self._look({})
            if title in self.titles:
                return
            client, key = self._open()
            client.batch_update(key, {"requests": [{"addSheet": {"properties": {"title": title}}}]})
            self._look({})
        if rows:
            self.write(title, [(f"A1:{letter(max(map(len, rows)) - 1)}{len(rows)}", rows)], leads_to)

    def link(self, title: str, row: int) -> str:
        """The address of a line of Google's spreadsheet, as last seen; `""` for a workbook, which has none."""
        if self._settings.embedded or title not in self.titles or self._opened is None:
            return ""
        grid = self._number(title)
        return f"https://docs.google.com/spreadsheets/d/{self._opened[1]}/edit#gid={grid}&range={row}:{row}"

    @contextmanager
    def _explained(self, writing: bool = False) -> Iterator[None]:
        try:
            yield
        except Exception as error:
            explained = explain(error, self._settings, writing)
            if explained is error:
                raise
            # refusing what we wrote, Google quotes it: the cause would carry cells to the log
            raise explained from None if writing and isinstance(error, APIError) else error

    def _open(self) -> tuple[HTTPClient, str]:
        if self._opened is None:
            embedded = self._settings.embedded
            self._opened = _embedded(self._settings) if embedded else transport.google(self._settings, self.call_seconds)
        return self._opened

    def _worth_looking(self, wanted: Mapping[Tab, str | None]) -> bool:
        """True where the titles are unknown, or a tab may have come that was not there: one call more, so not at every pass."""
        if self._grids is None:
            return True
        absent = self._absent_of(wanted)
        return bool(absent) and (self._settings.embedded or RESPONSES in absent or time.monotonic() >= self._look_at)

    def _absent_of(self, wanted: Mapping[Tab, str | None]) -> frozenset[Tab]:
        return frozenset(tab for tab, named in wanted.items() if find(tab, self.titles, named) is None)

    def _look(self, wanted: Mapping[Tab, str | None]) -> None:
        """Asks which tabs there are."""
        client, key = self._open()
        metadata = client.fetch_sheet_metadata(key, {"includeGridData": "false", "fields": "sheets.properties"})
        grids = [sheet["properties"] for sheet in metadata["sheets"]]
        self._grids = {grid["title"]: grid for grid in grids}
        first, last = LOOK_AGAIN_SECONDS
        absent = self._absent_of(wanted)
        self._look_wait = min(2 * self._look_wait, last) if absent == self._absent else first
        self._look_at, self._absent = time.monotonic() + self._look_wait, absent

    def _read(self, wanted: Mapping[Tab, str | None]) -> dict[Tab, tuple[str, Values]]:
        titles = {tab: title for tab, named in wanted.items() if (title := find(tab, self.titles, named)) is not None}
        if not titles:
            return {}
        client, key = self._open()
        answer = client.values_batch_get(key, [absolute_range_name(title) for title in titles.values()], {**LOCALE_FREE})
        found = zip(titles.items(), answer["valueRanges"], strict=True)
        return {tab: (title, [_filled(row) for row in got.get("values", ())]) for (tab, title), got in found}

    def _enlarge(self, title: str, places: Sequence[str]) -> None:
        """Adds the rows and columns that these ranges need: Google, unlike a workbook, writes only inside a tab's grid."""
        self._look({})
        client, key = self._open()
        grid, ranges = (self._grids or {})[title], [a1_range_to_grid_range(place) for place in places]
        size = {
            "rowCount": max(grid["gridProperties"]["rowCount"], *(ROOM + place["endRowIndex"] for place in ranges)),
            "columnCount": max(grid["gridProperties"]["columnCount"], *(place["endColumnIndex"] for place in ranges)),
        }
        change = {
            "properties": {"sheetId": grid["sheetId"], "gridProperties": size},
            "fields": "gridProperties.rowCount,gridProperties.columnCount",
        }
        client.batch_update(key, {"requests": [{"updateSheetProperties": change}]})


def _runs(formulas: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
    """Place of the first of each run of formulas that stand below each other, and the run."""
    for there, run in groupby(enumerate(formulas), key=lambda item: bool(item[1])):
        if there:
            first, *others = run
            yield first[0], [first[1], *(formula for _, formula in others)]


def _formulas(sheet: int, row: int, column: int, formulas: Sequence[str]) -> dict[str, Any]:
    return {
        "updateCells": {
            "start": {"sheetId": sheet, "rowIndex": row, "columnIndex": column},
            "rows": [{"values": [{"userEnteredValue": {"formulaValue": formula}}]} for formula in formulas],
            "fields": "userEnteredValue",
        }
    }


def _filled(row: list[Any]) -> list[Cell]:
    return ["" if cell is None else cell for cell in row] if None in row else row


def _says(error: APIError, words: str) -> bool:
    return error.response.status_code == requests.codes.bad_request and words in str(error.error.get("message", ""))


def _embedded(settings: Settings) -> tuple[HTTPClient, str]:
    from sheets.workbook import Workbook  # only where the sheet is one

    spreadsheet = Workbook(Path(settings.spreadsheet), ROOT / "var").spreadsheet()
    return spreadsheet.client, spreadsheet.id

"""The Sheets v4 calls that gspread makes, answered from a workbook: one way in, whether the sheet is Google's or a file.

Anything this does not answer says 501, and no call ever reaches the network.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote, urlsplit

import gspread
import requests
from requests.adapters import BaseAdapter

from fields import Cell
from sheets.grids import Grid, cut
from sheets.package import Formula
from sheets.worksheet import letter, place

if TYPE_CHECKING:
    from sheets.workbook import Workbook

KEY = "classeur"
"""The spreadsheet's id in the addresses."""
_CELLS = re.compile(r"\$?([A-Z]{1,3})?\$?(\d+)?(?::\$?([A-Z]{1,3})?\$?(\d+)?)?", re.I)
"""The cells of a range, e.g. `A1`, `A2:AD`, `3:7`."""
_LINK = re.compile(r'=HYPERLINK\("#[^"]*(?:""[^"]*)*",(\d+)\)')
"""A link within the workbook, e.g. `=HYPERLINK("#'Réponses au formulaire 1'!A5",5)`."""


class Refused(Exception):
    """An answer that is no success."""

    def __init__(self, code: int, status: str, message: str):
        super().__init__(message)
        self.code, self.status, self.message = code, status, message


def spreadsheet(workbook: "Workbook") -> gspread.Spreadsheet:
    session = requests.Session()
    session.trust_env = False
    session.stream = True  # else requests has each answer written out, read or not
    for scheme in ("https://", "http://"):
        session.mount(scheme, WorkbookAdapter(workbook))
    return gspread.Client(auth=None, session=session).open_by_key(KEY)  # type: ignore[arg-type]  # documented, but typed otherwise


class _Response(requests.Response):
    """An answer within the process: its lines are the workbook's own, and no JSON is made of ten thousand of them for whoever reads it as such."""

    def __init__(self, answer: dict[str, Any]):
        super().__init__()
        self._answer = answer

    def json(self, **kwargs: Any) -> dict[str, Any]:
        return self._answer

    @property
    def content(self) -> bytes:
        return json.dumps(self._answer, ensure_ascii=False).encode()


class WorkbookAdapter(BaseAdapter):
    """Takes the place of the network in a requests session."""

    def __init__(self, workbook: "Workbook"):
        super().__init__()
        self._workbook = workbook

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        try:
            code, answer = 200, self._answer(request)
        except Refused as refusal:
            code, answer = refusal.code, {"error": {"code": refusal.code, "message": refusal.message, "status": refusal.status}}
        response = _Response(answer)
        response.status_code, response.request, response.url, response.encoding = code, request, request.url or "", "utf-8"
        response.headers["Content-Type"] = "application/json; charset=UTF-8"
        return response

    def close(self) -> None:
        """Nothing is held open."""

    def _answer(self, request: requests.PreparedRequest) -> dict[str, Any]:
        url = urlsplit(request.url or "")
        query = parse_qs(url.query)
        body = json.loads(request.body) if request.body else {}
        match = re.fullmatch(r"/v4/spreadsheets/([^/:]+)(?:/values)?(?:/([^/]+?))?(:append|:batchGet|:batchUpdate)?", url.path)
        if match is None or url.hostname != "sheets.googleapis.com":
            raise _unknown(request)
        if unquote(match[1]) != KEY:
            raise Refused(404, "NOT_FOUND", "Requested entity was not found.")
        where, values = unquote(match[2] or ""), "/values" in url.path
        answers: dict[tuple[str, bool, bool, str], Callable[[], dict[str, Any]]] = {
            ("GET", False, False, ""): self._metadata,
            ("POST", False, False, ":batchUpdate"): lambda: self._batch_update(body),
            ("GET", True, True, ""): lambda: self._get(where, query),
            ("GET", True, False, ":batchGet"): lambda: self._batch_get(query),
            ("PUT", True, True, ""): lambda: self._update(where, query, body),
            ("POST", True, True, ":append"): lambda: self._append(where, query, body),
            ("POST", True, False, ":batchUpdate"): lambda: self._values_batch_update(body),
        }
        answer = answers.get((request.method or "", values, bool(where), match[3] or ""))
        if answer is None:
            raise _unknown(request)
        return answer()

    def _metadata(self) -> dict[str, Any]:
        grids = self._workbook.values()
        return {
            "spreadsheetId": KEY,
            "properties": {
                "title": self._workbook.path.stem,
                "locale": "fr_FR",
                "autoRecalc": "ON_CHANGE",
                "timeZone": "Europe/Paris",
            },
            "sheets": [
                {"properties": _properties(title, number, index, grids[title]) | ({"hidden": True} if hidden else {})}
                for index, (title, number, hidden) in enumerate(self._workbook.properties())
            ],
            "spreadsheetUrl": self._workbook.path.absolute().as_uri(),
        }

    def _batch_get(self, query: Mapping[str, list[str]]) -> dict[str, Any]:
        return {"spreadsheetId": KEY, "valueRanges": [self._get(where, query) for where in query.get("ranges", [])]}

    def _get(self, where: str, query: Mapping[str, list[str]]) -> dict[str, Any]:
        for name, only in (
            ("valueRenderOption", "UNFORMATTED_VALUE"),
            ("dateTimeRenderOption", "SERIAL_NUMBER"),
            ("majorDimension", "ROWS"),
        ):
            asked = query.get(name, [only if name != "valueRenderOption" else "FORMATTED_VALUE"])[0]
            if asked != only:
                raise Refused(501, "UNIMPLEMENTED", f"An embedded workbook answers {name}={only} only, not {asked}.")
        grids = self._workbook.values()
        area = _area(where, grids)
        grid = grids[area.title]
        values = grid[area.top : area.bottom]
        if (area.left, area.right) != (0, None):
            values = [cut(row[area.left : area.right]) for row in values]
        while values and not values[-1]:
            values.pop()
        answer = {"range": area.named(grid), "majorDimension": "ROWS"}
        return answer | {"values": values} if values else answer

    def _update(self, where: str, query: Mapping[str, list[str]], body: Mapping[str, Any]) -> dict[str, Any]:
        _check_raw(query.get("valueInputOption", [""])[0])
        return self._write([{**body, "range": where}])[0]

    def _values_batch_update(self, body: Mapping[str, Any]) -> dict[str, Any]:
        _check_raw(body.get("valueInputOption", ""))
        responses = self._write(body.get("data", []))
        return {
            "spreadsheetId": KEY,
            "totalUpdatedRows": sum(response["updatedRows"] for response in responses),
            "totalUpdatedCells": sum(response["updatedCells"] for response in responses),
            "totalUpdatedSheets": len({response["updatedRange"].rsplit("!", 1)[0] for response in responses}),
            "responses": responses,
        }

    def _append(self, where: str, query: Mapping[str, list[str]], body: Mapping[str, Any]) -> dict[str, Any]:
        _check_raw(query.get("valueInputOption", [""])[0])
        grids = self._workbook.values()
        area = _area(where, grids)
        start = f"{_quoted(area.title)}!{letter(area.left)}{len(grids[area.title]) + 1}"
        return {
            "spreadsheetId": KEY,
            "tableRange": area.named(grids[area.title]),
            "updates": self._write([{**body, "range": start}])[0],
        }

    def _write(self, blocks: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        from sheets.workbook import WorkbookBusy

        grids = self._workbook.values()
        edits: dict[str, dict[tuple[int, int], Cell]] = {}
        responses = []
        for block in blocks:
            if (block.get("majorDimension") or "ROWS") != "ROWS":
                raise Refused(501, "UNIMPLEMENTED", "An embedded workbook takes rows only.")
            area = _area(block["range"], grids)
            cells = dict(_cells(area, block.get("values", [])))
            edits.setdefault(area.title, {}).update(cells)
            responses.append(
                {
                    "spreadsheetId": KEY,
                    "updatedRange": area.named(grids[area.title]),
                    "updatedRows": len({line for line, _ in cells}),
                    "updatedColumns": len({column for _, column in cells}),
                    "updatedCells": len(cells),
                }
            )
        try:
            self._workbook.change(edits)
        except WorkbookBusy as error:
            raise Refused(409, "FAILED_PRECONDITION", error.message) from error
        return responses

    def _batch_update(self, body: Mapping[str, Any]) -> dict[str, Any]:
        from sheets.workbook import WorkbookBusy

        asked = body.get("requests", [])
        if any(set(request) not in ({"addSheet"}, {"updateCells"}) for request in asked):
            raise Refused(501, "UNIMPLEMENTED", "An embedded workbook takes addSheet and updateCells only.")
        titles = [request["addSheet"].get("properties", {}).get("title", "") for request in asked if "addSheet" in request]
        by_number = {number: title for title, number, _ in self._workbook.properties()}
        edits: dict[str, dict[tuple[int, int], Cell]] = {}
        for request in asked:
            if "updateCells" in request:
                number = request["updateCells"]["start"]["sheetId"]
                if number not in by_number:
                    raise Refused(409, "FAILED_PRECONDITION", f"No grid with id: {number}")
                edits.setdefault(by_number[number], {}).update(_links(request["updateCells"]))
        try:
            self._workbook.change(edits, titles)
        except ValueError as error:
            raise Refused(
                400,
                "INVALID_ARGUMENT",
                f'Invalid requests[0].addSheet: A sheet with the name "{error}" already exists, or cannot be named so.',
            ) from error
        except WorkbookBusy as error:
            raise Refused(409, "FAILED_PRECONDITION", error.message) from error
        added = {
            title: (number, index) for index, (title, number, _) in enumerate(self._workbook.properties()) if title in titles
        }
        return {
            "spreadsheetId": KEY,
            "replies": [{"addSheet": {"properties": _properties(title, *added[title], [])}} for title in titles],
        }


class _Area:
    """A part of a tab: lines and columns from 0, ends left out; an end of None is the tab's own."""

    def __init__(self, title: str, top: int = 0, left: int = 0, bottom: int | None = None, right: int | None = None):
        self.title, self.top, self.left, self.bottom, self.right = title, top, left, bottom, right

    def named(self, grid: Grid) -> str:
        bottom = self.bottom or max(len(grid), self.top + 1)
        right = self.right or max(max(map(len, grid), default=1), self.left + 1)
        first, last = f"{letter(self.left)}{self.top + 1}", f"{letter(right - 1)}{bottom}"
        return f"{_quoted(self.title)}!{first}" + (f":{last}" if last != first else "")


def _area(where: str, titles: Mapping[str, Grid]) -> _Area:
    """A range as Google writes it: `Mag`, `'L''été'!A2:C`, or cells of the first tab."""
    by_name = {title.casefold(): title for title in reversed(list(titles))}
    whole = by_name.get(_unquoted(where).casefold())
    if whole is not None:
        return _Area(whole)
    name, _, cells = where.rpartition("!")
    title = by_name.get(_unquoted(name).casefold()) if name else next(iter(titles), None)
    match = _CELLS.fullmatch(cells)
    if title is None or match is None or not any(match.groups()):
        raise Refused(400, "INVALID_ARGUMENT", f"Unable to parse range: {where}")
    left, top, right, bottom = match.groups()
    single = ":" not in cells
    return _Area(
        title,
        int(top) - 1 if top else 0,
        place(left.upper()) if left else 0,
        int(bottom) if bottom else int(top) if single and top else None,
        place(right.upper()) + 1 if right else place(left.upper()) + 1 if single and left else None,
    )


def _links(asked: Mapping[str, Any]) -> Iterator[tuple[tuple[int, int], Cell]]:
    """The cells of an `updateCells` request: links of ours that show a number, and nothing else."""
    start = asked["start"]
    for line, row in enumerate(asked["rows"], start=start["rowIndex"] + 1):
        for column, cell in enumerate(row["values"], start=start["columnIndex"]):
            formula = cell["userEnteredValue"].get("formulaValue", "")
            link = _LINK.fullmatch(formula)
            if link is None:
                raise Refused(501, "UNIMPLEMENTED", f"An embedded workbook takes no such formula at {letter(column)}{line}.")
            yield (line, column), Formula(link[1], formula[1:])


def _cells(area: _Area, values: Sequence[Sequence[Any]]) -> Iterator[tuple[tuple[int, int], Cell]]:
    """Where each value goes. A null leaves its cell as it is."""
    for line, row in enumerate(values, start=area.top + 1):
        for column, value in enumerate(row, start=area.left):
            if value is None:
                continue
            if not isinstance(value, (str, int, float)):
                raise Refused(400, "INVALID_ARGUMENT", f"Invalid value at {letter(column)}{line}: {type(value).__name__}")
            yield (line, column), value


def _properties(title: str, number: int, index: int, grid: Grid) -> dict[str, Any]:
    size = {"rowCount": max(1, len(grid)), "columnCount": max(map(len, grid), default=1) or 1}
    return {"sheetId": number, "title": title, "index": index, "sheetType": "GRID", "gridProperties": size}


def _check_raw(option: str) -> None:
    if not option:
        raise Refused(400, "INVALID_ARGUMENT", "'valueInputOption' is required but not specified")
    if option != "RAW":
        raise Refused(501, "UNIMPLEMENTED", f"An embedded workbook takes valueInputOption=RAW only, not {option}.")


def _unknown(request: requests.PreparedRequest) -> Refused:
    return Refused(
        501, "UNIMPLEMENTED", f"An embedded workbook does not answer {request.method} {urlsplit(request.url or '').path}."
    )


def _quoted(title: str) -> str:
    return "'" + title.replace("'", "''") + "'"


def _unquoted(name: str) -> str:
    return name[1:-1].replace("''", "'") if len(name) > 1 and name[0] == name[-1] == "'" else name

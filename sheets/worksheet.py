"""One tab's XML, of which only the lines that are looked at are parsed: the others pass as the bytes they are."""

import functools
import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping

from lxml import etree

from fields import Cell
from sheets import tabs

PARSER = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True, remove_comments=True, remove_pis=True)

_CELL = re.compile(r"\$?([A-Z]{1,3})\$?(\d+)")
"""A cell's address, e.g. `AB12`."""
_DATA = re.compile(rb"<((?:\w+:)?)sheetData\b[^>]*>")
_ROOT = re.compile(rb"<((?:\w+:)?worksheet)\b[^>]*>")
_OTHER_ENCODING = re.compile(rb"""<\?xml[^>]*encoding=["'](?!utf-8)""", re.I)
_ROW = re.compile(rb"<((?:\w+:)?)row\b([^>]*)>")
"""Where a line begins, e.g. `<row r="2" spans="1:36">`."""
_LINE = re.compile(rb"""\br=["'](\d+)["']""")
_NAMESPACE = re.compile(rb"""\sxmlns(?::\w+)?=["'][^"']*["']""")

_PIECE = 1_000_000
"""Bytes searched at once: a search lets no other thread go on."""

letter = functools.cache(tabs.letter)


class Worksheet:
    """A tab's XML. `tree` is all of it but the lines."""

    def __init__(self, content: bytes):
        content = _plain(content)
        data, root = _DATA.search(content), _ROOT.search(content)
        if data is None or root is None:
            raise ValueError("a worksheet without sheetData")
        closing = b"</" + data[1] + b"sheetData>"
        end = data.end() if data[0].endswith(b"/>") else content.index(closing, data.end())
        self._rows, self._in_order = _rows(content, data.end(), end)
        self._ends = content[: data.end()], content[end:]
        self._around = root[0], b"</" + root[1] + b">"
        self._parsed: dict[int, etree._Element] = {}
        self.tree = etree.fromstring(b"".join(self._ends), PARSER)
        self.namespace = etree.QName(self.tree).namespace

    def __contains__(self, line: int) -> bool:
        return line in self._rows

    def row(self, line: int) -> etree._Element:
        """The line's element, whose changes count. Raises KeyError where there is none."""
        if line not in self._parsed:
            row = etree.fromstring(self._around[0] + self._rows[line] + self._around[1], PARSER)[0]
            row.set("r", str(line))
            self._parsed[line] = row
        return self._parsed[line]

    def add(self, line: int, cells: str) -> None:
        """A line that was not there, from the XML of its cells."""
        self._rows[line] = f'<row xmlns="{self.namespace}" r="{line}">{cells}</row>'.encode()

    def errors(self, lines: Iterable[int] | None = None) -> dict[tuple[int, int], Cell]:
        """Formulas in error and their last value, e.g. `#REF!`, by line and column; of these lines, or of all."""
        found = {}
        for line in self._rows if lines is None else lines:
            if b't="e"' in self._rows[line]:
                for place_, cell in cells(self.row(line)).items():
                    if cell.get("t") == "e":
                        found[line, place_] = cell.findtext("{*}v") or "#N/A"
        return found

    def digests(self) -> dict[int, int]:
        """Of each line's XML, as this process knows it; none where a line does not say which one it is."""
        return {line: hash(row) for line, row in self._rows.items()} if self._in_order else {}

    def excerpt(self, lines: Iterable[int]) -> bytes:
        """The XML with no other line than these."""
        return b"".join((self._ends[0], *(self._rows[line] for line in lines), self._ends[1]))

    def content(self) -> bytes:
        for line, row in self._parsed.items():
            self._rows[line] = etree.tostring(row, encoding="UTF-8", with_tail=False, xml_declaration=False)
        whole = etree.tostring(self.tree, encoding="UTF-8", xml_declaration=True, standalone=True)
        data = next(_DATA.finditer(whole))  # without lines it closes itself
        known = _NAMESPACE.findall(self._around[0])
        rows = b"".join(_without(self._rows[line], known) for line in sorted(self._rows))
        return b"".join((whole[: data.start()], data[0][:-2], b">", rows, b"</", data[1], b"sheetData>", whole[data.end() :]))


def _plain(content: bytes) -> bytes:
    """The XML in UTF-8, without comments or CDATA, in which «<row» could be no line."""
    if (
        any(content.find(b"<!", at, at + _PIECE + 1) >= 0 for at in range(0, len(content), _PIECE))
        or not content.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<")
        or _OTHER_ENCODING.match(content)
    ):
        return etree.tostring(etree.fromstring(content, PARSER), encoding="UTF-8")
    return content


def _rows(content: bytes, start: int, end: int) -> tuple[dict[int, bytes], bool]:
    """Line → XML, and whether each says its line, one below the other. A row that does not say it follows the one before."""
    found: dict[int, bytes] = {}
    line, at, in_order = 0, start, True
    while (row := _ROW.search(content, at, end)) is not None:
        closing = b"</" + row[1] + b"row>"
        at = row.end() if row[0].endswith(b"/>") else content.index(closing, row.end(), end) + len(closing)
        said = _LINE.search(row[2])
        below, line = line, int(said[1]) if said else line + 1
        in_order = in_order and said is not None and line > below
        found[line] = content[row.start() : at]
    return found, in_order


def _without(row: bytes, known: list[bytes]) -> bytes:
    """The row without the namespaces that the sheet declares for all of it."""
    head, sign, rest = row.partition(b">")
    for namespace in known if b"xmlns" in head else ():
        head = head.replace(namespace, b"", 1)
    return head + sign + rest


def cells(row: etree._Element) -> dict[int, etree._Element]:
    """Column → cell. A cell that does not say its column follows the one before."""
    found, last = {}, -1
    for cell in row.iterfind("{*}c"):
        written = cell.get("r")
        last = place(written.rstrip("0123456789")) if written else last + 1
        if not written:
            cell.set("r", letter(last) + row.get("r"))
        found[last] = cell
    return found


def put(row: etree._Element, written: Mapping[int, str]) -> None:
    """Sets cells of a row, from their XML by column, each at its place."""
    known = cells(row)
    places = sorted(known)
    fresh = etree.fromstring(f'<row xmlns="{etree.QName(row).namespace}">{"".join(written.values())}</row>', PARSER)
    for place_, cell in zip(written, list(fresh), strict=True):
        if place_ in known:
            row.replace(known[place_], cell)
        else:
            at = bisect_left(places, place_)
            places.insert(at, place_)
            row.insert(at, cell)


def address(written: str) -> tuple[int, int]:
    """Line from 1 and column from 0, e.g. `AB12` → (12, 27). Raises ValueError."""
    match = _CELL.fullmatch(written)
    if match is None:
        raise ValueError(f"no cell address: {written}")
    return int(match[2]), place(match[1])


@functools.cache
def place(letters: str) -> int:
    """A column's place from its name, e.g. `A` → 0, `AB` → 27."""
    number = 0
    for sign in letters:
        number = number * 26 + ord(sign) - 64
    return number - 1

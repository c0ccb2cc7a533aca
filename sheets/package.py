"""An .xlsx at the level of its parts: cells set, tabs and a note added, and everything else left byte for byte as it was."""

import contextlib
import copy
import functools
import logging
import math
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from io import BytesIO
from xml.sax.saxutils import escape

import python_calamine
from lxml import etree

from fields import Cell
from fields.cell import as_text
from sheets import worksheet
from sheets.worksheet import PARSER, Worksheet, address, letter

log = logging.getLogger("conso.workbook")

Edits = Mapping[tuple[int, int], Cell]
"""(line from 1, column from 0) → what the cell shall hold; `""` empties it."""

MOMENT, DAY = "dd/mm/yyyy hh:mm:ss", "dd/mm/yyyy"
LONGEST_TEXT = 32_767
"""UTF-16 units in one cell; with more, Excel calls the file damaged."""
LARGEST = 400_000_000
"""Bytes unpacked; a workbook of 100,000 submissions has a third of it."""

_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
"""Text that a reader of .xlsx would take for an escaped sign, e.g. the first `_` of `_x0041_`."""
_RETYPED = re.compile(r"[=+\-@\d]")
"""How text begins that an office suite makes a formula, a number or a date of, once somebody edits the cell, e.g. `=1+1`, `01000`."""
_IS_SHARED = re.compile(rb"""\bt\s*=\s*["']s["']""")
_SHARED = re.compile(
    rb'<(?:\w+:)?c\b[^>]*\bt="s"[^>]*>\s*(?:<(?:\w+:)?f\b[^>]*?(?:/>|>[^<]*</(?:\w+:)?f>)\s*)?<(?:\w+:)?v>(\d+)</'
)
"""A cell that says a text of the common list, by its number, e.g. `<c r="A1" t="s"><v>12</v>`."""
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/"
_CUSTOM = _OFFICE + "custom-properties"
_VT = _OFFICE + "docPropsVTypes"
_DAYS_1904 = 1462
"""Between the two calendars of Excel; old Mac workbooks count from 1904."""


class NotReadable(ValueError):
    """These bytes are no whole .xlsx. The message is the end of a French sentence: what is wrong, what to do."""


@contextlib.contextmanager
def told() -> Iterator[None]:
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError, KeyError, IndexError, ValueError,
            etree.XMLSyntaxError, python_calamine.CalamineError) as error:  # fmt: skip
        if isinstance(error, NotReadable):
            raise
        raise NotReadable(
            "il est abîmé, ou son enregistrement n'est pas terminé ; s'il ne s'ouvre pas non plus dans LibreOffice, "
            "remettez une copie de sauvegarde à sa place"
        ) from error


class Formula(float):
    """A number that a formula shows. `text` is the formula without its equals sign."""

    def __new__(cls, value: str | float, text: str) -> "Formula":
        made = super().__new__(cls, value)
        made.text = text
        return made

    text: str


class Package:
    """An .xlsx in memory: some cells can be set, tabs added, one note left in it; `content` is the new file.

    Raises NotReadable where the bytes are not one.
    """

    def __init__(self, content: bytes):
        if content.startswith(b"\xd0\xcf\x11\xe0"):
            raise NotReadable(
                "il est protégé par un mot de passe, ou d'un ancien format (.xls) ; enregistrez-le en .xlsx, sans mot de passe"
            )
        if content and not content.startswith(b"PK"):
            raise NotReadable("ce n'est pas un classeur .xlsx ; enregistrez-le au format «Excel 2007-365 (.xlsx)»")
        with told():
            self._archive = zipfile.ZipFile(BytesIO(content))
            if sum(info.file_size for info in self._archive.infolist()) > LARGEST:
                raise NotReadable(
                    "il est démesurément grand ; supprimez les lignes et colonnes vides que quelqu'un a remplies par mégarde"
                )
            self._edited: dict[str, etree._Element] = {}
            self._worksheets: dict[str, Worksheet] = {}
            root = self._part("_rels/.rels")
            office = [link.get("Target") for link in root if (link.get("Type") or "").endswith("/officeDocument")]
            if not office or not office[0].endswith(".xml"):
                raise NotReadable("ce n'est pas un classeur .xlsx ; enregistrez-le au format «Excel 2007-365 (.xlsx)»")
            self._workbook = office[0].lstrip("/")
            self._links = _links_of(self._workbook)
            self._variants: dict[tuple[int, str, bool], int] = {}
            self._dropped: set[str] = set()

    @property
    def sheets(self) -> dict[str, str]:
        """Title → part, in the order of the tabs; charts on a tab of their own are left out."""
        targets = {link.get("Id"): link for link in self._part(self._links)}
        found = {}
        for sheet in self._part(self._workbook).iterfind("{*}sheets/{*}sheet"):
            link = targets.get(_relation(sheet))
            if link is not None and link.get("Type", "").endswith("/worksheet"):
                found[sheet.get("name")] = _resolve(self._workbook, link.get("Target"))
        return found

    def properties(self) -> list[tuple[str, int, bool]]:
        """Title, number and whether it is hidden, for each of `sheets`."""
        known = self.sheets
        every = self._part(self._workbook).iterfind("{*}sheets/{*}sheet")
        return [
            (s.get("name"), int(s.get("sheetId")), s.get("state") not in (None, "visible"))
            for s in every
            if s.get("name") in known
        ]

    def part(self, name: str) -> bytes:
        """A part as it stands in the file."""
        return self._archive.read(name)

    def check(self, part: str) -> tuple[int, int]:
        """The size of a part and the file's own check sum of it, which no change within four bytes leaves as it was."""
        info = self._archive.getinfo(part)
        return info.file_size, info.CRC

    def legend(self) -> tuple[object, ...]:
        """What the cells of all tabs refer to: equal lines say the same where this is equal."""
        return self._counts_from_1904, *((part, self.check(part)) for part in self._referred())

    def excerpt(self, title: str, sheet: bytes) -> bytes:
        """A workbook with the XML of one tab, and of the others nothing."""
        sink = BytesIO()
        parts = ["[Content_Types].xml", "_rels/.rels", self._workbook, self._links, *self._referred()]
        with zipfile.ZipFile(sink, "w") as archive:
            for name in parts:
                archive.writestr(name, self.part(name))
            archive.writestr(self.sheets[title], sheet)
        return sink.getvalue()

    def _referred(self) -> list[str]:
        links = [link for link in self._part(self._links) if (link.get("Type") or "").endswith(("/styles", "/sharedStrings"))]
        return [part for link in links if (part := _resolve(self._workbook, link.get("Target"))) in self._archive.namelist()]

    def set_cells(self, title: str, cells: Edits, formats: Sequence[str] = ()) -> None:
        """Sets cells of one tab. A new cell looks like the one above it, below line 2, or else like its column.

        `formats` are the number formats of the columns; numbers in one of `MOMENT` or `DAY` are dates, in days since 1899-12-30.
        """
        part = self.sheets[title]
        if part not in self._worksheets:
            self._worksheets[part] = Worksheet(self._archive.read(part))
        sheet = self._worksheets[part]
        columns = {place: int(column.get("style") or 0) for column in sheet.tree.iterfind("{*}cols/{*}col")
                   for place in range(int(column.get("min")) - 1, min(int(column.get("max")), 200))}  # fmt: skip
        by_line: dict[int, dict[int, Cell]] = {}
        for (line, place), value in cells.items():
            by_line.setdefault(line, {})[place] = value
        line_above, looks_above = 0, {}
        for line in sorted(by_line):
            if line_above != line - 1:
                looks_above = _looks(sheet.row(line - 1)) if line > 2 and line - 1 in sheet else {}
            line_above, looks_above = line, self._set_line(sheet, line, by_line[line], columns | looks_above, formats)
        _stretch(sheet.tree, cells)
        self._stretch_tables(part, cells)

    def _set_line(
        self, sheet: Worksheet, line: int, cells: Mapping[int, Cell], looks: Mapping[int, int], formats: Sequence[str]
    ) -> dict[int, int]:
        """The looks of the line, for the one below."""
        row = sheet.row(line) if line in sheet else None
        known = {} if row is None else worksheet.cells(row)
        styles = {} if row is None else _looks(row)
        written: dict[int, str] = {}
        for place, value in sorted(cells.items()):
            if place not in known and value == "":
                continue
            if isinstance(value, Formula) or (place in known and known[place].find("{*}f") is not None):
                self._forget_calculation_order()
            style = styles.get(place, looks.get(place, 0))
            if line == 1 and place not in known and place - 1 in styles:  # a new header looks like its neighbour
                style = styles[place - 1]
            dated = ""
            if not isinstance(value, (str, bool)) and place < len(formats) and formats[place] in (MOMENT, DAY):
                dated, value = formats[place], value - (_DAYS_1904 if self._counts_from_1904 else 0)
            styles[place] = self._variant(style, dated, isinstance(value, str) and _RETYPED.match(value) is not None)
            written[place] = _cell(f"{letter(place)}{line}", styles[place], value)
        if row is None:
            sheet.add(line, "".join(written.values()))
        else:
            worksheet.put(row, written)
        return {} if line == 1 else styles

    @functools.cached_property
    def _counts_from_1904(self) -> bool:
        properties = self._part(self._workbook).find("{*}workbookPr")
        return properties is not None and properties.get("date1904") in ("1", "true")

    def _stretch_tables(self, part: str, cells: Edits) -> None:
        """Lines added right below an Excel table belong to it, as they do when they are typed: sorting takes them along."""
        links = _links_of(part)
        for link in self._part(links) if links in self._names() else ():
            if not link.get("Type", "").endswith("/table"):
                continue
            table = self._edit(_resolve(part, link.get("Target")))
            first, last = table.get("ref").split(":")
            (_, left), (bottom, right) = address(first), address(last)
            lines = {line for (line, place), value in cells.items() if left <= place <= right and value != ""}
            while bottom + 1 in lines and not int(table.get("totalsRowCount") or 0):
                bottom += 1
            for element in (table, table.find("{*}autoFilter")):
                if element is not None:
                    element.set("ref", f"{first}:{letter(right)}{bottom}")

    def _variant(self, base: int, wanted: str, quoted: bool) -> int:
        """The style `base` with a date format where it had none, or marked as text to be kept as typed."""
        if not (wanted or quoted):
            return base
        if (base, wanted, quoted) not in self._variants:
            self._variants[base, wanted, quoted] = self._new_variant(base, wanted, quoted)
        return self._variants[base, wanted, quoted]

    def _new_variant(self, base: int, wanted: str, quoted: bool) -> int:
        part = next(
            (
                _resolve(self._workbook, link.get("Target"))
                for link in self._part(self._links)
                if link.get("Type", "").endswith("/styles")
            ),
            None,
        )
        if part is None:
            return base
        styles = self._edit(part)
        formats = styles.find("{*}cellXfs")
        style = copy.deepcopy(formats[base])
        if wanted and style.get("numFmtId") in (None, "0", "49"):
            style.set("numFmtId", _format_number(styles, wanted))
            style.set("applyNumberFormat", "1")
        if quoted:
            style.set("quotePrefix", "1")
        if style.attrib == formats[base].attrib:
            return base
        formats.append(style)
        formats.set("count", str(len(formats)))
        return len(formats) - 1

    def add_sheet(self, title: str) -> int:
        """A new empty tab at the right, its first line frozen; gives its number.

        Raises ValueError for a title that is taken or that Excel refuses.
        """
        if (
            not 0 < len(title) <= 31
            or re.search(r"[\[\]:*?/\\]|^'|'$", title)
            or title.casefold() in map(str.casefold, self.sheets)
        ):
            raise ValueError(title)
        workbook, links, name = (
            self._edit(self._workbook),
            self._edit(self._links),
            etree.QName(self._edit(self._workbook)).namespace,
        )
        sheets = workbook.find("{*}sheets")
        number = max((int(sheet.get("sheetId")) for sheet in sheets), default=0) + 1
        part = next(p for n in range(number, number + 10_000) if (p := f"xl/worksheets/sheet{n}.xml") not in self._names())
        identity = _free((link.get("Id") for link in links), "rId")
        kind = next(
            (link.get("Type") for link in links if link.get("Type", "").endswith("/worksheet")),
            _OFFICE + "relationships/worksheet",
        )
        etree.SubElement(links, links.tag[: -len("s")], Id=identity, Type=kind, Target="/" + part)
        sheet = etree.SubElement(sheets, sheets.tag[: -len("s")], name=title, sheetId=str(number))
        sheet.set(f"{{{kind.rsplit('/', 1)[0]}}}id", identity)
        self._worksheets[part] = Worksheet(
            f'<worksheet xmlns="{name}"><dimension ref="A1"/><sheetViews><sheetView workbookViewId="0">'
            '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetData/></worksheet>'.encode()
        )
        self._declare(part, "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml")
        return number

    def note(self, name: str) -> str | None:
        """What `set_note` left: a custom document property, which LibreOffice and Excel keep when they save."""
        part = self._custom()
        if part is None:
            return None
        return next(("".join(item.itertext()) for item in self._part(part) if item.get("name") == name), None)

    def set_note(self, name: str, value: str) -> None:
        part = self._custom() or self._new_custom()
        properties = self._edit(part)
        item = next((item for item in properties if item.get("name") == name), None)
        if item is None:
            pid = max((int(item.get("pid")) for item in properties), default=1) + 1
            item = etree.SubElement(
                properties, f"{{{_CUSTOM}}}property", fmtid="{D5CDD505-2E9C-101B-9397-08002B2CF9AE}", pid=str(pid), name=name
            )
        for child in list(item):
            item.remove(child)
        etree.SubElement(item, f"{{{_VT}}}lpwstr", nsmap={"vt": _VT}).text = value

    def _custom(self) -> str | None:
        return next(
            (
                link.get("Target").lstrip("/")
                for link in self._part("_rels/.rels")
                if link.get("Type", "").endswith("/custom-properties")
            ),
            None,
        )

    def _new_custom(self) -> str:
        part, links = "docProps/custom.xml", self._edit("_rels/.rels")
        etree.SubElement(links, links.tag[: -len("s")], Id=_free((link.get("Id") for link in links), "rId"),
                         Type=_OFFICE + "relationships/custom-properties", Target=part)  # fmt: skip
        self._edited[part] = etree.Element(f"{{{_CUSTOM}}}Properties", nsmap={None: _CUSTOM, "vt": _VT})
        self._declare(part, "application/vnd.openxmlformats-officedocument.custom-properties+xml")
        return part

    def content(self) -> bytes:
        self._forget_unused_strings()
        sink = BytesIO()
        with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
            for name in self._names():
                archive.writestr(name, self._bytes(name))
        return sink.getvalue()

    def _bytes(self, name: str) -> bytes:
        if name in self._worksheets:
            return self._worksheets[name].content()
        if name in self._edited:
            return etree.tostring(self._edited[name], xml_declaration=True, encoding="UTF-8", standalone=True)
        return self._archive.read(name)

    def _names(self) -> list[str]:
        known = [name for name in self._archive.namelist() if name not in self._dropped]
        return known + [name for name in (*self._edited, *self._worksheets) if name not in known]

    def _part(self, name: str) -> etree._Element:
        return self._edited[name] if name in self._edited else etree.fromstring(self._archive.read(name), PARSER)

    def _edit(self, name: str) -> etree._Element:
        return self._edited.setdefault(name, self._part(name))

    def _declare(self, part: str, kind: str) -> None:
        types = self._edit("[Content_Types].xml")
        etree.SubElement(types, f"{{{_TYPES}}}Override", PartName="/" + part, ContentType=kind)

    def _forget_unused_strings(self) -> None:
        """What no cell says any more is said nowhere: Excel and LibreOffice keep the texts of all cells in a part of its own."""
        part = next((_resolve(self._workbook, link.get("Target")) for link in self._part(self._links) if link.get("Type", "").endswith("/sharedStrings")), None)  # fmt: skip
        if not self._worksheets or part is None or part not in self._names():
            return
        used: set[int] = set()
        for sheet in self.sheets.values():
            content = self._bytes(sheet)
            numbers = _SHARED.findall(content)
            if len(numbers) != len(_IS_SHARED.findall(content)):
                return  # written otherwise than any program we know: nothing is touched
            used.update(map(int, numbers))
        strings = list(self._part(part))
        if all(number in used or not "".join(text.itertext()) for number, text in enumerate(strings)):
            return
        for number, text in enumerate(self._edit(part)):
            if number not in used:
                for child in list(text):
                    text.remove(child)
                etree.SubElement(text, f"{{{etree.QName(text).namespace}}}t")

    def _forget_calculation_order(self) -> None:
        """Excel calls a workbook damaged whose list of formulas names a cell that has none; without the list it makes a new one."""
        links = self._edit(self._links)
        for link in [link for link in links if link.get("Type", "").endswith("/calcChain")]:
            part = _resolve(self._workbook, link.get("Target"))
            links.remove(link)
            self._dropped.add(part)
            types = self._edit("[Content_Types].xml")
            for item in [item for item in types if item.get("PartName") == "/" + part]:
                types.remove(item)


def _links_of(part: str) -> str:
    return posixpath.join(posixpath.dirname(part), "_rels", posixpath.basename(part) + ".rels")


def _resolve(part: str, target: str) -> str:
    """The part that a link of `part` leads to."""
    return posixpath.normpath(posixpath.join("/", posixpath.dirname(part), target)).lstrip("/")


def _relation(element: etree._Element) -> str | None:
    return next((value for name, value in element.attrib.items() if name.endswith("}id")), None)


def _free(taken: Iterable[str | None], prefix: str) -> str:
    used = set(taken)
    return next(name for n in range(1, len(used) + 2) if (name := f"{prefix}{n}") not in used)


def _looks(row: etree._Element) -> dict[int, int]:
    """Column → style of the row's cells."""
    return {place: int(cell.get("s") or 0) for place, cell in worksheet.cells(row).items()}


def _cell(reference: str, style: int, value: Cell) -> str:
    look = f' s="{style}"' if style else ""
    if isinstance(value, Formula):
        return f'<c r="{reference}"{look}><f>{escape(value.text)}</f><v>{float(value)!r}</v></c>'
    if isinstance(value, bool):
        return f'<c r="{reference}"{look} t="b"><v>{value:d}</v></c>'
    if isinstance(value, (int, float)):
        return (
            f'<c r="{reference}"{look}><v>{value!r}</v></c>'
            if math.isfinite(value)
            else f'<c r="{reference}"{look} t="e"><v>#NUM!</v></c>'
        )
    if value == "":
        return f'<c r="{reference}"{look}/>'
    text = _ESCAPE.sub("_x005F_", _cut(value if value.isascii() and value.isprintable() else as_text(value)))
    return f'<c r="{reference}"{look} t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>'


def _cut(text: str) -> str:
    if len(text) <= LONGEST_TEXT // 2 or len(units := text.encode("utf-16-le")) <= 2 * LONGEST_TEXT:
        return text
    log.warning("a text of %d signs is cut at what a cell can hold", len(text))
    return units[: 2 * LONGEST_TEXT].decode("utf-16-le", "ignore")


def _format_number(styles: etree._Element, code: str) -> str:
    """The number of this format in the workbook's list, where it is put if it is not there."""
    formats = styles.find("{*}numFmts")
    if formats is None:
        formats = etree.Element(styles.tag[: -len("styleSheet")] + "numFmts")
        styles.insert(0, formats)
    for item in formats:
        if item.get("formatCode") == code:
            return str(item.get("numFmtId"))
    number = str(max([163, *(int(item.get("numFmtId")) for item in formats)]) + 1)
    etree.SubElement(formats, formats.tag[: -len("s")], numFmtId=number, formatCode=code)
    formats.set("count", str(len(formats)))
    return number


def _stretch(sheet: etree._Element, cells: Edits) -> None:
    """The sheet's own word of its extent, which some readers believe."""
    dimension = sheet.find("{*}dimension")
    if dimension is None or not cells:
        return
    line, last = address((dimension.get("ref") or "A1").rsplit(":", 1)[-1])
    line, last = max(line, *(at[0] for at in cells)), max(last, *(at[1] for at in cells))
    dimension.set("ref", f"A1:{letter(last)}{line}")

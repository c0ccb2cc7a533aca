"""Lines of the tabs as typed content: what would be public, what stays private, and what is wrong with it."""

import hashlib
import json
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import chain, repeat
from typing import Any, NamedTuple

import schema
from fields import Cell, Fault, Reading, place
from fields.cell import is_formula_error
from fields.hours import opening_hours
from schema import Column, Site, header_key
from sheets.problems import Problem, at
from sheets.tabs import Header, Line, Values, header
from words import N_, _

NEEDED = ("nom", "approved")
"""The columns without which the responses tab is taken for spoilt rather than emptied."""
_COORDINATES = ("latitude", "longitude")
_PLACE: tuple[str, ...] = ("code_postal", "commune", *_COORDINATES)
_NEEDED = {
    "nom": N_("sans nom, la fiche ne peut pas être montrée : écrivez-le"),
    "consentement": N_("sans l'accord du commerçant, la fiche ne peut pas être montrée"),
}
"""What a fiche cannot do without, besides a place; and what to say where it lacks."""
_NO_CATEGORY = N_("choisissez une catégorie ; en attendant, la fiche est dans «Autre»")

_COLUMNS = [(column, column.key, column.kind.read, column.kind.beside) for column in schema.FICHE]

_Read = tuple[Mapping[str, Cell], dict[str, Any], dict[str, Any] | None, str, list[tuple[Column, Fault, bool]], bool]
"""Raw cells, typed values, public content, its digest, faults (column, fault, blocking), and whether only formulas are to blame."""


@dataclass(frozen=True)
class Submission:
    """One line of the responses tab, read. Only `content` may ever be shown."""

    row: int
    values: Mapping[str, Any]
    """Every column's typed value by key, private ones included: never stored, never logged."""
    content: Mapping[str, Any] | None
    """The public record, as `sheets.snapshot.TABLE` names it, less what approval adds; None where it cannot be shown."""
    digest: str
    """Of the public content; `""` without content."""
    problems: tuple[Problem, ...]
    unfinished: bool
    """True where it is blocked only because a formula has failed or is not done: the content may be back in a minute."""
    cells: Mapping[str, Cell] = field(default_factory=dict, repr=False)
    """The raw cells by key, private ones included: to find the line again when something is to be written in it."""

    @property
    def ticked(self) -> bool:
        return self.values["approved"]


class _Known(NamedTuple):
    """A line as it was read."""

    cells: Sequence[Cell]
    raw: Hashable
    """True, 1 and 1.0 are equal, and three different cells: the cells with their types."""
    read: _Read | None
    """None where nobody answered anything."""
    submission: Submission | None
    problems: Sequence[Problem]
    """The tab's own."""


@dataclass
class Reader:
    """Reads the responses tab; lines that did not change since the last pass are not read again, and give the same object if they did not move."""

    _lines: list[_Known] = field(default_factory=list, repr=False)
    """Those of the last pass, below the header."""
    _known: dict[Hashable, _Read | None] = field(default_factory=dict, repr=False)
    """The same by what they say, for those that move."""
    _under: tuple[str, Mapping[str, tuple[int, ...]]] = ("", field(default_factory=dict))
    """The title and the columns under which they were read."""

    def read(self, title: str, values: Values, needed: Sequence[str] = NEEDED) -> tuple[list[Submission], list[Problem]]:
        """Submissions in the order of the sheet, and the tab's own problems.

        Raises HeaderMissing where a column of `needed` is not there.
        """
        head = header(title, values, schema.FICHE, needed)
        if self._under != (title, head.places):
            self._lines, self._known, self._under = [], {}, (title, head.places)
        lines, met = [], _Met()
        for number, (cells, before) in enumerate(zip(values[1:], chain(self._lines, repeat(None)), strict=False), start=2):
            lines.append(
                before if before is not None and before.cells is cells else self._line(head, number, cells, before, met)
            )
        self._keep(lines)
        problems = [*head.problems, *(problem for line in lines for problem in line.problems)]
        return [line.submission for line in lines if line.submission is not None], problems

    def _line(self, head: Header, number: int, cells: Sequence[Cell], before: _Known | None, met: "_Met") -> _Known:
        raw = tuple(cells), tuple(map(type, cells))
        if before is not None and before.raw == raw:
            return before
        read = self._known[raw] if raw in self._known else _answered(head.line(number, cells), met)
        if read is None:
            line = head.line(number, cells)
            fault = Fault(_("coché"), _("la ligne est vide : décochez-la"))
            ticked = line is not None and line.cells.get("approved") not in ("", False)
            return _Known(cells, raw, None, None, at(head.title, number, schema.BY_KEY["approved"], [fault]) if ticked else ())
        kept, typed, content, digest, faults, unfinished = read
        said = [problem for column, fault, blocking in faults for problem in at(head.title, number, column, [fault], blocking)]
        return _Known(cells, raw, read, Submission(number, typed, content, digest, tuple(said), unfinished, kept), ())

    def _keep(self, lines: list[_Known]) -> None:
        """What no line says any more is forgotten."""
        kept, there = set(map(id, lines)), set(map(id, self._lines))
        for before in self._lines:
            if id(before) not in kept:
                self._known.pop(before.raw, None)
        self._known |= {line.raw: line.read for line in lines if id(line) not in there}
        self._lines = lines


def _answered(line: Line | None, met: "_Met") -> _Read | None:
    """None for a line where nobody answered anything."""
    return None if line is None or _only_ticked(line) else _read(line.cells, met)


def _only_ticked(line: Line) -> bool:
    """True for a line where nobody answered anything: a box stretched below the last answer, a stray note."""
    return all(cell == "" for key, cell in line.cells.items() if key == "horodateur" or schema.BY_KEY[key].asked)


@dataclass
class _Met:
    """Cells already read in this pass: a tab says the same words in many lines. Forgotten with the pass, as private cells are in it."""

    _readings: dict[tuple[Any, ...], Reading] = field(default_factory=dict)
    _hours: dict[str, str | None] = field(default_factory=dict)

    def readings(self, cells: Mapping[str, Cell]) -> Iterator[tuple[Column, Reading]]:
        """Every column's reading of one line."""
        for column, key, read, beside in _COLUMNS:
            cell = cells.get(key, "")
            # True, 1 and 1.0 are one key of a dictionary, and three different cells
            asked: tuple[Any, ...] = (key, type(cell), cell)
            if beside and cell != "":
                asked += tuple((type(near), near) for near in [cells.get(name, "") for name in beside])
            reading = self._readings.get(asked)
            if reading is None:
                reading = self._readings[asked] = read(cell, cells)
            yield column, reading

    def opening_hours(self, text: str) -> str | None:
        if text not in self._hours:
            self._hours[text] = opening_hours(text)
        return self._hours[text]


def _read(cells: Mapping[str, Cell], met: _Met) -> _Read:
    typed: dict[str, Any] = {}
    faults: list[tuple[Column, Fault, bool]] = []
    for column, reading in met.readings(cells):
        typed[column.key] = reading.value
        if reading.faults and column.key not in _PLACE:
            blocking = column.key in _NEEDED and not reading.value
            faults += [(column, fault, blocking) for fault in reading.faults]
    if "consentement" not in cells:
        typed["consentement"] = True  # the team asks for it elsewhere: docs/decisions/0008-consent.md
    located = place.locate(cells)
    found = located.place
    faults += [(schema.BY_KEY[key], fault, found is None) for key, said in located.faults.items() for fault in said]
    told = {column.key for column, _, _ in faults}
    for key, expected in _NEEDED.items():
        if not typed[key] and key not in told:
            faults.append((schema.BY_KEY[key], Fault("", _(expected)), True))
    if not typed["categorie"] and "categorie" not in told:
        faults.append((schema.BY_KEY["categorie"], Fault("", _(_NO_CATEGORY)), False))
    lacking = [(key,) for key in _NEEDED if not typed[key]] + ([_PLACE] if found is None else [])
    if found is None or lacking:
        unfinished = all(any(is_formula_error(cells.get(key, "")) for key in keys) for keys in lacking)
        return cells, typed, None, "", faults, unfinished
    content = {column.key: typed[column.key] for column in schema.public()} | {
        "categorie": typed["categorie"] or schema.OTHER_CATEGORY,
        "commune": found.commune,
        "code_postal": found.code_postal,
        "insee": found.insee,
        "ancienne_commune": found.ancienne_commune,
        "latitude": found.latitude,
        "longitude": found.longitude,
        "approximatif": found.approximatif,
        "opening_hours": met.opening_hours(typed["horaires"]),
    }
    return cells, typed, content, digest(content), faults, False


def digest(content: Mapping[str, Any]) -> str:
    """Equal for contents that look the same to a visitor: a snapshot keeps one blank where the sheet has several."""
    filled = {key: value for key, value in content.items() if value not in (None, "", ())}
    canonical = json.dumps(filled, ensure_ascii=False, sort_keys=True, default=_iso)
    return hashlib.blake2b(canonical.encode(), digest_size=12).hexdigest()


def _iso(value: Any) -> str:
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    raise TypeError(f"no canonical form for {type(value).__name__}")


def site(title: str, values: Values) -> tuple[Site, list[Problem]]:
    """The tab «Réglages». A key given twice keeps its first value; an unreadable one its default."""
    by_key = {
        header_key(name): setting
        for setting in schema.REGLAGES
        for name in (setting.metadata["header"], *setting.metadata["aliases"])
    }
    chosen: dict[str, Any] = {}
    problems: list[Problem] = []
    for number, cells in enumerate(values, start=1):
        key, value = (*cells, "", "")[:2]
        written = str(key).strip()
        if not written or (number == 1 and header_key(written) == "cle"):
            continue
        setting = by_key.get(header_key(written))
        if setting is None:
            problems.append(
                Problem(title, number, written, str(value)[:60], "cette clé n'est pas un réglage connu : elle est ignorée")
            )
        elif setting.name in chosen:
            problems.append(
                Problem(title, number, written, str(value)[:60], "ce réglage est donné deux fois : seul le premier compte")
            )
        else:
            reading = setting.metadata["kind"].read(value, {})
            problems += [Problem(title, number, written, fault.found, fault.expected) for fault in reading.faults]
            chosen[setting.name] = setting.default if reading.value in ("", None) else reading.value
    return Site(**chosen), problems


def mag(title: str, values: Values) -> tuple[list[tuple[int, Mapping[str, Any]]], list[Problem]]:
    """Lines of the tab «Mag» that have a title, typed, with their line number. Only those with `publie` are public.

    Raises HeaderMissing.
    """
    head: Header = header(title, values, schema.MAG, needed=("titre", "texte", "publie"))
    articles: list[tuple[int, Mapping[str, Any]]] = []
    problems = list(head.problems)
    for line in head.lines(values):
        readings = {column.key: (column, column.kind.read(line.cells.get(column.key, ""), line.cells)) for column in schema.MAG}
        for column, reading in readings.values():
            problems += at(title, line.row, column, reading.faults)
        typed = {key: reading.value for key, (_, reading) in readings.items()}
        if not typed["titre"]:
            if typed["publie"]:
                problems += at(
                    title,
                    line.row,
                    schema.MAG[0],
                    [Fault("", "un article sans titre n'est pas montré : écrivez-le")],
                    blocking=True,
                )
            continue
        if typed["publie"] and not typed["texte"]:
            problems += at(title, line.row, schema.MAG[2], [Fault("", "cet article n'a pas de texte : écrivez-le")])
        articles.append((line.row, typed | {"type": typed["type"] or schema.ARTICLE_TYPES[0]}))
    return articles, problems

"""The tab «Suivi»: one line a submission, for the volunteers; and what a machine with an empty store needs. Pure: the caller writes.

Only our columns are read and written, wherever they stand; the volunteers' own columns beside them, and their order, stay theirs.
"""

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain, groupby, repeat
from typing import Any

from fields import Cell
from fields.cell import as_text, shown
from fields.date import PARIS
from schema import SUIVI_HEADERS, header_key
from sheets.approval import Decision
from sheets.memory import read_mark
from sheets.problems import Problem
from sheets.tabs import LOOK_FOR_HEADER, LineLink, Values, letter
from words import _, ngettext

_KEYS = tuple(header_key(header) for header in SUIVI_HEADERS)
_MARK = SUIVI_HEADERS.index("empreinte")
_BLANK: tuple[Cell, ...] = ("",) * len(SUIVI_HEADERS)
_LONGEST = 2000
"""Characters of a cell of ours; Google's own limit is 50,000."""

Updates = list[tuple[str, list[list[Cell | None]]]]
"""Ranges of the tab in A1 notation and their rows, for one `values:batchUpdate` with RAW, lest a name become a formula."""


@dataclass(frozen=True, slots=True)
class SuiviLine:
    """One submission as «Suivi» tells it. Its texts are what the cells hold."""

    row: int
    """Its line in the responses tab; 0 where the cell holds no number."""
    horodateur: str
    name: str
    state: str
    to_mend: str
    changed: str
    since: str
    verified: str
    mark: str
    """`sheets.memory.mark` of its entry."""
    at: int = 0
    """Its line in «Suivi», from 1; 0 where it has none yet."""

    @property
    def cells(self) -> tuple[Cell, ...]:
        """In the order of `SUIVI_HEADERS`."""
        return (
            LineLink(self.row),
            self.horodateur,
            self.name,
            self.state,
            self.to_mend,
            self.changed,
            self.since,
            self.verified,
            self.mark,
        )


@dataclass
class Clerk:
    """Reads the tab and words its lines, pass after pass: what did not change is neither read nor worded again."""

    _read: list[tuple[Sequence[Cell], SuiviLine | None]] = field(default_factory=list, repr=False)
    """The lines below the header as they were read."""
    _under: tuple[int, list[int | None]] = (0, [])
    """Where the header was."""
    _worded: dict[int, tuple[Decision, tuple[Any, ...], SuiviLine]] = field(default_factory=dict, repr=False)
    """By id of the decision, which is held with what else went into its line."""

    def parse(self, values: Values) -> list[SuiviLine]:
        """The lines that the tab holds now, in its order. Never raises: what a person spoilt is simply not known."""
        head, places = _header(values)
        known = self._read if self._under == (head, places) else []
        self._under = head, places
        self._read = [
            before if before is not None and before[0] is cells else (cells, _read(at, cells, places))
            for at, (cells, before) in enumerate(zip(values[head:], chain(known, repeat(None)), strict=False), start=head + 1)
        ]
        return [line for _, line in self._read if line is not None]

    def lines(
        self,
        decisions: Iterable[Decision],
        remarks: Mapping[int, Problem] | None = None,
        changed: Mapping[int, str] | None = None,
        unconfirmed: Mapping[int, int] | None = None,
        waiting: Mapping[int, int] | None = None,
    ) -> list[SuiviLine]:
        """What «Suivi» should say after this pass. All but the decisions are by line of the responses tab; `unconfirmed` and `waiting` are days."""
        remarks, changed, unconfirmed, waiting = remarks or {}, changed or {}, unconfirmed or {}, waiting or {}
        before, self._worded = self._worded, {}
        for decision in decisions:
            row = decision.submission.row
            told = remarks.get(row), changed.get(row, ""), waiting.get(row, 0), unconfirmed.get(row, 0)
            known = before.get(id(decision))
            if known is None or known[1] != told:
                known = decision, told, _line(decision, *told)
            self._worded[id(decision)] = known
        return [line for _, _, line in self._worded.values()]


def parse(values: Values) -> list[SuiviLine]:
    """As `Clerk.parse`, for once."""
    return Clerk().parse(values)


def _line(decision: Decision, remark: Problem | None, changed: str, waiting: int, unconfirmed: int) -> SuiviLine:
    submission = decision.submission
    stamp = submission.values["horodateur"]
    problems = sorted(submission.problems, key=lambda problem: not problem.blocking)
    said = [
        f"«{problem.header}» : «{problem.found}» — {problem.expected}" for problem in (*problems, *([remark] if remark else []))
    ]
    return SuiviLine(
        submission.row,
        _moment(stamp),
        shown(submission.values["nom"], 120),
        decision.state.value,
        "\n".join(filter(None, (waits(waiting), to_confirm(unconfirmed), decision.note, *said)))[:_LONGEST],
        changed,
        _moment(decision.since),
        f"{decision.verified:%d/%m/%Y}" if decision.verified else "",
        decision.mark,
    )


def waits(days: int) -> str:
    """What the team is told of a line that nobody has read for that long; `""` for 0."""
    return ngettext("en attente depuis {n} jour", "en attente depuis {n} jours", days).format(n=days) if days else ""


def to_confirm(days: int) -> str:
    """What the team is told of a fiche verified that long ago; `""` for 0."""
    return _("à confirmer : vérifié il y a {n} jours").format(n=days) if days else ""


def _moment(moment: datetime | None) -> str:
    if moment is None:
        return ""
    return f"{moment.astimezone(PARIS) if moment.tzinfo else moment:%d/%m/%Y %H:%M:%S}"


def table(wanted: Iterable[SuiviLine]) -> list[list[Cell]]:
    """The whole tab, header first, where there is none yet."""
    return [list(SUIVI_HEADERS), *(list(line.cells) for line in wanted)]


def _read(at: int, cells: Sequence[Cell], places: Sequence[int | None]) -> SuiviLine | None:
    """None where none of our columns says anything."""
    row, *texts = [_cell(cells, place) for place in places]
    if row == "" and not any(texts):
        return None
    number = int(row) if isinstance(row, int | float) and 0 < row < 10_000_000 else 0
    stamp, name, state, to_mend, changed, since, verified, mark = map(as_text, texts)
    return SuiviLine(number, stamp, name, state, to_mend, changed, since, verified, mark, at)


def _header(values: Values) -> tuple[int, list[int | None]]:
    """The line that holds our headers, and the place of each: line 1, unless one below holds more of them."""
    found = [_our_places(cells) for cells in values[:LOOK_FOR_HEADER] or [[]]]
    best = min(range(len(found)), key=lambda number: (found[number].count(None), number))
    if found[best].count(None) >= len(_KEYS) - 1:  # one word of ours alone is an answer, not a header
        best = 0
    return best + 1, found[best]


def _our_places(cells: Sequence[Cell]) -> list[int | None]:
    keys = [header_key(as_text(cell)) for cell in cells]
    return [keys.index(key) if key in keys else None for key in _KEYS]


def _cell(cells: Sequence[Cell], place: int | None) -> Cell:
    return cells[place] if place is not None and place < len(cells) else ""


def updates(values: Values, wanted: Sequence[SuiviLine], known: Sequence[SuiviLine] | None = None) -> Updates:
    """What to write so that the tab, which holds `values` now, says `wanted`; nothing where it does already. None leaves a cell as it is.

    A submission stays on its line; new ones go below everything; lines of those that are gone lose our cells only. `known`: `parse(values)`, where it is at hand.
    """
    head, places = _header(values)
    known = parse(values) if known is None else known
    free = max((len(cells) for cells in values), default=0)
    columns = [free + places[:number].count(None) if place is None else place for number, place in enumerate(places)]

    left, right = columns[0], columns[0] + len(columns)
    together = columns == list(range(left, right))

    def now(at: int) -> list[Cell]:
        cells = values[at - 1] if at <= len(values) else ()
        if together and len(cells) >= right:
            return list(cells[left:right])
        return [_cell(cells, place) for place in columns]

    told: dict[int, Sequence[Cell]] = {line.at: _BLANK for line in known}
    told |= {at: line.cells for at, line in _placed(known, wanted, below=max(len(values), head)).items()}
    told[head] = [there or header for there, header in zip(now(head), SUIVI_HEADERS, strict=True)]
    changed = {at: _news(there, cells) for at, cells in sorted(told.items()) if (there := now(at)) != list(cells)}
    return [
        block
        for first, last in _runs(changed)
        for block in _blocks(first, [changed[at] for at in range(first, last + 1)], columns)
    ]


def _news(there: Sequence[Cell], wanted: Sequence[Cell]) -> list[Cell | None]:
    """What to write of a line: its number, where it stands, stays the link that it is."""
    return [None if cell == before else cell for before, cell in zip(there, wanted, strict=True)]


def _placed(known: Sequence[SuiviLine], wanted: Sequence[SuiviLine], below: int) -> dict[int, SuiviLine]:
    """The wanted lines by their line of the tab: that of the same entry, else of the same Horodateur and name, else a new one."""
    placed: dict[int, SuiviLine] = {}
    homeless = list(wanted)
    for key in (_entry, _shown_as):
        places = {key(line): line.at for line in reversed(known) if line.at not in placed}
        left = []
        for line in homeless:
            at = places.pop(key(line), None)
            if at is None:
                left.append(line)
            else:
                placed[at] = line
        homeless = left
    return placed | dict(enumerate(homeless, start=below + 1))


def _entry(line: SuiviLine) -> Hashable:
    read = read_mark(line.mark)
    return (read[0], read[1].id) if read else line


def _shown_as(line: SuiviLine) -> Hashable:
    return line.horodateur, line.name


def _runs(numbers: Iterable[int]) -> Iterator[tuple[int, int]]:
    """First and last of each run of consecutive numbers."""
    for _apart, run in groupby(enumerate(numbers), key=lambda item: item[1] - item[0]):
        members = [number for _place, number in run]
        yield members[0], members[-1]


def _blocks(
    first: int, rows: Sequence[Sequence[Cell | None]], columns: Sequence[int]
) -> Iterator[tuple[str, list[list[Cell | None]]]]:
    """These consecutive lines as one range for each run of our columns that stand side by side."""
    order = sorted(range(len(columns)), key=columns.__getitem__)
    for left, right in _runs(columns[number] for number in order):
        block = [number for number in order if left <= columns[number] <= right]
        cells = [[row[number] for number in block] for row in rows]
        yield f"{letter(left)}{first}:{letter(right)}{first + len(rows) - 1}", cells

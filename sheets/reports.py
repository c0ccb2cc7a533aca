"""What visitors say is wrong with a fiche, on its way to the tab «Signalements»; and what the team has not dealt with yet.

A report changes nothing that is public: it is a line for the volunteers.
"""

import logging
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from fields import Cell, tick
from fields.cell import as_text
from fields.date import PARIS
from schema import SIGNALEMENTS_HEADERS, SIGNALEMENTS_TAB, header_key
from settings import ROOT, Settings
from sheets.desk import Desk, title
from sheets.journal import Entry, Journal
from sheets.problems import SheetError
from sheets.sync import Report, Sync
from sheets.tabs import Values, letter
from sheets.workbook import Workbook

log = logging.getLogger("conso.reports")

FICHE, WHAT, WHEN, DONE = SIGNALEMENTS_HEADERS
ROW = "ligne"
"""Header of the column at the right of the others: where the fiche's line stood in the sheet when the report came."""


@dataclass(frozen=True)
class Signalled:
    """One report that nobody has ticked. Its texts are what the cells hold."""

    slug: str
    what: str
    when: str

    @property
    def match(self) -> dict[str, Cell]:
        """What finds its line again."""
        return {FICHE: self.slug, WHAT: self.what, WHEN: self.when}


class Reports:
    """Takes reports where the app may write in the sheet: the embedded workbook, or Google with `write_suivi`."""

    def __init__(self, sync: Sync):
        self._sync = sync
        self._journal = Journal(_folder(sync.settings) / "signalements.journal.jsonl")
        """Google only: the embedded workbook has a journal of its own."""

    @classmethod
    def where_allowed(cls, sync: Sync) -> "Reports | None":
        """None where nothing may be written: a report is then a mail to the team."""
        settings = sync.settings
        return cls(sync) if settings.sync and (settings.embedded or settings.write_suivi) else None

    def take(self, slug: str, what: str, now: datetime | None = None) -> bool:
        """Keeps a report about a public fiche; on the disk when this returns True. False where the disk refuses."""
        moment = (now or datetime.now(UTC)).astimezone(PARIS)
        values: dict[str, Cell] = {
            FICHE: slug,
            WHAT: what,
            WHEN: f"{moment:%d/%m/%Y %H:%M:%S}",
            DONE: False,
            ROW: self._place(slug),
        }
        try:
            if self._sync.workbook is not None:
                self._sync.workbook.submit(SIGNALEMENTS_TAB.name, values)
            else:
                self._journal.append(SIGNALEMENTS_TAB.name, values)
        except (SheetError, OSError) as error:
            log.error("un signalement n'a pas pu être gardé : %s", error)
            return False
        return True

    def passes(self) -> Report:
        """One pass, then what waits for Google's tab: what the loop runs. Publication never waits for a report."""
        report = self._sync.once()
        try:
            self.deliver()
        except SheetError as error:
            log.warning("Signalements : %s", error.message)
        return report

    def deliver(self) -> int:
        """Writes the reports that wait into Google's tab, made where it is missing; how many it took.

        One that an interrupted call had written already is not written twice. Raises SheetError: they wait on.
        """
        waiting = self._journal.entries()
        if not waiting:
            return 0
        book, tab = self._sync.book, SIGNALEMENTS_TAB
        read = book.read({tab: None})
        if tab not in read:
            book.add_tab(tab.name, [[*SIGNALEMENTS_HEADERS, ROW]])
            read = book.read({tab: None})
        name, values = read[tab]
        desk = Desk(name, [list(row) for row in values])
        for entry in waiting:
            if not desk.knows({header: entry.values[header] for header in (FICHE, WHAT, WHEN)}):
                desk.take(entry)
        book.write(name, [(f"{letter(place)}{line}", [[cell]]) for (line, place), cell in desk.edits.items()])
        self._journal.forget({entry.id for entry in waiting})
        return len(waiting)

    def _place(self, slug: str) -> str:
        """The line of the fiche, as a link where the sheet has addresses."""
        row = next((each.submission.row for each in self._sync.report.decisions if each.slug == slug), None)
        if row is None:
            return ""
        tab = self._sync.responses_title
        return self._sync.book.link(tab, row) or f"{tab}, ligne {row}"


def _folder(settings: Settings) -> Path:
    return ROOT / "var" if "://" in settings.store else Path(settings.store)


def undone(workbook: Workbook) -> list[Signalled]:
    """The reports of the workbook that nobody has ticked, oldest first; what waits to be written in it is counted as written.

    Raises SheetError.
    """
    tabs = workbook.values()
    name = title(SIGNALEMENTS_TAB.name, tabs)
    desk = Desk(name, [list(row) for row in tabs.get(name, ())])
    for entry in workbook.waiting():
        if _is_ours(entry):
            desk.take(entry)
    return parse(desk.grid)


def _is_ours(entry: Entry) -> bool:
    return header_key(entry.tab) == header_key(SIGNALEMENTS_TAB.name)


def parse(values: Values) -> list[Signalled]:
    """The lines of the tab without a tick. Never raises: a line that names no fiche is left out."""
    keys = [header_key(as_text(cell)) for cell in (values[0] if values else ())]
    places = [keys.index(header_key(header)) if header_key(header) in keys else None for header in SIGNALEMENTS_HEADERS]
    found = []
    for cells in values[1:]:
        slug, what, when, done = (cells[at] if at is not None and at < len(cells) else "" for at in places)
        if slug != "" and not tick.Tick().read(done, {}).value:
            found.append(Signalled(as_text(slug), as_text(what), as_text(when)))
    return found


def mark_done(workbook: Workbook, report: Signalled) -> None:
    """Ticks `traité`; written when the workbook is closed. Raises WorkbookUnwritable."""
    workbook.amend(SIGNALEMENTS_TAB.name, report.match, {DONE: True})


def erase(workbook: Workbook, slug: str) -> None:
    """Empties every line about this fiche: its slug tells its name. Raises SheetError."""
    line = workbook.row(SIGNALEMENTS_TAB.name, {FICHE: slug})
    if line is not None:
        workbook.amend(SIGNALEMENTS_TAB.name, {FICHE: slug}, dict.fromkeys(line, ""))

"""The embedded sheet: an .xlsx file behind the same gspread calls as Google, and a journal of what it has still to receive."""

import logging
import os
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import gspread

from fields import Cell
from schema import header_key
from sheets import v4
from sheets.desk import Desk, holds, is_ours, keyed, title
from sheets.grids import Grid, Reading, read
from sheets.journal import Entry, Journal, locked
from sheets.package import Edits, NotReadable, Package
from sheets.problems import SheetError
from sheets.replacing import replace, sweep
from sheets.xlsx import create, number_format

__all__ = ["Lock", "Workbook", "WorkbookBusy", "WorkbookUnreadable", "WorkbookUnwritable", "create"]

log = logging.getLogger("conso.workbook")

NOTE = "conso-journal"
"""The document property with the id of the last journal entry that the file holds."""
STALE = timedelta(days=1)
_NOTES = 16
"""Of our own, that a pass may leave in the file one after the other."""

# SheetError
# ├── WorkbookUnreadable        missing, damaged, protected, half saved: nothing was changed
# ├── WorkbookBusy              somebody has it open, or has just saved it: nothing was changed, try again later
# └── WorkbookUnwritable        the disk or the rights refuse: nothing was changed


class WorkbookUnreadable(SheetError):
    kind = "workbook-unreadable"


class WorkbookBusy(SheetError):
    kind = "workbook-busy"


class WorkbookUnwritable(SheetError):
    kind = "workbook-unwritable"


@dataclass(frozen=True)
class Lock:
    """Who has the workbook open, by the file that LibreOffice or Excel keeps beside it."""

    who: str
    """As the program says; empty where it does not."""
    program: str
    since: datetime
    path: Path
    stale: bool
    """Older than a day: perhaps left by a crash. Respected all the same."""


class Workbook:
    """One workbook. `var` is a folder for the journal and the locks; the same for every process that serves this workbook."""

    def __init__(self, path: Path, var: Path):
        self.path = path
        self.var = var
        self._journal = Journal(var / f"{path.stem}.journal.jsonl")
        self._lock = var / f"{path.stem}.lock"
        self._reading = threading.Lock()
        self._known: tuple[str, Reading, list[tuple[str, int, bool]]] = ("", Reading(), [])
        self._noted: dict[str, str] = {}
        """By mark of the file, that which `change` gave it."""

    def spreadsheet(self) -> gspread.Spreadsheet:
        """The workbook as gspread sees a Google spreadsheet.

        Its calls raise WorkbookUnreadable and WorkbookUnwritable as they are, everything else as gspread's APIError.
        """
        return v4.spreadsheet(self)

    def mark(self) -> str:
        """Something that changes when the file does; empty where there is none."""
        try:
            return _mark(self.path.stat())
        except OSError:
            return ""

    def mark_since(self, mark: str) -> str:
        """The mark to which our own notes led from this one: what they said since is no news. The mark itself where they said nothing."""
        while mark in self._noted:
            mark = self._noted[mark]
        return mark

    def is_open_elsewhere(self) -> Lock | None:
        for folder, name in {(path.parent, path.name) for path in (self.path, self.path.resolve())}:
            for lock, program, who in (
                (folder / f".~lock.{name}#", "LibreOffice", _libreoffice_owner),
                (folder / f"~${name}", "Excel", _excel_owner),
            ):
                try:
                    since = datetime.fromtimestamp(lock.stat().st_mtime, UTC)
                except OSError:
                    continue
                return Lock(who(lock), program, since, lock, datetime.now(UTC) - since > STALE)
        return None

    def values(self) -> Mapping[str, Grid]:
        """Every tab by title, as the file has it; what waits in the journal is not in it.

        Raises WorkbookUnreadable.
        """
        return self._read()[0]

    def properties(self) -> Sequence[tuple[str, int, bool]]:
        """Title, number, hidden, of every tab. Raises WorkbookUnreadable."""
        return self._read()[1]

    def submit(self, tab: str, answers: Mapping[str, Cell]) -> None:
        """Keeps a new line, by header, for the tab; on the disk when this returns.

        Raises WorkbookUnwritable.
        """
        self._keep(tab, answers, None)

    def amend(self, tab: str, match: Mapping[str, Cell], values: Mapping[str, Cell]) -> None:
        """Keeps a change of the cells `values` in the lines whose cells are all equal to `match`; on the disk when this returns.

        Raises WorkbookUnwritable; ValueError where `match` is empty.
        """
        if not match:
            raise ValueError("an empty match would change every line")
        self._keep(tab, values, match)

    def _keep(self, tab: str, values: Mapping[str, Cell], match: Mapping[str, Cell] | None) -> None:
        for header, cell in [*values.items(), *(match or {}).items()]:
            if not isinstance(cell, (str, int, float)) or not header_key(header):
                raise ValueError(f"«{header}»: a header and a cell are needed, not {type(cell).__name__}")
        try:
            self._journal.append(tab, values, match)
        except OSError as error:
            raise WorkbookUnwritable(
                f"La réponse n'a pas pu être gardée ({error.strerror}) : faites de la place sur le disque, "
                f"ou rendez le dossier {self._lock.parent} accessible en écriture."
            ) from error

    def waiting(self) -> list[Entry]:
        """Entries that the file does not hold yet, oldest first."""
        entries = self._journal.entries()
        if not entries:
            return []
        try:
            return _after(Package(self.path.read_bytes()).note(NOTE), entries)[1]
        except (OSError, NotReadable):
            return entries

    def row(self, tab: str, match: Mapping[str, Cell]) -> dict[str, Cell] | None:
        """The first line of the file where all `match` cells are equal, by header; None without one. What waits is not in it."""
        grid: Sequence[Sequence[Cell]] = self.values().get(title(tab, self.values()), ())
        wanted = keyed(match)
        for cells in grid[1:]:
            line = {
                str(header): cells[place] if place < len(cells) else "" for place, header in enumerate(grid[0]) if header != ""
            }
            if holds(keyed(line), wanted):
                return line
        return None

    def pending(self, tab: str, match: Mapping[str, Cell]) -> dict[str, Cell] | None:
        """What waits for the line with these cells: the whole line if it is new, else its changed cells; None if nothing does."""
        found: dict[str, Cell] | None = None
        wanted = keyed(match)
        for entry in self.waiting():
            if header_key(entry.tab) != header_key(tab):
                continue
            if entry.match is None:
                if holds(keyed(entry.values), wanted):
                    found = dict(entry.values)
            elif holds(keyed({**entry.match, **(found or {})}), wanted) and holds(
                keyed({**match, **(found or {})}), keyed(entry.match)
            ):
                changed = {header_key(header) for header in entry.values}
                found = {header: cell for header, cell in (found or {}).items() if header_key(header) not in changed} | dict(
                    entry.values
                )
        return found

    def flush(self) -> int:
        """Puts the waiting entries into the workbook, unless somebody has it open; how many it took.

        An entry for a tab that is not there (renamed?) waits on. Raises WorkbookUnreadable, WorkbookUnwritable.
        """
        if not self._journal.entries() or self.is_open_elsewhere():
            return 0
        with locked(self._lock):
            mark, content = self._content()
            package = self._package(content)
            entries = self._journal.entries()
            done, waiting = _after(package.note(NOTE), entries)
            if done:  # a flush was stopped between the file and the journal
                self._journal.forget(done)
            grids = self._parse(mark, content, package)
            desks = {name: Desk(name, grid) for name, grid in grids.items()}
            ready = [entry for entry in waiting if title(entry.tab, desks) in desks or is_ours(entry.tab)]
            if not ready:
                return 0
            if len(ready) < len(waiting):
                log.warning("%d entries wait for a tab that is not in the workbook", len(waiting) - len(ready))
                self._journal.bring_forward({entry.id for entry in ready})
            for entry in ready:
                tab = title(entry.tab, desks)
                if tab not in desks:
                    package.add_sheet(tab)
                    desks[tab] = Desk(tab, [])
                desks[tab].take(entry)
            package.set_note(NOTE, ready[-1].id)
            try:
                self._write(
                    mark,
                    package,
                    grids,
                    {name: desk.edits for name, desk in desks.items()},
                    {name: desk.headers for name, desk in desks.items()},
                )
            except WorkbookBusy:
                return 0
            self._journal.forget({entry.id for entry in ready})
            return len(ready)

    def change(self, edits: Mapping[str, Edits], new_tabs: Iterable[str] = ()) -> None:
        """Sets cells, after adding tabs, in one step.

        Raises WorkbookBusy, WorkbookUnreadable, WorkbookUnwritable; ValueError for a title Excel refuses.
        """
        with locked(self._lock):
            mark, content = self._content()
            package = self._package(content)
            grids = self._parse(mark, content, package)
            for name in new_tabs:
                package.add_sheet(name)
            headers = {name: grids[name][0] if grids.get(name) else () for name in edits}
            self._noted = {mark: self._write(mark, package, grids, edits, headers)} | self._noted
            while len(self._noted) > _NOTES:
                self._noted.popitem()

    def _write(
        self,
        mark: str,
        package: Package,
        grids: Reading,
        edits: Mapping[str, Edits],
        headers: Mapping[str, Sequence[Cell]],
    ) -> str:
        """Replaces the file that had this mark and held these grids; gives the new one's mark."""
        self._check_free(mark)
        try:
            for name, cells in edits.items():
                if cells:
                    package.set_cells(name, cells, [number_format(header) for header in headers[name]])
            content = package.content()
            # What we could not read back must not take the place of what we could. What is not changed is copied as it stands.
            held = read(content, grids)
        except NotReadable as error:
            raise WorkbookUnreadable(self._sentence(str(error))) from error
        target = self.path.resolve()
        sweep(target.parent, f".{target.name}.*.new")  # copies of private lines
        try:
            new = _mark(replace(self.path, content, may=lambda: self._check_free(mark)))
        except OSError as error:
            raise WorkbookUnwritable(
                f"Le classeur {self.path} n'a pas pu être enregistré ({error.strerror}) : faites de la place sur le disque, "
                "ou rendez le fichier et son dossier accessibles en écriture. Rien n'est perdu : ce qui attend sera réessayé."
            ) from error
        self._known = (new, held, package.properties())
        return new

    def _check_free(self, mark: str) -> None:
        lock = self.is_open_elsewhere()
        if lock:
            raise WorkbookBusy(
                f"Le classeur {self.path.name} est ouvert dans {lock.program}{f' par {lock.who}' if lock.who else ''} : fermez-le."
            )
        if self.mark() != mark:
            raise WorkbookBusy(
                f"Le classeur {self.path.name} vient d'être enregistré par quelqu'un d'autre : ce sera réessayé."
            )

    def _read(self) -> tuple[Reading, list[tuple[str, int, bool]]]:
        with self._reading:
            if self._known[0] and self._known[0] == self.mark():
                return self._known[1:]
            mark, content = self._content()
            self._parse(mark, content, self._package(content))
            return self._known[1:]

    def _content(self) -> tuple[str, bytes]:
        """The file's mark and bytes, of one moment."""
        try:
            for _ in range(3):
                mark = self.mark()
                content = self.path.read_bytes()
                if mark == self.mark():
                    return mark, content
                time.sleep(0.1)
        except FileNotFoundError:
            raise WorkbookUnreadable(self._sentence("ce fichier n'existe pas ou plus ; remettez-le à sa place")) from None
        except PermissionError as error:
            raise WorkbookUnreadable(
                self._sentence("ce fichier n'est pas lisible par l'application ; donnez-lui le droit de le lire")
            ) from error
        except OSError as error:
            raise WorkbookUnreadable(
                self._sentence(f"ce fichier ne se lit pas ({error.strerror}) ; vérifiez le disque et le chemin")
            ) from error
        raise WorkbookUnreadable(self._sentence("quelqu'un est en train de l'enregistrer ; la lecture sera réessayée"))

    def _package(self, content: bytes) -> Package:
        try:
            return Package(content)
        except NotReadable as error:
            raise WorkbookUnreadable(self._sentence(str(error))) from error

    def _parse(self, mark: str, content: bytes, package: Package) -> Reading:
        known = self._known
        if known[0] == mark:
            return known[1]
        try:
            found = read(content, known[1])
            self._known = mark, found, package.properties()
            return found
        except NotReadable as error:
            raise WorkbookUnreadable(self._sentence(str(error))) from error

    def _sentence(self, reason: str) -> str:
        return f"Le classeur {self.path} ne peut pas être lu : {reason}. Le site garde ses dernières fiches."


def _mark(stat: os.stat_result) -> str:
    return f"{stat.st_mtime_ns}-{stat.st_size}-{stat.st_ino}"


def _after(note: str | None, entries: Sequence[Entry]) -> tuple[set[str], list[Entry]]:
    """The ids of the entries that the file holds, by its note, and the entries that it does not."""
    held = next((number for number, entry in enumerate(entries, start=1) if entry.id == note), 0)
    return {entry.id for entry in entries[:held]}, list(entries[held:])


def _libreoffice_owner(lock: Path) -> str:
    """The first two fields of `name,user,host,date,folder;`, the name if there is one."""
    try:
        fields = lock.read_text(encoding="utf-8", errors="replace").split(",")
    except OSError:
        return ""
    return next((name.strip() for name in fields[:2] if name.strip()), "")


def _excel_owner(lock: Path) -> str:
    """Length in one byte, then the name in the Windows code page."""
    try:
        content = lock.read_bytes()
    except OSError:
        return ""
    return content[1 : 1 + content[0]].decode("cp1252", "replace").strip() if content else ""

"""The counter of the embedded sheet: where merchants hand in a fiche and volunteers tick. Google has its own form and its own sheet."""

import logging
import secrets
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import schema
from allowance import Allowance, household
from fields import Cell, place
from fields.cell import as_text, fold
from fields.date import PARIS, serial
from fields.points import points_of
from schema import LINK_HEADER, Column, Site, header_key
from sheets import approval, reports, suivi
from sheets.approval import Decision, Show, State
from sheets.changes import Change
from sheets.desk import holds, keyed
from sheets.links import PrivateLinks, token_digest
from sheets.loop import Loop
from sheets.open_counter import Refused
from sheets.problems import Problem, SheetError
from sheets.reports import Signalled
from sheets.rows import Submission
from sheets.sync import Report, Sync
from sheets.workbook import Workbook
from words import _

__all__ = ["Changed", "Counter", "Entry", "Signalled", "State", "token_digest"]

log = logging.getLogger("conso.counter")

LONGEST_ANSWER = 5000
"""Characters of one answer."""
SUBMISSIONS_PER_ADDRESS, SUBMISSIONS_AT_ALL = 5, 60
"""Handed in within an hour: a family of shops behind one address, a whole market day."""
SAVES_PER_LINK = 30
"""Corrections of one fiche within an hour."""


class Changed(Exception):
    """The fiche changed since it was shown: what was seen is not what would be approved."""


@dataclass(frozen=True)
class Entry:
    """One submission as a volunteer sees it on `/feuille`."""

    id: str
    """`approval.identity` of the submission."""
    decision: Decision
    problems: tuple[Problem, ...]
    remark: Problem | None
    unconfirmed: int = 0
    """Days since it was verified, where the fiche is to be confirmed; else 0."""

    waiting: int = 0
    """Days since it came, where it waits for a tick longer than the team means it to; else 0."""
    changes: tuple[Change, ...] = ()
    """What the merchant changed since what is online."""

    @property
    def taken_by(self) -> str:
        """The volunteer who looks after this line; `""` where nobody does."""
        return self.decision.submission.values["suivi_par"] or ""

    def is_others(self, name: str) -> bool:
        """True where another volunteer than this one looks after the line."""
        return bool(self.taken_by) and fold(self.taken_by) != fold(name)

    @property
    def is_online(self) -> bool:
        """True where visitors see a page of it, be it what was approved before."""
        return self.decision.show is not Show.NOTHING

    @property
    def waits(self) -> str:
        return suivi.waits(self.waiting)

    @property
    def record(self) -> dict[str, Any] | None:
        """What the line would show, as a public record; None where it cannot be shown."""
        content = self.decision.submission.content
        if content is None:
            return None
        added = {"slug": self.decision.slug or "apercu", "verifie_le": self.decision.verified, "points": points_of(content)}
        return {**content, **added}

    @property
    def to_confirm(self) -> str:
        return suivi.to_confirm(self.unconfirmed)


class Counter:
    """One per process that serves an embedded sheet."""

    def __init__(self, sync: Sync, loop: Loop, workbook: Workbook):
        self._sync = sync
        self._loop = loop
        self._workbook = workbook
        self._vouched: set[tuple[str, str]] = set()
        self._lock = threading.Lock()
        self._allowance = Allowance()
        self._links = PrivateLinks(workbook.var / f"{workbook.path.stem}.liens.key")
        self.after_pass: Callable[[Report, Site, str], object] = lambda report, site, account: None
        """Where what a pass found goes next: the report, what the team says of its site, the `account` of the `Sync`."""

    # merchants

    def submit(self, answers: Mapping[str, str], address: str = "") -> str:
        """Appends a row and returns the merchant's private token, which is kept nowhere but hashed.

        `answers` maps question keys to what was typed; `address` is where they come from, kept as a digest for an hour.
        Raises Refused, naming each field.
        """
        _check(answers)
        self._count({f"de {household(address)}": SUBMISSIONS_PER_ADDRESS, "": SUBMISSIONS_AT_ALL})
        token = secrets.token_urlsafe(24)
        self._workbook.submit(
            self.tab, _row(answers) | {LINK_HEADER: token_digest(token), schema.BY_KEY["approved"].header: False}
        )
        self._loop.wake()
        return token

    def open(self, token: str) -> dict[str, str] | None:
        """The answers behind a private link, as they were typed; None for a link that opens nothing."""
        cells = self._cells(token)
        return None if cells is None else {column.key: as_text(cells.get(column.key, "")) for column in schema.QUESTIONS}

    def save(self, token: str, answers: Mapping[str, str]) -> None:
        """Replaces the answers behind a private link; what is online stays until a volunteer has read them.

        Raises Refused.
        """
        cells = self._cells(token)
        if cells is None:
            raise Refused({"": _("Ce lien n'ouvre plus aucune fiche.")})
        _check(answers)
        self._count({f"par {self._links.digest(token)}": SAVES_PER_LINK})
        self._workbook.amend(self.tab, self._line(token), _row(answers, cells.get("horodateur", "")))
        self._loop.wake()

    def may_confirm(self, token: str) -> bool:
        """True where the line behind a private link is online as it stands: read, ticked, and nothing of it changed since."""
        row = self._workbook.row(self.tab, self._line(token))
        waits = self._workbook.pending(self.tab, self._line(token))
        return row is not None and waits is None and any(
            entry.decision.state is State.ONLINE and holds(keyed(row), keyed(_match(entry))) for entry in self.entries()
        )  # fmt: skip

    def confirm(self, token: str) -> bool:
        """Renews «vérifié le» of a fiche that is online and unchanged; False, and nothing done, for any other.

        A new Horodateur alone: approval reads it as an edit that changes no content, which approves nothing that was not.
        """
        if not self.may_confirm(token):
            return False
        header = schema.BY_KEY["horodateur"].header
        stamp = _stamp((self._cells(token) or {}).get("horodateur", ""))
        self._workbook.amend(self.tab, self._line(token), {header: stamp})
        self._loop.wake()
        return True

    def withdraw(self, token: str) -> None:
        """Takes the fiche off the site at the next pass: the tick and the consent are both taken back."""
        self._workbook.amend(
            self.tab,
            self._line(token),
            {schema.BY_KEY["approved"].header: False, schema.BY_KEY["consentement"].header: ""},
        )
        self._loop.wake()

    def erase(self, token: str) -> None:
        """Takes the fiche off the site and every cell of its line out of the workbook, the team's own included; its link opens nothing any more."""
        line = self._line(token)
        found = self._workbook.row(self.tab, line)
        headers = [*(found or {}), *(self._workbook.pending(self.tab, line) or {})]
        if not headers:
            return
        ticks = schema.BY_KEY["approved"].header_keys
        self._workbook.amend(self.tab, line, {header: False if header_key(header) in ticks else "" for header in headers})
        for entry in self.entries():
            if found is not None and entry.decision.slug and holds(keyed(found), keyed(_match(entry))):
                reports.erase(self._workbook, entry.decision.slug)
        self._loop.wake()

    def _cells(self, token: str) -> dict[str, Cell] | None:
        """The line behind a private link by column key, what waits to be written in it included; None without one."""
        return self._cells_of(self._line(token))

    def _line(self, token: str) -> dict[str, Cell]:
        """What tells the line behind a private link from all others."""
        return {LINK_HEADER: self._links.digest(token)}

    def private_link(self, submission: Submission) -> str | None:
        """A token that opens this line; None where the line is no more as it was read, or its merchant has just taken the consent back.

        Raises SheetError; OSError where the key of the links cannot be read or made.
        """
        answers = _answers(submission)
        row = self._workbook.row(self.tab, answers)
        if row is None:
            return None
        digest = as_text(keyed(row).get(header_key(LINK_HEADER), ""))
        if not digest:  # a line that the team wrote
            digest = self._links.new_digest(approval.identity(submission))
            self._workbook.amend(self.tab, answers, {LINK_HEADER: digest})
        elif not self._agrees(digest):
            return None
        try:
            return self._links.signed(digest)
        except ValueError:
            return None  # people wrote something else there

    def _agrees(self, digest: str) -> bool:
        cells = self._cells_of({LINK_HEADER: digest}) or {}
        return "consentement" not in cells or bool(schema.BY_KEY["consentement"].kind.read(cells["consentement"], cells).value)

    def _cells_of(self, key: Mapping[str, Cell]) -> dict[str, Cell] | None:
        waiting, found = self._workbook.pending(self.tab, key), self._workbook.row(self.tab, key)
        if waiting is None and found is None:
            return None
        if keyed(waiting or {}).get(header_key(LINK_HEADER)) == "":  # erased
            return None
        cells = {header_key(header): cell for each in (found, waiting) for header, cell in (each or {}).items()}
        return {column.key: cell for key_, cell in cells.items() for column in schema.FICHE if key_ in column.header_keys}

    # volunteers

    @property
    def tab(self) -> str:
        """The responses tab's own title."""
        return self._sync.responses_title or schema.RESPONSES.name

    @property
    def report(self) -> Report:
        return self._sync.report

    @property
    def error(self) -> Mapping[str, str] | None:
        """How the last pass failed; None where it succeeded."""
        return self._sync.live.heartbeat.error

    def entries(self) -> list[Entry]:
        """Every submission, in the order of the sheet."""
        report = self.report
        return [
            Entry(
                approval.identity(decision.submission),
                decision,
                decision.submission.problems,
                report.remarks.get(decision.submission.row),
                report.unconfirmed.get(decision.submission.row, 0),
                report.waiting.get(decision.submission.row, 0),
                report.edits.get(decision.submission.row, ()),
            )
            for decision in report.decisions
        ]

    def illustrated(self, content: Mapping[str, Any]) -> Mapping[str, Any]:
        """A submission's content with the site's own copy of its photo, where there is one: a photo is fetched once it is approved."""
        return self._sync.illustrated(content)

    def tick(self, id: str, digest: str, value: bool) -> bool:
        """Ticks or unticks what the volunteer has before their eyes. True once it is done; False while the workbook is open elsewhere.

        Raises Changed where the content is no longer the one of `digest`.
        """
        entry = self._entry(id)
        if entry.decision.submission.digest != digest:
            raise Changed
        if value:
            with self._lock:
                self._vouched.add((id, digest))
        self._write(entry, {schema.BY_KEY["approved"].header: value})
        done = self._pass()
        if done and self._entry(id).decision.submission.ticked is not value:  # an edit was written before the tick
            raise Changed
        return done

    def note(self, id: str, text: str) -> bool:
        """Writes the team's private note. True once it is done.

        Raises Changed where the line is no longer there.
        """
        self._write(self._entry(id), {schema.BY_KEY["note"].header: text[:LONGEST_ANSWER]})
        return self._pass()

    def take(self, id: str, name: str) -> bool:
        """Writes who looks after a line; `""` leaves it to whoever comes. True once it is done.

        Raises Changed where the line is no longer there.
        """
        self._write(self._entry(id), {schema.BY_KEY["suivi_par"].header: name[:60]})
        return self._pass()

    def reports(self) -> list[Signalled]:
        """What visitors said and nobody has ticked, oldest first; nothing while the workbook cannot be read."""
        try:
            return reports.undone(self._workbook)
        except SheetError as error:
            log.warning("%s", error.message)
            return []

    def deal_with(self, report: Signalled) -> bool:
        """Ticks `traité`. True once it is in the workbook; False while it is open elsewhere."""
        reports.mark_done(self._workbook, report)
        self._workbook.flush()
        return not self._workbook.waiting()

    def open_elsewhere(self) -> Any:
        """Who has the workbook open in LibreOffice or Excel, None where nobody."""
        return self._workbook.is_open_elsewhere()

    def waiting(self) -> int:
        """Writings that wait until the workbook is closed."""
        return len(self._workbook.waiting())

    def passes(self) -> Report:
        """One pass with what volunteers vouched for: what the loop runs."""
        with self._lock:
            vouched = frozenset(self._vouched)
        report = self._sync.once(vouched=vouched)
        if vouched and not self._workbook.waiting():
            present = {
                (approval.identity(each.submission), each.submission.digest)
                for each in report.decisions
                if each.submission.ticked
            }
            with self._lock:
                self._vouched -= vouched - present
        if self._sync.live.snapshot is not None:
            self.after_pass(report, self._sync.live.snapshot.site, self._sync.account)
        return report

    def _entry(self, id: str) -> Entry:
        found = next((entry for entry in self.entries() if entry.id == id), None)
        if found is None:
            raise Changed
        return found

    def _write(self, entry: Entry, values: Mapping[str, Cell]) -> None:
        """Finds the line by all its answers, so that a line that changed or moved is never mistaken for another."""
        self._workbook.amend(self.tab, _match(entry), values)

    def _pass(self) -> bool:
        self._workbook.flush()
        try:
            self.passes()
        except SheetError as error:
            log.warning("%s", error.message)
            return False
        return not self._workbook.waiting()

    def _count(self, most: Mapping[str, int]) -> None:
        if not self._allowance.takes(most):
            raise Refused(
                {
                    "": _(
                        "Beaucoup de fiches viennent d'arriver d'ici. Réessayez dans une heure : ce que vous avez écrit reste dans le formulaire."
                    )
                }
            )


def _match(entry: Entry) -> dict[str, Cell]:
    return _answers(entry.decision.submission)


def _answers(submission: Submission) -> dict[str, Cell]:
    """All the answers of a submission and its Horodateur, by header."""
    cells = submission.cells
    return {
        column.header: cells[column.key]
        for column in schema.FICHE
        if column.key in cells and (column.asked or column.key == "horodateur")
    }


def _row(answers: Mapping[str, str], before: Cell = "") -> dict[str, Cell]:
    """The line of these answers. `before`: its Horodateur until now."""
    return {schema.BY_KEY["horodateur"].header: _stamp(before)} | {
        column.header: as_text(answers.get(column.key, "")).strip() for column in schema.QUESTIONS
    }


def _stamp(before: Cell) -> float:
    """The Horodateur of now; an edit must change it, also within one second."""
    now = serial(datetime.now(PARIS).replace(tzinfo=None, microsecond=0))
    return now if isinstance(before, str) else max(now, before + 1 / 86_400)


def _check(answers: Mapping[str, str]) -> None:
    """Raises Refused with every question whose answer would block the fiche, or be lost."""
    said: dict[str, str] = {}
    for column in schema.QUESTIONS:
        text = answers.get(column.key, "")
        if len(text) > LONGEST_ANSWER:
            said[column.key] = _("C'est trop long : {n} caractères au plus.").format(n=LONGEST_ANSWER)
        elif column.required and not column.kind.read(text, answers).value:
            said[column.key] = (
                _("Votre accord est nécessaire pour publier la fiche.")
                if column.key == "consentement"
                else _("Cette réponse est nécessaire.")
            )
        else:
            said |= _unreadable(column, text, answers)
    located = place.locate(answers)
    if located.place is None:
        said |= {key: _sentence(faults[0].expected) for key, faults in located.faults.items() if faults and key not in said}
    if said:
        raise Refused(said)


def _unreadable(column: Column, text: str, answers: Mapping[str, str]) -> dict[str, str]:
    if not text.strip() or column.key in ("categorie", "code_postal", "commune"):
        return {}
    reading = column.kind.read(text, answers)
    return {column.key: _sentence(reading.faults[0].expected)} if reading.faults and reading.value in ("", None, ()) else {}


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "!", "?")) else ".")

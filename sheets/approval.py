"""Which content of which row may be public. Pure: no clock, no disk, no network.

The invariant: no content is public that no volunteer ever had in front of them while ticking or holding the tick.
Every odd case and what is decided of it: `docs/decisions/0005-approval.md`.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum
from typing import TYPE_CHECKING

from fields.date import PARIS
from sheets.identity import Link, match
from sheets.memory import Entry, Memory, State, Trace, identity, mark
from sheets.problems import HeldDrop
from sheets.rows import Submission
from sheets.slugs import Slugs
from sheets.snapshot import slug_digest
from words import _

if TYPE_CHECKING:
    from sheets.suivi import SuiviLine

__all__ = ["Decision", "Memory", "Outcome", "Show", "State", "decide", "identity"]

FEW = 5
"""Fewer deletions than this are obeyed whatever the size of the sheet."""


class Show(Enum):
    """What visitors see of a row."""

    NEW = "the content of this pass"
    KEPT = "the last approved content: the row of the previous snapshot that has this slug"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of one line of the sheet."""

    submission: Submission
    show: Show
    _entry: Entry = field(repr=False)
    _salt: str = field(repr=False)

    @property
    def state(self) -> State:
        return self._entry.state

    @property
    def slug(self) -> str | None:
        """None before the first approval."""
        return self._entry.slug or None

    @property
    def since(self) -> datetime:
        """When it came into this state."""
        return self._entry.since

    @property
    def first_approved(self) -> datetime | None:
        return self._entry.first

    @property
    def verified(self) -> date | None:
        """Day (Europe/Paris) on which the tick was last given, or the merchant last confirmed what was approved."""
        return self._entry.verified

    @property
    def note(self) -> str:
        """What the volunteer should do, in French; `""` for nothing."""
        if self.state is State.EDITED:
            seen = _("le site montre encore la version approuvée") if self.show is Show.KEPT else _("rien n'est montré")
            said = (
                _("peut avoir changé depuis la coche ({vu}) : relisez, corrigez, décochez puis recochez, à une minute d'écart")
                if self.submission.content is None
                else _("peut avoir changé depuis la coche ({vu}) : relisez, décochez puis recochez, à une minute d'écart")
            )
            return said.format(vu=seen)
        if self.state is State.BLOCKED and self.show is Show.KEPT:
            return _("une formule est en erreur : le site montre encore la version approuvée")
        return ""

    @property
    def known_as(self) -> tuple[str, str]:
        """What it is remembered by beside approval: one through its edits, the other (`""` without an e-mail) where its line is
        deleted and put back. Opaque, and worth nothing once the memory of approvals is begun anew."""
        return str(self._entry.id), self._entry.email and self._entry.email + self._entry.name

    @property
    def mark(self) -> str:
        """The cell «empreinte» of its line of «Suivi»."""
        return mark(self._salt, self._entry)


@dataclass(frozen=True)
class Outcome:
    """Decisions in the order of the sheet, and what the next pass must be given."""

    decisions: tuple[Decision, ...]
    memory: Memory
    withdrawn: frozenset[str]
    """`slug_digest` of every slug that was public and is not."""


def decide(
    memory: Memory,
    submissions: Sequence[Submission],
    now: datetime,
    suivi: Sequence["SuiviLine"] = (),
    accept_drop: bool = False,
    vouched: Collection[tuple[str, str]] = (),
    before: Iterable[Decision] = (),
) -> Outcome:
    """One pass. `suivi` is read where the memory is fresh: give it only where the app keeps that tab up to date.

    `vouched`: (`identity`, content digest) of what volunteers ticked since the last pass with that content shown beside the tick.

    `before`: earlier decisions; those whose submission and entry are still the same objects are taken again, since they would be the same.

    Raises HeldDrop where too many known submissions are gone at once; nothing is decided then.
    """
    now = now.replace(microsecond=0)
    if memory.fresh and suivi:
        memory = Memory.from_marks(line.mark for line in sorted(suivi, key=lambda line: line.row))
    earlier = {id(decision.submission): decision for decision in before if decision._salt == memory.salt}
    traces = [
        decision._entry.trace if (decision := earlier.get(id(submission))) else memory.trace(submission)
        for submission in submissions
    ]
    links, gone = match(memory.entries, traces)
    if not accept_drop:
        _hold(len(gone), len(memory.entries))
    entries, shows, last_id = [], [], memory.last_id
    for submission, trace, (link, entry) in zip(submissions, traces, links, strict=True):
        sure = bool(vouched) and (identity(submission), submission.digest) in vouched
        decision = earlier.get(id(submission))
        if decision is not None and decision._entry is entry and link is Link.SAME and not sure:
            show = decision.show
        else:
            if entry is None:
                last_id += 1
                entry = Entry(last_id, *trace[:4], False, False, False, "", "", None, None, State.WAITING, now)
            entry, show = _follow(entry, link, submission, trace, sure, now)
        entries.append(entry)
        shows.append(show)
    withdrawn = memory.gone.union(slug_digest(entry.slug) for entry in gone if entry.slug)
    addressed = _addressed(entries, submissions, withdrawn)
    decisions: list[Decision] = []
    for submission, show, entry in zip(submissions, shows, addressed, strict=True):
        decision = earlier.get(id(submission))
        if decision is None or decision._entry is not entry or decision.show is not show:
            decision = Decision(submission, show, entry, memory.salt)
        decisions.append(decision)
    return Outcome(
        tuple(decisions),
        Memory(tuple(addressed), withdrawn, last_id, False, memory.salt),
        withdrawn.union(slug_digest(entry.slug) for entry in addressed if entry.slug and not entry.shown),
    )


def _hold(gone: int, known: int) -> None:
    if gone >= FEW and 2 * gone > known:
        raise HeldDrop(
            f"{gone} des {known} lignes connues ont disparu de la feuille d'un seul coup : le site reste comme il est. Rétablissez-les "
            "(Fichier › Historique des versions) ; si c'est voulu, lancez : python -m sheets sync --accept-drop"
        )


def _follow(entry: Entry, link: Link, submission: Submission, trace: Trace, sure: bool, now: datetime) -> tuple[Entry, Show]:
    """The entry after this pass, and what it shows. `sure`: a volunteer ticked with this very content before their eyes."""
    usable = submission.content is not None
    known = usable and trace.digest == entry.approved
    unread = entry.pending or link in (Link.EDITED, Link.DOUBTFUL)
    pending = trace.ticked and unread and not known and not sure
    approves = trace.ticked and usable and not pending
    agreed = submission.unfinished or (pending and bool(submission.values["consentement"]))
    keeps = trace.ticked and not approves and entry.shown and agreed
    state = _state(entry, trace, approves, pending and (usable or (keeps and not submission.unfinished)))
    renewed = approves and (not entry.ticked or not known or unread)
    after = Entry(
        entry.id,
        *trace,
        pending,
        approves or keeps,
        trace.digest if approves else entry.approved,
        entry.slug,
        entry.first or (now if approves else None),
        _day(now) if renewed else entry.verified,
        state,
        entry.since if state is entry.state else now,
    )
    return after, Show.NEW if approves else Show.KEPT if keeps else Show.NOTHING


def _state(entry: Entry, trace: Trace, approves: bool, modified: bool) -> State:
    if not trace.ticked:
        return State.WITHDRAWN if entry.approved else State.WAITING
    if approves:
        return State.ONLINE
    return State.EDITED if modified else State.BLOCKED


def _addressed(entries: Sequence[Entry], submissions: Sequence[Submission], gone: Collection[str]) -> list[Entry]:
    """The entries, with a slug for those approved for the first time: the oldest Horodateur chooses first, however the tab is sorted."""
    addressed = list(entries)
    newly = [at for at, entry in enumerate(entries) if entry.approved and not entry.slug]
    slugs = Slugs((entry.slug for entry in entries if entry.slug), gone) if newly else Slugs((), ())
    for at in sorted(newly, key=lambda at: submissions[at].values["horodateur"] or datetime.max):
        content = submissions[at].content or {}
        addressed[at] = entries[at]._replace(slug=slugs.give(content["nom"], content["commune"] or ""))
    return addressed


def _day(now: datetime) -> date:
    return (now.astimezone(PARIS) if now.tzinfo else now).date()

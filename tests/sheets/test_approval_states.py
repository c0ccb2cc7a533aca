"""The invariant of approval, under random lives of a sheet, against a model of what volunteers had before their eyes.

The model knows nothing of digests, entries or links: only rows, who did what to them, and which contents a volunteer has read with
a tick in hand. It leaves out what CONTRACT §5 gives up: a row ticked, then edited, before any pass saw it; an edit that keeps
neither e-mail nor name nor place, or of a row whose fresh copy still bears its Horodateur; a store lost where neither «Suivi» nor the Apps Script knows.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from operator import attrgetter
from typing import NamedTuple

from hypothesis import HealthCheck
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from fields import Cell
from sheets import suivi
from sheets.approval import Decision, Memory, Outcome, Show, decide, identity
from sheets.rows import Submission
from sheets.snapshot import slug_digest
from tests.sheets.submissions import NOW, applied
from tests.sheets.submissions import row as submission_of
from tests.tries import tries

NAMES, EMAILS = st.sampled_from(("Anne", "Bruno", "Zoé")), st.sampled_from(("a@exemple.example", "b@exemple.example", ""))
PICK = st.integers(0, 99)
LASTING = ("store", "suivi", "script")
"""What outlives a machine: its store; «Suivi»; nothing, and then the Apps Script unticks what merchants edit."""


class Who(NamedTuple):
    """By what a person recognises a row, wherever it stands."""

    stamp: datetime | None
    email: str
    name: str

    def recognised_as(self, before: "Who | None") -> bool:
        if before is None:
            return False
        if self.stamp is None and before.stamp is None:
            return (self.email, self.name) == (before.email, before.name)
        return self.stamp == before.stamp or self.name == before.name or self.email == before.email != ""


@dataclass(eq=False)
class Row:
    """A line of the sheet as people see it."""

    who: Who
    text: str
    ticked: bool = False
    broken: bool = False
    """True while one of its formulas is in error."""
    passed: Who | None = None
    """As the machine last knew it; None for a row it does not know."""
    was_ticked: bool = False
    """At that pass."""
    told: Who | None = None
    """As «Suivi» last told it."""

    @property
    def content(self) -> tuple[str, str]:
        return self.who.name, self.text

    def submission(self, at: int) -> Submission:
        who = self.who
        made = submission_of(
            who.name, who.stamp, self.text, self.ticked, who.email, content=not self.broken, unfinished=self.broken
        )
        return replace(made, row=at)


class Life(RuleBasedStateMachine):
    """Merchants, volunteers and machines, in any order."""

    @initialize(lasting=st.sampled_from(LASTING))
    def begin(self, lasting: str) -> None:
        self.lasting = lasting
        self.rows: list[Row] = []
        self.read: set[tuple[str, str]] = set()
        """Every content that a volunteer had before their eyes while ticking or holding the tick."""
        self.memory = Memory()
        self.tab: list[list[Cell]] = []
        """«Suivi» as it stands in the sheet."""
        self.site: dict[str, tuple[str, str]] = {}
        self.earlier: tuple[Decision, ...] = ()
        """Slug → what visitors read."""
        self.vouched: set[tuple[str, str]] = set()
        self.clock = datetime(2026, 11, 3, 8)
        self.texts = self.passes = 0
        self._rest()

    def _rest(self) -> None:
        """Nothing has happened since the last pass."""
        self.in_order = True
        """No row was moved, copied or deleted."""
        self.by_place = False
        """An edit can be recognised by its place only."""
        self.quiet = True
        """No row was edited, copied, deleted or renamed."""

    def _new_text(self) -> str:
        self.texts += 1
        return f"texte {self.texts}"

    def _look_at(self, looked_at: Row) -> None:
        if looked_at.ticked:
            self.read.add(looked_at.content)

    def _any(self, pick: int) -> Row:
        return self.rows[pick % len(self.rows)]

    def _masked(self, rows: list[Row], known: Callable[[Row], Who | None] = attrgetter("passed")) -> bool:
        """Whether an unread edit has left its Horodateur to another row that changed too: then none seems gone (CONTRACT §5)."""
        return any(
            row.ticked
            and row.content not in self.read
            and row.who.stamp != before.stamp == other.who.stamp
            and known(other) != other.who
            for row in rows
            if (before := known(row))
            for other in rows
        )

    # Merchants

    @precondition(lambda self: len(self.rows) < 6)
    @rule(name=NAMES, email=EMAILS, seconds=st.integers(0, 1))
    def submit(self, name: str, email: str, seconds: int) -> None:
        self.clock += timedelta(seconds=seconds)
        self.rows.append(Row(Who(self.clock, email, name), self._new_text()))

    @precondition(lambda self: self.rows)
    @rule(
        pick=PICK,
        name=NAMES,
        email=EMAILS,
        changed=st.sampled_from(("text", "email", "name", "both", "nothing", "back")),
        seconds=st.integers(0, 1),
    )
    def edit(self, pick: int, name: str, email: str, changed: str, seconds: int) -> None:
        edited = self._any(pick)
        if edited.who.stamp is None:
            return  # there is no answer of the form behind it
        ticked = edited.ticked and self.lasting != "script"
        who = Who(
            self.clock + timedelta(seconds=seconds),
            email if changed in ("email", "both") else edited.who.email,
            name if changed in ("name", "both") else edited.who.name,
        )
        known = who.recognised_as(edited.passed)
        in_place = edited.passed is not None and self.in_order and len({each.who for each in self.rows}) == len(self.rows)
        if ticked and not (known or in_place):
            return
        text = {"back": f"texte {1 + pick % self.texts}", "nothing": edited.text}.get(changed) or self._new_text()
        after = [replace(row, who=who, ticked=ticked, text=text) if row is edited else row for row in self.rows]
        if self._masked(after):
            return
        self.rows, self.clock = after, who.stamp
        self.by_place |= ticked and not known
        self.quiet = False

    # Volunteers

    @precondition(lambda self: len(self.rows) < 6)
    @rule(name=NAMES, email=EMAILS)
    def write_a_row_by_hand(self, name: str, email: str) -> None:
        self.rows.append(Row(Who(None, email, name), self._new_text()))

    @precondition(lambda self: self.rows)
    @rule(pick=PICK)
    def tick(self, pick: int) -> None:
        row = self._any(pick)
        row.ticked = True
        self._look_at(row)

    @precondition(lambda self: self.rows)
    @rule(pick=PICK)
    def untick(self, pick: int) -> None:
        self._any(pick).ticked = False

    @precondition(lambda self: self.rows)
    @rule(pick=PICK)
    def tick_with_the_content_before_their_eyes(self, pick: int) -> None:
        row = self._any(pick)
        if row.passed is not None and not row.broken:
            row.ticked = True
            self._look_at(row)
            submission = row.submission(0)
            self.vouched.add((identity(submission), submission.digest))

    @precondition(lambda self: self.rows)
    @rule(pick=PICK)
    def correct(self, pick: int) -> None:
        row = self._any(pick)
        row.text = self._new_text()
        self._look_at(row)

    @precondition(lambda self: self.rows and not self.by_place)
    @rule(pick=PICK, name=NAMES, email=EMAILS)
    def rename(self, pick: int, name: str, email: str) -> None:
        renamed = self._any(pick)
        after = replace(renamed, who=Who(renamed.who.stamp, email, name))
        rows = [after if row is renamed else row for row in self.rows]
        if not self._masked(rows) and (not after.ticked or after.passed is None or after.who.recognised_as(after.passed)):
            self.rows = rows
            self._look_at(after)
            self.in_order = self.quiet = False

    @precondition(lambda self: self.rows)
    @rule(pick=PICK)
    def break_or_mend_a_formula(self, pick: int) -> None:
        row = self._any(pick)
        row.broken = not row.broken

    @precondition(lambda self: not self.by_place)
    @rule(key=st.sampled_from((lambda row: row.who.name, lambda row: row.text, lambda row: row.who.email)))
    def sort(self, key) -> None:
        self.rows.sort(key=key)
        self.in_order = False

    @precondition(lambda self: self.rows and not self.by_place)
    @rule(pick=PICK)
    def delete(self, pick: int) -> None:
        self.rows.remove(self._any(pick))
        self.in_order = self.quiet = False

    @precondition(lambda self: 0 < len(self.rows) < 6 and not self.by_place)
    @rule(pick=PICK, at=PICK)
    def copy(self, pick: int, at: int) -> None:
        rows = list(self.rows)
        rows.insert(at % (len(rows) + 1), replace(self._any(pick), passed=None, told=None, was_ticked=False))
        if not self._masked(rows):
            self.rows = rows
            self.in_order = self.quiet = False

    # Machines

    @rule()
    def lose_the_store(self) -> None:
        if self.lasting == "store":
            return
        if self._masked(self.rows, attrgetter("told")) or any(
            row.ticked and row.content not in self.read and not row.who.recognised_as(row.told) for row in self.rows
        ):
            return
        self.memory, self.site = Memory(), {}
        self.in_order = self.quiet = False
        for row in self.rows:
            row.passed = row.told

    @rule(written=st.booleans())
    def sync(self, written: bool) -> None:
        submissions = [row.submission(at) for at, row in enumerate(self.rows, start=2)]
        said = suivi.parse(self.tab) if self.lasting == "suivi" else ()
        self.passes += 1
        memory = Memory.from_json(self.memory.to_json())
        outcome = decide(memory, submissions, NOW + timedelta(days=self.passes), said, accept_drop=True, vouched=self.vouched)
        again = self._again(submissions, said)
        assert again == outcome
        before, self.site = self.site, {}
        shows = [decision.show for decision in outcome.decisions]
        for row, decision in zip(self.rows, outcome.decisions, strict=True):
            if decision.show is not Show.NOTHING:
                assert decision.slug not in self.site, "two fiches have one address"
                self.site[decision.slug] = row.content if decision.show is Show.NEW else before[decision.slug]
                assert row.ticked, "an unticked row is shown"
        assert set(self.site.values()) <= self.read, "something is public that no volunteer has read"
        assert not {slug_digest(slug) for slug in self.site} & outcome.withdrawn
        assert {slug_digest(slug) for slug in before.keys() - self.site.keys()} <= outcome.withdrawn
        assert memory.fresh or memory.gone <= outcome.memory.gone
        self._check_what_must_be_online(submissions, shows)
        if written and self.lasting == "suivi":
            wanted = suivi.Clerk().lines(outcome.decisions)
            self.tab = applied(self.tab, suivi.updates(self.tab, wanted))
            assert {line.mark for line in wanted} == {line.mark for line in suivi.parse(self.tab)}
            assert not suivi.updates(self.tab, wanted)
        for row in self.rows:
            row.passed, row.was_ticked = row.who, row.ticked
            if written:
                row.told = row.who
        self.memory, self.earlier, self.vouched = again.memory, again.decisions, set()
        self.clock += timedelta(seconds=1)
        self._rest()

    def _again(self, submissions: list[Submission], said: Sequence[suivi.SuiviLine]) -> Outcome:
        """What is decided of the same pass where lines that are as they were are the same objects."""
        known = {submission.row: submission for submission in (each.submission for each in self.earlier)}
        kept = [known[each.row] if known.get(each.row) == each else each for each in submissions]
        now = NOW + timedelta(days=self.passes)
        return decide(self.memory, kept, now, said, accept_drop=True, vouched=self.vouched, before=self.earlier)

    def _check_what_must_be_online(self, submissions: list[Submission], shows: list[Show]) -> None:
        """Ordinary ticks, held ticks of an unchanged row that was read, and what was ticked on /feuille."""
        alike = len({row.who for row in self.rows}) < len(self.rows)
        for row, submission, show in zip(self.rows, submissions, shows, strict=True):
            vouched = (identity(submission), submission.digest) in self.vouched
            ordinary = self.quiet and not alike and not row.was_ticked
            if row.ticked and not row.broken and (vouched or ordinary):
                assert show is Show.NEW, "a tick is not obeyed"


TestLife = Life.TestCase
TestLife.settings = tries(300, stateful_step_count=30, derandomize=True, suppress_health_check=list(HealthCheck))

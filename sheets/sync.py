"""One pass from the sheet to the snapshot."""

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from itertools import repeat
from typing import Any, NoReturn

import schema
from fields.cell import slugify
from fields.date import paris_day
from fields.points import points_of
from schema import Site
from settings import DEFAULT_WORKBOOK, Settings
from sheets import approval, demo, heap, pictures, rows, snapshot, suivi, tabs
from sheets.approval import Decision, Memory, Show, State
from sheets.changes import Change, changes, in_short
from sheets.client import Book
from sheets.duplicates import Likeness, duplicates
from sheets.enrichment import Enrichment, Record
from sheets.geocoding import Geocoding
from sheets.lease import Lease
from sheets.outage import public
from sheets.photos import Photos
from sheets.problems import OtherWriter, Problem, SheetError, StoreUnreadable, StoreUnwritable, at
from sheets.rows import Submission
from sheets.snapshot import Article, Live, Snapshot, Store
from sheets.workbook import Workbook

log = logging.getLogger("conso.sync")


@dataclass(frozen=True)
class Report:
    """What one pass found. Holds private rows: never stored, never sent to a visitor."""

    decisions: tuple[Decision, ...] = ()
    problems: tuple[Problem, ...] = ()
    """Everything to mend, tab by tab, in the order of the sheet."""
    remarks: Mapping[int, Problem] = field(default_factory=dict)
    """Likely duplicates, by line."""
    edits: Mapping[int, tuple[Change, ...]] = field(default_factory=dict)
    """What a merchant changed since what is online, by line."""
    unconfirmed: Mapping[int, int] = field(default_factory=dict)
    """Days since it was verified, of every fiche online that is to be confirmed, by line."""
    waiting: Mapping[int, int] = field(default_factory=dict)
    """Days since they came, of the lines that wait for a tick longer than the team means them to, by line."""
    articles: int = 0
    seconds: float = 0.0

    def __str__(self) -> str:
        states = Counter(decision.state for decision in self.decisions)
        online = sum(decision.show is not Show.NOTHING for decision in self.decisions)
        return (
            f"sync : {len(self.decisions)} lignes, {online} en ligne, {states[State.WAITING]} en attente, "
            f"{states[State.BLOCKED]} bloquées, {self.articles} articles, {self.seconds:.1f} secondes"
        )


@dataclass(frozen=True)
class _Online:
    """What the last pass allows, before anything from elsewhere is added to it."""

    records: Sequence[Record]
    site: Site
    articles: Sequence[Article]
    withdrawn: frozenset[str]
    memory: Memory


class Sync:
    """Reads the sheet and shows what it allows. One per process; passes never overlap."""

    def __init__(
        self, settings: Settings, live: Live, store: Store, workbook: Workbook | None = None, photos: Photos | None = None
    ):
        self.settings = settings
        self.live = live
        self.store = store
        self.workbook = workbook
        self.report = Report()
        self.book = Book(settings, workbook.spreadsheet() if workbook else None)
        self._reader = rows.Reader()
        self._likeness = Likeness()
        self._clerk = suivi.Clerk()
        self._lock = threading.Lock()
        self._memory = Memory()
        self._saved = ""
        """The memory as it is stored."""
        self._mark: str | None = None
        """That of the store as this process last read or wrote it; None before it has."""
        self.lease: Lease | None = None
        """Asked before each pass of a loop; a single pass that somebody runs by hand needs none."""
        self._photos = photos or Photos(store)
        self._enrichment = Enrichment([Geocoding(settings.geocoder_url, store), self._photos])
        self._online: _Online | None = None
        self._recorded: Mapping[int, tuple[Decision, Record]] = {}
        """By id of the decision, which is held, the record of each that shows what it read."""
        self._drafts: Sequence[Article] = ()
        self._suivi: tuple[str, tabs.Values] | None = None
        self.responses_title = ""
        """The responses tab's own title, once a pass has found it."""

    @property
    def account(self) -> str:
        """Another one where the memory of approvals was lost and begun anew: `Decision.known_as` holds within one only."""
        return self._memory.salt

    def restore(self) -> None:
        """Shows what is stored, so that the site stands before the sheet is read. A store that does not answer is asked again by the first pass."""
        try:
            self._catch_up()
        except StoreUnreadable as error:
            log.error("%s", error.message)
            self.live.failed(error.kind, public(error.message, self.settings), datetime.now(UTC))

    def follow(self) -> None:
        """Shows what another writer stores. Raises StoreUnreadable."""
        with self._lock:
            self._catch_up()
            with _read_from(self.store):
                self.live.heartbeat = self.store.load_heartbeat()

    def _catch_up(self) -> None:
        """Reads the store where it is not as this process left it: at start, or after another's pass, such as `sync --accept-drop`.

        Raises StoreUnreadable: without its memory of approvals a pass would take an edited fiche for one just read by a volunteer.
        """
        with _read_from(self.store):
            mark = self.store.mark()
            if mark == self._mark:
                return
            if self._mark is None:
                self.live.heartbeat = self.store.load_heartbeat()
            try:
                stored = self.store.load()
                memory = Memory.from_json(stored[1]) if stored else None
            except ValueError as error:
                log.warning("stockage laissé de côté : %s", error)
                stored = memory = None
        self._mark, self._saved = mark, ""
        if stored is None or memory is None:
            return
        self._memory, self._saved = memory, stored[1]
        if self.live.snapshot is None or self.live.snapshot.version != stored[0].version:
            self.live.show(stored[0])

    def look(self) -> None:
        """Reads the sheet and changes nothing.

        Raises SheetError where no site can be made of it.
        """
        read = self._read()
        self._reader.read(*read[schema.RESPONSES])

    def check(self) -> list[Problem]:
        """Everything to mend, duplicates included, without showing or storing anything.

        Raises SheetError.
        """
        read = self._read()
        title = read[schema.RESPONSES][0]
        submissions, problems = self._reader.read(*read[schema.RESPONSES])
        problems = [
            *problems,
            *(problem for submission in submissions for problem in (*submission.problems, *self._lacking(submission, title))),
            *duplicates(submissions, title).values(),
        ]
        self._team(read, None, problems, accept_drop=False)
        return problems

    def once(self, accept_drop: bool = False, vouched: Collection[tuple[str, str]] = ()) -> Report:
        """One pass. The last good snapshot stays where it fails.

        Raises SheetError with what to do about it, already told to `/readyz`; OtherWriter, told to nobody, where another process writes.
        """
        with self._lock, heap.growing():
            started = time.perf_counter()
            now, calls = datetime.now(UTC), self.book.calls
            try:
                self._stand_down_for_another()
                self._catch_up()
                report, changed = self._pass(now, accept_drop or self.settings.accept_drop, vouched)
            except OtherWriter:
                raise
            except SheetError as error:
                self.live.failed(error.kind, public(error.message, self.settings), now, self.book.calls - calls)
                self._save_heartbeat()
                raise
            grown = changed or report.decisions != self.report.decisions
            self.report = replace(report, seconds=time.perf_counter() - started)
            states = Counter(decision.state.value for decision in report.decisions)
            self.live.succeeded(now, states, self.book.calls - calls, self.report.seconds)
            self._save_heartbeat()
            if self.settings.write_suivi:
                self._write_suivi(now)
            if grown:
                heap.settle()
            if self._online is not None:
                self._enrichment.start(self._online.records, self._show_learnt)
            return self.report

    def _stand_down_for_another(self) -> None:
        try:
            other = self.lease.other() if self.lease else None
        except OSError as error:
            raise self._unwritable(error) from error
        if other is not None:
            raise OtherWriter(
                f"Un autre processus ({other}) écrit déjà dans ce stockage : celui-ci attend, et montre ce que l'autre range. "
                "Arrêtez l'un des deux, ou mettez CONSO_SYNC=off à l'un."
            )

    def _unwritable(self, error: OSError) -> StoreUnwritable:
        return StoreUnwritable(
            f"Le stockage {self.store.url} ne peut pas être écrit ({error.strerror or error}) : faites-y de la place, ou changez CONSO_STORE."
        )

    def finish_learning(self, seconds: float = 45.0) -> None:
        """Waits until what the last pass set out to learn, such as the points of new addresses, is online."""
        self._enrichment.wait(seconds)

    def illustrated(self, content: Record) -> Record:
        """A submission's content with our own copy of its photo, where there is one."""
        return self._photos.apply(content)

    def _show_learnt(self) -> None:
        with self._lock, heap.growing():
            if self._online is None:
                return
            try:
                before = self.live.snapshot
                if self._publish(self._online, datetime.now(UTC)) is not before:
                    heap.settle()
            except SheetError as error:
                log.warning("%s", error.message)

    def _pass(self, now: datetime, accept_drop: bool, vouched: Collection[tuple[str, str]]) -> tuple[Report, bool]:
        read = self._read(accept_drop)
        self.responses_title = read[schema.RESPONSES][0]
        before = self.live.snapshot
        submissions, problems = self._reader.read(*read[schema.RESPONSES], needed=() if accept_drop else rows.NEEDED)
        self._suivi = read.get(schema.SUIVI_TAB)
        remembered = self._remembered() if self._memory.fresh else ()
        outcome = approval.decide(self._memory, submissions, now, remembered, accept_drop, vouched, self.report.decisions)
        recorded = list(_records(outcome.decisions, before, self._memory, now, self._recorded))
        records = [record for _, record in recorded]
        of_the_team: list[Problem] = []
        site, articles = self._team(read, before, of_the_team, accept_drop)
        self._online = _Online(records, site, articles, outcome.withdrawn, outcome.memory)
        self._photos.watch(pictures.of(site, articles))
        new = self._publish(self._online, now)
        self._recorded = {id(decision): (decision, record) for decision, record in recorded if decision.show is Show.NEW}
        self.live.drafts.keep(self._drafts)
        decisions = tuple(map(self._told, outcome.decisions))
        told = (problem for decision in decisions for problem in decision.submission.problems)
        kind = schema.ARTICLE_TYPES[0]
        report = Report(
            decisions,
            (*problems, *told, *of_the_team),
            duplicates(submissions, self.responses_title, self._likeness),
            _edits(decisions, new, self._photos.apply),
            _unconfirmed(decisions, site, now),
            _waiting(decisions, site, now),
            sum(item.type == kind for item in articles),
        )
        return report, new is not before

    def _remembered(self) -> Sequence[suivi.SuiviLine]:
        """What the lines of «Suivi» say, where it is the app that keeps them."""
        return self._clerk.parse(self._suivi[1]) if self._suivi and self.settings.write_suivi else ()

    def _publish(self, online: _Online, now: datetime) -> Snapshot:
        """Stores and shows this with what is remembered from elsewhere; the snapshot there was where it is the same.

        Raises StoreUnwritable; nothing is shown then.
        """
        before = self.live.snapshot
        records = self._enrichment.apply(online.records)
        site, articles, copied = pictures.copied(online.site, online.articles, self._photos.path)
        new = snapshot.build(records, site, articles, online.withdrawn, now, before, copied)
        memory = online.memory.to_json()
        if new is not before or memory != self._saved:
            try:
                if self.store.mark() != self._mark:
                    self._overtaken()
                self.store.save(new, memory)
                self._mark = self.store.mark()
            except OSError as error:
                raise self._unwritable(error) from error
        self._memory, self._saved = online.memory, memory
        self._enrichment.keep(online.records)
        self.live.show(new)
        return new

    def _overtaken(self) -> NoReturn:
        """Another has written since this pass began: what it decided stands on an old memory."""
        if self.lease is not None:
            self.lease.doubt()
        raise OtherWriter(
            "Un autre processus vient d'écrire dans ce stockage : cette passe est laissée, la prochaine en repart."
        )

    def _told(self, decision: Decision) -> Decision:
        """With what could not be found elsewhere among the problems of its line."""
        lacking = self._lacking(decision.submission, self.responses_title) if decision.show is Show.NEW else []
        if not lacking:
            return decision
        return replace(decision, submission=replace(decision.submission, problems=(*decision.submission.problems, *lacking)))

    def _lacking(self, submission: Submission, title: str) -> list[Problem]:
        faults = self._enrichment.faults(submission.content) if submission.content is not None and submission.ticked else []
        return [problem for key, fault in faults for problem in at(title, submission.row, schema.BY_KEY[key], [fault])]

    def _read(self, accept_drop: bool = False) -> dict[schema.Tab, tuple[str, tabs.Values]]:
        read = self.book.read(
            {
                schema.RESPONSES: self.settings.responses_tab,
                schema.MAG_TAB: None,
                schema.REGLAGES_TAB: None,
                schema.SUIVI_TAB: None,
            }
        )
        if schema.RESPONSES not in read and accept_drop:
            read[schema.RESPONSES] = ("", ())
        if schema.RESPONSES not in read:
            raise tabs.missing(schema.RESPONSES, self.book.titles, self.settings.responses_tab)
        return read

    def _team(
        self,
        read: Mapping[schema.Tab, tuple[str, tabs.Values]],
        before: Snapshot | None,
        problems: list[Problem],
        accept_drop: bool,
    ) -> tuple[Site, Sequence[Article]]:
        """The team's two tabs. One that is gone, or empty at once, keeps what it last said and is told."""
        title, values = read.get(schema.REGLAGES_TAB, (schema.REGLAGES_TAB.name, ()))
        if values:
            site, said = rows.site(title, values)
            problems += said
            problems += pictures.site_problems(title, values, site, self._photos.fault)
        else:
            site = before.site if before and not accept_drop else Site()
            problems.append(
                Problem(
                    title,
                    0,
                    "onglet",
                    "vide" if schema.REGLAGES_TAB in read else "absent",
                    "créez cet onglet, ou rendez-lui son nom et ses lignes ; en attendant, les réglages ne changent pas",
                )
            )
        if schema.MAG_TAB in read:
            try:
                written, said = rows.mag(*read[schema.MAG_TAB])
            except SheetError as error:
                problems.append(Problem(schema.MAG_TAB.name, 1, "en-têtes", "", error.message))
            else:
                ticked = [(row, typed) for row, typed in written if typed["publie"]]
                problems += said
                problems += pictures.article_problems(read[schema.MAG_TAB][0], ticked, self._photos.fault)
                articles = _articles(ticked)
                self._drafts = _articles((each for each in written if not each[1]["publie"]), articles)
                return site, articles
        else:
            problems.append(
                Problem(
                    schema.MAG_TAB.name,
                    0,
                    "onglet",
                    "absent",
                    "créez cet onglet, ou rendez-lui son nom ; en attendant, le Mag ne change pas",
                )
            )
        return site, before.articles if before and not accept_drop else ()

    def _write_suivi(self, now: datetime) -> None:
        """Tells the volunteers in the sheet. Publication never waits for it."""
        report = self.report
        changed = {row: in_short(found) for row, found in report.edits.items()}
        lines = self._clerk.lines(report.decisions, report.remarks, changed, report.unconfirmed, report.waiting)
        try:
            if self._suivi is None:
                self.book.add_tab(schema.SUIVI_TAB.name, suivi.table(lines), self.responses_title)
            else:
                title, values = self._suivi
                changes = suivi.updates(values, lines, self._remembered())
                if changes:
                    self.book.write(title, changes, self.responses_title)
        except SheetError as error:
            log.warning("Suivi : %s", error.message)

    def _save_heartbeat(self) -> None:
        try:
            self.store.save_heartbeat(self.live.heartbeat)
        except OSError as error:
            log.warning("état de la passe non enregistré : %s", error)


@contextmanager
def _read_from(store: Store) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StoreUnreadable(
            f"Le stockage {store.url} ne répond pas ({error.strerror or type(error).__name__}) : vérifiez CONSO_STORE et son accès. "
            "Le site garde ce qu'il montre, et réessaie tout seul."
        ) from error


def opened(settings: Settings, live: Live) -> Sync:
    """The way from these settings' sheet to these settings' store. The default workbook is made from the demo where it is missing.

    Raises SheetError where the demo cannot be written.
    """
    if settings.workbook is None:
        return Sync(settings, live, Store(settings.store))
    made = settings.sync and settings.workbook == DEFAULT_WORKBOOK and demo.ensure(settings.workbook)
    workbook = Workbook(settings.workbook, settings.workbook.parent)
    sync = Sync(settings, live, Store(settings.store), workbook)
    if made:
        sync.restore()
        sync.once()
        for match, values in demo.modifications():
            workbook.amend(schema.RESPONSES.name, match, values)
        workbook.flush()
    return sync


def _records(
    decisions: Iterable[Decision],
    before: Snapshot | None,
    memory: Memory,
    now: datetime,
    recorded: Mapping[int, tuple[Decision, Record]],
) -> Iterator[tuple[Decision, Record]]:
    """The public records, in the order of the sheet. `memory` and `recorded` are those of the pass before.

    `updated_at` moves only with the content, and not with what is added to it from elsewhere.
    """
    moment = now.replace(microsecond=0)
    shown = [
        (decision.slug, decision) for decision in decisions if decision.show is not Show.NOTHING and decision.slug is not None
    ]
    kept = before.known(slug for slug, decision in shown if decision.show is Show.KEPT) if before else repeat(None)
    approved: Mapping[str, str] = {}
    updated: Mapping[str, datetime] = {}
    if any(decision.show is Show.NEW and id(decision) not in recorded for _, decision in shown):
        approved = {entry.slug: entry.approved for entry in memory.entries if entry.shown}
        updated = before.updated if before else {}
    for slug, decision in shown:
        if decision.show is Show.KEPT:
            if (known := next(kept)) is not None:
                yield decision, known | {"verifie_le": decision.verified, "points": points_of(known)}
            continue
        if id(decision) in recorded:
            yield recorded[id(decision)]
            continue
        content = decision.submission.content or {}
        same = approved.get(slug) == decision.submission.digest
        record = {
            **content,
            "slug": slug,
            "points": points_of(content),
            "verifie_le": decision.verified,
            "parue_le": decision.first_approved,
            "updated_at": updated.get(slug, moment) if same else moment,
        }
        yield decision, record


def _edits(
    decisions: Iterable[Decision], shown: Snapshot, with_photo: Callable[[Record], Record]
) -> dict[int, tuple[Change, ...]]:
    """What differs between what is online and what a merchant has since written, by line."""
    edits = {}
    for decision in decisions:
        online = shown.fiche(decision.slug) if decision.slug and decision.show is Show.KEPT else None
        if online is not None and decision.submission.content is not None:
            edits[decision.submission.row] = changes(online, with_photo(decision.submission.content))
    return edits


def _unconfirmed(decisions: Iterable[Decision], site: Site, now: datetime) -> dict[int, int]:
    """What the team should ask its merchants again: days since it was verified, by line."""
    today = paris_day(now)
    ages = {
        each.submission.row: site.unconfirmed_days(each.verified, today) for each in decisions if each.state is State.ONLINE
    }
    return {row: days for row, days in ages.items() if days}


def _waiting(decisions: Iterable[Decision], site: Site, now: datetime) -> dict[int, int]:
    """Days that the team has let a line wait, where they are more than it means to, by line.

    A new line waits from its Horodateur, also where the app was installed later; an edit from when it was seen.
    """
    ages = {}
    for decision in decisions:
        if decision.state in (State.WAITING, State.EDITED):
            came = [decision.since]
            if decision.state is State.WAITING and (stamp := decision.submission.values["horodateur"]):
                came.append(stamp)
            days = max((paris_day(now) - _day(moment)).days for moment in came)
            if days > site.waiting_days:
                ages[decision.submission.row] = days
    return ages


def _day(moment: datetime) -> date:
    return paris_day(moment) if moment.tzinfo else moment.date()


def _articles(typed: Iterable[tuple[int, Mapping[str, Any]]], others: Iterable[Article] = ()) -> list[Article]:
    """Newest first, undated last; of two with one title, the older keeps the plain slug, and one of `others` before both."""
    oldest_first = sorted(typed, key=lambda each: (each[1]["date"] is None, each[1]["date"] or 0, each[0]))
    taken = {other.slug for other in others}
    articles = []
    for _, values in oldest_first:
        base = slugify(values["titre"]) or "article"
        slug = next(name for name in (base, *(f"{base}-{number}" for number in range(2, 10_000))) if name not in taken)
        taken.add(slug)
        articles.append(
            Article(slug, *(values[key] for key in ("titre", "chapo", "texte", "image", "auteur", "date", "rubrique", "type")))
        )
    dated = [article for article in articles if article.date is not None]
    return dated[::-1] + [article for article in articles if article.date is None]

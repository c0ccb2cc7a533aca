"""One pass from the sheet to the snapshot; the last good site under every fault; the loop's waits; what the store holds."""

import json
import logging
import random
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import schema
from settings import Settings
from sheets import heap, suivi
from sheets.client import Book
from sheets.follower import Follower
from sheets.loop import LONGEST_WAIT, Loop
from sheets.outage import public
from sheets.problems import (
    AccessDenied,
    BrokenAnswer,
    HeaderMissing,
    HeldDrop,
    QuotaExceeded,
    SheetError,
    SheetNotFound,
    SheetUnreachable,
    TabMissing,
    TimedOut,
)
from sheets.snapshot import Heartbeat, Live, Store
from sheets.sync import Sync
from sheets.xlsx import create
from tests.google import Call, Fault, SheetsServer, faults
from tests.google.server import EMAIL, Refused
from tests.sheets.sheets import RESPONSES, Embedded, Tab, fiches, google, mag, names, states, stored, table

NAMES = [f"Maison {letter}" for letter in "ABCDEFGHIJ"]


def shops(count: int = 3, **cells: Any) -> Tab:
    """Ticked lines that may be online."""
    return table(
        {"Horodateur": 46328.5 + place, "Nom": name, "E-mail": f"{name[-1]}@prive.example", **cells}
        for place, name in enumerate(NAMES[:count])
    )


def cell(tab: Tab, row: int, header: str, value: Any) -> None:
    """Sets a cell; rows count from 1 as in the sheet."""
    tab[row - 1][tab[0].index(header)] = value


@pytest.fixture
def server() -> Iterator[SheetsServer]:
    tabs = {
        RESPONSES: shops(),
        "Mag": mag({"titre": "Bonjour", "texte": "le monde", "date": 46328, "publié": True}),
        "Réglages": [["clé", "valeur"], ["nom du site", "Conso Essai"]],
    }
    with SheetsServer(tabs) as running:
        yield running


@pytest.fixture
def settings(server: SheetsServer, tmp_path: Path) -> Settings:
    return google(server, tmp_path)


def process(settings: Settings) -> Sync:
    """A process that starts: what is stored is shown before the sheet is read."""
    sync = Sync(settings, Live(), Store(settings.store))
    sync.restore()
    return sync


@pytest.fixture
def sync(settings: Settings) -> Sync:
    return process(settings)


def refusal(sync: Sync) -> SheetError:
    with pytest.raises(SheetError) as caught:
        sync.once()
    return caught.value


def reads(server: SheetsServer) -> list[str]:
    return [call.path.rpartition(server.key)[2] for call in server.calls]


# An ordinary pass


def test_a_pass_shows_what_is_ticked_and_tells_the_figures(sync: Sync, server: SheetsServer) -> None:
    cell(server.tabs[RESPONSES], 3, "approved", False)
    report = sync.once()
    assert names(sync) == ["Maison A", "Maison C"]
    assert str(report).startswith("sync : 3 lignes, 2 en ligne, 1 en attente, 0 bloquées, 1 articles, ")
    assert sync.live.snapshot is not None
    assert sync.live.snapshot.site.name == "Conso Essai"
    assert sync.live.snapshot.articles[0].titre == "Bonjour"


def test_a_steady_pass_is_one_call_whatever_the_sheet_holds(sync: Sync, server: SheetsServer) -> None:
    for _ in range(4):
        sync.once()
    assert reads(server) == [""] + ["/values:batchGet"] * 4
    assert server.asked_tokens == 1


def test_the_same_sheet_makes_the_same_version_and_stores_nothing(sync: Sync, server: SheetsServer, settings: Settings) -> None:
    """Also where hours are not understood, whose blank the sheet and the snapshot write otherwise."""
    server.tabs[RESPONSES] = shops(Horaires="quand la lanterne est allumée", Labels="AOP, IGP")
    sync.once()
    before, mark = sync.live.snapshot, Store(settings.store).mark()
    assert before is not None
    later = datetime.now(UTC) + timedelta(hours=3)
    sync._pass(later, False, ())
    assert sync.live.snapshot is before
    assert Store(settings.store).mark() == mark


def test_updated_at_moves_with_the_content_alone(sync: Sync, server: SheetsServer) -> None:
    sync.once()
    before = fiches(sync)
    cell(server.tabs[RESPONSES], 2, "Adresse", "14 rue des Lices")
    later = (datetime.now(UTC) + timedelta(hours=3)).replace(microsecond=0)
    sync._pass(later, False, ())
    after = fiches(sync)
    assert after["Maison A"]["updated_at"] == later
    assert after["Maison A"]["parue_le"] == before["Maison A"]["parue_le"]
    assert {name: after[name] for name in NAMES[1:3]} == {name: before[name] for name in NAMES[1:3]}


def test_articles_are_newest_first_and_the_older_of_one_title_keeps_the_plain_address(sync: Sync, server: SheetsServer) -> None:
    text = {"texte": "…", "publié": True}
    server.tabs["Mag"] = mag(
        {"titre": "Noël", "date": 46370, **text},
        {"titre": "Sans date", **text},
        {"titre": "Noël", "date": 46005, **text},
        {"titre": "Brouillon", "texte": "secret de brouillon", "publié": False},
        {"titre": "Crise", "type": "page", "date": 46100, **text},
    )
    report = sync.once()
    assert sync.live.snapshot is not None
    assert [item.slug for item in sync.live.snapshot.articles] == ["noel-2", "crise", "noel", "sans-date"]
    assert report.articles == 3
    assert b"secret de brouillon" not in stored(Path(sync.store.url))


def test_check_says_everything_and_changes_nothing(sync: Sync, server: SheetsServer, settings: Settings) -> None:
    cell(server.tabs[RESPONSES], 2, "Code postal", "4900")
    cell(server.tabs[RESPONSES], 3, "E-mail", "pas-une@@adresse")
    cell(server.tabs[RESPONSES], 4, "Nom", "Maison B")
    server.tabs["Réglages"].append(["zoom", "grand"])
    said = [str(problem) for problem in sync.check()]
    assert "Réponses au formulaire 1, ligne 2, «Code postal» : «4900» — 5 chiffres attendus" in said
    assert not any("pas-une" in line for line in said)
    assert any("ligne 3, «E-mail» : «valeur privée»" in line for line in said)
    assert sum("doublon possible" in line for line in said) == 2
    assert any(line.startswith("Réglages, ligne 3, «zoom» : «grand»") for line in said)
    assert sync.live.snapshot is None
    assert not Path(settings.store).exists()


# The last good site


SPOILT = [
    pytest.param(faults.quota(), QuotaExceeded, id="429"),
    pytest.param(faults.quota(retry_after=7), QuotaExceeded, id="429 with Retry-After"),
    pytest.param(faults.server_error(), SheetUnreachable, id="500"),
    pytest.param(faults.unavailable(), SheetUnreachable, id="503"),
    pytest.param(faults.bad_gateway(), SheetUnreachable, id="502"),
    pytest.param(faults.hang(5), TimedOut, id="hang"),
    pytest.param(faults.drip(0.02), TimedOut, id="drip"),
    pytest.param(faults.truncated(), BrokenAnswer, id="truncated"),
    pytest.param(faults.cut(), SheetUnreachable, id="cut"),
    pytest.param(faults.reset(), SheetUnreachable, id="reset"),
    pytest.param(faults.forbidden(), AccessDenied, id="403"),
    pytest.param(faults.not_found(), SheetNotFound, id="404"),
]


@pytest.mark.slow
@pytest.mark.parametrize(("fault", "error"), SPOILT)
def test_a_fault_of_google_leaves_the_last_good_site_and_is_told(
    sync: Sync, server: SheetsServer, monkeypatch: pytest.MonkeyPatch, fault: Fault, error: type[SheetError]
) -> None:
    monkeypatch.setattr(Book, "call_seconds", 0.4)
    sync.once()
    shown, succeeded = sync.live.snapshot, sync.live.heartbeat.succeeded_at
    cell(server.tabs[RESPONSES], 2, "Adresse", "ailleurs")
    with server.faults.standing(fault):
        said = refusal(sync)
    assert isinstance(said, error)
    assert sync.live.snapshot is shown
    assert sync.live.heartbeat.succeeded_at == succeeded
    assert sync.live.heartbeat.error is not None
    assert (sync.live.heartbeat.error["kind"], sync.live.heartbeat.error["message"]) == (
        said.kind,
        public(said.message, sync.settings),
    )
    assert EMAIL not in sync.live.heartbeat.error["message"]
    assert sync.store.load_heartbeat() == sync.live.heartbeat
    assert server.key not in said.message
    sync.once()
    assert sync.live.heartbeat.error is None
    assert fiches(sync)["Maison A"]["adresse"] == "ailleurs"
    assert sync.store.load_heartbeat() == sync.live.heartbeat


def no_tab(server: SheetsServer) -> None:
    del server.tabs[RESPONSES]


def renamed(server: SheetsServer) -> None:
    server.tabs = {"Marchands": server.tabs[RESPONSES], **{title: server.tabs[title] for title in ("Mag", "Réglages")}}


def emptied(server: SheetsServer) -> None:
    server.tabs[RESPONSES] = []


def header_moved(server: SheetsServer) -> None:
    server.tabs[RESPONSES].insert(0, ["Fiches à relire cette semaine"])


def header_gone(server: SheetsServer) -> None:
    server.tabs[RESPONSES].pop(0)


def no_ticks(server: SheetsServer) -> None:
    cell(server.tabs[RESPONSES], 1, "approved", "vu par")


def most_gone(server: SheetsServer) -> None:
    server.tabs[RESPONSES] = server.tabs[RESPONSES][:5]


DAMAGES = [
    (no_tab, TabMissing),
    (renamed, TabMissing),
    (emptied, HeaderMissing),
    (header_moved, HeaderMissing),
    (header_gone, HeaderMissing),
    (no_ticks, HeaderMissing),
    (most_gone, HeldDrop),
]


@pytest.mark.parametrize(("damage", "error"), DAMAGES, ids=lambda each: each.__name__)
def test_a_damaged_sheet_is_held_until_it_is_mended(
    sync: Sync, server: SheetsServer, damage: Callable[[SheetsServer], None], error: type[SheetError]
) -> None:
    server.tabs[RESPONSES] = shops(10)
    sync.once()
    shown, before = sync.live.snapshot, {title: [list(row) for row in tab] for title, tab in server.tabs.items()}
    damage(server)
    for _ in range(2):
        assert type(refusal(sync)) is error
        assert sync.live.snapshot is shown
        assert sync.live.heartbeat.error is not None
        assert sync.live.heartbeat.error["kind"] == error.kind
    server.tabs = before
    report = sync.once()
    assert sync.live.snapshot is shown
    assert set(states(sync).values()) == {"en ligne"}
    assert len(report.decisions) == 10


@pytest.mark.parametrize(("damage", "left"), [(no_tab, 0), (emptied, 0), (header_gone, 0), (no_ticks, 0), (most_gone, 4)])
def test_accept_drop_obeys_what_was_held(
    sync: Sync, server: SheetsServer, damage: Callable[[SheetsServer], None], left: int
) -> None:
    server.tabs[RESPONSES] = shops(10)
    sync.once()
    damage(server)
    refusal(sync)
    sync.once(accept_drop=True)
    assert names(sync) == NAMES[:left]
    assert sync.live.heartbeat.error is None


def test_half_of_the_lines_may_go_at_once(sync: Sync, server: SheetsServer) -> None:
    server.tabs[RESPONSES] = shops(10)
    sync.once()
    server.tabs[RESPONSES] = shops(5)
    sync.once()
    assert names(sync) == NAMES[:5]


def test_a_message_of_a_moved_header_says_where_it_went(sync: Sync, server: SheetsServer) -> None:
    header_moved(server)
    assert "ils sont à la ligne 2" in refusal(sync).message


def test_a_missing_tab_is_told_with_those_that_are_there_and_the_setting(sync: Sync, server: SheetsServer) -> None:
    renamed(server)
    said = refusal(sync).message
    assert all(word in said for word in ("«Marchands»", "«Mag»", "[sheet] responses_tab"))


def test_the_settings_may_name_the_tab(server: SheetsServer, tmp_path: Path) -> None:
    renamed(server)
    sync = process(google(server, tmp_path, CONSO_RESPONSES_TAB="marchands"))
    sync.once()
    assert names(sync) == NAMES[:3]
    assert sync.responses_title == "Marchands"


@pytest.mark.parametrize("title", ["Form Responses 1", "Réponses", "reponses au  formulaire 1"])
def test_a_known_name_of_the_tab_is_recognised(sync: Sync, server: SheetsServer, title: str) -> None:
    sync.once()
    server.tabs = {title: server.tabs[RESPONSES], **{name: server.tabs[name] for name in ("Mag", "Réglages")}}
    sync.once()
    assert set(states(sync).values()) == {"en ligne"}


@pytest.mark.parametrize("tab", ["Mag", "Réglages"])
@pytest.mark.parametrize("rows", [None, []], ids=["gone", "emptied"])
def test_a_tab_of_the_team_that_is_gone_keeps_what_it_last_said(
    sync: Sync, server: SheetsServer, tab: str, rows: Tab | None
) -> None:
    sync.once()
    shown = sync.live.snapshot
    if rows is None:
        del server.tabs[tab]
    else:
        server.tabs[tab] = rows
    report = sync.once()
    assert sync.live.snapshot is shown
    assert [problem for problem in report.problems if problem.tab == tab]


def test_a_tab_of_the_team_that_was_never_there_is_no_fault(sync: Sync, server: SheetsServer) -> None:
    del server.tabs["Mag"], server.tabs["Réglages"]
    sync.once()
    assert names(sync) == NAMES[:3]
    assert sync.live.snapshot is not None
    assert (sync.live.snapshot.site, sync.live.snapshot.articles) == (schema.Site(), ())


def test_articles_that_were_deleted_line_by_line_are_gone(sync: Sync, server: SheetsServer) -> None:
    sync.once()
    server.tabs["Mag"] = server.tabs["Mag"][:1]
    sync.once()
    assert sync.live.snapshot is not None
    assert sync.live.snapshot.articles == ()


# Restarts


def test_a_restart_shows_the_store_before_it_reads_the_sheet(sync: Sync, server: SheetsServer, settings: Settings) -> None:
    sync.once()
    server.faults.switch(faults.unavailable())
    restarted = process(settings)
    assert names(restarted) == NAMES[:3]
    assert restarted.live.heartbeat == sync.live.heartbeat
    assert sync.live.snapshot is not None
    assert restarted.live.snapshot is not None
    assert restarted.live.snapshot.version == sync.live.snapshot.version


def test_a_restart_forgets_no_edit(sync: Sync, server: SheetsServer, settings: Settings) -> None:
    sync.once()
    cell(server.tabs[RESPONSES], 2, "Adresse", "chez un autre")
    cell(server.tabs[RESPONSES], 2, "Horodateur", 46340.5)
    for _ in range(3):
        sync = process(settings)
        sync.once()
        assert states(sync)["Maison A"] == "modifiée : à revalider"
        assert fiches(sync)["Maison A"]["adresse"] == "12 rue des Lices"
    cell(server.tabs[RESPONSES], 2, "approved", False)
    sync.once()
    assert names(sync) == NAMES[1:3]
    cell(server.tabs[RESPONSES], 2, "approved", True)
    process(settings).once()
    assert fiches(process(settings))["Maison A"]["adresse"] == "chez un autre"


def test_a_store_that_cannot_be_read_is_told_and_made_again(
    sync: Sync, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    sync.once()
    (Path(settings.store) / Store.FILE).write_bytes(b"PAR1 spoilt PAR1")
    restarted = process(settings)
    assert restarted.live.snapshot is None
    assert "supprimez-le" in caplog.text
    restarted.once()
    assert names(process(settings)) == NAMES[:3]


def test_a_memory_that_cannot_be_read_is_told_and_made_again(sync: Sync, settings: Settings) -> None:
    sync.once()
    assert sync.live.snapshot is not None
    sync.store.save(sync.live.snapshot, json.dumps({"version": 0}))
    restarted = process(settings)
    restarted.once()
    assert names(restarted) == NAMES[:3]


def test_a_lost_store_learns_the_approvals_from_suivi(server: SheetsServer, tmp_path: Path) -> None:
    settings = google(server, tmp_path, CONSO_WRITE_SUIVI="true")
    first = process(settings)
    first.once()
    slug = fiches(first)["Maison A"]["slug"]
    cell(server.tabs[RESPONSES], 2, "Nom", "Maison Alpha")
    cell(server.tabs[RESPONSES], 3, "Adresse", "jamais relue")
    cell(server.tabs[RESPONSES], 3, "Horodateur", 46341.5)
    other = replace(settings, store=str(tmp_path / "elsewhere"))
    second = process(other)
    second.once()
    assert fiches(second)["Maison Alpha"]["slug"] == slug
    assert states(second)["Maison B"] == "modifiée : à revalider"
    assert names(second) == ["Maison Alpha", "Maison C"]
    assert b"jamais relue" not in stored(Path(other.store))


# «Suivi»


def test_suivi_is_made_and_follows(server: SheetsServer, tmp_path: Path) -> None:
    sync = process(google(server, tmp_path, CONSO_WRITE_SUIVI="true"))
    cell(server.tabs[RESPONSES], 3, "Code postal", "4900")
    sync.once()
    lines = suivi.parse(server.tabs["Suivi"])
    assert [(line.row, line.name, line.state) for line in lines] == [
        (2, "Maison A", "en ligne"), (3, "Maison B", "bloquée"), (4, "Maison C", "en ligne"),
    ]  # fmt: skip
    assert "«Code postal» : «4900» — 5 chiffres attendus" in lines[1].to_mend
    cell(server.tabs[RESPONSES], 3, "Code postal", "49100")
    cell(server.tabs[RESPONSES], 4, "approved", False)
    sync.once()
    assert [line.state for line in suivi.parse(server.tabs["Suivi"])] == ["en ligne", "en ligne", "retirée"]
    calls = len(server.calls)
    sync.once()
    assert reads(server)[calls:] == ["/values:batchGet"]


def test_suivi_names_what_a_merchant_changed(server: SheetsServer, tmp_path: Path) -> None:
    sync = process(google(server, tmp_path, CONSO_WRITE_SUIVI="true"))
    sync.once()
    cell(server.tabs[RESPONSES], 2, "Adresse", "ailleurs")
    cell(server.tabs[RESPONSES], 2, "Horodateur", 46340.5)
    sync.once()
    line = suivi.parse(server.tabs["Suivi"])[0]
    assert (line.state, line.changed) == ("modifiée : à revalider", "Adresse : 12 rue des Lices → ailleurs")


def test_publication_never_waits_for_suivi(server: SheetsServer, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    sync = process(google(server, tmp_path, CONSO_WRITE_SUIVI="true"))
    server.tabs["Suivi"] = [list(schema.SUIVI_HEADERS)]
    sync.once()
    cell(server.tabs[RESPONSES], 2, "approved", False)
    answer = server.api

    def read_only(call: Call, token: str, body: Any) -> Any:
        if call.method != "GET":
            raise Refused(faults.forbidden())
        return answer(call, token, body)

    server.api = read_only  # type: ignore[method-assign]
    sync.once()
    assert names(sync) == NAMES[1:3]
    assert sync.live.heartbeat.error is None
    assert "Suivi : " in caplog.text


# What the store holds


def test_nothing_private_unticked_or_deleted_is_in_the_store_or_the_log(
    sync: Sync, server: SheetsServer, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    server.tabs[RESPONSES] = table(
        [
            {"Nom": "La Halte", "E-mail": "prive.halte@@example.org", "Nom du contact": "Camille Exemple",
             "SIRET": "12345678901234", "note": "litige loyer", "Description": "Bar de quartier"},
            {"Nom": "L'Escale", "Horodateur": 46329.5, "approved": False, "E-mail": "escale@example.org",
             "Description": "secret avant la coche"},
            {"Nom": "La Quittée", "Horodateur": 46330.5, "Description": "bientôt supprimée"},
            {"Nom": "La Décochée", "Horodateur": 46331.5, "Description": "bientôt décochée"},
        ]
    )  # fmt: skip
    sync.once()
    del server.tabs[RESPONSES][3]
    cell(server.tabs[RESPONSES], 4, "approved", False)
    sync.once()
    assert names(sync) == ["La Halte"]
    everything = stored(Path(settings.store)).decode("utf-8", "replace") + caplog.text + "".join(map(str, sync.check()))
    assert "Bar de quartier" in everything
    for private in ("prive.halte", "Camille Exemple", "12345678901234", "litige loyer", "escale@example.org",
                    "secret avant", "La Quittée", "quittee", "bientôt", "La Décochée", "Escale"):  # fmt: skip
        assert private not in everything


def test_the_address_of_a_deleted_fiche_is_remembered_as_a_digest(sync: Sync, server: SheetsServer) -> None:
    sync.once()
    del server.tabs[RESPONSES][1]
    sync.once()
    assert sync.live.snapshot is not None
    assert sync.live.snapshot.was_withdrawn("maison-a")
    assert not sync.live.snapshot.was_withdrawn("maison-b")


def test_what_a_pass_made_is_put_aside_whether_or_not_it_shows_anything_new(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that starts again shows what was stored: its first pass changes nothing, and yet makes all its lines."""
    settled: list[int] = []
    monkeypatch.setattr(heap, "settle", lambda: settled.append(1))
    site = Embedded(tmp_path, {RESPONSES: shops(3)})
    site.sync.once()
    assert len(settled) == 1
    site.sync.once()
    assert len(settled) == 1
    shown = site.sync.live.snapshot
    site.restart()
    site.sync.once()
    assert site.sync.live.snapshot.version == shown.version  # type: ignore[union-attr]
    assert len(settled) == 2


# The loop


def test_waits_double_up_to_a_minute_with_jitter(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    loop = Loop(process(replace(settings, refresh_seconds=2.0)))
    monkeypatch.setattr(random, "uniform", lambda least, most: most)
    assert [loop._pause(None) for _ in range(8)] == [2, 4, 8, 16, 32, 60, 60, 60]
    monkeypatch.setattr(random, "uniform", lambda least, most: least)
    assert loop._pause(None) == pytest.approx(45)


@pytest.mark.parametrize(("asked", "wait"), [(7.0, 7.0), (120.0, 120.0), (3600.0, 300.0), (0.0, 0.75)])
def test_retry_after_is_a_lower_bound_up_to_five_minutes(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, asked: float, wait: float
) -> None:
    monkeypatch.setattr(random, "uniform", lambda least, most: least)
    loop = Loop(process(replace(settings, refresh_seconds=1.0)))
    assert loop._pause(asked) == pytest.approx(wait)


def test_no_wait_is_longer_than_a_minute_unless_asked(settings: Settings) -> None:
    loop = Loop(process(replace(settings, refresh_seconds=3600.0)))
    assert max(loop._pause(None) for _ in range(20)) <= LONGEST_WAIT


class Rounds:
    """A loop whose waits are noted instead of waited for, and which ends after some rounds."""

    def __init__(self, sync: Sync, rounds: int):
        self.loop = Loop(sync)
        self.waits: list[float] = []
        self._left = rounds
        self.loop._rest = self._rest  # type: ignore[method-assign]

    def _rest(self, seconds: float, mark: str, last: float) -> None:
        self.waits.append(seconds)
        self._left -= 1
        if not self._left:
            self.loop._stopping.set()

    def run(self) -> list[float]:
        self.loop.run()
        return self.waits


def test_five_refusals_are_five_reads_and_then_the_loop_goes_on(sync: Sync, server: SheetsServer) -> None:
    sync.once()
    calls = len(server.calls)
    server.faults.next(faults.quota(), times=5)
    sync.book._grids = None  # the titles too are asked again
    rounds = Rounds(sync, 7)
    waits = rounds.run()
    assert len(server.calls) - calls == 5 + 1 + 2
    assert all(0.75 * 60 <= wait <= 60 for wait in waits[:5])
    assert waits[5:] == [60, 60]
    assert rounds.loop._failures == 0  # the next fault begins with a short wait again
    assert sync.live.heartbeat.error is None


def test_an_unforeseen_error_is_logged_and_told_and_ends_nothing(sync: Sync, caplog: pytest.LogCaptureFixture) -> None:
    rounds = Rounds(sync, 2)
    passes = iter([ZeroDivisionError("privé@exemple.example"), None])

    def broken() -> Any:
        error = next(passes)
        if error:
            raise error
        return sync.once()

    rounds.loop.passes = broken
    with caplog.at_level(logging.ERROR):
        rounds.run()
    assert "passe interrompue" in caplog.text
    assert names(sync) == NAMES[:3]


def test_a_bug_is_on_readyz_without_what_it_held(sync: Sync) -> None:
    rounds = Rounds(sync, 1)
    rounds.loop.passes = lambda: 1 / 0  # type: ignore[assignment, return-value]
    rounds.run()
    assert sync.live.heartbeat.error is not None
    assert (sync.live.heartbeat.error["kind"], "journal" in sync.live.heartbeat.error["message"]) == ("bug", True)


def test_an_unchanged_workbook_is_not_read_again_and_a_saved_one_is(tmp_path: Path) -> None:
    site = Embedded(tmp_path, {RESPONSES: shops(2)})
    passes = []
    rounds = Rounds(site.sync, 4)
    rounds.loop.passes = lambda: passes.append(site.sync.once()) or passes[-1]  # type: ignore[func-returns-value]
    rounds.run()
    assert len(passes) == 1  # «Suivi», which it wrote, is no news
    site.write(shops(3))
    again = Rounds(site.sync, 2)
    again.loop.passes = rounds.loop.passes
    again.run()
    assert names(site.sync) == NAMES[:3]


class Marks:
    """A workbook whose file is another at each look, until the last of these marks stays."""

    def __init__(self, *marks: str):
        self.looks = 0
        self._marks = marks

    def mark(self) -> str:
        self.looks += 1
        return self._marks[min(self.looks, len(self._marks)) - 1]


@pytest.mark.parametrize(
    ("marks", "since", "looks"),
    [
        (("read", "saved"), 3600.0, 3),
        (("half", "more", "whole"), 3600.0, 4),
        (("read", "saved"), 0.0, None),  # the last pass has only just begun
        (("read",), 3600.0, None),
    ],
)
def test_a_saved_workbook_ends_the_wait_once_nobody_is_writing_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, marks: tuple[str, ...], since: float, looks: int | None
) -> None:
    site = Embedded(tmp_path, {RESPONSES: shops(1)})
    loop, workbook = Loop(site.sync), Marks(*marks)
    site.sync.workbook = workbook  # type: ignore[assignment]
    now = 10_000.0
    monkeypatch.setattr(time, "monotonic", lambda: now)

    def pause(seconds: float) -> bool:
        nonlocal now
        now += seconds
        return False

    loop._wake.wait = pause  # type: ignore[method-assign, assignment]
    loop._rest(1.5, "read", now - since)
    if looks:
        assert workbook.looks == looks
    else:
        assert now == 10_001.5


def test_after_a_failure_a_saved_workbook_waits_for_its_turn(tmp_path: Path) -> None:
    """A file that cannot be read is not tried again at each look."""
    site = Embedded(tmp_path, {RESPONSES: shops(1)})
    loop, waits = Loop(site.sync), []
    loop._failures = 1
    loop._wake.wait = lambda seconds: waits.append(seconds) or True  # type: ignore[method-assign, assignment, func-returns-value]
    loop._rest(30.0, "read", float("-inf"))
    assert waits == [pytest.approx(30, abs=1)]


def test_the_loop_starts_wakes_and_stops(sync: Sync) -> None:
    ran = threading.Event()
    loop = Loop(sync)
    loop.passes = lambda: (ran.set(), sync.once())[1]
    loop.start()
    assert ran.wait(5)
    ran.clear()
    loop.wake()
    assert ran.wait(5)
    began = time.monotonic()
    loop.stop()
    assert time.monotonic() - began < 2.5


def test_a_workbook_that_cannot_be_read_is_told_without_its_place(tmp_path: Path) -> None:
    """`/readyz` is for anybody: neither the machine's paths nor the store's address."""
    site = Embedded(tmp_path, {RESPONSES: shops(2)})
    site.sync.once()
    site.path.write_bytes(b"half a file")
    message = refusal(site.sync).message
    assert str(site.path) in message
    assert site.sync.live.heartbeat.error is not None
    told = site.sync.live.heartbeat.error["message"]
    assert "classeur" in told
    assert str(tmp_path) not in told
    lost = public(f"Le stockage {site.settings.store} ne peut pas être écrit ; le dossier {tmp_path}", site.settings)
    assert lost == "Le stockage ne peut pas être écrit ; le dossier"


def test_passes_are_counted_and_the_count_outlives_the_process(sync: Sync, server: SheetsServer, settings: Settings) -> None:
    sync.once()
    with server.faults.standing(faults.quota()):
        refusal(sync)
    calls = len(server.calls)
    restarted = process(settings)
    tally = restarted.live.heartbeat.tally
    assert (tally.passes, tally.failures, tally.calls, tally.rows) == (1, {"quota": 1}, calls, {"en ligne": 3})
    assert tally.seconds > 0
    restarted.once()
    assert restarted.live.heartbeat.tally.passes == 2


# Another process


def test_a_follower_shows_what_another_process_stores(sync: Sync, server: SheetsServer, settings: Settings) -> None:
    live = Live()
    follower = Follower(Store(settings.store), live)
    follower.look()
    assert live.snapshot is None
    sync.once()
    follower.look()
    assert live.snapshot is not None
    assert len(live.snapshot) == 3
    assert live.heartbeat == sync.live.heartbeat
    kept = live.snapshot
    follower.look()
    assert live.snapshot is kept
    with server.faults.standing(faults.unavailable()):
        refusal(sync)
    follower.look()
    assert (live.snapshot, live.heartbeat) == (kept, sync.live.heartbeat)


def test_a_follower_tells_a_store_it_cannot_read_and_keeps_the_site(sync: Sync, settings: Settings) -> None:
    sync.once()
    live = Live()
    follower = Follower(Store(settings.store), live)
    follower.look()
    kept = live.snapshot
    (Path(settings.store) / Store.FILE).write_bytes(b"half a file")
    follower.EVERY = 0.01  # type: ignore[misc]
    follower.start()
    until = time.monotonic() + 5
    while live.heartbeat.error is None and time.monotonic() < until:
        time.sleep(0.01)
    follower.stop()
    assert live.snapshot is kept
    assert live.heartbeat.error is not None
    assert live.heartbeat.error["kind"] == "store-unreadable"


def test_a_heartbeat_of_nothing_is_no_heartbeat(tmp_path: Path) -> None:
    assert Store(str(tmp_path)).load_heartbeat() == Heartbeat()


@pytest.mark.slow
def test_a_pass_over_what_another_process_has_just_read_changes_nothing(tmp_path: Path) -> None:
    """What is taken over from the pass before is what would be read anew: edits, ticks, withdrawals and returns, each seen by a pass that
    remembers the ones before and by a process that has just started."""
    site = Embedded(tmp_path, {RESPONSES: shops(8)})
    lasting = site.sync
    lasting.once()
    lines = shops(10)
    steps: list[tuple[int, str, Any]] = [
        (3, "approved", False), (4, "Nom", "Maison Neuve"), (3, "approved", True), (5, "Horodateur", 46400.5), (5, "Description", "Du pain"),
        (4, "approved", False), (5, "approved", False), (6, "Consentement", ""), (5, "approved", True), (2, "Téléphone", "02 61 91 00 42"),
    ]  # fmt: skip
    for row, header, value in steps:
        if header not in lines[0]:
            lines = [[*line, header if place == 0 else ""] for place, line in enumerate(lines)]
        cell(lines, row, header, value)
        create(site.path, {RESPONSES: lines, "Mag": mag(), "Réglages": [["clé", "valeur"]]})
        lasting.once()
        site.restart()
        site.sync.once()
        for shown in (lasting.live.snapshot, site.sync.live.snapshot):
            assert shown is not None
        assert lasting.live.snapshot.version == site.sync.live.snapshot.version  # type: ignore[union-attr]
        assert states(lasting) == states(site.sync)
        assert lasting._memory == site.sync._memory

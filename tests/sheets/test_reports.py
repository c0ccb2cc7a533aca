"""A visitor's report lands in «Signalements», is ticked there, and changes nothing public."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from sheets.counter import Counter
from sheets.loop import Loop
from sheets.problems import SheetError
from sheets.reports import Reports, Signalled, parse
from sheets.snapshot import Live, Store
from sheets.sync import Sync
from tests.google import SheetsServer
from tests.sheets.sheets import RESPONSES, Embedded, google, mag, table

NOW = datetime(2026, 11, 24, 9, 12, 33, tzinfo=UTC)
HEADERS = ["fiche", "quoi", "quand", "traité", "ligne"]
LINE = ["chez-lyse-angers", "A déménagé", "24/11/2026 10:12:33", False]


@pytest.fixture
def site(tmp_path: Path) -> Embedded:
    made = Embedded(tmp_path, {RESPONSES: table([{}, {}, {"Nom": "Chez Lyse"}])})
    made.sync.once()
    return made


def slug_of(sync: Sync) -> str:
    assert sync.live.snapshot is not None
    return str(sync.live.snapshot.fiches["slug"].tolist()[0])


def test_a_report_lands_beside_its_row_and_changes_nothing_public(site: Embedded) -> None:
    """The tab is made where it is missing."""
    reports = Reports.where_allowed(site.sync)
    assert reports is not None
    before = site.sync.live.snapshot
    assert reports.take(slug_of(site.sync), "A déménagé", NOW)
    site.workbook.flush()
    site.sync.once()
    assert site.tab("Signalements") == [HEADERS, [slug_of(site.sync), *LINE[1:], f"{RESPONSES}, ligne 4"]]
    assert site.sync.live.snapshot is before


def test_a_report_waits_while_the_workbook_is_open_and_can_be_ticked_meanwhile(site: Embedded) -> None:
    """Nothing is lost, nothing is written under somebody's hands, and what is dealt with leaves the list at once."""
    reports, counter = Reports(site.sync), Counter(site.sync, Loop(site.sync), site.workbook)
    lock = site.path.with_name(f".~lock.{site.path.name}#")
    lock.write_text("Camille Exemple,camille,atelier,24.11.2026 10:12,;", "utf-8")
    reports.take("une", "Fermé définitivement", NOW)
    reports.take("deux", "A déménagé", NOW)
    site.workbook.flush()
    assert [report.slug for report in counter.reports()] == ["une", "deux"]
    assert not counter.deal_with(counter.reports()[0])
    assert [report.slug for report in counter.reports()] == ["deux"]
    lock.unlink()
    site.workbook.flush()
    assert [line[:4] for line in site.tab("Signalements")[1:]] == [
        ["une", "Fermé définitivement", LINE[2], True],
        ["deux", "A déménagé", LINE[2], False],
    ]
    assert counter.deal_with(counter.reports()[0])
    assert counter.reports() == []


@pytest.mark.parametrize(("cell", "left"), [(False, 1), ("", 1), ("FAUX", 1), (True, 0), ("x", 0), ("VRAI", 0), ("oui", 0)])
def test_a_tick_is_any_tick_people_write(cell: object, left: int) -> None:
    """Columns are found by header, wherever they were moved."""
    lines = parse([["Traité", "note", "Quand", "Quoi", "Fiche"], [cell, "vu", "hier", "Fermé", "une"], [False]])  # type: ignore[list-item]
    assert lines == [Signalled("une", "Fermé", "hier")][:left]


@pytest.fixture
def server():
    tabs = {RESPONSES: table([{}, {"Nom": "Chez Lyse"}]), "Mag": mag(), "Réglages": [["clé", "valeur"]]}
    with SheetsServer(tabs) as running:
        yield running


def opened(server: SheetsServer, folder: Path, **environ: str) -> Sync:
    settings = google(server, folder, **environ)
    return Sync(settings, Live(), Store(settings.store))


@pytest.mark.parametrize("environ", [{}, {"CONSO_WRITE_SUIVI": "true", "CONSO_SYNC": "off"}])
def test_without_the_right_to_write_nothing_is_taken(server: SheetsServer, tmp_path: Path, environ: dict[str, str]) -> None:
    assert Reports.where_allowed(opened(server, tmp_path, **environ)) is None


def test_google_receives_it_at_the_next_pass_with_the_address_of_the_row(server: SheetsServer, tmp_path: Path) -> None:
    """Once, also where the answer to the writing was lost; a pass without reports costs no call more."""
    sync = opened(server, tmp_path, CONSO_WRITE_SUIVI="true")
    reports = Reports.where_allowed(sync)
    assert reports is not None
    reports.passes()
    reports.take(slug_of(sync), "=1+1", NOW)
    (waiting,) = reports._journal.entries()
    reports.passes()
    head, line = sync.book.read({_tab(): None})[_tab()][1]
    assert head == HEADERS
    assert line[:4] == [slug_of(sync), "=1+1", LINE[2], False]
    assert line[4].startswith("https://docs.google.com/spreadsheets/d/")
    assert line[4].endswith("range=3:3")
    reports._journal.append(waiting.tab, waiting.values)
    assert reports.deliver() == 1
    assert len(sync.book.read({_tab(): None})[_tab()][1]) == 2
    calls = len(server.calls)
    assert reports.deliver() == 0
    assert len(server.calls) == calls


def test_a_report_outlives_a_google_that_does_not_answer(
    server: SheetsServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It waits on the disk, for this process or the next, and the pass does not fail for it."""
    sync = opened(server, tmp_path, CONSO_WRITE_SUIVI="true")
    reports = Reports(sync)
    reports.passes()
    reports.take("une", "Fermé définitivement", NOW)

    def down(*_: object) -> None:
        raise SheetError("Google ne répond pas.")

    with monkeypatch.context() as broken:
        broken.setattr(sync.book, "write", down)
        broken.setattr(sync.book, "add_tab", down)
        reports.passes()
    again = opened(server, tmp_path, CONSO_WRITE_SUIVI="true")
    Reports(again).passes()
    assert [line[0] for line in again.book.read({_tab(): None})[_tab()][1]] == ["fiche", "une"]


def _tab():
    from schema import SIGNALEMENTS_TAB

    return SIGNALEMENTS_TAB

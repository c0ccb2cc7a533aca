"""The embedded sheet: the calls gspread makes, and submissions that are neither lost nor doubled, whatever stops."""

import contextlib
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import openpyxl
import pytest
import requests
from gspread.exceptions import APIError

from sheets import workbook as workbooks
from sheets.journal import Journal
from sheets.workbook import Workbook, WorkbookUnreadable, WorkbookUnwritable, create

TAB = "Réponses au formulaire 1"
LOCALE_FREE = {"valueRenderOption": "UNFORMATTED_VALUE", "dateTimeRenderOption": "SERIAL_NUMBER"}
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def workbook(tmp_path):
    path = tmp_path / "feuille.xlsx"
    header = ["Horodateur", "Nom", "Adresse e-mail", "approved", "Relance"]
    create(
        path,
        {
            TAB: [header, [46328.5, "Four", "four@exemple.example", True, "x"], ["", "", "", False], ["", "", "", False]],
            "L'été": [["a"]],
        },
    )
    return Workbook(path, tmp_path / "var")


def rows(workbook):
    return workbook.values()[TAB]


def names(workbook):
    return [row[1] for row in rows(workbook)[1:] if len(row) > 1 and row[1]]


def opened_by_libreoffice(workbook):
    lock = workbook.path.with_name(f".~lock.{workbook.path.name}#")
    lock.write_text(
        "Camille Exemple,camille,atelier,24.11.2026 10:12,file:///home/camille/.config/libreoffice/4;", encoding="utf-8"
    )
    return lock


# The calls gspread makes


def test_gspread_reads_all_tabs_in_one_call(workbook):
    sheet = workbook.spreadsheet()
    assert [one.title for one in sheet.worksheets()] == [TAB, "L'été"]
    answer = sheet.values_batch_get([f"'{TAB}'", "'L''été'!A1:B9", f"{TAB}!B1:B"], LOCALE_FREE)["valueRanges"]
    assert answer[0]["values"] == [
        ["Horodateur", "Nom", "Adresse e-mail", "approved", "Relance"],
        [46328.5, "Four", "four@exemple.example", True, "x"],
        ["", "", "", False],
        ["", "", "", False],
    ]
    assert answer[1]["values"] == [["a"]]
    assert answer[2]["values"] == [["Nom"], ["Four"]]


def test_a_range_that_is_not_there_is_refused_as_google_does(workbook):
    with pytest.raises(APIError, match="Unable to parse range: Mag!A1") as refused:
        workbook.spreadsheet().values_get("Mag!A1", LOCALE_FREE)
    assert refused.value.response.status_code == 400


def test_what_is_not_answered_says_501_and_stays_off_the_network(workbook):
    sheet = workbook.spreadsheet()
    for call in (
        lambda: sheet.values_get(TAB),
        lambda: sheet.values_clear(TAB),
        lambda: sheet.values_update(f"'{TAB}'!A1", {"valueInputOption": "USER_ENTERED"}, {"values": [["=1"]]}),
        lambda: sheet.batch_update({"requests": [{"deleteSheet": {"sheetId": 1}}]}),
        lambda: sheet.client.request("get", "https://www.googleapis.com/drive/v3/files"),
    ):
        with pytest.raises(APIError) as refused:
            call()
        assert refused.value.response.status_code == 501


def test_a_tab_is_added_and_written_through_gspread(workbook):
    sheet = workbook.spreadsheet()
    suivi = sheet.add_worksheet("Suivi", 10, 9)
    body = {"valueInputOption": "RAW", "data": [{"range": "'Suivi'!A1:B2", "values": [["ligne", "état"], [2, "=en ligne"]]}]}
    assert sheet.values_batch_update(body)["totalUpdatedCells"] == 4
    suivi.append_row([3, "en attente"])
    suivi.update([[None, "retirée"]], "A3", raw=True)
    assert workbook.values()["Suivi"] == [["ligne", "état"], [2, "=en ligne"], [3, "retirée"]]
    with pytest.raises(APIError, match="already exists"):
        sheet.add_worksheet("suivi", 1, 1)


def test_writing_while_somebody_has_it_open_is_a_failed_precondition(workbook):
    sheet = workbook.spreadsheet()
    opened_by_libreoffice(workbook)
    before = workbook.path.read_bytes()
    with pytest.raises(APIError) as refused:
        sheet.values_update(f"'{TAB}'!B2", {"valueInputOption": "RAW"}, {"values": [["autre"]]})
    assert refused.value.response.status_code == 409
    assert refused.value.error["status"] == "FAILED_PRECONDITION"
    assert "Camille Exemple" in refused.value.error["message"]
    assert workbook.path.read_bytes() == before


def test_another_save_is_seen_at_the_next_call(workbook):
    sheet = workbook.spreadsheet()
    mark = workbook.mark()
    create(workbook.path, {TAB: [["Nom"], ["Huche"]]})
    assert workbook.mark() != mark
    assert sheet.values_get(TAB, LOCALE_FREE)["values"] == [["Nom"], ["Huche"]]


def test_what_was_written_is_known_as_another_would_read_it(workbook):
    """After a note, a new tab, an answer and a change: without reading the file again, and as it stands."""
    sheet = workbook.spreadsheet()
    sheet.add_worksheet("Suivi", 1, 1)
    sheet.values_batch_update(
        {"valueInputOption": "RAW", "data": [{"range": "Suivi!A1:B2", "values": [["ligne", "=1"], [2, None]]}]}
    )
    workbook.submit(TAB, {"Horodateur": 46329.25, "Nom": "L'Œuf", "Sans colonne": "oui"})
    workbook.amend(TAB, {"Nom": "Four"}, {"Relance": "y"})
    assert workbook.flush() == 2
    for _ in range(2):
        other = Workbook(workbook.path, workbook.var)
        assert workbook._known[0] == workbook.mark()
        assert (workbook.values(), workbook.properties()) == (other.values(), other.properties())
        sheet.values_update("Suivi!B2", {"valueInputOption": "RAW"}, {"values": [["en ligne"]]})


def test_our_own_notes_are_no_news_and_an_answer_or_another_s_save_is(workbook):
    first, sheet = workbook.mark(), workbook.spreadsheet()
    sheet.values_update("L'été!A1", {"valueInputOption": "RAW"}, {"values": [["b"]]})
    sheet.values_update("L'été!A1", {"valueInputOption": "RAW"}, {"values": [["c"]]})
    assert first != workbook.mark() == workbook.mark_since(first)
    workbook.submit(TAB, {"Nom": "Huche"})
    workbook.flush()
    assert workbook.mark() != workbook.mark_since(first)
    second = workbook.mark()
    create(workbook.path, {TAB: [["Nom"], ["Huche"]], "L'été": [["a"]]})
    sheet.values_update("L'été!A1", {"valueInputOption": "RAW"}, {"values": [["d"]]})
    assert workbook.mark() != workbook.mark_since(second) == second


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda path: path.unlink(), "n'existe pas"),
        (lambda path: path.write_bytes(path.read_bytes()[:2000]), "abîmé"),
        (lambda path: path.write_bytes(b"\xd0\xcf\x11\xe0" + bytes(99)), "mot de passe"),
    ],
)
def test_a_workbook_that_cannot_be_read_reaches_the_caller_as_such(workbook, spoil, says):
    sheet = workbook.spreadsheet()
    spoil(workbook.path)
    with pytest.raises(WorkbookUnreadable, match=says) as told:
        sheet.values_get(TAB, LOCALE_FREE)
    assert str(workbook.path) in told.value.message


# Who has it open


def test_libreoffice_and_excel_locks_are_seen_with_their_owner(workbook):
    assert workbook.is_open_elsewhere() is None
    lock = opened_by_libreoffice(workbook)
    seen = workbook.is_open_elsewhere()
    assert (seen.who, seen.program, seen.stale) == ("Camille Exemple", "LibreOffice", False)
    lock.unlink()
    excel = workbook.path.with_name(f"~${workbook.path.name}")
    excel.write_bytes(b"\x06No\xe9mie".ljust(55) + b"\x06\x00" + "Noémie".encode("utf-16-le"))
    os.utime(excel, (time.time() - 90_000,) * 2)
    seen = workbook.is_open_elsewhere()
    assert (seen.who, seen.program, seen.stale) == ("Noémie", "Excel", True)


def test_a_stale_lock_is_still_respected(workbook):
    lock = opened_by_libreoffice(workbook)
    os.utime(lock, (time.time() - 200_000,) * 2)
    workbook.submit(TAB, {"Nom": "Huche"})
    assert workbook.flush() == 0
    assert names(workbook) == ["Four"]
    lock.unlink()
    assert workbook.flush() == 1
    assert names(workbook) == ["Four", "Huche"]


# Submissions and changes


def test_a_submission_goes_below_the_last_answer_by_header(workbook):
    """Header case, accents and other names of a column do not matter; unticked boxes stretched further down are no lines."""
    workbook.submit(
        "Form Responses 1", {"NOM": "=^.^= Le Chat", "E-mail": "chat@exemple.example", "horodateur": 46329.5, "lien": "abc"}
    )
    assert workbook.flush() == 1
    assert rows(workbook)[0] == ["Horodateur", "Nom", "Adresse e-mail", "approved", "Relance", "lien"]
    assert rows(workbook)[2] == [46329.5, "=^.^= Le Chat", "chat@exemple.example", False, "", "abc"]
    assert rows(workbook)[1][4] == "x"
    assert openpyxl.load_workbook(workbook.path)[TAB]["A3"].number_format == "dd/mm/yyyy hh:mm:ss"


def test_a_change_finds_its_line_by_its_cells_wherever_it_was_sorted_to(workbook):
    workbook.submit(TAB, {"Horodateur": 46329.5, "Nom": "Huche", "lien": "abc"})
    workbook.amend(TAB, {"lien": "abc"}, {"Nom": "Huche neuve", "approved": True})
    workbook.amend(TAB, {"Horodateur": 46328.5000000001, "Nom": "Four"}, {"approved": False})
    assert workbook.flush() == 3
    assert [row[:4] for row in rows(workbook)[1:3]] == [
        [46328.5, "Four", "four@exemple.example", False],
        [46329.5, "Huche neuve", "", True],
    ]


def test_a_change_without_its_line_is_dropped_and_said_without_values(workbook, caplog):
    before = rows(workbook)
    workbook.amend(TAB, {"lien": "xyz"}, {"Nom": "Secret"})
    assert workbook.flush() == 1
    assert (rows(workbook), workbook.waiting()) == (before, [])
    assert "dropped" in caplog.text
    assert "Secret" not in caplog.text


def test_an_empty_match_is_refused(workbook):
    with pytest.raises(ValueError):
        workbook.amend(TAB, {}, {"Nom": "tous"})


def test_the_merchant_sees_what_waits_but_the_sheet_does_not(workbook):
    opened_by_libreoffice(workbook)
    workbook.submit(TAB, {"Nom": "Huche", "Commune": "Angers", "lien": "abc"})
    workbook.amend(TAB, {"lien": "abc"}, {"nom": "Huche neuve"})
    workbook.amend(TAB, {"lien": "déjà là"}, {"Nom": "Four neuf"})
    assert workbook.flush() == 0
    assert names(workbook) == ["Four"]
    assert [entry.values.get("lien") for entry in workbook.waiting()] == ["abc", None, None]
    assert workbook.pending(TAB, {"lien": "abc"}) == {"nom": "Huche neuve", "Commune": "Angers", "lien": "abc"}
    assert workbook.pending(TAB, {"lien": "déjà là"}) == {"Nom": "Four neuf"}
    assert workbook.pending(TAB, {"lien": "autre"}) is None


def test_an_entry_for_a_renamed_tab_waits_and_holds_up_nothing_else(workbook):
    workbook.submit("Autre onglet", {"Nom": "Huche"})
    workbook.submit("Signalements", {"fiche": "four"})
    workbook.submit(TAB, {"Nom": "Pétrin"})
    assert workbook.flush() == 2
    assert names(workbook) == ["Four", "Pétrin"]
    assert workbook.values()["Signalements"] == [["fiche"], ["four"]]
    assert [entry.tab for entry in workbook.waiting()] == ["Autre onglet"]


def test_an_entry_that_waits_for_its_tab_is_not_taken_for_done_after_a_stop(workbook, monkeypatch):
    workbook.submit("Autre onglet", {"Nom": "Huche"})
    workbook.submit(TAB, {"Nom": "Pétrin"})
    with monkeypatch.context() as patched:
        patched.setattr(Journal, "forget", lambda *_: (_ for _ in ()).throw(Killed()))
        with pytest.raises(Killed):
            workbook.flush()
    assert [entry.tab for entry in workbook.waiting()] == ["Autre onglet"]
    assert workbook.flush() == 0
    assert names(workbook) == ["Four", "Pétrin"]
    assert [entry.tab for entry in workbook.waiting()] == ["Autre onglet"]


@pytest.mark.parametrize(("module", "step"), [(workbooks, "read"), (os, "fsync")])
def test_a_save_between_load_and_replacement_wins(workbook, monkeypatch, module, step):
    workbook.submit(TAB, {"Nom": "Huche"})
    real = getattr(module, step)

    def saved_meanwhile(*given):
        monkeypatch.setattr(module, step, real)
        create(workbook.path, {TAB: [["Nom", "approved"], ["Pétrin", True]]})
        return real(*given)

    monkeypatch.setattr(module, step, saved_meanwhile)
    assert workbook.flush() == 0
    assert rows(workbook) == [["Nom", "approved"], ["Pétrin", True]]
    assert not list(workbook.path.parent.glob(".*.new"))
    assert workbook.flush() == 1
    assert rows(workbook)[2] == ["Huche"]


class Killed(BaseException):
    """Stands for a process that ends here."""


STEPS = [
    "os.replace",
    *(pytest.param(step, marks=pytest.mark.slow) for step in ("os.fsync", "os.fdopen", "os.ftruncate", "os.open", "os.write")),
]


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("after", [False, True])
def test_a_flush_stopped_at_any_step_loses_and_doubles_nothing(workbook, monkeypatch, step, after):
    """Every call that touches the disk fails in turn, before or after its effect; then a new process goes on."""
    for number in range(12):
        name = f"Commerce {number}"
        workbook.submit(TAB, {"Nom": name, "lien": str(number)})
        workbook.amend(TAB, {"lien": str(number)}, {"note": f"note {number}"})
        calls, function = 0, step.removeprefix("os.")
        real = getattr(os, function)

        def stopped(*args, real=real, stop_at=number, **kwargs):
            nonlocal calls
            calls += 1
            if calls == stop_at + 1:
                if after:
                    real(*args, **kwargs)
                raise Killed
            return real(*args, **kwargs)

        with monkeypatch.context() as patched:
            patched.setattr(os, function, stopped)
            with contextlib.suppress(Killed):
                workbook.flush()
        workbook = Workbook(workbook.path, workbook._lock.parent)
        assert len(workbook.waiting()) in (0, 2)
        workbook.flush()
        assert names(workbook) == ["Four", *(f"Commerce {done}" for done in range(number + 1))]
        assert workbook.waiting() == []


@pytest.mark.slow
def test_a_process_killed_between_file_and_journal_applies_nothing_twice(workbook):
    """The real thing: the process ends right after the file was replaced, and a volunteer saves before the next one starts."""
    workbook.submit(TAB, {"Nom": "Huche"})
    script = f"""
import os, sys
sys.path.insert(0, {str(ROOT)!r})
from pathlib import Path
from sheets.journal import Journal
from sheets.workbook import Workbook
Journal.forget = lambda *_: os._exit(9)
Workbook(Path({str(workbook.path)!r}), Path({str(workbook._lock.parent)!r})).flush()
"""
    assert subprocess.run([sys.executable, "-c", script], check=False, cwd=ROOT).returncode == 9
    assert names(workbook) == ["Four", "Huche"]
    assert workbook.waiting() == []
    volunteer = openpyxl.load_workbook(workbook.path)
    volunteer[TAB]["E3"] = "rappeler"
    volunteer.save(workbook.path)
    workbook.submit(TAB, {"Nom": "Pétrin"})
    assert workbook.flush() == 1
    assert names(workbook) == ["Four", "Huche", "Pétrin"]


def test_two_flushes_at_once_apply_each_entry_once(workbook):
    for number in range(6):
        workbook.submit(TAB, {"Nom": f"Commerce {number}"})
    flushes = [threading.Thread(target=Workbook(workbook.path, workbook._lock.parent).flush) for _ in range(3)]
    for flush in flushes:
        flush.start()
    for flush in flushes:
        flush.join()
    assert names(workbook) == ["Four", *(f"Commerce {number}" for number in range(6))]


def test_a_file_that_cannot_be_written_keeps_the_entry(workbook, monkeypatch):
    workbook.submit(TAB, {"Nom": "Huche"})
    before = workbook.path.read_bytes()
    with monkeypatch.context() as patched:
        patched.setattr(workbooks, "replace", lambda *_, **__: (_ for _ in ()).throw(OSError(28, "No space left on device")))
        with pytest.raises(WorkbookUnwritable, match="No space left"):
            workbook.flush()
    assert workbook.path.read_bytes() == before
    assert workbook.flush() == 1


def test_the_network_is_never_reached(workbook):
    session = workbook.spreadsheet().client.session
    assert session.get("https://example.org/").status_code == 501
    assert isinstance(session, requests.Session)

"""One call a pass, an end to every call, and every refusal of Google told in French without a secret."""

import json
import logging
import re
import socket
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import gspread
import openpyxl
import pytest
import requests
from google.auth.exceptions import TransportError

import schema
from settings import Settings, load
from sheets import client, problems, transport
from sheets.client import Book
from sheets.outage import explain
from sheets.problems import SheetError
from sheets.tabs import LineLink
from tests.google import Fault, SheetsServer, faults
from tests.google.faults import Where
from tests.google.grid import Held
from tests.google.server import EMAIL, key_pair

ANSWERS = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "google"
RESPONSES, MAG, SUIVI = schema.RESPONSES, schema.MAG_TAB, schema.SUIVI_TAB
WANTED = {RESPONSES: None, MAG: None}
PRIVATE = "camille.privee@example.org"


@pytest.fixture
def server() -> Iterator[SheetsServer]:
    tabs: dict[str, list[list[Held]]] = {
        "Réponses au formulaire 1": [
            ["Nom", "E-mail", "approved"],
            ["Crêperie «L’Œuf» 🥚", PRIVATE, True],
            ["", "", False, 49000, 4.5],
        ],
        "Mag": [["titre"], ["Printemps"]],
    }
    with SheetsServer(tabs) as running:
        yield running


@pytest.fixture
def settings(server: SheetsServer, tmp_path: Path) -> Settings:
    secrets = tmp_path / "secrets.toml"
    secrets.write_text(server.secrets(), "utf-8")
    return load(server.environ(), secrets)


@pytest.fixture
def book(settings: Settings) -> Book:
    return Book(settings)


def refusal(book: Book) -> SheetError:
    with pytest.raises(SheetError) as caught:
        book.read(WANTED)
    return caught.value


def paths(server: SheetsServer) -> list[str]:
    return [call.path.removeprefix(f"/v4/spreadsheets/{server.key}") for call in server.calls]


# reading


def test_every_tab_comes_in_one_call_locale_free(server: SheetsServer, book: Book) -> None:
    found = book.read(WANTED)
    assert found == {tab: (title, server.tabs[title]) for tab, title in ((RESPONSES, "Réponses au formulaire 1"), (MAG, "Mag"))}
    assert server.calls[-1].query == {
        "ranges": ["'Réponses au formulaire 1'", "'Mag'"],
        "valueRenderOption": ["UNFORMATTED_VALUE"],
        "dateTimeRenderOption": ["SERIAL_NUMBER"],
    }


def test_a_pass_is_one_call_once_the_titles_and_the_token_are_known(server: SheetsServer, book: Book) -> None:
    for _ in range(5):
        book.read(WANTED)
    assert paths(server) == [""] + ["/values:batchGet"] * 5
    assert len(server.scopes) == 1


def test_no_more_than_reading_is_asked_for_unless_suivi_is_written(server: SheetsServer, settings: Settings) -> None:
    Book(settings).read(WANTED)
    Book(replace(settings, write_suivi=True)).read(WANTED)
    assert server.scopes == [transport.READ_ONLY, transport.READ_WRITE]


@pytest.mark.parametrize("spreadsheet", ["https://docs.google.com/spreadsheets/d/{}/edit?usp=sharing#gid=0", "{}"])
def test_the_spreadsheet_is_an_address_or_a_key(server: SheetsServer, settings: Settings, spreadsheet: str) -> None:
    assert RESPONSES in Book(replace(settings, spreadsheet=spreadsheet.format(server.key))).read(WANTED)


def test_a_title_with_an_apostrophe_is_quoted(server: SheetsServer, book: Book) -> None:
    server.tabs["L'été : réponses!"] = [["Nom"], ["Ô"]]
    assert book.read({RESPONSES: "L'été : réponses!"}) == {RESPONSES: ("L'été : réponses!", [["Nom"], ["Ô"]])}


def test_a_renamed_tab_is_found_again_in_the_same_pass(server: SheetsServer, book: Book) -> None:
    book.read(WANTED)
    server.tabs["Form Responses 1"] = server.tabs.pop("Réponses au formulaire 1")
    assert book.read(WANTED)[RESPONSES][0] == "Form Responses 1"
    assert book.titles == ("Mag", "Form Responses 1")


def test_a_lost_tab_is_left_out_and_the_others_are_read(server: SheetsServer, book: Book) -> None:
    book.read(WANTED)
    del server.tabs["Mag"]
    assert set(book.read(WANTED)) == {RESPONSES}


def test_an_optional_tab_is_not_looked_for_at_every_pass(
    server: SheetsServer, book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1000.0
    monkeypatch.setattr(client.time, "monotonic", lambda: now)
    for _ in range(60):
        book.read({**WANTED, SUIVI: None})
        now += 60
    assert paths(server).count("") <= 12  # an hour of passes
    server.tabs["Suivi"] = []
    now += 600
    assert SUIVI in book.read({**WANTED, SUIVI: None})


def test_a_tab_lost_for_a_minute_is_back_at_the_next_pass(
    server: SheetsServer, book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1000.0
    monkeypatch.setattr(client.time, "monotonic", lambda: now)
    for _ in range(60):
        book.read({**WANTED, SUIVI: None})
        now += 60
    mag = server.tabs.pop("Mag")
    book.read({**WANTED, SUIVI: None})
    server.tabs["Mag"] = mag
    now += 60
    assert MAG in book.read({**WANTED, SUIVI: None})


def test_the_responses_tab_is_looked_for_until_it_is_back(server: SheetsServer, book: Book) -> None:
    rows = server.tabs.pop("Réponses au formulaire 1")
    for _ in range(3):
        assert RESPONSES not in book.read(WANTED)
    server.tabs["Réponses au formulaire 1"] = rows
    assert RESPONSES in book.read(WANTED)


def test_an_empty_sheet_asks_for_nothing(server: SheetsServer, book: Book) -> None:
    server.tabs.clear()
    server.tabs["Feuille 1"] = []
    assert book.read(WANTED) == {}
    assert paths(server) == [""]


def test_an_expired_token_is_renewed_within_the_pass(server: SheetsServer, book: Book) -> None:
    book.read(WANTED)
    server.tokens.clear()
    assert RESPONSES in book.read(WANTED)
    assert len(server.scopes) == 2


def test_the_recorded_sheet_comes_back_equal(tmp_path: Path) -> None:
    if not ANSWERS.is_dir():
        pytest.skip("shared/data/google is absent")
    for recording in sorted(ANSWERS.glob("batchGet.*unformatted.json")):
        parts = json.loads(recording.read_text("utf-8"))["valueRanges"]
        tabs = {part["range"].rpartition("!")[0].strip("'"): part.get("values", []) for part in parts}
        with SheetsServer(tabs) as server:
            (tmp_path / "secrets.toml").write_text(server.secrets(), "utf-8")
            found = Book(load(server.environ(), tmp_path / "secrets.toml")).read(
                dict.fromkeys((RESPONSES, MAG, schema.REGLAGES_TAB, SUIVI)),
            )
        assert dict(found.values()) == tabs


def test_any_gspread_spreadsheet_may_stand_in(server: SheetsServer, settings: Settings) -> None:
    http_client, key = transport.google(settings, 5)
    book = Book(settings, gspread.Spreadsheet(http_client, {"id": key}))
    assert MAG in book.read(WANTED)


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    content = openpyxl.Workbook()
    content.active.title = "Réponses au formulaire 1"
    content.active.append(["Nom", "approved"])
    content.active.append(["L'Œuf", True])
    content.save(tmp_path / "feuille.xlsx")
    return tmp_path / "feuille.xlsx"


def test_the_embedded_workbook_takes_the_same_road(workbook: Path) -> None:
    book = Book(load({"CONSO_SPREADSHEET": str(workbook)}, workbook.parent / "none.toml"))
    assert book.read(WANTED) == {RESPONSES: ("Réponses au formulaire 1", [["Nom", "approved"], ["L'Œuf", True]])}


def test_a_tab_that_comes_into_the_workbook_is_read_at_once(workbook: Path) -> None:
    book = Book(load({"CONSO_SPREADSHEET": str(workbook)}, workbook.parent / "none.toml"))
    book.read(WANTED)
    content = openpyxl.load_workbook(workbook)
    content.create_sheet("Mag").append(["titre"])
    content.save(workbook)
    assert book.read(WANTED)[MAG] == ("Mag", [["titre"]])


def test_a_workbook_that_cannot_be_read_is_told(workbook: Path) -> None:
    book = Book(load({"CONSO_SPREADSHEET": str(workbook)}, workbook.parent / "none.toml"))
    workbook.write_bytes(b"not a zip")
    assert "feuille.xlsx" in str(refusal(book))


# writing


@pytest.fixture
def writing(settings: Settings) -> Book:
    return Book(replace(settings, write_suivi=True))


def test_ranges_are_written_in_one_call_and_stay_text(server: SheetsServer, writing: Book) -> None:
    server.tabs["Suivi de l'été"] = [["ligne", "état"]]
    writing.write("Suivi de l'été", [("A2:B2", [[2, "=IMPORTXML(1)"]]), ("B3", [[True]])])
    assert server.tabs["Suivi de l'été"] == [["ligne", "état"], [2, "=IMPORTXML(1)"], ["", True]]
    assert paths(server) == ["/values:batchUpdate"]


def test_a_tab_is_made_once_with_its_header(server: SheetsServer, writing: Book) -> None:
    writing.add_tab("Suivi", [["ligne", "nom", "état"]])
    assert SUIVI in writing.read({SUIVI: None})
    server.tabs["Suivi"].append([2])
    writing.add_tab("Suivi", [["autre"]])
    assert server.tabs["Suivi"] == [["ligne", "nom", "état"], [2]]


def test_a_tab_that_is_too_small_grows(server: SheetsServer, writing: Book) -> None:
    server.tabs["Suivi"] = [["ligne"]]
    server.grids["Suivi"] = (2, 1)
    writing.write("Suivi", [("A2:C4", [["a", "b", "c"]] * 3)])
    assert server.tabs["Suivi"][1:] == [["a", "b", "c"]] * 3


def test_a_line_number_becomes_a_link_that_still_reads_as_the_number(server: SheetsServer, writing: Book) -> None:
    server.tabs["Suivi"] = [["ligne", "état"]]
    writing.read({RESPONSES: None, SUIVI: None})
    writing.write("Suivi", [("A2:B4", [[LineLink(3), "=1"], ["", ""], [LineLink(2), "b"]])], RESPONSES.name)
    assert server.links == {2: '=HYPERLINK("#gid=0&range=A3";3)', 4: '=HYPERLINK("#gid=0&range=A2";2)'}
    assert server.tabs["Suivi"][1:] == [[3, "=1"], ["", ""], [2, "b"]]
    assert paths(server)[-2:] == ["/values:batchUpdate", ":batchUpdate"]


def test_a_sheet_that_takes_no_links_keeps_its_numbers_and_is_not_asked_again(server: SheetsServer, writing: Book) -> None:
    server.tabs["Suivi"] = [["ligne", "état"]]
    writing.read({RESPONSES: None, SUIVI: None})
    server.takes_links = False
    for state in ("a", "b"):
        writing.write("Suivi", [("A2:B2", [[LineLink(2), state]])], RESPONSES.name)
    assert server.tabs["Suivi"][1:] == [[2, "b"]]
    assert paths(server)[-3:] == ["/values:batchUpdate", ":batchUpdate", "/values:batchUpdate"]


def test_a_link_within_the_workbook_leads_to_its_line(workbook: Path) -> None:
    book = Book(load({"CONSO_SPREADSHEET": str(workbook)}, workbook.parent / "none.toml"))
    book.read(WANTED)
    book.add_tab("Suivi", [["ligne", "nom"], [LineLink(2), "L'Œuf"]], RESPONSES.name)
    cells = openpyxl.load_workbook(workbook)["Suivi"]
    assert cells["A2"].value == "=HYPERLINK(\"#'Réponses au formulaire 1'!A2\",2)"
    assert book.read({SUIVI: None})[SUIVI] == ("Suivi", [["ligne", "nom"], [2, "L'Œuf"]])


def test_nothing_to_write_is_no_call(server: SheetsServer, writing: Book) -> None:
    writing.write("Mag", [])
    assert server.calls == []


def test_what_was_written_is_not_quoted_by_googles_refusal(server: SheetsServer, writing: Book) -> None:
    server.faults.next(faults.bad_request(f"Invalid value at 'data[0].values[0]', \"{PRIVATE}\""))
    with pytest.raises(SheetError) as caught:
        writing.write("Mag", [("A1", [[PRIVATE]])])
    assert PRIVATE not in "".join(traceback.format_exception(caught.value))


def test_a_refused_write_says_how_to_allow_it(server: SheetsServer, writing: Book) -> None:
    server.faults.next(faults.forbidden())
    with pytest.raises(problems.AccessDenied, match=r"en éditeur.*write_suivi = false"):
        writing.write("Mag", [("A1", [["x"]])])


def test_a_write_with_a_token_to_read_says_which_setting(book: Book) -> None:
    with pytest.raises(problems.AccessDenied, match="write_suivi = true"):
        book.write("Mag", [("A1", [["x"]])])


# refusals

REFUSALS: dict[str, tuple[Fault, type[SheetError], str]] = {
    "quota": (faults.quota(), problems.QuotaExceeded, "trop de lectures"),
    "quota of tokens": (faults.quota(where="token"), problems.QuotaExceeded, "trop de lectures"),
    "500": (faults.server_error(), problems.SheetUnreachable, "erreur 500"),
    "503": (faults.unavailable(), problems.SheetUnreachable, "erreur 503"),
    "503 for tokens": (faults.unavailable(where="token"), problems.SheetUnreachable, "erreur 503"),
    "408": (Fault(408, {}), problems.SheetUnreachable, "erreur 408"),
    "502, no JSON": (faults.bad_gateway(), problems.SheetUnreachable, "erreur 502"),
    "half of the JSON": (faults.truncated(), problems.BrokenAnswer, "incomplète"),
    "half of the token": (faults.truncated("token"), problems.BrokenAnswer, "incomplète"),
    "half of the body": (faults.cut(), problems.SheetUnreachable, "incomplète|coupée"),
    "reset": (faults.reset(), problems.SheetUnreachable, "coupée"),
    "reset by tokens": (faults.reset("token"), problems.SheetUnreachable, "coupée"),
    "no such JSON": (Fault(503, {"error": "odd"}), problems.SheetUnreachable, "."),
    "another answer": (Fault(200, {"values": []}), problems.BrokenAnswer, "incomplète"),
    "not an object": (Fault(200, []), problems.BrokenAnswer, "incomplète"),
    "no token in the answer": (Fault(200, {"id_token": "eyJ"}, where="token"), problems.BrokenAnswer, "incomplète"),
    "revoked key": (faults.revoked(), problems.WrongKey, "révoquée"),
    "deleted account": (faults.revoked("Invalid grant: account not found"), problems.WrongKey, "n'existe plus"),
    "wrong clock": (faults.wrong_clock(), problems.WrongKey, "horloge"),
    "token never good": (faults.unauthenticated(), problems.WrongKey, "ne reconnaît pas"),
    "not shared": (faults.forbidden(), problems.AccessDenied, f"invitez {EMAIL} en lecture"),
    "API disabled": (faults.api_disabled(), problems.ApiDisabled, r"overview\?project=123456789012, cliquez"),
    "not found": (faults.not_found(), problems.SheetNotFound, "spreadsheet"),
    "Excel on Drive": (faults.excel_file(), problems.NotASpreadsheet, "Enregistrer au format Google Sheets"),
    "400": (faults.bad_request("Odd"), SheetError, "400 INVALID_ARGUMENT"),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_each_refusal_says_what_it_means_and_the_next_pass_works(server: SheetsServer, book: Book, name: str) -> None:
    fault, kind, words = REFUSALS[name]
    with server.faults.standing(fault):
        error = refusal(book)
    assert isinstance(error, kind)
    assert re.search(words, str(error))
    assert error.__cause__ is not None
    assert RESPONSES in book.read(WANTED)


@pytest.mark.parametrize("name", sorted(REFUSALS.keys() - {"token never good"}))
def test_no_call_is_tried_twice(server: SheetsServer, book: Book, name: str) -> None:
    """A token that is refused is renewed once; all else waits for the next pass, so that a quota is not spent on retries."""
    fault = REFUSALS[name][0]
    with server.faults.standing(fault):
        refusal(book)
    assert (len(server.calls), server.asked_tokens) == ((0, 1) if fault.where == "token" else (1, 1))


def test_a_refused_token_is_renewed_once(server: SheetsServer, book: Book) -> None:
    with server.faults.standing(faults.unauthenticated()):
        refusal(book)
    assert (len(server.calls), server.asked_tokens) == (2, 2)


def test_each_kind_of_error_has_a_slug_of_its_own() -> None:
    kinds = [error.kind for error in vars(problems).values() if isinstance(error, type) and issubclass(error, SheetError)]
    assert len(set(kinds)) == len(kinds) > 10
    assert all(re.fullmatch("[a-z-]+", kind) for kind in kinds)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7),
        ("0", 0),
        ("86400", 300),
        ("-5", None),
        ("soon", None),
        ("", None),
        ("1e3", None),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0),
    ],
)
def test_retry_after_is_a_number_of_seconds_from_0_to_300(
    server: SheetsServer, book: Book, header: str, seconds: float | None
) -> None:
    server.faults.next(faults.quota(header))
    assert refusal(book).retry_after == seconds


@pytest.mark.parametrize("fault", [faults.quota, faults.unavailable])
@pytest.mark.parametrize("where", ["api", "token"])
def test_retry_after_may_be_a_date(server: SheetsServer, book: Book, fault: Callable[..., Fault], where: str) -> None:
    server.faults.next(fault(format_datetime(datetime.now(UTC) + timedelta(seconds=100), usegmt=True), where))
    assert refusal(book).retry_after == pytest.approx(100, abs=5)


# time and network


@pytest.mark.slow
@pytest.mark.parametrize("where", ["api", "token"])
@pytest.mark.parametrize(
    "slow",
    [faults.hang(20), faults.drip(0.05), faults.drip(0.05, headers=True)],
    ids=["silence", "a byte now and then", "a sign of a header now and then"],
)
def test_a_call_is_given_up_in_time_however_it_lasts(server: SheetsServer, book: Book, slow: Fault, where: Where) -> None:
    book.call_seconds = 0.4
    server.faults.next(replace(slow, where=where))
    started = time.monotonic()
    error = refusal(book)
    assert time.monotonic() - started < 1.2
    assert isinstance(error, problems.TimedOut)
    assert RESPONSES in book.read(WANTED)


def test_a_call_may_last_fifteen_seconds() -> None:
    assert Book.call_seconds == 15


def test_a_name_that_never_resolves_is_given_up_in_time(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    """No timeout of requests covers the resolver."""
    book.call_seconds = 0.2
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: threading.Event().wait(1))
    assert isinstance(refusal(book), problems.TimedOut)


def test_nobody_listening_says_which_machine(server: SheetsServer, settings: Settings) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, not listening: refused
        error = refusal(Book(replace(settings, api=f"http://127.0.0.1:{taken.getsockname()[1]}")))
    assert isinstance(error, problems.SheetUnreachable)
    assert "127.0.0.1 n'est pas joignable" in str(error)


def test_an_unknown_name_points_at_dns(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    account = {**(settings.service_account or {}), "token_uri": "https://oauth2.googleapis.com/token"}
    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    error = refusal(Book(replace(settings, service_account=account)))
    assert "oauth2.googleapis.com est introuvable" in str(error)
    assert "DNS" in str(error)


def test_without_another_root_calls_go_to_google(
    server: SheetsServer, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = socket.getaddrinfo

    def only_here(host: str, *rest: Any, **options: Any) -> Any:
        if host != "127.0.0.1":
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return known(host, *rest, **options)

    monkeypatch.setattr(socket, "getaddrinfo", only_here)
    assert "sheets.googleapis.com est introuvable" in str(refusal(Book(replace(settings, api=None))))
    assert (len(server.scopes), server.calls) == (1, [])


def test_a_certificate_that_is_not_trusted_is_told(settings: Settings) -> None:
    error = requests.exceptions.SSLError(
        "CERTIFICATE_VERIFY_FAILED", request=requests.Request("GET", "https://sheets.googleapis.com/v4")
    )
    assert "certificat de sheets.googleapis.com" in str(explain(error, settings))


def test_what_google_auth_wraps_is_unwrapped(settings: Settings) -> None:
    error = TransportError("odd")
    error.__cause__ = requests.ConnectTimeout()
    assert isinstance(explain(error, settings), problems.TimedOut)


def test_an_unexpected_error_is_told_by_its_name_only(settings: Settings) -> None:
    explained = explain(RuntimeError(PRIVATE), settings)
    assert "RuntimeError" in str(explained)
    assert PRIVATE not in str(explained)


@pytest.mark.parametrize("address", ["sans-protocole/token", "ftp://127.0.0.1/token", "http://"])
def test_an_address_that_is_none_is_told(settings: Settings, address: str) -> None:
    account = {**(settings.service_account or {}), "token_uri": address}
    assert "token_uri" in str(refusal(Book(replace(settings, service_account=account))))


# secrets


def spoilt_keys() -> dict[str, str]:
    whole = key_pair()[0]
    lines = whole.splitlines()
    return {
        "another thing": "secret-key-of-mine-0123456789",
        "empty": "",
        "half": "\n".join(lines[:12]),
        "a line lost": "\n".join(lines[:5] + lines[6:]),
        "a sign lost": whole[:200] + whole[201:],
        "no armour": "".join(lines[1:-1]),
        "odd signs": whole.replace("A", "é"),
        "a public key": key_pair()[1],
    }


@pytest.mark.parametrize("name", spoilt_keys())
def test_a_spoilt_key_says_how_to_have_another_and_shows_nothing_of_itself(settings: Settings, name: str) -> None:
    spoilt = spoilt_keys()[name]
    error = refusal(Book(replace(settings, service_account={**(settings.service_account or {}), "private_key": spoilt})))
    assert isinstance(error, problems.WrongKey)
    assert "créez une nouvelle clé JSON" in str(error)
    told = "".join(traceback.format_exception(error))
    assert spoilt not in told or not spoilt
    assert [line for line in key_pair()[0].splitlines()[1:-1] if line in told] == []


@pytest.mark.parametrize("line_break", ["\\n", "", "\r\n"], ids=["between single quotes", "on one line", "from Windows"])
def test_a_key_that_lost_its_line_breaks_on_the_way_is_understood(settings: Settings, line_break: str) -> None:
    account = {**(settings.service_account or {}), "private_key": key_pair()[0].replace("\n", line_break)}
    assert RESPONSES in Book(replace(settings, service_account=account)).read(WANTED)


def everything_said(caplog: pytest.LogCaptureFixture) -> str:
    """Every record with all its attributes: google-auth hides what it logs in `extra`."""
    return "\n".join(f"{record.getMessage()} {vars(record)}" for record in caplog.records)


@pytest.mark.parametrize("name", [*REFUSALS, "none"])
def test_no_key_token_or_cell_reaches_a_message_or_a_log(
    server: SheetsServer, settings: Settings, name: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    for logger in ("google", "google.auth.transport.requests", "urllib3", "gspread", "requests"):
        monkeypatch.setattr(logging.getLogger(logger), "propagate", True)
    caplog.set_level(logging.DEBUG)
    book = Book(settings)
    told = [repr(book), repr(settings), repr(book.read(WANTED).keys())]
    if name != "none":
        server.tokens.clear()
        server.faults.switch(REFUSALS[name][0])
        error = refusal(book)
        told += [repr(error), *traceback.format_exception(error), json.dumps({"kind": error.kind, "message": error.message})]
    told += [everything_said(caplog)]
    secrets = [PRIVATE, "Crêperie", "ya29.", "eyJ", *key_pair()[0].splitlines()[1:-1]]
    assert [secret for secret in secrets if secret in "".join(told)] == []


def test_the_spreadsheets_address_is_in_no_message(server: SheetsServer, settings: Settings) -> None:
    """Messages stand in `/readyz`; a sheet shared by link is open to whoever knows its key."""
    for fault, _, _ in REFUSALS.values():
        with server.faults.standing(fault):
            assert server.key not in str(refusal(Book(settings)))

"""The loopback Google behaves as the Sheets API's documentation, and the answers in shared/data/google, say."""

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import requests
from google.auth.transport.requests import AuthorizedSession
from google.oauth2.service_account import Credentials

from tests.google import SheetsServer, faults
from tests.google.grid import Held

ANSWERS = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "google"
SCOPE = "https://www.googleapis.com/auth/spreadsheets"
MOMENT = datetime(2020, 3, 24, 1, 40, 16)


@pytest.fixture
def server() -> Iterator[SheetsServer]:
    tabs: dict[str, list[list[Held]]] = {
        "Réponses": [
            ["Horodateur", "Nom", "Prix", "approved"],
            [MOMENT, "Œufs", 4.5, True],
            [],
            [None, "", 49000, False, ""],
            ["", ""],
        ],
        "L'été": [["a", "b"], ["c"]],
    }
    with SheetsServer(tabs) as running:
        yield running


class Client:
    def __init__(self, server: SheetsServer, scope: str = SCOPE):
        self.root = f"{server.url}/v4/spreadsheets/{server.key}"
        self.session = AuthorizedSession(Credentials.from_service_account_info(server.account(), scopes=[scope]))

    def get(self, path: str = "", **query: Any) -> Any:
        return self.session.get(self.root + path, params=query).json()

    def post(self, path: str, body: object) -> Any:
        return self.session.post(self.root + path, json=body).json()


@pytest.fixture
def client(server: SheetsServer) -> Client:
    return Client(server)


def test_unformatted_cells_are_locale_free_and_trailing_blanks_are_left_out(client: Client) -> None:
    answer = client.get("/values:batchGet", ranges=["Réponses", "'L''été'"], valueRenderOption="UNFORMATTED_VALUE")
    first, second = answer["valueRanges"]
    assert first["values"] == [
        ["Horodateur", "Nom", "Prix", "approved"],
        [43914.06962962963, "Œufs", 4.5, True],
        [],
        ["", "", 49000, False],
    ]
    assert (first["range"], second["range"]) == ("Réponses!A1:Z1000", "'L''été'!A1:Z1000")
    assert second["values"] == [["a", "b"], ["c"]]


def test_formatted_cells_follow_the_locale(server: SheetsServer, client: Client) -> None:
    assert client.get("/values/Réponses")["values"][1] == ["24/03/2020 01:40:16", "Œufs", "4,5", "VRAI"]
    server.locale = "en_US"
    assert client.get("/values/Réponses")["values"][1] == ["3/24/2020 1:40:16", "Œufs", "4.5", "TRUE"]


@pytest.mark.parametrize(
    ("asked", "cells"),
    [
        ("Réponses!B2", [["Œufs"]]),
        ("'Réponses'!B1:C2", [["Nom", "Prix"], ["Œufs", 4.5]]),
        ("Réponses!B2:B", [["Œufs"]]),
        ("Réponses!3:4", [[], ["", "", 49000, False]]),
        ("Réponses!D:D", [["approved"], [True], [], [False]]),
        ("A1", [["Horodateur"]]),
        ("'L''été'!2:2", [["c"]]),
        ("Réponses!A9:B9", None),
    ],
)
def test_a_range_gives_its_cells(client: Client, asked: str, cells: list | None) -> None:
    assert (
        client.get("/values:batchGet", ranges=asked, valueRenderOption="UNFORMATTED_VALUE")["valueRanges"][0].get("values")
        == cells
    )


@pytest.mark.parametrize("asked", ["Mag", "'Mag'!A1:B2", "Réponses!", "'L'été'!A1"])
def test_an_unknown_tab_is_refused_in_googles_words(client: Client, asked: str) -> None:
    error = client.get("/values:batchGet", ranges=asked)["error"]
    assert error == {"code": 400, "message": f"Unable to parse range: {asked}", "status": "INVALID_ARGUMENT"}


def test_a_tab_has_an_edge(server: SheetsServer, client: Client) -> None:
    server.grids["L'été"] = (2, 2)
    body = {"valueInputOption": "RAW", "data": [{"range": "'L''été'!A3:B3", "values": [["x", "y"]]}]}
    said = "Range ('L''été'!A3:B3) exceeds grid limits. Max rows: 2, max columns: 2"
    assert client.post("/values:batchUpdate", body)["error"]["message"] == said


def test_writes_land_in_the_tabs(server: SheetsServer, client: Client) -> None:
    client.post(":batchUpdate", {"requests": [{"addSheet": {"properties": {"title": "Suivi"}}}]})
    client.post(
        "/values:batchUpdate", {"valueInputOption": "RAW", "data": [{"range": "Suivi!B2:C2", "values": [["=1", True]]}]}
    )
    client.session.put(f"{client.root}/values/Suivi!A1", params={"valueInputOption": "RAW"}, json={"values": [["ligne"]]})
    client.post("/values/Suivi!A1:append?valueInputOption=RAW", {"values": [["fin"]]})
    assert server.tabs["Suivi"] == [["ligne"], ["", "=1", True], ["fin"]]
    twice = client.post(":batchUpdate", {"requests": [{"addSheet": {"properties": {"title": "Suivi"}}}]})
    assert "already exists" in twice["error"]["message"]


def test_a_formula_is_one_only_where_it_is_typed(server: SheetsServer, client: Client) -> None:
    for option in ("RAW", "USER_ENTERED"):
        client.session.put(
            f"{client.root}/values/Réponses!A9", params={"valueInputOption": option}, json={"values": [["=1+1"]]}
        )
        assert server.tabs["Réponses"][8] == [{"RAW": "=1+1", "USER_ENTERED": "#NAME?"}[option]]
    answer = client.session.put(f"{client.root}/values/Réponses!A9", json={"values": [["x"]]})
    assert answer.json()["error"]["message"] == "'valueInputOption' is required but not specified"


def test_a_read_only_token_cannot_write(server: SheetsServer) -> None:
    client = Client(server, f"{SCOPE}.readonly")
    assert "values" in client.get("/values/Réponses")
    answer = client.post(":batchUpdate", {"requests": []})
    assert answer["error"]["details"][0]["reason"] == "ACCESS_TOKEN_SCOPE_INSUFFICIENT"
    assert server.scopes == [f"{SCOPE}.readonly"]


def test_no_token_is_given_for_another_signature(server: SheetsServer) -> None:
    form = {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": "e30.e30.e30"}
    answer = requests.post(f"{server.url}/token", data=form)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")
    assert requests.get(f"{server.url}/v4/spreadsheets/{server.key}").status_code == 401


def test_metadata_gives_the_tabs_and_obeys_fields(server: SheetsServer, client: Client) -> None:
    assert [sheet["properties"]["title"] for sheet in client.get()["sheets"]] == ["Réponses", "L'été"]
    assert set(client.get(fields="sheets.properties")) == {"sheets"}
    assert server.calls[-1] == ("GET", f"/v4/spreadsheets/{server.key}", {"fields": ["sheets.properties"]})


def test_faults_come_in_order_then_go(server: SheetsServer, client: Client) -> None:
    server.faults.next(faults.quota(7), faults.not_found())
    with server.faults.standing(faults.unavailable()):
        answers = [client.session.get(client.root) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [429, 404, 503]
    assert answers[0].headers["Retry-After"] == "7"
    assert client.session.get(client.root).status_code == 200


@pytest.mark.parametrize("render", ["unformatted", "formatted"])
def test_it_answers_as_google_answered(render: str) -> None:
    """Replays the recorded sheet; dates aside, FORMATTED_VALUE comes out of the unformatted cells."""
    if not ANSWERS.is_dir():
        pytest.skip("shared/data/google is absent")
    held = json.loads((ANSWERS / "batchGet.unformatted.json").read_text("utf-8"))["valueRanges"]
    wanted = json.loads((ANSWERS / f"batchGet.{render}.json").read_text("utf-8"))["valueRanges"]
    tabs = {part["range"].rpartition("!")[0].strip("'"): part["values"] for part in held}
    with SheetsServer(tabs) as server:
        server.grids["Réponses au formulaire 1"] = (1041, 30)
        query = {"ranges": list(tabs), "valueRenderOption": f"{render.upper()}_VALUE"}
        got = Client(server).get("/values:batchGet", **query)["valueRanges"]
    assert [part["range"] for part in got] == [part["range"] for part in wanted]
    different = [
        (here, there)
        for mine, theirs in zip(got, wanted, strict=True)
        for row, other in zip(mine["values"], theirs["values"], strict=True)
        for here, there in zip(row, other, strict=True)
        if here != there and "/" not in str(there) and ":" not in str(there)
    ]
    assert different == []

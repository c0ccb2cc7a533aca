"""What its keepers see: figures for Prometheus, and a log whose lines say which request they are of."""

import io
import json
import logging
import sys
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient

import logs
import settings as settings_
import web
from settings import WrongSetting
from sheets.snapshot import Heartbeat, Tally, live
from web.door import Door
from web.watch import Watch

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)


@pytest.fixture
def keeper(snapshot, tmp_path, monkeypatch) -> TestClient:
    """A site whose figures are open."""
    monkeypatch.setattr(live, "snapshot", snapshot)
    settings = settings_.load({"CONSO_METRICS": "1", "CONSO_MAP_TILES": ""}, tmp_path / "none.toml")
    routes = web.routes(settings)
    app = Starlette(routes=routes, middleware=web.middleware(settings, Door("k", exists=False), routes))
    return TestClient(app, base_url="http://conso.example", follow_redirects=False)


def figures(client: TestClient) -> dict[tuple[str, ...], float]:
    """By name, then the labels' values."""
    answer = client.get("/metrics")
    assert answer.status_code == 200
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def test_metrics_are_closed_unless_opened(client):
    assert client.get("/metrics").status_code == 404


def test_passes_are_told_by_whoever_shows_them(keeper, monkeypatch):
    """The figures travel with the heartbeat: a process that only follows a store tells them too."""
    tally = Tally(12, {"quota": 2, "timeout": 1}, 17, {"en ligne": 4, "bloquée": 1}, 0.25)
    monkeypatch.setattr(live, "heartbeat", Heartbeat(datetime.now(UTC), {"at": "", "kind": "quota", "message": ""}, tally))
    told = figures(keeper)
    assert told[("conso_passes_total",)] == 12
    assert told[("conso_sheet_calls_total",)] == 17
    assert told[("conso_pass_failures_total", "quota")] == 2
    assert told[("conso_rows", "bloquée")] == 1
    assert told[("conso_pass_seconds",)] == 0.25
    assert told[("conso_sync_failing",)] == told[("conso_ready",)] == 1
    assert told[("conso_snapshot_age_seconds",)] < 60
    assert told[("process_resident_memory_bytes",)] > 0


def test_no_age_is_no_number(keeper, monkeypatch):
    monkeypatch.setattr(live, "heartbeat", Heartbeat())
    age = figures(keeper)[("conso_snapshot_age_seconds",)]
    assert age != age


def test_pages_are_timed_by_route_and_no_visitor_makes_a_new_series(keeper):
    before = figures(keeper)
    for path in ("/fiche?f=la-halte", "/fiche?f=absente", "/tuiles/9/1/178.json", "/tuiles/9/2/178.json", "/x", "/y/z"):
        keeper.get(path)
    after = figures(keeper)
    new = {key[1]: after[key] - before.get(key, 0) for key in after if key[0] == "conso_page_seconds_count"}
    assert (new["/fiche"], new["/tuiles/{z:int}/{x:int}/{y:int}.json"], new["autre"]) == (2, 2, 2)


def test_open_pages_are_counted_while_they_are():
    async def page(websocket):
        await websocket.accept()
        await websocket.receive_text()

    app = Starlette(routes=[WebSocketRoute("/_stcore/stream", page)], middleware=[Middleware(Watch, routes=[])])
    gauge = web.watch.OPEN_PAGES
    before = gauge._value.get()
    with TestClient(app).websocket_connect("/_stcore/stream") as socket:
        assert gauge._value.get() == before + 1
        socket.send_text("adieu")
    assert gauge._value.get() == before


# The log


@pytest.fixture
def stderr(monkeypatch) -> Iterator[io.StringIO]:
    loggers = [logging.getLogger(name) for name in ("conso", "conso.requests", "")]
    kept = [(list(each.handlers), each.propagate, each.level) for each in loggers]
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    yield sys.stderr
    for each, (handlers, propagate, level) in zip(loggers, kept, strict=True):
        each.handlers, each.propagate = handlers, propagate
        each.setLevel(level)


@pytest.fixture
def lines(stderr):
    """What is logged in JSON from now on."""
    logs.to_stderr({"CONSO_LOG_FORMAT": "json"})
    return lambda: [json.loads(line) for line in stderr.getvalue().splitlines()]


def test_each_line_of_a_request_carries_its_id(keeper, lines):
    answer = keeper.get("/fiche?f=la-halte&lien=secret", headers={"x-request-id": "abc-123.4_5"})
    (line,) = lines()
    assert answer.headers["x-request-id"] == line["request"] == "abc-123.4_5"
    assert (line["logger"], line["level"], line["method"], line["path"], line["status"]) == ("conso.requests", "INFO", "GET", "/fiche", 200)  # fmt: skip
    assert line["ms"] > 0
    assert datetime.fromisoformat(line["at"]).tzinfo is not None
    assert "secret" not in json.dumps(line)


@pytest.mark.parametrize("given", ["", "a b", "x" * 65, "é", "a\tb", '"},{"'])
def test_an_id_that_could_write_in_the_log_is_replaced(keeper, given):
    answer = keeper.get("/robots.txt", headers={"x-request-id": given.encode("utf-8")})
    assert len(answer.headers["x-request-id"]) == 16


def test_a_path_cannot_write_in_the_log(keeper, lines):
    keeper.get("/x%0A%7B%22level%22:1%7D%1b[31m")
    (line,) = lines()
    assert line["path"] == "/x%0A%7B%22level%22%3A1%7D%1B%5B31m"


def test_a_failure_is_told_with_its_id_and_where(lines):
    async def broken(request):
        logging.getLogger("conso.essai").warning("avant")
        raise ZeroDivisionError

    app = Starlette(routes=[Route("/cassee", broken)], middleware=[Middleware(Watch, routes=[])])
    assert TestClient(app, raise_server_exceptions=False).get("/cassee").status_code == 500
    said = lines()
    assert [line["message"][:20] for line in said] == [
        "avant",
        "requête interrompue",
        "GET /cassee 500 0.0"[:11] + said[2]["message"][11:20],
    ]
    assert len({line["request"] for line in said}) == 1
    assert "ZeroDivisionError" in said[1]["error"]


def test_outside_of_a_request_there_is_no_id(lines):
    logging.getLogger("conso.sync").info("sync : 1 lignes")
    assert [set(line) for line in lines()] == [{"at", "level", "logger", "message"}]


def test_people_are_told_what_failed_and_not_each_request(keeper, stderr, monkeypatch):
    monkeypatch.setattr(sys, "stderr", stderr)
    logs.to_stderr({})
    keeper.get("/fiche?f=la-halte")
    logging.getLogger("conso.sync").info("bonjour")
    assert [line.rpartition(" INFO ")[2] for line in stderr.getvalue().splitlines()] == ["bonjour"]


@pytest.mark.parametrize(("name", "value"), [("CONSO_LOG_FORMAT", "xml"), ("CONSO_LOG_LEVEL", "bavard")])
def test_a_wrong_setting_of_the_log_is_said(name, value):
    with pytest.raises(WrongSetting, match=f"{name} = {value}"):
        logs.to_stderr({name: value})


def test_a_page_that_is_none_has_its_answer_watched():
    """An address outside of the table, an odd method: nothing escapes."""
    app = Starlette(routes=[Route("/a", lambda request: PlainTextResponse("a"))], middleware=[Middleware(Watch, routes=[])])
    assert "x-request-id" in TestClient(app).post("/a").headers

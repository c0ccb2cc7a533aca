"""The map's background passes through the site: bounded, kept, and silent where the other server is."""

import dataclasses
import http.server
import threading

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

import web
from schema import Site
from sheets.snapshot import live
from tests.annuaire.snapshots import NOW, snapshot
from web import background
from web.door import Door

PNG = b"\x89PNG\r\n\x1a\n" + b"tile"
ANGERS = {"latitude": 47.47, "longitude": -0.55}
NEAR, FAR = (12, 2041, 1435), (12, 2074, 1409)
"""Tiles of Angers and of Paris."""


class Tiles(http.server.BaseHTTPRequestHandler):
    """Another's server: `given` is what it answers, `asked` what it was asked."""

    given = (200, PNG)
    asked: list[str]

    def do_GET(self) -> None:
        type(self).asked.append(self.path)
        status, body = type(self).given
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Location", "http://127.0.0.1:9/")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *said) -> None:
        pass


@pytest.fixture
def other():
    handler = type("Other", (Tiles,), {"asked": []})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    handler.url = f"http://127.0.0.1:{server.server_port}/{{z}}/{{x}}/{{y}}.png"
    yield handler
    server.shutdown()
    server.server_close()


@pytest.fixture
def client(settings, monkeypatch, other):
    monkeypatch.setattr(live, "snapshot", snapshot(ANGERS))
    tiled = dataclasses.replace(settings, map_tiles=other.url)
    routes = web.routes(tiled)
    return TestClient(
        Starlette(routes=routes, middleware=web.middleware(tiled, Door("", exists=False), routes)),
        base_url="http://conso.example",
    )


def tile(client, place):
    return client.get("/carte/{}/{}/{}".format(*place))


def test_a_tile_is_asked_for_once_and_kept(client, other):
    first, again = tile(client, NEAR), tile(client, NEAR)
    assert (first.status_code, first.content, first.headers["content-type"]) == (200, PNG, "image/png")
    assert first.headers["cache-control"] == "public, max-age=2592000"
    assert again.content == PNG
    assert other.asked == ["/12/2041/1435.png"]


def test_the_style_and_the_pages_name_no_other_host(client, other):
    style = client.get("/carte/style.json").json()
    assert style["sources"]["plan"]["tiles"] == ["/carte/{z}/{x}/{y}"]
    assert "127.0.0.1" not in client.get("/").headers["content-security-policy"]
    assert other.asked == []


@pytest.mark.parametrize("place", [FAR, (12, 4096, 0), (19, 0, 0), (0, 1, 0)])
def test_what_no_visitor_of_this_directory_has_to_see_is_asked_of_nobody(client, other, place):
    assert tile(client, place).status_code == 404
    assert other.asked == []


@pytest.mark.slow
@pytest.mark.parametrize(
    "given", [(503, b"busy"), (200, b"<html>"), (302, b""), (200, PNG + bytes(background.LARGEST))], ids=["down", "page", "redirection", "huge"]
)  # fmt: skip
def test_after_a_tile_that_did_not_come_the_other_server_is_left_alone(client, other, given):
    other.given = given
    answers = [tile(client, NEAR), tile(client, (12, 2042, 1435))]
    assert [each.status_code for each in answers] == [404, 404]
    assert [each.headers["cache-control"] for each in answers] == ["no-store"] * 2
    assert len(other.asked) == 1


def test_a_tile_that_the_other_server_has_not_silences_nobody(client, other):
    other.given = (404, b"")
    assert tile(client, NEAR).status_code == 404
    other.given = (200, PNG)
    assert tile(client, (12, 2042, 1435)).status_code == 200


def test_memory_is_bounded(client, other, monkeypatch):
    monkeypatch.setattr(background, "KEPT", 2)
    places = [(12, x, 1435) for x in (2040, 2041, 2042)]
    for place in (*places, places[0]):
        assert tile(client, place).status_code == 200
    assert len(other.asked) == 4


def test_the_place_where_the_map_opens_has_its_tiles_without_any_fiche():
    paris = snapshot(site=Site(centre=(48.85, 2.35), zoom=10.0))
    assert background.is_ours(paris, *FAR, NOW)
    assert not background.is_ours(paris, *NEAR, NOW)
    assert background.is_ours(snapshot(), 7, 0, 0, NOW)


def test_whose_map_it_is_is_said():
    assert background.credit("https://data.geopf.fr/wmts?x={x}") == "© IGN"
    assert background.credit("https://a.tile.openstreetmap.org/{z}/{x}/{y}.png") == "© OpenStreetMap"
    assert background.credit("https://plan.example/{z}/{x}/{y}.png") == "© plan.example"

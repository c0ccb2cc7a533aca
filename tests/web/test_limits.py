"""How many pages live at once, on the wire: whoever comes too many keeps the page that the server wrote."""

import socket as sockets
import time
import urllib.error
import urllib.request

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect
from streamlit.proto.BackMsg_pb2 import BackMsg
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

import settings as settings_
from settings import WrongSetting
from sheets import demo
from tests.browser.conftest import serving
from tests.web.test_slow import dribble
from web import slow
from web.limits import Limits


async def page(websocket):
    await websocket.accept("streamlit")
    async for text in websocket.iter_text():
        await websocket.send_text(text)


def pages(most: int, address: str = "203.0.113.7") -> TestClient:
    app = Starlette(routes=[WebSocketRoute("/", page)], middleware=[Middleware(Limits, open_pages=most)])
    return TestClient(app, client=(address, 5000))


def refused(client: TestClient) -> int | None:
    """The code with which one more page is closed; None where it lives."""
    try:
        with client.websocket_connect("/", subprotocols=["streamlit", "token"]) as socket:
            assert socket.accepted_subprotocol == "streamlit"
            socket.send_text("vit")
            return None if socket.receive_text() == "vit" else -1
    except WebSocketDisconnect as error:
        return error.code


def test_beyond_the_bound_a_page_is_told_to_come_back_later():
    client = pages(1)
    with client.websocket_connect("/"):
        assert refused(client) == 1013
    assert refused(client) is None


def test_one_address_does_not_take_every_place():
    """A fifth at most; the addresses of one IPv6 household are one."""
    client = pages(10, "2001:db8::1")
    neighbour, other = TestClient(client.app, client=("2001:db8::2", 1)), TestClient(client.app, client=("2001:db8:0:1::1", 1))
    with client.websocket_connect("/"), neighbour.websocket_connect("/"):
        assert refused(client) == refused(neighbour) == 1013
        assert refused(other) is None


@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_a_proxy_on_this_machine_that_passes_no_address_on_is_not_one_visitor(address):
    client = pages(3, address)
    with client.websocket_connect("/"), client.websocket_connect("/"):
        assert refused(client) is None


@pytest.mark.parametrize(
    ("origin", "lives"),
    [(None, True), ("http://testserver", True), ("https://TESTSERVER", True), ("https://site.example", True), ("https://foreign.example", False), ("null", False),
     ("http://localhost:3000", False), ("http://testserver:99", False), ("http://testserver.foreign.example", False), ("http://testserver@foreign.example", False), ("", False)],
)  # fmt: skip
def test_only_pages_of_the_site_come_to_life(origin, lives):
    """Those of the host that is asked, or that Streamlit's own setting names; not those of another program on the visitor's machine."""
    app = Starlette(routes=[WebSocketRoute("/", page)], middleware=[Middleware(Limits, open_pages=9, origins=["https://site.example"])])  # fmt: skip
    headers = {} if origin is None else {"origin": origin}
    try:
        with TestClient(app, headers=headers).websocket_connect("/", subprotocols=["streamlit"]) as socket:
            socket.send_text("vit")
            assert socket.receive_text() == "vit"
            said = 0
    except WebSocketDisconnect as error:
        said = error.code
    assert said == (0 if lives else 1008)


@pytest.mark.parametrize("wrong", ["0", "-1", "beaucoup", "3.5", "1000000"])
def test_a_wrong_bound_ends_the_start_in_french(wrong, tmp_path):
    with pytest.raises(WrongSetting, match=f"CONSO_OPEN_PAGES = {wrong} : attendu un nombre de pages"):
        settings_.load({"CONSO_OPEN_PAGES": wrong}, tmp_path / "none.toml")


def test_the_bound_is_read_from_the_file_and_the_environment_wins(tmp_path):
    file = tmp_path / "secrets.toml"
    file.write_text("[site]\nopen_pages = 50\n")
    assert [settings_.load(environ, path).open_pages for environ, path in (({}, file), ({"CONSO_OPEN_PAGES": "7"}, file), ({}, tmp_path / "no"))] == [50, 7, 500]  # fmt: skip


# On the wire


@pytest.mark.slow
def test_a_whole_site_holds_against_who_means_no_good(tmp_path_factory):
    """Foreign pages, messages too big, slow clients, forms too big: refused, and the site goes on."""
    folder = tmp_path_factory.mktemp("site")
    workbook = folder / "feuille.xlsx"
    demo.write(workbook, rows=20, ticked=True)
    with serving(workbook, folder) as site:
        stream = site.url.replace("http", "ws") + "/_stcore/stream"
        host = site.url.removeprefix("http://")

        for origin in ("https://foreign.example", f"http://{host}.foreign.example", "null", "http://foreign.example:80"):
            with pytest.raises(InvalidStatus) as error:
                connect(stream, origin=origin, subprotocols=["streamlit"])
            assert error.value.response.status_code == 403

        asked = BackMsg()
        asked.rerun_script.query_string = "q=pain"
        assert not _is_cut(stream, asked.SerializeToString())
        asked.rerun_script.query_string = "a" * 6_000_000
        assert _is_cut(stream, asked.SerializeToString())

        for path, size, status in (("/favoris", 70_000, 413), ("/_stcore/upload_file/a/b", 10, 404), ("/", 10, 405)):
            with pytest.raises(urllib.error.HTTPError) as refusal:
                urllib.request.urlopen(urllib.request.Request(f"{site.url}{path}", b"a" * size), timeout=20)
            assert refusal.value.code == status

        wire = sockets.create_connection(("127.0.0.1", int(host.split(":")[1])), timeout=20)
        began = time.monotonic()
        wire.sendall(b"GET / HTTP/1.1\r\nHost: a\r\nX: ")
        dribble(wire, 60)
        assert time.monotonic() - began >= slow.HEADERS_SECONDS * 0.9

        with connect(stream, origin=site.url, subprotocols=["streamlit"]) as socket:
            socket.ping().wait(20)
        with urllib.request.urlopen(f"{site.url}/readyz", timeout=20) as answer:
            assert answer.status == 200


def _is_cut(stream: str, message: bytes) -> bool:
    """True where the server hangs up on a page that sends this."""
    try:
        with connect(stream, subprotocols=["streamlit"], compression=None) as socket:
            socket.send(message)
            return not socket.ping().wait(5)
    except (ConnectionClosed, OSError):
        return True

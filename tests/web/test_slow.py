"""Whoever dribbles a request is cut; whoever waits for us, or keeps a connection for the next page, is not."""

import asyncio
import socket
import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn
from starlette.requests import Request

from web import slow
from web.answers import body_of

ASKED = b"GET / HTTP/1.1\r\nHost: conso.example\r\n"
SENT = b"POST / HTTP/1.1\r\nHost: conso.example\r\nContent-Length: 1000\r\n\r\n"


class Server:
    """A uvicorn with an application that reads a form, then thinks; what it read is kept."""

    def __init__(self) -> None:
        self.read: list[int | None] = []
        self.thinks = 0.0
        config = uvicorn.Config(self.app, port=0, http="httptools", interface="asgi3", lifespan="off", log_level="error")
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)

    async def app(self, scope, receive, send) -> None:
        body = await body_of(Request(scope, receive), 5000)
        self.read.append(None if body is None else len(body))
        await asyncio.sleep(self.thinks)
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
        await send({"type": "http.response.body", "body": b"ok"})

    def __enter__(self) -> "Server":
        self._thread.start()
        while not self._server.started:
            time.sleep(0.01)
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join(10)

    def connect(self) -> socket.socket:
        port = self._server.servers[0].sockets[0].getsockname()[1]
        wire = socket.create_connection(("127.0.0.1", port), timeout=20)
        wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return wire


@pytest.fixture
def server(monkeypatch) -> Iterator[Server]:
    slow.cut_slow_clients()
    slow.cut_slow_clients()
    monkeypatch.setattr(slow, "HEADERS_SECONDS", 0.6)
    monkeypatch.setattr(slow, "REQUEST_SECONDS", 0.9)
    with Server() as running:
        yield running


def dribble(wire: socket.socket, seconds: float = 15.0) -> bytes:
    """One byte at a time until the other side hangs up; what it said. Fails where it never does."""
    ends, said = time.monotonic() + seconds, b""
    wire.settimeout(0.05)
    while time.monotonic() < ends:
        try:
            wire.send(b"a")
            said += (got := wire.recv(1000))
            if not got:
                return said
        except TimeoutError:
            continue
        except OSError:
            return said
    pytest.fail("still connected")


@pytest.mark.slow
@pytest.mark.parametrize("begun", [b"", ASKED, ASKED + b"X-Long: ", SENT])
def test_whoever_dribbles_headers_or_body_is_cut(server, begun):
    wire = server.connect()
    wire.sendall(begun)
    assert dribble(wire).startswith(b"HTTP/1.1 408") or begun == b""  # `aaa…` alone is an error of its own
    assert server.read in ([], [None])


def test_whoever_says_nothing_is_cut(server):
    assert server.connect().recv(100).startswith(b"HTTP/1.1 408")


def test_a_second_request_on_the_connection_is_timed_too(server):
    wire = server.connect()
    wire.sendall(ASKED + b"\r\n")
    assert wire.recv(1000).endswith(b"ok")
    wire.sendall(ASKED + b"X-Long: ")
    assert b"408" in dribble(wire)
    assert server.read == [0]


def test_endless_headers_are_refused_before_they_fill_the_memory(server):
    wire = server.connect()
    wire.sendall(ASKED + b"X-Long: ")
    sent = 0
    try:
        while sent < 100_000_000:
            sent += wire.send(b"a" * 65_536)
    except OSError:  # hung up
        pass
    assert sent < 20_000_000
    assert server.read == []


def test_many_small_requests_are_not_taken_for_large_headers(server):
    wire = server.connect()
    asked = ASKED + b"Cookie: " + b"a" * 6000 + b"\r\n\r\n"
    for _ in range(20):
        wire.sendall(asked)
        assert wire.recv(1000).endswith(b"ok")


def test_a_large_body_is_not_taken_for_headers(server):
    """Though it comes in the same breath; what is too much for a form is the form's to say."""
    wire = server.connect()
    wire.sendall(SENT.replace(b"1000", b"90000") + b"a" * 90_000)
    assert wire.recv(1000).endswith(b"ok")
    assert server.read == [None]


@pytest.mark.slow
def test_whoever_waits_for_a_slow_answer_is_not_cut(server):
    server.thinks = 2.0
    wire = server.connect()
    wire.sendall(ASKED + b"\r\n")
    assert wire.recv(1000).endswith(b"ok")


def test_a_body_in_pieces_arrives_whole(server):
    wire = server.connect()
    wire.sendall(SENT)
    for _ in range(4):
        time.sleep(0.05)
        wire.sendall(b"a" * 250)
    assert wire.recv(1000).endswith(b"ok")
    assert server.read == [1000]

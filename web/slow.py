"""Slow and endless requests are cut: a client that dribbles its headers or its body holds no connection for long.

uvicorn has no setting for it, and Streamlit leaves no place to give it another protocol class: its own is completed here, before
the first connection. nginx in front does the same; this is for sites that have none.
"""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEADERS_SECONDS = 10.0
"""From the connection, or from the first byte of a later request on it, until its headers are whole."""
REQUEST_SECONDS = 30.0
"""From its first byte until its body is whole: the longest form of ours is 60 kB."""
LARGEST_HEADERS = 64 * 1024
"""Bytes: address, cookies and all."""


class Watched:
    """One connection: what it has sent of a request's headers, and until when it may send the rest."""

    def __init__(self, protocol: HttpToolsProtocol):
        self._protocol = protocol
        self._timer: asyncio.TimerHandle | None = None
        self.in_headers, self._bytes = True, 0

    def arm(self, seconds: float) -> None:
        self.disarm()
        self._timer = self._protocol.loop.call_later(seconds, self._late, seconds)

    def disarm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def has_too_much(self, size: int) -> bool:
        """Counts what came and left the headers unfinished; True once it is too much."""
        self._bytes += size
        return self._bytes > LARGEST_HEADERS

    def begin(self) -> None:
        self.in_headers, self._bytes = True, 0
        self.arm(HEADERS_SECONDS)

    def headers_done(self) -> None:
        self.in_headers = False
        self.arm(REQUEST_SECONDS)

    def _late(self, seconds: float) -> None:
        if self._protocol.flow.read_paused:  # it waits for us
            return self.arm(seconds)
        self.refuse("408 Request Timeout")
        return None

    def refuse(self, status: str) -> None:
        self.disarm()
        transport, cycle = self._protocol.transport, self._protocol.cycle
        if transport.is_closing():
            return
        if cycle is None or not cycle.response_started or cycle.response_complete:
            transport.write(f"HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n".encode())
        transport.close()


def cut_slow_clients() -> None:
    """Once, before the server takes connections."""
    if hasattr(HttpToolsProtocol, "_conso_watched"):
        return
    HttpToolsProtocol._conso_watched = True  # type: ignore[attr-defined]
    upgraded = HttpToolsProtocol.handle_websocket_upgrade
    made, lost, received = HttpToolsProtocol.connection_made, HttpToolsProtocol.connection_lost, HttpToolsProtocol.data_received
    began, headed, ended = HttpToolsProtocol.on_message_begin, HttpToolsProtocol.on_headers_complete, HttpToolsProtocol.on_message_complete  # fmt: skip

    def connection_made(self: Any, transport: Any) -> None:
        made(self, transport)
        self.watched = Watched(self)
        self.watched.begin()

    def connection_lost(self: Any, exc: Exception | None) -> None:
        self.watched.disarm()
        lost(self, exc)

    def data_received(self: Any, data: bytes) -> None:
        unfinished = self.watched.in_headers
        received(self, data)
        if unfinished and self.watched.in_headers and self.watched.has_too_much(len(data)):
            self.watched.refuse("431 Request Header Fields Too Large")

    def on_message_begin(self: Any) -> None:
        self.watched.begin()
        began(self)

    def on_headers_complete(self: Any) -> None:
        self.watched.headers_done()
        headed(self)

    def on_message_complete(self: Any) -> None:
        self.watched.disarm()
        ended(self)

    def handle_websocket_upgrade(self: Any) -> None:
        self.watched.disarm()
        upgraded(self)

    for replaced in (connection_made, connection_lost, data_received, on_message_begin, on_headers_complete, on_message_complete, handle_websocket_upgrade):  # fmt: skip
        setattr(HttpToolsProtocol, replaced.__name__, replaced)

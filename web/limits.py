"""Limits on websockets: from which pages, how many at once, and how fast one may ask. A storm waits in its own queue, not in its neighbours'."""

import time
from collections import Counter
from collections.abc import Collection

import anyio
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from allowance import household, is_local

SHARE = 5
"""One address may open one page in so many: a town hall or a school shares one."""
TRY_AGAIN_LATER = 1013
"""The code that a refused page is closed with (web/client/socket.js knows it): a browser tells a page's script nothing of a refused handshake."""
BURST, PER_SECOND = 40, 10.0


class Limits:
    """At most `open_pages` websockets at once; messages beyond `BURST` are read no faster than `PER_SECOND`: back-pressure, nothing is dropped."""

    def __init__(self, app: ASGIApp, open_pages: int, origins: Collection[str] | None = ()):
        """`origins`: whose pages may open one, besides those of the very host that is asked, e.g. `https://conso.example.org`; None: anybody's."""
        self.app = app
        self._most, self._most_of_one = open_pages, max(1, open_pages // SHARE)
        self._origins = None if origins is None else frozenset(origins)
        self._open: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "websocket":
            return await self.app(scope, receive, send)
        if not self._is_from_here(Headers(scope=scope)):
            await receive()
            return await send({"type": "websocket.close", "code": 1008})
        address = household((scope.get("client") or ("", 0))[0])
        if self._open.total() >= self._most or self._open[address] >= self._most_of(address):
            await receive()
            await send({"type": "websocket.accept", "subprotocol": next(iter(scope.get("subprotocols", ())), None)})
            return await send({"type": "websocket.close", "code": TRY_AGAIN_LATER})
        self._open[address] += 1
        try:
            await self.app(scope, _paced(receive), send)
        finally:
            self._open[address] -= 1
            self._open += Counter()
        return None

    def _most_of(self, address: str) -> int:
        """A proxy that passes no address on makes all of its visitors one, on this machine."""
        return self._most if is_local(address) else self._most_of_one

    def _is_from_here(self, headers: Headers) -> bool:
        """False for a page of another site. Streamlit asks too, but lets any page of localhost in, and asks a server elsewhere for its own address.

        Programs say no origin, and have no cookie of a visitor to abuse.
        """
        origin = headers.get("origin")
        if origin is None or self._origins is None or origin in self._origins:
            return True
        return origin.split("://", 1)[-1].lower() == headers.get("host", "").lower()


def _paced(receive: Receive) -> Receive:
    tokens, last = float(BURST), time.monotonic()

    async def paced() -> Message:
        nonlocal tokens, last
        now = time.monotonic()
        tokens, last = min(BURST, tokens + (now - last) * PER_SECOND), now
        if tokens < 1:
            await anyio.sleep((1 - tokens) / PER_SECOND)
        tokens -= 1
        return await receive()

    return paced

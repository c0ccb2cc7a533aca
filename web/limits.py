"""Limits on websockets: how many at once, and how fast one may ask. A storm waits in its own queue, not in its neighbours'."""

import time
from collections import Counter

import anyio
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SOCKETS = 300
SOCKETS_PER_ADDRESS = 60
"""A town hall or a school shares one address."""
BURST, PER_SECOND = 40, 10.0


class Limits:
    """Messages beyond `BURST` are read no faster than `PER_SECOND`: back-pressure, nothing is dropped."""

    def __init__(self, app: ASGIApp):
        self.app = app
        self._open: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "websocket":
            return await self.app(scope, receive, send)
        address = (scope.get("client") or ("", 0))[0]
        if self._open.total() >= SOCKETS or self._open[address] >= SOCKETS_PER_ADDRESS:
            await receive()
            return await send({"type": "websocket.close", "code": 1013})
        self._open[address] += 1
        try:
            await self.app(scope, _paced(receive), send)
        finally:
            self._open[address] -= 1
            self._open += Counter()
        return None


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

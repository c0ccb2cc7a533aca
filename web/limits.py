"""Limits on websockets: how many at once, and how fast one may ask. A storm waits in its own queue, not in its neighbours'."""

import hashlib
import secrets
import time
from collections import Counter, defaultdict, deque
from collections.abc import Mapping

import anyio
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SOCKETS = 300
SOCKETS_PER_ADDRESS = 60
"""A town hall or a school shares one address."""
BURST, PER_SECOND = 40, 10.0


HOUR = 3600.0


class Allowance:
    """How much each may hand in within an hour. Names are kept as digests under a key that dies with the process, never in clear."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(16)
        self._times: defaultdict[bytes, deque[float]] = defaultdict(deque)

    def takes(self, most: Mapping[str, int], now: float | None = None) -> bool:
        """Counts one against every name of `most`; False, and nothing counted, where one of them has had its number.

        `now`: seconds of a clock that never goes back.
        """
        now = time.monotonic() if now is None else now
        for name in [name for name, times in self._times.items() if now - times[-1] > HOUR]:
            del self._times[name]
        digests = {self._digest(name): number for name, number in most.items()}
        for digest, number in digests.items():
            times = self._times.get(digest, ())
            if sum(now - moment <= HOUR for moment in times) >= number:
                return False
        for digest, number in digests.items():
            self._times[digest].append(now)
            while len(self._times[digest]) > number:
                self._times[digest].popleft()
        return True

    def _digest(self, name: str) -> bytes:
        return hashlib.blake2b(name.encode(), digest_size=16, key=self._key).digest()


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

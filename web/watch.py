"""The outermost middleware: an id for each request, its time, and how many pages are open."""

import logging
import re
import secrets
import time
from collections.abc import Iterable
from urllib.parse import quote

from starlette.datastructures import Headers, MutableHeaders
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from logs import REQUEST
from web.addresses import Addresses
from web.metrics import OPEN_PAGES, PAGE_SECONDS

log = logging.getLogger("conso.requests")

HEADER = "x-request-id"
_ID = re.compile(r"[\w.-]{1,64}", re.ASCII)
"""What a proxy may give, e.g. nginx's `$request_id`; anything else would let a visitor write in the log."""
SLOW_SECONDS = 1.0
_QUIET = ("/healthz", "/readyz", "/metrics", "/_stcore/", "/static/")


class Watch:
    def __init__(self, app: ASGIApp, routes: Iterable[BaseRoute]):
        self.app = app
        self._ours = Addresses(routes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            return await self.app(scope, receive, send)
        given = Headers(scope=scope).get(HEADER, "")
        before = REQUEST.set(given if _ID.fullmatch(given) else secrets.token_hex(8))
        try:
            await (self._page if scope["type"] == "websocket" else self._request)(scope, receive, send)
        finally:
            REQUEST.reset(before)

    async def _page(self, scope: Scope, receive: Receive, send: Send) -> None:
        with OPEN_PAGES.track_inprogress():
            await self.app(scope, receive, send)

    async def _request(self, scope: Scope, receive: Receive, send: Send) -> None:
        began, status = time.perf_counter(), 500

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[HEADER] = REQUEST.get()
            await send(message)

        try:
            await self.app(scope, receive, sending)
        except Exception:
            log.exception("requête interrompue")
            raise
        finally:
            self._tell(scope, status, time.perf_counter() - began)

    def _tell(self, scope: Scope, status: int, seconds: float) -> None:
        """Neither the query nor the visitor's address: what somebody looks for is theirs, and a private link is a key."""
        path = scope["path"]
        PAGE_SECONDS.labels(self._route(path)).observe(seconds)
        quiet = logging.DEBUG if path.startswith(_QUIET) else logging.INFO
        level = logging.WARNING if (status >= 500 and status != 503) or seconds > SLOW_SECONDS else quiet
        if log.isEnabledFor(level):
            facts = {"method": scope["method"], "path": quote(path[:200]), "status": status, "ms": round(seconds * 1000, 1)}
            log.log(level, "%(method)s %(path)s %(status)d %(ms).1f ms", facts, extra={"facts": facts})

    def _route(self, path: str) -> str:
        """Few names, whatever is asked: Prometheus keeps one series for each."""
        if path.startswith(("/static/", "/_stcore/", "/media/", "/component/")):
            return "streamlit"
        return self._ours.route(path) or "autre"

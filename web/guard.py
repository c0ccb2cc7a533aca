"""The outermost middleware: which addresses exist, who may open `/feuille`, and the headers on every answer."""

import re
from collections.abc import Iterable
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qsl

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from settings import Settings
from ui.framing import is_embed
from web import pages, policy
from web.addresses import Addresses
from web.answers import is_host
from web.door import COOKIE, Door

_STREAMLITS = re.compile(
    r"/_stcore/(?:health|host-config|stream|allowed-message-origins)|/(?:static|media|component)/.+|/manifest\.json"
)
"""What Streamlit answers itself and its client asks for, e.g. `/_stcore/health`; it would say 200 to any other address too. No page of ours takes a file: its uploads are closed."""

PERMISSIONS = ", ".join(
    ("geolocation=(self)", *(f"{name}=()" for name in (
        "accelerometer", "autoplay", "bluetooth", "browsing-topics", "camera", "display-capture", "gyroscope", "hid", "magnetometer",
        "microphone", "midi", "payment", "serial", "usb",
    )))
)  # fmt: skip
"""«Autour de moi» alone asks for something, on a press."""

LONGEST_PATH = 200
"""Characters beyond which an address is none: a number in it would be too long to be read, a name too long for a file."""


class Guard:
    def __init__(self, app: ASGIApp, settings: Settings, door: Door, routes: Iterable[BaseRoute]):
        self.app = app
        self._ours = Addresses(routes)
        self._settings = settings
        self._door = door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        scope.setdefault("state", {})["settings"] = self._settings
        response = self._answer(scope)
        await (response or self.app)(scope, receive, self._with_headers(scope, send))

    def _answer(self, scope: Scope) -> Response | None:
        """What is answered here; None where the address exists and may be opened."""
        path, query = scope["path"], scope["query_string"].decode("latin-1")
        headers = Headers(scope=scope)
        if not is_host(headers.get("host", "")):
            return PlainTextResponse("Host attendu\n", 400)
        behind = f"?{query}" if query else ""
        if path == "/annuaire":
            return RedirectResponse(f"/{behind}", 301)
        if path != "/" and path.endswith("/") and not path.startswith("//"):
            return RedirectResponse(f"{path.rstrip('/')}{behind}", 301)
        if path == "/feuille":
            return self._feuille(scope, headers, query)
        if "/_stcore/" in path[1:]:
            return PlainTextResponse("", 404)  # Streamlit's client asks below each page where its server is
        sound = len(path) <= LONGEST_PATH and path.isprintable()
        known = sound and (self._ours.route(path) or _STREAMLITS.fullmatch(path))
        return None if known else pages.missing(Request(scope), self._settings)

    def _feuille(self, scope: Scope, headers: Headers, query: str) -> Response | None:
        key = dict(parse_qsl(query)).get("cle", "")
        if key and self._door.fits(key):
            return RedirectResponse("/feuille", 303, {"set-cookie": self._door.cookie(scope["scheme"] == "https"), "cache-control": "no-store", "referrer-policy": "no-referrer"})  # fmt: skip
        return (
            None if self._door.admits(cookie_of(headers.get("cookie", ""))) else pages.missing(Request(scope), self._settings)
        )

    def _with_headers(self, scope: Scope, send: Send) -> Send:
        host = Headers(scope=scope).get("host", "")
        policy_, ancestors = self._policy(scope["path"], host if is_host(host) else ""), self._ancestors(scope)
        secret = scope["scheme"] == "https"  # also behind a proxy that the server trusts: FORWARDED_ALLOW_IPS

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["content-security-policy"] = f"{headers.get('content-security-policy', policy_)}; frame-ancestors {ancestors}"  # fmt: skip
                headers["x-content-type-options"] = "nosniff"
                headers.setdefault("referrer-policy", "strict-origin-when-cross-origin")
                headers["permissions-policy"] = PERMISSIONS
                headers["cross-origin-opener-policy"] = "same-origin"
                if secret:
                    headers["strict-transport-security"] = "max-age=31536000"
                    message["headers"] = [(name, _secure(value) if name == b"set-cookie" else value) for name, value in headers.raw]  # fmt: skip
            await send(message)

        return sending

    def _policy(self, path: str, host: str) -> str:
        """Where the answer does not say its own."""
        if path in pages.PATHS or _STREAMLITS.fullmatch(path):
            return policy.live(host, form=path == "/inscription")
        return policy.BARE

    def _ancestors(self, scope: Scope) -> str:
        origins = self._settings.embed_origins if is_embed(scope["path"], scope["query_string"].decode("latin-1")) else ()
        return "*" if origins == ("*",) else " ".join(("'self'", *origins))


def _secure(cookie: bytes) -> bytes:
    """Streamlit's own cookie knows nothing of the proxy's TLS."""
    return cookie if b"secure" in cookie.lower() else cookie + b"; Secure"


def cookie_of(header: str) -> str:
    """The value of our cookie in a Cookie header; `""` without."""
    try:
        found = SimpleCookie(header).get(COOKIE)
    except CookieError:
        return ""
    return found.value if found else ""

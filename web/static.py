"""Streamlit's own files, packed once each (brotli or gzip), which Streamlit itself never does."""

import gzip
import hashlib
import threading
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import anyio
import brotli
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from web.shell import ASSETS, STATIC

_TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".json": "application/json", ".map": "application/json",
          ".woff2": "font/woff2", ".woff": "font/woff", ".ttf": "font/ttf", ".png": "image/png", ".svg": "image/svg+xml", ".wasm": "application/wasm",
          ".ico": "image/x-icon", ".txt": "text/plain; charset=utf-8"}  # fmt: skip
_PACKABLE = {".js", ".css", ".json", ".svg", ".txt", ".ttf", ".wasm"}
QUALITY = 5
"""Brotli's: within a tenth of the best, for a hundredth of its time."""


@dataclass(frozen=True)
class Packed:
    body: bytes
    encoding: str | None
    content_type: str
    etag: str


def encoding_for(accepted: str) -> str | None:
    """The best of what we make that an Accept-Encoding header takes, e.g. `gzip, deflate, br` → `br`."""
    offers: dict[str, float] = {}
    for part in accepted.lower().split(","):
        name, _, parameters = part.strip().partition(";")
        weight = parameters.strip().removeprefix("q=")
        try:
            offers[name.strip()] = float(weight) if weight else 1.0
        except ValueError:
            offers[name.strip()] = 0.0
    return next((name for name in ("br", "gzip") if offers.get(name, 0) > 0), None)


def pack(body: bytes, encoding: str | None) -> bytes:
    if encoding == "br":
        return brotli.compress(body, quality=QUALITY)
    return gzip.compress(body, 6, mtime=0) if encoding == "gzip" else body


@lru_cache(maxsize=512)
def packed(path: Path, encoding: str | None) -> Packed:
    body = path.read_bytes()
    etag = hashlib.blake2b(body, digest_size=8).hexdigest()
    if encoding and path.suffix in _PACKABLE:
        return Packed(
            pack(body, encoding), encoding, _TYPES.get(path.suffix, "application/octet-stream"), f'"{etag}-{encoding}"'
        )
    return Packed(body, None, _TYPES.get(path.suffix, "application/octet-stream"), f'"{etag}"')


def warm_up() -> threading.Thread | None:
    """Packs what every first visit asks for, behind the scenes."""
    if ASSETS is None:
        return None
    paths = [STATIC / address.lstrip("/") for address in (*ASSETS.stylesheets, *ASSETS.preloads)]
    thread = threading.Thread(target=lambda: [packed(path, "br") for path in paths], name="conso-pack", daemon=True)
    thread.start()
    return thread


class PackedStatic:
    """Answers `/static/…` from packed files; hashed names never change, so browsers keep them for good."""

    def __init__(self, app: ASGIApp):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = self._file(scope)
        if path is None:
            return await self.app(scope, receive, send)
        headers = Headers(scope=scope)
        found = await anyio.to_thread.run_sync(packed, path, encoding_for(headers.get("accept-encoding", "")))
        out = {"etag": found.etag, "vary": "Accept-Encoding", "cache-control": "public, max-age=31536000, immutable"}
        if found.encoding:
            out["content-encoding"] = found.encoding
        if found.etag in headers.get("if-none-match", ""):
            return await Response(status_code=304, headers=out)(scope, receive, send)
        return await Response(found.body, headers=out, media_type=found.content_type)(scope, receive, send)

    @staticmethod
    def _file(scope: Scope) -> Path | None:
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD") or not scope["path"].startswith("/static/"):
            return None
        path = (STATIC / scope["path"].lstrip("/")).resolve()
        return path if path.is_relative_to(STATIC / "static") and path.is_file() else None

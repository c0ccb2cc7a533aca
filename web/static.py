"""Streamlit's own files, packed once each (brotli or gzip), which Streamlit itself never does."""

import gzip
import hashlib
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import anyio
import brotli
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from settings import ROOT
from web.shell import ASSETS, SHEETS, STATIC, file_of, without_fonts

_TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".json": "application/json", ".map": "application/json",
          ".woff2": "font/woff2", ".woff": "font/woff", ".ttf": "font/ttf", ".png": "image/png", ".svg": "image/svg+xml", ".wasm": "application/wasm",
          ".ico": "image/x-icon", ".txt": "text/plain; charset=utf-8"}  # fmt: skip
_PACKABLE = {".js", ".css", ".json", ".svg", ".txt", ".ttf", ".wasm"}
QUALITY = 5
"""Brotli's: within a tenth of the best, for a hundredth of its time."""
PAGE, PAGE_WINDOW, WINDOW = 256 * 1024, 16, 22
"""Up to so many bytes, brotli looks back 2^16 of them instead of 2^22: beyond 2^16 it clears a table for each body, 0.8 ms where a tile is packed in 0.1. A page is 0.3 % larger."""
_PACKER = Path(__file__).with_name("smallest.py")
KEPT = ROOT / "var" / "packed"
"""Of Streamlit's files, as small as can be."""


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
        return brotli.compress(body, quality=QUALITY, lgwin=PAGE_WINDOW if len(body) <= PAGE else WINDOW)
    return gzip.compress(body, 6, mtime=0) if encoding == "gzip" else body


@lru_cache(maxsize=512)
def packed(path: Path, encoding: str | None) -> Packed:
    plain = _shown(path)
    if encoding and path.suffix in _PACKABLE:
        return _named(path, plain, pack(plain, encoding), encoding)
    return _named(path, plain, plain, None)


def _named(path: Path, plain: bytes, body: bytes, encoding: str | None) -> Packed:
    """`plain`, which `body` unpacks to, under the name that its content gives it."""
    etag = "-".join(filter(None, (hashlib.blake2b(plain, digest_size=8).hexdigest(), encoding)))
    return Packed(body, encoding, _TYPES.get(path.suffix, "application/octet-stream"), f'"{etag}"')


def _shown(path: Path) -> bytes:
    """A file of Streamlit's, without what no page of ours shows."""
    body = path.read_bytes()
    return without_fonts(body.decode()).encode() if path in SHEETS else body


_smallest: dict[Path, Packed] = {}
"""What every first visit asks for, as small as brotli makes it, once that is done."""


def _take(path: Path) -> bool:
    """Answers this file from now on as `smallest.py` has packed it; False where it has not, or not from what the file says now."""
    try:
        body, plain = (KEPT / f"{path.name}.br").read_bytes(), path.read_bytes()
        if brotli.decompress(body) != plain:
            return False
    except (OSError, brotli.error):
        return False
    _smallest[path] = _named(path, plain, body, "br")
    return True


class WarmUp(threading.Thread):
    """Packs what every first visit asks for, behind the scenes: at once, then smaller by a tenth, which is a quarter of a second of a slow phone.

    The second is done once for each version of Streamlit, and kept. Where nothing may be kept or started, files stay as they were packed first.
    """

    def __init__(self) -> None:
        super().__init__(name="conso-pack", daemon=True)
        self._packer: subprocess.Popen[str] | None = None

    def run(self) -> None:
        if ASSETS is None:
            return
        for path in SHEETS:
            packed(path, "br")
        missing = [path for path in map(file_of, (*ASSETS.preloads, *ASSETS.later)) if not _take(path)]
        for path in missing:
            packed(path, "br")
        if missing:
            self._pack(missing)

    def _pack(self, paths: list[Path]) -> None:
        command, quiet = [sys.executable, str(_PACKER), str(KEPT), *map(str, paths)], subprocess.DEVNULL
        with suppress(OSError), subprocess.Popen(command, stdout=subprocess.PIPE, stderr=quiet, text=True) as self._packer:
            assert self._packer.stdout is not None
            for line in self._packer.stdout:
                _take(Path(line.rstrip("\n")))

    def stop(self) -> None:
        if self._packer is not None:
            self._packer.terminate()


class PackedStatic:
    """Answers `/static/…` from packed files; hashed names never change, so browsers keep them for good."""

    def __init__(self, app: ASGIApp):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = self._file(scope)
        if path is None:
            return await self.app(scope, receive, send)
        headers = Headers(scope=scope)
        encoding = encoding_for(headers.get("accept-encoding", ""))
        found = _smallest.get(path) if encoding == "br" else None
        if found is None:
            found = await anyio.to_thread.run_sync(packed, path, encoding)
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
        path = file_of(scope["path"]).resolve()
        return path if path.is_relative_to(STATIC / "static") and path.is_file() else None

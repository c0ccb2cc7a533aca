"""Answers that browsers and shared caches can keep: packed once, known by their ETag."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock

import brotli
from cachetools import LRUCache
from cachetools import cached as remembered
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from settings import Settings
from web import policy
from web.static import encoding_for, pack

_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,62}\.?)*|\[[0-9a-f:.]{2,45}\])(?::\d{1,5})?", re.I)
"""The Host of a request, e.g. `conso.example.org`, `127.0.0.1:8501`, `[::1]:8501`."""
HTML = "text/html; charset=utf-8"
FRESH = "public, max-age=0, must-revalidate"
"""CONTRACT §10: kept, and asked about each time."""
FOR_GOOD = "public, max-age=31536000, immutable"
"""For what changes its address with its content."""
PACK_FROM = 600
"""Bytes below which packing saves nothing."""
_PACKED_ALREADY = ("image/png", "image/webp", "font/woff2")
LARGEST_KEPT = 100_000
"""Bytes beyond which a body is packed at each answer, rather than kept in memory."""
MOST_KEPT = 16_000_000
"""Bytes of packed bodies in memory."""

_kept: LRUCache[tuple[str, str], bytes] = LRUCache(MOST_KEPT, len)


@dataclass(frozen=True)
class Packed:
    """A body as most clients take it, and all that an answer needs to know of it: three times smaller to remember than itself."""

    content: bytes
    """By brotli."""
    digest: str
    headers: Mapping[str, str]


def packed(body: bytes, media_type: str) -> Packed:
    digest = _digest(body)
    return Packed(_packed(digest, "br", body), digest, _policy(body, media_type))


def is_host(host: str) -> bool:
    return len(host) <= 255 and _HOST.fullmatch(host) is not None


def base_url(request: Request, settings: Settings) -> str:
    """What absolute addresses begin with: the setting, else the request's own scheme and host. No trailing slash."""
    if settings.site_url:
        return settings.site_url
    host = request.headers.get("host", "")
    return f"{request.url.scheme}://{host}" if is_host(host) else ""


async def body_of(request: Request, most: int) -> bytes | None:
    """What was sent; None where it is more than `most` bytes, or never came to its end."""
    body = b""
    try:
        async for piece in request.stream():
            body += piece
            if len(body) > most:
                return None
    except ClientDisconnect:
        return None
    return body


def cached(
    request: Request,
    body: bytes | Packed,
    media_type: str,
    max_age: str,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    tag: str = "",
) -> Response:
    """The answer, packed as the client likes; 304 where it has it. `tag` adds to the ETag what the body does not show."""
    packable = isinstance(body, Packed) or (len(body) >= PACK_FROM and media_type not in _PACKED_ALREADY)
    encoding = encoding_for(request.headers.get("accept-encoding", "")) if packable else None
    digest, said = (body.digest, body.headers) if isinstance(body, Packed) else (_digest(body), _policy(body, media_type))
    etag = f'"{_digest(tag.encode(), digest)}{f"-{encoding}" if encoding else ""}"'
    out = {"etag": etag, "cache-control": max_age, "vary": "Accept-Encoding", **said, **(headers or {})}
    if status == 200 and etag in [
        each.strip().removeprefix("W/") for each in request.headers.get("if-none-match", "").split(",")
    ]:
        return Response(status_code=304, headers=out)
    if encoding:
        out["content-encoding"] = encoding
    return Response(_content(body, digest, encoding), status, out, media_type)


def page_once(body: str, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """A page that nobody keeps: it is of this moment, or of this visitor."""
    content = body.encode()
    return Response(content, status, {"cache-control": "no-store", **_policy(content, HTML), **(headers or {})}, HTML)


def _policy(body: bytes, media_type: str) -> dict[str, str]:
    """Nothing where web/guard.py says what such an address may do."""
    said = policy.written(body) if media_type == HTML else None
    return {"content-security-policy": said} if said else {}


def _content(body: bytes | Packed, digest: str, encoding: str | None) -> bytes:
    if isinstance(body, Packed) and encoding == "br":
        return body.content
    plain = brotli.decompress(body.content) if isinstance(body, Packed) else body
    if encoding is None:
        return plain
    return _packed(digest, encoding, plain) if len(plain) <= LARGEST_KEPT else pack(plain, encoding)


@remembered(_kept, key=lambda digest, encoding, body: (digest, encoding), lock=Lock())
def _packed(digest: str, encoding: str, body: bytes) -> bytes:
    """Packing takes ten times longer than everything else in an answer. What says the same is packed once, whichever snapshots say it."""
    return pack(body, encoding)


def _digest(body: bytes, known: str = "") -> str:
    return hashlib.blake2b(known.encode() + body, digest_size=10).hexdigest()


def forget() -> None:
    """Drops every body kept in memory."""
    _packed.cache_clear()  # type: ignore[attr-defined]

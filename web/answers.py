"""Answers that browsers and shared caches can keep: packed once, known by their ETag."""

import hashlib
import re
from collections.abc import Mapping
from functools import lru_cache

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
PACK_FROM = 600
"""Bytes below which packing saves nothing."""
_PACKED_ALREADY = ("image/png", "image/webp", "font/woff2")
LARGEST_KEPT = 100_000
"""Bytes beyond which a body is packed at each answer, rather than kept in memory."""


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
    body: bytes,
    media_type: str,
    max_age: str,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    tag: str = "",
) -> Response:
    """The answer, packed as the client likes; 304 where it has it. `tag` adds to the ETag what the body does not show."""
    packable = len(body) >= PACK_FROM and media_type not in _PACKED_ALREADY
    encoding = encoding_for(request.headers.get("accept-encoding", "")) if packable else None
    etag, packed = (_packed if len(body) <= LARGEST_KEPT else _packed.__wrapped__)(body, tag, encoding)
    out = {"etag": etag, "cache-control": max_age, "vary": "Accept-Encoding", **_policy(body, media_type), **(headers or {})}
    if status == 200 and etag in [
        each.strip().removeprefix("W/") for each in request.headers.get("if-none-match", "").split(",")
    ]:
        return Response(status_code=304, headers=out)
    if encoding:
        out["content-encoding"] = encoding
    return Response(packed, status, out, media_type)


def page_once(body: str, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """A page that nobody keeps: it is of this moment, or of this visitor."""
    packed = body.encode()
    return Response(packed, status, {"cache-control": "no-store", **_policy(packed, HTML), **(headers or {})}, HTML)


def _policy(body: bytes, media_type: str) -> dict[str, str]:
    """Nothing where web/guard.py says what such an address may do."""
    said = policy.written(body) if media_type == HTML else None
    return {"content-security-policy": said} if said else {}


@lru_cache(maxsize=256)
def _packed(body: bytes, tag: str, encoding: str | None) -> tuple[str, bytes]:
    """The ETag and the packed body: packing takes ten times longer than everything else in an answer."""
    digest = hashlib.blake2b(tag.encode() + body, digest_size=10).hexdigest()
    return f'"{digest}{f"-{encoding}" if encoding else ""}"', pack(body, encoding)


def forget() -> None:
    """Drops every body kept in memory."""
    _packed.cache_clear()

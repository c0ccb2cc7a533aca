"""Pictures: our copies of photos, the drawings that stand where a fiche has none; and the font of titles."""

from functools import lru_cache
from pathlib import Path

import anyio
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from fields.picture import ours
from settings import Settings
from sheets.snapshot import PHOTOS, Snapshot, Store, live
from ui import dessins
from web import pages
from web.answers import FOR_GOOD, cached

_KEEP = "public, max-age=86400"
_TITLES = (Path(dessins.__file__).parent / "polices" / "titres.woff2").read_bytes()
"""Its address holds a number, to change with the file."""
MOST_BYTES = 32_000_000
"""Of copies kept in memory: about 300 pages' worth."""


class Photos:
    """Answers `/photos/…` with the copies of the pictures that are online, and of no other."""

    def __init__(self, settings: Settings):
        self._store = Store(settings.store)
        self._held: dict[str, bytes] = {}
        """By name, the one last asked for at the end."""
        self._of: Snapshot | None = None

    async def answer(self, request: Request) -> Response:
        name, snapshot = request.path_params["name"], live.snapshot
        if snapshot is None or f"/{PHOTOS}/{name}.webp" not in _online(snapshot):
            return pages.missing(request, request.state.settings)
        self._forget_withdrawn(snapshot)
        tag = f'"{name}"'
        headers = {"etag": tag, "cache-control": FOR_GOOD}
        if tag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        try:
            content = self._held.pop(name, None) or await anyio.to_thread.run_sync(self._store.get, f"{PHOTOS}/{name}.webp")
        except OSError:
            return PlainTextResponse("", 503, {"retry-after": "5", "cache-control": "no-store"})
        if content is None:
            return pages.missing(request, request.state.settings)
        self._hold(name, content)
        return Response(content, 200, headers, "image/webp")

    def _forget_withdrawn(self, snapshot: Snapshot) -> None:
        if snapshot is not self._of:
            online = _online(snapshot)
            self._held = {name: content for name, content in self._held.items() if f"/{PHOTOS}/{name}.webp" in online}
            self._of = snapshot

    def _hold(self, name: str, content: bytes) -> None:
        self._held[name] = content
        while sum(map(len, self._held.values())) > MOST_BYTES:
            del self._held[next(iter(self._held))]


@lru_cache(maxsize=1)
def _online(snapshot: Snapshot) -> frozenset[str]:
    """The paths of every copy, small ones too, that a page of this snapshot shows."""
    found = [picture for path in snapshot.photos if (picture := ours(path))]
    return frozenset(each.path for picture in found for each in (picture, picture.small))


async def drawing(request: Request) -> Response:
    slug = request.path_params["slug"]
    if slug not in dessins.SLUGS:
        return pages.missing(request, request.state.settings)
    return cached(request, dessins.svg(slug).encode(), "image/svg+xml", _KEEP)


async def link_picture(request: Request) -> Response:
    """What a social network shows beside a link to a fiche without a photo."""
    slug = request.path_params["slug"]
    if slug not in dessins.SLUGS:
        return pages.missing(request, request.state.settings)
    return cached(request, await anyio.to_thread.run_sync(dessins.png, slug), "image/png", _KEEP)


async def titles_font(request: Request) -> Response:
    return cached(request, _TITLES, "font/woff2", FOR_GOOD)

"""What leaves the site: frames for other sites and oEmbed, printed lists and posters, visiting cards and QR codes."""

import json
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from urllib.parse import parse_qsl

import anyio
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

import annuaire
from settings import Settings
from sheets.snapshot import Snapshot, live
from ui import elsewhere, framing, handout
from ui.document import Document, no_fiche
from web import shell
from web.answers import FRESH, HTML, base_url, cached, page_once
from web.opendata import KEEP, OPEN_TO_ALL
from web.pages import Pairs, minute, opening, pairs_of, stale_line


@lru_cache(maxsize=256)
def _light(snapshot: Snapshot, pairs: Pairs, base: str, now: datetime) -> tuple[int, bytes]:
    return _whole(elsewhere.light(snapshot, pairs, base, now))


@lru_cache(maxsize=4)
def _printed(snapshot: Snapshot, query: annuaire.Query, base: str, now: datetime, since: str) -> tuple[int, bytes]:
    return _whole(elsewhere.printed(snapshot, query, base, now, since))


def _whole(document: Document) -> tuple[int, bytes]:
    return document.status, shell.plain_page(document).encode()


def forget() -> None:
    """Drops every page kept in memory."""
    _light.cache_clear()
    _printed.cache_clear()


class Elsewhere:
    """Answers each of these addresses from the snapshot in memory."""

    def __init__(self, settings: Settings):
        self._settings = settings
        self._one_at_a_time = anyio.CapacityLimiter(1)

    async def light(self, request: Request) -> Response:
        """`/?embed=1…`, the only page that other sites may frame."""
        return self._page(request, _light)

    async def integrate(self, request: Request) -> Response:
        origins = self._settings.embed_origins

        def written(snapshot: Snapshot, pairs: Pairs, base: str, now: datetime) -> tuple[int, bytes]:
            page = elsewhere.integrate(snapshot, pairs, base, now, stale_line(), origins)
            return _whole(page or no_fiche(snapshot, dict(pairs).get("f", ""), base, stale_line()))

        return self._page(request, written)

    async def poster(self, request: Request) -> Response:
        def written(snapshot: Snapshot, pairs: Pairs, base: str, now: datetime) -> tuple[int, bytes]:
            slug = dict(pairs).get("f", "")
            record = snapshot.fiche(slug)
            if record is None:
                return _whole(no_fiche(snapshot, slug, base, stale_line()))
            return _whole(elsewhere.poster(snapshot, record, base, now, stale_line()))

        return self._page(request, written)

    async def printed(self, request: Request) -> Response:
        """Beside the event loop, one at a time: a long list keeps nobody waiting but its own reader."""
        snapshot = live.snapshot
        if snapshot is None:
            return opening()
        query = annuaire.parse(pairs_of(request))
        base, since = base_url(request, self._settings), stale_line()
        status, body = await anyio.to_thread.run_sync(
            _printed, snapshot, query, base, minute(), since, limiter=self._one_at_a_time
        )
        return cached(request, body, HTML, FRESH, status, tag=snapshot.version + request.url.query)

    async def card(self, request: Request) -> Response:
        snapshot = live.snapshot
        if snapshot is None:
            return opening()
        slug = dict(pairs_of(request)).get("f", "")
        record = snapshot.fiche(slug)
        base = base_url(request, self._settings)
        if record is None:
            return self._lost(snapshot, slug, base)
        headers = {"content-disposition": f'attachment; filename="{record["slug"]}.vcf"', "x-robots-tag": "noindex"}
        return cached(request, handout.vcard(record, base), "text/vcard; charset=utf-8", FRESH, headers=headers)

    async def qr(self, request: Request) -> Response:
        snapshot = live.snapshot
        if snapshot is None:
            return opening()
        pairs, base = pairs_of(request), base_url(request, self._settings)
        slug = dict(pairs).get("f")
        if slug is not None and snapshot.fiche(slug) is None:
            return self._lost(snapshot, slug, base)
        body = handout.qr_file(elsewhere.qr_text(base, elsewhere.address_of(pairs)))
        return cached(request, body, "image/svg+xml", FRESH)

    async def oembed(self, request: Request) -> Response:
        snapshot = live.snapshot
        if snapshot is None:
            return opening()
        asked = dict(pairs_of(request))
        if asked.get("format", "json") != "json":
            return PlainTextResponse("Seul le format json est servi.\n", 501, OPEN_TO_ALL)
        base = base_url(request, self._settings)
        found = elsewhere.path_in_site(asked.get("url", ""), base)
        framed = None
        if found is not None and found[0] in framing.FRAMED:
            framed = framing.frame(snapshot, found[0], parse_qsl(found[1]), minute())
        if framed is None:
            return PlainTextResponse("Rien à intégrer à cette adresse.\n", 404, OPEN_TO_ALL)
        body = json.dumps(elsewhere.oembed(framed, snapshot.site.name, base, asked), ensure_ascii=False).encode()
        return cached(request, body, "application/json", KEEP, headers=OPEN_TO_ALL)

    def _page(self, request: Request, written: Callable[[Snapshot, Pairs, str, datetime], tuple[int, bytes]]) -> Response:
        snapshot = live.snapshot
        if snapshot is None:
            return opening()
        status, body = written(snapshot, pairs_of(request), base_url(request, self._settings), minute())
        return cached(request, body, HTML, FRESH, status, tag=snapshot.version + request.url.query)

    def _lost(self, snapshot: Snapshot, slug: str, base: str) -> Response:
        status, body = _whole(no_fiche(snapshot, slug, base, stale_line()))
        return page_once(body.decode(), status)

"""`/favoris`: the fiches that a visitor keeps. Their list is in the visitor's browser alone; this page asks for their cards, and forgets them."""

from datetime import UTC, datetime

from starlette.requests import Request
from starlette.responses import Response

from settings import Settings
from sheets.snapshot import live
from ui import blocks, document
from web import shell
from web.answers import FRESH, HTML, base_url, body_of, cached, page_once
from web.pages import opening, stale_line

MOST = 200
"""Slugs looked at: as many as web/client/favourites.js keeps."""
LONGEST_BODY = 60_000
"""Bytes: `MOST` slugs of the longest kind."""


class Favourites:
    def __init__(self, settings: Settings):
        self._settings = settings

    async def answer(self, request: Request) -> Response:
        """The page; to a POST of slugs, one a line, their cards: in a body rather than an address, so that no log of anybody holds them."""
        snapshot = live.snapshot
        if snapshot is None:
            return opening()
        if request.method != "POST":
            written = document.favourites(snapshot, base_url(request, self._settings), stale_line())
            return cached(request, shell.scripted_page(written).encode(), HTML, FRESH, tag=snapshot.version)
        body = await body_of(request, LONGEST_BODY)
        if body is None:
            return page_once("", 413)
        slugs = dict.fromkeys(body.decode("utf-8", "replace").split("\n")[:MOST])
        return page_once(blocks.favourites(snapshot, list(slugs), datetime.now(UTC)))

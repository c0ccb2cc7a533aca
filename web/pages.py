"""The pages as the server writes them: for the first paint, for search engines, and for whoever runs no script."""

from datetime import UTC, datetime
from functools import lru_cache
from urllib.parse import urlencode

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from settings import Settings
from sheets.snapshot import Snapshot, live
from ui import blocks, previews
from ui.document import Document, document, not_found, preview, results
from ui.drawn import to_the_minute
from ui.markdown import to_html
from web import shell
from web.answers import FOR_GOOD, FRESH, HTML, Packed, base_url, cached, packed, page_once
from words import _

Pairs = tuple[tuple[str, str], ...]
"""The parameters of an address, in its order."""
PATHS = ("/", "/fiche", "/mag", "/page", "/a-propos", "/inscription", "/feuille")
LONGEST_QUERY = 2000
"""Characters of a query string that are looked at."""
_PRIVATE = ("/inscription", "/feuille")
_PREVIEWED = ("/mag", "/page")
_OPENING = Markup("""<!DOCTYPE html><html lang="fr"><head><meta charset="UTF-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="5"><title>{0}</title></head><body style="font-family:system-ui;margin:3rem auto;max-width:30rem;padding:0 1rem">
<h1>{0}</h1><p>{1}</p></body></html>""")


def opening() -> Response:
    """What is said before the very first snapshot."""
    said = _OPENING.format(_("Le site ouvre dans un instant"), _("Les fiches arrivent. Cette page se recharge toute seule."))
    return page_once(str(said), 503, {"retry-after": "5"})


@lru_cache(maxsize=1024)
def _body(snapshot: Snapshot, path: str, pairs: Pairs, base: str, minute: datetime, since: str, embedded: bool, frugal: bool) -> tuple[int, Packed]:  # fmt: skip
    written: Document = document(snapshot, path, pairs, base, minute, since, embedded)
    whole = shell.page(written, frugal) if written.status == 200 else shell.plain_page(written)
    return written.status, packed(whole.encode(), HTML)


@lru_cache(maxsize=256)
def _results(snapshot: Snapshot, pairs: Pairs, minute: datetime) -> Packed:
    return packed(results(snapshot, pairs, minute).encode(), HTML)


def forget() -> None:
    """Drops every page kept in memory."""
    _body.cache_clear()
    _results.cache_clear()
    to_html.cache_clear()


class Pages:
    """Answers every address of `PATHS`."""

    def __init__(self, settings: Settings):
        self._settings = settings

    async def answer(self, request: Request) -> Response:
        snapshot = live.snapshot
        if snapshot is None:
            return opening()
        path = request.url.path
        pairs = pairs_of(request)
        if path in _PRIVATE:
            pairs = ()  # the merchant's link is nobody else's business: not in a cache key, not in the page
        if path in _PREVIEWED and any(pair[0] == previews.PARAMETER for pair in pairs):
            answered = self._preview(request, snapshot, path, dict(pairs))
            if answered is not None:
                return answered
            pairs = tuple(pair for pair in pairs if pair[0] != previews.PARAMETER)
        frugal = request.headers.get("save-data", "").lower() == "on" or request.headers.get("ect", "") in (
            "slow-2g",
            "2g",
            "3g",
        )
        now = minute()
        base = base_url(request, self._settings)
        status, body = _body(snapshot, path, pairs, base, now, stale_line(), live.embedded, frugal)
        headers = {"vary": "Accept-Encoding, Save-Data"}
        if path in _PRIVATE:
            headers |= {"referrer-policy": "no-referrer", "x-robots-tag": "noindex"}
        keep = "no-store" if path in _PRIVATE else FRESH
        return cached(request, body, HTML, keep, status, headers, tag=snapshot.version + str(request.url.query))

    async def results(self, request: Request) -> Response:
        """`/resultats`: the directory's page without what no choice changes."""
        snapshot = live.snapshot
        if snapshot is None:
            return opening()
        body = _results(snapshot, pairs_of(request), minute())
        return cached(request, body, HTML, FRESH, headers={"x-robots-tag": "noindex"}, tag=snapshot.version)

    def _preview(self, request: Request, snapshot: Snapshot, path: str, values: dict[str, str]) -> Response | None:
        """What the team's key opens. None where the answer is that of the same address without it: `/mag` alone is then nowhere."""
        drafts = live.drafts.opened(values[previews.PARAMETER])
        shown = previews.seen(snapshot, drafts, path, values, minute())
        secret = {"cache-control": "no-store", "referrer-policy": "no-referrer", "x-robots-tag": "noindex"}
        if shown is not None:
            written = preview(snapshot, *shown, base_url(request, self._settings), stale_line())
            return page_once(shell.page(written), 200, secret)
        if path == "/mag" and "article" not in values:
            return missing(request, self._settings)
        if drafts is None:
            return None
        clean = urlencode([(name, value) for name, value in values.items() if name != previews.PARAMETER])
        return RedirectResponse(f"{path}?{clean}" if clean else path, 303, secret)


async def french(request: Request) -> Response:
    """`/francais-….js`, of which there is one; 404 to who comes from a page of another release."""
    if request.url.path != shell.french_address():
        return Response(status_code=404)
    return cached(request, shell.french().encode(), "text/javascript; charset=utf-8", FOR_GOOD)


def missing(request: Request, settings: Settings) -> Response:
    """The kind 404 of an address that is no page of ours."""
    snapshot = live.snapshot
    if snapshot is None:
        return opening()
    written = not_found(snapshot, base_url(request, settings), stale_line())
    return page_once(shell.plain_page(written), 404)


def pairs_of(request: Request) -> Pairs:
    """What the address asks; nothing where it is too long to be a question."""
    return tuple(request.query_params.multi_items()) if len(request.url.query) <= LONGEST_QUERY else ()


def minute() -> datetime:
    """Now, as the pages kept in memory know it."""
    return to_the_minute(datetime.now(UTC))


def stale_line() -> str:
    return blocks.since(live.age_seconds(), live.is_failing())

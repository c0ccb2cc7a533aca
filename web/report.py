"""`/signaler`: a visitor says what has changed. Written by the server alone: it works without any script."""

from collections.abc import Callable
from urllib.parse import parse_qsl, urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

import schema
from allowance import Allowance, household
from fields.cell import as_line
from settings import Settings
from sheets.snapshot import live
from ui import document
from ui.blocks import Draft
from web import shell
from web.answers import FRESH, HTML, base_url, body_of, cached, page_once
from web.pages import opening, stale_line
from words import _

Take = Callable[[str, str], bool]
"""Keeps what is said of a fiche (its slug, the words): False where it could not be kept."""

LONGEST_BODY = 8_000
"""Bytes of a sent form."""
TRAP = "adresse-du-robot"
"""The field that people do not see and robots fill in."""
PER_ADDRESS, PER_FICHE, AT_ALL = 8, 20, 120
"""Reports within an hour: a household behind one address, a fiche the whole town talks about, the whole site."""


class Reporting:
    """Without `take` (the app may not write in the sheet), a mail to the team takes the form's place."""

    def __init__(self, settings: Settings, take: Take | None):
        self._settings = settings
        self._take = take
        self._allowance = Allowance()

    async def answer(self, request: Request) -> Response:
        snapshot = live.snapshot
        if snapshot is None:
            return opening()
        slug = request.query_params.get("f", "")
        if slug not in snapshot.rows_by_slug:
            return self._page(request, slug, Draft())
        if request.method == "POST":
            return await self._receive(request, slug)
        thanked = self._take is not None and request.query_params.get("merci") == "1"
        return self._page(request, slug, None if thanked else Draft(by_mail=self._take is None))

    async def _receive(self, request: Request, slug: str) -> Response:
        if not _from_here(request, self._settings):
            return self._page(request, slug, Draft(refusal=_("Ce message ne vient pas de cette page : envoyez-le d'ici.")), 403)
        typed = await _typed(request)
        if typed is None:
            return self._page(request, slug, Draft(refusal=_("Ce message est trop long, ou n'est pas un formulaire.")), 413)
        if typed.get(TRAP):
            return _thanks(slug)
        kind, line = typed.get("quoi", ""), as_line(typed.get("texte", ""))[: schema.LONGEST_REPORT]
        if kind not in schema.REPORT_KINDS:
            return self._page(request, slug, Draft("", line, _("Choisissez ce qui a changé.")), 422)
        if kind == "autre" and not line:
            return self._page(request, slug, Draft(kind, line, _("Dites en une ligne ce qui a changé.")), 422)
        label = schema.REPORT_KINDS[kind]
        if self._take is None:
            return self._page(request, slug, Draft(kind, line, by_mail=True), 503)
        address = household(request.client.host if request.client else "")
        if not self._allowance.takes({f"de {address}": PER_ADDRESS, f"sur {slug}": PER_FICHE, "": AT_ALL}):
            sentence = _("Beaucoup de signalements viennent d'arriver. Réessayez dans une heure, ou écrivez à l'équipe.")
            return self._page(request, slug, Draft(kind, line, sentence), 429)
        if not await run_in_threadpool(self._take, slug, f"{label} : {line}" if line else label):
            sentence = _("Votre signalement n'a pas pu être gardé ici. Envoyez-le plutôt par message :")
            return self._page(request, slug, Draft(kind, line, sentence, by_mail=True), 503)
        return _thanks(slug)

    def _page(self, request: Request, slug: str, draft: Draft | None, status: int = 200) -> Response:
        snapshot = live.snapshot
        if snapshot is None:
            return opening()
        written = document.report(snapshot, slug, base_url(request, self._settings), stale_line(), draft)
        body = shell.plain_page(written)
        if status != 200 or written.status != 200:
            return page_once(body, max(status, written.status))
        tag = snapshot.version + str(request.url.query)
        return cached(request, body.encode(), HTML, FRESH, tag=tag)


def _thanks(slug: str) -> Response:
    """A GET, so that a reload sends nothing again."""
    return RedirectResponse(f"/signaler?{urlencode({'f': slug, 'merci': 1})}", 303, {"cache-control": "no-store"})


def _from_here(request: Request, settings: Settings) -> bool:
    """True where the form was sent from this site, or by a program that does not say where from: there is no session to abuse."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("origin")
    hosts = {request.headers.get("host", "").lower(), (settings.site_url or "").split("://")[-1].split("/")[0].lower()}
    return origin is None or origin.split("://")[-1].lower() in hosts - {""}


async def _typed(request: Request) -> dict[str, str] | None:
    """The sent fields; None where they are no plain form, or too many bytes for one."""
    if request.headers.get("content-type", "").split(";")[0].strip().lower() != "application/x-www-form-urlencoded":
        return None
    body = await body_of(request, LONGEST_BODY)
    if body is None:
        return None
    try:
        return dict(parse_qsl(body.decode("utf-8", "replace"), max_num_fields=20))
    except ValueError:
        return None

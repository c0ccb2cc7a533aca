"""For readers that are programs: Le Mag and the new fiches as Atom, the sitemap, robots.txt."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from html import escape
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree

import anyio
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

import annuaire
from fields.cell import slugify
from fields.picture import ours
from sheets.snapshot import Article, Snapshot, live
from ui import blocks, dessins, magazine
from ui.markdown import to_html, to_text
from web.answers import FRESH, base_url, cached
from web.opendata import KEEP, OPEN_TO_ALL
from words import _

ATOM = "http://www.w3.org/2005/Atom"
ElementTree.register_namespace("", ATOM)
MOST = 50
"""Entries in a feed: the newest."""
MOST_PAGES = 50_000
"""Addresses in the sitemap: as many as https://www.sitemaps.org/protocol.html allows in one file."""
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Signs that no XML may hold, e.g. `\x0b`, `\ufffe`."""


async def mag(request: Request) -> Response:
    snapshot = live.snapshot
    if snapshot is None:
        return PlainTextResponse("", 503, {"retry-after": "5"})
    body = _atom(snapshot, base_url(request, request.state.settings), datetime.now(UTC))
    return cached(request, body, "application/atom+xml; charset=utf-8", FRESH, tag=snapshot.version)


def _atom(snapshot: Snapshot, base: str, now: datetime) -> bytes:
    """An id is the page's own address: a slug is never given to another article, and stays when the text changes."""
    articles = magazine.released(snapshot, now)[:MOST]
    updated = max((_moment(article, snapshot) for article in articles), default=snapshot.updated_at)
    feed = _feed(snapshot, base, _("Le Mag") + f" — {snapshot.site.name}", "/mag.xml", "/mag", updated)
    feed.extend(_entry(article, snapshot, base) for article in articles)
    return ElementTree.tostring(feed, encoding="utf-8", xml_declaration=True)


def _feed(snapshot: Snapshot, base: str, title: str, own: str, page: str, updated: datetime) -> ElementTree.Element:
    """RFC 4287, without its entries. `own` and `page`: the feed's address and that of the page it follows."""
    feed = ElementTree.Element(f"{{{ATOM}}}feed", {"{http://www.w3.org/XML/1998/namespace}lang": "fr"})
    _said(feed, "id", base + page)
    _said(feed, "title", title)
    _said(feed, "subtitle", _(snapshot.site.welcome))
    _said(feed, "updated", _rfc3339(updated))
    _said(feed, "link", href=base + own, rel="self", type="application/atom+xml")
    _said(feed, "link", href=base + page, rel="alternate", type="text/html")
    _said(feed, "icon", f"{base}/icone-192.png")
    _said(_said(feed, "author"), "name", snapshot.site.name)
    return feed


def _entry(article: Article, snapshot: Snapshot, base: str) -> ElementTree.Element:
    entry = ElementTree.Element(f"{{{ATOM}}}entry")
    address = f"{base}/mag?{urlencode({'article': article.slug})}"
    _said(entry, "id", address)
    _said(entry, "title", article.titre)
    _said(entry, "link", href=address, rel="alternate", type="text/html")
    _said(entry, "updated", _rfc3339(_moment(article, snapshot)))
    if article.date:
        _said(entry, "published", _rfc3339(article.date))
    _said(_said(entry, "author"), "name", article.auteur or snapshot.site.name)
    if article.rubrique:
        _said(entry, "category", term=slugify(article.rubrique) or "mag", label=article.rubrique)
    _said(entry, "summary", article.chapo or to_text(article.texte), type="text")
    _said(entry, "content", _picture(article, base) + to_html(article.texte, base, snapshot.pictures), type="html")
    return entry


async def fiches(request: Request) -> Response:
    """The newest fiches of a query."""
    snapshot = live.snapshot
    if snapshot is None:
        return PlainTextResponse("", 503, {"retry-after": "5"})
    query = annuaire.parse(request.query_params.multi_items())
    base = base_url(request, request.state.settings)
    body = await anyio.to_thread.run_sync(_new_fiches, snapshot, query, base, datetime.now(UTC))
    return cached(request, body, "application/atom+xml; charset=utf-8", KEEP, headers=OPEN_TO_ALL, tag=snapshot.version)


def _new_fiches(snapshot: Snapshot, query: annuaire.Query, base: str, now: datetime) -> bytes:
    """By their first day online. An id is the fiche's own address, which is never given to another."""
    query = replace(query, tri="nouveau", page=1)
    found = annuaire.find(snapshot, query, now)
    records = snapshot.records(found.rows[:MOST].tolist())
    chosen = ", ".join(chip.label for chip in found.chips)
    title = " — ".join(filter(None, (_("Nouvelles fiches"), chosen, snapshot.site.name)))
    updated = max((_came(record) for record in records), default=snapshot.updated_at)
    page = replace(query, tri="")
    feed = _feed(snapshot, base, title, page.url("/fiches.xml"), page.url(), updated)
    feed.extend(_fiche(record, snapshot, base) for record in records)
    return ElementTree.tostring(feed, encoding="utf-8", xml_declaration=True)


def _fiche(record: Mapping[str, Any], snapshot: Snapshot, base: str) -> ElementTree.Element:
    entry = ElementTree.Element(f"{{{ATOM}}}entry")
    address = f"{base}/fiche?{urlencode({'f': record['slug']})}"
    _said(entry, "id", address)
    _said(entry, "title", record["nom"])
    _said(entry, "link", href=address, rel="alternate", type="text/html")
    for name in ("updated", "published"):
        _said(entry, name, _rfc3339(_came(record)))
    _said(_said(entry, "author"), "name", snapshot.site.name)
    _said(entry, "category", term=dessins.slug_of(record["categorie"]), label=record["categorie"])
    where = " · ".join(filter(None, (record["categorie"], record["commune"])))
    told = record["activite"] or to_text(record["description"])
    _said(entry, "summary", f"{where}. {told}" if told else where, type="text")
    return entry


def _came(record: Mapping[str, Any]) -> datetime:
    """When a fiche was first online; when it last changed, for one older than that memory."""
    return record["parue_le"] or record["updated_at"]  # type: ignore[no-any-return]


def _said(parent: ElementTree.Element, name: str, text: str = "", **attributes: str) -> ElementTree.Element:
    child = ElementTree.SubElement(
        parent, f"{{{ATOM}}}{name}", {key: _NOT_IN_XML.sub("", value) for key, value in attributes.items()}
    )
    child.text = _NOT_IN_XML.sub("", text)
    return child


def _picture(article: Article, base: str) -> str:
    return f'<p><img src="{escape(base + article.image)}" alt=""></p>\n' if ours(article.image) else ""


def _moment(article: Article, snapshot: Snapshot) -> datetime:
    """When an article came out; for one without a date, the last time anything changed."""
    return article.date or snapshot.updated_at


def _rfc3339(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


async def sitemap(request: Request) -> Response:
    snapshot = live.snapshot
    if snapshot is None:
        return PlainTextResponse("", 503, {"retry-after": "5"})
    body = _sitemap(snapshot, base_url(request, request.state.settings), datetime.now(UTC))
    return cached(request, body, "application/xml", FRESH, tag=snapshot.version)


def _sitemap(snapshot: Snapshot, base: str, now: datetime) -> bytes:
    urlset = ElementTree.Element("urlset", {"xmlns": "http://www.sitemaps.org/schemas/sitemap/0.9"})

    def add(path: str, changed: datetime | None = None) -> None:
        url = ElementTree.SubElement(urlset, "url")
        ElementTree.SubElement(url, "loc").text = base + path
        if changed is not None:
            ElementTree.SubElement(url, "lastmod").text = _rfc3339(changed)

    for path in ("/", "/mag", "/a-propos", "/inscription"):
        add(path)
    for path, _title in blocks.standing_pages(snapshot):
        add(path)
    for article in magazine.released(snapshot, now):
        add(f"/mag?{urlencode({'article': article.slug})}", article.date)
    left = MOST_PAGES - len(urlset)
    for slug, changed in zip(snapshot.fiches["slug"][:left], snapshot.fiches["updated_at"][:left], strict=True):
        add(f"/fiche?{urlencode({'f': slug})}", changed.to_pydatetime())
    return ElementTree.tostring(urlset, encoding="utf-8", xml_declaration=True)


async def robots(request: Request) -> Response:
    base = base_url(request, request.state.settings)
    return PlainTextResponse(
        f"User-agent: *\nDisallow: /feuille\nDisallow: /_stcore/\nDisallow: /*?*q=\nSitemap: {base}/sitemap.xml\n"
    )

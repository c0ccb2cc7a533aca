"""For readers that are programs: Le Mag as Atom, the sitemap, robots.txt."""

import re
from datetime import UTC, datetime
from html import escape
from urllib.parse import urlencode
from xml.etree import ElementTree

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from fields.cell import slugify
from sheets.snapshot import Article, Snapshot, live
from ui import blocks, magazine
from ui.markdown import to_html, to_text
from web.answers import FRESH, base_url, cached

ATOM = "http://www.w3.org/2005/Atom"
ElementTree.register_namespace("", ATOM)
MOST = 50
"""Articles in the feed: the newest."""
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Signs that no XML may hold, e.g. `\x0b`, `\ufffe`."""


async def mag(request: Request) -> Response:
    snapshot = live.snapshot
    if snapshot is None:
        return PlainTextResponse("", 503, {"retry-after": "5"})
    body = _atom(snapshot, base_url(request, request.state.settings), datetime.now(UTC))
    return cached(request, body, "application/atom+xml; charset=utf-8", FRESH, tag=snapshot.version)


def _atom(snapshot: Snapshot, base: str, now: datetime) -> bytes:
    """RFC 4287. An id is the page's own address: a slug is never given to another article, and stays when the text changes."""
    articles = magazine.released(snapshot, now)[:MOST]
    feed = ElementTree.Element(f"{{{ATOM}}}feed", {"{http://www.w3.org/XML/1998/namespace}lang": "fr"})
    _said(feed, "id", f"{base}/mag")
    _said(feed, "title", f"Le Mag — {snapshot.site.name}")
    _said(feed, "subtitle", snapshot.site.welcome)
    _said(feed, "updated", _rfc3339(max((_moment(article, snapshot) for article in articles), default=snapshot.updated_at)))
    _said(feed, "link", href=f"{base}/mag.xml", rel="self", type="application/atom+xml")
    _said(feed, "link", href=f"{base}/mag", rel="alternate", type="text/html")
    _said(feed, "icon", f"{base}/icone-192.png")
    _said(_said(feed, "author"), "name", snapshot.site.name)
    feed.extend(_entry(article, snapshot, base) for article in articles)
    return ElementTree.tostring(feed, encoding="utf-8", xml_declaration=True)


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
    _said(entry, "content", _picture(article, base) + to_html(article.texte, base), type="html")
    return entry


def _said(parent: ElementTree.Element, name: str, text: str = "", **attributes: str) -> ElementTree.Element:
    child = ElementTree.SubElement(
        parent, f"{{{ATOM}}}{name}", {key: _NOT_IN_XML.sub("", value) for key, value in attributes.items()}
    )
    child.text = _NOT_IN_XML.sub("", text)
    return child


def _picture(article: Article, base: str) -> str:
    address = base + article.image if article.image.startswith("/") else article.image
    return f'<p><img src="{escape(address)}" alt=""></p>\n' if address else ""


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
    for path, _ in blocks.standing_pages(snapshot):
        add(path)
    for article in magazine.released(snapshot, now):
        add(f"/mag?{urlencode({'article': article.slug})}", article.date)
    for slug, changed in zip(snapshot.fiches["slug"], snapshot.fiches["updated_at"], strict=True):
        add(f"/fiche?{urlencode({'f': slug})}", changed.to_pydatetime())
    return ElementTree.tostring(urlset, encoding="utf-8", xml_declaration=True)


async def robots(request: Request) -> Response:
    base = base_url(request, request.state.settings)
    return PlainTextResponse(
        f"User-agent: *\nDisallow: /feuille\nDisallow: /_stcore/\nDisallow: /*?*q=\nSitemap: {base}/sitemap.xml\n"
    )

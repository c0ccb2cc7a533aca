"""For readers that are programs: Le Mag as RSS, the sitemap, robots.txt."""

from datetime import UTC, datetime
from email.utils import format_datetime
from urllib.parse import urlencode
from xml.etree import ElementTree

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from sheets.snapshot import Article, Snapshot, live
from ui import blocks
from ui.markdown import to_html, to_text
from web.answers import FRESH, base_url, cached

_ATOM, _CONTENT = "http://www.w3.org/2005/Atom", "http://purl.org/rss/1.0/modules/content/"
ElementTree.register_namespace("atom", _ATOM)
ElementTree.register_namespace("content", _CONTENT)


async def mag(request: Request) -> Response:
    snapshot = live.snapshot
    if snapshot is None:
        return PlainTextResponse("", 503, {"retry-after": "5"})
    body = _rss(snapshot, base_url(request, request.state.settings), datetime.now(UTC))
    return cached(request, body, "application/rss+xml; charset=utf-8", FRESH, tag=snapshot.version)


def _rss(snapshot: Snapshot, base: str, now: datetime) -> bytes:
    feed = ElementTree.Element("rss", {"version": "2.0"})
    channel = ElementTree.SubElement(feed, "channel")
    for name, text in (
        ("title", f"Le Mag — {snapshot.site.name}"),
        ("link", f"{base}/mag"),
        ("description", snapshot.site.welcome),
        ("language", "fr"),
    ):
        ElementTree.SubElement(channel, name).text = text
    ElementTree.SubElement(
        channel, f"{{{_ATOM}}}link", {"href": f"{base}/mag.xml", "rel": "self", "type": "application/rss+xml"}
    )
    for article in blocks.released(snapshot, now)[:50]:
        channel.append(_item(article, base))
    return ElementTree.tostring(feed, encoding="utf-8", xml_declaration=True)


def _item(article: Article, base: str) -> ElementTree.Element:
    item = ElementTree.Element("item")
    address = f"{base}/mag?{urlencode({'article': article.slug})}"
    ElementTree.SubElement(item, "title").text = article.titre
    ElementTree.SubElement(item, "link").text = address
    ElementTree.SubElement(item, "guid", {"isPermaLink": "true"}).text = address
    ElementTree.SubElement(item, "description").text = article.chapo or to_text(article.texte)
    ElementTree.SubElement(item, f"{{{_CONTENT}}}encoded").text = to_html(article.texte, base)
    if article.rubrique:
        ElementTree.SubElement(item, "category").text = article.rubrique
    if article.date:
        ElementTree.SubElement(item, "pubDate").text = format_datetime(article.date)
    return item


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
            ElementTree.SubElement(url, "lastmod").text = changed.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    for path in ("/", "/mag", "/a-propos", "/inscription"):
        add(path)
    for path, _ in blocks.standing_pages(snapshot):
        add(path)
    for article in blocks.released(snapshot, now):
        add(f"/mag?{urlencode({'article': article.slug})}", article.date)
    for slug, changed in zip(snapshot.fiches["slug"], snapshot.fiches["updated_at"], strict=True):
        add(f"/fiche?{urlencode({'f': slug})}", changed.to_pydatetime())
    return ElementTree.tostring(urlset, encoding="utf-8", xml_declaration=True)


async def robots(request: Request) -> Response:
    base = base_url(request, request.state.settings)
    return PlainTextResponse(
        f"User-agent: *\nDisallow: /feuille\nDisallow: /_stcore/\nDisallow: /*?*q=\nSitemap: {base}/sitemap.xml\n"
    )

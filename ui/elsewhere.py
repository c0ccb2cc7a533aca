"""The pages that leave the site: light ones for other sites to frame, lists and posters for paper. None needs a script."""

from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from markupsafe import Markup

import annuaire
from annuaire import Query
from fields.cell import slugify
from fields.date import paris_day
from sheets.snapshot import Snapshot
from ui import blocks, colours, framing, handout, magazine, plan
from ui.cards import cards
from ui.document import Document, Pairs
from words import _

LINKED_DOTS = 400
"""Dots of a plan beyond which they are a picture and no links."""
ON_PAPER = 5000
"""Fiches on one printed list: more is no list for a board, and says so."""


@lru_cache(maxsize=1)
def _style() -> str:
    return (Path(__file__).parent / "elsewhere.css").read_text(encoding="utf-8")


def _page(snapshot: Snapshot, title: str, canonical: str, main: str, status: int = 200, more: str = "") -> Document:
    """Never in a search engine: the page it comes from is. `canonical` is absolute."""
    head = (
        f'<title>{escape(title)}</title>\n<link rel="canonical" href="{escape(canonical)}">\n<meta name="robots" content="noindex">\n'
        f"{colours.style(snapshot.site.color)}<style>{_style()}</style>{more}"
    )
    return Document(status, title, head, main)


def _dressed(snapshot: Snapshot, current: str, main: str, since: str) -> str:
    return f"{blocks.header(snapshot, current)}<main>{main}</main>{blocks.footer(snapshot, since)}"


# Framed by other sites


def light(snapshot: Snapshot, pairs: Pairs, base_url: str, now: datetime) -> Document:
    """A list, a plan, a fiche or an article without anything around. Its links open outside the frame."""
    values = dict(pairs := list(pairs))
    framed = framing.frame(snapshot, "/", pairs, now)
    if framed is None:
        gone = snapshot.was_withdrawn(values.get("f", ""))
        main = blocks.fill("cadre.html", site=snapshot.site, framed=None, page="/", body="", gone=gone)
        return _light(snapshot, snapshot.site.name, base_url, "/", main, 410 if gone else 404)
    if "f" in values:
        body = blocks.fiche(snapshot, values["f"], now, base_url) or ""
    elif "article" in values:
        body = magazine.article(snapshot, snapshot.article(values["article"], "article"), now)  # type: ignore[arg-type]
    else:
        body = _choice(snapshot, annuaire.parse(pairs), values.get("vue", ""), now)
    main = blocks.fill("cadre.html", site=snapshot.site, framed=framed, page=framed.page, body=Markup(body), gone=False)
    return _light(snapshot, framed.title, base_url, framed.page, main)


def _light(snapshot: Snapshot, title: str, base_url: str, page: str, main: str, status: int = 200) -> Document:
    outside = (
        '<base target="_blank">'  # what a visitor opens from a frame has the whole window; only `/?embed=1` may stay in it
    )
    return _page(snapshot, title, base_url + page, main, status, outside)


def _choice(snapshot: Snapshot, query: Query, view: str, now: datetime) -> str:
    result = annuaire.find(snapshot, query, now)
    drawn = plan.plan(snapshot, result.rows) if view == "carte" else None
    return blocks.fill(
        "cadre_liste.html",
        result=result,
        total=result.total,
        chips=result.chips,
        cards="" if drawn else cards(snapshot, result.page_rows, now, query, result),
        plan=drawn,
        box=(plan.WIDTH, plan.HEIGHT),
        linked=drawn is not None and len(drawn.dots) <= LINKED_DOTS,
        towns=_towns(snapshot, query, result) if drawn else (),
        page_url=lambda number: framing.light(query.to_page(number), view),
    )


def _towns(snapshot: Snapshot, query: Query, result: annuaire.Result) -> list[tuple[str, int, str]]:
    """Each commune, how many it has, and the light list of it alone."""
    found = sorted(plan.towns(snapshot, result.rows), key=lambda town: slugify(town[0]))
    return [(name, count, framing.light(query.without("commune").having("commune", slugify(name)))) for name, count in found]


def integrate(
    snapshot: Snapshot, pairs: Pairs, base_url: str, now: datetime, since: str, origins: tuple[str, ...]
) -> Document | None:
    """The code for another site's page, and what it shows; None where there is nothing to frame."""
    values = dict(pairs := list(pairs))
    framed = framing.frame(snapshot, "/", pairs, now)
    if framed is None:
        return None
    high = framing.height(values.get("hauteur", ""))
    kept = [("f", values["f"])] if "f" in values else [("article", values["article"])] if "article" in values else annuaire.parse(pairs).to_page(1).pairs()  # fmt: skip
    view = values.get("vue", "")
    main = blocks.fill(
        "integrer.html", site=snapshot.site, framed=framed, code=framing.code(framed, base_url, high), height=high, heights=framing.HEIGHT_RANGE,
        views=framing.VIEWS if framed.page.split("?")[0] == "/" else {}, view=view if view in framing.VIEWS else "liste", kept=kept, origins=origins,
    )  # fmt: skip
    return _page(
        snapshot,
        _("Intégrer : {titre}").format(titre=framed.title),
        base_url + framed.page,
        _dressed(snapshot, "/integrer", main, since),
    )


# On paper


def printed(snapshot: Snapshot, query: Query, base_url: str, now: datetime, since: str) -> Document:
    """Every fiche of the query by town: phone and hours first, for those without internet."""
    query = query.to_page(1)
    result = annuaire.find(snapshot, query, now)
    today = paris_day(now)
    chosen = ", ".join(chip.label for chip in result.chips)
    main = blocks.fill(
        "imprimer.html", site=snapshot.site, chosen=chosen, total=result.total, messages=result.messages, today=today, back=query.url(),
        towns=_by_town(snapshot, result.rows[:ON_PAPER].tolist(), today), left_out=max(0, result.total - ON_PAPER),
        address=_bare(base_url), qr=_qr_of(base_url, query.url()),
    )  # fmt: skip
    name = chosen or _("Toutes les fiches")
    title = f"{name} — {snapshot.site.name}"
    paper = "<style>@page{size:A4;margin:12mm}</style>"
    return _page(snapshot, title, base_url + query.url(), _dressed(snapshot, "/imprimer", main, since), more=paper)


def _by_town(snapshot: Snapshot, rows: list[int], today: date) -> list[tuple[str, list[tuple[dict[str, Any], str]]]]:
    """Communes in the order of the alphabet, fiches by name in each; those without a commune last."""
    towns: dict[str, list[tuple[dict[str, Any], str]]] = {}
    for record in snapshot.records(rows):
        towns.setdefault(record["commune"] or "", []).append((record, annuaire.closure(record["ferme_du"], record["ferme_au"], today)))  # fmt: skip
    for found in towns.values():
        found.sort(key=lambda entry: slugify(entry[0]["nom"]))
    return sorted(towns.items(), key=lambda town: (not town[0], slugify(town[0])))


def poster(snapshot: Snapshot, record: Mapping[str, Any], base_url: str, now: datetime, since: str) -> Document:
    """One fiche on a sheet of A5, for the shop's door."""
    page = handout.address(record["slug"])
    today = paris_day(now)
    main = blocks.fill(
        "affiche.html", site=snapshot.site, fiche=record, qr=_qr_of(base_url, page), back=page, address=_bare(base_url),
        closure=annuaire.closure(record["ferme_du"], record["ferme_au"], today), long=len(record["nom"]) > 40,
    )  # fmt: skip
    paper = "<style>@page{size:A5 portrait;margin:9mm}</style>"
    title = _("Affiche : {nom}").format(nom=record["nom"])
    return _page(
        snapshot, f"{title} — {snapshot.site.name}", base_url + page, _dressed(snapshot, "/affiche", main, since), more=paper
    )


def qr_text(base_url: str, address: str) -> str:
    """What a QR code says: the address, or the home page where it is too long to be read from paper."""
    return base_url + address if len(base_url + address) <= handout.QR_LIMIT else f"{base_url}/"


def _qr_of(base_url: str, address: str) -> Markup:
    return Markup(handout.qr(qr_text(base_url, address)))


def _bare(base_url: str) -> str:
    return base_url.split("://", 1)[-1]


def oembed(framed: framing.Frame, site_name: str, base_url: str, asked: Mapping[str, str]) -> dict[str, Any]:
    """oEmbed 1.0, type `rich`, within `maxwidth` and `maxheight`."""
    wide, high = (
        min(size, int(written)) if written.isascii() and written.isdigit() and 0 < len(written) < 6 and int(written) else size
        for size, written in ((framing.WIDTH, asked.get("maxwidth", "")), (framing.HEIGHT, asked.get("maxheight", "")))
    )
    return {
        "version": "1.0", "type": "rich", "title": framed.title, "provider_name": site_name, "provider_url": f"{base_url}/", "cache_age": 3600,
        "width": wide, "height": high, "html": framing.code(framed, base_url, high, str(wide)),
    }  # fmt: skip


def path_in_site(url: str, base_url: str) -> tuple[str, str] | None:
    """Path and query of an address of this site; None for another site's. Scheme and case of the host do not matter."""
    bare, ours = _bare(url), _bare(base_url)
    if url.split("://", 1)[0].lower() not in ("http", "https") or bare[: len(ours)].lower() != ours.lower():
        return None
    rest = bare[len(ours) :].split("#")[0]
    if rest and rest[0] not in "/?":
        return None
    path, _, query = rest.partition("?")
    return path or "/", query


def address_of(pairs: Pairs) -> str:
    """The page that a QR code leads to: a fiche's, else a query's."""
    values = dict(pairs := list(pairs))
    return f"/fiche?{urlencode({'f': values['f']})}" if "f" in values else annuaire.parse(pairs).to_page(1).url()

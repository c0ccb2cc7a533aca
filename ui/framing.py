"""What of the site may stand in a page of somebody else's: which address is framed, and by which code."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from html import escape
from urllib.parse import parse_qsl, urlencode

import annuaire
from annuaire import Query
from sheets.snapshot import Snapshot
from words import N_, _

VIEWS = {"liste": N_("une liste"), "carte": N_("un plan")}
"""Values of `vue`, and what each shows."""
WIDTH, HEIGHT, HEIGHT_RANGE = 600, 700, (200, 3000)
"""Pixels. The code itself says 100 % of the place it is given."""
FRAMED = ("/", "/fiche", "/mag")
"""Pages that can be framed, by the light page of the same thing."""


@dataclass(frozen=True)
class Frame:
    """Something to frame. `page` is its own page, `light` the light one; both begin with `/`."""

    title: str
    page: str
    light: str


def is_embed(path: str, query_string: str) -> bool:
    """True for the light pages, the only ones that other sites may frame."""
    return path == "/" and "embed=1" in query_string.split("&")


def frame(snapshot: Snapshot, path: str, pairs: Iterable[tuple[str, str]], now: datetime) -> Frame | None:
    """The frame for one of our addresses; None where nothing there can be framed.

    `f` names a fiche and `article` an article, whichever of our pages they come with.
    """
    values = dict(pairs := list(pairs))
    name = snapshot.site.name
    if path == "/fiche" or "f" in values:
        record = snapshot.fiche(values.get("f", ""))
        return _frame(f"{record['nom']} — {name}", "/fiche", "f", record["slug"]) if record else None
    if path == "/mag" or "article" in values:
        article = snapshot.article(values.get("article", ""), "article")
        return _frame(f"{article.titre} — {name}", "/mag", "article", article.slug) if article and article.is_out(now) else None
    query = annuaire.parse(pairs)
    chosen = ", ".join(chip.label for chip in annuaire.find(snapshot, query, now).chips)
    view = values.get("vue", "")
    title = chosen or _("Annuaire")
    return Frame(f"{title} — {name}", query.to_page(1).url(), light(query.to_page(1), view))


def _frame(title: str, page: str, parameter: str, slug: str) -> Frame:
    asked = urlencode({parameter: slug})
    return Frame(title, f"{page}?{asked}", f"/?embed=1&{asked}")


def light(query: Query, view: str = "") -> str:
    """The light page of a query."""
    shown = [("vue", view)] if view in VIEWS and view != "liste" else []
    return f"/?{urlencode([('embed', '1'), *shown, *query.pairs()])}"


def height(written: str) -> int:
    """Pixels, as asked where it is a sensible number."""
    low, high = HEIGHT_RANGE
    return min(max(int(written), low), high) if written.isascii() and written.isdigit() and len(written) < 6 else HEIGHT


def code(framed: Frame, base_url: str, height: int, width: str = "100%") -> str:
    """What a page of another site copies: a titled frame, and a link for whoever sees no frame."""
    return (
        f'<iframe src="{escape(base_url + framed.light)}" title="{escape(framed.title)}" width="{escape(width)}" height="{height}" '
        f'style="border:0;max-width:100%" loading="lazy"></iframe>\n'
        f'<p><a href="{escape(base_url + framed.page)}">{escape(framed.title)}</a></p>'
    )


def discovery(base_url: str, address: str) -> str:
    """The link by which an editor that is given our address finds the code of itself; `""` for a page that is not framed.

    `address` begins with `/`.
    """
    path, _, query = address.partition("?")
    if path not in FRAMED or (path == "/mag" and not any(name == "article" for name, _ in parse_qsl(query))):
        return ""
    href = f"{base_url}/oembed?{urlencode({'url': base_url + address, 'format': 'json'})}"
    return f'<link rel="alternate" type="application/json+oembed" href="{escape(href)}">'

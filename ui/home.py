"""The home page around its list: choices one press away, the categories as pictures, who has just come. Escaped HTML."""

from dataclasses import dataclass
from datetime import datetime
from html import escape

import annuaire
import schema
from annuaire import Query
from schema import Site
from sheets.snapshot import Snapshot
from ui import blocks, magazine
from ui.templating import slugged, typeset
from words import _

TILES = 8
"""Categories shown as pictures: one row on a screen, two on a telephone."""
NEWEST = 6
ARTICLES = 3
_HOME = Query()


@dataclass(frozen=True)
class Shortcut:
    """A choice that is turned on and off in one press."""

    label: str
    url: str
    total: int
    """The fiches it would leave, under the other choices."""
    chosen: bool


def welcome(site: Site) -> str:
    """The directory's title, the team's few words, and the bar of a phone, which stays when the rest is drawn again."""
    title = _("Près de chez vous")
    return f'<div class="bienvenue"><h1>{escape(title)}</h1><p>{escape(typeset(_(site.welcome)))}</p></div>{blocks.fill("barre.html")}'


def shortcuts(snapshot: Snapshot, query: Query, now: datetime) -> str:
    """In a crisis who delivers, ahead of all others; open now; the local currency where it has a name."""
    site, delivered = snapshot.site, slugged(schema.ANY_DELIVERY)
    offered: list[tuple[str, Query, Query, bool]] = []
    if site.in_crisis:
        alone = query.without("livraison")
        chosen = delivered in query.choices.get("livraison", ())
        offered.append((schema.ANY_DELIVERY, alone.only("livraison", delivered), alone, chosen))
    offered.append((_("Ouvert maintenant"), query.turned_on("ouvert"), query.without("ouvert"), query.ouvert == "1"))
    if site.currency:
        label = _("Accepte {monnaie}").format(monnaie=site.currency)
        offered.append((label, query.turned_on("monnaie"), query.without("monnaie"), query.monnaie))
    return blocks.fill(
        "raccourcis.html",
        shortcuts=[
            Shortcut(label, (off if chosen else on).url(), annuaire.count(snapshot, on, now), chosen)
            for label, on, off, chosen in offered
        ],
    )


def tiles(snapshot: Snapshot, query: Query, now: datetime) -> str:
    """The categories, the fullest as pictures; `""` once something is asked for."""
    if query != _HOME:
        return ""
    options = [option for option in annuaire.facets(snapshot, query, now)["categorie"] if option.count]
    fullest = sorted(options, key=lambda option: -option.count)[:TILES]
    return blocks.fill(
        "tuiles.html",
        first=[option for option in options if option in fullest],
        others=[option for option in options if option not in fullest],
    )


def news(snapshot: Snapshot, query: Query, now: datetime) -> str:
    """The newest articles, and fiches where one page does not show them all; `""` once something is asked for."""
    if query != _HOME:
        return ""
    newest = (
        annuaire.find(snapshot, Query(tri="nouveau"), now).rows[:NEWEST].tolist() if len(snapshot) > annuaire.PAGE_SIZE else []
    )
    return blocks.fill(
        "suite.html",
        fiches=snapshot.records(newest),
        articles=magazine.released(snapshot, now)[:ARTICLES],
    )

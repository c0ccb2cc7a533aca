"""What is not Streamlit: server-written pages, packed static files, open data, tiles, feeds, health, headers and limits."""

import logging
import threading
from collections.abc import Sequence
from datetime import UTC, datetime
from urllib.parse import urlsplit

from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from streamlit import config

import annuaire
from settings import Settings
from sheets.snapshot import Snapshot, live
from ui import blocks, directory, drawn, privacy, templating, theme
from ui.framing import is_embed
from ui.privacy import Practices
from web import (
    answers,
    background,
    columns,
    elsewhere,
    favourites,
    feeds,
    health,
    metrics,
    offline,
    openapi,
    opendata,
    pages,
    pictures,
    report,
    tiles,
)
from web.direct import Direct
from web.door import Door
from web.guard import Guard
from web.limits import Limits
from web.pieces import Pieces
from web.static import PackedStatic
from web.watch import Watch

__all__ = ["middleware", "prepare", "routes"]


def prepare(snapshot: Snapshot) -> None:
    """Works out what the first questions will need, and forgets the pages of the snapshot before.

    Their pieces, and their packed copies, are known by what they say, and are used again where it is said again; once something was withdrawn they go too.
    """
    before = live.snapshot
    annuaire.prepare(snapshot)
    theme.wear(snapshot.site.color)
    if before is None:
        threading.Thread(target=_draw_ahead, args=(snapshot,), name="conso-ahead", daemon=True).start()
    pages.forget()
    elsewhere.forget()
    directory.forget()
    if before is not None and not _stays(before, snapshot):
        drawn.forget()
        answers.forget()


def _draw_ahead(snapshot: Snapshot) -> None:
    """What the first visitors of a process would wait for: half a second in all, behind the scenes."""
    templating.compile_all()
    blocks.draw_ahead(snapshot, datetime.now(UTC))
    if live.snapshot not in (None, snapshot):  # what was withdrawn meanwhile may have been drawn after all else was forgotten
        drawn.forget()


def _stays(before: Snapshot, after: Snapshot) -> bool:
    """True where every fiche and article is still there, changed or not."""
    articles, still = ({(item.type, item.slug) for item in each.articles} for each in (before, after))
    return before.rows_by_slug.keys() <= after.rows_by_slug.keys() and articles <= still


def practices(settings: Settings, keeps_reports: bool) -> Practices:
    """What `/a-propos` tells of these settings."""
    return Practices(
        embedded=settings.embedded,
        mail_host=settings.smtp.host if settings.smtp else "",
        geocoder_host=urlsplit(settings.geocoder_url or "").hostname or "",
        map_host=urlsplit(settings.map_tiles or "").hostname or "",
        reports=keeps_reports,
        requests_logged=logging.getLogger("conso.requests").isEnabledFor(logging.INFO),
    )


def routes(settings: Settings, take: report.Take | None = None) -> list[BaseRoute]:
    """Every route that Streamlit does not answer itself. `take` keeps a visitor's report; None: the app may not write in the sheet."""
    privacy.current.practices = practices(settings, take is not None)
    served = pages.Pages(settings)
    away = elsewhere.Elsewhere(settings)
    below = background.Background(settings)

    async def home(request: Request) -> Response:
        return await (away.light if is_embed("/", request.url.query) else served.answer)(request)

    found: list[BaseRoute] = [Route("/", home)]
    found.append(Route("/tuiles/{z:int}/{x:int}/{y:int}.json", tiles.tile))  # asked most: they are looked for in this order
    found += [Route(path, served.answer, methods=["GET", "HEAD"]) for path in pages.PATHS if path != "/"]
    found += [
        Route("/resultats", served.results),
        Route("/francais-{version}.js", pages.french),
        Route("/integrer", away.integrate),
        Route("/imprimer", away.printed),
        Route("/affiche", away.poster),
        Route("/fiche.vcf", away.card),
        Route("/qr.svg", away.qr),
        Route("/oembed", away.oembed),
    ]
    found += [
        Route("/favoris", favourites.Favourites(settings).answer, methods=["GET", "HEAD", "POST"]),
        Route("/signaler", report.Reporting(settings, take).answer, methods=["GET", "HEAD", "POST"]),
        Route("/api/fiches.json", opendata.fiches_json),
        Route("/api/fiches.geojson", opendata.fiches_geojson),
        Route("/api/fiches.csv", opendata.fiches_csv),
        Route("/api/gogocarto.json", opendata.gogocarto),
        Route("/api/osm.geojson", opendata.osm_geojson),
        Route("/api/schema.json", columns.schema_json),
        Route("/api/openapi.json", openapi.openapi_json),
        Route("/carte/style.json", below.style),
        Route("/carte/{z:int}/{x:int}/{y:int}", below.tile),
        Route("/photos/{name}.webp", pictures.Photos(settings).answer),
        Route("/dessins/{slug}.svg", pictures.drawing),
        Route("/dessins/{slug}.png", pictures.link_picture),
        Route("/polices/titres-1.woff2", pictures.titles_font),
        Route("/mag.xml", feeds.mag),
        Route("/fiches.xml", feeds.fiches),
        Route("/sitemap.xml", feeds.sitemap),
        Route("/robots.txt", feeds.robots),
        Route("/manifest.webmanifest", offline.manifest),
        Route("/favicon.png", offline.tab_icon),
        Route("/icone-{size:int}.png", offline.square_icon),
        Route("/icone-masque-512.png", offline.masked_icon),
        Route("/sw.js", offline.worker),
        Route("/hors-ligne", offline.last_resort),
        Route("/healthz", health.healthz),
        Route("/readyz", health.readyz),
    ]
    if settings.metrics:
        found.append(Route("/metrics", metrics.metrics))
    return found


def middleware(settings: Settings, door: Door, routes: Sequence[BaseRoute]) -> list[Middleware]:
    """Outermost first. An address that is neither of `routes` nor Streamlit's own does not exist."""
    # An operator who turns Streamlit's own check off (a host that rewrites Host, say) turns ours off too.
    origins = config.get_option("server.corsAllowedOrigins") if config.get_option("server.enableCORS") else None
    return [
        Middleware(Watch, routes=routes),
        Middleware(Guard, settings=settings, door=door, routes=routes),
        Middleware(Limits, open_pages=settings.open_pages, origins=origins),
        Middleware(PackedStatic),
        Middleware(Direct, routes=routes),
        Middleware(Pieces),
    ]

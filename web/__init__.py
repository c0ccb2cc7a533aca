"""What is not Streamlit: server-written pages, packed static files, open data, tiles, feeds, health, headers and limits."""

from starlette.middleware import Middleware
from starlette.routing import BaseRoute, Route

import annuaire
from settings import Settings
from sheets.snapshot import Snapshot
from web import answers, feeds, health, opendata, pages, pictures, tiles
from web.door import Door
from web.guard import Guard
from web.limits import Limits
from web.static import PackedStatic

__all__ = ["middleware", "prepare", "routes"]


def prepare(snapshot: Snapshot) -> None:
    """Works out what the first questions will need, and forgets the pages of the snapshot before: a withdrawn fiche is nowhere any more."""
    annuaire.prepare(snapshot)
    pages.forget()
    answers.forget()


def routes(settings: Settings) -> list[BaseRoute]:
    """Every route that Streamlit does not answer itself."""
    served = pages.Pages(settings)
    found: list[BaseRoute] = [Route(path, served.answer, methods=["GET", "HEAD"]) for path in pages.PATHS]
    found += [
        Route("/api/fiches.json", opendata.fiches_json),
        Route("/api/fiches.geojson", opendata.fiches_geojson),
        Route("/api/fiches.csv", opendata.fiches_csv),
        Route("/api/gogocarto.json", opendata.gogocarto),
        Route("/tuiles/{z:int}/{x:int}/{y:int}.json", tiles.tile),
        Route("/carte/style.json", tiles.style),
        Route("/dessins/{slug}.svg", pictures.drawing),
        Route("/mag.xml", feeds.mag),
        Route("/sitemap.xml", feeds.sitemap),
        Route("/robots.txt", feeds.robots),
        Route("/healthz", health.healthz),
        Route("/readyz", health.readyz),
    ]
    if settings.metrics:
        found.append(Route("/metrics", health.metrics))
    return found


def middleware(settings: Settings, door: Door) -> list[Middleware]:
    """Outermost first."""
    return [
        Middleware(Guard, settings=settings, door=door),
        Middleware(Limits),
        Middleware(PackedStatic),
    ]

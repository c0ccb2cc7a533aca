"""The drawings that stand where a fiche has no photo, and the font of titles."""

from pathlib import Path

import anyio
from starlette.requests import Request
from starlette.responses import Response

from ui import dessins
from web import pages
from web.answers import cached

_KEEP = "public, max-age=86400"
_FOR_GOOD = "public, max-age=31536000, immutable"
_TITLES = (Path(dessins.__file__).parent / "polices" / "titres.woff2").read_bytes()
"""Its address holds a number, to change with the file."""


async def drawing(request: Request) -> Response:
    slug = request.path_params["slug"]
    if slug not in dessins.SLUGS:
        return pages.missing(request, request.state.settings)
    return cached(request, dessins.svg(slug).encode(), "image/svg+xml", _KEEP)


async def link_picture(request: Request) -> Response:
    """What a social network shows beside a link to a fiche without a photo."""
    slug = request.path_params["slug"]
    if slug not in dessins.SLUGS:
        return pages.missing(request, request.state.settings)
    return cached(request, await anyio.to_thread.run_sync(dessins.png, slug), "image/png", _KEEP)


async def titles_font(request: Request) -> Response:
    return cached(request, _TITLES, "font/woff2", _FOR_GOOD)

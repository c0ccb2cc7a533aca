"""The drawings that stand where a fiche has no photo."""

from starlette.requests import Request
from starlette.responses import Response

from ui import dessins
from web.answers import cached


async def drawing(request: Request) -> Response:
    body = dessins.svg(request.path_params["slug"]).encode()
    return cached(request, body, "image/svg+xml", "public, max-age=86400")

"""The site on a phone's home screen, and without network: its manifest, its icons, its service worker, its page of last resort."""

import hashlib
import json
from functools import lru_cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

from schema import Site
from sheets.snapshot import live
from ui import icon
from ui.document import offline
from web import policy, shell
from web.answers import HTML, cached
from words import _

SIZES = (64, 180, 192, 512)
"""Pixels of the icons made: browser tab, iPhone, Android's two."""
_WORKER = (Path(__file__).parent / "worker.js").read_text(encoding="utf-8")
_GROUND = "#fbfaf6"
"""`--fond` of ui/style.css."""


def _site() -> Site:
    return live.snapshot.site if live.snapshot else Site()


def described(site: Site) -> dict[str, object]:
    """The web manifest: https://www.w3.org/TR/appmanifest/"""
    icons = [
        {"src": f"/icone-{size}.png", "sizes": f"{size}x{size}", "type": "image/png", "purpose": "any"} for size in (192, 512)
    ]
    icons.append({"src": "/icone-masque-512.png", "sizes": "512x512", "type": "image/png", "purpose": "maskable"})
    return {
        "id": "/",
        "name": site.name,
        "short_name": site.name if len(site.name) <= 12 else site.name.split()[0][:12],
        "description": _(site.welcome),
        "lang": "fr",
        "dir": "ltr",
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": _GROUND,
        "theme_color": site.color,
        "icons": icons,
        "shortcuts": [{"name": _("Le Mag"), "url": "/mag"}, {"name": _("Ajouter ma fiche"), "url": "/inscription"}],
    }


async def manifest(request: Request) -> Response:
    body = json.dumps(described(_site()), ensure_ascii=False).encode()
    return cached(request, body, "application/manifest+json", "public, max-age=3600")


async def tab_icon(request: Request) -> Response:
    """In place of Streamlit's own."""
    return cached(request, icon.png(_site().color, 64), "image/png", "public, max-age=86400")


async def square_icon(request: Request) -> Response:
    size = request.path_params["size"]
    if size not in SIZES:
        return Response(status_code=404)
    return cached(request, icon.png(_site().color, size), "image/png", "public, max-age=86400")


async def masked_icon(request: Request) -> Response:
    return cached(request, icon.png(_site().color, 512, maskable=True), "image/png", "public, max-age=86400")


@lru_cache(maxsize=4)
def _worker(page: bytes) -> bytes:
    """The worker named after its own words and the page it keeps: a browser that finds another byte takes the new one."""
    script = shell.reworded(_WORKER)
    version = hashlib.blake2b(script.encode() + page, digest_size=6).hexdigest()
    return script.replace("__VERSION__", version).encode()


def _last_resort() -> bytes:
    return shell.plain_page(offline(live.snapshot)).encode() if live.snapshot else b""


async def worker(request: Request) -> Response:
    # Never from a browser's store: a broken worker must be mended at the next visit.
    return cached(
        request,
        _worker(_last_resort()),
        "text/javascript; charset=utf-8",
        "no-cache",
        headers={"content-security-policy": policy.WORKER},
    )


async def last_resort(request: Request) -> Response:
    """What the worker shows, without network, for a page never seen."""
    if not live.snapshot:
        return Response(status_code=503, headers={"retry-after": "5", "cache-control": "no-store"})
    return cached(request, _last_resort(), HTML, "no-cache", headers={"x-robots-tag": "noindex"})

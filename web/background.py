"""The map's background, through this site: its visitors are known to nobody else, and nobody else's host is in the policy of its pages.

Tiles are asked of the address that the settings give, once; the last ones are kept in memory, and browsers keep theirs for a month.
"""

import time
from collections import OrderedDict
from datetime import UTC, datetime
from urllib.parse import urlsplit

import anyio
import requests
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

import annuaire
from annuaire import Query
from settings import Settings
from sheets.snapshot import Snapshot, live
from ui.map import row_of

DEEPEST = 18
"""Zoom, where the world is 256 pixels wide at 0."""
EVERYWHERE_TO = 7
"""The zoom up to which tiles are given of the whole world; deeper, only around the fiches, so that nobody else's map is fed from here."""
AROUND = 1.0
"""Degrees around the fiches, or around the place where the map opens."""
AT_ONCE = 8
"""Tiles asked of the other server together."""
SECONDS = 5.0
PAUSE_SECONDS = 30.0
"""After a tile that did not come, none is asked for."""
LARGEST = 500_000
"""Bytes of one tile."""
KEPT = 800
"""Tiles in memory: 10 to 20 MB."""
_FRESH = "public, max-age=2592000"
_SIGNATURES = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg", b"RIFF": "image/webp"}
_CREDITS = {"data.geopf.fr": "© IGN", "tile.openstreetmap.org": "© OpenStreetMap", "tile.openstreetmap.fr": "© OpenStreetMap"}
"""Whom the map names, by host; another is named itself."""


def style(settings: Settings) -> dict[str, object]:
    """A MapLibre style of our own address: a plain colour, and the tiles where the settings give some."""
    layers: list[dict[str, object]] = [{"id": "fond", "type": "background", "paint": {"background-color": "#eef1ea"}}]
    sources: dict[str, object] = {}
    if settings.map_tiles:
        sources["plan"] = {
            "type": "raster",
            "tiles": ["/carte/{z}/{x}/{y}"],
            "tileSize": 256,
            "maxzoom": DEEPEST,
            "attribution": credit(settings.map_tiles),
        }
        layers.append({"id": "plan", "type": "raster", "source": "plan", "paint": {"raster-saturation": -0.4}})
    return {"version": 8, "sources": sources, "layers": layers}


def credit(tiles: str) -> str:
    """Whose map it is, e.g. `© IGN`."""
    host = urlsplit(tiles).hostname or ""
    return next((said for known, said in _CREDITS.items() if host == known or host.endswith(f".{known}")), f"© {host}")


class Background:
    """Answers `/carte/style.json` and `/carte/{z}/{x}/{y}`."""

    def __init__(self, settings: Settings):
        self._settings = settings
        self._session = requests.Session()
        self._session.headers["User-Agent"] = f"Conso-locale ({settings.site_url or 'annuaire de commerces locaux'})"
        self._kept: OrderedDict[tuple[int, int, int], tuple[str, bytes]] = OrderedDict()
        self._at_once = anyio.Semaphore(AT_ONCE)
        self._silent_until = float("-inf")

    async def style(self, request: Request) -> Response:
        return JSONResponse(style(self._settings), headers={"cache-control": "public, max-age=3600"})

    async def tile(self, request: Request) -> Response:
        """A tile, or a 404 where there is none, or none of ours; the map draws its plain colour there."""
        place = (request.path_params["z"], request.path_params["x"], request.path_params["y"])
        snapshot = live.snapshot
        if not self._settings.map_tiles or snapshot is None or not is_ours(snapshot, *place, datetime.now(UTC)):
            return _none("public, max-age=3600")
        found = self._kept.get(place)
        if found is None:
            async with self._at_once:
                found = self._kept.get(place) or await anyio.to_thread.run_sync(self._asked, self._settings.map_tiles, place)
        if found is None:
            return _none("no-store")
        self._kept[place] = found
        self._kept.move_to_end(place)
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return Response(found[1], media_type=found[0], headers={"cache-control": _FRESH})

    def _asked(self, tiles: str, place: tuple[int, int, int]) -> tuple[str, bytes] | None:
        """Media type and picture from the other server; None where it gives none."""
        if time.monotonic() < self._silent_until:
            return None
        address = tiles.replace("{z}", str(place[0])).replace("{x}", str(place[1])).replace("{y}", str(place[2]))
        try:
            with self._session.get(address, timeout=SECONDS, stream=True, allow_redirects=False) as answer:
                body = answer.raw.read(LARGEST + 1, decode_content=True) if answer.status_code == 200 else b""
                gone = answer.status_code == 404
        except (requests.RequestException, OSError, ValueError):
            body, gone = b"", False
        media_type = next((said for begins, said in _SIGNATURES.items() if body.startswith(begins)), None)
        if media_type is None or len(body) > LARGEST:
            if not gone:
                self._silent_until = time.monotonic() + PAUSE_SECONDS
            return None
        return media_type, body


def is_ours(snapshot: Snapshot, z: int, x: int, y: int, now: datetime) -> bool:
    """True for a tile that exists (EPSG:3857, y from the north) and that a visitor of this directory may have to see."""
    side = 1 << z if 0 <= z <= DEEPEST else 0
    if not (0 <= x < side and 0 <= y < side):
        return False
    if z <= EVERYWHERE_TO:
        return True
    places = [(place, place) for place in [snapshot.site.centre] if place is not None]
    spanned = annuaire.extent(snapshot, Query(), now)
    if spanned is not None:
        places.append(((spanned.south, spanned.west), (spanned.north, spanned.east)))
    return any(
        (west - AROUND + 180) / 360 * side < x + 1
        and x <= (east + AROUND + 180) / 360 * side
        and row_of(north + AROUND) * side < y + 1
        and y <= row_of(south - AROUND) * side
        for (south, west), (north, east) in places
    )


def _none(keep: str) -> Response:
    return PlainTextResponse("Rien à cet endroit.", 404, {"cache-control": keep})

"""The map's points and clusters, tile by tile, and the style below them."""

from datetime import UTC, datetime

import anyio
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

import annuaire
from sheets.snapshot import Snapshot, live
from ui.legend import painted
from web.answers import cached
from web.opendata import KEEP, OPEN_TO_ALL, dumps


async def tile(request: Request) -> Response:
    snapshot = live.snapshot
    if snapshot is None:
        return JSONResponse({"type": "FeatureCollection", "features": []}, 503, OPEN_TO_ALL)
    place = request.path_params
    query = annuaire.parse(request.query_params.multi_items())
    body = await anyio.to_thread.run_sync(_written, snapshot, query, place["z"], place["x"], place["y"])
    return cached(request, body, "application/geo+json", KEEP, headers=OPEN_TO_ALL, tag=snapshot.version)


def _written(snapshot: Snapshot, query: annuaire.Query, z: int, x: int, y: int) -> bytes:
    found = annuaire.tile(snapshot, query, z, x, y, datetime.now(UTC))
    for feature in found["features"]:
        feature["properties"] |= painted(feature["properties"], z)
    return dumps(found).encode()


async def style(request: Request) -> Response:
    """A MapLibre style of our own address, so that no other party is asked; with `plan=1`, which a visitor pressed for, the one that the settings name is."""
    tiles = request.state.settings.map_tiles if request.query_params.get("plan") == "1" else None
    layers: list[dict[str, object]] = [{"id": "fond", "type": "background", "paint": {"background-color": "#eef1ea"}}]
    sources = {}
    if tiles:
        sources["plan"] = {"type": "raster", "tiles": [tiles], "tileSize": 256, "maxzoom": 18, "attribution": "© IGN"}
        layers.append({"id": "plan", "type": "raster", "source": "plan", "paint": {"raster-saturation": -0.4}})
    return JSONResponse({"version": 8, "sources": sources, "layers": layers}, headers={"cache-control": "public, max-age=3600"})

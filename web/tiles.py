"""The map's points and clusters, tile by tile."""

from datetime import UTC, datetime

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

import annuaire
from sheets.snapshot import Snapshot, live
from ui.legend import painted
from web.answers import cached
from web.beside import worked_out
from web.opendata import KEEP, OPEN_TO_ALL, dumps


async def tile(request: Request) -> Response:
    snapshot = live.snapshot
    if snapshot is None:
        return JSONResponse({"type": "FeatureCollection", "features": []}, 503, OPEN_TO_ALL)
    place = request.path_params
    query = annuaire.parse(request.query_params.multi_items())
    body = await worked_out(_written, snapshot, query, place["z"], place["x"], place["y"])
    return cached(request, body, "application/geo+json", KEEP, headers=OPEN_TO_ALL, tag=snapshot.version)


def _written(snapshot: Snapshot, query: annuaire.Query, z: int, x: int, y: int) -> bytes:
    found = annuaire.tile(snapshot, query, z, x, y, datetime.now(UTC))
    for feature in found["features"]:
        feature["properties"] |= painted(feature["properties"], z)
    return dumps(found).encode()

"""Is the process up, is a snapshot loaded, how old is it: for monitors and balancers."""

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from sheets.snapshot import live

_FRESH = {"cache-control": "no-store"}


async def healthz(request: Request) -> Response:
    return PlainTextResponse("ok\n", headers=_FRESH)


async def readyz(request: Request) -> Response:
    """CONTRACT §9: 200 as long as a snapshot is loaded, however old."""
    snapshot, age = live.snapshot, live.age_seconds()
    return JSONResponse(
        {
            "ready": snapshot is not None,
            "age_seconds": None if age is None else round(age, 1),
            "snapshot": snapshot.version if snapshot else None,
            "fiches": len(snapshot) if snapshot else 0,
            "articles": len(snapshot.articles) if snapshot else 0,
            "last_error": dict(live.heartbeat.error) if live.heartbeat.error else None,
        },
        200 if snapshot is not None else 503,
        _FRESH,
    )

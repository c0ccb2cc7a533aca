"""Is the process up, is a snapshot loaded, how old is it: for monitors and balancers."""

import resource

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


async def metrics(request: Request) -> Response:
    """Prometheus text: https://prometheus.io/docs/instrumenting/exposition_formats/"""
    snapshot, age = live.snapshot, live.age_seconds()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    figures = (
        ("conso_ready", "1 once a snapshot is loaded", int(snapshot is not None)),
        ("conso_snapshot_age_seconds", "since the last pass that succeeded", "NaN" if age is None else f"{age:.1f}"),
        ("conso_fiches", "fiches online", len(snapshot) if snapshot else 0),
        ("conso_articles", "articles and pages published", len(snapshot.articles) if snapshot else 0),
        ("conso_sync_failing", "1 while the last pass failed", int(live.heartbeat.error is not None)),
        ("conso_memory_peak_bytes", "largest resident size of the process", peak),
    )
    lines = [
        line for name, said, value in figures for line in (f"# HELP {name} {said}", f"# TYPE {name} gauge", f"{name} {value}")
    ]
    return PlainTextResponse("\n".join(lines) + "\n", media_type="text/plain; version=0.0.4; charset=utf-8", headers=_FRESH)

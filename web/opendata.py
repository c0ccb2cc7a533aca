"""The fiches as open data: JSON, GeoJSON, CSV and GoGoCarto, by the same query as the pages."""

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any

import anyio
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

import annuaire
import schema
from fields.phone import pieces
from sheets.snapshot import Snapshot, live
from web import osm
from web.answers import base_url, cached

KEEP = "public, max-age=60"
OPEN_TO_ALL = {"access-control-allow-origin": "*"}
_ADDED = {"horaires": ("horaires", "opening_hours"), "infos": ("infos",)}
KEYS: tuple[str, ...] = (
    "slug",
    "url",
    *(
        key
        for column in schema.public()
        if column.key not in ("latitude", "longitude")
        for key in _ADDED.get(column.key, (column.key,))
    ),
    "latitude",
    "longitude",
    "approximatif",
    "verifie_le",
    "updated_at",
)
"""CONTRACT §1: the keys of a fiche, in this order on every face."""
_FORMULA = re.compile(r"^[=+\-@\t\r]")
"""What a spreadsheet would run, e.g. `=HYPERLINK(…)`, `-10 % le mardi`."""
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?")
Told = Callable[[Mapping[str, Any], str], dict[str, Any]]
"""A fiche of the snapshot as an answer tells it; the text is what absolute addresses begin with."""


def record(fiche: Mapping[str, Any], base: str) -> dict[str, Any]:
    """One fiche under the contract's keys, as JSON values."""
    values = _addressed(fiche, base)
    return {key: json_value(values[key]) for key in KEYS}


def _addressed(fiche: Mapping[str, Any], base: str) -> dict[str, Any]:
    """With the address of its page, and of our own copy of its photo; one that could not be fetched yet stays where the merchant's stands."""
    photo = fiche["photo"]
    return {**fiche, "url": f"{base}/fiche?f={fiche['slug']}", "photo": base + photo if photo.startswith("/") else photo}


def json_value(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


async def _answer(
    request: Request, write: Any, media_type: str, headers: Mapping[str, str] | None = None, told: Told = record
) -> Response:
    """The rows of the address's query, each as `told`, written by `write`."""
    snapshot = live.snapshot
    if snapshot is None:
        return JSONResponse({"erreur": "Les fiches ne sont pas encore chargées."}, 503, {**OPEN_TO_ALL, "retry-after": "5"})
    query = annuaire.parse(request.query_params.multi_items())
    body = await anyio.to_thread.run_sync(
        _written, snapshot, query, write, told, base_url(request, request.state.settings), request.query_params.get("sep", "")
    )
    return cached(request, body, media_type, KEEP, headers={**OPEN_TO_ALL, **(headers or {})}, tag=snapshot.version)


def _written(snapshot: Snapshot, query: annuaire.Query, write: Any, told: Told, base: str, separator: str) -> bytes:
    result = annuaire.find(snapshot, query, datetime.now(UTC))
    fiches = [told(fiche, base) for fiche in snapshot.records(result.rows)]
    return write(snapshot, fiches, separator).encode()  # type: ignore[no-any-return]


async def fiches_json(request: Request) -> Response:
    return await _answer(request, _as_json, "application/json")


def _as_json(snapshot: Snapshot, fiches: list[dict[str, Any]], _: str) -> str:
    return dumps(
        {
            "total": len(fiches),
            "updated_at": json_value(snapshot.updated_at),
            "licence": snapshot.site.licence,
            "fiches": fiches,
        }
    )


async def fiches_geojson(request: Request) -> Response:
    return await _answer(request, _as_geojson, "application/geo+json")


def _as_geojson(snapshot: Snapshot, fiches: list[dict[str, Any]], _: str) -> str:
    features = [{"type": "Feature", "id": fiche["slug"], "geometry": geometry(fiche), "properties": fiche} for fiche in fiches]
    return _collection(snapshot, features)


def _collection(snapshot: Snapshot, features: list[dict[str, Any]]) -> str:
    return dumps(
        {
            "type": "FeatureCollection",
            "licence": snapshot.site.licence,
            "updated_at": json_value(snapshot.updated_at),
            "features": features,
        }
    )


def geometry(fiche: Mapping[str, Any]) -> dict[str, Any] | None:
    if fiche["latitude"] is None or fiche["longitude"] is None:
        return None
    return {"type": "Point", "coordinates": [fiche["longitude"], fiche["latitude"]]}


async def fiches_csv(request: Request) -> Response:
    return await _answer(
        request, _as_csv, "text/csv; charset=utf-8", {"content-disposition": 'attachment; filename="fiches.csv"'}
    )


def _as_csv(snapshot: Snapshot, fiches: Iterable[Mapping[str, Any]], separator: str) -> str:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";" if separator == ";" else ",", lineterminator="\r\n")
    writer.writerow(KEYS)
    writer.writerows([cell(key, fiche) for key in KEYS] for fiche in fiches)
    return "\ufeff" + out.getvalue()


def cell(key: str, fiche: Mapping[str, Any]) -> str:
    """One value of a fiche, given by `record`, as the CSV writes it."""
    value = fiche[key]
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return repr(value)
    text = "; ".join(value) if isinstance(value, list) else str(value)
    if not _FORMULA.match(text) or _NUMBER.fullmatch(text) or (key == "telephone" and _is_phone(text, fiche["code_postal"])):
        return text
    return "'" + text


def _is_phone(text: str, code_postal: str) -> bool:
    found = pieces(text, code_postal)
    return len(found) == 1 and found[0][1] is not None


async def gogocarto(request: Request) -> Response:
    return await _answer(request, _as_gogocarto, "application/json")


def _as_gogocarto(snapshot: Snapshot, fiches: list[dict[str, Any]], _: str) -> str:
    """The shape GoGoCarto imports: https://gitlab.com/seballot/gogocarto (`/api/elements.json`)."""
    elements = [
        {
            "id": fiche["slug"],
            "name": fiche["nom"],
            "geo": {"latitude": fiche["latitude"], "longitude": fiche["longitude"]},
            "address": {
                "streetAddress": fiche["adresse"],
                "postalCode": fiche["code_postal"],
                "addressLocality": fiche["commune"],
                "addressCountry": "FR",
            },
            "categories": [fiche["categorie"]],
            "description": fiche["description"],
            "abstract": fiche["activite"],
            "telephone": fiche["telephone"],
            "website": fiche["site"],
            "openHours": fiche["opening_hours"],
            "openHoursMoreInfos": fiche["horaires"],
            "url": fiche["url"],
            "updatedAt": fiche["updated_at"],
        }
        for fiche in fiches
        if fiche["latitude"] is not None
    ]
    return dumps({"licence": snapshot.site.licence, "ontology": "gogofull", "data": elements})


def dumps(content: Any) -> str:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


async def osm_geojson(request: Request) -> Response:
    """The same rows as OpenStreetMap writes them. Properties are OSM tags alone; a point that is a commune's centre is left out."""
    return await _answer(request, _as_osm, "application/geo+json", told=_addressed)


def _as_osm(snapshot: Snapshot, fiches: list[dict[str, Any]], _: str) -> str:
    features = [
        {
            "type": "Feature",
            "id": fiche["slug"],
            "url": fiche["url"],
            "updated_at": json_value(fiche["updated_at"]),
            "geometry": None if fiche["approximatif"] else geometry(fiche),
            "properties": osm.tags(fiche, snapshot.site.currency_code),
        }
        for fiche in fiches
    ]
    return _collection(snapshot, features)

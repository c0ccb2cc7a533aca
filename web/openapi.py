"""`/api/openapi.json`: every address that programs may ask, what each takes and gives (OpenAPI 3.1)."""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

import annuaire
from schema import Site
from sheets.snapshot import live
from ui import dessins, licence
from web.answers import base_url, cached
from web.columns import COLUMNS
from web.opendata import KEEP, OPEN_TO_ALL, dumps

Json = dict[str, Any]
JSON, GEOJSON, HTML, PLAIN, ATOM = "application/json", "application/geo+json", "text/html", "text/plain", "application/atom+xml"
_TEXT: Json = {"type": "string"}
_POINT: Json = {
    "type": "object",
    "required": ["type", "coordinates"],
    "properties": {"type": {"const": "Point"}, "coordinates": {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2}},
}  # fmt: skip


def _object(properties: Mapping[str, Json], **more: Any) -> Json:
    """Every property there, and no other."""
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(properties),
        "additionalProperties": False,
        **more,
    }


def _ref(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


def _list(items: Json) -> Json:
    return {"type": "array", "items": items}


_MOMENT: Json = {"type": "string", "format": "date-time"}
_TOLD: Json = {"licence": _TEXT, "updated_at": _MOMENT}


def _feature(properties: Json, geometry: Json, **more: Json) -> Json:
    return _object({"type": {"const": "Feature"}, "id": _TEXT, **more, "geometry": geometry, "properties": properties})


def _collection(feature: Json, told: Mapping[str, Json] = _TOLD) -> Json:
    return _object({"type": {"const": "FeatureCollection"}, **told, "features": _list(feature)})


_SOMEWHERE: Json = {"oneOf": [_POINT, {"type": "null"}]}
_CLUSTER = _object({"nom": _TEXT, "point_count": {"type": "integer", "minimum": 0}, "t": _TEXT})
_ALONE = _object({"slug": _TEXT, "nom": _TEXT, "categorie": _TEXT, "approximatif": {"type": "boolean"}, "t": _TEXT})
_POINT_OF_SALE = _object({**_ALONE["properties"], "lieu": _TEXT, "point_count": {"const": 0}})

SCHEMAS: dict[str, Json] = {
    "Fiche": _object({key.name: key.in_json() for key in COLUMNS}),
    "Fiches": _object({"total": {"type": "integer", "minimum": 0}, "updated_at": _MOMENT, "licence": _TEXT, "fiches": _list(_ref("Fiche"))}),
    "FichesGeoJSON": _collection(_feature(_ref("Fiche"), _SOMEWHERE)),
    "FichesOSM": _collection(_feature({"type": "object", "additionalProperties": _TEXT}, _SOMEWHERE, url=_TEXT, updated_at=_MOMENT)),
    "GoGoCarto": _object({
        "licence": _TEXT,
        "ontology": _TEXT,
        "data": _list(_object({
            "id": _TEXT, "name": _TEXT, "geo": _object({"latitude": {"type": "number"}, "longitude": {"type": "number"}}),
            "address": _object({name: {"type": ["string", "null"]} for name in ("streetAddress", "postalCode", "addressLocality", "addressCountry")}),
            "categories": _list(_TEXT),
            **dict.fromkeys(("description", "abstract", "telephone", "website", "openHours", "openHoursMoreInfos", "url"), _TEXT),
            "updatedAt": _MOMENT,
        })),
    }),
    "Tuile": _object({"type": {"const": "FeatureCollection"}, "features": _list({
        "type": "object", "required": ["type", "geometry", "properties"],
        "properties": {"type": {"const": "Feature"}, "id": _TEXT, "geometry": _POINT, "properties": {"oneOf": [_ALONE, _POINT_OF_SALE, _CLUSTER]}},
    })}),
    "OEmbed": _object({
        "version": {"const": "1.0"}, "type": {"const": "rich"}, "title": _TEXT, "provider_name": _TEXT, "provider_url": _TEXT,
        "cache_age": {"type": "integer"}, "width": {"type": "integer"}, "height": {"type": "integer"}, "html": _TEXT,
    }),
    "TableSchema": {
        "type": "object", "required": ["fields", "missingValues", "primaryKey"],
        "properties": {"fields": {"type": "array", "items": {"type": "object", "required": ["name", "type"]}},
                       "missingValues": _list(_TEXT), "primaryKey": _TEXT},
    },
    "Etat": _object({
        "ready": {"type": "boolean"}, "age_seconds": {"type": ["number", "null"]}, "snapshot": {"type": ["string", "null"]},
        "fiches": {"type": "integer"}, "articles": {"type": "integer"},
        "last_error": {"oneOf": [_object({"at": _MOMENT, "kind": _TEXT, "message": _TEXT}), {"type": "null"}]},
    }),
    "Erreur": _object({"erreur": _TEXT}),
}  # fmt: skip
"""What the answers hold."""

_ETAG = {"name": "If-None-Match", "in": "header", "required": False, "schema": _TEXT, "description": "L'ETag d'une réponse déjà reçue."}  # fmt: skip


def _parameter(asked: annuaire.Parameter) -> Json:
    said: Json = {
        "name": asked.name,
        "in": "query",
        "description": asked.said,
        "schema": _list(_TEXT) if asked.several else _TEXT,
    }
    return said | {"example": [asked.example] if asked.several else asked.example}


def _asked(
    name: str, description: str, schema: Json = _TEXT, where: str = "query", required: bool = False, **more: Any
) -> Json:
    return {
        "name": name,
        "in": where,
        "description": description,
        "schema": schema,
        "required": required or where == "path",
        **more,
    }


QUERY: list[Json] = [_parameter(asked) for asked in annuaire.PARAMETERS]
_SLUG = _asked("f", "L'identifiant d'une fiche (slug).")
_TILE = [_asked(name, said, {"type": "integer", "minimum": 0}, "path")
         for name, said in (("z", "Zoom."), ("x", "Colonne."), ("y", "Ligne, du nord ; une tuile qui n'existe pas est vide."))]  # fmt: skip
_DRAWING = _asked("slug", "Une rubrique.", {"type": "string", "enum": sorted(dessins.SLUGS)}, "path")
_CSV = _asked("sep", "« ; » pour un tableur réglé en français ; sinon la virgule.", example=";")
_OEMBED = [
    _asked("url", "L'adresse d'une page du site.", required=True),
    _asked("maxwidth", "Pixels."),
    _asked("maxheight", "Pixels."),
]


def _content(*kinds: str, schema: Json | None = None) -> Json:
    return {kind: {"schema": schema or _TEXT} for kind in kinds}


def _get(summary: str, kind: str, schema: Json | None = None, asked: list[Json] | None = None, **errors: Json) -> Json:
    """One address. `errors`: other answers, by status with an `e` ahead."""
    answers: Json = {
        "200": {"description": "Voilà.", "content": _content(kind, schema=schema)},
        "304": {"description": "Rien n'a changé depuis l'ETag donné."},
        "400": {"description": "L'en-tête Host n'est pas un hôte.", "content": _content(PLAIN)},
    } | {status.removeprefix("e"): said for status, said in errors.items()}
    return {"get": {"summary": summary, "parameters": [*(asked or []), _ETAG], "responses": dict(sorted(answers.items()))}}


_SOON: Json = {"description": "Les fiches ne sont pas encore chargées : réessayez dans quelques secondes.", "content": _content(JSON, schema=_ref("Erreur"))}  # fmt: skip
_SOON_PAGE: Json = {**_SOON, "content": _content(HTML)}
_SOON_EMPTY: Json = {**_SOON, "content": _content(PLAIN)}
_SOON_TILE: Json = {**_SOON, "content": _content(JSON, schema=_ref("Tuile"))}
_LOST: Json = {"description": "Rien à cette adresse.", "content": _content(HTML)}
_LOST_TEXT: Json = {**_LOST, "content": _content(PLAIN)}
_GONE: Json = {"description": "Cette fiche a été retirée.", "content": _content(HTML)}
_OTHER_FORMAT: Json = {"description": "« format » dit autre chose que json.", "content": _content(PLAIN)}

PATHS: dict[str, Json] = {
    "/api/fiches.json": _get("Les fiches, en JSON", JSON, _ref("Fiches"), QUERY, e503=_SOON),
    "/api/fiches.geojson": _get("Les fiches, en GeoJSON (RFC 7946)", GEOJSON, _ref("FichesGeoJSON"), QUERY, e503=_SOON),
    "/api/fiches.csv": _get("Les fiches, en CSV", "text/csv", None, [*QUERY, _CSV], e503=_SOON),
    "/api/gogocarto.json": _get("Les fiches, pour GoGoCarto et Transiscope", JSON, _ref("GoGoCarto"), QUERY, e503=_SOON),
    "/api/osm.geojson": _get("Les fiches, en attributs OpenStreetMap", GEOJSON, _ref("FichesOSM"), QUERY, e503=_SOON),
    "/api/schema.json": _get("Les colonnes du CSV (Table Schema)", JSON, _ref("TableSchema")),
    "/api/openapi.json": _get("Cette description", JSON, {"type": "object"}),
    "/tuiles/{z}/{x}/{y}.json": _get("Les points et groupes d'une tuile de carte", GEOJSON, _ref("Tuile"), [*_TILE, *QUERY], e404=_LOST, e503=_SOON_TILE),
    "/carte/style.json": _get("Le fond de la carte (MapLibre)", JSON, {"type": "object", "required": ["version", "sources", "layers"]}),
    "/carte/{z}/{x}/{y}": _get("Une image du fond de la carte, autour des fiches", "image/png", {}, _TILE, e404=_LOST_TEXT),
    "/mag.xml": _get("Le Mag (Atom)", ATOM, e503=_SOON_EMPTY),
    "/fiches.xml": _get("Les 50 dernières fiches arrivées (Atom)", ATOM, None, QUERY, e503=_SOON_EMPTY),
    "/sitemap.xml": _get("Toutes les pages", "application/xml", e503=_SOON_EMPTY),
    "/oembed": _get("Le code à intégrer d'une page (oEmbed 1.0)", JSON, _ref("OEmbed"), _OEMBED, e404=_LOST_TEXT, e501=_OTHER_FORMAT, e503=_SOON_PAGE),
    "/fiche.vcf": _get("La carte de visite d'une fiche", "text/vcard", None, [{"$ref": "#/components/parameters/Fiche"}], e404=_LOST, e410=_GONE, e503=_SOON_PAGE),
    "/qr.svg": _get("Le QR code d'une fiche ou d'une recherche", "image/svg+xml", None,
                    [_SLUG, *QUERY], e404=_LOST, e410=_GONE, e503=_SOON_PAGE),
    "/dessins/{slug}.svg": _get("Le dessin d'une rubrique", "image/svg+xml", None, [_DRAWING], e404=_LOST, e503=_SOON_PAGE),
    "/dessins/{slug}.png": _get("Le même en image", "image/png", {}, [_DRAWING], e404=_LOST, e503=_SOON_PAGE),
    "/manifest.webmanifest": _get("Le site sur un écran d'accueil", "application/manifest+json", {"type": "object"}),
    "/robots.txt": _get("Pour les robots", PLAIN),
    "/healthz": _get("Le serveur répond-il ?", PLAIN),
    "/readyz": _get("Des fiches sont-elles chargées, et de quand ?", JSON, _ref("Etat"),
                    e503={"description": "Pas encore.", "content": _content(JSON, schema=_ref("Etat"))}),
}  # fmt: skip


def described(site: Site, base: str, slug: str = "") -> Json:
    """`base`: scheme and host, no trailing slash. `slug`: a fiche online, as an example."""
    url = licence.address(site.licence)
    info = {
        "title": f"{site.name} : données ouvertes",
        "version": "1",
        "description": "Les fiches validées par l'équipe, sans compte ni clé. Une valeur qui ne veut rien dire ne sélectionne rien ; un paramètre inconnu est ignoré.",
        "license": {"name": site.licence, **({"url": url} if url else {})},
    }
    more: Json = {"externalDocs": {"description": "Données ouvertes, en français", "url": f"{base}/a-propos#donnees"}}
    one = {**_SLUG, "required": True, **({"example": slug} if slug else {})}
    components = {"schemas": SCHEMAS, "parameters": {"Fiche": one}}
    return {"openapi": "3.1.0", "info": info, **more, "servers": [{"url": base}], "paths": PATHS, "components": components}


async def openapi_json(request: Request) -> Response:
    snapshot = live.snapshot
    site, slug = (snapshot.site, next(iter(snapshot.rows_by_slug), "")) if snapshot else (Site(), "")
    body = dumps(described(site, base_url(request, request.state.settings), slug)).encode()
    return cached(request, body, JSON, KEEP, headers=OPEN_TO_ALL)

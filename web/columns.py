"""What each key of the open data is, derived from schema.py and the snapshot's table: as Table Schema for the CSV, as JSON Schema for the rest."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import pyarrow as pa
from starlette.requests import Request
from starlette.responses import Response

import schema
from fields import choice, place
from sheets.snapshot import CATEGORICALS, TABLE
from web.answers import cached
from web.opendata import KEEP, KEYS, OPEN_TO_ALL, cell, dumps, json_value

TEXT, LIST, FLAG, NUMBER, DAY, MOMENT = "string", "list", "boolean", "number", "date", "datetime"
_JOINED = " Plusieurs choix possibles, séparés par « ; »."
_OWN_WORDS = " D'autres mots peuvent s'y trouver."

_SAID: Mapping[str, tuple[str, str]] = {
    "slug": ("Identifiant", "Stable : donné une fois pour toutes à la première mise en ligne, jamais à une autre fiche."),
    "url": ("Adresse de la fiche", "La page de cette fiche sur le site."),
    "opening_hours": (
        "Horaires au format OpenStreetMap",
        "Les horaires tels que le site les comprend : https://wiki.openstreetmap.org/wiki/FR:Key:opening_hours ; vide où ils ne sont pas compris.",
    ),
    "latitude": ("Latitude", "En degrés (WGS 84) ; vide sans point."),
    "longitude": ("Longitude", "En degrés (WGS 84) ; vide sans point."),
    "approximatif": ("Point approximatif", "Vrai quand le point est le centre de la commune, et non celui de l'adresse."),
    "verifie_le": ("Vérifié le", "Dernier jour où l'équipe ou le commerçant a confirmé la fiche."),
    "updated_at": ("Modifiée le", "Quand le contenu public de la fiche a changé pour la dernière fois."),
}
"""Title and description of what no question of the form says, or says to merchants alone."""
_EXAMPLES = {column.key: column.example for column in schema.FICHE}
_FILLED = ("slug", "url", "nom", "categorie", "approximatif", "updated_at")
"""Never blank: CONTRACT §3 and §4."""


@dataclass(frozen=True)
class Key:
    """One key of the open data. `constraints` are those of Table Schema, which JSON Schema calls the same."""

    name: str
    title: str
    description: str
    type: str
    """One of `TEXT`, `LIST`, `FLAG`, `NUMBER`, `DAY`, `MOMENT`."""
    example: Any = None
    """As JSON holds it."""
    constraints: Mapping[str, Any] = field(default_factory=dict)

    @property
    def filled(self) -> bool:
        return self.name in _FILLED

    def in_table(self) -> dict[str, Any]:
        """A field of Table Schema."""
        said: dict[str, Any] = {"name": self.name, "title": self.title, "description": self.description}
        said |= {"type": TEXT if self.type == LIST else self.type}
        if self.type == FLAG:
            said |= {"trueValues": ["true"], "falseValues": ["false"]}
        if self.example is not None:
            said["example"] = cell(self.name, {self.name: self.example, "code_postal": ""})
        constraints = {**self.constraints, **({"required": True} if self.filled else {}), **({"unique": True} if self.name == "slug" else {})}  # fmt: skip
        return said | ({"constraints": constraints} if constraints else {})

    def in_json(self) -> dict[str, Any]:
        """A property of JSON Schema (2020-12)."""
        said: dict[str, Any] = {"title": self.title, "description": self.description}
        said |= {"examples": [self.example]} if self.example is not None else {}
        constraints = dict(self.constraints)
        match self.type:
            case "list":
                return {**said, "type": "array", "items": {"type": "string"}}
            case "boolean" | "number":
                said["type"] = self.type if self.filled else [self.type, "null"]
            case "date" | "datetime":
                said |= {
                    "type": "string" if self.filled else ["string", "null"],
                    "format": "date" if self.type == DAY else "date-time",
                }
            case _:
                said["type"] = ["string", "null"] if self.name in CATEGORICALS and not self.filled else "string"
        if "enum" in constraints:
            constraints["enum"] = [*constraints["enum"], "", None]
        if "pattern" in constraints:
            constraints["pattern"] = f"^(?:{constraints['pattern']})?$"
        return {**said, **constraints}


def _type(name: str) -> str:
    if name not in TABLE.names:
        return TEXT
    stored = TABLE.field(name).type
    known = {pa.bool_(): FLAG, pa.float64(): NUMBER, pa.date32(): DAY}
    return LIST if pa.types.is_list(stored) else MOMENT if pa.types.is_timestamp(stored) else known.get(stored, TEXT)


def _constraints(kind: object) -> Iterator[tuple[str, Any]]:
    """What is sure of every value. Choices that leave room for people's own words are no constraint."""
    if isinstance(kind, choice.One) and not kind.free:
        yield "enum", list(kind.options)
    if isinstance(kind, place.Latitude | place.Longitude):
        yield from (("minimum", -kind.limit), ("maximum", kind.limit))
    if isinstance(kind, place.Postcode):
        yield "pattern", "[0-9]{5}"


def _key(name: str) -> Key:
    column = schema.BY_KEY.get(name)
    if column is None:
        return Key(name, *_SAID[name], type=_type(name))
    title, description = _SAID.get(name, (column.header, column.help))
    options = schema.options(column)
    if name not in _SAID and description:
        description = f"Demandé au commerçant : « {description.replace('« ', '“').replace(' »', '”')} »"
    if options:
        description += f" Choix proposés : {', '.join(options)}."
        description += _JOINED if _type(name) == LIST else ""
        description += _OWN_WORDS if not dict(_constraints(column.kind)) else ""
    example = json_value(column.kind.read(column.example, _EXAMPLES).value) if column.example else None
    return Key(name, title, description, _type(name), example, dict(_constraints(column.kind)))


COLUMNS: tuple[Key, ...] = tuple(map(_key, KEYS))


@cache
def table_schema() -> dict[str, Any]:
    """The CSV's Table Schema: https://specs.frictionlessdata.io/table-schema/"""
    return {
        "$schema": "https://specs.frictionlessdata.io/schemas/table-schema.json",
        "title": "Fiches de l'annuaire",
        "description": "Les colonnes de /api/fiches.csv. Un texte que le tableur prendrait pour une formule commence par une apostrophe.",
        "fields": [key.in_table() for key in COLUMNS],
        "missingValues": [""],
        "primaryKey": "slug",
    }


async def schema_json(request: Request) -> Response:
    return cached(request, dumps(table_schema()).encode(), "application/json", KEEP, headers=OPEN_TO_ALL)

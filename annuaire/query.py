"""A visitor's choice, as the address of every face of the site writes it."""

import math
import re
from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from itertools import chain
from types import MappingProxyType
from typing import Any
from urllib.parse import quote_plus

import schema
from fields.cell import as_line, fold, slugify

Q_LIMIT = 100
VALUE_LIMIT = 100
VALUES_LIMIT = 60
"""Values kept of one facet: more than any widget offers at once, few enough to answer quickly."""
PAGE_LIMIT = 1_000_000
RADIUS_KM, RADIUS_RANGE_KM = 10.0, (0.1, 200.0)
ORDERS = ("pertinence", "jour", "nom", "nouveau", "distance")
_USUAL_LENGTH = 500
"""Characters of an address up to which its query is remembered."""
YES = frozenset(("1", "true", "oui", "vrai", "on", "yes", "o"))
NO = frozenset(("", "0", "false", "non", "faux", "off", "no", "n"))
_SPACED_ZONE = re.compile(r"(T\d\d:\d\d(?::\d\d)?) (\d\d:?\d\d)", re.IGNORECASE)
"""A `+` that an address has turned into a space, e.g. `2026-11-24T10:00 01:00`."""


@dataclass(frozen=True)
class Parameter:
    """One parameter of an address, as it is told to people who write programs."""

    name: str
    said: str
    example: str
    several: bool = False
    """True where it may be repeated, or hold several values set off by commas."""


def _of_facet(facet: str, column: schema.Column) -> Parameter:
    if facet == "monnaie":
        return Parameter(facet, f"1 : seulement où «{column.header}» est oui.", "1")
    return Parameter(
        facet, f"«{column.header}» : l'une ou l'autre de ces valeurs.", slugify(column.example.split(", ")[0]), True
    )


PARAMETERS: tuple[Parameter, ...] = (
    Parameter(
        "q", f"Des mots ; accents, pluriels et fautes de frappe n'empêchent rien. Coupé à {Q_LIMIT} caractères.", "fromage"
    ),
    *(_of_facet(facet, column) for facet, column in schema.FACETS.items()),
    Parameter("ouvert", "1 : ouvert maintenant ; ou un moment ISO 8601, heure de Paris sans fuseau.", "2026-11-24T10:00"),
    Parameter("pres", "Près d'une commune, ou d'un point « latitude,longitude ».", "angers"),
    Parameter(
        "rayon",
        f"Kilomètres autour de « pres » : de {RADIUS_RANGE_KM[0]:g} à {RADIUS_RANGE_KM[1]:g}, sinon {RADIUS_KM:g}.",
        "25",
    ),
    Parameter("tri", f"L'ordre : {', '.join(ORDERS)}.", "nom"),
    Parameter("page", "La page de l'annuaire ; les données ouvertes donnent toujours tout.", "2"),
)
"""Everything that `parse` obeys, in the order of `Query.pairs`."""


@dataclass(frozen=True)
class Query:
    """What is asked. However it is made it is canonical, so that equal choices are equal queries.

    Values that mean nothing here are kept as given: the address keeps them, and the visitor sees a chip to take away.
    """

    q: str = ""
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Slugs by facet (a key of `schema.FACETS`), sorted. Under `monnaie`, only answers that are neither yes nor no."""
    monnaie: bool = False
    ouvert: str = ""
    """`1` for now, else the moment as written; `""` for any time."""
    pres: str = ""
    rayon: float = RADIUS_KM
    """Kilometres."""
    tri: str = ""
    """One of `ORDERS`; `""` for the default: `pertinence` with words, else `jour`."""
    page: int = 1

    def __post_init__(self) -> None:
        q = as_line(as_line(self.q)[:Q_LIMIT])
        known = {facet: _values(self.choices.get(facet, ())) for facet in schema.FACETS}
        default = "pertinence" if q else "jour"
        canonical = {
            "q": q,
            "choices": MappingProxyType({facet: values for facet, values in known.items() if values}),
            "ouvert": _moment(self.ouvert),
            "pres": _line(self.pres),
            "rayon": _radius(self.rayon),
            "tri": self.tri if self.tri in ORDERS and self.tri != default else "",
            "page": _bounded(self.page),
        }
        for name, value in canonical.items():
            object.__setattr__(self, name, value)  # frozen from here on

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        return hash(tuple(self.pairs()))

    @property
    def order(self) -> str:
        """One of `ORDERS`: the one asked for, where what it needs is there too."""
        lacking = (self.tri == "pertinence" and not self.q) or (self.tri == "distance" and not self.pres)
        return self.tri if self.tri and not lacking else ("pertinence" if self.q else "jour")

    def pairs(self) -> list[tuple[str, str]]:
        """The parameters of the address, in one order, defaults left out."""
        pairs = [("q", self.q)]
        for facet in schema.FACETS:
            pairs += [(facet, value) for value in self.choices.get(facet, ())]
        pairs += [
            ("monnaie", "1" if self.monnaie else ""),
            ("ouvert", self.ouvert),
            ("pres", self.pres),
            ("rayon", "" if self.rayon == RADIUS_KM else kilometres(self.rayon)),
            ("tri", self.tri),
            ("page", "" if self.page == 1 else str(self.page)),
        ]
        return [(name, value) for name, value in pairs if value]

    def url(self, path: str = "/") -> str:
        asked = "&".join([f"{name}={_quoted(value)}" for name, value in self.pairs()])
        return f"{path}?{asked}" if asked else path

    def to_page(self, page: int) -> "Query":
        return self if page == self.page else self._with(page=_bounded(page))

    def only(self, facet: str, slug: str) -> "Query":
        """With this choice, as `annuaire.facets` names it, alone under its facet; on the first page."""
        return self._with(choices=MappingProxyType({**self.choices, facet: (slug,)}), page=1)

    def _with(self, **canonical: Any) -> "Query":
        """`replace` would work out again what is canonical already, dozens of times a page."""
        changed = copy(self)
        changed.__dict__.pop("_hash", None)
        for name, value in canonical.items():
            object.__setattr__(changed, name, value)
        return changed

    def having(self, facet: str, slug: str) -> "Query":
        """With one more choice, on the first page."""
        return replace(self, choices={**self.choices, facet: (*self.choices.get(facet, ()), slug)}, page=1)

    def turned_on(self, parameter: str) -> "Query":
        """With yes under `monnaie` or `ouvert`, on the first page."""
        return self.without(parameter)._with(**_YES[parameter])

    def without(self, parameter: str, slug: str | None = None) -> "Query":
        """Without one choice of a facet, or without anything under that parameter; on the first page.

        What has no sense without it (`rayon` and `tri=distance` without `pres`) goes too.
        """
        others = tuple(other for other in self.choices.get(parameter, ()) if other != slug) if slug is not None else ()
        left = MappingProxyType(
            {
                facet: others if facet == parameter else slugs
                for facet, slugs in self.choices.items()
                if facet != parameter or others
            }
        )
        if slug is not None:
            return self._with(choices=left, page=1)
        if parameter == "q":  # what the default order is hangs on it
            return replace(self, choices=left, page=1, q="")
        tri = "" if parameter == "pres" and self.tri == "distance" else self.tri
        return self._with(choices=left, page=1, tri=tri, **_BLANKS.get(parameter, {}))


_quoted = lru_cache(maxsize=4096)(quote_plus)

_BLANKS: Mapping[str, Mapping[str, Any]] = {
    "monnaie": {"monnaie": False},
    "ouvert": {"ouvert": ""},
    "pres": {"pres": "", "rayon": RADIUS_KM},
    "rayon": {"rayon": RADIUS_KM},
}
_YES: Mapping[str, Mapping[str, Any]] = {"monnaie": {"monnaie": True}, "ouvert": {"ouvert": "1"}}


def parse(pairs: Iterable[tuple[str, str]]) -> Query:
    """The query of an address. Never raises; unknown parameters are ignored, of repeated single ones the last counts."""
    asked = tuple(pairs)
    return (_remembered if sum(map(len, chain.from_iterable(asked))) <= _USUAL_LENGTH else _parsed)(asked)


def _parsed(pairs: tuple[tuple[str, str], ...]) -> Query:
    last: dict[str, str] = {}
    choices: dict[str, tuple[str, ...]] = {}
    monnaie = False
    for name, value in pairs:
        if name == "monnaie":
            for part in map(_line, value.split(",")):
                monnaie = monnaie or fold(part) in YES
                if fold(part) not in YES | NO:
                    choices[name] = (*choices.get(name, ()), part)
        elif name in schema.FACETS:
            choices[name] = (*choices.get(name, ()), value)
        else:
            last[name] = value
    return Query(
        q=last.get("q", ""),
        choices=choices,
        monnaie=monnaie,
        ouvert=last.get("ouvert", ""),
        pres=last.get("pres", ""),
        rayon=_number(last.get("rayon", "")),
        tri=fold(last.get("tri", "")),
        page=_page(last.get("page", "")),
    )


_remembered = lru_cache(maxsize=512)(_parsed)
"""A page, its choices and its tiles ask the same."""


def kilometres(radius_km: float) -> str:
    """As an address writes it, e.g. `25`, `2.5`."""
    return str(int(radius_km)) if radius_km.is_integer() else repr(radius_km)


def _line(value: str) -> str:
    return as_line(as_line(value)[:VALUE_LIMIT])


def _values(values: Iterable[str]) -> tuple[str, ...]:
    parts = (_line(part) for value in values for part in value.split(","))
    return tuple(sorted(dict.fromkeys(filter(None, parts))))[:VALUES_LIMIT]


def _moment(value: str) -> str:
    line = _SPACED_ZONE.sub(r"\1+\2", _line(value))
    folded = fold(line)
    return "1" if folded in YES else "" if folded in NO else line


def _number(value: str) -> float:
    try:
        return float(value.replace(",", "."))
    except ValueError:
        return RADIUS_KM


def _radius(radius_km: float) -> float:
    low, high = RADIUS_RANGE_KM
    return float(radius_km) if math.isfinite(radius_km) and low <= radius_km <= high else RADIUS_KM


def _bounded(page: int) -> int:
    return min(max(page, 1), PAGE_LIMIT)


def _page(value: str) -> int:
    try:
        return int(value)
    except ValueError:
        return 1

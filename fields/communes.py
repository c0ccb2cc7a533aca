"""The communes of France, with those merged into them and the arrondissements: names, codes, points. Read from `communes.npz` on first use."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from fields import commune_names as names

_PACKED = Path(__file__).with_name("communes.npz")
"""Made by `build_communes.py`; what it holds and from where: docs/decisions/0003-communes.md."""

EARTH_RADIUS_KM = 6371.0088
NEIGHBOUR_KM = 60
"""How far beyond their department people go to sell."""


class Commune(NamedTuple):
    """A commune of today. Its point, in degrees, is its town hall or lies inside its outline; None overseas where no list has it."""

    name: str
    insee: str
    postcodes: tuple[str, ...]
    latitude: float | None
    longitude: float | None
    population: int
    reach_km: int
    """From its point to its farthest border."""


class Part(NamedTuple):
    """A former commune, or an arrondissement of Paris, Lyon or Marseille: a name and a point of its own inside a commune."""

    name: str
    insee: str
    postcodes: tuple[str, ...]
    """Of the whole commune, except for an arrondissement."""
    latitude: float | None
    longitude: float | None
    commune: Commune
    former: bool
    """False for an arrondissement."""


Place = Commune | Part


class Found(NamedTuple):
    """What a typed name stands for."""

    place: Place | None
    misspelled: bool = False
    """True where only the postcode made the name understood."""
    homonyms: tuple[Place, ...] = ()
    """Without a place: those between which the text does not decide."""


@dataclass(frozen=True)
class _Table:
    by_key: Mapping[str, Sequence[Place]]
    """By `commune_names.key`: communes, most populous first, then parts."""
    by_postcode: Mapping[str, tuple[Commune, ...]]
    by_area: Mapping[str, Sequence[Place]]
    """By the first digits of their postcodes."""
    parts: Mapping[str, Sequence[Part]]
    """By the INSEE code of the commune they are in."""
    placed: Sequence[Place]
    """Those with a point, in the order of `points`."""
    points: np.ndarray
    """Latitude and longitude in degrees, one row a place."""


@cache
def _table() -> _Table:
    with np.load(_PACKED) as packed:
        lines = {column: bytes(packed[column]).decode() for column in ("name", "postcodes")}
        insee = packed["insee"].astype(str).tolist()
        points, reach_km, population, part_of = (packed[column] for column in ("point", "reach_km", "population", "part_of"))
    known = (points[:, 0] != np.iinfo(np.int32).min).tolist()
    latitude, longitude = (
        [value if there else None for value, there in zip(axis.tolist(), known, strict=True)]
        for axis in (points / 1e5).round(5).T
    )
    titles = lines["name"].split("\n")
    codes = [tuple(line.split()) for line in lines["postcodes"].split("\n")]
    count = len(population)
    communes = list(
        map(
            Commune,
            titles[:count],
            insee[:count],
            codes[:count],
            latitude[:count],
            longitude[:count],
            population.tolist(),
            reach_km.tolist(),
        )
    )
    parts = [
        Part(
            titles[row],
            insee[row],
            codes[row] or communes[whole].postcodes,
            latitude[row] if known[row] else communes[whole].latitude,
            longitude[row] if known[row] else communes[whole].longitude,
            communes[whole],
            former=not codes[row],
        )
        for row, whole in enumerate(part_of.tolist(), start=count)
    ]
    return _indexed(
        communes,
        parts,
        names.keys(lines["name"]),
        points[known] / 1e5,
        [place for place, there in zip(_places(communes, parts), known, strict=True) if there],
    )


def _places(communes: list[Commune], parts: list[Part]) -> list[Place]:
    return [*communes, *parts]


def _indexed(communes: list[Commune], parts: list[Part], keys: list[str], points: np.ndarray, placed: list[Place]) -> _Table:
    by_key, by_postcode, by_area, parts_of = defaultdict(list), defaultdict(list), defaultdict(list), defaultdict(list)
    for commune in communes:
        for code in commune.postcodes:
            by_postcode[code].append(commune)
        for area in set(map(_area, commune.postcodes)):
            by_area[area].append(commune)
    for part in parts:
        parts_of[part.commune.insee].append(part)
    for key, place in zip(keys, _places(communes, parts), strict=True):
        by_key[key].append(place)
    for homonyms in by_key.values():
        if len(homonyms) > 1:
            homonyms.sort(key=lambda place: -place.population if isinstance(place, Commune) else 1)
    return _Table(by_key, {code: tuple(found) for code, found in by_postcode.items()}, by_area, parts_of, placed, points)


def whole(place: Place) -> Commune:
    """The commune of today."""
    return place.commune if isinstance(place, Part) else place


def with_postcode(code: str) -> tuple[Commune, ...]:
    """The communes that share a postcode; none for the codes of businesses (CEDEX)."""
    return _table().by_postcode.get(code, ())


def at_postcode(commune: Commune, code: str) -> Place:
    """The arrondissement whose postcode it is, else the commune."""
    return next((part for part in _table().parts.get(commune.insee, ()) if not part.former and code in part.postcodes), commune)


def by_slug(slug: str, around: tuple[float, float] | None = None) -> Place | None:
    """The place a part of an address names, e.g. `angers`, `juigne-sur-loire`. Of homonyms the most populous, or the nearest to `around`."""
    homonyms = _table().by_key.get(names.arrondissement(slug, "") or names.key(slug), ())
    if around and len(homonyms) > 1:
        placed = [place for place in homonyms if place.latitude is not None]
        return min(placed, key=lambda place: distance_km(place.latitude, place.longitude, *around), default=homonyms[0])
    return homonyms[0] if homonyms else None


def named(text: str, code_postal: str = "") -> Place | None:
    """The place a person means by a name, None where it is unknown or the text does not decide between several."""
    return find(text, code_postal).place


@lru_cache(maxsize=32_768)
def of_name(text: str, code: str) -> Place | None:
    """The place of exactly this name in the department of a postcode or INSEE code; elsewhere the only one of France, if it is not far.

    None where several places could be meant.
    """
    homonyms = _table().by_key.get(names.arrondissement(text, code) or names.key(text[:100]), ())
    here = [place for place in homonyms if _area(code) in map(_area, place.postcodes)]
    if here:
        return _only(here, code).place
    return homonyms[0] if len(homonyms) == 1 and _reaches(_area(code), homonyms[0]) else None


def _reaches(area: str, place: Place) -> bool:
    """True where a place is so near to a department that its people go there to sell."""
    points = [(each.latitude, each.longitude) for each in _table().by_area.get(area, ()) if each.latitude is not None]
    if not points or place.latitude is None:
        return False
    return bool(np.min(distance_km(place.latitude, place.longitude, *np.array(points).T)) <= NEIGHBOUR_KM)


@lru_cache(maxsize=32_768)
def find(text: str, code_postal: str = "") -> Found:
    """The place a person means by a name: case, accents, abbreviations, CEDEX, arrondissements and former names do not matter.

    `code_postal`: five digits or `""`. It decides between homonyms, and confirms a name cut short or misspelled.
    """
    text = text[:100]
    number = names.arrondissement(text, code_postal)
    if number and number in _table().by_key:
        return Found(_table().by_key[number][0])
    readings = names.readings(text) or [""]
    here = _sharing(code_postal)
    exact = [_table().by_key.get(names.key(reading), ()) for reading in readings]
    there = [place for homonyms in exact for place in homonyms if place in here]
    if there:
        return Found(_refined(max(there, key=lambda place: isinstance(place, Part)), code_postal))
    elsewhere = next(filter(None, exact), ())
    for alike in (names.same_words, names.shortened):
        close = [place for place in here if any(alike(reading, place.name) for reading in readings)]
        if close:
            return _only(close, code_postal)
    in_the_area = [place for place in elsewhere if _area(code_postal) in map(_area, place.postcodes)]
    if in_the_area:
        return _only(in_the_area, code_postal)
    likely = [here[index] for reading in readings for index in names.likeliest(reading, [place.name for place in here])]
    if likely:
        return _only(likely, code_postal)._replace(misspelled=True)
    if elsewhere:
        return Found(None, homonyms=tuple(elsewhere)) if code_postal else _only(elsewhere, code_postal)
    if here:
        return Found(None)
    return _only(
        [place for place in _table().by_area.get(_area(code_postal), ()) if names.begins(readings[0], place.name)], code_postal
    )


def ending(text: str, code_postal: str) -> Place | None:
    """The place with that postcode whose name ends the text, e.g. an address: `La Félière Monestier`."""
    return max(
        (place for place in _sharing(code_postal) if names.ends(text, place.name)),
        key=lambda place: len(place.name),
        default=None,
    )


def _sharing(code: str) -> list[Place]:
    """The communes with that postcode and the parts of them that may have it."""
    communes = with_postcode(code)
    return [
        *communes,
        *(part for commune in communes for part in _table().parts.get(commune.insee, ()) if code in part.postcodes),
    ]


def _only(places: Sequence[Place], code: str) -> Found:
    """The one place, the one commune of today among them, or the commune they are all in."""
    today: set[Place] = {place for place in places if isinstance(place, Commune)} or set(places)
    wholes = {whole(place) for place in today}
    if len(wholes) == 1:
        return Found(_refined((today if len(today) == 1 else wholes).pop(), code))
    return Found(None, homonyms=tuple(dict.fromkeys(places)))


def _refined(place: Place, code: str) -> Place:
    return at_postcode(place, code) if isinstance(place, Commune) else place


def _area(code: str) -> str:
    """The department of a postcode, as nearly as its first digits tell."""
    return code[: 3 if code.startswith(("97", "98")) else 2]


def near(latitude: float, longitude: float, within_km: float = 15) -> Place | None:
    """The commune, former commune or arrondissement whose point is nearest."""
    table = _table()
    north, east = (table.points - (latitude, longitude)).T
    index = int(np.argmin(north**2 + (east * np.cos(np.radians(latitude))) ** 2))
    place = table.placed[index]
    return place if distance_km(latitude, longitude, place.latitude, place.longitude) <= within_km else None


def distance_km(lat1: Any, lon1: Any, lat2: Any, lon2: Any) -> Any:
    """Great-circle distance between points in degrees: numbers or numpy arrays."""
    lat1, lon1, lat2, lon2 = (np.radians(degrees) for degrees in (lat1, lon1, lat2, lon2))
    chord = np.sin((lat2 - lat1) / 2) ** 2 + np.cos(lat1) * np.cos(lat2) * np.sin((lon2 - lon1) / 2) ** 2
    return 2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.minimum(chord, 1)))

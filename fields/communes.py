"""The communes of France, with those merged into them and the arrondissements: names, codes, points. Read from `communes.npz` on first use."""

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
    """A row a place: the communes, then the parts. As arrays it takes 5 MB; as objects, of which a territory needs a few hundred, 30."""

    texts: Mapping[str, tuple[bytes, np.ndarray]]
    """`name` and `postcodes`: all lines, and where each begins."""
    insee: np.ndarray
    points: np.ndarray
    """Latitude and longitude in degrees; NaN where unknown."""
    reach_km: np.ndarray
    population: np.ndarray
    """Of the communes."""
    part_of: np.ndarray
    """Of the parts: the commune's row."""
    by_key: tuple[np.ndarray, np.ndarray]
    """`commune_names.key` in order, and each one's row: of homonyms the most populous commune first, then the parts."""
    by_postcode: tuple[np.ndarray, np.ndarray]
    """Postcodes in order, and the row of a commune that has it."""
    by_whole: tuple[np.ndarray, np.ndarray]
    """The rows of communes in order, and that of a part of it."""

    def line(self, column: str, row: int) -> str:
        text, begins = self.texts[column]
        return text[begins[row] : begins[row + 1] - 1].decode()


@cache
def _table() -> _Table:
    with np.load(_PACKED) as packed:
        texts = {column: bytes(packed[column]) + b"\n" for column in ("name", "postcodes")}
        insee, reach_km, population, part_of = (packed[column] for column in ("insee", "reach_km", "population", "part_of"))
        points = np.where(packed["point"] == np.iinfo(np.int32).min, np.nan, packed["point"] / 1e5)
    count = len(population)
    keys = np.array([key.encode() for key in names.keys(texts["name"].decode().removesuffix("\n"))])
    ranked = np.lexsort((np.concatenate((-population.astype(np.int64), np.ones(len(part_of), np.int64))), keys))
    lines = texts["postcodes"].split(b"\n")[:count]
    codes = np.array(b" ".join(lines).split(), dtype=np.int32)
    owners = np.repeat(np.arange(count), [len(line.split()) for line in lines])
    return _Table(
        {
            column: (text, np.concatenate(([0], np.flatnonzero(np.frombuffer(text, np.uint8) == ord("\n")) + 1)))
            for column, text in texts.items()
        },
        insee,
        points,
        reach_km,
        population,
        part_of,
        (keys[ranked], ranked),
        _sorted(codes, owners),
        _sorted(part_of, np.arange(count, count + len(part_of))),
    )


def _sorted(values: np.ndarray, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    order = np.argsort(values, kind="stable")
    return values[order], rows[order]


def _rows(column: tuple[np.ndarray, np.ndarray], first: Any, last: Any) -> list[int]:
    """The rows of the values from `first` to `last`."""
    values, rows = column
    found: list[int] = rows[np.searchsorted(values, first, "left") : np.searchsorted(values, last, "right")].tolist()
    return found


@lru_cache(maxsize=8192)
def _place(row: int) -> Place:
    table = _table()
    name, insee, postcodes = table.line("name", row), table.insee[row].decode(), tuple(table.line("postcodes", row).split())
    latitude, longitude = (None if np.isnan(degrees) else round(float(degrees), 5) for degrees in table.points[row])
    count = len(table.population)
    if row < count:
        return Commune(name, insee, postcodes, latitude, longitude, int(table.population[row]), int(table.reach_km[row]))
    commune = _commune(int(table.part_of[row - count]))
    point = (commune.latitude, commune.longitude) if latitude is None else (latitude, longitude)
    return Part(name, insee, postcodes or commune.postcodes, *point, commune, former=not postcodes)


def _commune(row: int) -> Commune:
    place = _place(row)
    assert isinstance(place, Commune)
    return place


def _of_key(key: str) -> list[Place]:
    """Communes, most populous first, then parts."""
    written, keys = key.encode(), _table().by_key
    return list(map(_place, _rows(keys, written, written))) if len(written) <= keys[0].itemsize else []


def _in_area(area: str) -> list[Commune]:
    """By the first digits of their postcodes."""
    if not (area.isascii() and area.isdigit()) or area != _area(area.ljust(5, "0")):
        return []
    missing = 10 ** (5 - len(area))
    return list(map(_commune, sorted(set(_rows(_table().by_postcode, int(area) * missing, int(area) * missing + missing - 1)))))


@lru_cache(maxsize=8192)
def _parts(insee: str) -> tuple[Part, ...]:
    """Those of the commune of that code."""
    table = _table()
    [row] = np.flatnonzero(table.insee[: len(table.population)] == insee.encode()).tolist()
    return tuple(place for place in map(_place, _rows(table.by_whole, row, row)) if isinstance(place, Part))


def whole(place: Place) -> Commune:
    """The commune of today."""
    return place.commune if isinstance(place, Part) else place


def with_postcode(code: str) -> tuple[Commune, ...]:
    """The communes that share a postcode; none for the codes of businesses (CEDEX)."""
    if len(code) != 5 or not (code.isascii() and code.isdigit()):
        return ()
    return tuple(map(_commune, _rows(_table().by_postcode, int(code), int(code))))


def at_postcode(commune: Commune, code: str) -> Place:
    """The arrondissement whose postcode it is, else the commune."""
    return next((part for part in _parts(commune.insee) if not part.former and code in part.postcodes), commune)


def by_slug(slug: str, around: tuple[float, float] | None = None) -> Place | None:
    """The place a part of an address names, e.g. `angers`, `juigne-sur-loire`. Of homonyms the most populous, or the nearest to `around`."""
    homonyms = _of_key(names.arrondissement(slug, "") or names.key(slug))
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
    homonyms = _of_key(names.arrondissement(text, code) or names.key(text[:100]))
    here = [place for place in homonyms if _area(code) in map(_area, place.postcodes)]
    if here:
        return _only(here, code).place
    return homonyms[0] if len(homonyms) == 1 and _reaches(_area(code), homonyms[0]) else None


def _reaches(area: str, place: Place) -> bool:
    """True where a place is so near to a department that its people go there to sell."""
    points = [(each.latitude, each.longitude) for each in _in_area(area) if each.latitude is not None]
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
    if number and (arrondissements := _of_key(number)):
        return Found(arrondissements[0])
    readings = names.readings(text) or [""]
    here = _sharing(code_postal)
    exact = [_of_key(names.key(reading)) for reading in readings]
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
    return _only([place for place in _in_area(_area(code_postal)) if names.begins(readings[0], place.name)], code_postal)


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
        *(part for commune in communes for part in _parts(commune.insee) if code in part.postcodes),
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
    place = _place(int(np.nanargmin(north**2 + (east * np.cos(np.radians(latitude))) ** 2)))
    return place if distance_km(latitude, longitude, place.latitude, place.longitude) <= within_km else None


def distance_km(lat1: Any, lon1: Any, lat2: Any, lon2: Any) -> Any:
    """Great-circle distance between points in degrees: numbers or numpy arrays."""
    lat1, lon1, lat2, lon2 = (np.radians(degrees) for degrees in (lat1, lon1, lat2, lon2))
    chord = np.sin((lat2 - lat1) / 2) ** 2 + np.cos(lat1) * np.cos(lat2) * np.sin((lon2 - lon1) / 2) ** 2
    return 2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.minimum(chord, 1)))

"""Where a fiche is: its coordinates, its postcode, its commune, read together from cells that contradict each other."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, NamedTuple

from fields import communes, coordinates, postcode
from fields.cell import (
    FORMULA_FAULT,
    Cell,
    Fault,
    Filled,
    Reading,
    Row,
    as_line,
    fold,
    is_blank,
    is_formula_error,
    says_nothing,
    shown,
)
from fields.communes import Found, Part
from fields.coordinates import Angle
from words import N_, _

_AROUND_KM = 15
"""How far outside the commune a point may be and still be believed: extents are rounded, shops stand at the border."""
_UNKNOWN_REACH_KM = 10
"""The extent of communes whose extent is not known."""

_DIGITS_FAULT = N_("5 chiffres attendus")
_NUMERIC = ("code_postal", "latitude", "longitude")
"""Columns where «néant» is a blank. There is a commune of the name Aucun."""


@dataclass(frozen=True)
class Place:
    """Where a fiche is shown."""

    commune: str = ""
    """Official name of the commune of today; as typed where no list knows it; `""` for a bare point or postcode."""
    insee: str = ""
    code_postal: str = ""
    ancienne_commune: str = ""
    """The former commune that was named, now part of `commune`."""
    latitude: float | None = None
    longitude: float | None = None
    approximatif: bool = False
    """True where the point is that of the commune, and not one that somebody gave."""


class Located(NamedTuple):
    """A place, or None where nothing can be shown, and what is wrong with each cell, by column key."""

    place: Place | None
    faults: Mapping[str, tuple[Fault, ...]]


@dataclass(frozen=True)
class Postcode(Filled):
    """Five digits as text. A lost zero is put back where that makes a postcode of the commune in the same row."""

    blank = ""
    beside: ClassVar[tuple[str, ...]] = ("commune",)

    def typed(self, cell: Cell, row: Row) -> Reading:
        if says_nothing(as_line(cell)):
            return Reading("")
        code = postcode.read(cell, _line(row, "commune"))[0]
        return Reading(code) if code else self.unusable(cell, _(_DIGITS_FAULT))


class _Coordinate(Filled):
    """Degrees as a float. Of a pair or a map's link, the one of this axis."""

    blank = None
    axis: int
    limit: int

    def typed(self, cell: Cell, row: Row) -> Reading:
        found = coordinates.angles(cell)
        if not found:
            return self.unusable(cell, _unread(cell, self.limit))
        degrees = found[self.axis if len(found) == 2 else 0].degrees
        return Reading(degrees) if abs(degrees) <= self.limit else self.unusable(cell, _range(self.limit))


@dataclass(frozen=True)
class Latitude(_Coordinate):
    axis = 0
    limit = 90


@dataclass(frozen=True)
class Longitude(_Coordinate):
    axis = 1
    limit = 180


@dataclass(frozen=True)
class Centre(Filled):
    """Latitude and longitude in one cell, as a pair of floats."""

    blank = None

    def typed(self, cell: Cell, row: Row) -> Reading:
        found = coordinates.angles(cell)
        if len(found) != 2:
            return self.unusable(cell, _("latitude et longitude attendues, par exemple 47,4711 ; -0,5473"))
        point = _Point(found[0].degrees, found[1].degrees)
        if not point.on_earth:
            return self.unusable(
                cell, _("latitude de −90 à 90 puis longitude de −180 à 180 attendues, par exemple 47,4711 ; -0,5473")
            )
        return Reading(tuple(point))


def locate(row: Row) -> Located:
    """The place of a line, from its cells `adresse`, `code_postal`, `commune`, `latitude`, `longitude`. Never raises."""
    line = _Line(row)
    place = line.place()
    return Located(place, {key: tuple(dict.fromkeys(said)) for key, said in line.faults.items()})


def may_stand(latitude: float, longitude: float, commune: str, code_postal: str) -> bool:
    """True where a shop of that commune, named as in `Place`, may stand at that point."""
    found = communes.find(commune, code_postal) if commune else Found(None)
    candidates = (found.place,) if found.place else (*found.homonyms, *communes.with_postcode(code_postal))
    return _believed(_Point(latitude, longitude), candidates)


class _Point(NamedTuple):
    """Degrees, perhaps of no place on Earth."""

    latitude: float
    longitude: float

    @property
    def on_earth(self) -> bool:
        return abs(self.latitude) <= 90 and abs(self.longitude) <= 180

    def km_from(self, place: communes.Place) -> float:
        return float(communes.distance_km(*self, place.latitude, place.longitude))

    def fits(self, place: communes.Place) -> bool:
        """True where a shop of that commune may stand there; always, where nobody knows the commune's own point."""
        whole = communes.whole(place)
        if place.latitude is None or whole.latitude is None:
            return True
        return min(self.km_from(place), self.km_from(whole)) <= (whole.reach_km or _UNKNOWN_REACH_KM) + _AROUND_KM


def _believed(point: _Point, candidates: Sequence[communes.Place]) -> bool:
    """True where the point can be one of a candidate; without candidates, one of France."""
    if not point.on_earth or point == (0, 0):
        return False
    return any(map(point.fits, candidates)) if candidates else communes.near(*point) is not None


@dataclass
class _Line:
    """One line being located. What is wrong gathers in `faults`, by column key, as its cells are read."""

    row: Row
    faults: dict[str, list[Fault]] = field(default_factory=lambda: defaultdict(list))

    def place(self) -> Place | None:
        name, code, unreadable = self._named()
        found = communes.find(name, code) if name else Found(None)
        candidates = (found.place,) if found.place else (*found.homonyms, *communes.with_postcode(code))
        point = self._point(candidates)
        if unreadable and not point:
            return None
        chosen = found.place or _chosen(candidates, point)
        if chosen is None:
            return self._unknown(name, code, found, candidates, point)
        self._tell_how(name, found, candidates, chosen)
        return _placed(chosen, self._code_of(chosen, code), point)

    def _tell(self, key: str, expected: str) -> None:
        self.faults[key].append(Fault(shown(self.row.get(key, "")), expected))

    def _line(self, key: str) -> str:
        """The cell on one line; `""` where it is blank, or a broken formula."""
        if is_formula_error(self.row.get(key, "")) and key != "adresse":
            self._tell(key, FORMULA_FAULT)
        return _line(self.row, key)

    def _named(self) -> tuple[str, str, bool]:
        """The commune's name and the postcode, each `""` where no cell gives it, and whether the postcode's cell is unreadable."""
        name, code, unreadable = self._line("commune"), "", False
        if self._line("code_postal"):
            read, rest = postcode.read(self.row["code_postal"], name)
            code, name, unreadable = read or "", name or rest, read is None
            if unreadable:
                self._tell("code_postal", _(_DIGITS_FAULT))
        texts = (name, _line(self.row, "adresse"))
        if not re.search(r"[^\W\d_]", name) and not communes.named(name, code):
            name = ""
        if not unreadable and not (name and code):
            name, code = postcode.completed(name, code, texts)
        return name, code, unreadable

    def _point(self, candidates: Sequence[communes.Place]) -> _Point | None:
        """The point that the cells give, if it can be one of a candidate; anywhere, without candidates."""
        point, cells = self._given()
        if point is None or _believed(point, candidates):
            return point
        swapped, mirrored = _Point(point.longitude, point.latitude), _Point(point.latitude, -point.longitude)
        if _believed(swapped, candidates):
            for key in cells:
                self._tell(key, _("latitude et longitude sont échangées : remises dans l'ordre"))
            return swapped
        if candidates and _believed(mirrored, candidates):
            self._tell(cells[-1], _("le signe − manque ou est de trop : corrigé d'après la commune"))
            return mirrored
        return point if self._doubted(point, cells, candidates) else None

    def _doubted(self, point: _Point, cells: Sequence[str], candidates: Sequence[communes.Place]) -> bool:
        """Tells what is wrong with a point that fits nothing. True where it stays: abroad, and nothing contradicts it."""
        if point == (0, 0):
            fault = _("0 ; 0 n'est pas l'endroit : laissez vide, ou écrivez ses coordonnées")
        elif not point.on_earth:
            for key, degrees, limit in zip((cells[0], cells[-1]), point, (90, 180), strict=True):
                if abs(degrees) > limit:
                    self._tell(key, _range(limit))
            return False
        elif candidates:
            fault = _far(point, [place for place in candidates if place.latitude is not None])
        else:
            fault = _("ce point n'est près d'aucune commune de France : vérifiez-le")
        for key in cells:
            self._tell(key, fault)
        return not candidates and point != (0, 0)

    def _given(self) -> tuple[_Point | None, tuple[str, ...]]:
        """The point as the cells say it, and the columns of these cells."""
        found = {key: self._angles(key, limit) for key, limit in (("latitude", 90), ("longitude", 180))}
        pair = next((key for key, angles in found.items() if len(angles) == 2), None)
        if pair:
            return _Point(*(angle.degrees for angle in found[pair])), (pair,)
        if all(found.values()):
            first, second = (angles[0] for angles in found.values())
            return _Point(first.degrees, second.degrees), tuple(found)
        if any(found.values()):
            missing = next(key for key, angles in found.items() if not angles)
            if not _line(self.row, missing):
                self._tell(missing, _("latitude et longitude vont ensemble : écrivez les deux, ou aucune"))
            return None, ()
        link = () if any(_line(self.row, key) for key in found) else coordinates.of_link(_line(self.row, "adresse"))
        return (_Point(*(angle.degrees for angle in link)), ("adresse",)) if link else (None, ())

    def _angles(self, key: str, limit: int) -> Sequence[Angle]:
        if not self._line(key):
            return ()
        found = coordinates.angles(self.row[key])
        if not found:
            self._tell(key, _unread(self.row[key], limit))
        return found

    def _tell_how(self, name: str, found: Found, candidates: Sequence[communes.Place], chosen: communes.Place) -> None:
        """Says where the commune was understood otherwise than written."""
        title = communes.whole(chosen).name
        if found.misspelled:
            self._tell(
                "commune",
                _("compris comme {commune}, d'après le code postal : vérifiez l'orthographe").format(commune=chosen.name),
            )
        elif name and not found.place and chosen not in found.homonyms:
            self._tell(
                "commune",
                _(
                    "cette commune n'est pas dans la liste : la fiche est à {commune}, d'après le code postal ou le point"
                ).format(commune=title),
            )
        elif not name and len(candidates) != 1:
            self._tell("commune", _("{commune}, d'après le point : écrivez la commune pour en être sûr").format(commune=title))

    def _code_of(self, place: communes.Place, code: str) -> str:
        """The postcode to show with a place: the one written, unless it is known to be of others; else the place's own if it has one only."""
        codes = place.postcodes
        if code in codes:
            return code
        own = codes[0] if len(codes) == 1 else ""
        if not code:
            return own
        listed = _(" ou ").join(codes[:3]) + (" …" if len(codes) > 3 else "") or _("aucun")
        if communes.with_postcode(code) or code == communes.whole(place).insee or not postcode.could_exist(code):
            self._tell(
                "code_postal",
                _("{code} n'est pas un code postal {de_commune} : {attendu} attendu").format(
                    code=code, de_commune=_of(place.name), attendu=listed
                ),
            )
            return own
        if not any(re.search(r"cedex", _line(self.row, key), re.IGNORECASE) for key in ("commune", "code_postal", "adresse")):
            self._tell(
                "code_postal",
                _("{code} n'est pas dans la liste des codes {de_commune} ({attendu}) : vérifiez-le").format(
                    code=code, de_commune=_of(place.name), attendu=listed
                ),
            )
        return code

    def _unknown(
        self, name: str, code: str, found: Found, candidates: Sequence[communes.Place], point: _Point | None
    ) -> Place | None:
        """What is left where no commune of the list is meant: a bare point, a bare postcode, or no place."""
        if candidates:
            self._tell_choice(name, code, found)
            return None
        if not point and not postcode.could_exist(code):
            if name:
                self._tell(
                    "commune", _("cette commune n'est pas dans la liste : vérifiez l'orthographe, ou écrivez le code postal")
                )
            else:
                self._tell("commune", _("pour situer la fiche, écrivez la commune et son code postal"))
            return None
        if name:
            self._tell("commune", _("cette commune n'est pas dans la liste : vérifiez l'orthographe"))
        elif code:
            self._tell("commune", _("{code} n'est le code d'aucune commune de la liste : écrivez la commune").format(code=code))
        return Place(name, "", code, "", *(map(_rounded, point) if point else (None, None)))

    def _tell_choice(self, name: str, code: str, found: Found) -> None:
        """Says between which communes the cells do not decide."""
        here = _listed(place.name for place in communes.with_postcode(code))
        same_name = _listed(f"{place.name} ({', '.join(place.postcodes[:2])})" for place in found.homonyms)
        if not found.homonyms:
            said = (
                _("cette commune n'est pas dans la liste : {code} est le code postal de plusieurs, {communes}")
                if name
                else _("écrivez la commune : {code} est le code postal de plusieurs, {communes}")
            )
            self._tell("commune", said.format(code=code, communes=here))
        elif here:
            self._tell(
                "code_postal",
                _("{code} n'est pas un code postal de la commune écrite, {homonymes}, mais celui de : {communes}").format(
                    code=code, homonymes=same_name, communes=here
                ),
            )
        elif code:
            self._tell(
                "code_postal",
                _("{code} n'est pas dans la liste ; la commune écrite peut être {homonymes}").format(
                    code=code, homonymes=same_name
                ),
            )
        else:
            self._tell(
                "code_postal",
                _("plusieurs communes s'appellent ainsi, écrivez le code postal : {homonymes}").format(homonymes=same_name),
            )


def _chosen(candidates: Sequence[communes.Place], point: _Point | None) -> communes.Place | None:
    """The candidate at the point; the only one; the commune at a point that nothing else explains."""
    if point:
        placed = [place for place in candidates if place.latitude is not None]
        return min(placed, key=point.km_from) if placed else None if candidates else _commune_at(point)
    return candidates[0] if len(candidates) == 1 else None


def _commune_at(point: _Point) -> communes.Commune | None:
    place = communes.near(*point)
    return place and communes.whole(place)


def _far(point: _Point, candidates: Sequence[communes.Place]) -> str:
    """What to say of a point that is near no candidate: whichever way round it is nearer."""
    ways = (point, _Point(point.longitude, point.latitude))
    way, place = min(((way, place) for way in ways for place in candidates), key=lambda pair: pair[0].km_from(pair[1]))
    said = (
        _("ce point est à {km} km {de_commune} : il est laissé de côté")
        if way is point
        else _("latitude et longitude sont échangées, et ce point est à {km} km {de_commune} : il est laissé de côté")
    )
    return said.format(km=f"{way.km_from(place):.0f}", de_commune=_of(place.name))


def _of(name: str) -> str:
    """E.g. `d'Angers`, `du Mans`, `des Ponts-de-Cé`."""
    article, _, rest = name.partition(" ")
    if article in ("Le", "Les"):
        return f"{'du' if article == 'Le' else 'des'} {rest}"
    return f"d'{name}" if fold(name)[0] in "aeiouyh" else f"de {name}"


def _placed(place: communes.Place, code: str, point: _Point | None) -> Place:
    whole = communes.whole(place)
    if not point:
        place = communes.at_postcode(whole, code) if place is whole else place
    latitude, longitude = map(_rounded, point) if point else (place.latitude, place.longitude)
    former = place.name if isinstance(place, Part) and place.former else ""
    return Place(whole.name, whole.insee, code, former, latitude, longitude, approximatif=not point and latitude is not None)


def _rounded(degrees: float) -> float:
    """To about ten centimetres."""
    return round(degrees, 6)


def _line(row: Row, key: str) -> str:
    cell = row.get(key, "")
    text = "" if is_blank(cell) or is_formula_error(cell) else unicodedata.normalize("NFKC", as_line(cell))
    return "" if key in _NUMERIC and not re.search(r"\d", text) and says_nothing(text) else text


def _listed(names: Iterable[str]) -> str:
    """E.g. `Montsoreau, Parnay ou Turquant`; the first eight."""
    *most, last = list(dict.fromkeys(names))[:8] or [""]
    return _(" ou ").join((", ".join(most), last)) if most else last


def _range(limit: int) -> str:
    return _("attendu entre −{limite} et {limite}").format(limite=limit)


def _unread(cell: Cell, limit: int) -> str:
    if isinstance(cell, str) and coordinates.is_link(cell):
        return _("ce lien ne contient pas de coordonnées : ouvrez-le et copiez celles du lieu, par exemple 47,4711 ; -0,5473")
    example = "47,4711" if limit == 90 else "-0,5473"
    return _("un nombre est attendu entre −{limite} et {limite}, par exemple {exemple}").format(limite=limit, exemple=example)

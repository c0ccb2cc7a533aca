"""Coordinates as people paste them: a number, a pair, degrees and minutes, the link of a map."""

import re
from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import unquote

from fields.cell import Cell, as_line


class Angle(NamedTuple):
    """Degrees, and the axis where the writing says it: `N` for a latitude, `E` for a longitude, else `""`."""

    degrees: float
    axis: str = ""


_SIDE = r"nord|sud|est|ouest|[NSEWO]"
_DEGREES = (
    r"(?P<sign>[+-]?) ?(?P<degrees>\d{1,12}(?:\.\d{1,30})?)"
    r"(?:\s*[°ºd]\s*(?:(?P<minutes>\d{1,2}(?:\.\d{1,12})?)\s*['m]\s*(?:(?P<seconds>\d{1,2}(?:\.\d{1,12})?)\s*(?:\"|''|s)?\s*)?)?)?"
)
_SIDE_LAST = re.compile(rf"{_DEGREES}(?:\s*(?P<side>{_SIDE})(?![a-z\d]))?", re.IGNORECASE)
"""E.g. `-0.5473`, `47.4711°`, `0.5473 W`, `47°28'16.0"N`."""
_SIDE_FIRST = re.compile(rf"(?P<side>{_SIDE})\s*{_DEGREES}", re.IGNORECASE)
"""E.g. `N 47° 28.27'`."""
_QUOTES = str.maketrans({"’": "'", "‘": "'", "′": "'", "´": "'", "″": '"', "”": '"', "“": '"', "−": "-", "–": "-", "˚": "°"})
_AROUND = re.compile(r"[\s,;:/|()\[\]=]|\b(?:lat(?:itude)?|lon(?:g|gitude)?|lng|gps|et|coordonn[ée]es)\b", re.IGNORECASE)
"""What may stand around angles, e.g. `Latitude :`, `(`, `;`."""

_NUMBER = r"(-?\d{1,3}(?:\.\d+)?)"
_SEPARATOR = r"(?:\s*,[\s+]*|~|\s+)"
_LINK = re.compile(
    r"https?:|^geo:|^(?:www\.|maps\.|google\.|goo\.gl|maps\.app|openstreetmap|osm\.org)|^[\w-]+\.[a-z]{2,}/|[!@]\d?d?-?\d+\.\d+",
    re.IGNORECASE,
)
"""E.g. `https://…`, `geo:47.4711,-0.5473`, `maps.app.goo.gl/x`."""
_DMS = r"\d{1,2}°[^/@?&]+"
_LATITUDE_FIRST = (
    rf"!3d{_NUMBER}!4d{_NUMBER}",  # Google: the place; its @ is only the middle of the window
    rf"[?&#]m?lat(?:itude)?={_NUMBER}&(?:.*?&)?m?(?:lon|lng|long|longitude)={_NUMBER}",  # OpenStreetMap's marker, and others
    rf"[?&](?:q|query|daddr|destination|ll|coordinate|latlng|place|sll|cp|center|centre|loc|near)=(?:loc:)?{_NUMBER}{_SEPARATOR}{_NUMBER}",
    rf"^geo:(?!0,0\b){_NUMBER},{_NUMBER}",
    rf"/(?:place|search|dir|maps)/(?:[^/]*/)?{_NUMBER}{_SEPARATOR}{_NUMBER}(?:[/?&]|$)",
    rf"@{_NUMBER},{_NUMBER}",
    rf"#(?:map=)?\d+(?:\.\d+)?/{_NUMBER}/{_NUMBER}",  # OpenStreetMap's window, uMap
)
_LONGITUDE_FIRST = (
    rf".*!1d{_NUMBER}!2d{_NUMBER}(?!!3d)",  # Google: the end of a way
    rf"!2d{_NUMBER}!3d{_NUMBER}",  # Google: a map made to be embedded
    rf"[?&]c={_NUMBER},{_NUMBER}",  # Géoportail
)
_IN_LINKS = tuple(
    (re.compile(pattern, re.IGNORECASE), longitude_first)
    for pattern, longitude_first in (
        (_LATITUDE_FIRST[0], False),
        *((pattern, True) for pattern in _LONGITUDE_FIRST),
        *((pattern, False) for pattern in _LATITUDE_FIRST[1:]),
    )
)
"""From the most telling to the least: a place before the window it is seen in."""


def angles(cell: Cell) -> Sequence[Angle]:
    """The one or two angles that the cell holds and nothing else; empty for any other cell.

    A link gives the latitude, then the longitude, of the place it shows.
    """
    if isinstance(cell, bool):
        return ()
    if isinstance(cell, int | float):
        return (Angle(float(cell)),) if abs(cell) < 1e15 else ()
    text = as_line(cell)[:4000]
    return _of_link(unquote(text)) if is_link(text) else _written(text.translate(_QUOTES))


def is_link(text: str) -> bool:
    """True for the address of a map or of anything else."""
    return _LINK.search(text.strip()) is not None


def of_link(text: str) -> Sequence[Angle]:
    """Latitude and longitude of the first link in a text, e.g. an address; empty without one."""
    link = re.search(r"(?:https?://|geo:)\S+", text)
    return angles(link[0]) if link else ()


def _of_link(link: str) -> Sequence[Angle]:
    degrees = re.search(_DMS, link)
    if degrees and not re.search(_LATITUDE_FIRST[0], link):
        return _written(degrees[0].replace("+", " ").translate(_QUOTES))
    for pattern, longitude_first in _IN_LINKS:
        found = pattern.search(link)
        if found:
            latitude, longitude = found.groups()[::-1] if longitude_first else found.groups()
            return Angle(float(latitude), "N"), Angle(float(longitude), "E")
    return ()


def _written(text: str) -> Sequence[Angle]:
    if not re.search(r"\d\.\d", text):
        text = re.sub(r"(\d),(\d+)", r"\1.\2", text)
    angle = _SIDE_FIRST if re.match(rf"\W*(?:{_SIDE})\s*[\d+-]", text, re.IGNORECASE) else _SIDE_LAST
    found = [_angle(match) for match in angle.finditer(text)]
    if not 1 <= len(found) <= 2 or _AROUND.sub("", angle.sub("", text)):
        return ()
    return tuple(found[::-1]) if [angle.axis for angle in found] == ["E", "N"] else tuple(found)


def _angle(match: re.Match[str]) -> Angle:
    degrees = float(match["degrees"]) + float(match["minutes"] or 0) / 60 + float(match["seconds"] or 0) / 3600
    side = (match["side"] or "").upper()[:1]
    negative = match["sign"].startswith("-") or side in ("S", "W", "O")
    return Angle(-degrees if negative else degrees, {"N": "N", "S": "N", "E": "E", "W": "E", "O": "E"}.get(side, ""))

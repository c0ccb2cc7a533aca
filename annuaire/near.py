"""Where `pres` is."""

import re
from typing import NamedTuple

from annuaire.query import Query
from fields import communes

_PAIR = re.compile(r"([+-]?\d{1,3}(?:\.\d+)?) ?[,; ] ?([+-]?\d{1,3}(?:\.\d+)?)")
"""A point, e.g. `47.4711,-0.5473`."""


class Near(NamedTuple):
    """A point in degrees. `name` is that of the commune, `""` for a bare point."""

    latitude: float
    longitude: float
    name: str = ""


def place_of(query: Query, around: tuple[float, float] | None = None) -> Near | None:
    """The point of a query's `pres`; None without one, or where it is nowhere. `around` tells homonymous communes apart."""
    pair = _PAIR.fullmatch(query.pres)
    if pair:
        latitude, longitude = float(pair[1]), float(pair[2])
        return Near(latitude, longitude) if abs(latitude) <= 90 and abs(longitude) <= 180 else None
    found = commune(query.pres, around)
    if found is None or found.latitude is None or found.longitude is None:
        return None
    return Near(found.latitude, found.longitude, found.name)


def commune(text: str, around: tuple[float, float] | None = None) -> communes.Place | None:
    """The commune of a slug, of a name as people write it, or of a postcode."""
    if not text:
        return None
    return communes.by_slug(text, around) or next(iter(communes.with_postcode(text)), None) or communes.named(text)

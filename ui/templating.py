"""The templates of `ui/templates`, escaping by default, and the words they all share."""

import re
import zlib
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import jinja2

import schema
from fields import picture
from fields.cell import slugify
from fields.date import french
from ui import dessins

TINTS = 6
"""`.teinte-0` to `.teinte-5` of ui/style.css."""

_HELD_BACK = re.compile(r" (?=[:;?!»](?!=))|(?<=«) |(?<=\d) (?=h\b)|(?<=\d h) (?=\d)")
"""A space at which French breaks no line, e.g. in `Où ?`, `« ici »`, `9 h 30`; not that of a template's `a != b`."""


def typeset(text: str) -> str:
    return _HELD_BACK.sub("\u00a0", text)


def whole(name: str) -> str:
    """A name that no line cuts at its hyphens, e.g. `Conso-locale` in a large title. The joiners show nowhere."""
    return name.replace("-", "\u2060-\u2060")


class _Typeset(jinja2.FileSystemLoader):
    """Templates are written with plain spaces, and shown as French is set."""

    def get_source(self, environment: jinja2.Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        source, path, is_current = super().get_source(environment, template)
        return typeset(source), path, is_current


templates = jinja2.Environment(
    loader=_Typeset(Path(__file__).parent / "templates"),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
    undefined=jinja2.StrictUndefined,
)


def fill(template: str, **values: Any) -> str:
    return templates.get_template(template).render(**values)


@lru_cache(maxsize=4096)
def slugged(text: str) -> str:
    return slugify(text)


def _count(number: int, noun: str) -> str:
    """e.g. `0 fiche`, `1 fiche`, `1 234 fiches`."""
    return f"{_number(number)}\u00a0{noun}" + ("s" if number > 1 else "")


def _number(number: int) -> str:
    """e.g. `1 234`."""
    return f"{number:,}".replace(",", "\u202f")


def _tint(text: str) -> int:
    """One of the style sheet's tints, always the same for a section of the Mag."""
    return zlib.crc32(slugged(text).encode()) % TINTS


templates.globals["door_closed"] = schema.DOOR_CLOSED
templates.filters |= {
    "slug": slugged,
    "whole": whole,
    "category_slug": dessins.slug_of,
    "french_date": french,
    "tint": _tint,
    "count": _count,
    "number": _number,
    "copy": picture.ours,
    "typeset": typeset,
    "bare_url": lambda url: url.split("://", 1)[-1].removeprefix("www.").rstrip("/"),
}

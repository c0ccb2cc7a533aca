"""The templates of `ui/templates`, escaping by default, and the words they all share."""

import zlib
from functools import lru_cache
from pathlib import Path
from typing import Any

import jinja2

from fields import picture
from fields.cell import slugify
from fields.date import french
from ui import dessins

TINTS = 6
"""`.teinte-0` to `.teinte-5` of ui/style.css."""

templates = jinja2.Environment(
    loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
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
    return f"{number:,}".replace(",", "\u202f") + f"\u00a0{noun}" + ("s" if number > 1 else "")


def _tint(text: str) -> int:
    """One of the style sheet's tints, always the same for a section of the Mag."""
    return zlib.crc32(slugged(text).encode()) % TINTS


templates.filters |= {
    "slug": slugged,
    "category_slug": dessins.slug_of,
    "french_date": french,
    "tint": _tint,
    "count": _count,
    "copy": picture.ours,
    "bare_url": lambda url: url.split("://", 1)[-1].removeprefix("www.").rstrip("/"),
}

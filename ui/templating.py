"""The templates of `ui/templates`, escaping by default, and the words they all share."""

import zlib
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import jinja2
from markupsafe import Markup, escape

import schema
from fields import picture
from fields.cell import slugify
from fields.date import french
from ui import dessins
from words import _, ngettext, typeset

TINTS = 6
"""`.teinte-0` to `.teinte-5` of ui/style.css."""


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
    auto_reload=False,
)


def compile_all() -> None:
    """So that no visitor waits for a template to be compiled."""
    for name in templates.list_templates():
        templates.get_template(name)


def fill(template: str, **values: Any) -> str:
    return templates.get_template(template).render(**values)


@lru_cache(maxsize=4096)
def slugged(text: str) -> str:
    return slugify(text)


class Around(NamedTuple):
    """What stands around words of a sentence: `{name}` and `{/name}` in it."""

    opens: Markup
    closes: Markup


@lru_cache(maxsize=512)
def tag(name: str, **attributes: str) -> Around:
    """An element around words, e.g. `tag("a", href="/")`."""
    said = Markup("").join(Markup(' {}="{}"').format(key, value) for key, value in attributes.items())
    return Around(Markup("<{}{}>").format(name, said), Markup("</{}>").format(name))


def told(text: str, /, **values: object) -> Markup:
    """A sentence of a template as the site says it, its blanks filled. Escaped, whoever worded it."""
    html = _escaped(_(text))
    return _filled(html, values) if values else html


def counted(one: str, many: str, n: int, /, **values: object) -> Markup:
    """e.g. `0 fiche`, `1 fiche`, `1 234 fiches`, of `{n} fiche` and `{n} fiches`."""
    return _filled(_escaped(ngettext(one, many, n)), {"n": _number(n), **values})


@lru_cache(maxsize=4096)
def _escaped(text: str) -> Markup:
    """An apostrophe stays as it is: no attribute of ours stands between apostrophes."""
    return Markup(text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&#34;"))


def _filled(html: Markup, values: Mapping[str, object]) -> Markup:
    parts: dict[str, str] = {}
    for name, value in values.items():
        if isinstance(value, Around):
            parts[name], parts[f"/{name}"] = value
        else:
            parts[name] = escape(value)
    return Markup(str.format_map(html, parts))


def _number(number: int) -> str:
    """e.g. `1 234`."""
    return f"{number:,}".replace(",", "\u202f")


def _tint(text: str) -> int:
    """One of the style sheet's tints, always the same for a section of the Mag."""
    return zlib.crc32(slugged(text).encode()) % TINTS


templates.globals |= {"door_closed": schema.DOOR_CLOSED, "_": told, "ngettext": counted, "tag": tag}
templates.filters |= {
    "slug": slugged,
    "whole": whole,
    "category_slug": dessins.slug_of,
    "french_date": french,
    "tint": _tint,
    "number": _number,
    "copy": picture.ours,
    "typeset": typeset,
    "bare_url": lambda url: url.split("://", 1)[-1].removeprefix("www.").rstrip("/"),
}

"""A drawing for each category, where a merchant gave no photo. All are ours, drawn by hand in shades of its colour."""

from functools import lru_cache

import resvg_py

from fields.cell import slugify
from schema import CATEGORIES, OTHER_CATEGORY
from ui.colours import channels

SLUGS = tuple(slugify(category) for category in CATEGORIES)
"""The drawings there are, each served at `/dessins/{slug}.svg`."""

_FALLBACK = slugify(OTHER_CATEGORY)
PNG_SIZE = (1200, 630)
"""Pixels of a drawing as other sites show it beside a link: what Facebook, Mastodon and messengers ask for; none takes an SVG."""

_SQUARE = 'viewBox="36 -4 168 168"'
"""The disc and some air around it."""


@lru_cache(maxsize=4096)
def slug_of(category: str) -> str:
    """The drawing of a category; that of «Autre» for one nobody proposed."""
    slug = slugify(category)
    return slug if slug in SLUGS else _FALLBACK


def svg(slug: str) -> str:
    """The drawing as an SVG document, whole in a box of any shape, which its tint fills; that of «Autre» for a slug we do not know.

    No script, no style, no link.
    """
    known = slug if slug in SLUGS else _FALLBACK
    tint, accent, ink = _palette(known)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {_SQUARE}>'
        f'<path fill="{tint}" d="M-480-480h1200v1200h-1200z"/><circle cx="120" cy="80" r="68" fill="#fff" opacity=".6"/>'
        f'<g transform="translate(70 30)" fill="{accent}" stroke="{ink}" stroke-width="4" stroke-linecap="round" stroke-linejoin="round">'
        f"{_SHAPES[known]}</g></svg>"
    )


@lru_cache(maxsize=len(SLUGS))
def png(slug: str) -> bytes:
    """The drawing at `PNG_SIZE`, its background carried to the edges."""
    width, height = PNG_SIZE
    framed = svg(slug).replace(_SQUARE, f'{_SQUARE} width="{width}" height="{height}"')
    return resvg_py.svg_to_bytes(svg_string=framed, skip_system_fonts=True)


COLOURS = {
    "amap": "#5e8c1e",
    "artisan": "#99512c",
    "bar": "#8a6d08",
    "bien-etre": "#b95bb0",
    "boucherie": "#b3202f",
    "boulangerie": "#c4700a",
    "cave": "#7a1f4f",
    "coiffeur": "#2a7fd0",
    "culture": "#7e3ff2",
    "epicerie": "#2f9150",
    "fleuriste": "#dd3f8c",
    "fromagerie": "#a8840c",
    "jardinerie": "#2b5c2a",
    "librairie": "#3747a6",
    "maison": "#bf6b5c",
    "marche": "#128475",
    "mode": "#5b2a86",
    "poissonnerie": "#0b7f9e",
    "primeur": "#e0501f",
    "producteur": "#6f7a16",
    "restaurant": "#e0455a",
    "services": "#4b6a8c",
    "traiteur": "#8c3b12",
    "autre": "#6b6f6c",
}
"""Each category's colour: its drawing, its point on the map, its line of the legend. At least 3:1 on the map's ground and on white."""


def colour(category: str) -> str:
    """As `#rrggbb`."""
    return COLOURS[slug_of(category)]


def _mixed(color: str, other: str, share: float) -> str:
    """`share` of `other`, the rest of `color`."""
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in zip(channels(color), channels(other), strict=True))


def _palette(slug: str) -> tuple[str, str, str]:
    """Background, fill and line of a drawing."""
    color = COLOURS[slug]
    return _mixed(color, "#ffffff", 0.86), _mixed(color, "#ffffff", 0.45), _mixed(color, "#000000", 0.4)


def _line(d: str) -> str:
    """Strokes alone."""
    return f'<path fill="none" d="{d}"/>'


def _full(d: str) -> str:
    """A shape in the drawing's own colour."""
    return f'<path d="{d}"/>'


def _white(d: str) -> str:
    return f'<path fill="#fff" d="{d}"/>'


def _disc(x: float, y: float, radius: float, fill: str = "") -> str:
    own = f' fill="{fill}"' if fill else ""
    return f'<circle cx="{x}" cy="{y}" r="{radius}"{own}/>'


_SHAPES: dict[str, str] = {
    # In a square of 100 by 100.
    "amap": (
        _line("M14 54C14-8 86-8 86 54")
        + _white("M42 50C30 44 26 32 30 20c12 4 19 15 16 30zM54 50c-2-14 6-26 18-30 3 12-2 24-14 30z")
        + _disc(28, 50, 11)
        + _disc(72, 50, 11)
        + _disc(50, 48, 13)
        + _full("M10 54h80l-9 36H19z")
        + _line("M15 72h70M34 54l4 36M66 54l-4 36M50 54v36")
    ),
    "artisan": (
        '<g transform="rotate(40 50 50)">'
        + _white("M44 30h12v60c0 3-3 6-6 6s-6-3-6-6z")
        + _full("M24 8h40c10 0 16 8 16 18v6H24z")
        + _line("M34 8v24")
        + "</g>"
        + _line("M14 88h28M8 24l8 4M22 10l4 8M8 40h8")
    ),
    "bar": (
        _line("M66 46h10c8 0 13 5 13 13s-5 13-13 13H66")
        + _full("M20 34h46v50c0 4-3 7-7 7H27c-4 0-7-3-7-7z")
        + _white("M17 40c-9-8-3-23 11-21 4-12 23-12 27 0 14-3 22 12 13 21-4 4-10 3-13-1-3 7-15 7-18 0-4 6-15 6-20 1z")
        + _line("M34 56v22M52 56v22")
    ),
    "bien-etre": (
        _white("M50 80C28 86 10 76 4 58c18-4 36 4 46 22zM50 80c22 6 40-4 46-22-18-4-36 4-46 22z")
        + _full("M50 80C30 76 18 58 20 36c18 4 30 20 30 44zM50 80c20-4 32-22 30-44-18 4-30 20-30 44z")
        + _white("M50 20c16 16 16 44 0 60-16-16-16-44 0-60z")
        + _line("M22 94c9-6 19-6 28 0 9-6 19-6 28 0")
    ),
    "boucherie": (
        _full("M54 12c22 0 38 14 38 32 0 15-10 20-19 25-9 5-13 19-31 19C20 88 8 74 8 54c0-24 20-42 46-42z")
        + _white("M52 26c14 0 25 8 25 19 0 9-8 12-16 16-8 5-11 13-21 13-12 0-18-8-18-20 0-16 13-28 30-28z")
        + _full("M52 34c10 0 17 5 17 11 0 6-6 8-12 11-7 4-10 10-17 10-7 0-10-5-10-12 0-11 9-20 22-20z")
        + _disc(42, 52, 5, "#fff")
    ),
    "boulangerie": (
        _full("M6 62c0-24 19-40 44-40s44 16 44 40c0 12-7 20-17 20H23C13 82 6 74 6 62z")
        + _white(
            "M30 36c8 4 12 12 12 22-8-4-12-12-12-22zM49 32c8 4 12 13 12 24-8-5-12-14-12-24zM68 36c7 4 11 11 10 20-7-4-10-11-10-20z"
        )
        + _line("M22 70h40")
    ),
    "cave": (
        _full("M26 6h14v24c0 9 10 11 10 24v34c0 3-2 5-5 5H21c-3 0-5-2-5-5V54c0-13 10-15 10-24z")
        + _white("M16 58h34v20H16z")
        + _line("M26 16h14")
        + _white("M62 36h30c3 18-3 30-15 30S59 54 62 36z")
        + _full("M61 48h32c-1 11-7 18-16 18s-15-7-16-18z")
        + _line("M77 66v26M66 93h22")
    ),
    "coiffeur": (
        _white("M36 66L72 8c8 9 6 18 2 25L46 70z")
        + _white("M64 66L28 8c-8 9-6 18-2 25L54 70z")
        + _disc(28, 78, 14)
        + _disc(72, 78, 14)
        + _disc(28, 78, 5, "#fff")
        + _disc(72, 78, 5, "#fff")
        + _disc(50, 50, 2)
    ),
    "culture": (
        _full("M14 14c22 10 50 10 72 0 6 40-6 72-36 78C20 86 8 54 14 14z")
        + _white("M26 42c4-9 15-9 19 0-6 4-13 4-19 0zM55 42c4-9 15-9 19 0-6 4-13 4-19 0z")
        + _white("M30 60c12 5 28 5 40 0-3 15-11 21-20 21s-17-6-20-21z")
    ),
    "epicerie": (
        _full("M22 34c0-5 4-8 8-8h40c4 0 8 3 8 8v50c0 5-4 9-9 9H31c-5 0-9-4-9-9z")
        + _white("M26 12c0-3 2-5 5-5h38c3 0 5 2 5 5v14H26z")
        + _white("M22 46h56v28H22z")
        + _full("M50 68c-10-6-13-14-5-16 3 0 5 2 5 4 0-2 2-4 5-4 8 2 5 10-5 16z")
    ),
    "fleuriste": (
        _line("M50 52v42")
        + _white("M50 88c-18 2-27-7-29-19 16-2 27 5 29 19zM50 82c2-13 12-20 27-18 0 12-11 19-27 18z")
        + "".join(_disc(x, y, 12) for x, y in ((50, 16), (67, 26), (67, 46), (50, 56), (33, 46), (33, 26)))
        + _disc(50, 36, 10, "#fff")
    ),
    "fromagerie": (
        _full("M6 54L58 18c20 3 34 17 36 36v32H6z")
        + _white("M6 54L58 18c20 3 34 17 36 36z")
        + _disc(28, 70, 7, "#fff")
        + _disc(56, 67, 5, "#fff")
        + _disc(76, 74, 6, "#fff")
    ),
    "jardinerie": (
        _line("M50 56V24")
        + _full("M50 46C32 47 20 36 19 20c19-1 31 9 31 26zM50 34c-1-17 11-28 31-28 1 17-12 28-31 28z")
        + _white("M26 66h48l-7 28H33z")
        + _white("M20 54h60v12H20z")
    ),
    "librairie": (
        _full("M4 26h92v62H4z")
        + _white("M50 26C38 15 22 14 9 18v60c13-4 29-3 41 8 12-11 28-12 41-8V18c-13-4-29-3-41 8z")
        + _line(
            "M50 26v60M20 34c7-1 13 0 19 4M20 48c7-1 13 0 19 4M20 62c7-1 13 0 19 4M80 34c-7-1-13 0-19 4M80 48c-7-1-13 0-19 4M80 62c-7-1-13 0-19 4"
        )
    ),
    "maison": (
        _white("M68 14h10v22L68 28z")
        + _white("M18 46v44h64V46L50 18z")
        + _line("M6 54l44-40 44 40")
        + _full("M42 90V66c0-10 16-10 16 0v24z")
        + _full("M26 56h12v12H26zM62 56h12v12H62z")
    ),
    "marche": (
        _line("M14 40v52M86 40v52")
        + _white("M8 66h84v14H8z")
        + _disc(28, 58, 8)
        + _disc(46, 58, 8)
        + _disc(66, 58, 8)
        + _white("M16 10h68l10 28H6z")
        + _full("M33 10h17v28H28zM67 10h17l10 28H72z")
        + _white("M28 38h22c0 14-22 14-22 0zM72 38h22c0 14-22 14-22 0z")
        + _full("M6 38h22c0 14-22 14-22 0zM50 38h22c0 14-22 14-22 0z")
    ),
    "mode": (
        _full("M34 12L6 30l11 21 13-6v45h40V45l13 6 11-21-28-18c-5 12-27 12-32 0z")
        + _white("M30 58h40v12H30z")
        + _line("M30 45v-8M70 45v-8")
    ),
    "poissonnerie": (
        _full("M40 28c8-12 20-14 28-12-4 6-4 10-2 16zM44 73c6 8 14 11 22 10-4-6-4-9-2-14z")
        + _full("M70 50l25-20c-4 14-4 26 0 40z")
        + _white("M4 52c16-30 50-32 72-2-20 32-56 32-72 2z")
        + _full("M4 52C10 41 18 34 27 31c8 12 8 30 1 43C18 70 9 62 4 52z")
        + _disc(18, 48, 2)
        + _line("M42 44c5 3 5 9 0 12M55 44c5 3 5 9 0 12")
    ),
    "primeur": (
        _white("M60 34C50 20 56 8 64 4c7 8 7 18 3 26 5-10 16-14 28-12 0 12-14 20-27 20z")
        + _full("M44 32c12-9 29 5 24 22-3 10-38 34-50 40-6 3-12-3-9-9 6-14 24-46 35-53z")
        + _line("M32 48l9 6M52 52l8 7M24 66l8 5M40 68l6 5")
    ),
    "producteur": (
        _line("M32 26C22 24 18 16 20 6M68 26c10-2 14-10 12-20")
        + _full("M30 34C16 26 6 30 4 40c10 8 20 6 28 0zM70 34c14-8 24-4 26 6-10 8-20 6-28 0z")
        + _white("M28 34c4-16 40-16 44 0 2 12 0 22-4 30H32c-4-8-6-18-4-30z")
        + _full("M50 22c10 0 20 4 22 12 2 10 1 18-2 24-12-2-20-14-20-36z")
        + _full("M24 74c0-12 12-18 26-18s26 6 26 18-12 20-26 20-26-8-26-20z")
        + _disc(40, 42, 2)
        + _disc(60, 42, 2)
        + _line("M40 72v3M60 72v3M42 84c5 3 11 3 16 0")
    ),
    "restaurant": (
        _disc(47, 52, 25, "#fff")
        + _disc(47, 52, 14)
        + _line("M4 14v16c0 10 16 10 16 0V14M12 14v76")
        + _white("M94 10v80H86V58h-6c-1-24 3-40 14-48z")
    ),
    "services": (
        _full("M72 8C56 2 38 16 43 36L9 72c-9 10 5 28 17 18l36-36c20 6 36-12 30-30L78 38 64 34 60 22z")
        + _disc(20, 79, 3, "#fff")
    ),
    "traiteur": (
        _disc(50, 20, 7, "#fff")
        + _full("M12 72c0-60 76-60 76 0z")
        + _line("M26 62c2-12 9-19 18-22")
        + _white("M4 72h92c0 10-6 16-14 16H18C10 88 4 82 4 72z")
    ),
    "autre": (
        _line("M34 42V26c0-22 32-22 32 0v16")
        + _full("M16 34h68l7 58H9z")
        + _line("M34 34v10M66 34v10")
        + _white("M50 80C30 68 26 52 40 50c6 0 10 4 10 8 0-4 4-8 10-8 14 2 10 18-10 30z")
    ),
}

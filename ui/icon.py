"""The site's sign, a map pin on its colour, as the PNG that phones and browser tabs ask for."""

import io
from functools import lru_cache

from PIL import Image, ImageDraw

_DRAWN = 1024
"""Pixels it is drawn at before it is brought down: that smooths its edges."""


@lru_cache(maxsize=16)
def png(color: str, size: int, maskable: bool = False) -> bytes:
    """A square of `size` pixels. `color`: e.g. `#2e7d32`. `maskable`: the ground fills the square and the pin keeps to the middle
    four fifths, since the phone cuts its own shape (https://w3c.github.io/manifest/#icon-masks)."""
    image = Image.new("RGBA", (_DRAWN, _DRAWN), color if maskable else "#0000")
    pen = ImageDraw.Draw(image)
    if not maskable:
        pen.rounded_rectangle((0, 0, _DRAWN - 1, _DRAWN - 1), _DRAWN * 0.22, fill=color)
    _pin(pen, color, _DRAWN * (0.19 if maskable else 0.24))
    out = io.BytesIO()
    image.resize((size, size), Image.Resampling.LANCZOS).save(out, "PNG", optimize=True)
    return out.getvalue()


def _pin(pen: ImageDraw.ImageDraw, color: str, radius: float) -> None:
    x, y = _DRAWN / 2, _DRAWN / 2 - radius * 0.2
    half = radius * 2**-0.5  # where the two straight sides, at 45°, touch the circle
    pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill="white")
    pen.polygon([(x - half, y + half), (x + half, y + half), (x, y + 2 * half)], fill="white")
    pen.ellipse((x - radius * 0.4, y - radius * 0.4, x + radius * 0.4, y + radius * 0.4), fill=color)

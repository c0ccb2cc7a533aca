"""The site's colour («Réglages») as it can be read: as text on either background, and under text. WCAG 2.2, 1.4.3."""

from functools import lru_cache

LIGHT, DARK = "#eef4ea", "#26312b"
"""In either theme the background on which text is least readable, `--doux` of ui/style.css."""
READABLE = 4.5
"""The least contrast of a text with what is behind it."""


def _channels(color: str) -> tuple[int, int, int]:
    """`#rrggbb` → 0 to 255."""
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


def luminance(color: str) -> float:
    """From 0 to 1, as WCAG defines it."""
    linear = [
        level / 12.92 if level <= 0.04045 else ((level + 0.055) / 1.055) ** 2.4
        for level in (channel / 255 for channel in _channels(color))
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """From 1 to 21."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@lru_cache(maxsize=64)
def readable(color: str, background: str) -> str:
    """The nearest shade of a colour that can be read on that background: darker on a light one, lighter on a dark one."""
    towards = (0, 0, 0) if luminance(background) > 0.5 else (255, 255, 255)
    for step in range(21):
        mixed = [round(own + (end - own) * step / 20) for own, end in zip(_channels(color), towards, strict=True)]
        shade = "#{:02x}{:02x}{:02x}".format(*mixed)
        if contrast(shade, background) >= READABLE:
            return shade
    raise AssertionError("black and white can be read on any of our backgrounds")


@lru_cache(maxsize=32)
def style(color: str) -> str:
    """What ui/style.css takes from «Réglages». `color`: `#rrggbb`."""
    on = max("#ffffff", "#000000", key=lambda text: contrast(color, text))
    return (
        f"<style>:root{{--couleur:{color};--sur-couleur:{on};--lien:{readable(color, LIGHT)}}}"
        f"@media screen and (prefers-color-scheme:dark){{:root{{--lien:{readable(color, DARK)}}}}}</style>"
    )

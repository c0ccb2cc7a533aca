"""Pictures: the address of one that somebody else holds, those a text asks for, and the addresses of the copies that the site holds itself."""

import re
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import urlsplit

import nh3
from markdown_it import MarkdownIt

WIDTHS = (480, 1200)
"""Pixels: a copy for a card, and one for a page. No copy is wider than its original."""
_OURS = re.compile(r"/photos/([0-9a-f]{20})-([1-9]\d{0,3})x([1-9]\d{0,3})\.webp", re.ASCII)
"""E.g. `/photos/3fa9c0d1e2b4a6f80123-1200x800.webp`."""
_DRIVE_FILE = re.compile(r"/file/d/([\w-]{20,})|(?:^|[?&])id=([\w-]{20,})")
"""E.g. `/file/d/1AbC…/view`, `?id=1AbC…`."""


class Picture(NamedTuple):
    """A copy that the site holds. The addresses of both its sizes follow from one another."""

    digest: str
    """Of the widest copy's content."""
    width: int
    height: int

    @property
    def path(self) -> str:
        return f"/photos/{self.digest}-{self.width}x{self.height}.webp"

    @property
    def small(self) -> "Picture":
        """The copy for a card; itself where it is no wider."""
        width = min(WIDTHS[0], self.width)
        return self._replace(width=width, height=max(1, round(self.height * width / self.width)))

    @property
    def srcset(self) -> str:
        """Both copies, for the attribute; `""` where there is one."""
        small = self.small
        return "" if small == self else f"{small.path} {small.width}w, {self.path} {self.width}w"


def ours(path: str) -> Picture | None:
    """The copy at this address; None where it is not the address of one."""
    found = _OURS.fullmatch(path)
    return Picture(found[1], int(found[2]), int(found[3])) if found else None


def address(written: str) -> str | None:
    """Where a picture is to be fetched, from what stands in a text; None where it is not on another site."""
    try:
        link = urlsplit(written.strip())
    except ValueError:
        return None
    if link.netloc in ("drive.google.com", "docs.google.com"):
        drive = _DRIVE_FILE.search(link.path) or _DRIVE_FILE.search(link.query)
        if drive:
            return f"https://drive.google.com/thumbnail?id={drive[1] or drive[2]}&sz=w1200"
    return link.geturl() if link.scheme in ("http", "https") and link.netloc else None


@lru_cache(maxsize=512)
def in_markdown(text: str) -> tuple[str, ...]:
    """The addresses to fetch of the pictures in a text, each once, in its order."""
    if "![" not in text and "<img" not in text.lower():
        return ()
    found: dict[str, None] = {}

    def meet(tag: str, name: str, value: str) -> str:
        if (tag, name) == ("img", "src") and (wanted := address(value)):
            found[wanted] = None
        return value

    nh3.clean(_parser.render(text), tags={"img"}, attributes={"img": {"src"}}, attribute_filter=meet)
    return tuple(found)


_parser = MarkdownIt("commonmark", {"html": True}).enable("table")

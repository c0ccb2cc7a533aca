"""Addresses of fiches: given once, kept through renames, never given to another (CONTRACT §2)."""

from collections.abc import Collection, Iterable

from fields.cell import slugify
from sheets.snapshot import slug_digest

NAMELESS = "fiche"
"""Where a name has no letter that an address can hold, e.g. `🍓` or `茶`."""


class Slugs:
    """Every address that is or was given."""

    def __init__(self, taken: Iterable[str], gone: Collection[str]):
        """`gone`: `slug_digest` of those whose fiche is no more."""
        self._taken = set(taken)
        self._gone = gone
        self._next: dict[str, int] = {}

    def give(self, name: str, commune: str) -> str:
        """The folded name, then with the commune, then numbered from 2: the first that nobody ever had."""
        short = slugify(name) or NAMELESS
        long = f"{short}-{slugify(commune)}".strip("-")
        slug = next((slug for slug in (short, long) if self._free(slug)), None) or self._numbered(long)
        self._taken.add(slug)
        return slug

    def _numbered(self, base: str) -> str:
        number = self._next.get(base, 2)
        while not self._free(f"{base}-{number}"):
            number += 1
        self._next[base] = number + 1
        return f"{base}-{number}"

    def _free(self, slug: str) -> bool:
        return slug not in self._taken and slug_digest(slug) not in self._gone

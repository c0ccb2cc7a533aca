"""Pieces of pages drawn lately, known by all that they tell: a snapshot that changes one fiche changes one card."""

from collections.abc import Callable, Hashable
from datetime import datetime
from threading import Lock

from cachetools import LRUCache, cached

MOST_KEPT = 4_000_000
"""Characters: four thousand cards."""

_kept: LRUCache[Hashable, str] = LRUCache(MOST_KEPT, len)


@cached(_kept, key=lambda piece, draw: piece, lock=Lock())
def drawn(piece: Hashable, draw: Callable[[], str]) -> str:
    """What `draw` makes, escaped HTML. `piece` names all that it depends on."""
    return str(draw())


def to_the_minute(now: datetime) -> datetime:
    """The minute of a moment: no page tells more of it."""
    return now.replace(second=0, microsecond=0)


def forget() -> None:
    """Drops every piece: what was withdrawn is nowhere any more."""
    drawn.cache_clear()  # type: ignore[attr-defined]

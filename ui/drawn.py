"""Pieces of pages drawn lately, forgotten with the snapshot whose words they are: pages show the same ones again and again."""

from collections.abc import Callable, Hashable
from weakref import WeakKeyDictionary

from markupsafe import Markup

from sheets.snapshot import Snapshot

MOST_KEPT = 2000
"""Pieces of a snapshot: 2 MB of cards."""

_kept: WeakKeyDictionary[Snapshot, dict[Hashable, Markup]] = WeakKeyDictionary()


def drawn(snapshot: Snapshot, piece: Hashable, draw: Callable[[], str]) -> Markup:
    """What `draw` makes, escaped HTML. `piece` names all that it depends on besides the snapshot."""
    kept = _kept.setdefault(snapshot, {})
    found = kept.get(piece)
    if found is None:
        if len(kept) >= MOST_KEPT:
            kept.clear()
        found = kept[piece] = Markup(draw())
    return found

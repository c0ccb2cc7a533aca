"""The directory as an open page shows it, kept for its minute: most visitors come to the same address, or make the same first choice."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

import annuaire
from annuaire import Query
from sheets.snapshot import Snapshot
from ui import blocks, home, legend, map
from words import ngettext

_MOST_KEPT = 64
"""Pages, of some thirty thousand characters each."""


@dataclass(frozen=True)
class Directory:
    """Its pieces: escaped HTML, and a map."""

    found: str
    """The shortcuts, the categories as pictures, the list."""
    map: map.Deck
    told: str
    """What the map says to those who do not see it."""
    below: str
    """The map's legend, and what is new."""


@lru_cache(1)
def opening(snapshot: Snapshot) -> str:
    """What the page begins with, whatever is asked: `web/client/choices.js` fills the form from the address."""
    return home.welcome(snapshot.site) + blocks.blank_filters(snapshot)


@lru_cache(_MOST_KEPT)
def directory(snapshot: Snapshot, query: Query, minute: datetime) -> Directory:
    """What is shown of `query` in this minute (UTC)."""
    result = annuaire.find(snapshot, query, minute)
    told = ngettext("Carte de {n} fiche ; la liste dit la même chose.", "Carte des {n} fiches trouvées ; la liste dit la même chose.", result.total)  # fmt: skip
    return Directory(
        found=home.shortcuts(snapshot, query, minute)
        + home.tiles(snapshot, query, minute)
        + blocks.listing(snapshot, query, result, minute, blocks.counts(snapshot, query, minute)),
        map=map.directory(snapshot, query, minute),
        told=told.format(n=result.total),
        below=legend.legend(snapshot, query, minute) + home.news(snapshot, query, minute),
    )


def forget() -> None:
    """Drops every page kept, and the snapshots that they are of."""
    opening.cache_clear()
    directory.cache_clear()

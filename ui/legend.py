"""What the map's points look like, and the words beside it that say so: a colour is never the only sign."""

import math
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import annuaire
from annuaire import Query
from schema import CATEGORIES
from sheets.snapshot import Snapshot
from ui import blocks, dessins, map
from ui.colours import channels
from words import _

_WHITE, _INK = (255, 255, 255), (31, 42, 36)
CLOSER = 2 + int(math.log2(annuaire.TILE_PIXELS / map.TILE))
"""Levels of zoom from a cluster's tile to where the cluster is opened: two beyond the one that the map shows it at."""


def painted(properties: Mapping[str, Any], z: int) -> dict[str, Any]:
    """What a tile of level `z` adds to a fiche or cluster: `fond` and `bord`, colours from 0 to 255 with their opacity; `dit`, its words.

    A point that is only a commune's is a ring; a cluster also has `vers`, the zoom that opens it.
    """
    if "categorie" not in properties:
        said = _("{fiches} ici : touchez pour approcher").format(fiches=properties["nom"])
        return {"fond": (*_INK, 235), "bord": (*_WHITE, 255), "dit": said, "vers": z + CLOSER}
    color = channels(dessins.colour(properties["categorie"] or ""))
    around = properties["approximatif"]
    said = "\n".join(filter(None, (properties["nom"], properties["categorie"], _("Lieu approximatif") if around else "")))
    fill, line = ((*_WHITE, 215), (*color, 255)) if around else ((*color, 255), (*_WHITE, 255))
    return {"fond": fill, "bord": line, "dit": said}


def legend(snapshot: Snapshot, query: Query, now: datetime) -> str:
    """The categories on the map of a query, and the signs other than colour."""
    spanned = annuaire.extent(snapshot, query, now)
    shown = {dessins.slug_of(category) for category in spanned.categories} if spanned else set()
    return blocks.fill(
        "legende.html",
        categories=[(label, dessins.colour(label)) for label in CATEGORIES if dessins.slug_of(label) in shown],
        approximate=spanned is not None and spanned.approximate,
    )

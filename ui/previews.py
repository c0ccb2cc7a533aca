"""What of «Le Mag» is not online yet, for the team alone: the list, and each article or page as it will be. Escaped HTML."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sheets.snapshot import Article, Snapshot
from ui import blocks, magazine
from words import _

PARAMETER = "apercu"
"""Of `/mag` and `/page`: the key of the drafts."""
_SLUG = {"/mag": ("article", "article"), "/page": ("p", "page")}
"""By path, the parameter that names one, and its kind."""


class Seen(NamedTuple):
    title: str
    main: str


def seen(
    snapshot: Snapshot, drafts: Sequence[Article] | None, path: str, values: Mapping[str, str], now: datetime
) -> Seen | None:
    """The page at this address for whoever opened `drafts`, those whose day has not come included.

    None where they did not, or where it names nothing that is not online.
    """
    if drafts is None:
        return None
    waiting = [*drafts, *(item for item in snapshot.articles if not item.is_out(now))]
    parameter, kind = _SLUG[path]
    key = values.get(PARAMETER, "")
    if path == "/mag" and parameter not in values:
        title = _("Brouillons")
        listed = blocks.fill("brouillons.html", articles=waiting, key=key, drafts=drafts)
        return Seen(f"{title} — {snapshot.site.name}", listed)
    slug = values.get(parameter, "")
    item = next((each for each in waiting if each.slug == slug and each.type == kind), None)
    if item is None:
        return None
    banner = blocks.fill("brouillon.html", article=item, key=key, ticked=item not in drafts)
    title = _("Brouillon : {titre}").format(titre=item.titre)
    return Seen(f"{title} — {snapshot.site.name}", banner + magazine.article(snapshot, item, now))

"""What the team has written in the tab «Mag» and not ticked: in this process's memory alone, and only for whoever holds the key."""

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from typing import TYPE_CHECKING

from settings import Settings

if TYPE_CHECKING:
    from sheets.snapshot import Article


def key_of(settings: Settings, feuille_key: str | None) -> str | None:
    """The setting's key, else one made from that of `/feuille`, which it does not lead back to: who may read drafts may not tick."""
    if settings.mag_key or not feuille_key:
        return settings.mag_key
    return hmac.new(feuille_key.encode(), b"apercu", "sha256").hexdigest()[:32]


class Drafts:
    """Never stored, never in a snapshot. Closed until a key is set."""

    def __init__(self) -> None:
        self._digest = secrets.token_bytes(32)
        self._kept: tuple[Article, ...] = ()

    def lock(self, key: str | None) -> None:
        """Opens from now on with this key alone; None: with none."""
        self._digest = _digest(key) if key else secrets.token_bytes(32)

    def keep(self, articles: Iterable["Article"]) -> None:
        """Those of the pass that has just read the sheet, in place of the ones before."""
        self._kept = tuple(articles)

    def opened(self, key: str) -> tuple["Article", ...] | None:
        """All of them, or None where the key is not theirs; compared in constant time."""
        return self._kept if hmac.compare_digest(_digest(key), self._digest) else None


def _digest(key: str) -> bytes:
    return hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=32).digest()

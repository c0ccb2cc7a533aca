"""What approval remembers between two passes: digests, dates and the slugs that were public. Nothing private, no content."""

import hashlib
import json
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple, Self

from fields.cell import fold
from sheets.rows import Submission

VERSION = 1
MARK_FIELDS = (
    "version",
    "salt",
    "id",
    "stamp",
    "email",
    "name",
    "digest",
    "flags",
    "approved",
    "slug",
    "first",
    "verified",
    "since",
    "state",
)
"""What `mark` holds, in order."""


class State(StrEnum):
    """Where a submission stands, in the words of the tab «Suivi»."""

    WAITING = "en attente"
    ONLINE = "en ligne"
    EDITED = "modifiée : à revalider"
    WITHDRAWN = "retirée"
    BLOCKED = "bloquée"


class Entry(NamedTuple):
    """One submission as it stood at the last pass. Digests are `""` where there was nothing to digest."""

    id: int
    """Never given twice; a submission keeps it through edits, so that its line of «Suivi» stays where it is."""
    stamp: str
    """Keyed digest of the Horodateur, as are `email` and `name` of theirs."""
    email: str
    name: str
    digest: str
    """Of the content last seen."""
    ticked: bool
    pending: bool
    """True where the tick holds but may be older than the content: a volunteer must tick again."""
    shown: bool
    """True where its approved content is in the snapshot of that pass."""
    approved: str
    """Digest of the content last approved."""
    slug: str
    """`""` before the first approval."""
    first: datetime | None
    """First approval."""
    verified: date | None
    state: State
    since: datetime

    @property
    def trace(self) -> "Trace":
        return Trace(self.stamp, self.email, self.name, self.digest, self.ticked)


class Trace(NamedTuple):
    """What tells one line of a pass from another: the same digests as an Entry's."""

    stamp: str
    email: str
    name: str
    digest: str
    ticked: bool


@dataclass(frozen=True)
class Memory:
    """Everything a pass must know of the passes before it, in the order of the sheet."""

    entries: tuple[Entry, ...] = ()
    gone: frozenset[str] = frozenset()
    """`slug_digest` of the slugs of deleted rows."""
    last_id: int = 0
    fresh: bool = True
    """True before the first pass: «Suivi» may then know more than this memory."""
    salt: str = field(default_factory=lambda: secrets.token_hex(12), repr=False)

    def trace(self, submission: Submission) -> Trace:
        values = submission.values
        return Trace(
            self._keyed("h", _second(values["horodateur"])),
            self._keyed("e", _folded(values["email"])),
            self._keyed("n", _folded(values["nom"])),
            submission.digest,
            submission.ticked,
        )

    def _keyed(self, kind: str, text: str) -> str:
        return hashlib.blake2b((kind + text).encode(), digest_size=8, key=self.salt.encode()).hexdigest() if text else ""

    def to_json(self) -> str:
        rest = {
            "version": VERSION,
            "salt": self.salt,
            "last_id": self.last_id,
            "fresh": self.fresh,
            "gone": sorted(self.gone),
        }
        before = len(json.dumps([VERSION, self.salt], separators=(",", ":")))
        entries = ",".join(f"[{mark(self.salt, entry)[before:]}" for entry in self.entries)  # most are remembered
        return f'{json.dumps(rest, separators=(",", ":"))[:-1]},"entries":[{entries}]}}'

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Raises ValueError where this version cannot read it."""
        try:
            stored = json.loads(text)
            if stored["version"] != VERSION:
                raise ValueError(f"memory of version {stored['version']}")
            return cls(
                tuple(_unpacked(packed) for packed in stored["entries"]),
                frozenset(stored["gone"]),
                stored["last_id"],
                stored["fresh"],
                stored["salt"],
            )
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError("memory that this version cannot read") from error

    @classmethod
    def from_marks(cls, marks: Iterable[str]) -> Self:
        """The memory that these lines of «Suivi» keep, in their order; unreadable ones are left out.

        Approved contents are not in there, so that none counts as shown.
        """
        entries: dict[int, Entry] = {}
        salt = None
        for mark in marks:
            read = read_mark(mark)
            if read is None or (salt or read[0]) != read[0]:
                continue
            salt = read[0]
            entries.setdefault(read[1].id, read[1]._replace(shown=False))
        return cls(tuple(entries.values()), last_id=max(entries), salt=salt) if entries and salt else cls()


@lru_cache(1 << 14)
def mark(salt: str, entry: Entry) -> str:
    """An entry as the column «empreinte» of «Suivi» keeps it, for a machine with an empty store.

    JSON: version, salt, then the fields of `Entry` in their order. That tab is as private as the answers beside it.
    """
    return json.dumps([VERSION, salt, *_packed(entry)], separators=(",", ":"))


@lru_cache(1 << 14)
def read_mark(mark: str) -> tuple[str, Entry] | None:
    """Salt and entry of a cell of «empreinte»; None where it holds something else."""
    try:
        version, salt, *packed = json.loads(mark)
        entry = _unpacked(packed)
        sound = version == VERSION and salt and isinstance(salt, str) and isinstance(entry.id, int)
    except (ValueError, TypeError):
        return None
    return (salt, entry) if sound else None


def identity(submission: Submission) -> str:
    """Opaque digest of Horodateur, e-mail and name: the same line of the sheet, whatever its content and place."""
    values = submission.values
    told = json.dumps([_second(values["horodateur"]), _folded(values["email"]), _folded(values["nom"])])
    return hashlib.blake2b(told.encode(), digest_size=16).hexdigest()


def _second(stamp: datetime | None) -> str:
    """To the second: a Horodateur turned into text and back has lost the rest."""
    return (stamp + timedelta(microseconds=500_000)).replace(microsecond=0).isoformat() if stamp else ""


@lru_cache(1 << 15)
def _folded(text: str) -> str:
    return fold(text)


def _packed(entry: Entry) -> list[str | int]:
    """An entry as JSON can hold it."""
    flags = entry.ticked | entry.pending << 1 | entry.shown << 2
    dates = [moment.isoformat() if moment else "" for moment in (entry.first, entry.verified, entry.since)]
    return [
        entry.id,
        entry.stamp,
        entry.email,
        entry.name,
        entry.digest,
        flags,
        entry.approved,
        entry.slug,
        *dates,
        entry.state,
    ]


def _unpacked(packed: list) -> Entry:
    """Raises ValueError or TypeError where this is no packed entry."""
    id, stamp, email, name, digest, flags, approved, slug, first, verified, since, state = packed
    return Entry(
        id,
        stamp,
        email,
        name,
        digest,
        bool(flags & 1),
        bool(flags & 2),
        bool(flags & 4),
        approved,
        slug,
        datetime.fromisoformat(first) if first else None,
        date.fromisoformat(verified) if verified else None,
        State(state),
        datetime.fromisoformat(since),
    )

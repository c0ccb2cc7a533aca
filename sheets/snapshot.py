"""What visitors may see, as one immutable object; its store; and the one holder every page reads it from."""

import dataclasses
import hashlib
import json
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

import fsspec
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

import schema
from fields import choice
from fields import date as dates
from fields import place as places
from fields.picture import ours
from fields.points import Point
from schema import Site
from settings import WrongSetting
from sheets import heap
from sheets.drafts import Drafts
from sheets.problems import StoreUnreadable
from sheets.replacing import replace, sweep

log = logging.getLogger("conso.snapshot")
pa.set_memory_pool(pa.system_memory_pool())  # Arrow's own keeps what it was given back (0014)

_ARROW = {
    choice.Several: pa.list_(pa.string()),
    choice.YesNo: pa.bool_(),
    dates.Day: pa.date32(),
    places.Latitude: pa.float64(),
    places.Longitude: pa.float64(),
}

_POINT = pa.struct(
    [(name, {"latitude": pa.float64(), "longitude": pa.float64(), "approximatif": pa.bool_()}.get(name, pa.string())) for name in Point._fields]
)  # fmt: skip

TABLE = pa.schema(
    [
        ("slug", pa.string()),
        *((column.key, _ARROW.get(type(column.kind), pa.string())) for column in schema.public()),
        ("opening_hours", pa.string()),
        ("points", pa.list_(_POINT)),
        ("ancienne_commune", pa.string()),
        ("insee", pa.string()),
        ("approximatif", pa.bool_()),
        ("verifie_le", pa.date32()),
        ("updated_at", pa.timestamp("s", tz="UTC")),
        ("parue_le", pa.timestamp("s", tz="UTC")),
    ]
)
"""The columns of `Snapshot.fiches`: every public column of `schema.FICHE` by key, then what the pass adds.

`ancienne_commune`: the former commune the merchant named, where it is now part of a larger one.
`points`: the other points of sale that were understood, each a `Point`. `approximatif`: the point is a commune's centre. `parue_le`: first approval.
"""

PHOTOS = "photos"
"""The store's folder of pictures; `fields.picture` names them."""
_T = TypeVar("_T")
_GATHERED = 1000
"""Fiches gathered at once."""
_REMEMBERED = 1000
"""Fiches kept as plain values: 5 MB."""
_LATER = ("points",)
"""Columns that a stored snapshot may not have yet."""
LISTS = tuple(name for name in TABLE.names if pa.types.is_list(TABLE.field(name).type))
CATEGORICALS = ("categorie", "commune", "accueil")


@dataclass(frozen=True)
class Article:
    """One published line of the tab «Mag». `date` is Europe/Paris, None where the team gave none."""

    slug: str
    titre: str
    chapo: str
    texte: str
    image: str
    auteur: str
    date: datetime | None
    rubrique: str
    type: str
    """`article`, or `page` for a standing page."""

    def is_out(self, now: datetime) -> bool:
        """True where its day has come; an undated one is out at once."""
        return self.date is None or self.date <= now


@dataclass(frozen=True, eq=False)
class Snapshot:
    """Everything public, at one moment. Nothing here can be changed in place by who reads it. Known by identity; compare versions."""

    version: str
    """Digest of the content: equal contents have equal versions."""
    updated_at: datetime
    """When the content last changed."""
    site: Site
    articles: tuple[Article, ...]
    """Newest first, pages included."""
    withdrawn: frozenset[str]
    """`slug_digest` of every slug that was online once and is no more."""
    _table: pd.DataFrame = field(repr=False, compare=False)
    pictures: tuple[tuple[str, str], ...] = ()
    """Of the pictures in the texts of articles and site: where it was fetched, and our own copy's path."""

    @property
    def fiches(self) -> pd.DataFrame:
        """One row a fiche, in the order of the sheet, index 0…n-1, columns of `TABLE`; lists are tuples of str.

        A copy-on-write view: what a caller changes in it stays with the caller.
        """
        return self._table.copy(deep=False)

    def __len__(self) -> int:
        return len(self._table)

    @cached_property
    def rows_by_slug(self) -> Mapping[str, int]:
        """Slug → row of `fiches`."""
        return MappingProxyType({slug: row for row, slug in enumerate(self._table["slug"].tolist())})

    @property
    def updated(self) -> Mapping[str, datetime]:
        """By slug, when the fiche's content last changed."""
        moments = self._table["updated_at"].tolist()
        return {
            slug: moment.to_pydatetime()
            for slug, moment in zip(self._table["slug"].tolist(), moments, strict=True)
            if moment is not pd.NaT
        }

    def fiche(self, slug: str) -> dict[str, Any] | None:
        """One fiche as plain Python values (str, float, bool, date, datetime, tuple or None)."""
        row = self.rows_by_slug.get(slug)
        return None if row is None else self.records([row])[0]

    def records(self, rows: Iterable[int]) -> list[dict[str, Any]]:
        """The given rows of `fiches`, in the given order, as `fiche` gives them; each is the caller's own."""
        asked = list(rows)
        if len(asked) > _REMEMBERED:
            return list(self._gathered(asked))
        return [dict(record) for record in self._recalled(asked)]

    def known(self, slugs: Iterable[str]) -> Iterator[dict[str, Any] | None]:
        """As `fiche` for each slug: several times faster for many."""
        places = np.fromiter((self.rows_by_slug.get(slug, -1) for slug in slugs), dtype=np.intp)
        records = self._gathered(places[places >= 0])
        return (None if place < 0 else next(records) for place in places)

    def fiche_version(self, row: int) -> bytes:
        """Of a row of `fiches`: equal for fiches that say the same, in whichever snapshot."""
        version = self._versions.get(row)
        if version is None:
            version = hashlib.blake2b(repr(self._recalled([row])[0]).encode(), digest_size=16).digest()
            _remember(self._versions, {row: version})
        return version

    def _recalled(self, rows: Sequence[int]) -> list[Mapping[str, Any]]:
        """Pages show the same fiches again and again: the last ones are remembered, and what a page lacks is gathered at once."""
        found = {row: record for row in rows if (record := self._records.get(row)) is not None}
        lacking = [row for row in dict.fromkeys(rows) if row not in found]
        if lacking:
            gathered = dict(zip(lacking, self._gathered(lacking), strict=True))
            _remember(self._records, gathered)
            found |= gathered
        return [found[row] for row in rows]

    @cached_property
    def _records(self) -> dict[int, Mapping[str, Any]]:
        return {}

    @cached_property
    def _versions(self) -> dict[int, bytes]:
        return {}

    def _gathered(self, rows: Sequence[int] | np.ndarray) -> Iterator[dict[str, Any]]:
        """A column at a time, by the thousand; those of text together, since each taking lets other threads go first (0014)."""
        texts, choices, others = self._columns
        for start in range(0, len(rows), _GATHERED):
            part = np.asarray(rows[start : start + _GATHERED], dtype=np.intp)
            taken = texts.take(pa.array(part))
            columns: dict[str, Iterable[Any]] = {name: taken.column(name).to_pylist() for name in texts.column_names}
            columns |= {name: [names[code] for code in codes[part]] for name, (codes, names) in choices.items()}
            columns |= {name: map(_plain, column.take(part).tolist()) for name, column in others.items()}
            values = zip(*(columns[name] for name in TABLE.names), strict=True)
            yield from (dict(zip(TABLE.names, each, strict=True)) for each in values)

    @cached_property
    def _columns(self) -> tuple[pa.Table, Mapping[str, tuple[np.ndarray, Sequence[str | None]]], Mapping[str, Any]]:
        """By name: the columns of text; of each of `CATEGORICALS`, the place of every row's value and the values, None the last (-1); all others."""
        columns = {name: self._table[name].array for name in TABLE.names}
        texts = {name: column for name, column in columns.items() if isinstance(column.dtype, pd.StringDtype)}
        choices = {name: (columns[name].codes, [*columns[name].categories.tolist(), None]) for name in CATEGORICALS}
        others = {name: column for name, column in columns.items() if name not in texts and name not in choices}
        return pa.table({name: pa.array(column) for name, column in texts.items()}), choices, others

    @cached_property
    def photos(self) -> frozenset[str]:
        """The paths of our own copies that a page of today shows; their smaller ones follow from them."""
        team = [self.site.logo, *(item.image for item in self.articles), *(path for _, path in self.pictures)]
        return frozenset(filter(ours, [*self._table["photo"], *team]))

    def article(self, slug: str, kind: str) -> Article | None:
        """`kind` is `article` or `page`."""
        return next((item for item in self.articles if item.slug == slug and item.type == kind), None)

    def was_withdrawn(self, slug: str) -> bool:
        return slug_digest(slug) in self.withdrawn


def _remember(kept: dict[int, _T], more: Mapping[int, _T]) -> None:
    """Runs and pages do this at once: each step is whole by itself, and what is dropped meanwhile is gathered again."""
    if len(kept) + len(more) > _REMEMBERED:
        kept.clear()
    kept.update(more)


def slug_digest(slug: str) -> str:
    """What is kept of a withdrawn slug, so that its address says 410 while the name itself is forgotten."""
    return hashlib.blake2b(slug.encode(), digest_size=16).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return value
    if value is None or value is pd.NA or value is pd.NaT or value != value:
        return None
    if isinstance(value, pd.Timestamp):
        return value.to_pydatetime()
    return value.item() if hasattr(value, "item") else value


def build(
    records: Iterable[Mapping[str, Any]],
    site: Site = Site(),
    articles: Iterable[Article] = (),
    withdrawn: Iterable[str] = (),
    now: datetime | None = None,
    before: Snapshot | None = None,
    pictures: Iterable[tuple[str, str]] = (),
) -> Snapshot:
    """The snapshot of these public records (keys of `TABLE`, missing ones blank).

    `updated_at` stays that of `before` where the content is the same.
    """
    rows = list(records)
    table = pa.Table.from_pydict({name: [row.get(name) for row in rows] for name in TABLE.names}, schema=TABLE)
    ordered = tuple(articles)
    gone = frozenset(withdrawn)
    copied = tuple(pictures)
    version = _digest(table, _rest(site, ordered, gone, copied))
    if before is not None and before.version == version:
        return before
    at = (now or datetime.now(UTC)).astimezone(UTC).replace(microsecond=0)
    return Snapshot(version, at, site, ordered, gone, _frame(table), copied)


def _digest(table: pa.Table, rest: str) -> str:
    digest = hashlib.blake2b(digest_size=10)
    digest.update(rest.encode())
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table.combine_chunks())
    digest.update(sink.getvalue())
    return digest.hexdigest()


def _frame(table: pa.Table) -> pd.DataFrame:
    frame = table.drop_columns(list(LISTS)).to_pandas(date_as_object=True)
    for name in LISTS:
        item = _point if name == "points" else str
        shared: dict[tuple[Any, ...], tuple[Any, ...]] = {}  # a few ways to pay, in a hundred thousand fiches
        pieces = (piece.column(0).to_pylist() for piece in table.select([name]).to_batches(max_chunksize=_GATHERED))
        values = (tuple(map(item, value or ())) for piece in pieces for value in piece)
        frame[name] = pd.Series([shared.setdefault(value, value) for value in values], dtype=object)
    frame = frame[TABLE.names]
    for name in CATEGORICALS:
        frame[name] = frame[name].astype("category")
    frame["monnaie"] = frame["monnaie"].astype("boolean")
    frame["approximatif"] = frame["approximatif"].fillna(False).astype(bool)
    for name in TABLE.names:
        if pa.types.is_string(TABLE.field(name).type) and name not in CATEGORICALS:
            frame[name] = frame[name].fillna("").astype("str")
    return frame


def _point(stored: Mapping[str, Any]) -> Point:
    return Point(**stored)


def _completed(table: pa.Table) -> pa.Table:
    """A stored table with the columns that came after it, blank: the next pass fills them, and approvals are not forgotten."""
    for name in _LATER:
        if name not in table.column_names:
            table = table.append_column(TABLE.field(name), pa.nulls(len(table), TABLE.field(name).type))
    return table


def _rest(site: Site, articles: Sequence[Article], withdrawn: Iterable[str], pictures: Sequence[tuple[str, str]]) -> str:
    """Everything of a snapshot but its table, as canonical JSON."""
    content = {
        "site": asdict(site),
        "articles": [asdict(article) for article in articles],
        "withdrawn": sorted(withdrawn),
        "pictures": pictures,
    }
    return json.dumps(content, ensure_ascii=False, sort_keys=True, default=lambda value: value.isoformat())


def _site(stored: Mapping[str, Any]) -> Site:
    known = {field_.name for field_ in schema.REGLAGES}
    values: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in stored.items() if name in known
    }
    return Site(**values)


def _article(stored: dict[str, Any]) -> Article:
    return Article(**{**stored, "date": datetime.fromisoformat(stored["date"]) if stored["date"] else None})


@dataclass(frozen=True)
class Tally:
    """What the passes counted, from the first one that the store remembers."""

    passes: int = 0
    """Those that succeeded."""
    failures: Mapping[str, int] = field(default_factory=dict)
    """By kind of SheetError."""
    calls: int = 0
    """To Google's API."""
    rows: Mapping[str, int] = field(default_factory=dict)
    """Submissions of the last pass, by state."""
    seconds: float = 0.0
    """The last pass that succeeded."""


@dataclass(frozen=True)
class Heartbeat:
    """How the last passes went, whoever ran them."""

    succeeded_at: datetime | None = None
    """Last pass that read the sheet, changed or not."""
    error: Mapping[str, str] | None = None
    """`at` (ISO 8601), `kind`, `message` of the last failed pass; None once a pass succeeded after it. Anybody may read it."""
    tally: Tally = Tally()


PATIENT_SECONDS = 900.0
_PATIENCE: Mapping[str, dict[str, Any]] = {
    "s3": {"config_kwargs": {"connect_timeout": 5, "read_timeout": 15, "retries": {"max_attempts": 2}}}
}
"""By kind of store, how long one call may last: botocore alone would wait for minutes."""


@contextmanager
def _answering() -> Iterator[None]:
    """Each library has errors of its own for a store that does not answer."""
    try:
        yield
    except OSError:
        raise
    except Exception as error:
        raise OSError(f"{type(error).__name__}: {error}") from error


class Store:
    """Where the last good snapshot lives: a folder or any fsspec URL. One file, replaced in one step.

    Beside the public table the file carries the pass's own memory (approvals), so that the two never disagree.
    Whatever the kind of store, one that does not answer raises OSError.
    """

    FILE, HEARTBEAT = "snapshot.parquet", "passe.json"

    def __init__(self, url: str):
        """Raises WrongSetting where nothing here knows this kind of URL."""
        self.url = url
        try:
            self._fs, self._root = fsspec.core.url_to_fs(url, **_PATIENCE.get(url.partition(":")[0], {}))
        except (ImportError, ValueError) as error:
            raise WrongSetting(
                f"CONSO_STORE = {url} : ce genre de stockage demande une bibliothèque de plus ({error}) ; installez-la, ou écrivez un dossier dans CONSO_STORE."
            ) from error

    def save(self, snapshot: Snapshot, memory: str) -> None:
        """Replaces what is stored. `memory` is opaque text; nothing private may be in it."""
        table = pa.Table.from_pandas(snapshot._table, schema=TABLE, preserve_index=False, nthreads=1)
        meta = {
            "version": snapshot.version,
            "updated_at": snapshot.updated_at.isoformat(),
            "rest": _rest(snapshot.site, snapshot.articles, snapshot.withdrawn, snapshot.pictures),
            "memory": memory,
        }
        sink = pa.BufferOutputStream()
        pq.write_table(table.replace_schema_metadata(meta), sink, compression="zstd")
        self._replace(self.FILE, sink.getvalue().to_pybytes())

    def load(self) -> tuple[Snapshot, str] | None:
        """The stored snapshot and memory; None where nothing is stored.

        Raises ValueError where what is stored cannot be read by this version.
        """
        loaded = self._loaded()
        heap.give_back()
        return loaded

    def _loaded(self) -> tuple[Snapshot, str] | None:
        content = self.get(self.FILE)
        if content is None:
            return None
        try:
            table = pq.read_table(pa.BufferReader(content))
            meta = {key.decode(): value.decode() for key, value in (table.schema.metadata or {}).items()}
            rest = json.loads(meta["rest"])
            snapshot = Snapshot(
                meta["version"],
                datetime.fromisoformat(meta["updated_at"]),
                _site(rest["site"]),
                tuple(_article(article) for article in rest["articles"]),
                frozenset(rest["withdrawn"]),
                _frame(_completed(table).select(TABLE.names).cast(TABLE)),
                tuple((address, path) for address, path in rest.get("pictures", ())),
            )
        except (pa.ArrowException, KeyError, TypeError, ValueError) as error:
            raise ValueError(
                f"{self.url}/{self.FILE} n'est pas lisible par cette version : supprimez-le, la prochaine passe le refera."
            ) from error
        return snapshot, meta["memory"]

    def mark(self) -> str:
        """Something that changes when the stored snapshot does; empty where nothing is stored."""
        try:
            with _answering():
                return str(self._fs.ukey(f"{self._root}/{self.FILE}"))
        except FileNotFoundError:
            return ""

    def save_heartbeat(self, heartbeat: Heartbeat) -> None:
        at = heartbeat.succeeded_at
        content = {
            "succeeded_at": at.isoformat() if at else None,
            "error": dict(heartbeat.error) if heartbeat.error else None,
            "tally": asdict(heartbeat.tally),
        }
        self._replace(self.HEARTBEAT, json.dumps(content, ensure_ascii=False).encode())

    def load_heartbeat(self) -> Heartbeat:
        try:
            content = json.loads(self.get(self.HEARTBEAT) or b"")
            at = content["succeeded_at"]
            return Heartbeat(datetime.fromisoformat(at) if at else None, content["error"], Tally(**content.get("tally", {})))
        except (KeyError, TypeError, ValueError):
            return Heartbeat()

    def put(self, name: str, content: bytes) -> None:
        """Replaces a file beside the snapshot. Raises OSError."""
        self._replace(name, content)

    def get(self, name: str) -> bytes | None:
        """A file beside the snapshot; None where there is none. Raises OSError."""
        try:
            with _answering():
                return bytes(self._fs.cat_file(f"{self._root}/{name}"))
        except FileNotFoundError:
            return None

    def names(self, folder: str) -> list[str]:
        """The files of a folder beside the snapshot, by their names alone. Raises OSError."""
        self._fs.invalidate_cache(f"{self._root}/{folder}")  # others may write there too
        try:
            with _answering():
                return [path.rpartition("/")[2] for path in self._fs.ls(f"{self._root}/{folder}", detail=False)]
        except FileNotFoundError:
            return []

    def remove(self, name: str) -> None:
        """A file beside the snapshot, where it is there. Raises OSError."""
        with suppress(FileNotFoundError), _answering():
            self._fs.rm_file(f"{self._root}/{name}")

    def _replace(self, name: str, content: bytes) -> None:
        path = f"{self._root}/{name}"
        if "file" in self._fs.protocol:
            folder = Path(path).parent
            folder.mkdir(parents=True, exist_ok=True)
            sweep(folder, ".*.new")
            replace(Path(path), content)
            return
        with _answering():
            self._fs.pipe_file(path, content)  # an object store's PUT is one step


class Live:
    """The snapshot this process serves, and how its last pass went. Swapped whole, by one assignment."""

    def __init__(self) -> None:
        self.snapshot: Snapshot | None = None
        self.heartbeat = Heartbeat()
        self.embedded = False
        """True where the sheet is a local workbook: the pages that write to it exist."""
        self.standing_by = False
        """True while another process writes in the store of this one's loop."""
        self.follows = False
        """True where this process shows what another stores."""
        self.drafts = Drafts()
        self.prepare: Callable[[Snapshot], object] = lambda snapshot: None
        """What is worked out before a snapshot is shown, so that no visitor waits for it."""
        self.told: Callable[[Snapshot, Snapshot], object] = lambda before, after: None
        """Who hears that another snapshot, with another content, is shown."""

    def show(self, snapshot: Snapshot) -> None:
        before = self.snapshot
        if snapshot is not before:
            self.prepare(snapshot)
        self.snapshot = snapshot
        if before is not None and before.version != snapshot.version:
            self.told(before, snapshot)

    def succeeded(self, at: datetime, rows: Mapping[str, int] | None = None, calls: int = 0, seconds: float = 0.0) -> None:
        """`rows`: submissions by state; `calls`: how many the pass made to Google."""
        tally = self.heartbeat.tally
        counted = Tally(tally.passes + 1, tally.failures, tally.calls + calls, dict(rows or {}), round(seconds, 3))
        self.heartbeat = Heartbeat(at, None, counted)

    def failed(self, kind: str, message: str, at: datetime, calls: int = 0) -> None:
        """`message` is for anybody to read."""
        error, tally = {"at": at.isoformat(), "kind": kind, "message": message}, self.heartbeat.tally
        failures = {**tally.failures, kind: tally.failures.get(kind, 0) + 1}
        self.heartbeat = Heartbeat(
            self.heartbeat.succeeded_at, error, dataclasses.replace(tally, failures=failures, calls=tally.calls + calls)
        )

    def is_failing(self) -> bool:
        """True where visitors should know that what they see may be old. A follower's store that is away for a few minutes tells nothing of the sheet."""
        error = self.heartbeat.error
        away = self.follows and error is not None and error["kind"] == StoreUnreadable.kind
        return error is not None and not (away and (self.age_seconds() or 0.0) < PATIENT_SECONDS)

    def age_seconds(self, now: datetime | None = None) -> float | None:
        """Since the last pass that succeeded; None before any."""
        at = self.heartbeat.succeeded_at
        return None if at is None else max(0.0, ((now or datetime.now(UTC)) - at).total_seconds())


live = Live()
"""This process's one holder: filled by the sync loop, read by every page."""

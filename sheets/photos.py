"""Photos of merchants and pictures of the team: fetched once, made small, kept in the store. No visitor is ever sent to another site for one.

What is refused, and why: `docs/decisions/0017-photos.md`.
"""

import hashlib
import json
import logging
import random
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from fields import Fault
from fields.cell import shown
from fields.picture import ours
from sheets import fetching
from sheets.copies import NotAPicture, copies
from sheets.enrichment import Record
from sheets.fetching import Fetcher, Forbidden, NotFetched
from sheets.snapshot import PHOTOS, Store

log = logging.getLogger("conso.photos")

FILE = "photos.json"
VERSION = 1
_AT_ONCE = 4
"""Addresses asked at one time: a slow one holds up a quarter of the others."""
_FIRST_WAIT, _LONGEST_WAIT = timedelta(minutes=10), timedelta(days=7)
"""Before an address that failed is asked again; four times longer after each failure."""
_DRIVE = "https://drive.google.com/"
_TOLD_AFTER = 3
"""Failures in a row of a network or a site that may be back in a moment: before, nobody is sent to mend what is not broken."""
_SHARED = " ; dans Google Drive, partagez ce fichier à «Tous les utilisateurs disposant du lien»"


class Answer(NamedTuple):
    """What is remembered of one address."""

    path: str
    """Of our widest copy; `""` where there is none."""
    fault: str
    """What is told to the team; `""` where there is a copy."""
    lasting: bool
    """True: there is no picture at this address. False: it may be there, and could not be asked for."""
    failures: int
    again: datetime | None
    """When to ask again; None: never."""


class Photos:
    """The copies of every picture that is online, and why others have none. `fetcher` is another in tests alone."""

    def __init__(self, store: Store, fetcher: Fetcher | None = None):
        self._store, self._fetcher = store, fetcher or Fetcher()
        self._answers: Mapping[str, Answer] | None = None
        """By `_key`; None before the store is read."""
        self._stored: Mapping[str, Answer] | None = None
        """What the store holds; None where that is to be replaced whatever it is."""
        self._blind = False
        """True while the store could not be read: what it holds is not known, and nothing of it may go."""
        self._team: frozenset[str] = frozenset()
        self._lock = threading.Lock()
        """Held while files come or go, lest one go between its coming and its being remembered."""
        self._tidy: frozenset[str] | None = None
        """The copies that the store holds and no other; None where that is not known."""

    def watch(self, addresses: Iterable[str]) -> None:
        """The pictures that the team's own pages want, beside those of the records: addresses, or copies of ours."""
        self._team = frozenset(addresses)

    def path(self, address: str) -> str:
        """Our copy of the picture at this address; `""` where there is none. An address of our own site is itself."""
        if not _elsewhere(address):
            return address
        answer = self._known().get(_key(address))
        return answer.path if answer else ""

    def apply(self, record: Record) -> Record:
        """An address that could not be asked for yet stays, for open data; pages show our own copies alone."""
        answer = self._known().get(_key(record["photo"])) if _elsewhere(record["photo"]) else None
        if answer is None or not (answer.path or answer.lasting):
            return record
        return {**record, "photo": answer.path}

    def wanting(self, records: Sequence[Record]) -> Sequence[Record]:
        known, now = self._known(), datetime.now(UTC)
        wanted = [address for address in self._wanted(records) if _elsewhere(address) and _due(known.get(_key(address)), now)]
        return [{"photo": address} for address in wanted]

    def learn(self, records: Sequence[Record], until: float) -> bool:
        asked = [record["photo"] for record in records]
        random.shuffle(asked)  # those that are slow do not stand before the others for ever
        left, learnt = iter(asked), threading.Event()
        taking = threading.Lock()

        def work() -> None:
            while time.monotonic() + fetching.SECONDS < until:
                with taking:
                    address = next(left, None)
                if address is None:
                    return
                if self._ask(address):
                    learnt.set()

        workers = [threading.Thread(target=work, name="conso-photo", daemon=True) for _ in asked[:_AT_ONCE]]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join(max(0.0, until - time.monotonic()) + 1.0)
        return learnt.is_set()

    def keep(self, records: Sequence[Record]) -> None:
        if self._blind:
            self._answers = None
            self._known()
        if self._blind:
            return
        wanted = self._wanted(records)
        addresses = {_key(address) for address in wanted}
        with self._lock:
            shown_ = {address for address in wanted if ours(address)}
            kept = {key: each for key, each in self._known().items() if key in addresses or each.path in shown_}
            paths = frozenset(shown_ | {each.path for each in kept.values() if each.path})
            try:
                if self._tidy != paths:
                    kept = self._tidied(paths, kept)
                self._answers = kept
                if kept != self._stored:
                    self._store.put(FILE, _packed(kept))
                    self._stored = kept
            except OSError as error:
                self._answers = kept
                log.warning("photos non rangées : %s", error)

    def faults(self, record: Record) -> Iterator[tuple[str, Fault]]:
        if fault := self.fault(record["photo"]):
            yield "photo", fault

    def fault(self, address: str) -> Fault | None:
        """Why there is no copy of the picture at this address."""
        answer = self._known().get(_key(address)) if _elsewhere(address) else None
        if answer is None or not answer.fault or not (answer.lasting or answer.failures >= _TOLD_AFTER):
            return None
        return Fault(shown(address), answer.fault)

    def _wanted(self, records: Sequence[Record]) -> list[str]:
        """Each once, those of the records first."""
        return list(dict.fromkeys([*(record["photo"] for record in records if record["photo"]), *sorted(self._team)]))

    def _tidied(self, paths: frozenset[str], kept: dict[str, Answer]) -> dict[str, Answer]:
        """Takes away every other file of ours. What is remembered, without the copies that are lost. Raises OSError."""
        wanted = {name for path in paths if (picture := ours(path)) for name in (picture.path, picture.small.path)}
        names = set(self._store.names(PHOTOS))
        for name in names - {path.rpartition("/")[2] for path in wanted}:
            self._store.remove(f"{PHOTOS}/{name}")
        self._tidy = paths
        return {key: each for key, each in kept.items() if not each.path or each.path.rpartition("/")[2] in names}

    def _ask(self, address: str) -> bool:
        """Fetches one and remembers it. False where that could not be kept."""
        key = _key(address)
        before = self._known().get(key)
        try:
            picture, files = copies(self._fetcher.get(address, time.monotonic() + fetching.SECONDS))
        except (NotFetched, NotAPicture) as error:
            answer, files = _failed(address, error, before), {}
            log.info("photo non chargée : %s", answer.fault)
        else:
            answer = Answer(picture.path, "", True, 0, None)
        with self._lock:
            try:
                for path, content in files.items():
                    self._store.put(path.removeprefix("/"), content)
            except OSError as error:
                log.warning("photo non enregistrée : %s", error)
                return False
            if files:
                self._tidy = None
            self._answers = {**self._known(), key: answer}
        return True

    def _known(self) -> Mapping[str, Answer]:
        if self._answers is None:
            try:
                content = self._store.get(FILE)
                self._blind = False
            except OSError as error:
                log.warning("%s/%s illisible : %s", self._store.url, FILE, error)
                self._blind, content = True, None
            self._stored = self._read(content)
            self._answers = self._stored or {}
        return self._answers

    def _read(self, content: bytes | None) -> Mapping[str, Answer] | None:
        """None where this version cannot read it."""
        try:
            return _unpacked(content) if content is not None else {}
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            log.warning("%s/%s laissé de côté : %s", self._store.url, FILE, type(error).__name__)
            return None


def _elsewhere(address: str | None) -> bool:
    return bool(address) and address.startswith(("http://", "https://"))  # type: ignore[union-attr]


def _due(answer: Answer | None, now: datetime) -> bool:
    return answer is None or (answer.again is not None and answer.again <= now)


def _failed(address: str, error: NotFetched | NotAPicture, before: Answer | None) -> Answer:
    failures = (before.failures if before else 0) + 1
    wait = min(_FIRST_WAIT * 4 ** min(failures - 1, 10), _LONGEST_WAIT)
    again = None if isinstance(error, Forbidden) else (datetime.now(UTC) + wait).replace(microsecond=0)
    lasting = isinstance(error, NotAPicture) or error.lasting
    hint = _SHARED if lasting and address.startswith(_DRIVE) else ""
    return Answer("", f"{error}{hint}", lasting, failures, again)


def _key(address: str) -> str:
    return hashlib.blake2b(address.encode(), digest_size=12).hexdigest()


def _packed(answers: Mapping[str, Answer]) -> bytes:
    rows = {key: [*answer[:4], answer.again.isoformat() if answer.again else None] for key, answer in answers.items()}
    return json.dumps({"version": VERSION, "answers": rows}, ensure_ascii=False, separators=(",", ":")).encode()


def _unpacked(content: bytes) -> dict[str, Answer]:
    """Raises ValueError, TypeError, KeyError or AttributeError where this version cannot read it."""
    stored = json.loads(content)
    if stored["version"] != VERSION:
        raise ValueError(f"photos of version {stored['version']}")
    return {
        key: Answer(_copy(path), str(fault), bool(lasting), int(failures), datetime.fromisoformat(again) if again else None)
        for key, (path, fault, lasting, failures, again) in stored["answers"].items()
    }


def _copy(path: str) -> str:
    if path and ours(path) is None:
        raise ValueError("no copy of ours")
    return path

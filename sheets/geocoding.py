"""Addresses → coordinates, through the national address API or another that answers as it does. Each address is asked for once.

How the API is called and why its answers are believed or not: `docs/decisions/0009-geocoding.md`.
"""

import csv
import hashlib
import io
import json
import logging
import math
import random
import re
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

import requests
from urllib3.exceptions import HTTPError

from fields import Fault, place
from fields.cell import fold, shown
from sheets.enrichment import Record
from sheets.snapshot import Store
from words import N_, _

log = logging.getLogger("conso.geocoding")

FILE = "adresses.json"
VERSION = 1
BELIEVED_SCORE = 0.5
"""From 0 to 1: the API has a best guess for anything, and scores what is no address at all around 0.3."""
_BELIEVED_TYPES = ("housenumber", "interpolation", "street", "locality")
"""A `municipality` is no better than the centre we have."""
_ASK_AGAIN = timedelta(days=30)
"""After which an address that was not found is asked for again: the national base grows."""
_BATCH = 200
"""Addresses in one call."""
_CALL_SECONDS = 10.0
_FIRST_WAIT, _LONGEST_WAIT = 10.0, 3600.0
"""Seconds before the next call after failures."""
_LONGEST_ANSWER = 4_000_000
_LONGEST_QUERY = 180
"""Characters; the API takes 200."""
_BY_ARRONDISSEMENT = ("75056", "69123", "13055")
"""Paris, Lyon and Marseille: the base knows their addresses by the arrondissement's code only, which the postcode tells."""
_HEADERS = {"User-Agent": "Conso-locale (annuaire de commerces locaux)", "Accept": "text/csv"}
_NOT_FOUND = N_(
    "introuvable dans la base nationale des adresses, le point est celui de la commune : vérifiez-la, ou écrivez latitude et longitude"
)


class Answer(NamedTuple):
    """What is remembered for one address."""

    latitude: float | None
    """None, as `longitude`, where nothing was found that can be believed."""
    longitude: float | None
    score: float
    """From 0 to 1, the API's own; 0 where it found nothing."""
    day: date
    """When it was asked for."""


class Geocoding:
    """The points of the addresses that are online. With no `url` nobody is asked, and what is remembered still holds."""

    def __init__(self, url: str | None, store: Store):
        self._url, self._store = url, store
        self._answers: Mapping[str, Answer] | None = None
        """By `_key`; None before the store is read."""
        self._stored: Mapping[str, Answer] | None = None
        """What the store holds; None where that is to be replaced whatever it is."""
        self._lock = threading.Lock()
        self._size = _BATCH
        self._failures, self._again = 0, 0.0

    def apply(self, record: Record) -> Record:
        if not self._known():
            return record
        learnt = dict(self._learnt(record))
        if record["points"]:
            learnt["points"] = tuple(point._replace(**self._learnt(point._asdict())) for point in record["points"])
        return {**record, **learnt} if learnt else record

    def _remembered(self, record: Record) -> Answer | None:
        """What is known of its address, where it is to be looked for."""
        known = self._known()
        return known.get(_key(record)) if known and _unplaced(record) else None

    def _learnt(self, record: Record) -> Record:
        answer = self._remembered(record)
        if answer is None or answer.latitude is None:
            return {}
        return {"latitude": answer.latitude, "longitude": answer.longitude, "approximatif": False}

    def wanting(self, records: Sequence[Record]) -> Sequence[Record]:
        if self._url is None or time.monotonic() < self._again:
            return ()
        known, today = self._known(), datetime.now(UTC).date()
        return [each for each in _addresses(records) if _unplaced(each) and not _settled(known.get(_key(each)), today)]

    def learn(self, records: Sequence[Record], until: float) -> bool:
        asked = list({_key(record): record for record in records}.items())
        random.shuffle(asked)  # an address that breaks its batch does not stand before the others for ever
        learnt = False
        while asked and time.monotonic() < until:
            batch, asked = dict(asked[: self._size]), asked[self._size :]
            try:
                found = self._ask(batch, min(until, time.monotonic() + _CALL_SECONDS))
            except (requests.RequestException, HTTPError, OSError, ValueError, csv.Error) as error:
                self._failed(error)
                break
            with self._lock:
                self._answers = {**self._known(), **found}
            learnt, self._failures, self._size = True, 0, min(_BATCH, 2 * self._size)
        return learnt

    def keep(self, records: Sequence[Record]) -> None:
        known = self._known()
        gone = known.keys() - set(map(_key, _addresses(records))) if known else ()
        with self._lock:
            kept = {key: answer for key, answer in self._known().items() if key not in gone}
            self._answers = kept
        if kept != self._stored:
            try:
                self._store.put(FILE, _packed(kept))
                self._stored = kept
            except OSError as error:
                log.warning("adresses non enregistrées : %s", error)

    def faults(self, record: Record) -> Iterator[tuple[str, Fault]]:
        answer = self._remembered(record)
        if answer is not None and answer.latitude is None:
            yield "adresse", Fault(shown(record["adresse"]), _(_NOT_FOUND))

    def _known(self) -> Mapping[str, Answer]:
        if self._answers is None:
            self._stored = self._load()
            self._answers = self._stored or {}
        return self._answers

    def _load(self) -> Mapping[str, Answer] | None:
        """What the store holds; None where it cannot be read."""
        try:
            content = self._store.get(FILE)
            return _unpacked(content) if content is not None else {}
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
            log.warning("%s/%s laissé de côté : %s", self._store.url, FILE, type(error).__name__)
            return None

    def _ask(self, batch: Mapping[str, Record], until: float) -> dict[str, Answer]:
        """One call. Raises what requests and urllib3 do, and ValueError or csv.Error where the answer is not one for each address."""
        seconds = max(0.1, until - time.monotonic())
        with requests.post(
            f"{self._url}/search/csv/",
            files={"data": ("adresses.csv", _question(batch), "text/csv")},
            data=[("columns", "adresse"), ("columns", "commune"), ("postcode", "code_postal"), ("citycode", "insee")],
            headers=_HEADERS,
            timeout=(min(5.0, seconds), seconds),
            stream=True,
        ) as response:
            response.raise_for_status()
            text = _whole(response, until).decode("utf-8-sig")
        rows = csv.DictReader(io.StringIO(text, newline=""), strict=True)
        if not {"id", "latitude", "longitude", "result_score"} <= set(rows.fieldnames or ()):
            raise ValueError("answer without the columns of the API")
        answers = {row["id"]: row for row in rows}
        if answers.keys() != batch.keys():
            raise ValueError("answer cut short")
        return {key: _answer(answers[key], record) for key, record in batch.items()}

    def _failed(self, error: Exception) -> None:
        """Waits longer each time, and asks for less at once: a slow service, or one bad address, then stops fewer of them."""
        self._failures += 1
        self._size = max(1, self._size // 2)
        response = getattr(error, "response", None)
        told = response.headers.get("Retry-After", "") if response is not None else ""
        wait = max(_FIRST_WAIT * 2 ** min(self._failures - 1, 20), float(told) if told.isdecimal() else 0.0)
        wait = min(wait, _LONGEST_WAIT)
        self._again = time.monotonic() + wait
        said = f"réponse {response.status_code}" if response is not None else type(error).__name__
        log.warning("géocodage impossible (%s) : nouvel essai dans %.0f s", said, wait)


def _addresses(records: Iterable[Record]) -> Iterator[Record]:
    """The fiches themselves, and each of their other points of sale that has an address and a commune."""
    for record in records:
        yield record
        yield from (point._asdict() for point in record["points"] if point.insee)


def _unplaced(record: Record) -> bool:
    """True where there is an address, and no point that somebody gave."""
    return bool(record["approximatif"] or record["latitude"] is None) and _is_address(record["adresse"] or "")


def _is_address(text: str) -> bool:
    return "://" not in text and re.search(r"[^\W\d_]{2}", text) is not None  # e.g. «Le Bourg»; not «-», nor a map's link


def _settled(answer: Answer | None, today: date) -> bool:
    return answer is not None and (answer.latitude is not None or today - answer.day < _ASK_AGAIN)


def _key(record: Record) -> str:
    return _digest(record["adresse"] or "", record["code_postal"] or "", record["insee"] or record["commune"] or "")


@lru_cache(1 << 15)
def _digest(address: str, code: str, commune: str) -> str:
    """Of an address as people may write it: case, accents and spaces do not matter."""
    folded = json.dumps([" ".join(fold(text).split()) for text in (address, code, commune)])
    return hashlib.blake2b(folded.encode(), digest_size=12).hexdigest()


def _question(batch: Mapping[str, Record]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(("id", "adresse", "code_postal", "commune", "insee"))
    for key, record in batch.items():
        address = " ".join(record["adresse"].split())[:_LONGEST_QUERY]
        insee = record["insee"] or ""
        by_postcode = not insee or insee in _BY_ARRONDISSEMENT
        # a postcode of businesses (CEDEX) is not in the base: the commune's own code is surer
        code = record["code_postal"] or "" if by_postcode else ""
        writer.writerow((key, address, code, record["commune"] or "", "" if by_postcode else insee))
    return text.getvalue().encode()


def _whole(response: requests.Response, until: float) -> bytes:
    """The body. Raises ValueError where it lasts or swells; requests only bounds the silence between two bytes."""
    content = bytearray()
    while piece := response.raw.read1(1 << 16, decode_content=True):
        content += piece
        if len(content) > _LONGEST_ANSWER or time.monotonic() > until:
            raise ValueError("answer too long")
    return bytes(content)


def _answer(row: Mapping[str, str | None], record: Record) -> Answer:
    """Raises ValueError where a number is none."""
    latitude, longitude, score = (_number(row[name]) for name in ("latitude", "longitude", "result_score"))
    today = datetime.now(UTC).date()
    if latitude is None or longitude is None or score is None:
        return Answer(None, None, score or 0.0, today)
    believed = (
        score >= BELIEVED_SCORE
        and row.get("result_type", "street") in _BELIEVED_TYPES
        and place.may_stand(latitude, longitude, record["commune"] or "", record["code_postal"] or "")
    )
    return Answer(round(latitude, 6), round(longitude, 6), score, today) if believed else Answer(None, None, score, today)


def _number(text: str | None) -> float | None:
    if not text:
        return None
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("no number")
    return number


def _packed(answers: Mapping[str, Answer]) -> bytes:
    rows = {key: [*answer[:3], answer.day.isoformat()] for key, answer in answers.items()}
    return json.dumps({"version": VERSION, "answers": rows}, separators=(",", ":")).encode()


def _unpacked(content: bytes) -> dict[str, Answer]:
    """Raises ValueError, TypeError, KeyError or AttributeError where this version cannot read it."""
    stored = json.loads(content)
    if stored["version"] != VERSION:
        raise ValueError(f"addresses of version {stored['version']}")
    return {
        key: Answer(_degrees(latitude), _degrees(longitude), float(score), date.fromisoformat(day))
        for key, (latitude, longitude, score, day) in stored["answers"].items()
    }


def _degrees(stored: float | None) -> float | None:
    return None if stored is None else float(stored)

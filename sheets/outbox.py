"""The outbox of the embedded sheet: what merchants should be told leaves, once, in a thread beside the passes. Google's Apps Script writes for itself.

A message is remembered before it leaves, so that a process that dies in between loses it rather than sends it twice.
"""

import contextlib
import hashlib
import json
import logging
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from urllib.parse import urlsplit

from fields.date import paris_day
from schema import Site
from settings import Settings
from sheets import messages
from sheets.approval import Decision
from sheets.delivery import Declined, Delivery, Doubtful, Folder, Server, Unavailable, merchant_of
from sheets.messages import A_DAY, Message
from sheets.problems import SheetError
from sheets.rows import Submission
from sheets.snapshot import Store
from sheets.sync import Report

log = logging.getLogger("conso.outbox")

FILE = "courrier.json"
HOUR = 3600.0
FIRST_WAIT, LONGEST_WAIT = 60.0, 3600.0
"""Seconds before what could not leave is tried again; doubling."""
TRIES = 5
"""How often a message that the other side declines is offered."""
FORGOTTEN_AFTER = timedelta(days=30)
"""How long a digest of a line that was deleted is known, lest putting the line back be news to its merchant."""
_GONE = "partie"

Links = Callable[[Submission], str | None]
"""The token of a merchant's private link; None where the line is not as it was read. Raises SheetError, OSError."""


@dataclass
class Ledger:
    """What was told to whom. Digests and days: no address, no name."""

    account: str
    told: dict[str, dict[str, date]] = field(default_factory=dict)

    def to_json(self) -> bytes:
        told = {name: {topic: day.isoformat() for topic, day in said.items()} for name, said in self.told.items()}
        return json.dumps({"account": self.account, "told": told}, separators=(",", ":")).encode()

    @classmethod
    def from_json(cls, content: bytes) -> "Ledger":
        """Raises ValueError where this version cannot read it."""
        try:
            stored = json.loads(content)
            told = {
                name: {topic: date.fromisoformat(day) for topic, day in said.items()} for name, said in stored["told"].items()
            }
            return cls(stored["account"], told)
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError("a ledger that this version cannot read") from error

    def add(self, message: Message, today: date) -> None:
        for name in filter(None, message.known_as):
            self.told.setdefault(name, {})[message.topic] = today

    def take_back(self, message: Message, before: date | None) -> None:
        """`before`: the day it had been said last."""
        for name in filter(None, message.known_as):
            if before is None:
                self.told.get(name, {}).pop(message.topic, None)
            else:
                self.told.setdefault(name, {})[message.topic] = before

    def forget_gone(self, decisions: Iterable[Decision], today: date) -> bool:
        """True where that changed anything."""
        present = {name for decision in decisions for name in decision.known_as}
        changed = False
        for name, said in list(self.told.items()):
            if name in present:
                changed |= said.pop(_GONE, None) is not None
            elif _GONE not in said:
                said[_GONE], changed = today, True
            elif today - said[_GONE] > FORGOTTEN_AFTER:
                del self.told[name]
                changed = True
        return changed


class Outbox:
    """One per process that serves an embedded sheet."""

    def __init__(self, store: Store, delivery: Delivery, links: Links, address: str, sender: str = "", per_hour: int = 60):
        """`address`: of the site, unless the team gives one. `sender`: the address that messages come from; else the team's."""
        self._store, self._delivery, self._links = store, delivery, links
        self._address, self._sender, self._per_hour = address, sender, per_hour
        self._stopping = False
        self._lock = threading.Lock()
        self._posted: tuple[Report, Site, str] | None = None
        self._thread: threading.Thread | None = None
        self._ledger: Ledger | None = None
        self._kept = b""
        """The ledger as it is stored."""
        self._left: deque[tuple[float, str]] = deque()
        """When, and to whom, of the last 24 hours."""
        self._failures, self._not_before = 0, float("-inf")
        self._declined: dict[tuple[str, str], tuple[int, float]] = {}
        """Times a message was declined, and when it may be offered again."""

    def post(self, report: Report, site: Site, account: str) -> None:
        """After a pass. Never waits, never raises. `account`: that of the `Sync`."""
        with self._lock:
            self._posted = report, site, account
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="conso-outbox", daemon=True)
                self._thread.start()

    def stop(self) -> None:
        """Lets the message that is leaving leave, for two seconds."""
        self._stopping = True
        self.wait(2.0)

    def wait(self, seconds: float = 30.0) -> None:
        """Until what was posted is dealt with."""
        thread = self._thread
        if thread is not None:
            thread.join(seconds)

    def _run(self) -> None:
        while True:
            with self._lock:
                posted, self._posted = self._posted, None
                if posted is None:
                    self._thread = None
                    return
            try:
                self._round(*posted)
            except Exception as error:  # its own words may repeat what is private
                log.error(
                    "courrier interrompu (%s)\n%s", type(error).__name__, "".join(traceback.format_tb(error.__traceback__))
                )

    def _round(self, report: Report, site: Site, account: str) -> None:
        now = datetime.now(UTC)
        try:
            ledger = self._opened(account)
            if ledger is None or not site.writes_to_merchants:
                told = messages.standing(report.decisions, ledger.told if ledger else {}, site.still_months, now)
                self._remember(Ledger(account, told))
                return
            self._clear_out(report.decisions, ledger, now)
            if time.monotonic() >= self._not_before:
                self._send(messages.due(report.decisions, ledger.told, site.still_months, now), ledger, site, now)
                self._failures = 0
        except Unavailable as error:
            self._failures += 1
            wait = min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(self._failures - 1, 10))
            self._not_before = time.monotonic() + wait
            log.warning("courrier : %s (nouvel essai dans %.0f s)", error, wait)

    def _opened(self, account: str) -> Ledger | None:
        """What was told; None where that is not known, or was of another memory of approvals: nobody is written to about the past."""
        if self._ledger is None:
            try:
                content = self._store.get(FILE)
                self._ledger = Ledger.from_json(content) if content else None
            except ValueError:
                log.warning("courrier : %s n'est pas lisible ; tout ce qui est en ligne est tenu pour annoncé", FILE)
            except OSError as error:
                raise Unavailable(f"le stockage ne peut pas être lu ({error.strerror or type(error).__name__})") from error
        return self._ledger if self._ledger and self._ledger.account == account else None

    def _remember(self, ledger: Ledger) -> None:
        """Raises Unavailable where it cannot be kept: nothing may leave then."""
        content = ledger.to_json()
        self._ledger = ledger
        if content == self._kept:
            return
        try:
            self._store.put(FILE, content)
        except OSError as error:
            raise Unavailable(
                f"ce qui est annoncé ne peut pas être retenu dans le stockage ({error.strerror or type(error).__name__})"
            ) from error
        self._kept = content

    def _clear_out(self, decisions: Sequence[Decision], ledger: Ledger, now: datetime) -> None:
        """Forgets who is gone, and takes back what has not left for them."""
        agreed = (each for each in decisions if each.submission.values["consentement"])
        self._delivery.keep(merchant_of(each.known_as, ledger.account) for each in agreed)
        if ledger.forget_gone(decisions, paris_day(now)):
            self._remember(ledger)

    def _send(self, due: Iterable[Message], ledger: Ledger, site: Site, now: datetime) -> None:
        may_leave = [message for message in due if self._may_leave(message)]
        if not may_leave:
            return
        with self._delivery.opened() as delivery:
            for message in may_leave:
                if self._stopping or self._posted is not None:
                    return  # a newer pass knows better who is to be told what
                if self._may_leave(message):
                    self._send_one(message, delivery, ledger, site, now)

    def _send_one(self, message: Message, delivery: Delivery, ledger: Ledger, site: Site, now: datetime) -> None:
        try:
            letter = self._letter(message, ledger.account, site, now)
        except (ValueError, MessageError) as error:  # its own words may repeat the address
            log.warning("courrier : la ligne %d ne peut pas être écrite (%s)", message.submission.row, type(error).__name__)
            ledger.add(message, paris_day(now))
            self._remember(ledger)
            return
        if letter is None:
            return
        key = (message.known_as[0], message.topic)
        before = messages.said_to(ledger.told, message.known_as).get(message.topic)
        ledger.add(message, paris_day(now))
        try:
            self._remember(ledger)
            delivery.deliver(
                letter, f"{paris_day(now):%Y-%m-%d}_{message.kind}_{merchant_of(message.known_as, ledger.account)}"
            )
        except Doubtful as error:
            log.warning("courrier : %s ; ce message-là ne sera pas renvoyé", error)
        except Declined as error:
            tries = self._declined.get(key, (0, 0.0))[0] + 1
            self._declined[key] = tries, time.monotonic() + HOUR * 4 ** (tries - 1)
            if tries < TRIES:
                ledger.take_back(message, before)
            log.warning("courrier : %s%s", error, "" if tries < TRIES else " ; ce message est abandonné")
            self._remember(ledger)
            return
        except Unavailable:
            ledger.take_back(message, before)
            with contextlib.suppress(Unavailable):
                self._remember(ledger)
            raise
        else:
            log.info("courrier : «%s» est parti pour la ligne %d", message.kind, message.submission.row)
        self._declined.pop(key, None)
        self._left.append((time.monotonic(), message.to))

    def _may_leave(self, message: Message) -> bool:
        now = time.monotonic()
        while self._left and now - self._left[0][0] > 24 * HOUR:
            self._left.popleft()
        within = sum(now - at <= HOUR for at, _ in self._left)
        to_them = sum(to == message.to for _, to in self._left)
        _, not_before = self._declined.get((message.known_as[0], message.topic), (0, float("-inf")))
        return within < self._per_hour and to_them < A_DAY and now >= not_before

    def _letter(self, message: Message, account: str, site: Site, now: datetime) -> EmailMessage | None:
        """None where the line has changed since it was read: the next pass will tell."""
        try:
            token = self._links(message.submission)
        except SheetError as error:
            raise Unavailable(error.message) from error
        except OSError as error:
            raise Unavailable(f"la clé des liens privés ne peut pas être lue ou gardée ({error.strerror})") from error
        if token is None:
            return None
        address = (site.address or self._address).rstrip("/")
        subject, text = messages.written(message, site, address, f"{address}/inscription?lien={token}")
        letter = EmailMessage(policy=SMTP)
        sender = self._sender or site.contact
        if sender:
            letter["From"] = Address(site.name, addr_spec=sender)
        letter["To"] = Address(addr_spec=message.to)
        if site.contact:
            letter["Reply-To"] = Address(addr_spec=site.contact)
        letter["Subject"] = subject
        letter["Date"] = format_datetime(now)
        letter["Message-ID"] = (
            f"<{_digest(account, *message.known_as, message.topic, str(paris_day(now)))}@{_domain(sender, address)}>"
        )
        letter["Auto-Submitted"] = "auto-generated"
        letter.set_content(text, cte="quoted-printable")
        return letter


def opened(settings: Settings, store: Store, links: Links, local: str) -> Outbox:
    """As these settings say: by SMTP, else files in a folder beside the workbook. `local`: where the site is for want of an address."""
    if settings.workbook is None:
        raise ValueError("an embedded sheet is needed")
    address = settings.site_url or local
    if settings.smtp is None:
        return Outbox(store, Folder(settings.workbook.parent / "courrier"), links, address)
    return Outbox(store, Server(settings.smtp), links, address, settings.smtp.sender, settings.smtp.per_hour)


def _digest(*parts: str) -> str:
    return hashlib.blake2b("\0".join(parts).encode(), digest_size=16).hexdigest()


def _domain(sender: str, address: str) -> str:
    return sender.rpartition("@")[2] or urlsplit(address).hostname or "localhost"

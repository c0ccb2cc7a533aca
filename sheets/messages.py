"""Which messages merchants should have after a pass: received, online, something is missing, still exact? Pure: no clock, no disk, no network."""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from fields.cell import shown
from fields.date import paris_day
from fields.text import filled
from schema import Site
from sheets.approval import Decision, Show, State
from sheets.rows import Submission
from words import _, original

GRACE = timedelta(minutes=10)
"""How long a line must have lacked something before its merchant is told: a volunteer may be typing in it."""
LONGEST_NAME = 60
"""Characters of a shop's name in a message: what a stranger typed must not become the message."""
A_DAY = 6
"""Messages to one address in 24 hours: a family of shops; more would serve somebody who types the address of another."""
LINK = r"\w\.\w{2}|://|@"
"""What a mail program may make a link of, e.g. `exemple.example`, `https://`."""


class Kind(StrEnum):
    """The four messages. Values are kept in the store and in file names."""

    RECEIVED = "recue"
    ONLINE = "en-ligne"
    LACKING = "il-manque"
    STILL = "toujours-exact"


Told = Mapping[str, Mapping[str, date]]
"""By each of `Decision.known_as`, what was said, and the day (Europe/Paris) it last was."""


@dataclass(frozen=True)
class Message:
    """One message to one merchant. Private: never logged."""

    kind: Kind
    to: str = field(repr=False)
    submission: Submission = field(repr=False)
    slug: str | None
    known_as: tuple[str, str]
    topic: str
    """What is never said twice: the kind, and what is missing where something is."""
    lacking: tuple[str, ...] = field(default=(), repr=False)
    """What «Suivi» says is to be mended before the fiche can be shown."""


def due(decisions: Iterable[Decision], told: Told, months: float, now: datetime) -> list[Message]:
    """What is to be said and was not. `months`: after how many without a confirmation a merchant is asked; 0 for never.

    Nobody hears anything without an address, or whose consent is gone.
    """
    today = paris_day(now)
    messages = []
    for decision in decisions:
        if decision.submission.values["email"] and decision.submission.values["consentement"]:
            said = said_to(told, decision.known_as)
            messages += [message for message in _called_for(decision, now) if _is_due(message, decision, said, months, today)]
    return messages


def standing(decisions: Iterable[Decision], told: Told, months: float, now: datetime) -> dict[str, dict[str, date]]:
    """`told`, with the present state as if all of it had been said: where a site begins to write, or does not wish to."""
    today = paris_day(now)
    said: dict[str, dict[str, date]] = {}
    for decision in decisions:
        known = said_to(told, decision.known_as)
        lacking = _lacking(decision.submission)
        topics = {str(Kind.RECEIVED)}
        if decision.slug:
            topics.add(str(Kind.ONLINE))
        if lacking:
            topics.add(_topic(Kind.LACKING, decision.submission))
        told_now = {topic: known.get(topic, today) for topic in topics}
        if _is_time(decision, known, months, today):
            told_now[Kind.STILL] = today
        for name in filter(None, decision.known_as):
            said[name] = {**said.get(name, {}), **known, **told_now}
    return said


def said_to(told: Told, known_as: Iterable[str]) -> dict[str, date]:
    """What was said to a merchant under any of its names, each with its last day."""
    said: dict[str, date] = {}
    for name in known_as:
        for topic, day in told.get(name, {}).items():
            said[topic] = max(day, said.get(topic, day))
    return said


def _called_for(decision: Decision, now: datetime) -> Iterator[Message]:
    """What the state of this line calls for, said already or not."""
    if decision.state is State.ONLINE and decision.show is Show.NEW:
        yield _message(decision, Kind.ONLINE)
        yield _message(decision, Kind.STILL)
    lacking = _lacking(decision.submission)
    if lacking and not decision.submission.unfinished:
        if decision.state in (State.WAITING, State.BLOCKED, State.EDITED) and now - decision.since >= GRACE:
            yield _message(decision, Kind.LACKING, lacking)
    elif decision.state is State.WAITING:
        yield _message(decision, Kind.RECEIVED)


def _message(decision: Decision, kind: Kind, lacking: tuple[str, ...] = ()) -> Message:
    submission = decision.submission
    topic = _topic(kind, submission if lacking else None)
    return Message(kind, submission.values["email"], submission, decision.slug, decision.known_as, topic, lacking)


def _topic(kind: Kind, lacks: Submission | None = None) -> str:
    """`lacks`: whose blocking problems it is about. Other words for the same ones are no other topic."""
    lacking = _lacking(lacks, worded=False) if lacks else ()
    return f"{kind}:{hashlib.blake2b(repr(lacking).encode(), digest_size=8).hexdigest()}" if lacking else str(kind)


def _lacking(submission: Submission, worded: bool = True) -> tuple[str, ...]:
    """Each blocking problem as «Suivi» words it; not `worded`: in the words of the code, whatever the site says."""
    return tuple(
        f"«{problem.header}» : "
        + (f"«{problem.found}» — " if _is_plain(problem.found) else "")
        + (problem.expected if worded else original(problem.expected))
        for problem in submission.problems
        if problem.blocking
    )


def _is_plain(text: str) -> bool:
    """False for words that could pass for ours in a message, and lead elsewhere: anybody may hand in a fiche with another's address."""
    return bool(text) and not re.search(LINK, text)


def _is_due(message: Message, decision: Decision, said: Mapping[str, date], months: float, today: date) -> bool:
    if message.kind is Kind.STILL:
        return _is_time(decision, said, months, today)
    if message.kind is Kind.LACKING and any(day >= today for topic, day in said.items() if topic.startswith(Kind.LACKING)):
        return False
    return message.topic not in said


def _is_time(decision: Decision, said: Mapping[str, date], months: float, today: date) -> bool:
    """Whether to ask this merchant again, so long after what was last confirmed or asked."""
    last = max(filter(None, (decision.verified, said.get(Kind.STILL))), default=None)
    return bool(months) and last is not None and today >= months_after(last, months)


def months_after(day: date, months: float) -> date:
    """The same day so many months later, or the last one of a shorter month; half a month is fifteen days."""
    whole, part = divmod(months, 1)
    years, month = divmod(day.month - 1 + int(whole), 12)
    first = date(day.year + years, month + 1, 1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return first.replace(day=min(day.day, last.day)) + timedelta(days=round(part * 30))


def written(message: Message, site: Site, address: str, link: str) -> tuple[str, str]:
    """Subject, on one line, and text. `address`: the site's own; `link`: the merchant's private one."""
    subject, body = {
        Kind.RECEIVED: (site.received_subject, site.received_body),
        Kind.ONLINE: (site.online_subject, site.online_body),
        Kind.LACKING: (site.lacking_subject, site.lacking_body),
        Kind.STILL: (site.still_subject, site.still_body),
    }[message.kind]
    name = shown(message.submission.values["nom"], LONGEST_NAME)
    words = {
        "nom": name if _is_plain(name) or (name and message.slug) else _("votre commerce"),
        "site": site.name,
        "lien": link,
        "fiche": f"{address}/fiche?f={message.slug}" if message.slug else f"{address}/",
        "manque": "\n".join(f"- {one}" for one in message.lacking),
        "contact": site.contact,
    }
    return shown(filled(_(subject), words), 250), filled(_(body), words)

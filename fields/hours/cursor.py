"""A cursor over the tokens of opening hours, and the words that every phrase needs."""

from collections.abc import Callable
from typing import TypeVar

from fields.hours.intervals import NotUnderstood
from fields.hours.lexer import FULL_DAYS, Token

T = TypeVar("T")
LINKS = ("TO", "DASH", "UNTIL")
"""What may stand between the two ends of a range."""
_ORDINALS = {"prem": 1, "deux": 2, "seco": 2, "2nd": 2, "troi": 3, "quat": 4, "cinq": 5, "dern": -1}


class Cursor:
    def __init__(self, tokens: list[Token]):
        self.tokens = tokens
        self.at = 0
        self.letters = sum(token.kind == "DAY" and len(day_name(token)) == 1 for token in tokens) > 1
        """Whether days are written as letters here: one letter alone may be anything."""

    def peek(self, ahead: int = 0) -> str:
        return self.tokens[self.at + ahead].kind if 0 <= self.at + ahead < len(self.tokens) else ""

    def take(self, *kinds: str) -> Token | None:
        if self.peek() not in kinds:
            return None
        self.at += 1
        return self.tokens[self.at - 1]

    def need(self, *kinds: str) -> Token:
        if found := self.take(*kinds):
            return found
        raise NotUnderstood(f"{' or '.join(kinds)} expected")

    def attempt(self, read: Callable[[], T]) -> T | None:
        """What `read` reads, or None with the cursor back where it was."""
        start = self.at
        try:
            return read()
        except NotUnderstood:
            self.at = start
            return None

    def weekdays(self, run: list[Token]) -> list[int]:
        """A single «M» is Tuesday or Wednesday: only «M M» says which."""
        names = [day_name(token) for token in run]
        days = []
        for index, name in enumerate(names):
            if len(name) == 1 and not self.letters:
                raise NotUnderstood("a letter on its own")
            if name == "m" and names[:index].count("m") + names[index:].count("m") != 2:
                raise NotUnderstood("mardi or mercredi")
            if name == "m":
                days.append(2 if "m" in names[:index] else 1)
            else:
                days.append(next(n for n, full in enumerate(FULL_DAYS) if full.startswith(name.rstrip("s") or "s")))
        return days


def ordinal(token: Token) -> int:
    return _ORDINALS.get(token.text[:4]) or _ORDINALS.get(token.text[:3]) or int(token.text[0])


def day_name(token: Token) -> str:
    return token.text.removeprefix("les ").removeprefix("le ").rstrip(".")

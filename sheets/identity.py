"""Who is who: which line of the sheet is which remembered submission, when lines move, change and go (CONTRACT §5)."""

from bisect import bisect
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from operator import attrgetter
from typing import cast

from sheets.memory import Entry, Trace


class Link(Enum):
    """How a line of this pass relates to what is remembered."""

    SAME = "the same line: what changed in it, volunteers changed"
    EDITED = "a remembered submission under another Horodateur: its merchant edited it"
    NEW = "never seen"
    DOUBTFUL = "never seen, but perhaps the edit of a row that is gone, or one of several that nothing tells apart, or the copy of one that waits"


def match(entries: Sequence[Entry], traces: Sequence[Trace]) -> tuple[list[tuple[Link, Entry | None]], list[Entry]]:
    """For every line of this pass, its link and the entry it continues; then the entries that no line continues."""
    pairing = _Pairing(entries, traces)
    links: list[tuple[Link, Entry | None]] = [(Link.NEW, None)] * len(traces)
    for old, new in pairing.same():
        links[new] = (Link.SAME, entries[old])
    if pairing.new:
        waiting = {_who(entries[old]) for old, _ in pairing.pairs if entries[old].pending}
        for line in pairing.new:
            if line.who in waiting and line.trace.ticked:  # copied with a tick that is older than its content
                links[line.at] = (Link.DOUBTFUL, None)
    if pairing.old and pairing.new:
        edited, doubtful = pairing.edited()
        for old, new in edited:
            links[new] = (Link.EDITED, entries[old])
        for line in doubtful:
            links[line.at] = (Link.DOUBTFUL, None)
    return links, [entries[line.at] for line in pairing.old]


def _who(trace: Entry | Trace) -> str:
    """Its Horodateur; without one, its e-mail and name."""
    return trace.stamp or f"{trace.email} {trace.name}"


@dataclass(slots=True, eq=False)
class _Line:
    """A remembered entry, or a line of this pass."""

    at: int
    trace: Entry | Trace
    who: str = ""
    gap: tuple[int, int] = (-1, -1)
    """Its nearest neighbours above and below that are the same as before, as places in memory; -1 beyond the edges."""
    rank: int = 0
    """Its place among the other lines of that gap."""

    def __post_init__(self) -> None:
        self.who = _who(self.trace)


_TRACE = slice(1, 1 + len(Trace._fields))
"""Of an entry, what is its trace; a tuple equal to it."""
_EMAIL, _NAME, _CONTENT, _PLACE = "trace.email", "trace.name", "trace.digest", ("gap", "rank")

_ONLY_TICKED: tuple[str, ...] = ("who", _EMAIL, _NAME, _CONTENT)
_TOLD_APART: tuple[tuple[str, ...], ...] = ((_EMAIL, "who"), (_NAME, "who"))
_SAME_MERCHANT: tuple[tuple[str, ...], ...] = (
    (_EMAIL, _NAME, _CONTENT),
    (_EMAIL, _NAME, *_PLACE),
    (_EMAIL, _NAME),
    (_EMAIL, *_PLACE),
    (_EMAIL,),
    (_NAME, _CONTENT),
    (_NAME, *_PLACE),
    (_NAME,),
)
"""What proves that two lines are one, the strongest first. The first part must not be blank: a blank proves nothing."""


class _Pairing:
    """The lines that have not found their like yet, on both sides, in their order; and the pairs of those that have, as places on both sides."""

    def __init__(self, entries: Sequence[Entry], traces: Sequence[Trace]):
        self.pairs: list[tuple[int, int]] = []
        self.new: list[_Line] = []
        places: dict[Trace, list[int]] = {}
        for at in range(len(entries) - 1, -1, -1):
            places.setdefault(cast(Trace, entries[at][_TRACE]), []).append(at)
        for at, trace in enumerate(traces):  # most lines are as they were, and of those that are equal the first is the first
            if left := places.get(trace):
                self.pairs.append((left.pop(), at))
            else:
                self.new.append(_Line(at, trace))
        self.old = [_Line(at, entries[at]) for at in sorted(at for left in places.values() for at in left)]

    def same(self) -> list[tuple[int, int]]:
        """Lines of one Horodateur. Several of one are told apart by e-mail, else name, else content, else not at all."""
        self._pair(_ONLY_TICKED)
        for parts in _TOLD_APART:
            self._pair(parts, alone=True)
        self._pair((_CONTENT, "who"))
        # A shared second proves nothing where the line names the merchant of another row that is missing.
        claimed = set(_named(self.new, self.old))
        self._pair(("who",), lambda line: line not in claimed, alone=True)
        return list(self.pairs)

    def edited(self) -> tuple[list[tuple[int, int]], list[_Line]]:
        """What merchants edited; and the ticked lines that may be unread edits, though nothing says of which row."""
        gone, found = list(self.old), len(self.pairs)
        unclear = {line.who for line in self.old} & {line.who for line in self.new}
        blurred = [line for line in self.new if line.who in unclear]
        self.new = [line for line in self.new if line.who not in unclear]
        _find_gaps(self.old, sorted((old, old) for old, _ in self.pairs))
        _find_gaps(self.new, sorted((new, old) for old, new in self.pairs))
        for parts in _SAME_MERCHANT:
            self._pair(parts)
        missing = Counter(line.gap for line in gone)
        in_place = {line for line in self.new if line.trace.ticked and line.rank < missing[line.gap]}
        self._pair(_PLACE, lambda line: line in in_place)
        suspects = {*blurred, *_named(self.new, gone), *in_place.intersection(self.new)}
        return self.pairs[found:], [line for line in suspects if line.trace.ticked]

    def _pair(self, parts: tuple[str, ...], allowed: Callable[[_Line], bool] | None = None, alone: bool = False) -> None:
        """Pairs, in their order, the lines that share these parts; with `alone`, only one with one.

        `allowed`: which lines of this pass may be taken; None for all.
        """
        if not (self.old and self.new):
            return
        first, key = attrgetter(parts[0]), attrgetter(*parts)
        buckets: dict[Hashable, tuple[list[_Line], list[_Line]]] = {}
        for line in self.old:
            if first(line):
                buckets.setdefault(key(line), ([], []))[0].append(line)
        for line in self.new:
            if (allowed is None or allowed(line)) and (bucket := buckets.get(key(line))):
                bucket[1].append(line)
        pairs = [
            pair
            for olds, news in buckets.values()
            if not alone or len(olds) == len(news) == 1
            for pair in zip(olds, news, strict=False)
        ]
        if pairs:
            taken = {line for pair in pairs for line in pair}
            self.old = [line for line in self.old if line not in taken]
            self.new = [line for line in self.new if line not in taken]
            self.pairs += [(old.at, new.at) for old, new in pairs]


def _named(lines: Iterable[_Line], others: Iterable[_Line]) -> list[_Line]:
    """The lines that share an e-mail or a name with one of the others."""
    known = {line.trace.email for line in others} - {""}, {line.trace.name for line in others} - {""}
    return [line for line in lines if line.trace.email in known[0] or line.trace.name in known[1]]


def _find_gaps(lines: Iterable[_Line], fixed: Sequence[tuple[int, int]]) -> None:
    """Tells each line where it stands. `fixed`: the lines that did not change, as (place on this side, place in memory), sorted."""
    ranks: Counter[tuple[int, int]] = Counter()
    for line in lines:
        below = bisect(fixed, (line.at, -1))
        line.gap = (fixed[below - 1][1] if below else -1, fixed[below][1] if below < len(fixed) else -1)
        line.rank = ranks[line.gap]
        ranks[line.gap] += 1

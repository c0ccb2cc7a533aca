"""What differs between two texts, short enough for one cell: the common parts around it are cut."""

import re
from typing import NamedTuple


class Difference(NamedTuple):
    """`before` is `start + gone + end`, `after` is `start + come + end`; `…` stands where a part was cut."""

    start: str
    gone: str
    come: str
    end: str

    def __str__(self) -> str:
        """E.g. `9h-12h → 9h-13h`; `rien` for a blank."""
        return " → ".join(f"{self.start}{middle}{self.end}".strip() or "rien" for middle in (self.gone, self.come))


def difference(before: str, after: str, longest: int = 60) -> Difference:
    """The first to the last word that differs. Each of the two texts is cut to about `longest` characters."""
    pieces, others = (re.findall(r"\w+|\s+|[^\w\s]", text) for text in (before, after))
    shared = min(len(pieces), len(others))
    first = next((at for at in range(shared) if pieces[at] != others[at]), shared)
    last = next((at for at in range(shared - first) if pieces[-1 - at] != others[-1 - at]), shared - first)
    start, end = "".join(pieces[:first]), "".join(pieces[len(pieces) - last :])
    gone, come = "".join(pieces[first : len(pieces) - last]), "".join(others[first : len(others) - last])
    if max(len(before), len(after)) <= longest:
        return Difference(start, gone, come, end)
    around = max(8, (longest - max(len(gone), len(come))) // 2)
    return Difference(_end_of(start, around), _ends_of(gone, longest), _ends_of(come, longest), _start_of(end, around))


def _start_of(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1] + "…"


def _end_of(text: str, longest: int) -> str:
    return text if len(text) <= longest else "…" + text[1 - longest :]


def _ends_of(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest // 2] + "…" + text[1 - (longest - longest // 2) :]

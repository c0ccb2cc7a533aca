"""Submissions made by hand, for tests of what is decided of them."""

from datetime import UTC, datetime, timedelta

from openpyxl.utils import range_boundaries

import schema
from fields import Cell
from sheets.approval import Memory, Outcome, Show, State, decide
from sheets.problems import Problem
from sheets.rows import Submission, digest
from sheets.suivi import Updates
from sheets.tabs import Values

NOW = datetime(2026, 11, 25, 8, 0, tzinfo=UTC)
T1, T2, T3 = (datetime(2026, 11, 3, hour, 14, 26) for hour in (5, 6, 7))
BLOCKED: dict[str, str] = {}
"""A content that cannot be shown."""


def row(
    name: str = "Chez Lyse",
    stamp: datetime | None = T1,
    text: str = "pain",
    tick: bool = True,
    email: str | None = None,
    commune: str = "Angers",
    content: bool = True,
    unfinished: bool = False,
    consent: bool = True,
    **values: str,
) -> Submission:
    """`text` is what visitors would read; `email` is made of the name where it is None."""
    typed = {column.key: column.kind.blank for column in schema.FICHE} | {
        "horodateur": stamp,
        "nom": name,
        "commune": commune,
        "email": f"{name.casefold().replace(' ', '.')}@exemple.example" if email is None else email,
        "consentement": consent,
        "approved": tick,
        "description": text,
        **values,
    }
    public = {"nom": name, "commune": commune, "description": text} if content else None
    problems = () if content else (Problem("Réponses", 0, "Code postal", "4900", "5 chiffres attendus", blocking=True),)
    return Submission(0, typed, public, digest(public) if public else "", problems, unfinished)


class Site:
    """What visitors read after each pass, as the pass's caller makes it of the decisions."""

    def __init__(self) -> None:
        self.memory = Memory()
        self.fiches: dict[str, str] = {}
        """Slug → text."""
        self.passes = 0
        self.outcome: Outcome

    def sync(self, *rows: Submission, **options) -> "Site":
        """One pass, a day after the one before; the memory goes through its stored form."""
        numbered = [
            Submission(at, *(getattr(each, name) for name in ("values", "content", "digest", "problems", "unfinished")))
            for at, each in enumerate(rows, start=2)
        ]
        self.outcome = decide(Memory.from_json(self.memory.to_json()), numbered, NOW + timedelta(days=self.passes), **options)
        self.passes += 1
        self.memory = self.outcome.memory
        before, self.fiches = self.fiches, {}
        for decision in self.outcome.decisions:
            if decision.show is Show.NEW:
                self.fiches[decision.slug] = decision.submission.content["description"]
            elif decision.show is Show.KEPT:
                self.fiches[decision.slug] = before[decision.slug]
        return self

    @property
    def states(self) -> list[State]:
        return [decision.state for decision in self.outcome.decisions]

    @property
    def texts(self) -> list[str]:
        return sorted(self.fiches.values())


def applied(values: Values, changes: Updates) -> list[list[Cell]]:
    """The tab after these changes were written, trailing blanks left out as Google does."""
    grid: dict[tuple[int, int], Cell] = {(y, x): cell for y, line in enumerate(values) for x, cell in enumerate(line)}
    for place, block in changes:
        left, top, right, bottom = range_boundaries(place)
        assert (bottom - top + 1, {right - left + 1}) == (len(block), {len(line) for line in block})
        for y, line in enumerate(block, start=top - 1):
            for x, cell in enumerate(line, start=left - 1):
                if cell is not None:
                    grid[y, x] = cell
    filled = [at for at, cell in grid.items() if cell != ""]
    tab: list[list[Cell]] = [[] for _ in range(max((y for y, _ in filled), default=-1) + 1)]
    for y, x in sorted(filled):
        tab[y] += [""] * (x - len(tab[y])) + [grid[y, x]]
    return tab

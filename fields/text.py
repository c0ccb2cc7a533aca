"""Words: a name, a paragraph, an article in Markdown, a colour."""

import re
from dataclasses import dataclass

from fields.cell import Cell, Fault, Filled, Reading, Row, as_line, as_text, cut, shown


@dataclass(frozen=True)
class Line(Filled):
    """Words on one line, at most `max` characters."""

    max: int

    def typed(self, cell: Cell, row: Row) -> Reading:
        return _within(as_line(cell), self.max)


@dataclass(frozen=True)
class Lines(Filled):
    """Paragraphs, at most `max` characters: line breaks stay, with no more than one blank line between two paragraphs."""

    max: int

    def typed(self, cell: Cell, row: Row) -> Reading:
        lines = "\n".join(line.rstrip() for line in as_text(cell).split("\n"))
        return _within(re.sub(r"\n{3,}", "\n\n", lines).strip(), self.max)


@dataclass(frozen=True)
class Markdown(Lines):
    """An article in Markdown, at most `max` characters, where spaces at the ends of a line and blank lines have a meaning."""

    def typed(self, cell: Cell, row: Row) -> Reading:
        return _within(re.sub(r"\A(?:[^\S\n]*\n)+", "", as_text(cell)).rstrip(), self.max)


def _within(text: str, limit: int) -> Reading:
    if len(text) <= limit:
        return Reading(text)
    return Reading(
        cut(text, limit), (Fault(shown(text), f"{limit} caractères au plus : la suite n'est pas montrée, raccourcissez"),)
    )


_HEXADECIMAL = re.compile(r"#?((?:[0-9a-f]{3}){1,2})", re.IGNORECASE)
"""E.g. `#2e7d32`, `2E7D32`, `#2e7`."""


@dataclass(frozen=True)
class Color(Filled):
    """A colour of the web, as `#rrggbb` in lower case."""

    blank = ""

    def typed(self, cell: Cell, row: Row) -> Reading:
        written = _HEXADECIMAL.fullmatch(as_line(cell).replace(" ", ""))
        if not written:
            return self.unusable(cell, "une couleur s'écrit # et six signes de 0 à 9 ou de a à f, par exemple #2e7d32")
        digits = written[1].lower()
        return Reading("#" + (digits if len(digits) == 6 else "".join(digit * 2 for digit in digits)))

"""Words: a name, a paragraph, an article in Markdown, a message with blanks to fill, a colour."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from fields.cell import Cell, Fault, Filled, Reading, Row, as_line, as_text, cut, fold, shown
from words import _


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


_BLANK = re.compile(r"\{ ?(\w*) ?\}")
"""A blank of a template, e.g. `{nom}`, `{ Nom }`."""


@dataclass(frozen=True)
class Template(Lines):
    """Words with blanks, e.g. `Bonjour {nom}`, at most `max` characters. One with a blank that nobody can fill, or without a needed one, is left out."""

    blanks: tuple[str, ...]
    needed: tuple[str, ...] = ()

    def typed(self, cell: Cell, row: Row) -> Reading:
        if len(as_text(cell)) > self.max:
            return self.unusable(
                cell, _("{n} caractères au plus : raccourcissez ; en attendant, le texte d'origine sert").format(n=self.max)
            )
        reading = super().typed(cell, row)
        written = [fold(name) for name in _BLANK.findall(reading.value)]
        strange = next((name for name in written if name not in self.blanks), None)
        if strange is not None:
            known = ", ".join(f"{{{name}}}" for name in self.blanks)
            return self.unusable(
                cell,
                _("{mot} n'est pas connu, on peut écrire {connus} ; en attendant, le texte d'origine sert").format(
                    mot=f"{{{strange}}}", connus=known
                ),
            )
        lacking = next((name for name in self.needed if name not in written), None)
        if lacking is not None:
            return self.unusable(
                cell, _("il y faut {mot} ; en attendant, le texte d'origine sert").format(mot=f"{{{lacking}}}")
            )
        return reading


def filled(template: str, words: Mapping[str, str]) -> str:
    """The template with its blanks filled. What fills one is never read as a template itself."""
    return _BLANK.sub(lambda blank: words.get(fold(blank[1]), blank[0]), template)


def _within(text: str, limit: int) -> Reading:
    if len(text) <= limit:
        return Reading(text)
    return Reading(
        cut(text, limit),
        (Fault(shown(text), _("{n} caractères au plus : la suite n'est pas montrée, raccourcissez").format(n=limit)),),
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
            return self.unusable(cell, _("une couleur s'écrit # et six signes de 0 à 9 ou de a à f, par exemple #2e7d32"))
        digits = written[1].lower()
        return Reading("#" + (digits if len(digits) == 6 else "".join(digit * 2 for digit in digits)))

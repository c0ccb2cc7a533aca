"""Opening hours: the text as the shop wrote it, and what a machine can be sure of in it.

text ─ lexer ─▶ tokens ─ grammar (and phrases) ─▶ statements ─ timetable ─▶ tables ─ osm ─▶ «Tu-Sa 09:00-19:00»
"""

from dataclasses import dataclass

from fields.cell import Cell, Filled, Reading, Row, as_text, cut
from fields.hours.exceptions import exceptional_hours as exceptional_hours
from fields.hours.grammar import statements
from fields.hours.intervals import NotUnderstood
from fields.hours.lexer import tokens
from fields.hours.osm import as_osm
from fields.hours.timetable import Timetable
from words import _

LONGEST_SHOWN = 1000
LONGEST_READ = 600
"""Beyond, a text tells a story: the longest real one that was decidable has 217 characters."""


@dataclass(frozen=True)
class Hours(Filled):
    """Hours in free text, shown as written. Hours nobody can parse are no fault: visitors read them."""

    def typed(self, cell: Cell, row: Row) -> Reading:
        if not isinstance(cell, str):
            # Google has made a date of «8-12» and a fraction of a day of «9:00»: what was written is lost.
            return self.unusable(cell, _("les horaires écrits en toutes lettres, par exemple « du mardi au samedi 9h-12h »"))
        lines = (line.strip() for line in as_text(cell).strip().split("\n"))
        return Reading(cut("\n".join(lines), LONGEST_SHOWN))


def opening_hours(text: str) -> str | None:
    """The OSM `opening_hours` of French free text, or None where any part of it leaves a doubt.

    A word that is not understood makes the whole undecided: a shop that is shown open must be open.
    """
    if len(text) > LONGEST_READ:
        return None
    try:
        return as_osm(Timetable(statements(tokens(text))))
    except NotUnderstood:
        return None

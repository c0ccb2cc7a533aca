"""Ticks: what a volunteer ticks, what a merchant agrees to. In doubt, the answer is no."""

import re
from dataclasses import dataclass

from fields.cell import Cell, Filled, Reading, Row, as_line, fold
from words import _

YES = frozenset({"true", "vrai", "x", "oui", "yes", "ok", "1", "1.0", "1,0", "☑", "🗹", "✓", "✔", "✅", "🗸"})
NO = frozenset({"false", "faux", "non", "no", "n", "0", "0.0", "0,0", "☐", "◻", "□", "⬜", "✗", "✘", "❌"})
UNSAID = frozenset({"-", "–", "—", "/", "."})
"""Folded cells that say yes, say no beyond doubt, or stand for a blank."""


def plain(cell: Cell) -> str:
    """The cell folded, without the stops that end it nor the selectors that colour a sign, e.g. `Oui !` → `oui`, `✔️` → `✔`."""
    return re.sub(r"[\ufe0e\ufe0f]", "", fold(as_line(cell))).rstrip(" .!;,…") or "."


@dataclass(frozen=True)
class Tick(Filled):
    """A box: True for a tick or a clear yes, False for all else, which is a fault unless it is blank or a clear no."""

    blank = False

    def typed(self, cell: Cell, row: Row) -> Reading:
        said = plain(cell)
        if said in YES | NO | UNSAID:
            return Reading(said in YES)
        return self.unusable(cell, _("n'est pas une coche : cochez la case, ou laissez-la vide"))


_AGREED = re.compile(
    r"(oui\W+|bien sur\W+|j'ai lu et )?"
    r"((je |nous )?(j')?(accepte|acceptons|autorise|autorisons|approuve|consens|consentons|valide|suis d'accord|sommes d'accord"
    r"|donne mon accord|donnons notre accord)\b.*|d'accord|accord)"
    r"|oui\W+(merci|volontiers|avec plaisir|bien sur|tout a fait|d'accord|sans probleme|pas de (probleme|souci)s?)"
)
"""A folded sentence that agrees, unless it also takes it back, e.g. `j'accepte que ces informations soient publiees`."""
_RESERVE = re.compile(
    r"\?|\b(ne|n'\w+|non|pas|plus|jamais|aucune?|ni|si|sauf|sans|mais|refus\w*|oppos\w*|desaccord|hormis|excepte)\b"
)
"""What takes an agreement back, or part of it, e.g. `mais pas ma photo`, `si l'on m'appelle avant`."""
_REFUSED = re.compile(
    r"non\b.*|(je|nous) (ne |n')(?!.*\bque\b).*|((je|nous) )?(m'|nous )?(refus|oppos).*|(j'accepte |je veux |d'accord )?pas\b.*"
)
"""A folded sentence that clearly refuses, e.g. `je n'accepte pas`, `pas d'accord`."""


@dataclass(frozen=True)
class Consent(Filled):
    """The box under `sentence`, as the form or a volunteer's hand fills it. An agreement with a reserve is none, and is a fault."""

    sentence: str
    blank = False

    def typed(self, cell: Cell, row: Row) -> Reading:
        said, sentence = plain(cell), plain(self.sentence)
        if said in NO | UNSAID or _REFUSED.fullmatch(said):
            return Reading(False)
        beyond = said.removeprefix(sentence)
        if said in YES or not beyond or (_AGREED.fullmatch(said) and not _taken_back(beyond)):
            return Reading(True)
        return self.unusable(
            cell, _("n'est pas un accord sans réserve : «{phrase}», ou une cellule vide").format(phrase=self.sentence)
        )


def _taken_back(said: str) -> bool:
    return _RESERVE.search(re.sub(r"\b(sans|pas de) (probleme|souci|reserve)s?\b", "", said)) is not None

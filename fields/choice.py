"""Choices: one, several, or yes and no, as Google Forms writes them and as people type them."""

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from fields.cell import Cell, Fault, Filled, Reading, Row, as_line, as_text, cut, fold, says_nothing, shown
from fields.tick import NO, UNSAID, YES, plain
from words import _

FREE_LIMIT = 200
"""Characters kept of an answer in somebody's own words."""


@lru_cache(maxsize=4096)
def same_key(text: str) -> str:
    """What two spellings of one choice share: case, accents, plurals, spaces and punctuation do not matter.

    E.g. `Titres-restaurants ` and `titre restaurant` → `titrerestaurant`.
    """
    folded = fold(text.replace("&", " et "))
    words = re.findall(r"[^\W_]+", folded)
    return "".join(re.sub(r"(?<=\w{3})[sx]$", "", word) for word in words) or folded


@dataclass(frozen=True)
class One(Filled):
    """One of `options`, in the option's own spelling. `free`: other words are kept as written, and told."""

    options: tuple[str, ...]
    free: bool = False

    @cached_property
    def _known(self) -> Mapping[str, str]:
        return {same_key(option): option for option in self.options}

    def typed(self, cell: Cell, row: Row) -> Reading:
        written = as_line(cell)
        if option := self._known.get(same_key(written)):
            return Reading(option)
        kept = cut(written, FREE_LIMIT) if self.free and re.search(r"[^\W_]", written) else ""
        return Reading(kept, (Fault(shown(cell), self._advice(written)),))

    def _advice(self, written: str) -> str:
        near = _nearest(same_key(written[:60]), tuple(self._known))
        if near:
            return _("n'est pas un des choix proposés : vouliez-vous dire «{choix}» ?").format(choix=self._known[near])
        if len(self.options) > 6:
            return _("n'est pas un des choix proposés")
        listed = ", ".join(f"«{option}»" for option in self.options)
        return _("n'est pas un des choix proposés : {choix}").format(choix=listed)


@lru_cache(maxsize=4096)
def _nearest(key: str, keys: tuple[str, ...]) -> str:
    return next(iter(difflib.get_close_matches(key, keys, 1, 0.85)), "")


@dataclass(frozen=True)
class Several(Filled):
    """Some of `options`, in their order, then what is left of the cell: the one free answer, in its own words.

    Google joins the boxes that were ticked by `, ` and puts the words typed under «Autre» last; options and words may hold
    commas themselves. By hand, people also write `;` or one choice a line, and names of their own: `same` gives the option
    for each.
    """

    options: tuple[str, ...]
    same: Mapping[str, str] | None = field(default=None, hash=False)
    blank = ()

    @cached_property
    def _ticked(self) -> dict[str, str]:
        return {same_key(option): option for option in self.options}

    @cached_property
    def _by_hand(self) -> dict[str, str]:
        """Options by the other names people give them, brackets left out included: `Agriculture biologique`."""
        bare = {same_key(re.sub(r"\s*\([^()]*\)$", "", option)): option for option in self.options}
        return bare | {same_key(name): option for name, option in (self.same or {}).items()} | self._ticked

    @cached_property
    def _longest(self) -> int:
        """The commas of the longest option, and one: how many parts of a cell may be one option."""
        return max((option.count(",") + 1 for option in self.options), default=1)

    def typed(self, cell: Cell, row: Row) -> Reading:
        if says_nothing(as_line(cell)):
            return Reading(())
        found: set[str] = set()
        own_words: dict[str, None] = {}
        for answer in self._answers(as_text(cell)[:5000]):
            left = self._take_out(answer, found)
            if left:
                own_words[cut(left, FREE_LIMIT)] = None
        return Reading((*(option for option in self.options if option in found), *own_words))

    def _answers(self, text: str) -> Iterator[str]:
        """The lines of a cell; parts set off by `;` too, where one of them is a choice, so that a sentence stays whole."""
        for line in text.split("\n"):
            parts = re.split(r"\s*;\s*", line)
            yield from parts if any(same_key(part) in self._by_hand for part in parts) else [line]

    def _take_out(self, answer: str, found: set[str]) -> str:
        """Adds the options of `answer` to `found` and gives back the words that are left."""
        parts = [part.strip() for part in re.split(r",\s+|,(?!\d)", answer.lstrip(" \t•*-–"))]
        left: list[str] = []
        at = 0
        while at < len(parts):
            for end in range(min(at + self._longest, len(parts)), at, -1):
                if option := self._ticked.get(same_key(", ".join(parts[at:end]))):
                    found.add(option)
                    at = end
                    break
            else:
                left.append(parts[at])
                at += 1
        named = [self._named(part) for part in left if part]
        found.update(*named, *(self._with_remark(part) for part in left))
        words = ", ".join(part for part in left if part)
        return "" if all(named) or not re.search(r"[^\W_]", words) else words

    def _named(self, part: str) -> set[str]:
        """The options that `part` names and nothing else, e.g. `CB`, `AB et Demeter`; empty where it says more."""
        for names in ([part], re.split(r"\s*[/+&•|]\s*|\s+et\s+|\s+-\s+", part)):
            options = {self._by_hand.get(same_key(name), "") for name in names}
            if "" not in options:
                return options
        return set()

    def _with_remark(self, part: str) -> set[str]:
        """The option that `part` names ahead of a remark that does not deny it, e.g. `CB (dès 10 €)`."""
        remark = re.fullmatch(r"([^()]+)\(([^()]*)\)", part)
        option = remark and not _DENIED.search(fold(remark[2])) and self._by_hand.get(same_key(remark[1]))
        return {option} if option else set()


_DENIED = re.compile(r"\b(pas|non|plus|sans|sauf|bientot|fini|arrete)\b")


_YES_FIRST = re.compile(
    r"(oui|ouais|yes|ok|d'accord|bien sur|volontiers|avec plaisir|absolument|tout a fait|accepte\w*|j'accepte|nous acceptons)\b.*"
)
"""A folded answer that begins by a yes, e.g. `oui, avec plaisir`, `oui, la muse`."""
_NO_FIRST = re.compile(
    r"(non|no|pas (encore|du tout|pour|a|actuellement)|jamais|aucune?|toujours pas)\b.*|(nous |je )?(ne|n')\b.* pas\b.*"
)
"""A folded answer that begins by a no, e.g. `non merci`, `pas encore`."""
_WAVERING = re.compile(r"\b(oui|non|mais|pas|bientot|peut-etre|si|sauf|jamais|parfois|ou)\b|\?")
"""What takes back the yes or the no that comes first."""


@dataclass(frozen=True)
class YesNo(Filled):
    """True, False, or None where nothing was answered or the answer is neither."""

    blank = None

    def typed(self, cell: Cell, row: Row) -> Reading:
        said = plain(cell)
        if said in YES or (_YES_FIRST.fullmatch(said) and not _WAVERING.search(said.removeprefix("oui"))):
            return Reading(True)
        if said in NO or (_NO_FIRST.fullmatch(said) and not re.search(r"\boui\b|\?", said)):
            return Reading(False)
        return Reading(None) if said in UNSAID else self.unusable(cell, _("répondez «Oui» ou «Non»"))

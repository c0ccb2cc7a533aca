"""Texts and questions as the same plain words, so that accents, case, plurals and ligatures do not matter."""

import re
from collections.abc import Iterable, Iterator

from fields.cell import fold

_WORD = re.compile(r"[^\W_]+")
_WHOLE = {"st": "saint", "ste": "sainte", "sts": "saints", "stes": "saintes"}
_EMPTY = frozenset(
    re.findall(r"\w+", "a au aux avec ce chez d dans de des du en et l la le les ou par pour qu que s sur un une")
)
"""Words that say nothing of what is looked for."""


def words(text: str) -> list[str]:
    """The folded words of a text, e.g. `L'Épicerie de St-Œuf` → `l epicerie de saint oeuf`."""
    return [_WHOLE.get(word, word) for word in _WORD.findall(fold(text))]


def telling(asked: list[str]) -> list[str]:
    """The words that tell something; all of them where none does, so that `la` finds «La La»."""
    return list(dict.fromkeys([word for word in asked if word not in _EMPTY] or asked))


def stem(word: str) -> str:
    """What a word shares with its plural: `pains` → `pain`, `gateaux` → `gateau`, `bocaux`, `bocal` → `bocal`, `noix` → `noi`.

    No French word is made by it: `tuyau` and `tuyaux` both give `tuyal`. Numbers stay.
    """
    if len(word) > 3 and word[-1] in "sx" and word.isalpha():
        word = word[:-1]
    return word[:-1] + "l" if len(word) > 4 and word.endswith("au") and word[-3] != "e" else word


def marked(text: str, asked: Iterable[str]) -> Iterator[tuple[str, bool]]:
    """A text in pieces, each with whether a word asked for is there, e.g. `Pains d'ici`, (`pain`,) → (`Pains`, True), (` d'ici`, False)."""
    stems, beginnings = {stem(word) for word in asked}, tuple(word for word in asked if len(word) > 1)
    end = 0
    for match in _WORD.finditer(text):
        folded = words(match[0])
        if any(stem(word) in stems or word.startswith(beginnings) for word in folded):
            if match.start() > end:
                yield text[end : match.start()], False
            yield match[0], True
            end = match.end()
    if end < len(text):
        yield text[end:], False


def edits(word: str, other: str, most: int) -> int:
    """Letters to add, drop, change or swap with their neighbour to make one of the other; `most + 1` where it takes more."""
    before: list[int] = []
    line = list(range(len(other) + 1))
    for row, letter in enumerate(word, 1):
        before, line, above = line, [row], before
        for column, sign in enumerate(other, 1):
            cost = min(before[column] + 1, line[-1] + 1, before[column - 1] + (letter != sign))
            if above and row > 1 and column > 1 and letter == other[column - 2] and sign == word[row - 2]:
                cost = min(cost, above[column - 2] + 1)
            line.append(cost)
        if min(line) > most:
            return most + 1
    return min(line[-1], most + 1)


def letters(word: str) -> int:
    """Which letters a word has, a bit each: one edit changes two bits at most."""
    bits = 0
    for sign in word:
        bits |= 1 << (ord(sign) & 63)
    return bits


def typed(chunk: str) -> Iterator[tuple[str, str]]:
    """Stems of a run of text without spaces, each with the word as people write it, e.g. `L'Œuf,` → (`l`, `l`), (`oeuf`, `œuf`)."""
    folded, written = words(chunk), _WORD.findall(chunk.lower())
    for place, word in enumerate(folded):
        yield stem(word), written[place] if len(written) == len(folded) else word

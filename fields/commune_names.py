"""How the names of communes are written, and when two writings are of one name. Knows no commune."""

import re
import unicodedata
from collections.abc import Sequence
from difflib import SequenceMatcher

from fields.cell import fold

_CEDEX = re.compile(r"\bcedex\b.*|\bcdx\b.*")
"""E.g. ` cedex 9` in `angers cedex 9`: a business sorting office, no part of the name."""
_SLASHED = re.compile(r"\bs/(s\b)?")
"""E.g. the `s/` of `gemmes s/ loire` and `gemmes s/loire`, the `s/s` of `bagneux s/s bois`."""
_ARTICLE_LAST = re.compile(r"(.*\w)[ ,]*\((l'|l|le|la|les)\)")
"""E.g. `mans (le)`, `hay-les-roses (l')`."""
_ABBREVIATIONS = {"st": "saint", "ste": "sainte", "sts": "saints", "stes": "saintes", "nd": "notre dame", "ss": "sous"}
_SMALL_WORDS = frozenset(["l", "le", "la", "les", "d", "de", "du", "des", "en", "sur", "sous", "a", "au", "aux", "et"])
_ARRONDISSEMENT = re.compile(
    r"(?:(paris|lyon|marseille)\W*)?(?:0?(\d{1,2})|([ivx]{1,5}?))\W*(?:er|ere|e|eme|ieme|nd|nde)?\W*(?:arr(?:ondissement|dt|t)?\W*|ardt\W*)?"
)
"""E.g. `lyon 7eme`, `lyon 07`, `paris xie`, `6e arrondissement`, `marseille 6 arr.`."""
_ROMAN = [
    "i",
    "ii",
    "iii",
    "iv",
    "v",
    "vi",
    "vii",
    "viii",
    "ix",
    "x",
    "xi",
    "xii",
    "xiii",
    "xiv",
    "xv",
    "xvi",
    "xvii",
    "xviii",
    "xix",
    "xx",
]
_CITIES = {
    "7500": "paris",
    "7501": "paris",
    "7502": "paris",
    "7511": "paris",
    "6900": "lyon",
    "1300": "marseille",
    "1301": "marseille",
}

SIMILAR = 0.78
"""Likeness from which a name is taken for a misspelling of another, e.g. `turcant` and `turquant` (0.8)."""
_AHEAD = 0.04
"""By how much the likeliest name must lead the second."""


def key(text: str) -> str:
    """Equal for writings of one name: `STE GEMMES s/ LOIRE Cedex`, `Sainte-Gemmes-sur-Loire` → `saintegemmessurloire`."""
    return "".join(_words(text))


def keys(names: str) -> list[str]:
    """`key` of many official names at once, one a line: none holds an abbreviation, so that a folded text's letters are enough."""
    folded = (
        unicodedata.normalize("NFKD", names.lower().replace("œ", "oe").replace("æ", "ae")).encode("ascii", "ignore").decode()
    )
    return re.sub(r"[^a-z0-9\n]", "", folded).split("\n")


def _words(text: str) -> list[str]:
    plain = _CEDEX.sub("", fold(text)).strip()
    last = _ARTICLE_LAST.fullmatch(plain)
    plain = _SLASHED.sub(lambda found: " sous " if found[1] else " sur ", f"{last[2]} {last[1]}" if last else plain)
    words = re.findall(r"[a-z]+", plain)
    return [
        "sur" if word == "s" and number and words[number - 1] not in ("l", "d") else _ABBREVIATIONS.get(word, word)
        for number, word in enumerate(words)
    ]


def readings(text: str) -> list[str]:
    """The text, then its pieces, e.g. `Segré (L'Hôtellerie-de-Flée)` → itself, `Segré`, `L'Hôtellerie-de-Flée`."""
    pieces = re.split(r"[(),;:|\n]|\s[-–—/]\s", text)
    return list(dict.fromkeys(piece.strip() for piece in (text, *pieces) if re.search(r"\w", piece)))


def arrondissement(text: str, code_postal: str) -> str:
    """The key of the arrondissement meant, e.g. `lyon7earrondissement`; `""` for other texts. The postcode may say which city."""
    found = _ARRONDISSEMENT.fullmatch(re.sub(r"\b\d{5}\b|\bcedex\b", "", fold(text)).strip())
    if not found:
        return ""
    number = int(found[2]) if found[2] else _ROMAN.index(found[3]) + 1 if found[3] in _ROMAN else 0
    city = found[1] or _CITIES.get(code_postal[:4], "")
    return f"{city}{number}{'er' if number == 1 else 'e'}arrondissement" if city and number else ""


def begins(text: str, name: str) -> bool:
    """True where the text is the name cut short, small words aside: `Ancenis` and `Ancenis-Saint-Géréon`."""
    typed = _significant(text)
    return typed == _significant(name)[: len(typed)] != []


def shortened(text: str, name: str) -> bool:
    """True where one is the other cut short, small words aside: `Segré` and `Segré-en-Anjou Bleu`, `Turquant village` and `Turquant`."""
    typed, official = _significant(text), _significant(name)
    common = min(len(typed), len(official))
    return common > 0 and typed[:common] == official[:common]


def ends(text: str, name: str) -> bool:
    """True where the last words of the text are the name."""
    words, wanted = _words(text), key(name)
    return any("".join(words[first:]) == wanted for first in range(len(words)))


def same_words(text: str, name: str) -> bool:
    """True where only small words differ: `Haÿ les Roses` and `L'Haÿ-les-Roses`."""
    return _significant(text) == _significant(name) != []


def _significant(text: str) -> list[str]:
    return [word for word in _words(text) if word not in _SMALL_WORDS]


def likeliest(text: str, names: Sequence[str]) -> list[int]:
    """Indexes of the names that the text may misspell: the closest, and those about as close. Empty where none is close."""
    likeness = [_likeness(text, name) for name in names]
    best = max(likeness, default=0)
    return [number for number, ratio in enumerate(likeness) if ratio >= SIMILAR and best - ratio < _AHEAD]


def _likeness(text: str, name: str) -> float:
    """Between 0 and 1. «Saint» is left out, which would make all saints alike; the name may be cut short."""
    typed, official = ([word for word in _significant(writing) if not _saint(word)] for writing in (text, name))
    matcher = SequenceMatcher(b="".join(typed))
    ratios = []
    for written in {"".join(official), "".join(official[: len(typed)])}:
        matcher.set_seq1(written)
        ratios.append(matcher.ratio() if matcher.real_quick_ratio() >= SIMILAR else 0)
    return max(ratios)


def _saint(word: str) -> bool:
    """True for «saint», «sainte» and their misspellings, e.g. `sait`."""
    return word[0] == "s" and 4 <= len(word) <= 7 and SequenceMatcher(None, word, "saint").ratio() >= 0.8

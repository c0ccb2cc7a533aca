"""The words that people read: as the code says them, or as a territory words them in a catalogue (gettext's format, `mots/fr.po`).

The French of the code is what a rewording is known by. It is looked up when it is said, never at import: `N_` marks what is kept for later.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

CATALOGUE = Path(__file__).resolve().parent / "mots" / "fr.po"
"""Every sentence there is. Where no setting names another file, what is filled in there is said."""

_BLANK = re.compile(r"\{/?\w*\}|\$\d")
"""What a sentence leaves open, e.g. `{n}`, `{lien}` and `{/lien}` around the words of a link, `$1` in web/french.js."""
_HELD_BACK = re.compile(r" (?=[:;?!»](?!=))|(?<=«) |(?<=\d) (?=h\b)|(?<=\d h) (?=\d)|(?<=\{n\}) |(?<=n°) ")
"""A space at which French breaks no line, e.g. in `Où ?`, `« ici »`, `9 h 30`, `n° 3`, `{n} fiches`; not that of a template's `a != b`."""
_SAYS_SOMETHING = re.compile(r'^msgstr(?:\[\d\])? (?:"[^"\n]|""\n")', re.M)
"""A filled line of a catalogue, e.g. `msgstr "Coucou"`; its head is always one."""


_LINE = re.compile(r'\s*(?:#.*|(?:(?:msgctxt|msgid|msgid_plural|msgstr(?:\[\d\])?)\s+)?"(?:[^"\\]|\\.)*"\s*)?')
"""A line of a catalogue, e.g. `msgstr "Coucou"`, `"la suite"`, `#: ui/blocks.py`."""


def typeset(text: str) -> str:
    return _HELD_BACK.sub("\u00a0", text)


class WrongWords(ValueError):
    """A catalogue that cannot be said. The message is one French line: the file, the sentence, what was expected."""


class Reworded(str):
    """A territory's own words. `original`: those of the code, filled alike, for what must not change with the words."""

    original: str

    def format(self, *args: object, **values: object) -> str:
        return _reworded(super().format(*args, **values), self.original.format(*args, **values))


def _reworded(text: str, original: str) -> Reworded:
    said = Reworded(text)
    said.original = original
    return said


_said: Mapping[str, Reworded] = {}


def use(rewordings: Mapping[str, str]) -> None:
    """Says these from now on, set as French is. `rewordings`: what `load` gives."""
    global _said
    said = {original: _reworded(typeset(text), original) for original, text in rewordings.items()}
    _said = {typeset(original): text for original, text in said.items()} | said  # templates ask for them as they show them


def _(text: str) -> str:
    return _said.get(text, text)


def N_(text: str) -> str:  # noqa: N802 (gettext's own name for it)
    """Marks words that are kept as they are, and looked up where they are said."""
    return text


def ngettext(one: str, many: str, n: float) -> str:
    """In French 0 and 1 are singular. `{n}` is left to whoever asks."""
    return _(many if n >= 2 else one)


def within(script: str) -> dict[str, str]:
    """The rewordings of what a script says, for it to look up."""
    return {text: said for text, said in _said.items() if text in script and text == said.original}


def original(text: str) -> str:
    """What the code says where this is said."""
    return text.original if isinstance(text, Reworded) else text


def load(path: Path) -> dict[str, str]:
    """The rewordings of a catalogue, by the words of the code; each form of a plural is by itself.

    Raises WrongWords. The repository's own catalogue costs nothing while nothing is filled in.
    """
    try:
        written = path.read_text("utf-8-sig")
    except FileNotFoundError:
        if path == CATALOGUE:
            return {}
        raise WrongWords(f"{path} : ce fichier n'existe pas ; attendu une copie de mots/fr.po.") from None
    except UnicodeDecodeError:
        raise WrongWords(f"{path} n'est pas lisible : attendu un catalogue .po en UTF-8, comme mots/fr.po.") from None
    except OSError as error:
        raise WrongWords(f"{path} n'est pas lisible ({error.strerror}) : rendez-le lisible par l'application.") from error
    if path == CATALOGUE and len(_SAYS_SOMETHING.findall(written)) < 2:
        return {}
    return dict(_rewordings(path, written))


def unknown(rewordings: Mapping[str, str]) -> list[str]:
    """Those that nothing says any more: the code was reworded since, or a `msgid` was touched."""
    if not rewordings:
        return []
    known = {text for entry in _parsed(CATALOGUE, CATALOGUE.read_text("utf-8")) for text in (entry.msgid, entry.msgid_plural)}
    return [text for text in rewordings if text not in known]


def _parsed(path: Path, written: str):  # type: ignore[no-untyped-def]
    import polib  # only where something is reworded

    for number, row in enumerate(written.split("\n"), start=1):  # polib passes over a sentence that lacks its last quote
        if not _LINE.fullmatch(row):
            raise WrongWords(
                f"{path} n'est pas lisible à la ligne {number} : attendu une phrase entre guillemets droits, comme dans mots/fr.po."
            )
    try:
        found = [entry for entry in polib.pofile(written, encoding="utf-8") if not entry.obsolete]
    except (OSError, ValueError, IndexError) as error:
        line = re.search(r"line (\d+)", str(error))
        where = f" à la ligne {line[1]}" if line else ""
        raise WrongWords(f"{path} n'est pas lisible{where} : attendu un catalogue .po, comme mots/fr.po.") from error
    if not found:
        raise WrongWords(f"{path} ne contient aucune phrase : attendu un catalogue .po, comme mots/fr.po.")
    return found


def _rewordings(path: Path, written: str) -> Iterator[tuple[str, str]]:
    for entry in _parsed(path, written):
        if entry.fuzzy:  # as gettext reads it: somebody is not sure of it yet
            continue
        if not entry.msgid_plural:
            forms = [(entry.msgid, entry.msgstr, _blanks(entry.msgid))]
        else:
            said = entry.msgstr_plural
            if any(said.values()) and not (len(said) > 1 and all(said.values())):
                raise WrongWords(f"{path} : {_quoted(entry.msgid)} : attendu deux formes, msgstr[0] et msgstr[1], ou aucune.")
            one, many = said.get(0, ""), said.get(max(said, default=0), "")  # some editors give French a form for millions
            forms = [
                (entry.msgid, one, _blanks(entry.msgid) - {"{n}"}),
                (entry.msgid_plural, many, _blanks(entry.msgid_plural)),
            ]
        for text, reworded, needed in forms:
            if reworded.strip():
                _check(path, text, reworded, needed, _blanks(text) | _blanks(entry.msgid_plural))
                yield text, reworded


def _blanks(text: str) -> set[str]:
    return set(_BLANK.findall(text))


def _check(path: Path, text: str, reworded: str, needed: set[str], known: set[str]) -> None:
    """Raises WrongWords where a rewording could not be filled as the original is."""
    given = _BLANK.findall(reworded)
    loose = re.search("[{}]", _BLANK.sub("", reworded)) and not re.search("[{}]", _BLANK.sub("", text))
    if loose or not needed <= set(given) <= known or not _nested(given):
        expected = ", ".join(dict.fromkeys(_BLANK.findall(text))) or "aucune accolade"
        raise WrongWords(f"{path} : {_quoted(text)} : attendu {expected}, comme dans l'original ; trouvé {_quoted(reworded)}.")


def _nested(given: list[str]) -> bool:
    """True where each `{lien}` that has a `{/lien}` is closed, in the order of brackets."""
    paired = {name.replace("/", "") for name in given if "/" in name}
    opened: list[str] = []
    for name in given:
        if "/" in name:
            if not opened or opened.pop() != name.replace("/", ""):
                return False
        elif name in paired:
            opened.append(name)
    return not opened


def _quoted(text: str) -> str:
    line = " ".join(text.split())
    return f"«{line if len(line) <= 120 else line[:119] + '…'}»"

"""`make words`: lists in `mots/fr.po` every sentence that people read, with the files that say it. What is filled in stays."""

import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po, write_po

from words import CATALOGUE

ROOT = Path(__file__).resolve().parents[1]
SAID_IN = [("ui/templates/*.html", "jinja2.ext:babel_extract"), ("web/**.js", "javascript"), ("**.py", "python")]
"""Which files, and Babel's way of reading each."""
APART = (".*", "var", "tests", "docs", "benchmarks", "deploy", "demo", "mots", "__pycache__")
"""Folders that say nothing to people."""
HEAD = """Tout ce que le site dit à ses visiteurs et aux commerçants, phrase par phrase.

Pour reformuler une phrase : écrivez la vôtre dans `msgstr`, sous la phrase d'origine (`msgid`), puis redémarrez le site.
Ce qui est entre accolades, comme {n} ou {lien}…{/lien}, est rempli par le site : gardez-le tel quel.
Une phrase laissée vide garde ses mots d'origine. Mode d'emploi : docs/deploiement.md, «Changer les mots du site».
Fait par `make words` : ne touchez qu'aux `msgstr`."""


def listed() -> Catalog:
    """Every sentence of the code, in the order of its files; none is reworded."""
    found = Catalog(fuzzy=False)  # Babel gives its own «fr» a third plural, for millions
    heard = extract_from_dir(
        ROOT,
        method_map=[(f"{folder}/**", "ignore") for folder in APART] + SAID_IN,
        options_map={"ui/templates/*.html": {"silent": "false"}},
        keywords=DEFAULT_KEYWORDS,
        directory_filter=lambda folder: not any(Path(folder).match(name) for name in APART),
    )
    for file, _, message, _, _ in sorted(heard, key=lambda each: (_room(each[0]), each[1])):
        found.add(message, locations=[(file, 0)])
    return found


def _room(file: str) -> tuple[int, str]:
    """What visitors read first, first."""
    return next((place for place, room in enumerate(("ui/", "web/", "pages/", "annuaire/")) if file.startswith(room)), 9), file


def written(before: str = "") -> str:
    """The catalogue as it should be, with what `before` rewords."""
    found = listed()
    if before:
        kept = read_po(io.StringIO(before), ignore_obsolete=True)
        for message in found:
            known = kept.get(message.id)
            if message.id and known is not None:
                message.string, message.flags = known.string, message.flags | (known.flags & {"fuzzy"})
    out = io.BytesIO()
    write_po(out, found, width=0, omit_header=True, include_lineno=False)
    return "\n".join(_head()) + "\n\n" + re.sub(r"^#, python-\S+\n", "", out.getvalue().decode(), flags=re.M)


def _head() -> Iterator[str]:
    yield from (f"# {line}".rstrip() for line in HEAD.split("\n"))
    yield from ('msgid ""', 'msgstr ""')
    for line in ("Language: fr", "MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8",
                 "Content-Transfer-Encoding: 8bit", "Plural-Forms: nplurals=2; plural=(n > 1);"):  # fmt: skip
        yield f'"{line}\\n"'


def main() -> int:
    before = CATALOGUE.read_text("utf-8") if CATALOGUE.exists() else ""
    after = written(before)
    CATALOGUE.write_text(after, "utf-8")
    lost = {message.id for message in read_po(io.StringIO(before)) if message.id and _says(message.string)} if before else set()  # fmt: skip
    lost -= {message.id for message in read_po(io.StringIO(after))}
    for gone in sorted(map(str, lost)):
        print(f"{CATALOGUE.name} : n'est plus dit par le site, et n'est plus reformulé : {gone}", file=sys.stderr)
    return 0


def _says(string: object) -> bool:
    return any(string) if isinstance(string, tuple | list) else bool(string)


if __name__ == "__main__":
    sys.exit(main())

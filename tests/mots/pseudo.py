"""Pseudo-localisation: a catalogue that says every sentence between ⟦ and ⟧, a sheet whose own words stand between ⟪ and ⟫, and what stands outside of both."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
import polib

import annuaire.opening
import schema
import words
from fields import phone, text
from sheets import demo
from ui import drawn
from web import answers, elsewhere, offline, pages, shell

OURS, THEIRS = "⟦⟧", "⟪⟫"
_OPENS, _SHUTS = OURS[0] + THEIRS[0], OURS[1] + THEIRS[1]
SAID_BY_ATTRIBUTES = ("aria-label", "title", "placeholder", "alt", "data-favoris")
_META = {"description", "og:description", "og:title", "og:site_name", "og:image:alt", "twitter:title"}

NOT_WORDED = {
    header: "a header of the sheet, or a choice of the form (it makes slugs): the sheet's contract"
    for column in schema.FICHE
    for header in (column.header, *schema.options(column), column.example if schema.options(column) else "")
} | {
    schema.ANY_DELIVERY: "a choice too",
    schema.CONSENT: "what the merchant agrees to is compared with it when the sheet is read",
    "Oui": "a choice too",
    "Non": "a choice too",
    "en attente": "a state, as «Suivi» writes it",
    "en ligne": "a state",
    "modifiée : à revalider": "a state",
    "retirée": "a state",
    "bloquée": "a state",
    "Ctrl": "a key",
    "P": "a key",
    "Licence Ouverte 2.0": "the name of a licence, from «Réglages»",
}
_NO_SENTENCE = re.compile(
    r"(?:le )?\d{1,2}(?:er)? (?:janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre)(?: \d{4})?"
    r"|[\d,.]+\s(?:k?m|km)"
    r"|(?:https?://)?[\w-]+(?:\.[\w-]+)+(?:[:/]\S*)?|\S+@\S+|#?\w+=\S*"
)
"""A day by itself, a distance, an address."""
_SILENT = re.compile(r"<(script|style)\b.*?</\1>", re.S)
_BETWEEN, _AROUND = re.compile(r" [·;/›] |, | \("), " .,;:·—–-()«»\"'!?…×›+/≥°"
"""What stands between two of the sheet's words, and around them."""


def catalogue(folder: Path) -> Path:
    """`mots/fr.po` with every sentence worded anew."""
    made = polib.pofile(words.CATALOGUE.read_text("utf-8"))
    for entry in made:
        if entry.msgid_plural:
            entry.msgstr_plural = {0: _marked(entry.msgid), 1: _marked(entry.msgid_plural)}
        else:
            entry.msgstr = _marked(entry.msgid)
    path = folder / "pseudo.po"
    made.save(str(path))
    return path


def _marked(said: str) -> str:
    return f"{OURS[0]}{said}{OURS[1]}"


def forget() -> None:
    """Drops whatever was made of other words."""
    for made in (drawn, pages, elsewhere, answers):
        made.forget()
    for kept in (
        annuaire.opening._state,
        shell.script,
        shell.script_hashes,
        shell.french,
        shell.french_address,
        offline._worker,
    ):
        kept.cache_clear()


def tabs() -> dict[str, list[list[Any]]]:
    """The demo, all ticked, whose free texts stand between ⟪ and ⟫; what is parsed (places, hours, links, choices) stays as it is."""
    made = demo.tables(ticked=True)
    for title, columns in ((schema.RESPONSES.name, schema.FICHE), (schema.MAG_TAB.name, schema.MAG)):
        free = {column.header for column in columns if type(column.kind) in (text.Line, text.Lines)} - {
            "Commune", "Autres points de vente", "Horaires exceptionnels", "suivi par",
        }  # fmt: skip
        head, *lines = made[title]
        for line in lines:
            for at, header in enumerate(head):
                if header in free and line[at]:
                    line[at] = f"{THEIRS[0]}{line[at]}{THEIRS[1]}"
    site = {"nom du site": "⟪Conso⟫", "territoire": "⟪Anjou⟫", "monnaie locale": "⟪Muse⟫", "éditeur": "⟪Éditeur⟫", "hébergeur": "⟪Hébergeur⟫",
            "crise": "⟪Crise sanitaire : ce qui change⟫", "texte d'accueil": "", "contact": "bonjour@conso-locale.example"}  # fmt: skip
    lines = [line for line in made[schema.REGLAGES_TAB.name] if line[0] not in {*site, "à propos"}]
    made[schema.REGLAGES_TAB.name] = [*lines, *([key, value] for key, value in site.items() if value)]
    return made


def data(records: Iterable[dict[str, Any]]) -> set[str]:
    """What the sheet says that is parsed, as pages may show it: whole cells, their lines and their parts."""
    cells = [
        cell
        for record in records
        for key in ("categorie", "commune", "ancienne_commune", "code_postal", "horaires", "horaires_exceptionnels", "telephone",
                    "autres_points_de_vente", "site", "facebook", "instagram", "livraison", "paiement", "labels")
        for cell in (record[key] if isinstance(record[key], tuple | list) else [record[key]])
        if cell
    ] + [point.titre for record in records for point in record["points"]]  # fmt: skip
    places = [f"{record['code_postal']} {record['commune']}" for record in records]
    places += [piece for record in records for piece, _ in phone.pieces(record["telephone"], record["code_postal"])]
    return {_plain(part) for cell in (*cells, *places) for part in (cell, *cell.splitlines(), *re.split(r" [;/·] ", cell))}


def _plain(said: str) -> str:
    return " ".join(said.replace("\u2060", "").split())


class Reader:
    """What of some words is neither the site's nor the sheet's."""

    def __init__(self, known: Iterable[str] = ()):
        self._known = {*map(_plain, known), *map(_plain, NOT_WORDED)}

    def outside(self, *pieces: str) -> list[str]:
        """The pieces follow each other: a bracket opened in one may be shut in another."""
        depth, found = 0, []
        for piece in pieces:
            if _plain(piece) in self._known:
                continue
            kept = ""
            for sign in piece:
                depth += sign in _OPENS
                kept += sign if depth == 0 else "\0"
                depth -= sign in _SHUTS
            found += [part for part in map(_plain, kept.split("\0")) if self._is_strange(part)]
        return found

    def _is_strange(self, part: str) -> bool:
        return not {part, part.strip(_AROUND), re.sub(r"\d+", "{n}", part)} & self._known and any(
            re.search(r"[^\W\d_]", bare) and bare not in self._known and not _NO_SENTENCE.fullmatch(bare)
            for bare in (each.strip(_AROUND) for each in _BETWEEN.split(part))
        )

    def page(self, html: str) -> list[str]:
        """Of a whole page, or of a piece of one: its text in order, then each attribute that people read or hear."""
        root = html5lib.parse(_SILENT.sub("", html), namespaceHTMLElements=False)
        texts, found = list(_texts(root)), []
        for element in root.iter():
            if not isinstance(element.tag, str):
                continue
            said = [element.get(name, "") for name in SAID_BY_ATTRIBUTES]
            if element.tag == "meta" and {element.get("name"), element.get("property")} & _META:
                said.append(element.get("content", ""))
            if element.tag == "input" and element.get("type") in ("submit", "button"):
                said.append(element.get("value", ""))
            found += [f"{element.tag} {part}" for each in said for part in self.outside(each)]
        return self.outside(*texts) + found


def _texts(element: Element) -> Iterator[str]:
    """An article is its author's."""
    if not isinstance(element.tag, str) or element.tag in ("textarea", "code") or element.get("class") == "prose":
        return
    if element.text:
        yield element.text
    for child in element:
        yield from _texts(child)
        if child.tail:
            yield child.tail

"""Every face of the site read as a machine reads it: what escaped from a text into the shape of a page, a feed or a file, in words."""

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import html5lib
import vobject

from tests.hostile.corpus import MARK
from ui.elsewhere import _style as paper
from web import shell

_OURS = (shell.AHEAD, shell.STYLE, shell.SEEN_ALONE, shell.script(), paper())
"""What never changes in a page: parsed once, on `/`, and taken out of the others before they are parsed."""
_ADDRESSES = {"href", "src", "action", "formaction", "poster", "cite", "data", "background", "manifest", "ping", "xlink:href"}
_LOADED = {"src", "srcset", "poster", "data", "background", "manifest"}
"""Attributes whose address a browser asks for by itself."""
_STYLE = re.compile(r"background-image:url\(/dessins/[a-z-]+\.svg\)|text-align:(left|right|center)|border:0;max-width:100%|visibility:hidden;opacity:0;position:absolute;inset:0;height:100vh;overflow:hidden|[a-z-]+: ?#[0-9a-f]{6}|(left|top|width|height|fill|stroke)[a-z:;0-9.% #]*")  # fmt: skip
_SHEET = re.compile(
    r":root\{[^<>\"'\\@(]*\}(@media[^<>\"'\\(]*\([a-z-]+: ?[a-z]+\)\{:root\{[^<>\"'\\@(]*\}\})?|@page\{[a-zA-Z0-9: ;]*\}|"
)
"""The site's colour, e.g. `:root{--c:#2e7d32}`; the paper's size."""
_NEVER = {
    "object",
    "embed",
    "applet",
    "frame",
    "frameset",
    "math",
    "template",
    "audio",
    "video",
    "track",
    "marquee",
    "textarea",
}
_FORMULA = re.compile(r"[=+\-@\t\r]")
_NUMBER_OR_PHONE = re.compile(r"[+-]?\d+([.,]\d+)?|\+\d[\d ().-]+")


def tree(text: str) -> Element:
    """Raises html5lib's ParseError at the first fault."""
    for ours in _OURS:
        text = text.replace(ours, "")
    return html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(text)


def fragment(text: str) -> list[Element]:
    """A piece of HTML, as a feed carries it."""
    return list(html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parseFragment(text))


def escaped(elements: Iterable[Element], allows: Iterable[str] = ()) -> list[str]:
    """What a text became that it should not have, each in a line. `allows`: tags of `_NEVER` that this page has of its own."""
    return [said for element in elements if isinstance(element.tag, str) for said in _wrong(element, frozenset(allows))]


def _wrong(element: Element, allows: frozenset[str]) -> Iterator[str]:
    tag = element.tag.lower()
    if MARK in tag or (tag in _NEVER and tag not in allows):
        yield f"<{tag}>"
    for name, value in element.attrib.items():
        name = str(name).lower()
        if MARK in name or name.startswith("on") or name == "srcdoc":
            yield f"<{tag} {name}>"
        if name in ("id", "class", "name", "for", "target", "rel") and MARK in value.lower():
            yield f"<{tag} {name}={value[:80]!r}>"
        if name in _ADDRESSES and not _may_lead(value):
            yield f"<{tag} {name}={value[:80]!r}>"
        if name in _LOADED and tag != "iframe" and not re.match(r"/(?![/\\])", value):
            yield f"<{tag} {name}={value[:80]!r}> is loaded from elsewhere"
        if (
            name == "style"
            and not all(_STYLE.fullmatch(part.strip()) for part in value.split(";") if part.strip())
            and not _STYLE.fullmatch(value)
        ):
            yield f"<{tag} style={value[:120]!r}>"
        if name == "http-equiv" or (tag == "base" and name == "href"):
            yield f"<{tag} {name}={value[:80]!r}>"
    if tag == "style" and not _SHEET.fullmatch((element.text or "").strip()):
        yield f"<style>{(element.text or '')[:120]}"
    if tag == "script":
        yield from _script(element)
    if tag == "form" and not re.match(r"/(?![/\\])", element.get("action") or "/"):
        yield f"<form action={element.get('action')!r}>"


def _script(element: Element) -> Iterator[str]:
    text = element.text or ""
    if element.get("type") == "application/ld+json":
        said = json.loads(text)
        if not isinstance(said, dict) or MARK in "".join(keys(said)) or "https://schema.org" != said["@context"]:
            yield f"JSON-LD {text[:80]}"
    elif text or element.get("src"):  # ours was taken out
        yield f"<script>{text[:80]}"


def _may_lead(address: str) -> bool:
    """An address of our own, or of the kinds that people may follow. As a browser reads it: without blanks and controls."""
    bare = re.sub(r"[\0-\x20]", "", address)
    scheme = re.match(r"[a-zA-Z][\w+.-]*:", bare)
    if scheme is None:
        return re.match(r"[/\\]{2}", bare) is None
    return scheme[0].lower() in ("http:", "https:", "mailto:", "tel:") and "@" not in (
        urlsplit(bare).netloc if scheme[0].lower().startswith("http") else ""
    )


def keys(content: Any) -> Iterator[str]:
    """Every key of a JSON value, at any depth."""
    if isinstance(content, dict):
        for key, value in content.items():
            yield key
            yield from keys(value)
    elif isinstance(content, list):
        for value in content:
            yield from keys(value)


def _refused(token: str) -> None:
    raise ValueError(f"{token} is no JSON")


def strict_json(content: bytes) -> Any:
    """Raises ValueError for what is no JSON of the standard, such as NaN, a double key or half a character."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len(dict(pairs)) != len(pairs):
            raise ValueError("a key twice")
        return dict(pairs)

    read = json.loads(content.decode(), parse_constant=_refused, object_pairs_hook=once)
    json.dumps(read, ensure_ascii=False).encode()
    return read


def atom(content: bytes, base: str = "http://conso.example") -> list[str]:
    """What escaped in an Atom feed of the site at `base`. Raises ParseError where it is no XML."""
    root = ElementTree.fromstring(content)
    found = [f"<{each.tag}>" for each in root.iter() if "}" not in each.tag or MARK in each.tag.lower()]
    for each in root.iter("{http://www.w3.org/2005/Atom}link"):
        found += [each.get("href", "")] if not _may_lead(each.get("href", "")) else []
    for each in root.iter("{http://www.w3.org/2005/Atom}content"):
        found += escaped(
            piece for part in fragment((each.text or "").replace(f'src="{base}', 'src="')) for piece in part.iter()
        )
    return found


def table(content: bytes, separator: str) -> list[list[str]]:
    """Raises AssertionError where a line has another number of cells than the header, ValueError where it is no UTF-8."""
    lines = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=separator, strict=True))
    assert {len(lines[0])} == set(map(len, lines))
    return lines


def formulas(lines: Iterable[Iterable[str]]) -> list[str]:
    """Cells that a spreadsheet would run."""
    return [cell for line in lines for cell in line if _FORMULA.match(cell) and not _NUMBER_OR_PHONE.fullmatch(cell)]


@cache
def _properties() -> frozenset[str]:
    return frozenset("BEGIN VERSION UID FN N ORG TEL ADR GEO URL CATEGORIES NOTE REV END".split())


def vcard(content: bytes) -> list[str]:
    """What is wrong with a visiting card. Raises vobject's ParseError where it is none."""
    lines = content.decode().split("\r\n")
    whole = re.sub("\r\n ", "", content.decode()).split("\r\n")
    names = [re.split("[:;]", line, maxsplit=1)[0] for line in whole[:-1]]
    cards = list(vobject.readComponents(content.decode()))
    return [
        *(line for line in lines if len(line.encode()) > 75 or re.search(r"[\x00-\x08\x0a-\x1f\x7f\x85\u2028\u2029]", line)),
        *(name for name in names if name not in _properties()),
        *(
            []
            if names.count("BEGIN") == names.count("END") == names.count("FN") == 1 and len(cards) == 1
            else ["more than one card"]
        ),
        *([] if whole[-1] == "" else ["no end"]),
    ]

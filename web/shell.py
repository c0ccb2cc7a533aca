"""Streamlit's own index page, with this very address's content written beside its root."""

import base64
import hashlib
import json
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import streamlit
from markupsafe import Markup

import words
from ui.document import Document
from words import _

log = logging.getLogger("conso.shell")
STATIC = Path(streamlit.__file__).resolve().parent / "static"
_COMMENTS = re.compile(r"^[ \t]*/\*.*?\*/[ \t]*\n|^[ \t]+", re.DOTALL | re.MULTILINE)
"""Comments that have their lines to themselves, and indentation."""


def lean(path: Path) -> str:
    """A script or a style sheet of ours as it travels in every page: without what is there for its writers."""
    return _COMMENTS.sub("", path.read_text(encoding="utf-8"))


STYLE = lean(Path(__file__).parents[1] / "ui" / "style.css")
PARTS = ("page", "socket", "takeover", "results", "choices", "phone", "around", "favourites", "start")
"""Of our script, in the order in which they run: all know the first, the last begins."""
SCRIPT = "(() => {\n" + "".join(lean(Path(__file__).parent / "client" / f"{part}.js") for part in PARTS) + "})();\n"
FRENCH = lean(Path(__file__).parent / "french.js")

_ASSET = re.compile(r'<(?:script type="module"|link rel="(modulepreload|stylesheet)")[^>]*? (?:src|href)="\./([^"]+)"')
"""One of Streamlit's own files, e.g. `<link rel="modulepreload" crossorigin href="./static/js/index.DormvYxC.js">`."""

_FACE = re.compile(r"@font-face\{[^}]*\}")
_LARGE = 4
"""Files that are two thirds of all bytes."""
_IMPORTED = re.compile(r'\bfrom"\./([^"]+\.js)"')


@dataclass(frozen=True)
class Assets:
    """What Streamlit's page loads, as absolute addresses."""

    module: str
    preloads: tuple[str, ...]
    """What a page of ours needs, the largest first: the module, its imports, and the element for HTML, which it asks for only when it draws."""
    stylesheets: tuple[str, ...]
    later: tuple[str, ...] = ()
    """What a map asks for besides, once it is drawn."""


def _imports(pattern: str) -> Iterator[str]:
    """The files of that name, and those that they import, as addresses."""
    for path in (STATIC / "static" / "js").glob(pattern):
        yield f"/static/js/{path.name}"
        yield from (f"/static/js/{name}" for name in _IMPORTED.findall(path.read_text(encoding="utf-8")))


def without_fonts(style: str) -> str:
    """One of Streamlit's style sheets without its fonts: some thirty, of which our pages show the icons alone."""
    return _FACE.sub("", style)


def _icons() -> str:
    """The font of Streamlit's icons, where the page may ask for it from the start: a sheet that brings a font has the whole page laid out anew."""
    found = (face for sheet in SHEETS for face in _FACE.findall(sheet.read_text("utf-8")))
    return next((face.replace("url(../", "url(/static/") for face in found if "Material Symbols" in face), "")


def file_of(address: str) -> Path:
    """Where one of Streamlit's own files is, e.g. `/static/js/index.DormvYxC.js`."""
    return STATIC / address.lstrip("/")


def _size(address: str) -> int:
    path = file_of(address)
    return path.stat().st_size if path.exists() else 0


def read_assets(index: str) -> Assets:
    """Raises ValueError where Streamlit's index page is not as this code knows it: its version has changed."""
    modules: list[str] = []
    preloads: list[str] = []
    stylesheets: list[str] = []
    for found in _ASSET.finditer(index):
        {None: modules, "modulepreload": preloads, "stylesheet": stylesheets}[found[1]].append(f"/{found[2]}")
    if len(modules) != 1 or not stylesheets or '<div id="root"></div>' not in index:
        raise ValueError(
            "streamlit/static/index.html is not as web/shell.py expects: compare it with the version pinned in requirements.txt"
        )
    first = {*modules, *preloads, *_imports("Html.*.js")}
    largest_first = sorted(first, key=lambda address: (-_size(address), address))
    later = set(_imports("DeckGlJsonChart.*.js")) - first
    return Assets(modules[0], tuple(_in_turns(largest_first)), tuple(stylesheets), tuple(sorted(later)))


def _in_turns(largest_first: list[str]) -> Iterator[str]:
    """The few largest files, each followed by its share of the others.

    A browser asks one server for six files at a time: small ones wait for the line's round trip while a large one fills it.
    """
    large, small = largest_first[:_LARGE], largest_first[_LARGE:]
    for turn, address in enumerate(large):
        yield address
        yield from small[turn::_LARGE]


def _known(index: str) -> Assets | None:
    try:
        return read_assets(index)
    except ValueError as error:
        log.error("%s; Streamlit's own page is served unchanged", error)
        return None


def _hash(script: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"


def reworded(script: str) -> str:
    """One of our scripts with the words of this site for those in it: what no text inside can end, nor begin a comment."""
    said = words.within(script.replace("\\u00a0", "\u00a0"))
    return script.replace("__WORDS__", json.dumps(said).replace("<", "\\u003c"))


INDEX = (STATIC / "index.html").read_text(encoding="utf-8")
ASSETS = _known(INDEX)
"""None where Streamlit's index page has changed: its own page is then served, whole."""
SHEETS = tuple(map(file_of, ASSETS.stylesheets if ASSETS else ()))
"""Streamlit's style sheets, as files."""


@cache
def script() -> str:
    """Ours, in every page that has one; `""` where Streamlit's index page has changed."""
    if ASSETS is None:
        return ""
    assets = {"module": ASSETS.module, "preloads": ASSETS.preloads, "styles": ASSETS.stylesheets, "french": french_address()}
    return reworded(SCRIPT).replace("__ASSETS__", json.dumps(assets))


@cache
def french() -> str:
    """What turns Streamlit's English words into French."""
    return reworded(FRENCH)


@cache
def french_address() -> str:
    """Another one as soon as it says anything else, so that browsers keep it for good."""
    return f"/francais-{hashlib.blake2b(french().encode(), digest_size=6).hexdigest()}.js"


@cache
def script_hashes() -> str:
    """What the policy lets run inline, as its `script-src` writes it."""
    return " ".join(map(_hash, [script()] if ASSETS else re.findall(r"<script>(.*?)</script>", INDEX, re.S)))


_HEAD = (
    '<!DOCTYPE html>\n<html lang="fr">\n<head>\n<meta charset="UTF-8">\n'
    '<meta name="viewport" content="width=device-width, initial-scale=1">\n<link rel="icon" href="/favicon.png">\n'
    '<link rel="manifest" href="/manifest.webmanifest">\n<link rel="apple-touch-icon" href="/icone-180.png">\n'
)
_ROOT = '<div id="root" style="visibility:hidden;opacity:0;position:absolute;inset:0;height:100vh;overflow:hidden"></div>'
AHEAD = f"<style>{_icons()}{lean(Path(__file__).parent / 'ahead.css')}</style>\n"
"""Ahead of our sheet: see there."""
SEEN_ALONE = (
    '<style id="seulement-ce-qui-se-voit">@media screen and (scripting:enabled){'
    ".cartes .carte{content-visibility:auto;contain-intrinsic-size:auto 14.5rem}"
    "@media (min-width:1024px){.cartes .carte{contain-intrinsic-size:auto 25rem}}}</style>\n"
)
"""Until Streamlit has taken over (web/client/takeover.js), a card out of sight is neither styled nor laid out: a phone would do it ten times meanwhile."""
_ASK = Markup('<p id="activer" hidden><button type="button" class="bouton clair">{}</button></p>')


def page(document: Document, saves_data: bool = False) -> str:
    """The whole HTML page. `saves_data`: Streamlit's scripts wait until the visitor asks for them."""
    if ASSETS is None:
        return INDEX
    economy, first = (" data-economie", "") if saves_data else ("", SEEN_ALONE)
    ask = _ASK.format(_("Afficher la carte (2 Mo)"))
    return (
        f'{_HEAD}{document.head}\n{AHEAD}<style id="feuille-de-style">{STYLE}</style>\n{first}</head>\n<body>\n'
        f'<div id="ssr"{economy}>{document.body}{ask}</div>\n{_ROOT}\n<script>{script()}</script>\n</body>\n</html>\n'
    )


def scripted_page(document: Document) -> str:
    """The page without Streamlit, with what the visitor's own browser adds to it."""
    return (
        plain_page(document)
        .replace('<div id="ssr">', '<div id="ssr" data-sans-streamlit>')
        .replace("</body>", f"<script>{script()}</script>\n</body>")
    )


def plain_page(document: Document) -> str:
    """The page without Streamlit: for an address where it has nothing to show."""
    return f'{_HEAD}{document.head}\n<style>{STYLE}</style>\n</head>\n<body>\n<div id="ssr">{document.body}</div>\n</body>\n</html>\n'

"""Links: a site, a Facebook page, an Instagram account, a photo. Whatever a cell holds, a value is an http(s) URL or `""`."""

import re
from dataclasses import dataclass
from typing import ClassVar
from urllib.parse import parse_qs, unquote, urlsplit, urlunsplit

from fields.cell import Cell, Fault, Filled, Reading, Row, as_line, as_text, says_nothing, shown
from fields.web_address import EMAIL, SCHEME, NotALink, absolute, addresses
from words import N_, _

_LIMIT = 2000
"""Characters of a cell that are looked at: no address that people use is longer."""

_OTHER_SCHEME = re.compile(
    r"(javascript|vbscript|data|file|blob|about|filesystem|view-source|ftps?|wss?|intent|chrome|tel|sms|mailto):", re.I
)
_TRACKING = re.compile(
    r"utm_\w+|(fb|g|gb|wb|dc|msc|y|tw|tt|li_)(cl|ra)id|mc_[ce]id|igshid|igsh|_hs\w+|mkt_tok|f?ref|ref_(src|url)|hc_ref|__\w+__\S*|_gl|_ga|pk_\w+|mtm_\w+",
    re.IGNORECASE,
)
"""Parameters that say where a visitor comes from, e.g. `utm_source`, `fbclid`, `igshid`."""


def _without_tracking(url: str) -> str:
    parts = urlsplit(url)
    kept = "&".join(pair for pair in parts.query.split("&") if not _is_tracking(pair))
    return urlunsplit(parts._replace(query=kept))


def _is_tracking(pair: str) -> bool:
    name, _, value = pair.partition("=")
    product = name.lower() == "ref" and re.search(r"\d", value)
    return not product and _TRACKING.fullmatch(name) is not None


_REDIRECTS = {
    "l.facebook.com": "u",
    "lm.facebook.com": "u",
    "l.instagram.com": "u",
    "www.google.com": "q",
    "www.google.fr": "q",
}
"""Hosts that only send on to another address, and the parameter that holds it."""


def _sent_on(url: str) -> str:
    """The address behind one of a social network's or a search engine's own, e.g. `https://l.facebook.com/l.php?u=…`."""
    parts = urlsplit(url)
    if parts.hostname in _REDIRECTS and parts.path in ("/l.php", "/", "/url"):
        query = parse_qs(parts.query)
        behind = query.get(_REDIRECTS[parts.hostname]) or query.get("url")
        if behind and re.match(r"https?://", behind[0]):
            return absolute(behind[0])
    return url


class _Link(Filled):
    blank = ""

    def typed(self, cell: Cell, row: Row) -> Reading:
        text = as_line(cell)[:_LIMIT]
        if says_nothing(text):
            return Reading("")
        try:
            if _OTHER_SCHEME.match(re.sub(r"[\0-\x20]", "", as_text(cell)[:_LIMIT])):
                raise NotALink(_("une adresse qui commence par https:// est attendue"))
            return self.link(text)
        except NotALink as error:
            private = EMAIL.fullmatch(text)
            return Reading("", (Fault(_("une adresse e-mail") if private else shown(cell), error.args[0]),))

    def link(self, text: str) -> Reading:
        """The reading of a text on one line. Raises NotALink."""
        raise NotImplementedError


@dataclass(frozen=True)
class Web(_Link):
    """The address of a site, without what only tells where a visitor came from."""

    def link(self, text: str) -> Reading:
        first, *others = addresses(text)
        cut_short = urlsplit(first).path.strip("/") and SCHEME.match(text) and " " in text and "%20" not in first
        also = (
            (
                Fault(
                    shown(text), _("une seule adresse, sans espace ni autre mot : {adresse} est montrée").format(adresse=first)
                ),
            )
            if others or cut_short
            else ()
        )
        return Reading(_without_tracking(_sent_on(first)), also)


@dataclass(frozen=True)
class _Profile(_Link):
    """A profile of a social network: its address, `@name`, or its bare name."""

    network: ClassVar[str]
    hosts: ClassVar[re.Pattern[str]]
    name: ClassVar[re.Pattern[str]]
    prefix: ClassVar[re.Pattern[str]]
    example: ClassVar[str]

    def link(self, text: str) -> Reading:
        bare = self.prefix.sub("", text.strip(" .,;"))
        at_name, *others = re.split(r"[\s,;/]+", bare)
        if at_name.startswith("@") and "/" not in bare and self._is_name(at_name):
            return Reading(
                self.page(at_name.strip("@.")),
                (Fault(shown(text), _("un seul compte : le premier est montré")),) if others else (),
            )
        if self._is_name(bare):
            return Reading(self.page(bare.strip("@.")))
        try:
            first, *others = addresses(re.sub(r"^@(?=\w+/)", "", text))
        except NotALink as error:
            raise NotALink(
                _("l'adresse de la page ou son @nom est attendu, par exemple {exemple}").format(exemple=_(self.example))
            ) from error
        parts = urlsplit(first)
        if not self.hosts.fullmatch(parts.hostname or ""):
            raise NotALink(
                _("ce n'est pas une adresse {reseau}, par exemple {exemple}").format(
                    reseau=self.network, exemple=_(self.example)
                )
            )
        also = (Fault(shown(text), _("une seule adresse : la première est montrée")),) if others else ()
        return Reading(self.address(parts.path, parts.query), also)

    def _is_name(self, word: str) -> bool:
        return (
            re.search(r"www\.|(facebook|instagram)\.com", word, re.IGNORECASE) is None and self.name.fullmatch(word) is not None
        )

    def page(self, name: str) -> str:
        return self.address(f"/{name}", "")

    def address(self, path: str, query: str) -> str:
        """The one address of a page of the network. Raises NotALink where the path leads to no page."""
        raise NotImplementedError


@dataclass(frozen=True)
class Facebook(_Profile):
    """A Facebook page, as `https://www.facebook.com/…`."""

    network = "Facebook"
    hosts = re.compile(r"([\w-]+\.)*facebook\.(com|fr)|([\w-]+\.)*fb\.com|fb\.me|m\.me")
    name = re.compile(
        r"@[A-Za-z0-9][A-Za-z0-9.-]{1,60}|(?!(?:facebook|instagram|internet|site|page)$)[A-Za-z0-9][A-Za-z0-9.-]{4,60}",
        re.IGNORECASE,
    )
    """E.g. `@fournil.exemple`; a bare one has five signs at least, as Facebook asks."""
    prefix = re.compile(r"^@?(?:page |compte )?(?:facebook|fb)(?: *[:/=(] *| +(?=@))(?!/)", re.IGNORECASE)
    """E.g. `Facebook : `, `FB/`, `page Facebook @`."""
    example = N_("https://www.facebook.com/exemple ou @exemple")

    def address(self, path: str, query: str) -> str:
        kept = "&".join(pair for pair in query.split("&") if re.match(r"(id|story_fbid|fbid|v|set)=\w", pair))
        path = path.rstrip("/")
        if path.lower() in ("", "/home.php", "/login", "/login.php", "/me", "/pages", "/groups") or (
            path == "/profile.php" and not kept
        ):
            raise NotALink(_("cette adresse ne mène à aucune page, par exemple {exemple}").format(exemple=_(self.example)))
        return urlunsplit(("https", "www.facebook.com", path, kept, ""))


@dataclass(frozen=True)
class Instagram(_Profile):
    """An Instagram account, as `https://www.instagram.com/name`."""

    network = "Instagram"
    hosts = re.compile(r"([\w-]+\.)*instagram\.com|instagr\.am")
    name = re.compile(r"@?(?!(?:facebook|instagram|internet|site)$)[A-Za-z0-9_.]{1,30}", re.IGNORECASE)
    """E.g. `@le_fournil_`, `le.fournil`."""
    prefix = re.compile(r"^@?(?:page |compte )?insta(?:gram)?(?: *[:/=(] *| +(?=@))(?!/)", re.IGNORECASE)
    """E.g. `Instagram : `, `insta @`."""
    example = N_("@exemple")

    def address(self, path: str, query: str) -> str:
        path = re.sub(r"^/_u/", "/", unquote(path)).rstrip("/")
        if not re.fullmatch(r"(/[\w.-]+){1,4}", path, re.ASCII) or path in ("/accounts/login", "/explore"):
            raise NotALink(_("cette adresse ne mène à aucun compte, par exemple {exemple}").format(exemple=_(self.example)))
        return urlunsplit(("https", "www.instagram.com", path, "", ""))


_DRIVE_FILE = re.compile(r"/(?:file/(?:u/\d+/)?)?d/([\w-]{10,})|[?&]id=([\w-]{10,})")
"""E.g. `/file/d/1AbC…/view`, `/open?id=1AbC…`, `/uc?export=view&id=1AbC…`."""
_UPLOADED = re.compile(r"/fichiers/(?!.*\.\.)[\w-][\w./-]{0,200}", re.ASCII)
"""A photo sent through the site's own form, e.g. `/fichiers/3f2a.jpg`."""
_PHOTO_PAGES = re.compile(
    r"(photos\.app\.goo\.gl|photos\.google\.com|(www\.|m\.)?facebook\.com|(www\.)?instagram\.com|drive\.google\.com)/"
)
_PHOTO_EXAMPLE = N_("l'adresse d'une image est attendue, par exemple https://exemple.example/photo.jpg")


@dataclass(frozen=True)
class Photo(_Link):
    """The address of an image: the first where several were sent. A file shared on Google Drive becomes its 1000-pixel thumbnail."""

    def link(self, text: str) -> Reading:
        if _UPLOADED.fullmatch(text):
            return Reading(text)
        try:
            first = addresses(text)[0]
        except NotALink as error:
            raise NotALink(_(_PHOTO_EXAMPLE)) from error
        return Reading(_image(first))


def _image(url: str) -> str:
    """The image behind the page that a sharing service gives. Raises NotALink for a page with none to show."""
    parts = urlsplit(url)
    where = f"{parts.hostname}{parts.path}"
    if parts.hostname in ("drive.google.com", "docs.google.com") and "/folders/" not in parts.path:
        drive = _DRIVE_FILE.search(f"{parts.path}?{parts.query}")
        if drive:
            return f"https://drive.google.com/thumbnail?id={drive[1] or drive[2]}&sz=w1000"
    if parts.hostname in ("www.dropbox.com", "dropbox.com"):
        query = "&".join([*(pair for pair in parts.query.split("&") if pair and not pair.startswith(("dl=", "raw="))), "raw=1"])
        return urlunsplit(parts._replace(query=query))
    if _PHOTO_PAGES.match(where):
        raise NotALink(_("cette adresse mène à une page, pas à une image : {attendu}").format(attendu=_(_PHOTO_EXAMPLE)))
    return url

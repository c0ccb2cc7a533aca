"""Web addresses as people type them: the absolute http(s) URLs that a text holds, and nothing that is not one."""

import re
from urllib.parse import quote, urlsplit, urlunsplit

from words import _

SCHEME = re.compile(r"/*(?=[hps]*t)(?=[hts]*p)[htps]{3,6}(?: ?[:;.,]? ?[/\\]+|:) ?", re.IGNORECASE)
"""A scheme as people type it, e.g. `https://`, `HTTP:/`, `https//`, `htpp://`, `http:// `, `/https://`."""
_HOST_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_LAST_LABEL = re.compile(r"[a-z]{2,24}|xn--[a-z0-9-]{2,59}")
_PRIVATE_ENDS = re.compile("local(host|domain)?|lan|internal|intranet|home|corp|private|arpa|invalid|onion")
_FILE_ENDS = re.compile("jpe?g|png|gif|webp|heic|bmp|tiff?|svg|pdf|docx?|od[tsp]|xlsx?|pptx?|txt|html?|php")
_USUAL_ENDS = re.compile(
    "fr|com|org|net|eu|bzh|info|coop|shop|bio|paris|alsace|corsica|re|be|ch|lu|biz|site|store|market|asso|example"
)
"""Last labels by which a host is known among words, where no `www.` or `https://` announces it."""
EMAIL = re.compile(r"[^\s@:/?#()<>,;]+@[^\s@:/?#()<>,;]+")
"""E.g. `contact@exemple.example`."""


class NotALink(ValueError):
    """The text holds no address that can be linked. The message, in French, says what to write."""


def public_host(host: str) -> str:
    """The host in lower case, in ASCII (`épi.fr` → `xn--pi-9ia.fr`).

    Raises NotALink for what is no name on the public internet: one word, a machine of a private network, an IP address.
    """
    host = host.rstrip(".").lower()
    if not host.isascii():
        try:
            host = host.encode("idna").decode()
        except UnicodeError as error:
            raise NotALink(_("ce n'est pas le nom d'un site")) from error
    *labels, last = host.split(".")
    if _PRIVATE_ENDS.fullmatch(last) or not re.search("[a-z]", host):
        raise NotALink(_("cette adresse n'est pas celle d'un site public"))
    if not labels or len(host) > 253 or not _LAST_LABEL.fullmatch(last) or not all(map(_HOST_LABEL.fullmatch, labels)):
        raise NotALink(_("ce n'est pas le nom d'un site"))
    return host


def absolute(written: str) -> str:
    """The address as an absolute http(s) URL in ASCII; one without a scheme gets https.

    Raises NotALink.
    """
    scheme, rest = "https", written
    while found := SCHEME.match(rest):
        scheme = "https" if "s" in found[0].lower() else "http"
        rest = rest[found.end() :]
    end = len(re.split("[?#]", rest, maxsplit=1)[0])
    rest = rest[:end].replace("\\", "/").lstrip("/") + rest[end:]
    try:
        parts = urlsplit(f"{scheme}://{rest}")
        port = parts.port
    except ValueError as error:
        raise NotALink(_("cette adresse ne se lit pas : copiez-la depuis votre navigateur")) from error
    if "@" in parts.netloc:
        raise NotALink(_("une adresse sans identifiant ni mot de passe est attendue, par exemple https://exemple.example"))
    host = public_host(parts.netloc.split(":")[0])
    netloc = host if port in (None, {"http": 80, "https": 443}[scheme]) else f"{host}:{port}"
    path, query, fragment = (quote(part, safe="/%:@!$&'()*+,;=-._~?[]") for part in (parts.path, parts.query, parts.fragment))
    return urlunsplit((scheme, netloc, path, query, fragment))


def _spelled(text: str) -> str:
    """The text with the slips that are no doubt mended, e.g. `www,site.fr`, `https://www. site.fr`, `site,fr`."""
    text = re.sub(r"\b(www) ?[.,'’] ?(?=\w)", "www.", text, flags=re.IGNORECASE)
    return re.sub(r"(?i)^((?:https?://)?[a-z0-9.-]+),([a-z]{2,4})(?=/|$)", r"\1.\2", text)


_SEPARATOR = re.compile(r"[\s|]+|[,;#]+(?=\s|https?:|www\.)|(?<=\S)(?=https?://)", re.IGNORECASE)
"""What stands between two addresses of one cell, e.g. a space, `, `, `#http`."""


def addresses(text: str) -> list[str]:
    """Every address of a text as an absolute URL, in order, without doubles.

    Raises NotALink, which says why, where there is none.
    """
    text = _spelled(text)
    if re.fullmatch(r"(?i)\S+ .*\.(jpe?g|png|gif|webp|avif|pdf|html?)", text) and SCHEME.match(text) and text.count("//") == 1:
        return [absolute(text)]
    text = re.sub(rf"\b{SCHEME.pattern}", lambda found: found[0].replace(" ", ""), text, flags=re.IGNORECASE)
    words = [_trimmed(word) for word in _SEPARATOR.split(text)]
    found: dict[str, None] = {}
    why: NotALink | None = None
    for word in filter(None, words):
        try:
            if _announced(word, alone=len(words) == 1):
                found[absolute(word)] = None
        except NotALink as error:
            why = why or error
    if not found:
        raise why or NotALink(_("une adresse de site est attendue, par exemple https://exemple.example"))
    return list(found)


def _trimmed(word: str) -> str:
    """The word without the brackets, quotes and stops around it; a closing bracket that was opened inside stays."""
    word = word.lstrip("<([«\"'“*").rstrip(".,;:!?>]»\"'”*…-")
    while word.endswith(")") and word.count(")") > word.count("("):
        word = word[:-1].rstrip(".,;:!?")
    return word


def _announced(word: str, alone: bool) -> bool:
    """True where a word is meant as an address: a scheme, `www.`, a host by itself in the cell, or one with a usual ending."""
    if SCHEME.match(word) or word.lower().startswith(("www.", "//")):
        return True
    if EMAIL.fullmatch(word):
        raise NotALink(_("c'est une adresse e-mail : ici, celle d'un site est attendue, par exemple https://exemple.example"))
    host = re.split(r"[/?#:]", word, maxsplit=1)[0].lower()
    end = host.rpartition(".")[2] if "." in host else ""
    return bool(end) and not _FILE_ENDS.fullmatch(end) and "@" not in host and (alone or _USUAL_ENDS.fullmatch(end) is not None)

"""The team's Markdown as safe HTML: nothing that runs, nothing that loads from elsewhere. And other people's words, which are no Markdown."""

import re
from functools import lru_cache
from html import escape, unescape
from urllib.parse import parse_qs, urlsplit

import nh3
from markdown_it import MarkdownIt

from fields import picture
from words import _

_TAGS = {
    "a", "abbr", "blockquote", "br", "caption", "code", "del", "em", "figcaption", "figure", "h2", "h3", "h4", "h5", "h6", "hr", "i", "b",
    "img", "ins", "li", "mark", "ol", "p", "pre", "q", "s", "small", "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th",
    "thead", "tr", "u", "ul", "div",
}  # fmt: skip
_ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "title"},
    "ol": {"start"},
    "td": {"style"},
    "th": {"style"},
    "div": {"class"},
}
_FORGOTTEN = {"script", "style", "iframe", "form", "button", "select", "textarea", "object", "embed", "svg", "math", "title"}

_VIDEO = re.compile(
    r"^[ \t]*<?(https?://(?:www\.|m\.)?(?:youtube\.com/(?:watch\?\S*?v=|shorts/|live/|embed/)|youtu\.be/)([\w-]{11})[^\s>]*)>?[ \t]*$",
    re.M,
)
"""A video's address alone on its line, e.g. `https://youtu.be/dQw4w9WgXcQ?t=10`."""
_TYPED_BULLET = re.compile(r"^([ \t]*)[•‣◦▪–·][ \t ]+", re.M)
"""A bullet typed or pasted as a sign, e.g. `• Pain`."""
_UNSPACED_HEADING = re.compile(r"^(#{1,6})(?=[^#\s\d])(?=\S+[ \t]+\S)(?!.*\s#)", re.M)
"""A heading without its space that has several words, e.g. `##Nos marchés du soir` (a hashtag alone stays text)."""
_IMAGE = re.compile(r"<img((?: [a-z]+=\"[^\"]*\")*)>")
"""As nh3 writes it, e.g. `<img src="/photos/…" alt="Le four">`."""
_HEADING = re.compile(r"<(/?)h([2-6])>")
"""e.g. `<h3>`, `</h3>`."""
_CELL_STYLE = re.compile(r"text-align:(left|right|center)")


_SIGN = re.compile(r"[\\`*_{}\[\]<>#|$~^&]|(?<!\w)[+-]|(?<=\d)[.)](?=\s|$)")
"""What begins something in Markdown, mathematics or HTML, e.g. `*`, `$`, the `.` of `1. `."""
_REPLACED = re.compile(r"(?<=:)(?=[\w+/-])|(?<=www)(?=\.)|(?=@\w)|(?<=[<>~-])(?=[->=])", re.I)
"""Inside what Streamlit replaces in text already read, where no backslash helps, e.g. `:smile:`, `:material/home:`, `www.`, `->`."""
_JOINER = "\u2060"
"""Seen by nobody, and no line may break there."""


def literal(text: str) -> str:
    """Somebody's words for a place where Streamlit reads Markdown (a button, a message, a label): shown as they are, on one line."""
    return _SIGN.sub(r"\\\g<0>", _REPLACED.sub(_JOINER, " ".join(text.split())))


@lru_cache(maxsize=256)
def to_html(text: str, base_url: str = "", pictures: tuple[tuple[str, str], ...] = ()) -> str:
    """The text as HTML whose headings start at h2; relative addresses are made absolute where `base_url` is given.

    `pictures`: where an image was fetched, and our own copy's path. One without a copy leaves its alternative text.
    """
    held = dict(pictures)
    prepared = _UNSPACED_HEADING.sub(r"\1 ", _TYPED_BULLET.sub(r"\1- ", _VIDEO.sub(_video, text)))
    tokens = _parser.parse(prepared)
    _lower_headings(tokens)
    rendered = _parser.renderer.render(tokens, _parser.options, {})
    clean = nh3.clean(
        rendered,
        tags=_TAGS,
        clean_content_tags=_FORGOTTEN,
        attributes=_ATTRIBUTES,
        attribute_filter=lambda tag, name, value: _attribute(tag, name, value, base_url, held),
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener nofollow",
        strip_comments=True,
    )
    clean = _IMAGE.sub(lambda found: _shown(found, base_url), clean)
    clean = re.sub(r"<(p|h[2-6]|li|b)>\s*</\1>\n?", "", clean)
    return _in_order(clean.replace("<table>", '<div class="tableau"><table>').replace("</table>", "</table></div>"))


def to_text(text: str, limit: int | None = 300) -> str:
    """The words alone, on one line, for a description or a preview. `limit`: characters; None: all."""
    bare = nh3.clean(to_html(text), tags=set(), clean_content_tags=set())
    words = " ".join(unescape(re.sub(r"<[^>]+>", " ", bare)).split())
    return words if limit is None or len(words) <= limit else words[: limit - 1].rsplit(" ", 1)[0] + "…"


def _video(found: re.Match[str]) -> str:
    address = escape(found[1])
    said, title = literal(_("Voir la vidéo")), escape(_("Vidéo sur un autre site"))
    return f'\n[▶ {said}]({address} "{title}")\n'


def _lower_headings(tokens: list) -> None:  # type: ignore[type-arg]
    """h1 is the page's own title: the text's first level becomes h2, and no level is skipped."""
    levels = sorted({int(token.tag[1]) for token in tokens if token.type == "heading_open"})
    lowered = {level: min(2 + rank, 6) for rank, level in enumerate(levels)}
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{lowered[int(token.tag[1])]}"


def _in_order(html: str) -> str:
    """Headings a level below the one before at most, the page's h1 being the first. `html` is nh3's: balanced, attributes escaped."""
    before = 1
    opened: list[int] = []

    def ordered(found: re.Match[str]) -> str:
        nonlocal before
        if found[1]:
            return f"</h{opened.pop()}>"
        before = min(int(found[2]), before + 1)
        opened.append(before)
        return f"<h{before}>"

    return _HEADING.sub(ordered, html)


def _attribute(tag: str, name: str, value: str, base_url: str, held: dict[str, str]) -> str | None:
    if name == "href":
        return _address(value, base_url)
    if name == "src":
        path = held.get(picture.address(value) or "") or (
            value if value.startswith("/") and value[1:2] not in ("/", "\\") else ""
        )
        return base_url + path if path else None
    if name == "style":
        aligned = _CELL_STYLE.search(value)
        return aligned[0] if aligned else None
    if name == "class":
        return None
    return value


def _address(value: str, base_url: str) -> str | None:
    """A link as it may be followed; a redirection by Google Docs is undone."""
    link = urlsplit(value.strip())
    if link.netloc in ("www.google.com", "google.com") and link.path == "/url":
        target = parse_qs(link.query).get("q", [""])[0]
        value, link = target, urlsplit(target)
    if link.scheme in ("http", "https", "mailto", "tel"):
        return None if link.username is not None else value  # `https://monsite.fr@ailleurs.example` leads elsewhere
    if link.scheme or link.netloc:
        return None
    if value.startswith("#"):
        return value
    return base_url + value if value.startswith("/") else None


def _shown(image: re.Match[str], base_url: str) -> str:
    """An image with what keeps its place while it loads; its alternative text alone where there is none to load."""
    written = dict(re.findall(r' ([a-z]+)="([^"]*)"', image[1]))
    if "src" not in written:
        return escape(unescape(written.get("alt", "")))
    copy = picture.ours(unescape(written["src"]).removeprefix(base_url))
    if copy is None or base_url:  # a feed's reader gets one address
        size = ""
    else:
        choice = f' srcset="{copy.srcset}" sizes="(max-width: 800px) 100vw, 760px"' if copy.srcset else ""
        size = f'{choice} width="{copy.width}" height="{copy.height}"'
    return f'<img loading="lazy" decoding="async"{image[1]}{size}>'


_parser = MarkdownIt("commonmark", {"html": True, "linkify": True, "breaks": True}).enable(
    ["table", "strikethrough", "linkify"]
)
assert _parser.linkify is not None
_parser.linkify.set({"fuzzy_email": True, "fuzzy_link": True, "fuzzy_ip": False})

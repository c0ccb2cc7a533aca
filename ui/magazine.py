"""«Le Mag»: its front page, an article, what leads from one to the others and to the fiches it names. Escaped HTML."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache

from markupsafe import Markup

from fields.cell import slugify
from sheets.snapshot import Article, Snapshot
from ui import blocks
from ui.cards import cards
from ui.markdown import to_html, to_text

WORDS_A_MINUTE = 220
"""As people read French silently (Brysbaert 2019 finds 238 for English; ours are longer sentences)."""
RELATED = 3
NAMED = 4
SHORTEST_NAME = 8
"""Letters of a one-word name below which it may be any word, e.g. «Jardin»."""
_LINKED = re.compile(r"/fiche\?f=([a-z0-9-]+)")
_FIRST_WORD = re.compile(r"\w+")


def released(snapshot: Snapshot, now: datetime) -> tuple[Article, ...]:
    """Articles whose day has come, newest first; standing pages left out."""
    return tuple(item for item in snapshot.articles if item.type == "article" and item.is_out(now))


def front(snapshot: Snapshot, rubrique_slug: str, now: datetime) -> str:
    """Every article, or those of one section; an unknown section shows them all."""
    articles = released(snapshot, now)
    sections = {slugify(item.rubrique): item.rubrique for item in articles if item.rubrique}
    chosen = sections.get(rubrique_slug, "")
    return blocks.fill(
        "mag.html",
        articles=[item for item in articles if not chosen or slugify(item.rubrique) == rubrique_slug],
        rubriques=sorted((name, slug) for slug, name in sections.items()),
        rubrique=chosen,
    )


def article(snapshot: Snapshot, item: Article, now: datetime) -> str:
    """An article with what it leads to, or a standing page."""
    news, fiches = item.type == "article", named(snapshot, item.texte)
    return blocks.fill(
        "article.html",
        article=item,
        body=Markup(to_html(item.texte, pictures=snapshot.pictures)),
        minutes=reading_minutes(item.texte) if news else 0,
        related=related(released(snapshot, now), item) if news else (),
        named=len(fiches),
        cards=cards(snapshot, fiches, now, level=3),
    )


def reading_minutes(markdown: str) -> int:
    return max(1, round(len(to_text(markdown, None).split()) / WORDS_A_MINUTE))


def related(articles: Sequence[Article], item: Article) -> tuple[Article, ...]:
    """The newest others, those of the same section first."""
    others = [each for each in articles if each.slug != item.slug]
    others.sort(key=lambda each: each.rubrique != item.rubrique or not item.rubrique)
    return tuple(others[:RELATED])


def named(snapshot: Snapshot, markdown: str) -> list[int]:
    """Rows of the fiches that a text links to, then of those it calls by their whole name, in its order."""
    linked = [snapshot.rows_by_slug[slug] for slug in _LINKED.findall(markdown) if slug in snapshot.rows_by_slug]
    text = _plain(to_text(markdown, None))
    names = _names(snapshot)
    places = {
        row: place
        for word in set(_FIRST_WORD.findall(text))
        for name, row in names.get(word, ())
        if (place := _place(name, text)) >= 0
    }
    return list(dict.fromkeys([*linked, *sorted(places, key=places.__getitem__)]))[:NAMED]


def _plain(text: str) -> str:
    return " ".join(text.replace("’", "'").split())


def _place(name: str, text: str) -> int:
    found = re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text)
    return found.start() if found else -1


@lru_cache(maxsize=1)
def _names(snapshot: Snapshot) -> Mapping[str, Sequence[tuple[str, int]]]:
    """Names that can be told from other words, each with its row, by their first word."""
    names: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for row, written in enumerate(snapshot.fiches["nom"].tolist()):
        name = _plain(written)
        first = _FIRST_WORD.search(name)
        if first and name[:1].isupper() and (" " in name or len(name) >= SHORTEST_NAME):
            names[first[0]].append((name, row))
    return names

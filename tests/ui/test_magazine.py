"""What an article leads to: others of its section, and the fiches it names."""

from dataclasses import replace
from datetime import timedelta

import pytest

from sheets.snapshot import Article
from tests.annuaire.snapshots import NOW, snapshot
from ui import magazine

PLAIN = Article("", "Titre", "", "", "", "", NOW, "", "article")
TOWN = snapshot(
    {"nom": "Le Fournil d'Aubance", "slug": "le-fournil"},
    {"nom": "Rose", "slug": "rose"},
    {"nom": "Café & Cie", "slug": "cafe-cie"},
)


def article(slug: str, rubrique: str = "", days: int = 0) -> Article:
    return replace(PLAIN, slug=slug, rubrique=rubrique, date=NOW - timedelta(days=days))


def names(text: str) -> list[str]:
    return [fiche["slug"] for fiche in TOWN.records(magazine.named(TOWN, text))]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Chez le boulanger du Fournil d'Aubance.", []),
        ("Poussez la porte : Le Fournil d’Aubance ouvre tôt.", ["le-fournil"]),
        ("Café & Cie, puis **Le Fournil d'Aubance**", ["cafe-cie", "le-fournil"]),
        ("Le Fournil d'Aubances n'est pas elle.", []),
        ("Rose est un prénom.", []),
        ("Voir [sa fiche](/fiche?f=rose).", ["rose"]),
        ("Voir [une autre](/fiche?f=retiree).", []),
    ],
)
def test_a_fiche_is_named_by_its_whole_name_or_its_link(text, found):
    assert names(text) == found


def test_the_same_section_comes_first_and_never_the_article_itself():
    articles = [
        article("a", "Vie"),
        article("b", "Pain", 1),
        article("c", "Vie", 2),
        article("d", "", 3),
        article("e", "Pain", 4),
    ]
    assert [other.slug for other in magazine.related(articles, articles[1])] == ["e", "a", "c"]
    assert [other.slug for other in magazine.related(articles, articles[3])] == ["a", "b", "c"]


def test_an_article_says_how_long_it_is_to_read():
    assert magazine.reading_minutes("") == magazine.reading_minutes("mot " * 200) == 1
    assert magazine.reading_minutes("mot " * 1100) == 5
    shown = magazine.article(TOWN, replace(PLAIN, slug="x", texte="mot " * 440), NOW)
    assert "2\u00a0min de\u00a0lecture" in shown
    assert "min de lecture" not in magazine.article(TOWN, replace(PLAIN, slug="x", type="page", texte="mot"), NOW)

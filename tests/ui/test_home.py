"""What the home page offers around its list, and leaves once something is asked for."""

import re

from annuaire import Query
from schema import Site
from tests.annuaire.snapshots import NOW, snapshot
from ui import home

OPEN = {"opening_hours": "Mo-Su 08:00-20:00"}


def test_a_shortcut_counts_what_it_would_leave_and_is_undone_by_the_same_press():
    town = snapshot({**OPEN, "monnaie": True}, {**OPEN, "categorie": "Cave"}, {}, site=Site(currency="la Muse"))
    offered = home.shortcuts(town, Query(choices={"categorie": ("bar",)}), NOW)
    assert [("Ouvert maintenant", "1"), ("Accepte la Muse", "1")] == re.findall(r">(\w[\w ]+) <small>(\d+)<", offered)
    assert 'href="/?categorie=bar&amp;ouvert=1"' in offered
    chosen = home.shortcuts(town, Query(ouvert="1"), NOW)
    assert '<a href="/" aria-current="true">Ouvert maintenant <small>2<' in chosen
    assert "Accepte" not in home.shortcuts(snapshot({}), Query(), NOW)


def test_the_fullest_categories_are_pictures_and_the_others_words():
    kinds = ["Bar", "Cave", "Mode", "Librairie", "Primeur", "Traiteur", "Fleuriste", "Artisan", "Services"]
    town = snapshot(*({"categorie": kind} for kind in [*kinds, *kinds[1:]]))
    pictures, _, words = home.tiles(town, Query(), NOW).partition("<details>")
    assert list(re.findall(r"categorie=(\w+)", pictures)) == sorted(kind.lower() for kind in kinds[1:])
    assert re.findall(r"categorie=(\w+)", words) == ["bar"]


def test_nothing_of_home_stands_around_an_answer():
    town = snapshot(*({} for _ in range(30)))
    assert home.tiles(town, Query(), NOW)
    assert "Nouveau dans" in home.news(town, Query(), NOW)
    for query in (Query(q="nom"), Query(page=2), Query(ouvert="1"), Query(tri="nom")):
        assert home.tiles(town, query, NOW) == home.news(town, query, NOW) == ""


def test_newcomers_are_told_only_where_the_first_page_does_not_show_them_all():
    assert "Nouveau dans" not in home.news(snapshot({}, {}), Query(), NOW)

"""Lines break as French people break them."""

import re

import pytest

from schema import Site
from tests.annuaire.snapshots import NOW, snapshot
from ui.document import document
from ui.templating import typeset

ANNOUNCED = Site(welcome="Bonjour ! Que cherchez-vous ?", crisis="Crise : ce qui change")


@pytest.mark.parametrize(
    ("written", "held"),
    [
        ("Où ?", "Où\u00a0?"),
        ("« ici »", "«\u00a0ici\u00a0»"),
        ("ferme à 12 h 30", "ferme à 12\u00a0h\u00a030"),
        ("3 heures, puis 5 hommes", "3 heures, puis 5 hommes"),
        ("{% if a != b %}", "{% if a != b %}"),
    ],
)
def test_a_sign_stays_with_its_word(written, held):
    assert typeset(written) == held


@pytest.mark.parametrize("path", ["/", "/mag", "/a-propos", "/inscription", "/fiche"])
def test_no_line_of_a_page_begins_with_a_sign(path):
    """Whatever its width: no breaking space stands before one."""
    shops = snapshot({"nom": "Au Four", "slug": "au-four", "horaires": "Lun-Dim 9h-12h30"}, site=ANNOUNCED)
    pairs = [("f", "au-four")] if path == "/fiche" else []
    text = re.sub(r"<code>.*?</code>|<[^>]*>", "", document(shops, path, pairs, "https://essai.example", NOW).body)
    assert [] == re.findall(r".{0,30}[ \n][:;?!»](?!\w).{0,10}", text)


def test_the_name_of_the_site_is_not_cut_at_a_hyphen_in_large_letters():
    page = document(snapshot(site=Site(name="Conso-locale")), "/a-propos", [], "https://essai.example", NOW).body
    assert "<h1>À propos de Conso\u2060-\u2060locale</h1>" in page


@pytest.mark.parametrize(("name", "times"), [("Conso-locale Maine-et-Loire", 0), ("Conso-locale", 1)])
def test_a_territory_that_the_name_says_is_not_said_again(name, times):
    page = document(snapshot(site=Site(name=name, territory="Maine-et-Loire")), "/", [], "https://essai.example", NOW).body
    assert page.count("<p>Maine-et-Loire</p>") == times


def test_where_nothing_is_found_no_place_is_announced():
    shops = snapshot({"nom": "Au Four", "slug": "au-four", "commune": "Angers"})
    titled = ["Par commune" in document(shops, "/", [("q", q)], "https://essai.example", NOW).body for q in ("four", "zzzzqq")]
    assert titled == [True, False]

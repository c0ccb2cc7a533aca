"""A switch of «Réglages» brings what is exceptional to the front; off, nothing of it is seen."""

from datetime import UTC, datetime

import pytest

import annuaire
from annuaire import Query
from schema import EXCEPTIONS, QUESTIONS, Site
from tests.annuaire.snapshots import snapshot
from ui import blocks, form, home
from ui.document import document

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
SHUT = {"nom": "Porte close", "accueil": "Livraison ou retrait seulement"}
DELIVERS = {"nom": "Tournée", "accueil": "Accueil normal", "livraison": ("Livraison à domicile",)}
MEETS = {"nom": "Étal", "livraison": ("Marché",)}


def town(crisis: str):
    return snapshot(SHUT, DELIVERS, MEETS, {"nom": "Comptoir"}, site=Site(crisis=crisis))


@pytest.mark.parametrize(
    ("cell", "on", "said"),
    [("", False, ""), ("non", False, ""), ("FAUX", False, ""), ("Oui", True, ""), ("VRAI", True, ""), ("Masques conseillés", True, "Masques conseillés")],
)  # fmt: skip
def test_the_cell_is_a_switch_or_an_announcement(cell, on, said):
    site = Site(crisis=cell)
    assert (site.in_crisis, site.announcement) == (on, said)


@pytest.mark.parametrize("cell", ["oui", "non"])
def test_a_switch_alone_is_no_announcement(cell):
    assert "annonce" not in blocks.header(town(cell), "/")


def test_delivery_or_pick_up_is_one_choice_of_the_address_at_any_time():
    query = Query(choices={"livraison": ("livraison-ou-retrait",)})
    for cell in ("", "oui"):
        found = annuaire.find(town(cell), query, NOW)
        assert set(found.rows.tolist()) == {0, 1}
        assert [(chip.label, chip.known) for chip in found.chips] == [("Livraison ou retrait", True)]
        assert "livraison-ou-retrait" not in annuaire.labels(town(cell))["livraison"]


def test_in_a_crisis_it_stands_ahead_and_keeps_the_other_choices():
    query = Query(q="porte")
    page = home.shortcuts(town("oui"), query, NOW)
    assert 'href="/?q=porte&amp;livraison=livraison-ou-retrait"' in page
    assert "<small>1<" in page
    chosen = home.shortcuts(town("oui"), query.having("livraison", "livraison-ou-retrait"), NOW)
    assert 'href="/?q=porte"' in chosen
    assert "aria-current" in chosen
    assert page.index("Livraison ou retrait") < page.index("Ouvert maintenant")
    assert "livraison-ou-retrait" not in home.shortcuts(town("non"), query, NOW)


def test_in_a_crisis_cards_say_how_customers_are_received():
    quiet, crisis = (document(town(cell), "/", [], "http://essai.example", NOW).body for cell in ("", "oui"))
    assert quiet.count("Livraison ou retrait seulement") == crisis.count("Livraison ou retrait seulement") == 1
    assert "Accueil normal" in crisis
    assert "Accueil normal" not in quiet


def test_in_a_crisis_the_form_asks_first_for_what_is_exceptional():
    asked = [column for _, column in form.questions(True)]
    assert sorted(column.key for column in asked) == sorted(column.key for column in QUESTIONS)
    optional = [column.key for column in asked if not column.required]
    assert tuple(optional[: len(EXCEPTIONS)]) == EXCEPTIONS
    assert [column for _, column in form.questions(False)] == list(QUESTIONS)


def test_each_part_of_the_form_still_has_its_title():
    titles = [title for title, _ in form.questions(True) if title]
    assert set(form.SECTIONS.values()) < set(titles)
    assert len(titles) == len(set(titles))

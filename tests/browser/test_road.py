"""The whole road in a real browser: a merchant sends a fiche, a volunteer ticks it, a visitor finds it."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import live, unfold

pytestmark = pytest.mark.browser
NAME = "Fournil de l'Essai"


def fill_in(page, name: str) -> None:
    page.get_by_label("Nom", exact=True).fill(name)
    page.get_by_label("Catégorie").click()
    page.get_by_role("option", name="Boulangerie").click()
    page.get_by_label("Activité").fill("Pain de seigle")
    page.get_by_label("Adresse", exact=True).fill("3 rue du Four")
    page.get_by_label("Code postal").fill("49400")
    page.get_by_label("Commune").fill("Saumur")
    page.get_by_label("Téléphone").fill("0261910042")
    page.get_by_text("Consentement", exact=True).click()


def test_a_sent_fiche_is_ticked_found_opened_and_left(page, site):
    """Sent, it waits; ticked on the sheet, it is online; filtered, it is found; Back restores the search."""
    page.goto(f"{site.url}/inscription")
    live(page)
    fill_in(page, NAME)
    page.get_by_role("button", name="Envoyer ma fiche").click()
    page.get_by_text("Merci").first.wait_for()
    assert re.search(r"/inscription\?lien=[\w-]{22,}", page.locator("[data-testid=stMain]").inner_text())
    assert page.request.get(f"{site.url}/fiche?f=fournil-de-l-essai").status == 404

    page.goto(site.sheet_url)
    live(page)
    if not page.get_by_text(NAME).count():
        page.get_by_role("button", name="La feuille a changé : actualiser").click(timeout=15_000)
    page.get_by_text(NAME).first.wait_for()
    page.get_by_role("button", name="Mettre en ligne").first.click()
    page.get_by_text(f"{NAME} : en ligne").wait_for(timeout=15_000)

    page.goto(f"{site.url}/")
    live(page)
    search = page.get_by_label("Que cherchez-vous ?")
    search.fill("seigle")
    search.press("Enter")
    expect(page.locator(".nombre")).to_contain_text("avec vos choix")
    page.wait_for_url("**/?q=seigle")
    expect(page.locator(".tuiles")).to_have_count(0)  # the answer, no more the home page
    page.get_by_role("link", name=NAME).click()
    page.wait_for_url("**/fiche?f=fournil-de-l-essai")
    live(page)
    assert page.locator("a[href='tel:+33261910042']").count() >= 1
    page.go_back()
    page.wait_for_url("**/?q=seigle")
    live(page)
    expect(page.get_by_label("Que cherchez-vous ?")).to_have_value("seigle")
    assert [] == [said for said in page.complaints if "404" not in said]


def test_a_refusal_names_the_field_and_keeps_what_was_typed(page, site):
    """A malformed postcode is told beside the question; the name typed is still there."""
    page.goto(f"{site.url}/inscription")
    live(page)
    fill_in(page, "Atelier refusé")
    page.get_by_label("Code postal").fill("4940")
    page.get_by_role("button", name="Envoyer ma fiche").click()
    page.get_by_text(re.compile(r"^Code postal\s: ")).wait_for()
    assert page.get_by_label("Nom", exact=True).input_value() == "Atelier refusé"


def test_filters_and_address_say_the_same(page, site):
    """A filter enters the address as a slug; Back undoes it; another machine restores it."""
    page.goto(f"{site.url}/")
    live(page)
    unfold(page, "Catégorie")
    page.get_by_role("option", name="Boulangerie").click()
    page.wait_for_url("**/?categorie=boulangerie")
    page.go_back()
    page.wait_for_url(re.compile(r"/$"))
    page.goto(f"{site.url}/?categorie=boulangerie,fromagerie")
    live(page)
    assert page.url.endswith("categorie=boulangerie,fromagerie")
    chips = page.locator(".choix").inner_text()
    assert "Boulangerie" in chips
    assert "Fromagerie" in chips


def test_results_follow_the_words_as_they_are_typed(page, site):
    """The last word unfinished, no key but letters; Back leaves the whole typing at once."""
    page.goto(f"{site.url}/?monnaie=1")
    live(page)
    before = page.locator(".nombre strong").inner_text()
    search = page.get_by_label("Que cherchez-vous ?")
    search.press_sequentially("boul", delay=40)
    page.wait_for_url("**/?q=boul&monnaie=1")
    expect(page.locator(".carte .ou").first).to_contain_text("Boulangerie")
    expect(search).to_be_focused()
    search.press_sequentially("angerie", delay=40)
    page.wait_for_url("**/?q=boulangerie&monnaie=1")
    page.go_back()
    page.wait_for_url("**/?monnaie=1")
    expect(page.locator(".nombre strong")).to_have_text(before)
    expect(search).to_have_value("")


def test_the_page_reads_without_javascript(chromium, site):
    """Cards, links and the search form work with scripts off."""
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site.url}/")
    assert page.locator(".carte").count() == 24
    page.get_by_label("Que cherchez-vous ?").fill("pain")
    page.get_by_role("button", name="Chercher").click()
    assert "q=pain" in page.url
    page.locator(".carte a").first.click()
    assert "/fiche?f=" in page.url
    assert page.locator("h1").count() == 1
    context.close()

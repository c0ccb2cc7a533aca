"""Favourites on a phone, kept by the browser alone."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import STREAMLIT, live, without_streamlit

pytestmark = pytest.mark.browser


@pytest.fixture
def phone(chromium):
    context = chromium.new_context(viewport={"width": 390, "height": 844}, locale="fr-FR", service_workers="block")
    yield context
    context.close()


def kept(page) -> str:
    return page.evaluate("localStorage.favoris ?? ''")


def test_a_fiche_is_kept_found_again_and_let_go(phone, site):
    """From the server-written card, on the live one, on the fiche, on the page of favourites; nothing is sent before that page."""
    page = phone.new_page()
    asked = []
    page.on("request", lambda request: asked.append((request.method, request.url)))
    without_streamlit(page)
    page.goto(site.url)
    heart = page.locator("#ssr .favori").first
    slug = heart.get_attribute("data-slug")
    expect(page.locator("#ssr .mes-favoris")).to_be_hidden()
    heart.click()
    expect(heart).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#ssr .mes-favoris")).to_have_attribute("aria-label", "Mes favoris (1)")
    page.unroute(STREAMLIT)
    page.goto(site.url)
    live(page)
    expect(page.locator(f".favori[data-slug={slug}]")).to_have_attribute("aria-pressed", "true")
    page.locator(f".favori:not([data-slug={slug}])").first.click()
    expect(page.locator(".mes-favoris")).to_have_attribute("aria-label", "Mes favoris (2)")
    page.goto(f"{site.url}/fiche?f={slug}")
    live(page)
    expect(page.locator(".tete .favori")).to_have_attribute("aria-pressed", "true")
    assert not [url for method, url in asked if "favoris" in url]
    assert slug in kept(page)
    page.locator(".mes-favoris").click()
    page.wait_for_url("**/favoris")
    expect(page.locator(".carte")).to_have_count(2)
    assert [url for method, url in asked if method == "POST"] == [f"{site.url}/favoris"]
    page.locator(f".favori[data-slug={slug}]").click()
    assert slug not in kept(page)
    page.reload()
    expect(page.locator(".carte")).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_broken_full_and_gone_lists_are_dealt_with(phone, site):
    """What another program left in the browser breaks nothing; two hundred at most; what left the directory can be forgotten."""
    page = phone.new_page()
    complaints, said = [], []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("dialog", lambda dialog: (said.append(dialog.message), dialog.accept()))
    page.goto(f"{site.url}/favoris")
    expect(page.locator(".vide")).to_contain_text("Aucun favori")
    for value in ('"texte"', "[1, null, {}]", '["partie", "perdue"]'):
        page.evaluate("(value) => localStorage.setItem('favoris', value)", value)
        page.reload()
    expect(page.locator(".message")).to_contain_text("2 de vos favoris ne sont plus")
    page.locator(".oublier").click()
    expect(page.locator(".vide")).to_contain_text("Aucun favori")
    assert "[]" == kept(page)
    page.evaluate("localStorage.setItem('favoris', JSON.stringify(Array.from({length: 200}, (_, n) => 'f' + n)))")
    without_streamlit(page)
    page.goto(site.url)
    page.locator("#ssr .favori").first.click()
    expect(page.locator("#ssr .favori").first).to_have_attribute("aria-pressed", "false")
    assert [] == complaints
    assert re.search("200 favoris", said[0])


def test_without_scripts_nothing_of_it_shows(chromium, site):
    context = chromium.new_context(viewport={"width": 390, "height": 844}, java_script_enabled=False)
    page = context.new_page()
    for path in ("/", page.goto(site.url) and page.locator(".carte a").first.get_attribute("href")):
        page.goto(site.url + path)
        assert page.locator(".favori").count()
        assert not page.locator(".favori:visible, .mes-favoris:visible").count()
    context.close()

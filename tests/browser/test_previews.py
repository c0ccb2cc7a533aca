"""Drafts of «Le Mag» in a real browser: from `/feuille` to the text, by its link, in both faces; and no further."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import live

pytestmark = pytest.mark.browser
BANNER = "Brouillon : visible par l'équipe seulement"


def test_a_volunteer_reads_a_draft_and_a_visitor_does_not(page, site):
    page.goto(site.sheet_url)
    live(page)
    page.get_by_text("Les brouillons du Mag").click()
    page.locator('a[href*="apercu="]').press("Enter")  # it moves while what holds it unfolds
    page.wait_for_url(re.compile(r"/mag\?apercu="))
    expect(page.get_by_role("heading", name="Brouillons")).to_be_visible()
    live(page)
    page.get_by_role("link", name="Les coulisses de la carte").click()
    page.wait_for_url(re.compile(r"article=les-coulisses-de-la-carte&apercu="))
    expect(page.get_by_text(BANNER)).to_be_visible()
    live(page)
    expect(page.get_by_text(BANNER)).to_be_visible()
    expect(page.get_by_role("heading", name="Les coulisses de la carte")).to_be_visible()
    assert "Brouillon" in page.title()
    kept = page.evaluate(
        "async () => (await Promise.all((await caches.keys()).map(async (name) => (await (await caches.open(name)).keys()).map(({url}) => url)))).flat()"
    )
    assert [] == [url for url in kept if "apercu" in url]
    assert page.goto(page.url.partition("&apercu")[0]).status == 404
    expect(page.get_by_text("Cet article n'existe pas")).to_be_visible()

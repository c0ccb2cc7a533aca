"""`/feuille` in a real browser: what changed is read cell by cell, and a line that another looks after is asked about."""

from datetime import datetime

import pytest
from playwright.sync_api import expect

from fields.date import serial
from schema import RESPONSES
from sheets.workbook import Workbook
from tests.browser.conftest import live

pytestmark = pytest.mark.browser


@pytest.fixture
def edited(site) -> str:
    """The name of a fiche online that its merchant has changed, and that Camille looks after."""
    workbook = Workbook(site.workbook, site.workbook.parent)
    tab = workbook.spreadsheet().worksheet(RESPONSES.name).get_values(value_render_option="UNFORMATTED_VALUE")
    head, line = tab[0], tab[-1]
    cells = dict(zip(head, line, strict=False))
    later = serial(datetime(2026, 11, 24, 8))
    workbook.amend(
        RESPONSES.name,
        {"Nom": cells["Nom"]},
        {"Horodateur": later, "Horaires": "Samedi 9h-<b>13h</b>", "suivi par": "Camille"},
    )
    workbook.flush()
    return cells["Nom"]


def test_a_line_that_another_looks_after_is_asked_about(page, site, edited):
    page.goto(site.sheet_url)
    live(page)
    again = page.get_by_role("button", name="La feuille a changé : actualiser")
    if not page.get_by_text("Suivi par Camille").count():
        again.click(timeout=15_000)
    page.get_by_text("Suivi par Camille").first.wait_for(timeout=15_000)
    expect(page.locator(".change ins").filter(has_text="<b>13h</b>").first).to_be_visible()
    page.get_by_role("button", name="Mettre en ligne").first.click()
    page.get_by_text("Camille s'occupe de cette ligne. Mettre en ligne quand même ?").wait_for()
    page.get_by_role("button", name="Non, laisser à Camille").click()
    page.get_by_role("button", name="Mettre en ligne").first.wait_for()
    page.get_by_label("Votre prénom").fill("Alix")
    page.get_by_label("Votre prénom").press("Enter")
    page.get_by_role("button", name="Je prends la suite").first.click()
    page.get_by_text("Vous vous en occupez.").first.wait_for(timeout=15_000)
    page.get_by_role("button", name="Mettre en ligne").first.click()
    page.get_by_text(f"{edited} : en ligne").wait_for(timeout=15_000)
    page.get_by_role("link", name=f"Voir «{edited}» en ligne").click()
    page.wait_for_url("**/fiche?f=*")
    expect(page.get_by_role("heading", name=edited)).to_be_visible()

"""More visitors than live pages: the site that the server wrote is theirs, whole, and the live one comes when there is room."""

import shutil

import pytest

from tests.browser.conftest import Site, live, serving

pytestmark = pytest.mark.browser
SAID = "Beaucoup de visiteurs en ce moment"


@pytest.fixture
def narrow(site, tmp_path):
    """The same site with room for one live page."""
    workbook = tmp_path / "feuille.xlsx"
    shutil.copy(site.workbook, workbook)
    with serving(workbook, tmp_path, CONSO_OPEN_PAGES="1") as running:
        yield running


def test_who_comes_too_many_reads_and_waits(page, chromium, narrow: Site):
    """A kind line, no English, no dialog; the list, a search and a fiche work; then, the first visitor gone, the page comes to life."""
    first = chromium.new_context(locale="fr-FR").new_page()
    first.goto(f"{narrow.url}/")
    live(first)
    page.add_init_script("Math.random = () => 0;")  # it tries again after 20 s, and not after 40
    sockets = []
    page.on("websocket", lambda socket: sockets.append(socket.url))

    page.goto(f"{narrow.url}/")
    page.get_by_role("status").filter(has_text=SAID).wait_for()
    assert "\u00a0:" in page.locator("#complet").inner_text()
    page.wait_for_timeout(10_000)
    assert page.locator("#ssr .carte").count() > 5
    assert page.locator("[role=dialog]").count() == 0
    assert len(sockets) <= 2  # it does not hammer
    page.locator("#ssr input[type=search]").fill("pain")
    page.locator("#ssr input[type=search]").press("Enter")
    page.wait_for_url("**q=pain*")
    assert page.locator("#ssr .resultats").count() == 1
    page.locator("#ssr .carte a").first.click()
    page.wait_for_url("**/fiche?f=*")
    page.get_by_text(SAID).wait_for()
    assert page.locator("#ssr .fiche").count() == 1

    first.context.close()
    page.wait_for_selector("#ssr", state="detached", timeout=150_000)
    page.wait_for_selector("#complet", state="detached")
    assert page.locator("[data-testid=stMain] .fiche").count() == 1
    assert not [said for said in page.complaints if "WebSocket" not in said]


def test_a_form_that_waits_says_so(page, chromium, narrow: Site):
    first = chromium.new_context(locale="fr-FR").new_page()
    first.goto(f"{narrow.url}/")
    live(first)
    page.goto(f"{narrow.url}/inscription")
    page.get_by_text("ce formulaire s'ouvrira de lui-même").wait_for()
    first.context.close()

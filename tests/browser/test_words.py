"""In a real browser every word comes from the catalogue: the pages, what the script adds to them, and what Streamlit says of its own."""

import pytest

from sheets import workbook
from sheets.snapshot import Store
from tests.browser.conftest import choice, serving, visit
from tests.mots import pseudo

pytestmark = [pytest.mark.browser, pytest.mark.map]
SEEN = """() => {
  const whole = document.documentElement.cloneNode(true);
  for (const icon of whole.querySelectorAll("[data-testid=stIconMaterial], noscript")) icon.remove();
  return whole.outerHTML;
}"""


@pytest.fixture(scope="module")
def worded(tmp_path_factory):
    """The demo as `tests.mots` has it, served whole."""
    folder = tmp_path_factory.mktemp("mots")
    book = folder / "feuille.xlsx"
    workbook.create(book, pseudo.tabs())
    with serving(book, folder, CONSO_WORDS=str(pseudo.catalogue(folder))) as running:
        stored = Store(str(folder / "store")).load()
        assert stored is not None
        snapshot = stored[0]
        yield running, pseudo.Reader(pseudo.data(snapshot.records(range(len(snapshot))))), next(iter(snapshot.rows_by_slug))


def strange(page, reader: pseudo.Reader) -> list[str]:
    return sorted(set(reader.page(page.evaluate(SEEN))))


@pytest.mark.parametrize(
    "path", ["/", "/?q=%E2%9F%AAzzzzqq%E2%9F%AB", "/fiche?f={slug}", "/inscription", "/mag", "/favoris", "/hors-ligne"]
)
def test_every_word_of_a_page_is_worded(page, worded, path):
    site, reader, slug = worded
    visit(page, site.url + path.replace("{slug}", slug))
    assert [] == strange(page, reader)
    assert page.complaints == []


def test_what_is_said_as_a_page_is_used_is_worded(page, worded):
    """A menu opened, without an answer, chosen; a form refused; a favourite kept; the volunteers' sheet."""
    site, reader, _ = worded
    visit(page, site.url)
    choice(page, "Catégorie", "Boulangerie").check()
    page.wait_for_url("**categorie=boulangerie")
    assert [] == strange(page, reader)
    page.locator("[data-testid=stMain] button.favori").first.click()
    page.locator("a.mes-favoris:visible").wait_for()
    assert page.locator("a.mes-favoris").first.get_attribute("aria-label") == "⟦Mes favoris (1)⟧"
    visit(page, f"{site.url}/inscription")
    menu = page.get_by_label("Catégorie")
    menu.click()
    menu.fill("zzz")
    page.get_by_text("⟦Aucun résultat⟧").first.wait_for()
    assert [] == strange(page, reader)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="⟦Envoyer ma fiche⟧").click()
    page.get_by_text("⟦Cette réponse est nécessaire.⟧").first.wait_for()
    assert [] == strange(page, reader)
    visit(page, site.sheet_url)
    page.get_by_role("button", name="⟦Retirer du site⟧").first.wait_for()

"""Every word a visitor can see or hear is French, Streamlit's own included, in the states one gets by using the site."""

import re

import pytest

from tests.browser.conftest import PAGES, PLAIN, choice, visit

pytestmark = [pytest.mark.browser, pytest.mark.map]
SAID = """() => {
  const said = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let text = walker.nextNode(); text; text = walker.nextNode())
    if (!text.parentElement.closest("script, style, noscript, textarea, code, [data-testid=stIconMaterial]")) said.push(text.data);
  for (const element of document.querySelectorAll("*"))
    for (const name of ["aria-label", "title", "placeholder", "alt", "aria-description", "aria-valuetext", "aria-roledescription"])
      if (element.getAttribute(name)) said.push(element.getAttribute(name));
  return said.map((text) => text.trim()).filter(Boolean);
}"""
ENGLISH = re.compile(
    r"\b(the|and|of|to|with|please|click|select|selected|choose|results?|running|loading|close|clear|search|press|enter|show|hide|remove|delete"
    r"|upload|drag|drop|browse|files?|rerun|settings|about|more|view|fullscreen|download|record|connection|lost|available|failed|empty|none|yes"
    r"|not|found|this|your|you|is|are|open|map|zoom (?:in|out)|toggle|attribution|copy|share|edit|help|back|next|previous|values?|must|be|at|least"
    r"|most|field|required|add|up|down|increment|decrement|expand|collapse|dismiss|alert|sort|filter|server|skip)\b",
    re.IGNORECASE,
)
"""Common words of English that no French sentence of ours holds."""


def english(page) -> list[str]:
    return sorted({text[:90] for text in page.evaluate(SAID) if ENGLISH.search(text)})


@pytest.mark.parametrize("path", [*PAGES, *PLAIN, "/inscription?lien=faux", "/page?p=rien"])
def test_every_page_speaks_french(page, site, path):
    visit(page, site.url + path)
    assert [] == english(page)
    assert page.evaluate("document.documentElement.lang") == "fr"


def test_the_choices_speak_french_as_they_are_used(page, site):
    """Opened, chosen, typed in."""
    visit(page, site.url)
    choice(page, "Catégorie", "Boulangerie").check()
    page.wait_for_url("**categorie=boulangerie")
    assert [] == english(page)
    page.get_by_label("Que cherchez-vous ?").fill("pain")
    page.get_by_label("Près de").fill("Angers")
    assert [] == english(page)


def test_the_menus_of_the_form_speak_french(page, site):
    """Streamlit's own: opened, without an answer, chosen."""
    visit(page, f"{site.url}/inscription")
    category = page.get_by_label("Catégorie")
    category.click()
    page.get_by_role("option", name="Boulangerie").wait_for()
    assert [] == english(page)
    category.fill("zzz")
    page.get_by_text("Aucun résultat").first.wait_for()
    assert [] == english(page)
    page.keyboard.press("Escape")


def test_a_refused_form_and_the_sheet_speak_french(page, site):
    visit(page, f"{site.url}/inscription")
    page.get_by_role("button", name="Envoyer ma fiche").click()
    page.get_by_text(re.compile(r"^Nom\s: ")).wait_for()
    assert [] == english(page)
    visit(page, site.sheet_url)
    assert [] == english(page)


def test_a_lost_connection_is_said_in_french(page, site):
    """The server no longer answers: the page stays, and says so."""
    sockets = []
    page.route_web_socket(re.compile("_stcore/stream"), lambda socket: sockets.append((socket, socket.connect_to_server())))
    visit(page, site.url)
    page.route("**/_stcore/**", lambda route: route.abort())
    page.route_web_socket(re.compile("_stcore/stream"), lambda socket: socket.close(code=1011))
    for ours, theirs in sockets:
        ours.close(code=1011)
        theirs.close(code=1011)
    page.get_by_role("dialog").get_by_text("Le site ne répond pas").wait_for(timeout=60_000)
    assert [] == english(page)
    assert page.locator(".carte").count() == 24

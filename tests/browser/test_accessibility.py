"""RGAA 4, WCAG 2.2 AA: what axe-core can see, and what only a walk by keyboard or a small screen shows."""

import re
from pathlib import Path

import axe_playwright_python
import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PAGES, PLAIN, live, visit, visit_face

pytestmark = pytest.mark.browser
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
FOUND = """async (rules) => (await axe.run(document, {runOnly: rules})).violations
  .map(({id, impact, nodes}) => `${id} (${impact}): ${nodes[0].html.slice(0, 120)}`)"""
RULES = {
    "light": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]},
    "dark": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]},
}
"""By theme: all that axe knows, then what colours alone can change."""


@pytest.mark.parametrize("theme", RULES)
def test_axe_finds_nothing(chromium, site, theme):
    """On a phone, then with the same page made as wide as a screen; and as the server wrote it, before Streamlit takes over."""
    context = chromium.new_context(bypass_csp=True, color_scheme=theme, service_workers="block")
    page = context.new_page()
    found = {}
    for path in (*PAGES, *PLAIN, site.sheet_url.removeprefix(site.url)):
        page.set_viewport_size({"width": 390, "height": 900})
        visit(page, site.url + path)
        page.evaluate(AXE)
        for width in (390, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            page.wait_for_timeout(200)
            found[path, width] = page.evaluate(FOUND, RULES[theme])
    for path in ("/", "/fiche?f=cycles-du-bac"):
        visit_face(page, site.url + path, "server")
        page.evaluate(AXE)
        found[path, "server"] = page.evaluate(FOUND, RULES[theme])
    context.close()
    assert {} == {where: said for where, said in found.items() if said}


def focused(page) -> str:
    """What a screen reader would say of the element that has the keyboard."""
    return page.evaluate(
        """() => { const it = document.activeElement; return it.getAttribute("aria-label") || it.labels?.[0]?.innerText || it.innerText || ""; }"""
    )


def walk_to(page, wanted: str, most: int = 60) -> None:
    """Tab until what is said begins so."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if re.match(wanted, focused(page)):
            return
    pytest.fail(f"«{wanted}» is not reached by keyboard; last: {focused(page)}")


def test_search_filter_open_and_go_back_by_keyboard_alone(page, site):
    page.goto(site.url)
    live(page)
    walk_to(page, "Que cherchez-vous")
    page.keyboard.type("vélo")
    expect(page.get_by_label("Que cherchez-vous ?")).to_have_value("vélo")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/\?q=v"))
    expect(page.get_by_role("status").first).to_contain_text("fiche")
    walk_to(page, "Ouvert maintenant")
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline != "none"
    walk_to(page, "Cycles du Bac")
    page.keyboard.press("Enter")
    page.wait_for_url("**/fiche?f=*")
    live(page)
    page.go_back()  # the browser's own key, which a browser without a window does not have
    page.wait_for_url(re.compile(r"/\?q=v"))
    live(page)
    expect(page.get_by_label("Que cherchez-vous ?")).to_have_value("vélo")


@pytest.mark.parametrize("path", [*PAGES, *PLAIN])
def test_nothing_scrolls_sideways_at_320_pixels(chromium, site, path):
    """320 pixels are also what is left of 1280 at 400 % of zoom (WCAG 1.4.10); a printed poster has its own width."""
    context = chromium.new_context(viewport={"width": 320, "height": 640}, service_workers="block")
    page = context.new_page()
    visit(page, site.url + path)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    wide = page.evaluate(
        """() => { const main = document.querySelector("[data-testid=stMain]") || document.body; return main.scrollWidth - main.clientWidth; }"""
    )
    context.close()
    assert wide <= 0

"""Streamlit takes over from the server-written page, and nothing moves under the reader's eyes."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import STREAMLIT, hold_streamlit, live, without_streamlit

pytestmark = [pytest.mark.browser, pytest.mark.map]
FICHE = "/fiche?f=cycles-du-bac"
FURTHEST = 8
"""Pixels."""
PLACES = """(root) => [`${root} h1`, `${root} :is(.carte, .articles li)`].map((each) => document.querySelector(each))
  .filter((found) => found && getComputedStyle(found).position !== "absolute")
  .map((found) => { const box = found.getBoundingClientRect(); return [box.x, box.y, box.width]; })"""


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("path", ["/", "/?categorie=boulangerie", FICHE, "/mag", "/a-propos"])
def test_nothing_moves_at_the_takeover(chromium, site, path, width):
    """The title and the first card stand where they stood."""
    context = chromium.new_context(viewport={"width": width, "height": 900}, locale="fr-FR", service_workers="block")
    page = context.new_page()
    without_streamlit(page)
    page.goto(site.url + path)
    before = page.evaluate(PLACES, "#ssr")
    page.unroute(STREAMLIT)
    page.goto(site.url + path)
    live(page)
    page.wait_for_timeout(1000)  # the map's place is taken
    after = page.evaluate(PLACES, "[data-testid=stMain]")
    context.close()
    assert len(before) == len(after) >= 1
    assert [] == [
        (one, two)
        for one, two in zip(before, after, strict=True)
        if any(abs(a - b) >= FURTHEST for a, b in zip(one, two, strict=True))
    ]


def test_who_has_scrolled_goes_on_reading_the_same_card(chromium, site):
    """Meanwhile cards out of sight are not laid out: the new page, where all are, is brought to the card that was being read."""
    context = chromium.new_context(viewport={"width": 390, "height": 844}, locale="fr-FR", service_workers="block")
    page = context.new_page()
    release = hold_streamlit(page)
    page.goto(site.url + "/?tri=nom", wait_until="commit")
    top = "[...document.querySelectorAll(`${root} .carte > a`)].find((card) => card.getBoundingClientRect().bottom > 0)"
    told = f"(root) => {{ const card = {top}; return [card.href, Math.round(card.getBoundingClientRect().top)]; }}"
    page.locator(".carte").nth(20).scroll_into_view_if_needed()
    page.wait_for_timeout(500)
    before = page.evaluate(told, "#ssr")
    release()
    live(page)
    after = page.evaluate(told, "[data-testid=stMain]")
    assert all(page.locator("[data-testid=stMain] .carte").all_inner_texts())
    context.close()
    assert after[0] == before[0]
    assert abs(after[1] - before[1]) < FURTHEST


def test_the_socket_is_open_before_streamlit_asks_for_it_and_is_the_only_one(page, site):
    sockets = []
    page.on("websocket", lambda socket: sockets.append(socket.url))
    release = hold_streamlit(page)
    page.goto(site.url, wait_until="commit")
    while not sockets:
        page.wait_for_timeout(50)
    release()
    live(page)
    page.wait_for_timeout(500)
    assert sockets == [f"{site.url.replace('http', 'ws')}/_stcore/stream"]


def test_icons_are_never_words(page, site):
    """Streamlit's icons stay hidden until their font is in, then show."""
    fonts = []
    page.route("**/MaterialSymbols*.woff2", lambda route: fonts.append(route))
    page.goto(site.sheet_url, wait_until="commit")  # the one page that has some
    live(page)
    shown = "getComputedStyle(document.querySelector('[data-testid=stIconMaterial]')).visibility"
    assert page.evaluate(shown) == "hidden"
    for route in fonts:
        route.continue_()
    expect(page.locator("[data-testid=stIconMaterial]").first).to_have_css("visibility", "visible")


@pytest.mark.parametrize("path", ["/", "/mag", "/inscription"])
def test_no_font_comes_that_no_page_shows(page, site, path):
    """Streamlit's icons and letters are half a megabyte: two and a half seconds of a slow line."""
    fonts = []
    page.on("request", lambda request: fonts.append(request.url) if request.resource_type == "font" else None)
    page.goto(site.url + path)
    live(page)
    page.wait_for_timeout(1500)
    assert {url.removeprefix(site.url) for url in fonts} <= {"/polices/titres-1.woff2"}


SHIFTS = """window.shifted = 0;
new PerformanceObserver((list) => { for (const entry of list.getEntries()) window.shifted += entry.value; })
  .observe({ type: "layout-shift", buffered: true });"""


@pytest.mark.parametrize("path", ["/a-propos", "/mag", "/page?p=comment-ca-marche"])
def test_no_text_is_laid_out_anew_while_it_is_read(chromium, site, path):
    """Streamlit's own style sheet, which comes meanwhile, changes nothing of the page that the server wrote."""
    context = chromium.new_context(viewport={"width": 390, "height": 844}, locale="fr-FR", service_workers="block")
    page = context.new_page()
    page.add_init_script(SHIFTS)
    page.goto(site.url + path)
    live(page)
    page.wait_for_timeout(1000)
    shifted = page.evaluate("window.shifted")
    context.close()
    assert shifted < 0.1


ALL_CAME = """() => Promise.allSettled([
  ...[...document.fonts].filter(({ family }) => !family.includes("Material")).map((font) => font.load()),
  ...[...document.images].filter(({ loading }) => loading !== "lazy").map((image) => image.decode()),
]).then(() => null)"""
NOTED = """() => { window.noted = [document.documentElement, ...document.querySelectorAll("#ssr, #ssr *")].map((element) => {
  const style = getComputedStyle(element);
  return [element, [...style].map((name) => [name, style[name]])];
}); }"""
CHANGED = """() => window.noted.flatMap(([element, before]) => {
  const style = getComputedStyle(element);
  return before.filter(([name, value]) => style[name] !== value).map(([name, value]) => `${element.tagName}.${element.className} ${name}: ${value} → ${style[name]}`);
})"""


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("path", ["/", FICHE, "/mag?article=cent-fiches-merci", "/page?p=comment-ca-marche", "/inscription"])
def test_streamlits_own_sheets_change_nothing_that_is_shown(chromium, site, path, width):
    """A slow phone would lay the whole page out anew, twice: web/ahead.css says beforehand what they say."""
    context = chromium.new_context(viewport={"width": width, "height": 844}, locale="fr-FR", service_workers="block")
    page = context.new_page()
    page.route("**/static/**", lambda route: None)
    page.goto(site.url + path, wait_until="commit")
    page.wait_for_selector("#ssr a")
    page.locator("#ssr a").last.focus()  # the takeover waits for who is at the keyboard
    page.wait_for_selector("head > link[rel=modulepreload]", state="attached")
    page.evaluate(ALL_CAME)  # the letters of titles may come later than all else
    page.wait_for_timeout(500)  # cards that came into sight are laid out, and have heights of their own
    page.evaluate(NOTED)
    page.unroute("**/static/**")  # which lets go of those held
    page.wait_for_selector("[data-test-script-state=notRunning]", state="attached")
    page.wait_for_timeout(1000)
    changed = page.evaluate(CHANGED)
    context.close()
    assert changed == []

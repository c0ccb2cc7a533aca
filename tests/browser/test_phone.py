"""One hand, one thumb: the bar at the bottom of a phone, and the choices as a drawer above it."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import choice, live, visit_face

pytestmark = [pytest.mark.browser, pytest.mark.map]


@pytest.fixture
def phone(chromium):
    context = chromium.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True, locale="fr-FR", timezone_id="Europe/Paris"
    )
    yield context.new_page()
    context.close()


def bar(page, name: str):
    return page.get_by_role("navigation", name="Dans cette page").get_by_role("link", name=name)


def visit_directory(page, site, face: str) -> None:
    """As the server wrote it, or once Streamlit and its map stand."""
    visit_face(page, site.url, face)
    if face == "live":
        expect(page.locator(".legende")).to_be_visible(timeout=30_000)


def drawer(page):
    return page.locator(".filtres details")


@pytest.mark.parametrize("face", ["server", "live"])
def test_the_choices_open_as_a_drawer_within_reach(phone, site, face):
    """It covers the lower part of the screen alone; Escape, «Fermer» and a press beside it shut it."""
    visit_directory(phone, site, face)
    box = bar(phone, "Choix").bounding_box()
    assert box["y"] + box["height"] > 840  # the thumb's side of the screen
    assert box["height"] >= 44
    for shut in (
        lambda: phone.keyboard.press("Escape"),
        lambda: drawer(phone).locator("summary").click(position={"x": 300, "y": 20}),
        lambda: phone.touchscreen.tap(200, 60),
    ):
        bar(phone, "Choix").tap()
        expect(drawer(phone)).to_have_attribute("open", "")
        opened = drawer(phone).bounding_box()
        assert opened["y"] >= 100
        assert abs(opened["y"] + opened["height"] - 844) < 2
        assert phone.evaluate("document.documentElement.scrollWidth") == 390
        shut()
        expect(drawer(phone)).not_to_have_attribute("open", "")
    assert phone.url.rstrip("/") == site.url


def test_a_choice_made_in_the_drawer_shows_behind_it(phone, site):
    phone.goto(site.url)
    live(phone)
    bar(phone, "Choix").tap()
    choice(phone, "Catégorie", "Boulangerie").tap()
    expect(phone.locator(".choix")).to_contain_text("Boulangerie")
    expect(drawer(phone)).to_have_attribute("open", "")
    found = phone.locator(".nombre strong").inner_text()
    phone.get_by_role("button", name=f"Voir : {found}").tap()
    expect(drawer(phone)).not_to_have_attribute("open", "")
    assert phone.url == f"{site.url}/?categorie=boulangerie"


@pytest.mark.parametrize("face", ["server", "live"])
def test_the_words_the_list_and_the_map_are_one_press_away(phone, site, face):
    visit_directory(phone, site, face)
    for name, place in (("Carte", "#carte"), ("Liste", "#liste")):
        expect(phone.locator(f"a[href='{place}']:visible")).to_have_count(1)
        bar(phone, name).tap()
        expect(phone.locator(place)).to_be_in_viewport()
    bar(phone, "Chercher").tap()
    expect(phone.get_by_label("Que cherchez-vous ?")).to_be_focused()
    expect(phone.get_by_label("Que cherchez-vous ?")).to_be_in_viewport()


def test_a_wide_screen_has_no_bar(page, site):
    page.goto(site.url)
    expect(bar(page, "Choix")).to_be_hidden()

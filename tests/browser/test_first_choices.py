"""A choice made before Streamlit is live is answered where it is made, and Streamlit takes over from there."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import choice, hold_streamlit, live, unfold, without_streamlit

pytestmark = pytest.mark.browser
ADDRESS = "() => document.querySelector('[data-testid=stMain] .resultats').dataset.adresse"


@pytest.fixture
def early(page, site):
    """The directory with Streamlit's first script held back, and how to let it come."""
    release = hold_streamlit(page)
    page.goto(site.url, wait_until="commit")
    page.wait_for_selector("#ssr .pied")
    page.evaluate("window.same = true")

    def take_over():
        release()
        live(page)

    page.take_over = take_over
    yield page
    assert page.evaluate("window.same"), "the page was loaded again"


def chips(page):
    return page.locator(".resultats .choix a:not(.tout)")


@pytest.mark.parametrize("width", [390, 1280])
def test_a_choice_is_answered_in_place(early, width):
    """The list, the counts, the title, the address; the keyboard and what was unfolded stay, also at the takeover."""
    early.set_viewport_size({"width": width, "height": 844})
    all_of_them = early.locator(".nombre").inner_text()
    box = choice(early, "Catégorie", "Boulangerie")
    box.check()
    expect(early).to_have_url(re.compile(r"/\?categorie=boulangerie"))
    expect(chips(early)).to_have_text([re.compile("Boulangerie")])
    expect(early).to_have_title(re.compile("^Boulangerie — "))
    expect(box).to_be_focused()
    found = early.locator(".nombre").inner_text()
    assert found != all_of_them
    early.take_over()
    assert early.locator("[data-testid=stMain] .nombre").inner_text() == found
    expect(box).to_be_checked()
    expect(box).to_be_focused()
    assert early.locator(".filtres details").evaluate("details => details.open")


def test_what_was_scrolled_stays_under_the_finger(early):
    """A long list of towns, in the drawer of a phone: neither an answer nor the takeover brings it back to its top."""
    early.set_viewport_size({"width": 390, "height": 844})
    towns = unfold(early, "Commune")
    last = towns.get_by_role("checkbox").last
    name = last.get_attribute("value")
    last.check()
    expect(early).to_have_url(re.compile(rf"/\?commune={name}"))
    expect(chips(early)).to_have_count(1)
    same = early.locator(f".filtres [name=commune][value={name}]")
    expect(same).to_be_in_viewport()
    early.take_over()
    expect(same).to_be_focused()
    expect(same).to_be_in_viewport()


def test_words_are_answered_as_they_are_typed(early):
    words = early.get_by_label("Que cherchez-vous ?")
    words.press_sequentially("pain", delay=20)
    expect(chips(early)).to_have_count(1)
    expect(words).to_be_focused()
    assert words.input_value() == "pain"
    early.get_by_role("link", name="Annuaire").focus()  # the takeover waits for who types
    early.get_by_role("link", name="Annuaire").blur()
    early.take_over()
    assert early.evaluate(ADDRESS) == "/?q=pain"
    assert words.input_value() == "pain"


def test_back_leads_back(early):
    """One entry of the history for each choice, whoever answered it; the words of the form go back with it."""
    early.locator(".tuiles a").first.click()
    expect(early).to_have_url(re.compile(r"/\?categorie="))
    expect(chips(early)).to_have_count(1)
    early.get_by_label("Que cherchez-vous ?").fill("zqx")
    expect(chips(early)).to_have_count(2)
    early.evaluate("history.back()")
    expect(chips(early)).to_have_count(1)
    assert early.get_by_label("Que cherchez-vous ?").input_value() == ""
    early.get_by_label("Que cherchez-vous ?").blur()
    early.take_over()
    early.evaluate("history.back()")
    expect(early).to_have_url(re.compile(r"/$"))
    expect(chips(early)).to_have_count(0)


def test_another_page_is_read_from_its_first_card(early):
    early.locator(".pages a", has_text="Suivantes").click()
    expect(early).to_have_url(re.compile(r"/\?page=2"))
    expect(early.locator(".pages [aria-current]")).to_have_text("2")
    expect(early.locator("#ssr .resultats")).to_be_focused()
    early.take_over()
    expect(early.locator("[data-testid=stMain] .resultats")).to_be_focused()
    assert early.evaluate(ADDRESS) == "/?page=2"


def test_the_last_of_two_choices_counts(early):
    """The first answer comes after the second was asked for."""
    held = []
    early.route("**/resultats?ouvert=1", lambda route: held.append(route))
    early.locator(".raccourcis a", has_text="Ouvert maintenant").click()
    expect(early).to_have_url(re.compile(r"/\?ouvert=1"))
    early.locator(".tuiles a").first.click()
    expect(chips(early)).to_have_count(1)
    for route in held:
        route.continue_()
    early.wait_for_timeout(300)
    expect(chips(early)).not_to_have_text(["Ouvert maintenant ×"])


def test_streamlit_takes_over_with_what_was_asked_last(page, site):
    """It had its first page ready when the choice was made, and waited for whoever was at the keyboard."""
    page.goto(site.url, wait_until="commit")
    page.locator("#ssr .pied a").first.focus()
    page.wait_for_selector("[data-test-script-state=notRunning]", state="attached")
    page.wait_for_timeout(300)
    assert page.locator("#ssr").count()
    page.locator("#ssr .tuiles a").nth(1).click()
    live(page)
    asked = page.evaluate("location.search")
    assert asked.startswith("?categorie=")
    assert page.evaluate(ADDRESS) == f"/{asked}"


@pytest.mark.parametrize("query", ["q=" + "x" * 2500, "q=%ED%A0%80&q=b&=c", "categorie=bar&q=a;b&categorie=%00&page=-1"])
def test_streamlit_takes_over_whatever_the_address(page, site, query):
    """Also where it reads it otherwise than the server does, which looks at 2,000 characters."""
    page.goto(f"{site.url}/?{query}")
    live(page)


def test_a_page_that_streamlit_never_takes_over_is_answered_too(page, site):
    """Where data is counted, where it does not come, where the site is full."""
    without_streamlit(page)
    page.goto(site.url)
    page.evaluate("window.same = true")
    page.locator(".tuiles a").first.click()
    expect(chips(page)).to_have_count(1)
    assert page.evaluate("window.same")


def test_without_an_answer_the_page_itself_is_asked(page, site):
    """Whole, and by its address, which says what was chosen."""
    without_streamlit(page)
    page.route("**/resultats?*", lambda route: route.fulfill(status=502))
    page.goto(site.url)
    page.evaluate("window.same = true")
    page.locator(".tuiles a").first.click()
    expect(chips(page)).to_have_count(1)
    assert page.evaluate("window.same === undefined")

"""The whole road in a real browser: a merchant sends a fiche, a volunteer ticks it, a visitor finds it."""

import re
from urllib.parse import parse_qsl, urlsplit

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import choice, live, unfold

pytestmark = pytest.mark.browser
NAME = "Fournil de l'Essai"


def fill_in(page, name: str) -> None:
    page.get_by_label("Nom", exact=True).fill(name)
    page.get_by_label("Catégorie").click()
    page.get_by_role("option", name="Boulangerie").click()
    page.get_by_label("Activité").fill("Pain de seigle")
    page.get_by_label("Adresse", exact=True).fill("3 rue du Four")
    page.get_by_label("Code postal").fill("49400")
    page.get_by_label("Commune").fill("Saumur")
    page.get_by_label("Téléphone").fill("0261910042")
    page.get_by_text("Consentement", exact=True).click()


def test_a_sent_fiche_is_ticked_found_opened_and_left(page, site):
    """Sent, it waits; ticked on the sheet, it is online; filtered, it is found; Back restores the search."""
    page.goto(f"{site.url}/inscription")
    live(page)
    fill_in(page, NAME)
    page.get_by_role("button", name="Envoyer ma fiche").click()
    page.get_by_text("Merci").first.wait_for()
    assert re.search(r"/inscription\?lien=[\w-]{22,}", page.locator("[data-testid=stMain]").inner_text())
    assert page.request.get(f"{site.url}/fiche?f=fournil-de-l-essai").status == 404

    page.goto(site.sheet_url)
    live(page)
    if not page.get_by_text(NAME).count():
        page.get_by_role("button", name="La feuille a changé : actualiser").click(timeout=15_000)
    page.get_by_text(NAME).first.wait_for()
    page.get_by_role("button", name="Mettre en ligne").first.click()
    page.get_by_text(f"{NAME} : en ligne").wait_for(timeout=15_000)

    page.goto(f"{site.url}/")
    live(page)
    search = page.get_by_label("Que cherchez-vous ?")
    search.fill("seigle")
    search.press("Enter")
    expect(page.locator(".nombre")).to_contain_text("avec vos choix")
    page.wait_for_url("**/?q=seigle")
    expect(page.locator(".tuiles")).to_have_count(0)  # the answer, no more the home page
    page.get_by_role("link", name=NAME).click()
    page.wait_for_url("**/fiche?f=fournil-de-l-essai")
    live(page)
    assert page.locator("a[href='tel:+33261910042']").count() >= 1
    page.go_back()
    page.wait_for_url("**/?q=seigle")
    live(page)
    expect(page.get_by_label("Que cherchez-vous ?")).to_have_value("seigle")
    assert [] == [said for said in page.complaints if "404" not in said]


def test_a_refusal_names_the_field_and_keeps_what_was_typed(page, site):
    """A malformed postcode is told beside the question; the name typed is still there."""
    page.goto(f"{site.url}/inscription")
    live(page)
    fill_in(page, "Atelier refusé")
    page.get_by_label("Code postal").fill("4940")
    page.get_by_role("button", name="Envoyer ma fiche").click()
    page.get_by_text(re.compile(r"^Code postal\s: ")).wait_for()
    assert page.get_by_label("Nom", exact=True).input_value() == "Atelier refusé"


def test_filters_and_address_say_the_same(page, site):
    """A filter enters the address as a slug; Back undoes it; another machine restores it."""
    page.goto(f"{site.url}/")
    live(page)
    bakers = choice(page, "Catégorie", "Boulangerie")
    bakers.check()
    page.wait_for_url("**/?categorie=boulangerie")
    expect(page.locator(".choix")).to_contain_text("Boulangerie")
    expect(bakers).to_be_focused()
    page.go_back()
    page.wait_for_url(re.compile(r"/$"))
    expect(page.locator(".choix")).to_have_count(0)
    expect(bakers).not_to_be_checked()
    page.get_by_role("link", name="Accepte la Muse").click()
    expect(page.get_by_role("checkbox", name="Accepte la Muse")).to_be_checked()
    page.goto(f"{site.url}/?categorie=boulangerie,fromagerie")
    live(page)
    assert page.url.endswith("categorie=boulangerie,fromagerie")
    chips = page.locator(".choix").inner_text()
    assert "Boulangerie" in chips
    assert "Fromagerie" in chips
    expect(choice(page, "Catégorie", "Fromagerie")).to_be_checked()
    choice(page, "Catégorie", "Boulangerie").uncheck()
    page.wait_for_url("**/?categorie=fromagerie")


def test_what_the_form_cannot_show_stays_in_the_address(page, site):
    """A value nobody has, a moment that is not now, a parameter of somebody else: a choice made beside them leaves them as they are."""
    page.goto(f"{site.url}/?categorie=licorne&ouvert=2026-11-24T10:00&utm_source=lettre")
    live(page)
    kind = unfold(page, "Catégorie").get_by_role("checkbox").last
    kind.check()
    slug = kind.input_value()
    page.wait_for_url(
        lambda url: (
            parse_qsl(urlsplit(url).query)
            == [
                ("utm_source", "lettre"),
                *sorted((("categorie", slug), ("categorie", "licorne"))),
                ("ouvert", "2026-11-24T10:00"),
            ]
        )
    )
    expect(page.locator(".choix .inconnu")).to_contain_text("licorne")
    page.get_by_label("Ordre").select_option("nom")
    page.wait_for_url("**&tri=nom")
    expect(page.locator(".carte").first).to_be_visible()


def test_the_choices_say_what_each_would_find(page, site):
    """Given the others: a choice that would find nothing goes, one that is made stays."""
    page.goto(f"{site.url}/?categorie=boulangerie")
    live(page)
    shown = unfold(page, "Commune").get_by_role("checkbox").filter(visible=True)
    before = shown.count()
    place = shown.first
    said = place.evaluate("box => box.labels[0].innerText")
    place.check()
    total = re.search(r"(\d+)\s*$", said)[1]
    expect(page.locator(".nombre strong")).to_have_text(re.compile(rf"^{total}\sfiche"))
    expect(shown).to_have_count(before)
    assert unfold(page, "Catégorie").get_by_role("checkbox").count() < page.locator(".filtres [name=categorie]").count()
    expect(choice(page, "Catégorie", "Boulangerie")).to_be_checked()


def test_a_long_list_of_choices_is_found_by_its_letters(page, site):
    """Accents and hyphens do not matter; what is typed there asks for nothing."""
    page.goto(site.url)
    live(page)
    towns = unfold(page, "Commune")
    before, slug = towns.get_by_role("checkbox").count(), towns.get_by_role("checkbox").last.input_value()
    towns.get_by_label("Trouver : Commune").press_sequentially(slug.replace("-", " "))
    expect(towns.get_by_role("checkbox")).not_to_have_count(before)
    towns.get_by_role("checkbox").last.check()
    page.wait_for_url(f"{site.url}/?commune={slug}")


def test_results_follow_the_words_as_they_are_typed(page, site):
    """The last word unfinished, no key but letters; Back leaves the whole typing at once."""
    page.goto(f"{site.url}/?monnaie=1")
    live(page)
    before = page.locator(".nombre strong").inner_text()
    search = page.get_by_label("Que cherchez-vous ?")
    search.press_sequentially("boul", delay=40)
    page.wait_for_url("**/?q=boul&monnaie=1")
    expect(page.locator(".carte .ou").first).to_contain_text("Boulangerie")
    expect(search).to_be_focused()
    search.press_sequentially("angerie", delay=40)
    page.wait_for_url("**/?q=boulangerie&monnaie=1")
    page.go_back()
    page.wait_for_url("**/?monnaie=1")
    expect(page.locator(".nombre strong")).to_have_text(before)
    expect(search).to_have_value("")


def test_back_before_an_answer_is_there_is_obeyed(page, site):
    """The list of two steps ago, which the browser still holds when it asks for it, is there when it is named."""
    late = None

    def relay(socket) -> None:
        server = socket.connect_to_server()
        server.on_message(lambda said: socket.send(said) if late is None else late.append(said))
        socket.on_message(server.send)
        page.answer = socket.send

    page.route_web_socket("**/_stcore/stream", relay)
    page.goto(f"{site.url}/?monnaie=1")
    live(page)
    before = page.locator(".nombre strong").inner_text()
    search = page.get_by_label("Que cherchez-vous ?")
    search.press_sequentially("boul", delay=20)
    expect(page.locator(".nombre strong")).not_to_have_text(before)
    late = []
    search.press_sequentially("angerie", delay=20)
    page.wait_for_url("**/?q=boulangerie&monnaie=1")
    for _ in range(200):
        if any(b"boulangerie" in said for said in late):
            break
        page.wait_for_timeout(50)
    page.wait_for_timeout(300)  # the end of it too
    page.go_back()
    page.wait_for_url("**/?monnaie=1")
    held, late = late, None
    for said in held:
        page.answer(said)
    expect(page.locator(".nombre strong")).to_have_text(before)
    expect(search).to_have_value("")


def test_the_page_reads_without_javascript(chromium, site):
    """Cards, links and the search form work with scripts off."""
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site.url}/")
    assert page.locator(".carte").count() == 24
    page.get_by_label("Que cherchez-vous ?").fill("pain")
    page.get_by_role("button", name="Chercher").click()
    assert "q=pain" in page.url
    page.locator(".carte a").first.click()
    assert "/fiche?f=" in page.url
    assert page.locator("h1").count() == 1
    context.close()

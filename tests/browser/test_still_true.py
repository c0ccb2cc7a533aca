"""What keeps a directory true, walked as visitors, merchants and volunteers do: on the embedded sheet and through the loopback Google, over half a year.

Elsewhere in this folder: favourites, which the browser alone keeps (test_favourites.py); a line that another volunteer looks after (test_feuille.py:
with Google, «suivi par» is a column of the sheet, and no page shows it). With Google, the messages to merchants are the script's (tests/sheets/test_form_mail.py).
"""

import email
import email.policy
import json
import re
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import feedparser
import pytest
from playwright.sync_api import expect

from fields.date import serial
from schema import RESPONSES, SIGNALEMENTS_TAB, SUIVI_TAB
from tests.browser import halves
from tests.browser.conftest import live
from tests.browser.halves import Half

pytestmark = pytest.mark.browser
LONGEST_LINE = 710
"""Pixels across which a form is still read."""
REPORT = "Fermé le lundi & le mardi <depuis septembre>"


@pytest.fixture(scope="module", params=["embedded", "google"])
def half(request, tmp_path_factory) -> Iterator[Half]:
    with getattr(halves, request.param)(tmp_path_factory.mktemp(request.param)) as running:
        yield running


@pytest.fixture(scope="module")
def reader(chromium, half):
    """A visitor whose browser runs no script: what the server wrote, at once."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, locale="fr-FR", java_script_enabled=False)
    visitor = context.new_page()
    visitor.set_default_timeout(15_000)
    yield visitor
    context.close()


def names(reader, address: str) -> list[str]:
    reader.goto(address)
    return reader.locator(".carte h2").all_inner_texts()


def card(page, name: str):
    return page.locator(".carte").filter(has_text=name)


def linked(reader, address: str) -> dict[str, Any]:
    reader.goto(address)
    told = [json.loads(text) for text in reader.locator("script[type='application/ld+json']").all_text_contents()]
    return next(each for each in told if each["@type"] == "LocalBusiness")


def sooner_or_later(told: Callable[[], bool], seconds: float = 20) -> None:
    """The next pass brings it."""
    until = time.monotonic() + seconds
    while not told():
        assert time.monotonic() < until
        time.sleep(0.3)


def suivi(half: Half, name: str) -> dict[str, Any]:
    return next((line for line in half.hands.cells(SUIVI_TAB.name) if line["nom"] == name), {})


def test_a_closure_is_told_obeyed_and_gone(half, reader):
    """Two weeks ahead on card and fiche, to machines too; obeyed by «ouvert»; the morning after, nothing of it is left."""
    fiche = f"{half.url}/fiche?f=boulangerie-des-lices"
    half.at("2026-07-22T10:00")
    reader.goto(half.url)
    expect(card(reader, "Boulangerie des Lices")).to_contain_text("Fermé du 3 au 17 août")
    expect(card(reader, "Boulangerie des Lices")).to_contain_text("Vérifié le 22 juillet 2026")
    reader.goto(fiche)
    expect(reader.locator(".etat.exception")).to_have_text("Fermé du 3 au 17 août")
    expect(reader.locator(".verifie")).to_contain_text("Vérifié le 22 juillet 2026. Signaler un changement")
    assert "Boulangerie des Lices" in names(reader, f"{half.url}/?ouvert=1")
    half.at("2026-08-05T10:00")
    assert "Boulangerie des Lices" not in names(reader, f"{half.url}/?ouvert=1")
    (special,) = linked(reader, fiche)["specialOpeningHoursSpecification"]
    assert ("2026-08-03", "2026-08-17", "00:00", "00:00") == tuple(
        special[key] for key in ("validFrom", "validThrough", "opens", "closes")
    )
    half.at("2026-08-18T10:00")
    assert "Boulangerie des Lices" in names(reader, f"{half.url}/?ouvert=1")
    assert "specialOpeningHoursSpecification" not in linked(reader, fiche)
    expect(reader.locator(".etat.exception")).to_have_count(0)


def test_a_visitor_reports_and_the_team_reads(half, reader, page):
    """The report stands in «Signalements» beside its line; nothing public moves; on the embedded sheet `/feuille` shows it until it is dealt with."""
    half.at("2026-09-08T10:00")
    reader.goto(f"{half.url}/fiche?f=epicerie-du-mail")
    reader.get_by_role("link", name="Signaler un changement").click()
    reader.get_by_label("Les horaires sont faux").check()
    reader.get_by_label("En une ligne").fill(REPORT)
    reader.get_by_role("button", name="Envoyer à l'équipe").click()
    expect(reader.get_by_role("heading", name="Merci !")).to_be_visible()
    sooner_or_later(lambda: bool(half.hands.cells(SIGNALEMENTS_TAB.name)) or half.is_embedded)
    reader.get_by_role("link", name="Revenir à la fiche").click()
    assert "depuis septembre" not in reader.content()
    if half.is_embedded:
        page.goto(half.sheet_url)
        live(page)
        told = page.locator(".signale")
        expect(told).to_contain_text(
            f"Épicerie du Mail · ligne 4 · voir la fiche\nLes horaires sont faux : {REPORT}", use_inner_text=True
        )
        page.get_by_role("button", name="C'est traité").click()
        expect(page.get_by_text("Signalement traité.")).to_be_visible()
        expect(told).to_have_count(0)
    (line,) = half.hands.cells(SIGNALEMENTS_TAB.name)
    assert ("epicerie-du-mail", f"Les horaires sont faux : {REPORT}", half.is_embedded) == (
        line["fiche"],
        line["quoi"],
        line["traité"],
    )
    assert line["quand"].startswith("08/09/2026 10:0")
    assert ("ligne 4" in line["ligne"]) if half.is_embedded else line["ligne"].endswith("range=4:4")


def test_what_a_merchant_changed_is_read_cell_by_cell(half, reader, page):
    """In short in «Suivi», word for word on `/feuille`; the site keeps what was approved."""
    half.at("2026-10-06T10:00")
    edited = {"Horodateur": serial(datetime(2026, 10, 6, 9)), "Horaires": "Du mardi au samedi 9h-13h"}
    half.hands.change(RESPONSES.name, {"Nom": "Fleurs de Loire"}, edited)
    sooner_or_later(
        lambda: suivi(half, "Fleurs de Loire")["changé"] == "Horaires : Du mardi au samedi 9h-12h → Du mardi au samedi 9h-13h"
    )
    assert "modifiée : à revalider" == suivi(half, "Fleurs de Loire")["état"]
    reader.goto(f"{half.url}/fiche?f=fleurs-de-loire")
    expect(reader.locator(".details")).to_contain_text("Du mardi au samedi 9h-12h")
    if half.is_embedded:
        page.goto(half.sheet_url)
        live(page)
        expect(page.locator(".change del")).to_have_text("12h")
        expect(page.locator(".change ins")).to_have_text("13h")
    else:
        assert 404 == reader.goto(f"{half.url}/feuille").status


@pytest.mark.map
def test_a_market_is_found_named_and_drawn(half, reader, page):
    """Open and near by its markets: the card tells which one matched, and the map has a point for it."""
    half.at("2026-11-28T10:00")  # a Saturday
    farm = card(reader, "Ferme du Bois Clair")
    reader.goto(f"{half.url}/?ouvert=1")
    expect(farm).to_contain_text("Marché Lafayette, Angers · ouvert, ferme à 13 h")
    reader.goto(f"{half.url}/?pres=cholet&rayon=5")
    expect(farm).to_contain_text("(Marché de Cholet)")
    assert ["Ferme du Bois Clair"] == reader.locator(".carte h2").all_inner_texts()
    reader.goto(f"{half.url}/?ouvert=2026-12-02T10:00&pres=cholet&rayon=5")
    expect(farm).to_contain_text("Marché de Cholet · ouvert à ce moment")
    reader.goto(f"{half.url}/fiche?f=ferme-du-bois-clair")
    expect(reader.locator(".etat.ouvert")).to_have_text("Marché Lafayette, Angers · ouvert, ferme à 13 h")
    tiles: list[str] = []
    page.on("response", lambda answer: tiles.append(answer.url) if "/tuiles/" in answer.url else None)
    page.goto(f"{half.url}/?q=bois+clair")
    live(page)
    sooner_or_later(lambda: drawn(page, tiles) == {"Ferme du Bois Clair", "Marché Lafayette, Angers", "Marché de Cholet"})


def drawn(page, tiles: list[str]) -> set[str]:
    """What the map has asked for so far, by name."""
    page.wait_for_timeout(300)
    features = [feature["properties"] for url in set(tiles) for feature in page.request.get(url).json()["features"]]
    return {feature.get("lieu") or feature["nom"] for feature in features}


def test_a_product_finds_who_sells_it_after_who_is_named_so(half, reader):
    half.at("2026-11-28T10:00")
    assert ["Tomates et Cie", "Ferme du Bois Clair", "La Table de Lucie"] == names(reader, f"{half.url}/?q=tomate")
    expect(card(reader, "Ferme du Bois Clair").locator("mark")).to_have_text("tomates")


def test_new_fiches_are_followed_by_town_and_category(half, reader):
    """From the foot of the list that was asked for."""
    reader.goto(f"{half.url}/?categorie=librairie")
    address = reader.get_by_role("link", name="Suivre les nouvelles fiches").get_attribute("href")
    feed = feedparser.parse(reader.request.get(half.url + address).body())
    assert (False, ["Librairie du Ralliement"]) == (feed.bozo, [entry.title for entry in feed.entries])


def test_a_crisis_brings_what_is_unlike_to_the_front(half, reader, page):
    """On the home page, the card and the form; off again, all is as before."""
    half.at("2026-12-01T10:00")
    reader.goto(half.url)
    door = "Livraison ou retrait seulement"
    expect(card(reader, "Librairie du Ralliement").locator(".etat")).to_have_text(door)
    expect(reader.locator(".etat.exception")).to_have_count(0)
    expect(reader.locator(".raccourcis a").first).to_contain_text("Ouvert maintenant")
    assert "Librairie du Ralliement" not in names(reader, f"{half.url}/?ouvert=1")
    half.hands.change("Réglages", {"clé": "crise"}, {"valeur": "oui"})
    front = reader.locator(".raccourcis a").first
    sooner_or_later(lambda: bool(reader.goto(half.url)) and "Livraison ou retrait" in front.inner_text())
    front.click()
    expect(reader.locator(".carte h2")).to_have_text(["Librairie du Ralliement"])
    expect(reader.locator(".carte .etat.exception")).to_have_text(door)
    reader.goto(f"{half.url}/fiche?f=librairie-du-ralliement")
    expect(reader.locator(".etat.exception")).to_have_text(door)
    if half.is_embedded:
        page.goto(f"{half.url}/inscription")
        live(page)
        asked = page.locator(".st-key-formulaire")
        expect(asked.get_by_role("button", name="Envoyer ma fiche")).to_be_visible(timeout=15_000)
        top = {
            label: asked.get_by_label(label, exact=True).bounding_box()["y"] for label in ("Horaires exceptionnels", "Activité")
        }
        assert top["Horaires exceptionnels"] < top["Activité"]
        assert LONGEST_LINE >= asked.bounding_box()["width"]
    half.hands.change("Réglages", {"clé": "crise"}, {"valeur": "non"})
    sooner_or_later(lambda: bool(reader.goto(half.url)) and "Ouvert maintenant" in front.inner_text())


def test_exceptional_hours_hold_on_their_day_and_lapse(half, reader):
    fiche = f"{half.url}/fiche?f=epicerie-du-mail"
    half.at("2026-12-10T10:00")
    reader.goto(fiche)
    expect(reader.locator(".etat.exception")).to_have_text("Le 20 décembre : 9 h à 13 h")
    half.at("2026-12-20T10:00")
    assert ["Épicerie du Mail"] == names(reader, f"{half.url}/?ouvert=1")
    expect(card(reader, "Épicerie du Mail")).to_contain_text("Ouvert · ferme à 13 h")
    (special,) = linked(reader, fiche)["specialOpeningHoursSpecification"]
    assert ("2026-12-20", "2026-12-20", "09:00", "13:00") == tuple(
        special[key] for key in ("validFrom", "validThrough", "opens", "closes")
    )
    half.at("2026-12-21T10:00")
    assert "specialOpeningHoursSpecification" not in linked(reader, fiche)
    expect(reader.locator(".fiche")).not_to_contain_text("20 décembre")


def test_what_is_old_is_to_be_confirmed_until_the_merchant_does(half, reader, page):
    """Past 180 days: said with its year, lower in the list, in «Suivi» and on `/feuille`. The merchant's «oui» renews the day, and nothing else."""
    half.at("2027-01-25T10:00")
    half.hands.change(RESPONSES.name, {"Nom": "Tomates et Cie"}, {"note": "rappelé en janvier"})
    sooner_or_later(lambda: "à confirmer" in suivi(half, "Tomates et Cie")["à corriger"])
    assert "à confirmer : vérifié il y a 187 jours" == suivi(half, "Tomates et Cie")["à corriger"]
    reader.goto(half.url)
    expect(card(reader, "Tomates et Cie")).to_contain_text("Vérifié le 22 juillet 2026, à confirmer")
    reader.goto(f"{half.url}/fiche?f=tomates-et-cie")
    expect(reader.locator(".verifie")).to_contain_text("Vérifié le 22 juillet 2026, à confirmer. Signaler un changement")
    before = names(reader, f"{half.url}/?tri=pertinence")
    if half.is_embedded:
        page.goto(half.sheet_url)
        live(page)
        page.get_by_role("radio", name="à confirmer").click()
        expect(page.get_by_text("vérifié il y a 187 jours").first).to_be_visible()
        page.goto(private_link(half, "Tomates et Cie"))
        live(page)
        page.get_by_role("button", name="Tout est toujours exact").click()
        expect(page.get_by_text("Merci ! Votre fiche dira qu'elle a été vérifiée aujourd'hui.")).to_be_visible()
    else:  # what the script writes when the merchant's link is opened and sent unchanged
        half.hands.change(RESPONSES.name, {"Nom": "Tomates et Cie"}, {"Horodateur": serial(datetime(2027, 1, 25, 10))})
    sooner_or_later(lambda: "25/01/2027" == suivi(half, "Tomates et Cie")["vérifié le"])
    after = names(reader, f"{half.url}/?tri=pertinence")
    expect(card(reader, "Tomates et Cie")).to_contain_text("Vérifié le 25 janvier 2027")
    expect(card(reader, "Tomates et Cie")).not_to_contain_text("à confirmer")
    assert ("Tomates et Cie", "en ligne", "") == (
        after[0],
        suivi(half, "Tomates et Cie")["état"],
        suivi(half, "Tomates et Cie")["à corriger"],
    )
    assert before[0] != after[0]


def private_link(half: Half, name: str) -> str:
    """That of «toujours exact ?», which waits in the outbox once six months have passed."""

    def letters() -> list[str]:
        files = (half.folder / "courrier").glob("*toujours-exact*.eml")
        told = [email.message_from_bytes(file.read_bytes(), policy=email.policy.default) for file in files]
        return [letter.get_content() for letter in told if name in letter["subject"]]

    sooner_or_later(lambda: bool(letters()))
    (link,) = set(re.findall(r"http\S+/inscription\?lien=\S+", letters()[0]))
    return link


def test_without_write_access_a_mail_takes_the_report_s_place(tmp_path, chromium):
    with halves.google(tmp_path, writes=False) as half:
        context = chromium.new_context(java_script_enabled=False)
        reader = context.new_page()
        reader.goto(f"{half.url}/signaler?f=epicerie-du-mail")
        mail = reader.get_by_role("link", name="Les horaires sont faux").get_attribute("href")
        assert mail.startswith(
            "mailto:equipe@exemple.example?subject=Les%20horaires%20sont%20faux%20%3A%20%C3%89picerie%20du%20Mail&body=http"
        )
        assert 0 == reader.locator("form[method=post]").count()
        assert {"Suivi", "Signalements"}.isdisjoint(half.hands.server.tabs)
        context.close()

"""A visitor who loses the network, and one who counts each byte."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import live

pytestmark = [pytest.mark.browser, pytest.mark.map]
KEPT = "async (url) => { for (let i = 0; i < 100; i++) { if (await caches.match(url, {ignoreVary: true})) return true; await new Promise(r => setTimeout(r, 100)); } return false; }"
BANNER = re.compile(r"^Vous êtes hors ligne\s: page du (1er|[2-9]|[12]\d|3[01]) [a-zéû]+ à \d{1,2} h \d{2}\.$")


def test_the_last_pages_open_without_network(page, site):
    """The directory and a fiche that were read open again with their date; the rest says what is kept; the network back, all is fresh."""
    page.goto(f"{site.url}/?categorie=boulangerie")
    live(page)
    assert page.evaluate(KEPT, page.url)
    fiche = page.locator(".carte a").first.get_attribute("href")
    name = page.locator(".carte h2").first.inner_text()
    page.goto(site.url + fiche)
    live(page)
    assert page.evaluate(KEPT, site.url + fiche)
    page.complaints.clear()

    page.context.set_offline(True)
    for path in (fiche, "/?categorie=boulangerie", "/"):
        page.goto(site.url + path)
        expect(page.locator(".hors-ligne")).to_have_text(BANNER)
        expect(page.locator("#ssr")).to_be_visible()
    expect(page.locator(".carte")).to_have_count(24)
    page.goto(f"{site.url}/mag")
    expect(page.locator("h1")).to_have_text("Vous êtes hors ligne")
    expect(page.locator(".gardees")).to_contain_text(name)
    expected = ("503", "ERR_INTERNET_DISCONNECTED", "Failed to fetch")
    assert [] == [said for said in page.complaints if not any(reason in said for reason in expected)]

    page.context.set_offline(False)
    page.goto(site.url + fiche)
    expect(page.locator(".hors-ligne")).to_have_count(0)
    live(page)


def test_the_first_of_a_month_is_said_as_in_french(page, site):
    """«1er août», in a month with a letter that is not of English; of a year so far ahead that nothing is tidied away for its age."""
    page.goto(site.url)
    assert page.evaluate(KEPT, f"{site.url}/")
    page.evaluate("async () => { await navigator.serviceWorker.ready; }")  # it keeps that page before it is at work
    page.evaluate(
        "async () => { const cache = await caches.open('conso-pages'), kept = await cache.match('/'), headers = new Headers(kept.headers);"
        " headers.set('x-gardee-le', new Date(2099, 7, 1, 9, 5).getTime()); await cache.put('/?q=pain', new Response(await kept.text(), {headers})); }"
    )
    page.context.set_offline(True)
    page.goto(f"{site.url}/?q=pain")
    expect(page.locator(".hors-ligne")).to_have_text("Vous êtes hors ligne\u00a0: page du 1er août à 9 h 05.")


def test_private_pages_are_never_kept(page, site):
    page.goto(site.url)
    live(page)
    assert page.evaluate(KEPT, f"{site.url}/")
    for path in ("/inscription?lien=quelconque", f"/feuille?cle={'cle-des-essais'}", "/?embed=1", "/fiche?f=nexiste-pas"):
        page.goto(site.url + path)
    kept = page.evaluate(
        "async () => (await (await caches.open('conso-pages')).keys()).map(r => new URL(r.url).pathname + new URL(r.url).search)"
    )
    assert kept == ["/"]


def test_no_more_than_sixty_pages_are_kept(page, site):
    """The oldest go, the directory stays."""
    page.goto(site.url)
    assert page.evaluate(KEPT, f"{site.url}/")
    page.evaluate("async () => { await navigator.serviceWorker.ready; }")  # it keeps that page before it is at work
    page.evaluate(
        "async () => { const kept = await (await caches.open('conso-pages')).match('/'); for (let i = 0; i < 70; i++)"
        " await (await caches.open('conso-pages')).put('/?page=' + i, new Response('x', {headers: kept.headers})); }"
    )
    page.goto(f"{site.url}/a-propos")
    assert page.evaluate(KEPT, f"{site.url}/a-propos")
    page.wait_for_function("async () => (await (await caches.open('conso-pages')).keys()).length <= 60")
    assert page.evaluate("async () => !!(await caches.match('/', {ignoreVary: true}))")


def test_a_withdrawn_page_is_forgotten(page, site):
    """A fiche that is gone from the site is gone from the phone that asks for it again."""
    page.goto(site.url)
    assert page.evaluate(KEPT, f"{site.url}/")
    gone = f"{site.url}/fiche?f=nexiste-pas"
    page.evaluate("async (url) => { await (await caches.open('conso-pages')).put(url, new Response('x')); }", gone)
    page.goto(gone)
    page.wait_for_function("async (url) => !(await caches.match(url))", arg=gone)


def test_scripts_wait_where_data_is_counted(chromium, site):
    """Not one of Streamlit's bytes before the press; the press is remembered."""
    context = chromium.new_context(extra_http_headers={"Save-Data": "on"}, service_workers="block")
    page = context.new_page()
    asked = []
    page.on("request", lambda request: asked.append(request.url) if "/static/" in request.url else None)
    page.goto(site.url, wait_until="networkidle")
    assert asked == []
    page.get_by_role("button", name="Afficher la carte").click()
    live(page)
    assert asked
    page.goto(f"{site.url}/?q=pain")
    live(page)
    context.close()

"""«Autour de moi»: the browser is asked on a press, and only then."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import visit_face, without_streamlit

pytestmark = pytest.mark.browser
ANGERS = {"latitude": 47.470612, "longitude": -0.546981}
COUNT = """const asked = navigator.geolocation.getCurrentPosition.bind(navigator.geolocation);
window.asked = 0; navigator.geolocation.getCurrentPosition = (...given) => { window.asked += 1; asked(...given); };"""


@pytest.fixture
def visitor(chromium, site, request):
    """Somebody in Angers, who allows the site to know it or not."""
    allows = getattr(request, "param", True)
    permissions = {"permissions": ["geolocation"], "geolocation": ANGERS} if allows else {"permissions": []}
    context = chromium.new_context(
        viewport={"width": 1280, "height": 900}, locale="fr-FR", service_workers="block", **permissions
    )
    page = context.new_page()
    page.add_init_script(COUNT)
    page.complaints = []
    page.on("console", lambda said: page.complaints.append(said.text) if said.type == "error" else None)
    yield page
    context.close()


def button(page):
    return page.get_by_role("button", name="Autour de moi")


@pytest.mark.parametrize("face", ["server", "live"])
def test_the_nearest_come_first_and_the_rest_of_the_query_stays(visitor, site, face):
    """To a hundred metres, with the distance on each card."""
    visit_face(visitor, f"{site.url}/?monnaie=1&page=2&utm_source=lettre", face)
    if face == "live":
        visitor.wait_for_timeout(500)
    assert visitor.evaluate("window.asked") == 0
    button(visitor).click()
    visitor.wait_for_url(re.compile(r"pres=47\.471,-0\.547"))
    assert set(visitor.url.split("?")[1].split("&")) == {"monnaie=1", "utm_source=lettre", "pres=47.471,-0.547", "tri=distance"}
    expect(visitor.locator(".choix")).to_contain_text("à moins de 10 km")
    cards = visitor.locator(".carte .ou").all_text_contents()
    kilometres = [
        float(km.replace(",", ".")) / (1000 if unit == "m" else 1)
        for km, unit in re.findall(r"· ([\d,]+)\s(k?m)\n?", "\n".join(cards))
    ]
    assert len(kilometres) == len(cards) > 1
    assert kilometres == sorted(kilometres)
    assert not [said for said in visitor.complaints if "Content Security" in said or "ermission" in said]


@pytest.mark.parametrize("visitor", [False], indirect=True)
@pytest.mark.parametrize("face", ["server", "live"])
def test_a_refusal_is_said_in_french(visitor, site, face):
    """Beside the button, with what to do; the address does not change."""
    visit_face(visitor, f"{site.url}/?q=pain", face)
    button(visitor).click()
    expect(visitor.locator(".autour .message")).to_contain_text("Votre navigateur ne donne pas votre position")
    assert visitor.url == f"{site.url}/?q=pain"
    visitor.locator("h1").click()
    expect(visitor.locator(".autour .message")).to_be_hidden()


def test_words_typed_and_not_yet_sent_are_kept(visitor, site):
    without_streamlit(visitor)
    visitor.goto(site.url)
    visitor.get_by_label("Que cherchez-vous ?").fill("pain d'épices")
    button(visitor).click()
    visitor.wait_for_url(re.compile(r"q=pain\+d%27%C3%A9pices&pres="))


def test_without_script_the_button_is_not_there(chromium, site):
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(site.url)
    expect(page.locator(".autour button")).to_be_hidden()
    context.close()

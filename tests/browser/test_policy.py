"""What pages may run and load, as a real browser obeys it: nothing that they need is refused."""

import pytest

from tests.browser.conftest import PAGES, PLAIN, visit

pytestmark = [pytest.mark.browser, pytest.mark.map]


@pytest.mark.parametrize("path", [*PAGES, *PLAIN, "/favoris", "/?categorie=boulangerie&embed=1&vue=carte"])
def test_nothing_that_a_page_needs_is_refused(page, site, path):
    """Its styles and pictures are there, its scripts too where it has any."""
    visit(page, f"{site.url}{path}")
    assert not [said for said in page.complaints if "Security Policy" in said]
    assert "serif" not in page.locator("body").evaluate("element => getComputedStyle(element).fontFamily").split(",")[0]
    drawings = page.locator("[style*='/dessins/']").all()
    assert all(
        "/dessins/" in drawing.evaluate("element => getComputedStyle(element).backgroundImage") for drawing in drawings[:3]
    )


def test_a_script_that_is_not_ours_does_not_run(page, site):
    """Were a text of somebody to get through unescaped, neither a script nor an event nor a style sheet of its own would work."""
    page.goto(f"{site.url}/imprimer")
    page.evaluate(
        """() => document.body.insertAdjacentHTML("beforeend", "<style>body{color:red}</style><img src=/rien.png onerror='window.done=1'>")
        || document.body.append(Object.assign(document.createElement("script"), {textContent: "window.done=1"}))"""
    )
    page.wait_for_timeout(500)
    assert page.evaluate("window.done") is None
    assert page.locator("body").evaluate("element => getComputedStyle(element).color") != "rgb(255, 0, 0)"
    assert any("Security Policy" in said for said in page.complaints)

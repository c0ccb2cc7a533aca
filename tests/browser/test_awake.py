"""A page left open learns of what the volunteers tick, without a press; one that it does not concern is left alone."""

import pytest
from playwright.sync_api import expect

from sheets import demo
from tests.browser.conftest import live, serving, untick_one

pytestmark = pytest.mark.browser


@pytest.fixture
def small(tmp_path):
    workbook = tmp_path / "feuille.xlsx"
    demo.write(workbook, rows=12, seed=3, ticked=True)
    with serving(workbook, tmp_path, CONSO_REFRESH_SECONDS="1") as running:
        yield running


def test_an_open_page_learns_and_an_unconcerned_one_is_not_drawn_again(page, small):
    page.goto(small.url)
    live(page)
    page.wait_for_timeout(1500)
    other, frames = page.context.new_page(), []
    other.on("websocket", lambda socket: socket.on("framereceived", lambda frame: frames.append(frame)))
    other.goto(f"{small.url}/mag")
    live(other)
    other.wait_for_timeout(1500)
    frames.clear()
    online = page.locator(".nombre strong").inner_text()
    half_typed = page.get_by_label("Près de", exact=True)
    half_typed.press_sequentially("Saum")
    name = untick_one(small.workbook)
    expect(page.locator(".nombre strong")).not_to_have_text(online, timeout=30_000)
    expect(page.locator(".cartes")).not_to_contain_text(name)
    expect(half_typed).to_have_value("Saum")
    other.wait_for_timeout(1000)
    assert frames == []

"""The same of the pages that Streamlit runs: what they draw, and the words of each widget."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

import schema
from sheets.duplicates import SIGN
from sheets.open_counter import open_counter
from sheets.problems import WITHHELD
from tests.sheets.test_counter import ANSWERS
from ui.form import SECTIONS

PAGES = Path(__file__).resolve().parents[2] / "pages"
_WIDGETS = ("text_input", "text_area", "selectbox", "multiselect", "radio", "checkbox", "toggle", "slider", "button", "segmented_control", "button_group", "expander")  # fmt: skip
_TEXTS = ("title", "header", "subheader", "markdown", "caption", "success", "info", "warning", "error")


@pytest.fixture
def counter(shop, snapshot, monkeypatch):
    monkeypatch.setattr(open_counter, "counter", shop.counter)
    monkeypatch.setattr(open_counter, "drafts_key", "une-cle-assez-longue")
    return shop.counter


def run(page: str, **parameters: str) -> AppTest:
    app = AppTest.from_file(str(PAGES / f"{page}.py"), default_timeout=120)
    for name, value in parameters.items():
        app.query_params[name] = value
    return app.run()


def wrong(reader, app: AppTest) -> list[str]:
    assert not app.exception
    said = [part for element in app.get("html") for part in reader.page(element.proto.body)]
    return said + [part for text in _said(app) for part in reader.outside(text)]


def _said(app: AppTest) -> Iterator[str]:
    for kind in _WIDGETS:
        for widget in app.get(kind):
            proto = widget.proto
            for name in ("label", "placeholder", "help"):
                yield str(getattr(proto, name, "") or "")
            options = getattr(proto, "options", ())
            yield from (re.sub(r" \(\d+\)$", "", getattr(each, "content", each)) for each in options)
    for kind in _TEXTS:
        yield from (each.value.replace("**", "").replace("\\", "") for each in app.get(kind))


@pytest.mark.slow
def test_pages_say_nothing_else(reader, counter, snapshot):
    slug = next(iter(snapshot.rows_by_slug))
    kinds = {item.type: item.slug for item in snapshot.articles}
    apps = [run("fiche", f=slug), run("fiche", f="rien"), run("mag"), run("mag", article=kinds["article"]), run("mag", article="rien"), run("page", p=kinds["page"]), run("page", p="rien"), run("a_propos")]  # fmt: skip
    assert [] == [said for app in apps for said in wrong(reader, app)]


@pytest.mark.slow
def test_the_directory_says_nothing_else(reader, counter):
    assert [] == [said for app in (run("annuaire"), run("annuaire", q="⟪zzzz⟫")) for said in wrong(reader, app)]


@pytest.mark.slow
def test_the_form_its_refusals_its_thanks_and_its_private_link_say_nothing_else(reader, counter, shop):
    app = run("inscription")
    sections = [header.value for header in app.get("header")]
    assert sections == [f"⟦{title}⟧" for title in SECTIONS.values()] or "⟦En ce moment⟧" in sections
    found = wrong(reader, app)
    app.button[0].click().run()
    assert app.error
    found += wrong(reader, app)
    token = counter.submit(ANSWERS, "192.0.2.9")
    shop.run()
    mended = run("inscription", lien=token)
    found += wrong(reader, mended)
    mended.session_state["corrige"] = mended.session_state["confirme"] = mended.session_state["retire"] = True
    found += wrong(reader, mended.run())
    found += wrong(reader, run("inscription", lien="rien"))
    app.session_state["merci"] = token
    found += wrong(reader, app.run())
    shop.tick()
    found += wrong(reader, run("inscription", lien=token))
    assert [] == [said for said in found if token not in said and said not in (*ANSWERS.values(), schema.CONSENT)]


def test_the_sheet_says_nothing_else(reader, counter, shop):
    """What is read of the demo there is checked as data; «Ailleurs dans la feuille» is for whoever mends the sheet itself."""
    app = run("feuille")
    assert len(app.button) > 5
    said = wrong(reader, app)
    known = {str(cell) for row in shop.tab(schema.RESPONSES.name) for cell in row} | {
        SIGN,
        WITHHELD,
        "/mag?apercu=une-cle-assez-longue",
    }
    assert [] == [part for part in said if part.split(" — ")[0].strip("«» :—") not in known]

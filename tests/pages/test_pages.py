"""Streamlit's pages, run by AppTest over a snapshot made by hand."""

import re
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from schema import Site
from sheets.drafts import Drafts
from sheets.snapshot import Article, build, live
from tests.web.conftest import ARTICLES, FICHES, NOW

PAGES = Path(__file__).resolve().parents[2] / "pages"


@pytest.fixture(autouse=True)
def shown(monkeypatch):
    monkeypatch.setattr(live, "snapshot", build(FICHES, Site(name="Conso Essai"), ARTICLES, now=NOW))
    monkeypatch.setattr(live, "embedded", False)


def run(page: str, **parameters: str | list[str]) -> AppTest:
    app = AppTest.from_file(str(PAGES / f"{page}.py"), default_timeout=20)
    for name, value in parameters.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return app


def written(app: AppTest) -> str:
    """All the HTML a page has drawn."""
    return "\n".join(element.proto.body for element in app.get("html"))


def test_the_directory_lists_what_the_address_asks(shown):
    app = run("annuaire", q="marqueterie")
    assert "Découpe &amp; <mark>Marqueterie</mark>" in written(app)
    assert "La Halte" not in written(app)


def test_the_form_is_the_same_whatever_is_asked(shown):
    """Streamlit then leaves it as it stands in the browser, with the keyboard in it; what each choice would find comes with the list."""
    asked = [
        written(run("annuaire", **address)) for address in ({}, {"categorie": "artisan"}, {"q": "zzzz", "categorie": "licorne"})
    ]
    forms = {page[page.index("<form") : page.index("</form>")] for page in asked}
    assert len(forms) == 1
    assert 'name="categorie" value="artisan"' in forms.pop()
    assert len({re.search('data-comptes="([^"]*)"', page)[1] for page in asked}) == 3


def test_a_value_that_no_choice_can_show_has_its_chip(shown):
    assert 'class="inconnu"' in written(run("annuaire", categorie="licorne"))


def test_nothing_found_says_what_to_loosen(shown):
    """The choice to take away is a link."""
    app = run("annuaire", q="zzzz", categorie="artisan")
    assert "Rien ne correspond" in written(app)
    assert 'href="/?categorie=artisan"' in written(app)


def test_a_fiche_is_drawn_whole(shown):
    """Its telephone can be called, its page says its name."""
    page = written(run("fiche", f="la-halte"))
    assert 'href="tel:+33261910042"' in page
    assert "<h1>La Halte</h1>" in page


@pytest.mark.parametrize(
    ("page", "parameters"), [("fiche", {"f": "nexiste-pas"}), ("mag", {"article": "demain"}), ("page", {"p": "rien"})]
)
def test_what_is_not_there_is_said_kindly(shown, page, parameters):
    """A sentence and a search box, never an exception."""
    assert 'class="introuvable"' in written(run(page, **parameters))


@pytest.mark.slow
@pytest.mark.parametrize("page", ["mag", "a_propos", "inscription"])
def test_a_page_begins_and_ends_like_the_others(shown, page):
    """Header and footer, the site's own name."""
    drawn = written(run(page))
    assert 'class="entete"' in drawn
    assert 'class="pied"' in drawn
    assert "Conso Essai" in drawn


def test_a_page_waits_for_the_first_snapshot(monkeypatch):
    """It says so instead of failing."""
    monkeypatch.setattr(live, "snapshot", None)
    assert "dans un instant" in run("annuaire").warning[0].value


def test_the_form_asks_every_question(shown, monkeypatch):
    """Each field carries its header as its label."""
    import schema
    from sheets.open_counter import open_counter

    monkeypatch.setattr(live, "embedded", True)
    monkeypatch.setattr(open_counter, "counter", object())
    app = run("inscription")
    labels = {
        widget.label
        for kind in ("text_input", "text_area", "selectbox", "multiselect", "radio", "checkbox")
        for widget in app.get(kind)
    }
    assert {column.header for column in schema.QUESTIONS} <= labels


def test_with_google_the_form_is_a_link_and_a_frame(monkeypatch):
    """The address comes from «Réglages»; Google's own form is shown in place."""
    address = "https://docs.google.com/forms/d/e/abc/viewform"
    monkeypatch.setattr(live, "snapshot", build(FICHES, Site(form_url=address), now=NOW))
    monkeypatch.setattr(live, "embedded", False)
    app = run("inscription")
    assert f'href="{address}"' in written(app)
    assert app.get("iframe")[0].proto.src == f"{address}?embedded=true"


@pytest.fixture
def drafts(monkeypatch):
    kept = Drafts()
    kept.lock("une-cle-assez-longue")
    kept.keep([Article("secret", "Le secret", "", "Une confidence", "", "", None, "", "article"), Article("projet", "Le projet", "", "Une intention", "", "", None, "", "page")])  # fmt: skip
    monkeypatch.setattr(live, "drafts", kept)


@pytest.mark.slow
def test_the_live_pages_show_a_draft_to_the_key_alone(drafts):
    """The same words as the server's, and no draft without it."""
    for page, parameters, words in (("mag", {"article": "secret"}, "confidence"), ("page", {"p": "projet"}, "intention")):
        assert words in written(run(page, **parameters, apercu="une-cle-assez-longue"))
        for wrong in ({}, {"apercu": "faux"}, {"apercu": ""}):
            said = written(run(page, **parameters, **wrong))
            assert words not in said
            assert "existe pas" in said
    listed = written(run("mag", apercu="une-cle-assez-longue"))
    assert "Le secret" in listed
    assert "Le projet" in listed
    assert "Le secret" not in written(run("mag", apercu="faux"))

"""The directory's widgets: what each choice would give, and what a browser sends back."""

import pytest

import annuaire
from sheets.snapshot import live
from tests.annuaire.snapshots import snapshot
from tests.pages.test_pages import run
from ui import choices


@pytest.fixture(autouse=True)
def shown(monkeypatch):
    bakers = [{"categorie": "Boulangerie", "commune": commune} for commune in ("Angers", "Angers", "Cholet")]
    monkeypatch.setattr(live, "snapshot", snapshot(*bakers, {"categorie": "Cave", "commune": "Cholet"}))
    monkeypatch.setattr(live, "embedded", False)


def test_each_choice_says_how_many_it_would_give():
    """Given the other choices; those with none are not offered."""
    app = run("annuaire")
    assert app.multiselect(key="categorie").options == ["Boulangerie (3)", "Cave (1)"]
    app.multiselect(key="commune").select("angers").run()
    assert app.multiselect(key="categorie").options == ["Boulangerie (2)"]
    assert app.multiselect(key="commune").options == ["Angers", "Cholet (2)"]


def test_a_choice_made_stays_whatever_the_others_leave():
    """Its bare name, so that no change of count ever reaches what the browser holds."""
    app = run("annuaire", categorie="cave", commune="angers")
    assert app.multiselect(key="categorie").options == ["Boulangerie (2)", "Cave"]
    assert app.multiselect(key="categorie").value == ["cave"]
    app.multiselect(key="commune").unselect("angers").run()
    assert app.multiselect(key="categorie").value == ["cave"]
    assert app.query_params["categorie"] in ("cave", ["cave"])


def test_a_choice_is_undone_by_its_widget_and_by_the_address():
    """Both ways, more than once."""
    app = run("annuaire")
    app.multiselect(key="categorie").select("cave").run()
    app.multiselect(key="categorie").select("boulangerie").run()
    app.multiselect(key="categorie").unselect("cave").run()
    assert app.query_params["categorie"] in ("boulangerie", ["boulangerie"])
    app.query_params.clear()
    app.run()
    assert app.multiselect(key="categorie").value == []
    assert app.multiselect(key="categorie").options == ["Boulangerie (3)", "Cave (1)"]


def test_a_count_gone_by_is_still_understood():
    """A quick second press, and a browser that comes back after its server died, send labels that are drawn no more."""
    menu = choices.Menu([annuaire.Option("cave", "Cave", 1, True), annuaire.Option("bar", "Bar", 1234, False)])
    assert [menu.label(value) for value in ("cave", "Cave (7)", "Bar (2)", "bar")] == [
        "Cave",
        "Cave",
        "Bar (1\u202f234)",
        "Bar (1\u202f234)",
    ]
    with pytest.raises(KeyError):
        menu.label("Licorne (2)")


@pytest.mark.parametrize("name", ["Cave", "Truc (3)", "Nature & Progrès"])
def test_a_label_leads_back_to_its_slug(name):
    """Also where the name itself ends like a count."""
    option = annuaire.Option(choices.slugify(name), name, 12, False)
    assert option.slug == choices.slug_of(choices.label(option), {option.slug: name})
    assert option.slug == choices.slug_of(name, {option.slug: name})

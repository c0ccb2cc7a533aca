"""The privacy text says what the site does: it changes with the schema, the settings and the team's wishes."""

import dataclasses
from html import unescape
from pathlib import Path

import html5lib
import pytest

import schema
import web
from fields import text
from schema import Column, Site
from settings import Settings, Smtp, load
from ui import privacy
from ui.markdown import to_text
from ui.privacy import Practices, told


def words(site: Site = Site(), **practices: object) -> str:
    html = told(site, dataclasses.replace(Practices(), **practices))  # type: ignore[arg-type]
    html5lib.HTMLParser(strict=True).parseFragment(html)
    return " ".join(unescape(to_text(html, None)).split())


def settings(**environ: str) -> Settings:
    given = {"CONSO_SPREADSHEET": "", "CONSO_MAP_TILES": "", "CONSO_GEOCODER_URL": "", **environ}
    return load(given, Path("/nowhere.toml"))


@pytest.mark.parametrize("column", schema.FICHE, ids=lambda column: column.key)
def test_each_column_is_told_on_its_side(column: Column) -> None:
    shown, kept = words().split("Ne sont jamais publiés")
    assert privacy.named(column) in (shown if column.public else kept.split("Courrier")[0])


@pytest.mark.parametrize("public", [True, False])
def test_a_new_question_is_told(monkeypatch: pytest.MonkeyPatch, public: bool) -> None:
    """One line in schema.py is all it takes."""
    new = Column("pointure", "Pointure des sabots", text.Line(20), public=public)
    before = words()
    monkeypatch.setattr(schema, "FICHE", (*schema.FICHE, new))
    monkeypatch.setattr(schema, "QUESTIONS", (*schema.QUESTIONS, new))
    shown, kept = words().split("Ne sont jamais publiés")
    assert "sabots" not in before
    assert ("pointure des sabots" in shown, "pointure des sabots" in kept) == (public, not public)


@pytest.mark.parametrize(
    ("practice", "value", "says"),
    [
        ("geocoder_host", "adresses.example", "demandés à adresses.example"),
        ("map_host", "plan.example", "le prend chez plan.example et vous le donne lui-même"),
        ("mail_host", "courrier.example", "par le serveur courrier.example"),
        ("reports", True, "vont dans la feuille de l'équipe"),
        ("embedded", False, "Google Sheets"),
        ("requests_logged", True, "chaque page demandée"),
    ],
)
def test_each_feature_is_told_where_it_is_on(practice: str, value: object, says: str) -> None:
    assert says in words(**{practice: value})
    assert says not in words()


def test_what_the_team_wishes_is_told() -> None:
    assert "à vous écrire" in words()
    assert "à vous écrire" not in words(Site(mails="non"))
    assert "equipe@conso.example" in words(Site(contact="equipe@conso.example"))
    assert "celui de Google" in words(Site(form_url="https://docs.google.com/forms/d/e/1/viewform"), embedded=False)


def test_every_practice_is_told_or_is_no_practice() -> None:
    """A new field of `Practices` has to change the text."""
    other = {
        "embedded": False,
        "mail_host": "a.example",
        "geocoder_host": "a.example",
        "map_host": "a.example",
        "reports": True,
        "requests_logged": True,
    }
    assert set(other) == {field.name for field in dataclasses.fields(Practices)}
    assert all(words(**{name: value}) != words() for name, value in other.items())


def test_practices_are_those_of_the_settings() -> None:
    site = settings(CONSO_GEOCODER_URL="https://adresses.example/geo", CONSO_MAP_TILES="https://plan.example/{z}/{x}/{y}.png")
    done = web.practices(
        dataclasses.replace(site, smtp=Smtp("courrier.example", 587, "starttls", "", "", "a@b.example", 60)), True
    )
    assert (done.geocoder_host, done.map_host, done.mail_host, done.reports, done.embedded) == (
        "adresses.example",
        "plan.example",
        "courrier.example",
        True,
        True,
    )
    bare = web.practices(settings(), False)
    assert (bare.geocoder_host, bare.map_host, bare.mail_host, bare.reports) == ("", "", "", False)

"""`/signaler`: a line for the team, without account and without script, that changes nothing public."""

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

import schema
import web
from sheets.snapshot import live
from web import report
from web.door import Door

FORM = "/signaler?f=la-halte"
HERE = {"origin": "http://conso.example"}


class Desk:
    """Keeps what is handed in."""

    def __init__(self) -> None:
        self.kept: list[tuple[str, str]] = []
        self.works = True

    def __call__(self, slug: str, what: str) -> bool:
        if self.works:
            self.kept.append((slug, what))
        return self.works


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def writing(desk, snapshot, settings, monkeypatch) -> TestClient:
    """A site that may write in its sheet."""
    monkeypatch.setattr(live, "snapshot", snapshot)
    routes = web.routes(settings, desk)
    app = Starlette(routes=routes, middleware=web.middleware(settings, Door("la-cle", exists=True), routes))
    return TestClient(app, base_url="http://conso.example", follow_redirects=False)


def test_a_report_is_kept_and_thanked(writing, desk):
    """The answer is a GET, so that a reload sends nothing twice."""
    assert 'method="post"' in writing.get(FORM).text
    answer = writing.post(FORM, data={"quoi": "horaires", "texte": "fermé  le lundi\n"}, headers=HERE)
    assert (answer.status_code, answer.headers["location"]) == (303, "/signaler?f=la-halte&merci=1")
    assert desk.kept == [("la-halte", "Les horaires sont faux : fermé le lundi")]
    assert "Merci" in writing.get(answer.headers["location"]).text


@pytest.mark.parametrize(("slug", "status"), [("", 404), ("inconnue", 404), ("partie", 410), ("LA-HALTE", 404)])
def test_without_a_known_fiche_there_is_nothing_to_report(writing, desk, slug, status):
    """404, or 410 where it was withdrawn; for the form as for what it sends."""
    assert writing.get(f"/signaler?f={slug}").status_code == status
    assert writing.post(f"/signaler?f={slug}", data={"quoi": "ferme"}, headers=HERE).status_code == status
    assert desk.kept == []


@pytest.mark.parametrize("kind", schema.REPORT_KINDS)
def test_without_write_access_a_mail_is_ready(client, kind):
    """It says which fiche, and keeps what was typed."""
    page = client.get(FORM).text
    assert "<form" not in page.split("<main>")[1].split("</main>")[0]
    assert page.count("mailto:equipe@exemple.example?subject=") >= len(schema.REPORT_KINDS)
    answer = client.post(FORM, data={"quoi": kind, "texte": "au 3 rue Haute"}, headers=HERE)
    assert answer.status_code == 503
    assert "la-halte%0A%0A" in answer.text
    assert "au%203%20rue%20Haute" in answer.text


def test_what_cannot_be_kept_becomes_a_mail(writing, desk):
    """A full disk loses no word and thanks nobody for nothing."""
    desk.works = False
    answer = writing.post(FORM, data={"quoi": "ferme", "texte": "rideau baissé"}, headers=HERE)
    assert answer.status_code == 503
    assert "rideau%20baiss%C3%A9" in answer.text


def test_a_robot_is_thanked_and_forgotten(writing, desk):
    assert writing.post(FORM, data={"quoi": "ferme", report.TRAP: "x"}, headers=HERE).status_code == 303
    assert desk.kept == []


@pytest.mark.parametrize("data", [{}, {"quoi": "n'importe"}, {"quoi": "autre", "texte": " \t"}])
def test_a_report_that_says_nothing_is_asked_again(writing, desk, data):
    """What was typed stays in the form."""
    answer = writing.post(FORM, data={"texte": "ici", **data}, headers=HERE)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert desk.kept == []


def test_words_are_bounded_and_escaped(writing, desk):
    """One line, of so many characters; what is given back is text."""
    writing.post(FORM, data={"quoi": "autre", "texte": "a" * 1000}, headers=HERE)
    assert desk.kept == [("la-halte", "Autre chose : " + "a" * schema.LONGEST_REPORT)]
    assert "<script>x" not in writing.post(FORM, data={"texte": '"><script>x'}, headers=HERE).text


def test_a_body_too_large_or_of_another_kind_is_refused(writing, desk):
    assert writing.post(FORM, data={"quoi": "autre", "texte": "a" * report.LONGEST_BODY}, headers=HERE).status_code == 413
    assert writing.post(FORM, json={"quoi": "ferme"}, headers=HERE).status_code == 413
    assert desk.kept == []


@pytest.mark.parametrize(
    "headers",
    [{"origin": "https://mechant.example"}, {"origin": "null"}, {"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site", **HERE}],
)  # fmt: skip
def test_a_form_sent_from_elsewhere_is_refused(writing, desk, headers):
    assert writing.post(FORM, data={"quoi": "ferme"}, headers=headers).status_code == 403
    assert desk.kept == []


def test_one_address_reports_so_much_an_hour(writing, desk):
    """Beyond, it is told so, and nothing is kept."""
    answers = [writing.post(FORM, data={"quoi": "ferme"}, headers=HERE).status_code for _ in range(report.PER_ADDRESS + 2)]
    assert answers == [303] * report.PER_ADDRESS + [429] * 2
    assert len(desk.kept) == report.PER_ADDRESS


def test_every_fiche_leads_to_its_report(client):
    assert 'href="/signaler?f=la-halte"' in client.get("/fiche?f=la-halte").text

"""The site's addresses as a contract that other people's programs check: OpenAPI, and a fuzzer that asks whatever it allows."""

import dataclasses

import pytest
import schemathesis
from hypothesis import HealthCheck, given
from openapi_spec_validator import OpenAPIV31SpecValidator
from schemathesis import GenerationMode
from starlette.applications import Starlette
from starlette.routing import Route

import annuaire
import settings as settings_
import web
from schema import FACETS, Site
from sheets.snapshot import Heartbeat, build, live, slug_digest
from tests.tries import tries
from tests.web.conftest import ARTICLES, FICHES, NOW
from web import openapi
from web.door import Door

PAGES = {
    "/",
    "/fiche",
    "/mag",
    "/page",
    "/a-propos",
    "/inscription",
    "/feuille",
    "/integrer",
    "/imprimer",
    "/affiche",
    "/signaler",
    "/favoris",
}
BROWSER = {
    "/photos/{name}.webp",
    "/polices/titres-1.woff2",
    "/favicon.png",
    "/icone-{size}.png",
    "/icone-masque-512.png",
    "/sw.js",
    "/hors-ligne",
    "/resultats",
    "/francais-{version}.js",
}
"""What only a browser asks."""


def test_the_description_is_openapi(client):
    """By a validator of others."""
    answer = client.get("/api/openapi.json")
    assert "*" == answer.headers["access-control-allow-origin"]
    OpenAPIV31SpecValidator(answer.json()).validate()


def test_every_address_for_programs_is_described(settings):
    served = {route.path.replace(":int", "") for route in web.routes(settings) if isinstance(route, Route)}
    assert set(openapi.PATHS) == served - PAGES - BROWSER


def test_the_parameters_are_those_that_are_obeyed():
    """Each one, by its example, changes the query; the query writes no other."""
    for asked in annuaire.PARAMETERS:
        beside = [("pres", "angers")] if asked.name == "rayon" else []
        query = annuaire.parse([*beside, (asked.name, asked.example)])
        assert asked.name in dict(query.pairs()), asked.name
    assert {field.name for field in dataclasses.fields(annuaire.Query)} - {"choices"} | set(FACETS) == {asked.name for asked in annuaire.PARAMETERS}  # fmt: skip


def test_the_licence_is_linked_where_it_is_known():
    assert openapi.described(Site(licence="ODbL"), "http://a.example")["info"]["license"]["url"].startswith(
        "https://opendatacommons.org"
    )
    assert openapi.described(Site(licence="Selon accord"), "http://a.example")["info"]["license"] == {"name": "Selon accord"}


def test_answers_before_any_snapshot_are_as_described(client, monkeypatch):
    """503 of the kind and shape that the description says, at each address that needs the fiches."""
    monkeypatch.setattr(live, "snapshot", None)
    for path, item in openapi.PATHS.items():
        address = path.format(z=3, x=1, y=1, slug="boulangerie")
        answer = client.get(address, params={"f": "la-halte", "url": "http://conso.example/"})
        said = item["get"]["responses"][str(answer.status_code)]
        assert answer.headers["content-type"].split(";")[0] in said["content"], path


TYPED = ("/tuiles/{z}/{x}/{y}.json", "/dessins/{slug}.svg", "/fiche.vcf", "/oembed")
"""Addresses that refuse something."""


@pytest.fixture(scope="module")
def contract(tmp_path_factory):
    """The site over hostile fiches, and a withdrawn one, as its own description tells it."""
    site = settings_.load({"CONSO_SPREADSHEET": "", "CONSO_MAP_TILES": ""}, tmp_path_factory.mktemp("s") / "none.toml")
    routes = web.routes(site)
    app = Starlette(routes=routes, middleware=web.middleware(site, Door("la-cle", exists=True), routes))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(live, "snapshot", build(FICHES, Site(), ARTICLES, [slug_digest("partie")], NOW))
        patched.setattr(live, "heartbeat", Heartbeat(NOW, None))
        yield schemathesis.openapi.from_asgi("/api/openapi.json", app)


@pytest.mark.parametrize(
    ("path", "mode"),
    [(path, GenerationMode.POSITIVE) for path in openapi.PATHS] + [(path, GenerationMode.NEGATIVE) for path in TYPED],
)
def test_whatever_is_asked_is_answered_as_described(contract, path, mode):
    """By all the checks that schemathesis makes of itself: no 5xx; status, kind, headers and shape of every answer are those of the
    description; what it allows is accepted, what it does not is refused."""

    @given(case=contract[path]["GET"].as_strategy(generation_mode=mode))
    @tries(20, database=None, suppress_health_check=list(HealthCheck))
    def ask(case):
        case.call_and_validate()

    ask()

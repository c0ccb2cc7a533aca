"""The site's ASGI routes and middleware over a snapshot made by hand, without Streamlit and without a sheet."""

from datetime import UTC, datetime

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

import settings as settings_
import web
from schema import Site
from sheets.snapshot import Article, Snapshot, build, live, slug_digest
from web.door import Door

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)


def fiche(slug: str, nom: str, **more) -> dict:
    return {"slug": slug, "nom": nom, "categorie": "Boulangerie", "adresse": "12 rue des Lices", "code_postal": "49100", "commune": "Angers",
            "latitude": 47.4711, "longitude": -0.5473, "approximatif": False, "livraison": (), "paiement": (), "labels": (),
            "updated_at": NOW, "parue_le": NOW, "verifie_le": NOW.date(), **more}  # fmt: skip


FICHES = [
    fiche(
        "la-halte",
        "La Halte",
        description="Bar de quartier",
        telephone="02 61 91 00 42",
        livraison=("Retrait sur place", "Point relais"),
    ),
    fiche("pain-script", "Pain</script><script>alert(1)</script>", description="<!--<script>"),
    fiche("decoupe", "Découpe & Marqueterie l'Épi <3", categorie="Artisan"),
    fiche("formule", '=HYPERLINK("https://exemple.example";"Cliquez")', description="-10 % le mardi", activite="\t=1+1"),
    fiche("sans-lieu", "Sans lieu", latitude=None, longitude=None),
    fiche(
        "dollar",
        "Chez $ara :smile:",
        description="Menu à 12$ et 15$ :fire: **promo** <b>gras</b> ![i](https://exemple.example/i.png)",
    ),
]
ARTICLES = (
    Article("foire-d-automne", "Foire d'automne & 🍂", "", "Venez ! ]]> <b>ok</b> ![p](/photo.jpg)", "", "", datetime(2026, 11, 2, tzinfo=UTC), "Agenda", "article"),
    Article("demain", "Demain", "", "Bientôt", "", "", datetime(2027, 6, 1, tzinfo=UTC), "", "article"),
    Article("crise", "Crise sanitaire", "", "Gestes", "", "", None, "", "page"),
)  # fmt: skip


@pytest.fixture(scope="session")
def snapshot() -> Snapshot:
    return build(FICHES, Site(name="Conso Essai", contact="equipe@exemple.example"), ARTICLES, [slug_digest("partie")], NOW)


@pytest.fixture
def settings(tmp_path):
    return settings_.load({"CONSO_SPREADSHEET": "", "CONSO_MAP_TILES": ""}, tmp_path / "none.toml")


@pytest.fixture
def client(snapshot, settings, monkeypatch):
    monkeypatch.setattr(live, "snapshot", snapshot)
    monkeypatch.setattr(live, "embedded", True)
    routes = web.routes(settings)
    app = Starlette(routes=routes, middleware=web.middleware(settings, Door("la-cle", exists=True), routes))
    return TestClient(app, base_url="http://conso.example", follow_redirects=False)

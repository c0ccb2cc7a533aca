"""The hostile sheet, all the way: a workbook, a pass, a snapshot; and the site that shows it."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.testclient import TestClient

import schema
import settings as settings_
import web
from fields import Cell
from sheets.snapshot import Live, Store
from sheets.sync import Sync
from tests.google import SheetsServer
from tests.hostile import corpus
from tests.sheets.sheets import Embedded, google
from web.door import Door

Grid = list[list[Cell]]


def grid(rows: Iterable[Mapping[str, Any]], headers: Iterable[str] = ()) -> Grid:
    """Lines by header as a tab."""
    lines = list(rows)
    names = list(dict.fromkeys([*headers, *(header for line in lines for header in line)]))
    return [[*names], *([line.get(header, "") for header in names] for line in lines)]


def tabs(site: Mapping[str, Cell]) -> dict[str, Grid]:
    """Every tab of the sheet. `site`: the keys of «Réglages»."""
    return {
        schema.RESPONSES.name: grid(corpus.responses(), [column.header for column in schema.FICHE]),
        schema.MAG_TAB.name: grid(corpus.mag()),
        schema.REGLAGES_TAB.name: [["clé", "valeur"], *([key, value] for key, value in site.items()), *([text, text] for text in corpus.TEXTS.values())],
        schema.SUIVI_TAB.name: grid(corpus.suivi()),
        schema.SIGNALEMENTS_TAB.name: grid(corpus.signalements()),
    }  # fmt: skip


def shown(folder: Path) -> Embedded:
    """The embedded sheet after two passes: the second reads what the first wrote in «Suivi»."""
    site = Embedded(folder, tabs(next(corpus.reglages())))
    site.sync.once()
    site.sync.once()
    return site


def client(folder: Path) -> TestClient:
    """The site's addresses over whatever `live` holds, without Streamlit."""
    settings = settings_.load({"CONSO_SPREADSHEET": "", "CONSO_MAP_TILES": ""}, folder / "none.toml")
    routes = web.routes(settings, lambda slug, what: True)
    app = Starlette(routes=routes, middleware=web.middleware(settings, Door("la-cle", exists=True), routes))
    return TestClient(app, base_url="http://conso.example", follow_redirects=False)


def through_google(folder: Path) -> Sync:
    """The same sheet as `shown` has it, after a pass over the loopback Google. Its texts are sent as they are: JSON, unlike a workbook, holds lone surrogates and nulls."""
    with SheetsServer(tabs(next(corpus.reglages()))) as server:
        read = google(server, folder)
        sync = Sync(read, Live(), Store(read.store))
        sync.once()
    return sync

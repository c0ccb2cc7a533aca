"""One site on the embedded workbook, one on the loopback Google: the same sheet, the same hands on it, a clock that tests move."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from fields import Cell
from fields.date import PARIS, serial
from schema import BY_KEY, RESPONSES
from sheets.workbook import Workbook, create
from tests import clock
from tests.browser.conftest import KEY, serving
from tests.google import SheetsServer
from tests.sheets.sheets import mag, table

OPENED = "2026-07-22T10:00:00+02:00"
"""When both sites open: a Wednesday. Everything in the sheet is ticked, and held for verified that day."""
SENT = serial(datetime(2026, 7, 20, 9))
WEEK = "Du mardi au samedi 9h-19h"
ANGERS: Mapping[str, Cell] = {"latitude": 47.4711, "longitude": -0.5473}
LINES: tuple[Mapping[str, Cell], ...] = (
    {"Nom": "Ferme du Bois Clair", "Catégorie": "Producteur", "Produits": "tomates, courgettes, fraises", "Code postal": "49320",
     "Commune": "Brissac Loire Aubance", "latitude": 47.3561, "longitude": -0.4497, "Horaires": "Vendredi 16h-19h",
     "Autres points de vente": "Marché Lafayette, Angers, samedi 8h-13h\nMarché de Cholet, mercredi 8h-12h30, place Travot"},
    {"Nom": "Boulangerie des Lices", "Horaires": WEEK, "Fermé du": serial(datetime(2026, 8, 3)), "Fermé au": serial(datetime(2026, 8, 17)), **ANGERS},
    {"Nom": "Épicerie du Mail", "Catégorie": "Épicerie", "Horaires": WEEK, "Horaires exceptionnels": "Ouvert le dimanche 20 décembre de 9h à 13h"},
    {"Nom": "Librairie du Ralliement", "Catégorie": "Librairie", "Horaires": WEEK, "Accueil": "Livraison ou retrait seulement"},
    {"Nom": "Tomates et Cie", "Catégorie": "Primeur", "Horaires": WEEK},
    {"Nom": "La Table de Lucie", "Catégorie": "Restaurant", "Description": "Au menu, des tomates farcies.", "Horaires": WEEK},
    {"Nom": "Fleurs de Loire", "Catégorie": "Fleuriste", "Horaires": "Du mardi au samedi 9h-12h"},
)  # fmt: skip


def sheet() -> dict[str, list[list[Any]]]:
    lines = [
        {"Horodateur": SENT + number / 24, "E-mail": f"contact-{number}@exemple.example", **line}
        for number, line in enumerate(LINES)
    ]
    keys = (
        "horodateur",
        "nom",
        "horaires",
        "horaires_exceptionnels",
        "ferme_du",
        "ferme_au",
        "accueil",
        "approved",
        "suivi_par",
        "note",
    )
    headers = dict.fromkeys((BY_KEY[key].header for key in keys), "")
    return {
        RESPONSES.name: table([headers | {"approved": True} | line for line in lines]),
        "Mag": mag(),
        "Réglages": [["clé", "valeur"], ["nom du site", "Essai"], ["contact", "equipe@exemple.example"], ["crise", "non"]],
    }


class Hands(Protocol):
    """What people do in the spreadsheet itself."""

    def cells(self, tab: str) -> list[dict[str, Any]]:
        """The lines of a tab by header."""
        ...

    def change(self, tab: str, match: Mapping[str, Cell], values: Mapping[str, Cell]) -> None: ...


@dataclass(frozen=True)
class InWorkbook:
    workbook: Workbook

    def cells(self, tab: str) -> list[dict[str, Any]]:
        head, *lines = self.workbook.values().get(tab) or [[]]
        return [dict(zip(map(str, head), line, strict=False)) for line in lines]

    def change(self, tab: str, match: Mapping[str, Cell], values: Mapping[str, Cell]) -> None:
        self.workbook.amend(tab, match, values)
        self.workbook.flush()


@dataclass(frozen=True)
class InGoogle:
    server: SheetsServer

    def cells(self, tab: str) -> list[dict[str, Any]]:
        head, *lines = self.server.tabs.get(tab) or [[]]
        return [dict(zip(map(str, head), line, strict=False)) for line in lines]

    def change(self, tab: str, match: Mapping[str, Cell], values: Mapping[str, Cell]) -> None:
        head, *lines = self.server.tabs[tab]
        line = next(line for line in lines if match.items() <= dict(zip(head, line, strict=False)).items())
        for header, value in values.items():
            line[head.index(header)] = value


@dataclass(frozen=True)
class Half:
    name: str
    url: str
    folder: Path
    hands: Hands

    @property
    def is_embedded(self) -> bool:
        return self.name == "embedded"

    @property
    def sheet_url(self) -> str:
        return f"{self.url}/feuille?cle={KEY}"

    def at(self, moment: str) -> None:
        """It is now this time in France, e.g. `2026-12-20T10:00`."""
        clock.write(self.folder / "clock", _in_paris(moment))


def _in_paris(moment: str) -> str:
    return datetime.fromisoformat(moment).replace(tzinfo=PARIS).isoformat()


@contextmanager
def embedded(folder: Path) -> Iterator[Half]:
    path = folder / "feuille.xlsx"
    create(path, sheet())
    clock.write(folder / "clock", OPENED)
    with serving(path, folder, ("tests.clock", str(folder / "clock"))) as site:
        yield Half("embedded", site.url, folder, InWorkbook(Workbook(path, folder)))


@contextmanager
def google(folder: Path, writes: bool = True) -> Iterator[Half]:
    """`writes`: whether the app may write «Suivi» and «Signalements»."""
    with SheetsServer(sheet()) as server:
        (folder / "secrets.toml").write_text(server.secrets(), "utf-8")
        clock.write(folder / "clock", OPENED)
        given = server.environ() | {"CONSO_REFRESH_SECONDS": "1", "CONSO_WRITE_SUIVI": "true" if writes else "false"}
        launcher = ("tests.clock", "--secrets", str(folder / "secrets.toml"), str(folder / "clock"))
        with serving(Path(server.key), folder, launcher, **given) as site:
            yield Half("google", site.url, folder, InGoogle(server))

"""A sheet, a store and a Sync for the tests of whole passes: over an embedded workbook, or over the loopback Google."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

import schema
from fields import Cell
from settings import Settings, load
from sheets.snapshot import Live, Store
from sheets.suivi import SuiviLine, parse
from sheets.sync import Sync
from sheets.workbook import Workbook, create
from tests.google import SheetsServer

SHARED = Path(__file__).resolve().parents[3] / "shared"
RESPONSES = schema.RESPONSES.name
PUBLISHABLE: Mapping[str, Cell] = {
    "Horodateur": 46328.5,
    "Nom": "Chez Lyse",
    "Catégorie": "Boulangerie",
    "Adresse": "12 rue des Lices",
    "Code postal": "49100",
    "Commune": "Angers",
    "Consentement": schema.CONSENT,
    "approved": True,
}
"""A line that may be online, by header."""

Tab = list[list[Any]]


def table(rows: Iterable[Mapping[str, Any]], given: Mapping[str, Any] = PUBLISHABLE) -> Tab:
    """The responses tab of these lines by header, each completed with the cells of `given`; {} is a blank line."""
    lines = [{**given, **row} if row else {} for row in rows]
    headers = list(dict.fromkeys(header for line in (given, *lines) for header in line))
    return [headers, *([line.get(header, "") for header in headers] for line in lines)]


def mag(*rows: Mapping[str, Any]) -> Tab:
    """The tab «Mag» of these lines by header."""
    headers = [column.header for column in schema.MAG]
    return [headers, *([row.get(header, "") for header in headers] for row in rows)]


class Embedded:
    """A workbook in a folder of its own, and the process that reads it."""

    def __init__(self, folder: Path, tabs: Mapping[str, Sequence[Sequence[Cell]]]):
        self.path = folder / "feuille.xlsx"
        self.folder = folder
        create(self.path, {RESPONSES: [[]], "Mag": mag(), "Réglages": [["clé", "valeur"]], **tabs})
        self.settings = load({"CONSO_SPREADSHEET": str(self.path), "CONSO_STORE": str(folder / "store")}, folder / "no.toml")
        self.restart()

    def restart(self) -> None:
        """Another process, with what the store holds."""
        self.workbook = Workbook(self.path, self.folder / "var")
        self.sync = Sync(self.settings, Live(), Store(self.settings.store), self.workbook)
        self.sync.restore()

    def write(self, tab: Sequence[Sequence[Cell]], title: str = RESPONSES) -> None:
        """Another content for one tab; the others stay."""
        create(self.path, {**self.workbook.values(), title: tab})

    def tab(self, title: str) -> Tab:
        return [list(row) for row in self.workbook.values()[title]]

    def suivi(self) -> list[SuiviLine]:
        return parse(self.tab("Suivi"))


def google(server: SheetsServer, folder: Path, **environ: str) -> Settings:
    """The settings of a site that reads this server."""
    secrets = folder / "secrets.toml"
    secrets.write_text(server.secrets(), "utf-8")
    return load({**server.environ(), "CONSO_STORE": str(folder / "store"), **environ}, secrets)


def names(sync: Sync) -> list[str]:
    """What is online, in the order of the sheet."""
    assert sync.live.snapshot is not None
    return list(sync.live.snapshot.fiches["nom"])


def fiches(sync: Sync) -> dict[str, dict[str, Any]]:
    """What is online, by name."""
    snapshot = sync.live.snapshot
    assert snapshot is not None
    return {record["nom"]: record for record in snapshot.records(range(len(snapshot)))}


def states(sync: Sync) -> dict[str, str]:
    """What «Suivi» says of each submission, by name."""
    return {decision.submission.values["nom"]: decision.state.value for decision in sync.report.decisions}


def stored(folder: Path) -> bytes:
    """Every byte of the store: files as they are, and the snapshot's table and metadata unpacked."""
    content = b""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            content += path.name.encode() + path.read_bytes()
            if path.suffix == ".parquet":
                read = pq.read_table(path)
                content += repr(read.to_pylist()).encode() + b"".join((read.schema.metadata or {}).values())
    return content

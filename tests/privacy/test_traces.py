"""Who leaves, by their own link or by a volunteer's hand, is in no byte of what the site keeps."""

import re
from dataclasses import replace
from pathlib import Path
from zipfile import ZipFile

import pytest

from schema import SIGNALEMENTS_TAB
from sheets.counter import Counter
from sheets.delivery import Folder
from sheets.loop import Loop
from sheets.open_counter import Refused
from sheets.outbox import Outbox
from sheets.photos import Photos
from sheets.snapshot import Live, Store
from sheets.sync import Sync
from sheets.workbook import Workbook
from sheets.xlsx import create
from tests.privacy import traces
from tests.sheets.geocoder import Geocoder
from tests.sheets.pictures import PictureSite
from tests.sheets.sheets import RESPONSES, names, table
from tests.sheets.test_counter import ANSWERS, Shop

LEAVING = {
    **ANSWERS,
    "nom": "Fournil d'Éloïse Traquée",
    "adresse": "17 venelle des Introuvables",
    "telephone": "02 41 77 66 55",
    "email": "eloise.traquee@courriel.example",
    "contact": "Éloïse Traquée-Personne",
    "siret": "732 829 320 00074",
    "activite": "Brioches inoubliables",
    "description": "Une histoire reconnaissable entre toutes.",
    "site": "https://traquee.example/fournil",
}
STAYING = {**ANSWERS, "nom": "Maison Demeurante", "email": "demeure@courriel.example", "adresse": "3 rue Stable"}
SEARCHED = {
    key: LEAVING[key] for key in ("nom", "adresse", "telephone", "email", "contact", "siret", "activite", "description", "site")
} | {
    "photo": "/eloise.jpg",
    "téléphone international": "+33241776655",
    "téléphone sans blancs": "0241776655",
    "note": "rappeler la patronne discrète",
    "signalement": "vu fermé depuis longtemps",
}


class House(Shop):
    """A site with all that keeps something: journal, letters, photos, geocoder, reports, «Suivi»."""

    def __init__(self, folder: Path, elsewhere: PictureSite, service: Geocoder):
        self.elsewhere, self.service = elsewhere, service
        super().__init__(folder / "var", {RESPONSES: table([])})

    def restart(self) -> None:
        self.settings = replace(self.settings, geocoder_url=self.service.url)
        self.workbook = Workbook(self.path, self.folder)
        store = Store(self.settings.store)
        self.sync = Sync(self.settings, Live(), store, self.workbook, Photos(store, self.elsewhere.fetcher()))
        self.sync.restore()
        self.counter = Counter(self.sync, Loop(self.sync), self.workbook)
        self.outbox = Outbox(store, Folder(self.folder / "courrier"), self.counter.private_link, "https://conso.example")
        self.counter.after_pass = self.outbox.post

    def run(self) -> None:
        for _ in range(2):
            super().run()
            self.sync.finish_learning()
            self.outbox.wait()

    def kept(self) -> list[str]:
        return traces.found(SEARCHED, traces.contents(self.folder))


def test_everything_that_is_searched_for_was_there(house: tuple[House, str]) -> None:
    """Else nothing would be proved."""
    made, _ = house
    said = {line.partition(" in ")[0] for line in made.kept()}
    assert set(SEARCHED) - said <= {"téléphone international", "téléphone sans blancs"}
    kept = sorted(path.name for path in made.folder.rglob("*") if path.is_file())
    assert {"courrier.json", "adresses.json", "photos.json", "passe.json", "snapshot.parquet", "feuille.journal.jsonl"} <= set(
        kept
    )
    assert len([name for name in kept if name.endswith((".webp", ".eml"))]) >= 4


_INLINE = re.compile(r't="inlineStr"([^>]*)><is>(<t.*?</t>)</is>', re.S)
_SHARED = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
_KIND = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"


def _as_office_suites_save(path: Path) -> None:
    """The texts of all cells in one part, each once; the cells say their numbers."""
    with ZipFile(path) as parts:
        files = {name: parts.read(name).decode() for name in parts.namelist()}
    texts: dict[str, int] = {}
    for name in [name for name in files if name.startswith("xl/worksheets/")]:
        files[name] = _INLINE.sub(lambda cell: f't="s"{cell[1]}><v>{texts.setdefault(cell[2], len(texts))}</v>', files[name])
    items = "".join(f"<si>{text}</si>" for text in texts)
    files["xl/sharedStrings.xml"] = f'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{items}</sst>'
    types, links = "[Content_Types].xml", "xl/_rels/workbook.xml.rels"
    files[types] = files[types].replace(
        "</Types>", f'<Override PartName="/xl/sharedStrings.xml" ContentType="{_SHARED}"/></Types>'
    )
    files[links] = files[links].replace(
        "</Relationships>", f'<Relationship Id="rIdTextes" Type="{_KIND}" Target="/xl/sharedStrings.xml"/></Relationships>'
    )
    with ZipFile(path, "w") as parts:
        for name, content in files.items():
            parts.writestr(name, content)
    assert LEAVING["email"] in items


@pytest.mark.parametrize("saved_elsewhere", [False, True])
def test_a_merchant_who_leaves_leaves_nothing(house: tuple[House, str], saved_elsewhere: bool) -> None:
    """Also where the workbook was saved by another program, which keeps the texts of all cells in one list."""
    made, token = house
    if saved_elsewhere:
        _as_office_suites_save(made.path)
    made.counter.erase(token)
    made.run()
    assert names(made.sync) == [STAYING["nom"]]
    assert [] == made.kept()
    assert made.counter.open(token) is None
    with pytest.raises(Refused):
        made.counter.save(token, LEAVING)
    assert len(traces.found({"nom": STAYING["nom"]}, traces.contents(made.folder))) > 1
    made.restart()
    made.run()
    assert [] == made.kept()


@pytest.mark.slow
def test_a_volunteer_who_deletes_a_line_leaves_nothing_of_it_but_in_the_team_s_own_tabs(house: tuple[House, str]) -> None:
    """A report names a fiche until somebody deals with it: the team's own tab."""
    made, token = house
    tabs = {title: [list(row) for row in grid] for title, grid in made.workbook.values().items()}
    tabs[RESPONSES] = [row for row in tabs[RESPONSES] if LEAVING["nom"] not in row]
    tabs[SIGNALEMENTS_TAB.name] = tabs[SIGNALEMENTS_TAB.name][:1]
    create(made.path, tabs)
    made.run()
    assert [] == made.kept()
    assert made.counter.open(token) is None


@pytest.mark.slow
def test_who_keeps_the_answers_is_off_the_site_and_only_in_the_sheet(house: tuple[House, str]) -> None:
    """The memory of approvals keeps the address of a line that is still there, so that its merchant may come back to it."""
    made, token = house
    made.counter.withdraw(token)
    made.run()
    assert names(made.sync) == [STAYING["nom"]]
    elsewhere = [line for line in made.kept() if "feuille.xlsx" not in line]
    assert {"nom"} == {line.partition(" in ")[0] for line in elsewhere}
    assert [] == traces.found(
        {"nom": LEAVING["nom"]},
        [(name, content.replace(b"fournil-d-eloise-traquee", b"")) for name, content in traces.contents(made.folder / "store")],
    )
    assert made.counter.open(token) is not None


@pytest.mark.slow
def test_an_erasure_waits_for_the_workbook_and_then_leaves_nothing(house: tuple[House, str]) -> None:
    made, token = house
    lock = made.path.with_name(f".~lock.{made.path.name}#")
    lock.write_text("Camille,camille,atelier,24.11.2026 10:12,;", "utf-8")
    made.counter.erase(token)
    made.run()
    assert made.counter.open(token) is None
    lock.unlink()
    made.run()
    assert [] == made.kept()


@pytest.mark.slow
def test_an_unread_submission_can_be_erased_at_once(house: tuple[House, str]) -> None:
    """Before any pass has put it into the workbook."""
    made, _ = house
    other = {"nom": "Ephemere Bazar", "email": "ephemere@courriel.example"}
    token = made.counter.submit({**LEAVING, **other})
    made.counter.erase(token)
    made.run()
    assert [] == traces.found(other, traces.contents(made.folder))


@pytest.mark.slow
def test_another_link_erases_nothing(house: tuple[House, str]) -> None:
    made, _ = house
    before = made.tab(RESPONSES)
    for token in ("", "x", "0" * 64):
        made.counter.erase(token)
    made.run()
    assert made.tab(RESPONSES) == before

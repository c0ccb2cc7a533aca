"""The demo sheet: the tabs kept in `demo/` as Google would give them, and larger ones made of the same words.

Everybody and everything in it is invented; only the communes are real.
"""

import csv
import math
import os
import random
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from itertools import chain, count
from pathlib import Path
from types import MappingProxyType

import schema
from fields import Cell, Kind, date, number, place, tick
from settings import ROOT
from sheets import workbook

FOLDER = ROOT / "demo"

Table = list[list[Cell]]
"""One tab: its header, then its lines."""

_FIRST, _LAST = datetime(2026, 9, 1, 8), datetime(2026, 11, 20, 20)
"""When the generated submissions were sent."""

_TOLD_TOGETHER = ("activite", "produits", "description")
"""What a generated fiche takes from one and the same fiche of its category; the rest is drawn cell by cell."""
_DRAWN = ("horaires", "accueil", "livraison", "conditions_de_livraison", "paiement", "monnaie", "labels", "infos")


def tables(rows: int | None = None, seed: int = 0, ticked: bool = False) -> dict[str, Table]:
    """The tabs of the demo by title; with `rows`, that many submissions generated from `seed` instead of those of `demo/`.

    `ticked` ticks every submission.
    """
    kinds = {column.header: column.kind for column in schema.FICHE}
    responses: Table = _table("reponses.csv", kinds) if rows is None else [list(kinds), *_generated(rows, random.Random(seed))]
    if ticked:
        box = responses[0].index(schema.BY_KEY["approved"].header)
        for line in responses[1:]:
            line[box] = True
    return {
        schema.RESPONSES.name: responses,
        schema.MAG_TAB.name: _table("mag.csv", {column.header: column.kind for column in schema.MAG}),
        schema.REGLAGES_TAB.name: _settings(),
    }


def modifications() -> list[tuple[dict[str, Cell], dict[str, Cell]]]:
    """What merchants change after their tick, as (cells that find the line, cells to write there), by header.

    To apply after a first pass, which then keeps the approved content online.
    """
    kinds = {column.header: column.kind for column in schema.FICHE}
    changes = []
    for record in _records("modifications.csv"):
        typed = {header: _cell(kinds[header], text) for header, text in record.items() if text}
        changes.append(({"E-mail": typed.pop("E-mail")}, typed))
    return changes


def write(path: Path, rows: int | None = None, seed: int = 0, ticked: bool = False) -> None:
    """Writes the demo as an .xlsx workbook."""
    workbook.create(path, tables(rows, seed, ticked))


def ensure(path: Path) -> bool:
    """Makes the demo workbook if there is none; True if it was made. A workbook that stands is never touched."""
    if path.exists():
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    made = path.with_name(f".{path.stem}-{os.getpid()}.xlsx")
    write(made)
    try:
        os.link(made, path)  # unlike a rename, it fails where another process has just made one
    except FileExistsError:
        return False
    except OSError:
        made.replace(path)  # a disk without hard links: exFAT, some network shares
    finally:
        made.unlink(missing_ok=True)
    return True


def _records(name: str) -> Iterator[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _table(name: str, kinds: Mapping[str, Kind]) -> Table:
    """A file of `demo/` with its cells typed by header."""
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        header, *lines = csv.reader(file)
    return [[*header], *([_cell(kinds[title], text) for title, text in zip(header, line, strict=True)] for line in lines)]


def _settings() -> Table:
    """The tab «Réglages»: each value is typed by its key."""
    kinds = {setting.metadata["header"]: setting.metadata["kind"] for setting in schema.REGLAGES}
    with (FOLDER / "reglages.csv").open(encoding="utf-8", newline="") as file:
        header, *lines = csv.reader(file)
    return [[*header], *([key, _cell(kinds[key], text)] for key, text in lines)]


def _cell(kind: Kind, text: str) -> Cell:
    """The cell as the spreadsheet holds it: what is no date, number or tick stays the text that was typed."""
    if isinstance(kind, tick.Tick):
        return {"VRAI": True, "FAUX": False}.get(text, text)
    try:
        if isinstance(kind, date.Timestamp | date.Day | date.Moment):
            return date.serial(date.parse(text))
        if isinstance(kind, place.Latitude | place.Longitude | number.Number):
            return float(text)
    except ValueError:
        return text
    return text


@cache
def _models() -> Mapping[str, Sequence[Mapping[str, str]]]:
    """The demo's own fiches that are online, by category and key: what the generated ones are made of."""
    keys = {column.header: column.key for column in schema.FICHE}
    models = defaultdict(list)
    for record in _records("reponses.csv"):
        if record["approved"] == "VRAI" and record["Description"] and "#" not in "".join(record.values()):
            models[record["Catégorie"]].append({keys[header]: text for header, text in record.items()})
    return MappingProxyType(models)


@cache
def _words() -> Mapping[str, Sequence[str]]:
    """Pieces of names and addresses: by category the words a shop's name begins with, then `suite`, `nom`, `prénom`, `voie`."""
    words = defaultdict(list)
    for record in _records("mots.csv"):
        words[record["pour"]].append(record["mot"])
    return MappingProxyType(words)


def _generated(rows: int, rng: random.Random) -> Iterator[list[Cell]]:
    """Submissions in the order of their time. About 85 % are ticked, 2 % have no place, 60 % have coordinates."""
    communes = list(_records("communes.csv"))
    weights = [math.sqrt(int(commune["habitants"])) for commune in communes]
    where = rng.choices(communes, weights, k=rows)
    categories = chain.from_iterable(rng.sample(schema.CATEGORIES, len(schema.CATEGORIES)) for _ in count())
    seconds = (_LAST - _FIRST).total_seconds() / max(rows, 1)
    for rank, (commune, category) in enumerate(zip(where, categories, strict=False)):
        sent = _FIRST + timedelta(seconds=seconds * (rank + rng.random()))
        cells = {"horodateur": date.serial(sent)} | _shop(category, rank, rng) | _located(commune, rng)
        yield [cells.get(column.key, "") for column in schema.FICHE]


def _shop(category: str, rank: int, rng: random.Random) -> dict[str, Cell]:
    """The cells of one shop, less its place and time."""
    words, models = _words(), _models()[category]
    told = rng.choice(models)
    name = f"{rng.choice(words[category])} {rng.choice((*words['suite'], *words['nom']))}"
    line = rng.randrange(10_000)
    start = rng.choice(("02 61 91", "06 39 98", ""))  # the blocks that ARCEP keeps for fiction
    return {
        **{key: told[key] for key in _TOLD_TOGETHER},
        **{key: rng.choice(models)[key] for key in _DRAWN},
        "nom": name,
        "categorie": category,
        "telephone": start and f"{start} {line // 100:02} {line % 100:02}",
        "site": rng.choice((f"https://www.boutique-{rank}.example", "")),
        "email": f"contact-{rank}@exemple.example",
        "contact": f"{rng.choice(words['prénom'])} {rng.choice(words['nom'])}",
        "consentement": schema.CONSENT,
        "approved": rng.random() < 0.85,
    }


def _located(commune: Mapping[str, str], rng: random.Random) -> dict[str, Cell]:
    """The address of one shop; some have their point, some no place at all."""
    address = f"{rng.randrange(1, 99)} {rng.choice(_words()['voie'])}"
    lot = rng.random()
    if lot < 0.02:
        return {"adresse": address}
    cells: dict[str, Cell] = {"adresse": address, "code_postal": commune["code postal"], "commune": commune["commune"]}
    if lot < 0.62:
        cells["latitude"] = round(rng.gauss(float(commune["latitude"]), 0.012), 5)
        cells["longitude"] = round(rng.gauss(float(commune["longitude"]), 0.018), 5)
    return cells

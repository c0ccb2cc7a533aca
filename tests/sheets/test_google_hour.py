"""A sheet as Google answered it, and the same an hour later: 40 submissions, 44 damaged cells, seven changes and a sort."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from sheets.problems import HeaderMissing
from sheets.snapshot import Live, Store
from sheets.sync import Sync
from tests.google import SheetsServer
from tests.sheets.sheets import RESPONSES, SHARED, fiches, google, names, states, stored

ANSWERS = SHARED / "data" / "google"

pytestmark = pytest.mark.skipif(not ANSWERS.is_dir(), reason="shared/data/google is absent")


def tabs(answer: str) -> dict[str, list[list[Any]]]:
    ranges = json.loads((ANSWERS / answer).read_text("utf-8"))["valueRanges"]
    return {part["range"].rpartition("!")[0].strip("'"): part.get("values", []) for part in ranges}


class Hour(NamedTuple):
    sync: Sync
    store: Path
    before: dict[str, str]
    """State by name at first; `online` and `after` are of the two moments too."""
    online: dict[str, dict[str, Any]]
    after: dict[str, str]


@pytest.fixture(scope="module")
def hour(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hour]:
    folder = tmp_path_factory.mktemp("hour")
    with SheetsServer(tabs("batchGet.unformatted.json")) as server:
        settings = google(server, folder)
        sync = Sync(settings, Live(), Store(settings.store))
        sync.once()
        before, online = states(sync), fiches(sync)
        server.tabs = tabs("batchGet.une-heure-apres.unformatted.json")
        sync.once()
        yield Hour(sync, Path(settings.store), before, online, states(sync))


@pytest.mark.slow
def test_forty_submissions_and_no_line_that_holds_only_a_box(hour: Hour) -> None:
    assert len(hour.sync.report.decisions) == 40
    assert len(hour.before) == 39  # one is there twice, under another Horodateur


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("A la bière comme à la bière", "en ligne", "modifiée : à revalider"),
        ("Les rateleurs Drive du pays foyen", "en ligne", "en ligne"),
        ("Maëlys Lhommaut", "en ligne", "retirée"),
        ("Agend'arts", "en attente", "en ligne"),
        ("LA FERME D’EN FACE", "en ligne", "retirée"),
        ("Librairie Murmure des mots", "en ligne", None),
        ("Nouvelle venue", None, "en attente"),
    ],
)
def test_each_change_of_the_hour_has_its_state(hour: Hour, name: str, before: str | None, after: str | None) -> None:
    assert (hour.before.get(name), hour.after.get(name)) == (before, after)


def test_nothing_else_changes_state_when_the_tab_is_sorted(hour: Hour) -> None:
    changed = {name for name in hour.before if hour.before[name] != hour.after.get(name)}
    assert changed == {
        "A la bière comme à la bière", "Maëlys Lhommaut", "Agend'arts", "LA FERME D’EN FACE", "Librairie Murmure des mots",
    }  # fmt: skip


def test_what_nobody_edited_is_the_same_to_the_second(hour: Hour) -> None:
    after = fiches(hour.sync)
    different = {name for name in after if name in hour.online and after[name] != hour.online[name]}
    assert different == {"Les rateleurs Drive du pays foyen"}


def test_an_edit_after_the_tick_leaves_the_approved_content_online(hour: Hour) -> None:
    name = "A la bière comme à la bière"
    assert fiches(hour.sync)[name] == hour.online[name]
    edited = next(each.submission for each in hour.sync.report.decisions if each.submission.values["nom"] == name)
    assert edited.content is not None
    assert edited.content["description"] != hour.online[name]["description"]
    assert edited.content["description"].encode() not in stored(hour.store)
    assert {row: [change.header for change in found] for row, found in hour.sync.report.edits.items()} == {
        edited.row: ["Description"]
    }


def test_what_was_deleted_or_withdrawn_is_nowhere_in_the_store(hour: Hour) -> None:
    """Of a line that is still in the sheet the address is remembered, for the day it is ticked again; of a deleted one not even that."""
    content = stored(hour.store)
    assert hour.sync.live.snapshot is not None
    assert hour.online["Librairie Murmure des mots"]["slug"].encode() not in content
    for name in ("Librairie Murmure des mots", "Maëlys Lhommaut", "LA FERME D’EN FACE"):
        assert name.encode() not in content
        assert hour.sync.live.snapshot.was_withdrawn(hour.online[name]["slug"])


def test_what_people_spoilt_is_left_out_or_blocked(hour: Hour) -> None:
    assert {name for name, state in hour.before.items() if state == "bloquée"} == {
        "Rayondor-bagages",  # no consent
        "Château Fourton La Garenne",  # 4900
    }
    assert hour.online["Les rateleurs Drive du pays foyen"]["opening_hours"] == ""  # 9:00, now 0.375
    assert len(hour.online["L'Aromathèque"]["description"]) <= 3000
    for private in (b"#N/A", b"doublon ?", b"rappeler lundi", b"73282932000074", b"contact@example", b"Relance"):
        assert private not in stored(hour.store)


def test_a_text_tick_is_one_where_it_clearly_says_so(hour: Hour) -> None:
    said = {name: box for name, box in boxes("batchGet.unformatted.json") if isinstance(box, str) and name}
    assert {box for name, box in said.items() if name in hour.online} == {"x", "OUI", "VRAI"}
    assert {box for name, box in said.items() if name not in hour.online} == {""}


def test_the_order_is_that_of_the_sheet(hour: Hour) -> None:
    online = set(names(hour.sync))
    assert names(hour.sync) == [
        name for name, box in boxes("batchGet.une-heure-apres.unformatted.json") if box and name in online
    ]


def boxes(answer: str) -> list[tuple[str, Any]]:
    """Name and box of each line, in the order of the sheet."""
    head, *rows = tabs(answer)[RESPONSES]
    box = head.index("approved")
    return [(" ".join(row[1].split()), row[box] if len(row) > box else "") for row in rows if len(row) > 1]


def test_a_banner_above_the_header_is_held_and_said(tmp_path: Path) -> None:
    with SheetsServer(tabs("batchGet.entete-fusionnee.unformatted.json")) as server:
        settings = google(server, tmp_path)
        sync = Sync(settings, Live(), Store(settings.store))
        with pytest.raises(HeaderMissing, match="ils sont à la ligne 2"):
            sync.once()
    assert sync.live.heartbeat.error is not None
    assert sync.live.heartbeat.error["kind"] == "header-missing"

"""Addresses become points, once: what is asked, what is believed, what is remembered and forgotten, and a service that fails."""

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sheets import geocoding
from sheets.snapshot import Live, Store
from sheets.sync import Sync
from sheets.workbook import Workbook
from tests.sheets.geocoder import Geocoder, geocoder
from tests.sheets.sheets import Embedded, Tab, fiches, names, stored, table

LICES = (47.4692, -0.5523)
CENTRE = (47.4736, -0.5516)


@pytest.fixture
def service() -> Iterator[Geocoder]:
    with geocoder() as running:
        running.knows("12 rue des Lices", *LICES)
        yield running


class Site(Embedded):
    """A workbook whose process asks the stand-in."""

    def __init__(self, folder: Path, service: Geocoder, tab: Tab):
        self.url: str | None = service.url
        super().__init__(folder, {"Réponses au formulaire 1": tab})

    def restart(self) -> None:
        self.settings = replace(self.settings, geocoder_url=self.url)
        self.workbook = Workbook(self.path, self.folder / "var")
        self.sync = Sync(self.settings, Live(), Store(self.settings.store), self.workbook)
        self.sync.restore()

    def turn(self) -> dict[str, dict[str, Any]]:
        """One pass and its learning; what is online, by name."""
        self.sync.once()
        self.sync.finish_learning()
        return fiches(self.sync)

    @property
    def remembered(self) -> list[list[Any]]:
        content = Store(self.settings.store).get(geocoding.FILE)
        return list(json.loads(content)["answers"].values()) if content else []


@pytest.fixture
def site(service: Geocoder, tmp_path: Path) -> Site:
    return Site(tmp_path, service, table([LYSE, {"Nom": "Au Hameau", "Adresse": "nulle part", "Horodateur": 46329.5}, BARE]))


LYSE = {"Nom": "Chez Lyse"}
BARE = {"Nom": "Sans adresse", "Adresse": "", "Horodateur": 46330.5}


@pytest.fixture(autouse=True)
def no_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """A failed call may be tried again at the next pass."""
    monkeypatch.setattr(geocoding, "_FIRST_WAIT", 0.0)


def point(record: dict[str, Any]) -> tuple[float, float]:
    return record["latitude"], record["longitude"]


# What is asked, believed and shown


def test_an_address_becomes_a_point_and_the_rest_stays_at_the_centre(site: Site, service: Geocoder) -> None:
    online = site.turn()
    assert (point(online["Chez Lyse"]), online["Chez Lyse"]["approximatif"]) == (LICES, False)
    for name in ("Au Hameau", "Sans adresse"):
        assert online[name]["approximatif"]
        assert point(online[name]) != LICES
    assert service.addresses == ["12 rue des Lices", "nulle part"]


def test_the_question_is_public_and_filtered_by_commune(site: Site, service: Geocoder) -> None:
    site.turn()
    assert ("columns", "adresse") in service.fields
    assert {("postcode", "code_postal"), ("citycode", "insee")} <= set(service.fields)
    row = next(row for row in service.asked[0] if row["adresse"] == "12 rue des Lices")
    assert (row["commune"], row["insee"], set(row)) == ("Angers", "49007", {"id", "adresse", "code_postal", "commune", "insee"})


def test_paris_is_asked_by_arrondissement(service: Geocoder, tmp_path: Path) -> None:
    """The base knows no address of 75056."""
    site = Site(tmp_path, service, table([{**LYSE, "Commune": "Paris", "Code postal": "75011"}]))
    site.turn()
    assert (service.asked[0][0]["insee"], service.asked[0][0]["code_postal"]) == ("", "75011")


def test_nothing_that_waits_for_a_tick_is_asked(service: Geocoder, tmp_path: Path) -> None:
    site = Site(tmp_path, service, table([{"approved": False}]))
    site.turn()
    assert service.asked == []


def test_what_a_volunteer_gave_wins_and_is_not_asked(service: Geocoder, tmp_path: Path) -> None:
    site = Site(tmp_path, service, table([{**LYSE, "latitude": 47.48, "longitude": -0.56}]))
    online = site.turn()["Chez Lyse"]
    assert (point(online), online["approximatif"]) == ((47.48, -0.56), False)
    assert service.asked == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("latitude", "longitude", "score", "kind"),
    [(*LICES, 0.49, "housenumber"), (*LICES, 0.9, "municipality"), (43.6, 3.88, 0.9, "street"), (-47.4, 0.5, 0.9, "street")],
    ids=["a poor score", "a commune", "far away", "another hemisphere"],
)
def test_a_doubtful_answer_is_remembered_as_none_and_told(
    latitude: float, longitude: float, score: float, kind: str, service: Geocoder, tmp_path: Path
) -> None:
    service.knows("12 rue des Lices", latitude, longitude, score, kind)
    site = Site(tmp_path, service, table([LYSE]))
    assert site.turn()["Chez Lyse"]["approximatif"]
    assert site.turn()["Chez Lyse"]["approximatif"]
    assert len(service.asked) == 1
    assert site.remembered[0][:3] == [None, None, score]
    assert [str(problem) for problem in site.sync.check()] == [
        str(problem) for problem in site.sync.report.problems if problem.row
    ]
    assert "«12 rue des Lices» — introuvable dans la base nationale" in site.suivi()[0].to_mend


def test_a_point_of_sale_is_asked_once_like_an_address_and_forgotten_with_its_fiche(service: Geocoder, tmp_path: Path) -> None:
    service.knows("place Travot", 47.0587, -0.8797)
    markets = "Marché de Cholet, samedi 8h-13h, place Travot\nMarché d'Angers, place perdue, lundi\nMarché de Saumur, mardi"
    site = Site(tmp_path, service, table([{**BARE, "Autres points de vente": markets}, {**LYSE, "Adresse": ""}]))
    for _ in range(2):
        points = site.turn()["Sans adresse"]["points"]
        assert [(point.latitude, point.approximatif) for point in points[:1]] == [(47.0587, False)]
        assert [point.approximatif for point in points] == [False, True, True]
        site.restart()
    assert service.addresses == ["place Travot", "place perdue"]
    assert len(site.remembered) == 2
    site.write(table([{**BARE, "Autres points de vente": markets, "approved": False}]))
    site.turn()
    assert site.remembered == []


def test_not_found_is_asked_again_after_a_month(site: Site, service: Geocoder) -> None:
    site.turn()
    path = Path(site.settings.store) / geocoding.FILE
    kept = json.loads(path.read_text())
    for answer in kept["answers"].values():
        answer[3] = (datetime.now(UTC).date() - timedelta(days=31)).isoformat()
    path.write_text(json.dumps(kept))
    site.restart()
    site.turn()
    assert [[row["adresse"] for row in call] for call in service.asked[1:]] == [["nulle part"]]


# What is remembered and forgotten


def test_an_address_is_asked_once_whoever_has_it_and_however_often_the_process_starts(
    service: Geocoder, tmp_path: Path
) -> None:
    rows = [LYSE, {"Nom": "Le Voisin", "Horodateur": 46329.5, "Adresse": " 12  RUE des lices"}]
    site = Site(tmp_path, service, table(rows))
    first = site.turn()
    version = site.sync.live.snapshot
    assert site.turn() == first
    assert site.sync.live.snapshot is version
    site.restart()
    assert site.turn() == first
    assert point(first["Le Voisin"]) == LICES
    assert len(service.asked) == 1
    assert len(service.asked[0]) == 1


def test_the_score_is_kept(site: Site) -> None:
    site.turn()
    assert sorted(answer[2] for answer in site.remembered) == [0.31, 0.95]


def test_a_point_found_is_no_change_of_the_content(site: Site, service: Geocoder) -> None:
    """`updated_at` is that of the approval, before the learning, after it, and after a restart."""
    service.status = 500
    before = site.turn()["Chez Lyse"]
    service.status = 200
    later = datetime.now(UTC) + timedelta(hours=3)
    site.sync._pass(later, False, ())
    site.turn()
    site.sync._pass(later, False, ())
    found = fiches(site.sync)["Chez Lyse"]
    assert point(found) == LICES
    assert found["updated_at"] == before["updated_at"]
    site.restart()
    site.sync._pass(later, False, ())
    assert fiches(site.sync)["Chez Lyse"] == found


def test_what_is_withdrawn_leaves_no_trace(site: Site) -> None:
    site.turn()
    assert len(site.remembered) == 2
    key = geocoding._key(fiches(site.sync)["Chez Lyse"])
    assert key.encode() in stored(Path(site.settings.store))
    tab = site.tab("Réponses au formulaire 1")
    site.write([tab[0], *tab[2:]])
    site.turn()
    kept = stored(Path(site.settings.store))
    assert "Chez Lyse" not in names(site.sync)
    for trace in (key.encode(), b"Lices", str(LICES[0]).encode()):
        assert trace not in kept


@pytest.mark.slow
def test_what_is_withdrawn_while_it_is_asked_leaves_no_trace(site: Site, service: Geocoder) -> None:
    """The answer comes after the pass that forgot the address."""
    ready, go = threading.Event(), threading.Event()

    def held(body: bytes) -> bytes:
        ready.set()
        go.wait(10)
        return body

    service.spoil = held
    site.sync.once()
    assert ready.wait(10)
    tab = site.tab("Réponses au formulaire 1")
    site.write([tab[0], *tab[2:]])
    site.sync.once()
    assert "Chez Lyse" not in names(site.sync)
    go.set()
    site.sync.finish_learning()
    assert "Chez Lyse" not in names(site.sync)
    assert len(site.remembered) == 1


def test_an_edited_fiche_keeps_the_point_of_the_address_that_was_approved(site: Site, service: Geocoder) -> None:
    service.knows("1 place du Ralliement", 47.4711, -0.5518)
    site.turn()
    tab = site.tab("Réponses au formulaire 1")
    tab[1][tab[0].index("Adresse")] = "1 place du Ralliement"
    tab[1][tab[0].index("Horodateur")] = 46335.5
    site.write(tab)
    kept = site.turn()["Chez Lyse"]
    assert (kept["adresse"], point(kept)) == ("12 rue des Lices", LICES)
    assert "1 place du Ralliement" not in service.addresses
    line = next(line for line in site.suivi() if line.name == "Chez Lyse")
    assert (line.state, line.changed) == ("modifiée : à revalider", "Adresse : 12 rue des Lices → 1 place du Ralliement")
    site.restart()
    assert site.turn()["Chez Lyse"] == kept


@pytest.mark.slow
@pytest.mark.parametrize(
    "content", [b"", b"{", b'{"version":0,"answers":{}}', b'{"version":1,"answers":{"a":["x",1,1,"2026-01-01"]}}']
)
def test_a_memory_that_cannot_be_read_is_left_aside(content: bytes, site: Site, caplog: pytest.LogCaptureFixture) -> None:
    site.sync.store.put(geocoding.FILE, content)
    assert point(site.turn()["Chez Lyse"]) == LICES
    assert "laissé de côté" in caplog.text
    assert len(site.remembered) == 2


def test_without_a_service_nobody_is_asked_and_what_was_learnt_stays(site: Site, service: Geocoder) -> None:
    site.turn()
    site.url = None
    site.restart()
    assert point(site.turn()["Chez Lyse"]) == LICES
    assert len(service.asked) == 1


# A service that fails


def cut(body: bytes) -> bytes:
    """Its last line is missing."""
    return b"".join(body.splitlines(keepends=True)[:-1])


def words(body: bytes) -> bytes:
    return body.replace(b"47.4692", b"quarante").replace(b"47.4736", b"quarante")


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 500},
        {"status": 400},
        {"status": 429, "headers": {"Retry-After": "0"}},
        {"headers": {"Content-Length": "9000"}},
        {"spoil": cut},
        {"spoil": words},
        {"spoil": lambda body: b"<html>Maintenance</html>"},
        {"spoil": lambda body: b""},
        {"spoil": lambda body: b"\xff\xfe" + body},
        {"spoil": lambda body: body.replace(b"47.4", b"nan")},
    ],
    ids=["500", "400", "429", "cut", "half", "words", "html", "nothing", "bytes", "nan"],
)
def test_a_fault_leaves_the_centre_and_is_tried_again(
    fault: dict[str, Any], site: Site, service: Geocoder, caplog: pytest.LogCaptureFixture
) -> None:
    sound = {name: getattr(service, name) for name in fault}
    for name, value in fault.items():
        setattr(service, name, value)
    assert site.turn()["Chez Lyse"]["approximatif"]
    assert site.remembered == []
    assert "géocodage impossible" in caplog.text
    assert "Lices" not in caplog.text
    for name, value in sound.items():
        setattr(service, name, value)
    assert point(site.turn()["Chez Lyse"]) == LICES


def test_nobody_at_the_address_fails_nothing(site: Site) -> None:
    site.url = "http://127.0.0.1:9/geocodage"
    site.restart()
    assert site.turn()["Chez Lyse"]["approximatif"]
    assert site.sync.live.heartbeat.error is None


def test_a_slow_service_holds_no_pass(site: Site, service: Geocoder) -> None:
    """What is ticked meanwhile is online, and the points come when they come."""
    go = threading.Event()
    service.spoil = lambda body: (go.wait(10) and body) or body
    site.sync.once()
    tab = site.tab("Réponses au formulaire 1")
    site.write([*tab, _renamed(tab, "Nouvelle")])
    site.sync.once()
    assert "Nouvelle" in names(site.sync)
    assert fiches(site.sync)["Chez Lyse"]["approximatif"]
    go.set()
    site.sync.finish_learning()
    assert point(fiches(site.sync)["Chez Lyse"]) == LICES
    assert "Nouvelle" in names(site.sync)


def _renamed(tab: Tab, name: str) -> list[Any]:
    line = list(tab[1])
    line[tab[0].index("Nom")], line[tab[0].index("Horodateur")] = name, 46340.5
    return line


@pytest.mark.slow
@pytest.mark.parametrize("fault", [{"pause_seconds": 0.6}, {"drip_seconds": 0.02}], ids=["silent", "dripping"])
def test_an_answer_that_lasts_is_given_up(
    fault: dict[str, float], service: Geocoder, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(geocoding, "_CALL_SECONDS", 0.3)
    for name, seconds in fault.items():
        setattr(service, name, seconds)
    assert site.turn()["Chez Lyse"]["approximatif"]
    assert site.remembered == []


@pytest.mark.slow
def test_waits_grow_and_nobody_is_asked_while_they_last(site: Site, service: Geocoder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(geocoding, "_FIRST_WAIT", 10.0)
    now = [1000.0]
    monkeypatch.setattr("sheets.geocoding.time.monotonic", lambda: now[0])
    service.status = 503
    calls = []
    for _ in range(40):
        site.turn()
        calls.append(len(service.asked))
        now[0] += 5
    assert calls[0] == 1
    assert calls[-1] == 5  # after 0, 10, 30, 70 and 150 seconds
    assert point(fiches(site.sync)["Chez Lyse"]) != LICES


def test_what_the_service_asks_to_wait_is_waited(site: Site, service: Geocoder) -> None:
    service.status, service.headers = 429, {"Retry-After": "600"}
    site.turn()
    service.status = 200
    site.turn()
    assert len(service.asked) == 1


@pytest.mark.slow
def test_many_addresses_go_in_batches_and_a_bad_one_does_not_hold_the_others(
    service: Geocoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(geocoding, "_BATCH", 8)
    rows = [{"Nom": f"Maison {n}", "Adresse": f"{n} rue Longue", "Horodateur": 46000.5 + n} for n in range(20)]
    for n in range(20):
        service.knows(f"{n} rue Longue", *LICES)
    site = Site(tmp_path, service, table(rows))
    service.spoil = lambda body: b"" if b"13 rue Longue" in body else body
    for _ in range(30):
        online = site.turn()
    assert max(map(len, service.asked)) <= 8
    assert [name for name, record in online.items() if record["approximatif"]] == ["Maison 13"]

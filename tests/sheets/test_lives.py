"""Lives of a sheet through the real pass: the embedded workbook, and Google on the loopback. The rule itself is proved in test_approval_states."""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from sheets.snapshot import Live, Store
from sheets.sync import Sync
from tests.google import SheetsServer
from tests.sheets.sheets import RESPONSES, Embedded, Tab, google, mag, table

pytestmark = pytest.mark.slow

STEPS = 25


@dataclass(frozen=True)
class Shop:
    """A line of the sheet: `stamp` moves when its merchant edits it."""

    email: str
    stamp: float
    text: str
    ticked: bool = False

    def cells(self) -> dict[str, Any]:
        return {
            "Horodateur": self.stamp,
            "Nom": f"Chez {self.email}",
            "E-mail": f"{self.email}@exemple.example",
            "Description": self.text,
            "approved": self.ticked,
        }


@dataclass
class Road:
    """One way from a sheet to a site."""

    write: Callable[[Tab], None]
    restart: Callable[[], Sync]
    sync: Sync

    def online(self) -> dict[str, str]:
        """Description by name."""
        assert self.sync.live.snapshot is not None
        fiches = self.sync.live.snapshot.fiches
        return dict(zip(fiches["nom"], fiches["description"], strict=True))


@contextmanager
def workbook(folder: Path) -> Iterator[Road]:
    place = Embedded(folder, {})

    def restart() -> Sync:
        place.restart()
        return place.sync

    yield Road(place.write, restart, place.sync)


@contextmanager
def loopback(folder: Path) -> Iterator[Road]:
    with SheetsServer({RESPONSES: [[]], "Mag": mag(), "Réglages": [["clé", "valeur"]]}) as server:
        settings = google(server, folder)

        def write(tab: Tab) -> None:
            server.tabs[RESPONSES] = tab

        def restart() -> Sync:
            sync = Sync(settings, Live(), Store(settings.store))
            sync.restore()
            return sync

        yield Road(write, restart, restart())


@pytest.mark.parametrize("way", [workbook, loopback])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_nothing_is_ever_public_that_no_volunteer_had_before_their_eyes(way, seed, tmp_path):
    """Submissions, edits, corrections, ticks, unticks, sorts, deletions and restarts, a pass after each."""
    chance = random.Random(seed)
    shops: list[Shop] = []
    read: set[str] = set()
    stamp, texts = 46_000.0, 0
    with way(tmp_path) as road:
        for _ in range(STEPS):
            stamp += 1
            action = chance.choice(
                ("submit", "submit", "edit", "correct", "tick", "tick", "untick", "sort", "delete", "restart")
            )
            at = chance.randrange(len(shops)) if shops else 0
            if action == "submit" or not shops:
                texts += 1
                shops.append(Shop(f"m{texts}", stamp, f"texte {texts}"))
            elif action == "edit":
                texts += 1
                shops[at] = replace(shops[at], stamp=stamp, text=f"texte {texts}")
            elif action == "correct":
                texts += 1
                shops[at] = replace(shops[at], text=f"texte {texts}")
                read |= {shops[at].text} if shops[at].ticked else set()
            elif action == "tick":
                read |= {shops[at].text}
                shops[at] = replace(shops[at], ticked=True)
            elif action == "untick":
                shops[at] = replace(shops[at], ticked=False)
            elif action == "sort":
                chance.shuffle(shops)
            elif action == "delete":
                del shops[at]
            else:
                road.sync = road.restart()
            road.write(table([shop.cells() for shop in shops]))
            road.sync.once()
            online = road.online()
            assert set(online.values()) <= read
            assert set(online) <= {f"Chez {shop.email}" for shop in shops if shop.ticked}

"""Accidents of a process, one after another on one folder, and what must be true after each."""

import multiprocessing
import random
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType

import schema
from sheets.snapshot import Snapshot, Store
from sheets.workbook import Workbook, create
from tests.faults.worker import ANSWERS, environ, main

ROOT = Path(__file__).resolve().parents[2]
TAB = schema.RESPONSES.name
_NURSERY = multiprocessing.get_context("forkserver")
"""Each process is born with the libraries already read: the kills land in its work."""
_NURSERY.set_forkserver_preload(["tests.faults.worker"])

SLOWEST_WORK = 20.0
"""Seconds after which a process is killed wherever it is."""


@contextmanager
def _nameless_main() -> Iterator[None]:
    """Streamlit's own trials leave a page of the site as `__main__`, which a new process would run."""
    kept, sys.modules["__main__"] = sys.modules["__main__"], ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = kept


@dataclass
class Ledger:
    """What the killed processes were told, and what may therefore be true."""

    accepted: set[str] = field(default_factory=set)
    begun: set[str] = field(default_factory=set)
    online: defaultdict[str, set[bool]] = field(default_factory=lambda: defaultdict(lambda: {False}))
    """By name: True where it may be online, False where it may be not."""
    said: Counter[str] = field(default_factory=Counter)

    def read(self, lines: str) -> None:
        for line in lines.splitlines():
            what, _, name = line.partition("\t")
            self.said[what] += 1
            match what:
                case "submit?":
                    self.begun.add(name)
                case "submit!":
                    self.accepted.add(name)
                case "tick?" | "untick?":
                    self.online[name] = {True, False}
                case "tick!" | "untick!":
                    self.online[name] = {what == "tick!"}


class Site:
    """A folder with a workbook and a store, and the processes that die on it."""

    def __init__(self, folder: Path, seed: int = 0):
        self.folder, self.ledger, self._chance = folder, Ledger(), random.Random(seed)
        self._seed = seed * 100_000
        headers = [column.header for column in schema.FICHE]
        create(folder / "feuille.xlsx", {TAB: [headers], "Mag": [["titre"]], "Réglages": [["clé", "valeur"], ["nom du site", "Essai"]]})  # fmt: skip
        self.store = Store(str(folder / "store"))

    def accident(self, limit: Callable[[], None] | None = None) -> None:
        """One process begins, works, and is killed -9 at a random moment of its work; then everything is checked.

        The moment: up to 15 things said, then up to 60 ms. A process that `limit` stifles is given a second.
        """
        self._seed += 1
        process = _NURSERY.Process(target=main, args=(self.folder, self._seed, limit))
        with _nameless_main():
            process.start()
        said = self.folder / "said.txt"
        until = time.monotonic() + (SLOWEST_WORK if limit is None else 1.0)
        lines = self._chance.randrange(16)
        while process.exitcode is None and time.monotonic() < until and _count(said) < lines:
            process.join(0.005)
        process.join(self._chance.random() * 0.06)
        assert limit is not None or process.exitcode is None, f"it ended by itself: {self.log()[-2000:]}"
        process.kill()
        process.join()
        if said.exists():
            self.ledger.read(said.read_text())
            said.unlink()
        self.check()

    def log(self) -> str:
        file = self.folder / "log.txt"
        return file.read_text() if file.exists() else ""

    def check(self) -> None:
        """Nothing accepted is lost or doubled, what is online is what was last done or was about to be, no file is half one."""
        shown = self.shown()
        online = set() if shown is None else set(shown.fiches["nom"])
        assert online <= {name for name, may in self.ledger.online.items() if True in may}
        assert {name for name, may in self.ledger.online.items() if may == {True}} <= online
        kept = self.kept()
        assert self.ledger.accepted <= kept.keys() <= self.ledger.begun
        assert not [name for name, times in kept.items() if times > 1]

    def shown(self) -> Snapshot | None:
        """What a process that starts now shows first. Raises where the file is a half one."""
        found = self.store.load()
        return found[0] if found else None

    def kept(self) -> Counter[str]:
        """How often each submission is in the workbook or waits for it."""
        workbook = Workbook(self.folder / "feuille.xlsx", self.folder)
        head, *rows = workbook.values()[TAB]
        place = head.index(schema.BY_KEY["nom"].header)
        written = [str(row[place]) for row in rows if len(row) > place and row[place]]
        waiting = [str(entry.values[schema.BY_KEY["nom"].header]) for entry in workbook.waiting() if entry.match is None]
        return Counter(written + waiting)

    def mend(self) -> None:
        """One whole pass by the command, as after a night: everything accepted is in the workbook, no scrap is left."""
        done = subprocess.run(
            [sys.executable, "-m", "sheets", "sync"], cwd=ROOT, env=environ(self.folder), capture_output=True, text=True, timeout=60
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        self.check()
        assert not Workbook(self.folder / "feuille.xlsx", self.folder).waiting()
        assert ANSWERS["email"].encode() not in (self.folder / "store" / Store.FILE).read_bytes()


def _count(file: Path) -> int:
    return file.read_bytes().count(b"\n") if file.exists() else 0

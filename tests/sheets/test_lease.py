"""Two writers in one store by mistake, and passes that somebody runs by hand beside the loop."""

import json
import os
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sheets import lease as leases
from sheets import snapshot as snapshots
from sheets import sync as syncs
from sheets.lease import FILE, Lease
from sheets.loop import Loop
from sheets.problems import HeldDrop, OtherWriter, StoreUnreadable, StoreUnwritable
from sheets.snapshot import Live, Store
from sheets.sync import Sync
from tests.sheets.sheets import RESPONSES, Embedded, names, table


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(str(tmp_path / "store"))


@pytest.fixture
def site(tmp_path: Path) -> Embedded:
    return Embedded(tmp_path, {RESPONSES: shops(10)})


def shops(count: int) -> list[list[object]]:
    return table([{"Nom": f"Maison {number}", "Horodateur": 46328.5 + number} for number in range(count)])


def quick(store: Store, seconds: float = 60.0, elsewhere: bool = True) -> Lease:
    """A lease as another machine would have it, unless it is to be known as this process's."""
    made = Lease(store, seconds=seconds, beat=0.05, settle=0.01)
    if elsewhere:
        made._me = replace(made._me, machine="another machine", host="voisine")
    return made


def until(true: Callable[[], object], seconds: float = 10.0) -> bool:
    end = time.monotonic() + seconds
    while not true() and time.monotonic() < end:
        time.sleep(0.01)
    return bool(true())


def test_the_second_stands_by_and_knows_who_writes(store: Store) -> None:
    first, second = quick(store), quick(store)
    assert first.claim() is None
    assert "voisine" in (second.claim() or "")
    assert first.claim() is None


def test_one_that_ends_well_is_followed_at_once(store: Store) -> None:
    first, second = quick(store), quick(store)
    first.start()
    assert second.claim() is not None
    first.stop()
    assert second.claim() is None


def test_one_that_is_seen_silent_is_followed_and_stands_by_when_it_wakes(store: Store) -> None:
    """By the clock of who watches: machines' clocks need not agree."""
    asleep, watching = quick(store, 0.2), quick(store, 0.2)
    assert asleep.claim() is None
    assert until(lambda: watching.claim() is None)
    assert asleep.claim() is not None


@pytest.mark.slow
def test_one_that_beats_is_never_followed(store: Store) -> None:
    first, second = quick(store, 0.5), quick(store, 0.5)
    first.start()
    assert not until(lambda: second.claim() is None, 1.5)
    first.stop()


def test_a_process_of_this_machine_that_was_killed_is_followed_at_once(store: Store) -> None:
    store.put(FILE, json.dumps(asdict(quick(store, elsewhere=False)._me) | {"id": "killed", "pid": 2**22 + 1}).encode())
    assert quick(store).claim() is None


def test_the_number_of_a_dead_process_given_to_another_is_no_life(store: Store) -> None:
    store.put(
        FILE, json.dumps(asdict(quick(store, elsewhere=False)._me) | {"id": "old", "pid": os.getpid(), "began": "1"}).encode()
    )
    assert quick(store).claim() is None


def test_of_many_that_claim_at_once_one_writes(store: Store) -> None:
    made = [Lease(store, settle=0.2) for _ in range(6)]
    for number, each in enumerate(made):
        each._me = replace(each._me, id=str(number), machine=f"machine {number}")
    together, free = threading.Barrier(len(made)), []

    def claim(lease: Lease) -> None:
        together.wait()
        if lease.claim() is None:
            free.append(lease)

    threads = [threading.Thread(target=claim, args=(each,)) for each in made]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(free) == 1


@pytest.mark.parametrize("content", [b"", b"{}", b"{", b"[]", b'{"id": null}', b"\xff"])
def test_a_lease_that_cannot_be_read_is_nobodys(store: Store, content: bytes) -> None:
    store.put(FILE, content)
    assert quick(store).claim() is None


# Passes


def second(site: Embedded) -> Sync:
    sync = Sync(site.settings, Live(), Store(site.settings.store), site.workbook)
    sync.restore()
    return sync


@pytest.mark.slow
def test_a_loop_that_stands_by_writes_nothing_and_shows_what_the_other_stores(
    site: Embedded, caplog: pytest.LogCaptureFixture
) -> None:
    site.sync.lease, other = quick(site.sync.store), second(site)
    site.sync.once()
    other.lease = quick(site.sync.store)
    with pytest.raises(OtherWriter):
        other.once()
    site.write(shops(9))
    site.sync.once()
    loop = Loop(other)
    loop._rest = lambda *_: loop._stopping.set()  # type: ignore[method-assign]
    loop.run()
    assert names(other) == names(site.sync)
    assert other.live.heartbeat == site.sync.live.heartbeat
    assert "Un autre processus (voisine" in caplog.text


@pytest.mark.slow
def test_a_loop_that_stands_by_shows_what_the_other_stores_after_the_same_save(site: Embedded) -> None:
    """Both see the workbook change; the one that stands by looks before the other has read it."""
    site.sync.settings = replace(site.settings, write_suivi=False)  # or the file would change once more
    site.sync.lease, other = quick(site.sync.store), second(site)
    site.sync.once()
    other.lease = quick(site.sync.store)
    site.write(shops(9))
    loop = Loop(other)
    meanwhile = iter([site.sync.once, loop._stopping.set])
    loop._rest = lambda *_: next(meanwhile)()  # type: ignore[method-assign]
    loop.run()
    assert names(other) == names(site.sync)


@pytest.mark.slow
def test_a_pass_overtaken_by_anothers_stores_nothing(site: Embedded, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it decided stands on an older memory of approvals."""
    site.sync.once()
    other = second(site)
    read = site.sync.book.read

    def slow(wanted):  # type: ignore[no-untyped-def]
        found = read(wanted)
        site.write(shops(8))
        other.once()
        return found

    site.write(shops(9))
    monkeypatch.setattr(site.sync.book, "read", slow)
    with pytest.raises(OtherWriter):
        site.sync.once()
    stored = site.sync.store.load()
    assert stored is not None
    assert len(stored[0]) == 8


def test_a_drop_accepted_by_hand_is_obeyed_by_the_loop_that_held_it(site: Embedded) -> None:
    """CONTRACT §6: `sync --accept-drop` is run while the site is."""
    site.sync.once()
    site.write(shops(2))
    with pytest.raises(HeldDrop):
        site.sync.once()
    second(site).once(accept_drop=True)
    site.sync.once()
    assert len(names(site.sync)) == 2


# The store


def test_nothing_is_decided_without_the_memory_of_approvals(site: Embedded, monkeypatch: pytest.MonkeyPatch) -> None:
    """A store that is not there yet when the process starts: an edit after the tick must not pass for what was read."""
    site.sync.once()
    site.write(table([{"Nom": "Maison 0", "Horodateur": 46400.5, "Description": "modifiée"}]) + shops(10)[2:])
    site.sync.live = Live()
    with monkeypatch.context() as away:
        away.setattr(Store, "mark", lambda self: (_ for _ in ()).throw(TimeoutError("no answer")))
        site.restart()
        assert site.sync.live.heartbeat.error is not None
        with pytest.raises(StoreUnreadable):
            site.sync.once()
    site.sync.once()
    assert site.sync.live.snapshot is not None
    assert "modifiée" not in list(site.sync.live.snapshot.fiches["description"])


@pytest.mark.slow
@pytest.mark.parametrize("spoil", [b"", b"PAR1", b"half"], ids=["empty", "short", "foreign"])
def test_a_file_spoilt_while_the_process_runs_is_made_again_and_nothing_forgotten(site: Embedded, spoil: bytes) -> None:
    site.sync.once()
    memory = site.sync._memory.to_json()
    (Path(site.settings.store) / Store.FILE).write_bytes(spoil)
    site.sync.once()
    stored = site.sync.store.load()
    assert stored is not None
    assert (len(stored[0]), stored[1]) == (10, memory)


def test_a_store_that_is_lost_while_the_process_runs_is_made_again(site: Embedded) -> None:
    site.sync.once()
    (Path(site.settings.store) / Store.FILE).unlink()
    site.sync.once()
    assert site.sync.store.load() is not None


def test_what_a_killed_process_left_half_written_is_swept(site: Embedded) -> None:
    """It may hold what is withdrawn since."""
    site.sync.once()
    old, new = (Path(site.settings.store) / f".{Store.FILE}.{name}.new" for name in ("old", "new"))
    for scrap in (old, new):
        scrap.write_bytes(b"Maison 3")
    os.utime(old, (1e9, 1e9))
    site.sync.once()
    assert (old.exists(), new.exists()) == (False, True)


def test_a_store_that_refuses_the_lease_is_told(site: Embedded, monkeypatch: pytest.MonkeyPatch) -> None:
    site.sync.once()
    site.sync.lease = leases.Lease(site.sync.store)
    monkeypatch.setattr(Store, "put", lambda *_: (_ for _ in ()).throw(PermissionError(13, "Permission denied")))
    with pytest.raises(StoreUnwritable):
        site.sync.once()
    assert len(names(site.sync)) == 10


@pytest.mark.slow
@pytest.mark.parametrize("jump", [timedelta(days=400), -timedelta(days=400)], ids=["forwards", "backwards"])
def test_a_clock_that_jumps_stops_nothing(site: Embedded, monkeypatch: pytest.MonkeyPatch, jump: timedelta) -> None:
    """Passes go on, the age is never below zero, nobody takes over a writer that lives."""
    site.sync.lease = quick(site.sync.store)
    site.sync.once()
    other = quick(site.sync.store, 60.0)
    assert other.claim() is not None

    class Jumped(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:
            return datetime.now(tz) + jump

    for module in (syncs, snapshots):
        monkeypatch.setattr(module, "datetime", Jumped)
    site.write(shops(9))
    site.sync.once()
    assert len(names(site.sync)) == 9
    assert other.claim() is not None
    assert site.sync.lease.claim() is None
    monkeypatch.undo()
    assert site.sync.live.age_seconds() == 0.0 or jump < timedelta(0)
    site.sync.once()
    assert (site.sync.live.age_seconds() or 0.0) < 60

"""What a pass asks of Python's collector of cycles, and of the C library."""

import gc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sheets import heap
from tests.sheets.sheets import RESPONSES, Embedded
from tests.sheets.test_sync import shops


@pytest.fixture
def whole_walks() -> Iterator[list[int]]:
    """How often the collector has walked everything that is not put aside."""
    walks: list[int] = []

    def note(phase: str, told: dict[str, Any]) -> None:
        if phase == "stop" and told["generation"] == 2:
            walks.append(1)

    gc.callbacks.append(note)
    yield walks
    gc.callbacks.remove(note)


def _much() -> list[list[int]]:
    return [[number] for number in range(300_000)]


def test_what_grows_is_not_walked_again_and_again(whole_walks: list[int]) -> None:
    before = gc.get_threshold()
    with heap.growing():
        much = _much()
        assert not whole_walks
    assert gc.get_threshold() == before
    del much


def test_the_collector_is_as_it_was_after_a_failure() -> None:
    before = gc.get_threshold()
    with pytest.raises(ZeroDivisionError), heap.growing():
        raise ZeroDivisionError
    assert gc.get_threshold() == before


def test_what_a_pass_made_is_put_aside_whether_or_not_it_shows_anything_new(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that starts again shows what was stored: its first pass changes nothing, and yet makes all its lines."""
    settled: list[int] = []
    monkeypatch.setattr(heap, "settle", lambda: settled.append(1))
    site = Embedded(tmp_path, {RESPONSES: shops(3)})
    site.sync.once()
    assert len(settled) == 1
    site.sync.once()
    assert len(settled) == 1
    shown = site.sync.live.snapshot
    site.restart()
    site.sync.once()
    assert site.sync.live.snapshot.version == shown.version  # type: ignore[union-attr]
    assert len(settled) == 2

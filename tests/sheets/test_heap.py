"""What a pass asks of Python's collector of cycles."""

import gc
from pathlib import Path

import pytest

from sheets import heap
from tests.sheets.sheets import RESPONSES, Embedded
from tests.sheets.test_sync import shops


def test_what_grows_is_not_walked_again_and_again() -> None:
    """The young are looked at as ever; all that is not put aside is not."""
    young, middle, old = gc.get_threshold()
    with heap.growing():
        assert gc.get_threshold()[:2] == (young, middle)
        assert gc.get_threshold()[2] > 1_000_000
    assert gc.get_threshold() == (young, middle, old)


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

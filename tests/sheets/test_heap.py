"""What a pass asks of Python's collector of cycles."""

import gc

import pytest

from sheets import heap


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

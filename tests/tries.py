"""How many inputs a trial of hypothesis draws: all in `make test`, a few in `make test-fast`."""

from typing import Any

from hypothesis import settings

few = False
"""Set ahead of the collection, by the marks that the run asks for."""


def tries(number: int, **others: Any) -> settings:
    """The settings of a trial that needs so many inputs to be sure."""
    return settings(max_examples=max(5, number // 10) if few else number, deadline=None, **others)

"""Memory that is free goes back to the machine, where the C library is glibc: it would keep it for later. Elsewhere nothing happens. Why: docs/decisions/0014-speed.md."""

import ctypes
import gc
import itertools
from collections.abc import Iterator
from contextlib import contextmanager, suppress

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8
"""As glibc's `malloc.h` names them."""
_APART = 1 << 20
"""Bytes from which a piece of memory stands apart: it grows where it is, and goes back as soon as it is free. glibc's own bound rises to 32 MB as such pieces go."""
_KEPT_FREE = 4 << 20
"""Bytes that may be free at the heap's end."""

WALKED_EVERY = 10
"""Snapshots. To walk everything holds the pages up for a fifth of a second."""
_settled = itertools.count()
_NEVER = 1 << 30
"""Of the collector's rounds, more than a process has."""


def share_one() -> None:
    """To be called before threads start. Each of them would have a heap of its own, which keeps what was given back to it; a visitor's run is a thread."""
    _ask("mallopt", _M_ARENA_MAX, 1)
    _ask("mallopt", _M_MMAP_THRESHOLD, _APART)
    _ask("mallopt", _M_TRIM_THRESHOLD, _KEPT_FREE)


def give_back() -> None:
    """What is free now."""
    _ask("malloc_trim", 0)


@contextmanager
def growing() -> Iterator[None]:
    """For what makes much that stays, and settles afterwards. The collector would walk all of it again and again meanwhile, and hold the pages up for a fifth of a second each time."""
    young, middle, old = gc.get_threshold()
    gc.set_threshold(young, middle, _NEVER)
    try:
        yield
    finally:
        gc.set_threshold(young, middle, old)


def settle() -> None:
    """A snapshot just shown, or lines just read, stay: the collector need not walk them at every round. What making them took is given back.

    Whatever else was alive stays with it, such as the runs under way: at each tenth snapshot all is walked, and what has become garbage goes.
    """
    if next(_settled) % WALKED_EVERY == 0:
        gc.unfreeze()
    gc.collect()
    gc.freeze()
    give_back()


def _ask(function: str, *arguments: int) -> None:
    with suppress(OSError, AttributeError):
        getattr(ctypes.CDLL(None), function)(*arguments)

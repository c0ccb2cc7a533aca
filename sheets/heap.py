"""Memory that is free goes back to the machine, where the C library is glibc: it would keep it for later. Elsewhere nothing happens. Why: docs/decisions/0014-speed.md."""

import ctypes
from contextlib import suppress

_M_ARENA_MAX = -8
"""As glibc's `malloc.h` names it."""


def share_one() -> None:
    """To be called before threads start. Each of them would have a heap of its own, which keeps what was given back to it; a visitor's run is a thread."""
    _ask("mallopt", _M_ARENA_MAX, 1)


def give_back() -> None:
    """What is free now."""
    _ask("malloc_trim", 0)


def _ask(function: str, *arguments: int) -> None:
    with suppress(OSError, AttributeError):
        getattr(ctypes.CDLL(None), function)(*arguments)

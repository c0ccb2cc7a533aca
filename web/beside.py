"""What is worked out of a snapshot: by the server's loop where that is soon done, else beside it."""

from collections.abc import Callable
from typing import TypeVar, TypeVarTuple

import anyio

from sheets.snapshot import Snapshot

T = TypeVar("T")
Given = TypeVarTuple("Given")

AT_ONCE = 2000
"""Fiches up to which a tile, or a page of the directory, is worked out sooner than handed to a thread."""
_THREADS = anyio.CapacityLimiter(2)
"""Each holds arrays as long as the territory, some megabytes of a hundred thousand fiches; more of them would wait for one another all the same."""


async def worked_out(work: Callable[[Snapshot, *Given], T], snapshot: Snapshot, *given: *Given) -> T:
    if len(snapshot) <= AT_ONCE:
        return work(snapshot, *given)
    return await anyio.to_thread.run_sync(work, snapshot, *given, limiter=_THREADS)

"""Where pages find the counter of the embedded sheet. Apart from it, since a process that only shows what another one stores needs none of what it stands on."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sheets.counter import Counter


class Refused(Exception):
    """The answers cannot be taken as they are. `said` maps a question's key (`""` for the whole) to a French sentence."""

    def __init__(self, said: Mapping[str, str]):
        super().__init__("; ".join(said.values()))
        self.said = dict(said)


@dataclass
class OpenCounter:
    """Where pages find the counter: closed with Google."""

    counter: "Counter | None" = None
    admits: Callable[[str], bool] = lambda cookie: False
    """True for the cookie of a volunteer who came with the key."""
    drafts_key: str | None = field(default=None, repr=False)
    """Of the drafts of «Le Mag», for a volunteer to share."""


open_counter = OpenCounter()

"""What is wrong in the sheet, said to the volunteer at a cell's address; and what stops a pass."""

from collections.abc import Iterable
from dataclasses import dataclass

from fields import Fault
from schema import Column

WITHHELD = "valeur privée"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend in the sheet. Safe to print: private values are withheld when it is made."""

    tab: str
    row: int
    """Line of the sheet, from 1; 0 for the tab as a whole."""
    header: str
    found: str
    expected: str
    blocking: bool = False
    """True: the fiche cannot be shown until it is mended."""

    def __str__(self) -> str:
        place = self.tab + (f", ligne {self.row}" if self.row else "")
        return f"{place}, «{self.header}» : «{self.found}» — {self.expected}"


def at(tab: str, row: int, column: Column, faults: Iterable[Fault], blocking: bool = False) -> list[Problem]:
    """The faults of one cell, with its address; what was found is withheld where the column is private."""
    return [
        Problem(tab, row, column.header, fault.found if column.public or column.key == "approved" else WITHHELD, fault.expected, blocking)
        for fault in faults
    ]


# SheetError                    a pass that could not be done: the last good site stays
# └── SheetFault                the sheet was read, but it cannot be what the team meant
#     ├── TabMissing            a tab is gone or renamed
#     ├── HeaderMissing         no header row, or no `approved` column
#     └── HeldDrop              most of the known submissions are gone at once


class SheetError(Exception):
    """A pass that could not be done. The message is French, for the team, and says what to do."""

    kind = "sheet"

    def __init__(self, message: str, retry_after: float | None = None):
        super().__init__(message)
        self.message = message
        self.retry_after = retry_after
        """Seconds the other side asked us to wait; None where it did not."""


class SheetFault(SheetError):
    """The sheet was read, but obeying it would empty or scramble the site. Nothing changes until it is mended."""

    kind = "sheet-fault"


class TabMissing(SheetFault):
    kind = "tab-missing"


class HeaderMissing(SheetFault):
    kind = "header-missing"

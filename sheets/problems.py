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
        Problem(
            tab,
            row,
            column.header,
            fault.found if column.public or column.key == "approved" else WITHHELD,
            fault.expected,
            blocking,
        )
        for fault in faults
    ]


# SheetError                    a pass that could not be done: the last good site stays
# ├── StoreUnwritable           what was read could not be kept
# ├── StoreUnreadable           what is remembered of approvals could not be read: nothing may be decided without it
# ├── OtherWriter               another process writes in this store: this one stands by
# ├── SheetUnreachable          nothing usable came back: network, Google down (mends itself)
# │   ├── TimedOut              no whole answer within the time a call may take
# │   └── BrokenAnswer          an answer cut short, or not what was asked
# ├── QuotaExceeded             too many calls (mends itself)
# ├── AccessDenied              the spreadsheet is not shared with the service account
# ├── SheetNotFound             no spreadsheet at this address
# ├── NotASpreadsheet           an Excel file laid on Drive: the API cannot read it
# ├── ApiDisabled               the Google project has not the Sheets API
# ├── WrongKey                  the service account's key is malformed, revoked, or the clock is wrong
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


class SheetUnreachable(SheetError):
    kind = "unreachable"


class TimedOut(SheetUnreachable):
    kind = "timeout"


class BrokenAnswer(SheetUnreachable):
    kind = "broken-answer"


class QuotaExceeded(SheetError):
    kind = "quota"


class AccessDenied(SheetError):
    kind = "access-denied"


class SheetNotFound(SheetError):
    kind = "not-found"


class NotASpreadsheet(SheetError):
    kind = "not-a-spreadsheet"


class ApiDisabled(SheetError):
    kind = "api-disabled"


class WrongKey(SheetError):
    kind = "wrong-key"


class StoreUnwritable(SheetError):
    kind = "store"


class StoreUnreadable(SheetError):
    kind = "store-unreadable"


class OtherWriter(SheetError):
    kind = "other-writer"


class SheetFault(SheetError):
    """The sheet was read, but obeying it would empty or scramble the site. Nothing changes until it is mended."""

    kind = "sheet-fault"


class TabMissing(SheetFault):
    kind = "tab-missing"


class HeaderMissing(SheetFault):
    kind = "header-missing"


class HeldDrop(SheetFault):
    kind = "held-drop"

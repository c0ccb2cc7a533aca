"""What a merchant changed since the version that is online, cell by cell. Public columns only."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

import schema
from fields.difference import difference
from fields.picture import ours
from words import _

_LONGEST = 800
"""Characters of «changé»; the columns beyond are only named."""


class Change(NamedTuple):
    """One cell. `""` for a blank."""

    header: str
    before: str
    after: str


def changes(before: Mapping[str, Any], content: Mapping[str, Any]) -> tuple[Change, ...]:
    """The public columns that differ between what is online and what the line says now. A commune's centre is no change of theirs."""
    computed = ("latitude", "longitude") if content.get("approximatif") else ()
    return tuple(
        Change(column.header, _said(before.get(column.key)), _said(content.get(column.key)))
        for column in schema.public()
        if column.key not in computed and _plain(before.get(column.key)) != _plain(content.get(column.key))
    )


def in_short(found: Sequence[Change]) -> str:
    """As «changé» tells them, one a line, e.g. `Horaires : 9h-12h → 9h-13h`."""
    told: list[str] = []
    for number, change in enumerate(found):
        line = f"{change.header} : {difference(change.before, change.after)}"
        if sum(map(len, told)) + len(line) > _LONGEST:
            return "\n".join([*told, _("et : {autres}").format(autres=", ".join(other.header for other in found[number:]))])
        told.append(line)
    return "\n".join(told)


def _plain(value: Any) -> Any:
    """One form for the blanks and lists of a row of the sheet and of a row of the snapshot."""
    value = tuple(value) if isinstance(value, list) else value
    return None if value in ("", ()) else value


def _said(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "Oui" if value else "Non"
        case date():
            return f"{value:%d/%m/%Y}"
        case float():
            return f"{value:g}" if value == int(value) else f"{value:.6f}".rstrip("0").replace(".", ",")
        case list() | tuple():
            return ", ".join(value)
    return _("celle du site") if ours(str(value)) else " / ".join(str(value).split("\n"))

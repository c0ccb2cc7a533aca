"""Submissions that look like one shop sent twice. Only said, never decided: people know which one is current."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import schema
from fields import phone
from fields.cell import fold, shown, slugify
from sheets.problems import Problem
from sheets.rows import Submission
from words import N_, _, ngettext

SIGN = "doublon possible"
"""Google's script knows these remarks by it, in «Suivi»: it is not reworded."""
NAMED_AT_MOST = 5
"""Lines named in one remark: forty branches of one name must not make forty times forty."""

_WHY = {
    "telephone": N_("même téléphone"),
    "site": N_("même site et même commune"),
    "nom": N_("mêmes nom et commune"),
}


_Told = tuple[str, str, str, str, str]
"""Phone, postcode, site, name and commune of a submission."""
_Keys = frozenset[str]
"""What a submission shares with its like, e.g. `nom|boulangerie-martin|angers`: the column first."""


@dataclass
class Likeness:
    """By what submissions are likened to each other, worked out once for as long as a line stays."""

    _known: dict[int, tuple[Submission, _Keys]] = field(default_factory=dict, repr=False)
    """By id of the submission."""

    def keys(self, submissions: Sequence[Submission]) -> list[_Keys]:
        known = [self._known.get(id(each)) or (each, _keys(*_told(each))) for each in submissions]
        self._known = {id(each[0]): each for each in known}
        return [keys for _, keys in known]


def duplicates(
    submissions: Sequence[Submission], title: str = schema.RESPONSES.name, likeness: Likeness | None = None
) -> dict[int, Problem]:
    """A remark by line of the responses tab, for each submission that shares a phone, or its commune and a site or name, with another.

    A branch in another commune is no duplicate. Time is linear in the number of submissions. `likeness`: that of the last pass.
    """
    first: dict[str, Submission] = {}
    shared: dict[str, list[Submission]] = {}
    for submission, keys in zip(submissions, (likeness or Likeness()).keys(submissions), strict=True):
        for key in keys:
            other = first.setdefault(key, submission)
            if other is not submission:
                shared.setdefault(key, [other]).append(submission)
    remarks: dict[int, Problem] = {}
    likest_first = list(_WHY)
    by_column = ((key.partition("|")[0], group) for key, group in shared.items())
    for column, group in sorted(by_column, key=lambda each: likest_first.index(each[0])):
        for submission in group:
            if submission.row not in remarks:
                remarks[submission.row] = _remark(title, submission, column, group)
    return remarks


def _remark(title: str, submission: Submission, key: str, group: Sequence[Submission]) -> Problem:
    near = [other.row for other in group[: NAMED_AT_MOST + 1] if other is not submission][:NAMED_AT_MOST]
    lines = ", ".join(map(str, near)) + ("…" if len(group) - 1 > len(near) else "")
    said = ngettext(
        "ressemble à la ligne {lignes} ({pourquoi}) ; si c'est le même commerce, gardez la bonne ligne et décochez l'autre",
        "ressemble aux lignes {lignes} ({pourquoi}) ; si c'est le même commerce, gardez la bonne ligne et décochez l'autre",
        len(group) - 1,
    )
    return Problem(
        title,
        submission.row,
        schema.BY_KEY[key].header,
        shown(submission.values[key]),
        f"{SIGN} : {said.format(lignes=lines, pourquoi=_(_WHY[key]))}",
    )


def _told(submission: Submission) -> _Told:
    values = submission.values
    commune = (submission.content or values)["commune"] or ""
    return values["telephone"], values["code_postal"], values["site"], values["nom"], commune


def _keys(telephone: str, code_postal: str, site: str, nom: str, commune: str) -> _Keys:
    where, address, name = slugify(commune), _site(site), slugify(nom) or fold(nom)
    found = {f"telephone|{dialled}" for _, dialled in phone.pieces(telephone, code_postal) if dialled}
    return frozenset(found | ({f"site|{address}|{where}"} if address else set()) | ({f"nom|{name}|{where}"} if name else set()))


def _site(address: str) -> str:
    """Host and path, e.g. `https://www.Exemple.example/lices/?utm=1` → `exemple.example/lices`."""
    try:
        parts = urlsplit(address or "")
    except ValueError:
        return ""
    host = (parts.hostname or "").removeprefix("www.")
    return host + parts.path.rstrip("/") if host else ""

"""Submissions that look like one shop sent twice. Only said, never decided: people know which one is current."""

from collections.abc import Sequence
from functools import lru_cache
from urllib.parse import urlsplit

import schema
from fields import phone
from fields.cell import fold, shown, slugify
from sheets.problems import Problem
from sheets.rows import Submission

NAMED_AT_MOST = 5
"""Lines named in one remark: forty branches of one name must not make forty times forty."""

_WHY = {"telephone": "même téléphone", "site": "même site et même commune", "nom": "mêmes nom et commune"}


def duplicates(submissions: Sequence[Submission], title: str = schema.RESPONSES.name) -> dict[int, Problem]:
    """A remark by line of the responses tab, for each submission that shares a phone, or its commune and a site or name, with another.

    A branch in another commune is no duplicate. Time is linear in the number of submissions.
    """
    groups: dict[tuple[str, ...], list[Submission]] = {}
    for submission in submissions:
        for key in _keys_of(submission):
            groups.setdefault(key, []).append(submission)
    remarks: dict[int, Problem] = {}
    for (column, *_), group in sorted(groups.items(), key=lambda item: list(_WHY).index(item[0][0])):
        if len(group) > 1:
            for submission in group:
                remarks.setdefault(submission.row, _remark(title, submission, column, group))
    return remarks


def _remark(title: str, submission: Submission, key: str, group: Sequence[Submission]) -> Problem:
    near = [other.row for other in group[: NAMED_AT_MOST + 1] if other is not submission][:NAMED_AT_MOST]
    lines = (
        ("ressemble à la ligne " if len(group) == 2 else "ressemble aux lignes ")
        + ", ".join(map(str, near))
        + ("…" if len(group) - 1 > len(near) else "")
    )
    return Problem(
        title,
        submission.row,
        schema.BY_KEY[key].header,
        shown(submission.values[key]),
        f"doublon possible : {lines} ({_WHY[key]}) ; si c'est le même commerce, gardez la bonne ligne et décochez l'autre",
    )


def _keys_of(submission: Submission) -> frozenset[tuple[str, ...]]:
    values = submission.values
    commune = (submission.content or values)["commune"] or ""
    return _keys(values["telephone"], values["code_postal"], values["site"], values["nom"], commune)


@lru_cache(1 << 14)
def _keys(telephone: str, code_postal: str, site: str, nom: str, commune: str) -> frozenset[tuple[str, ...]]:
    """By what it is likened to others: the same at each pass, for most."""
    where, address, name = slugify(commune), _site(site), slugify(nom) or fold(nom)
    found = {("telephone", dialled) for _, dialled in phone.pieces(telephone, code_postal) if dialled}
    return frozenset(found | ({("site", address, where)} if address else set()) | ({("nom", name, where)} if name else set()))


def _site(address: str) -> str:
    """Host and path, e.g. `https://www.Exemple.example/lices/?utm=1` → `exemple.example/lices`."""
    try:
        parts = urlsplit(address or "")
    except ValueError:
        return ""
    host = (parts.hostname or "").removeprefix("www.")
    return host + parts.path.rstrip("/") if host else ""

"""Where the text of a licence stands, by the name that a team writes in «Réglages»."""

import re

from fields.cell import fold

_KNOWN: tuple[tuple[str, str], ...] = (
    (r"(licence ouverte|etalab|lov)\b.*", "https://www.etalab.gouv.fr/licence-ouverte-open-licence/"),
    (r"(odbl|odc-odbl|open database licen[cs]e)\b.*", "https://opendatacommons.org/licenses/odbl/1-0/"),
    (r"(odc-by|open data commons attribution)\b.*", "https://opendatacommons.org/licenses/by/1-0/"),
    (r"(pddl|domaine public odc)\b.*", "https://opendatacommons.org/licenses/pddl/1-0/"),
    (r"(cc ?0|cc-zero|creative commons zero)\b.*", "https://creativecommons.org/publicdomain/zero/1.0/deed.fr"),
)
_CREATIVE_COMMONS = re.compile(r"(?:cc|creative commons)[ -](by(?:-(?:nc|sa|nd|nc-sa|nc-nd))?)(?:[ -]([1-4]\.0))?(?: .*)?")
"""A folded name, e.g. `cc by-sa 4.0`, `creative commons by`."""


def address(name: str) -> str:
    """e.g. `Licence Ouverte 2.0`, `ODbL`, `CC BY-SA 4.0`; `""` for a licence that is not known here."""
    folded = " ".join(fold(name).split())
    if found := _CREATIVE_COMMONS.fullmatch(folded):
        return f"https://creativecommons.org/licenses/{found[1]}/{found[2] or '4.0'}/deed.fr"
    return next((url for pattern, url in _KNOWN if re.fullmatch(pattern, folded)), "")

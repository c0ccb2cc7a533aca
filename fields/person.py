"""A merchant as a person or a firm: an e-mail address, a SIRET number."""

import re
from dataclasses import dataclass

from fields.cell import Cell, Fault, Filled, Reading, Row, as_line, fold, says_nothing, shown
from fields.web_address import NotALink, public_host
from words import _

_LOCAL_PART = re.compile(r"(?!\.)(?!.*\.\.)[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}(?<!\.)")
"""What stands before the @, as RFC 5321 has it without quotes."""


@dataclass(frozen=True)
class Email(Filled):
    """One e-mail address, its domain in lower case; `""` for what cannot be one."""

    blank = ""

    def typed(self, cell: Cell, row: Row) -> Reading:
        text = as_line(cell)[:1000]
        words = [re.sub(r"(?i)^mailto:", "", word.strip("<>()[]«»\"',;:.")) for word in re.split(r"[\s,;]+", text)]
        found = list(dict.fromkeys(filter(None, map(_address, words))))
        if not found:
            return (
                Reading("")
                if says_nothing(text)
                else self.unusable(cell, _("une adresse e-mail est attendue, par exemple contact@exemple.example"))
            )
        also = (Fault(shown(cell), _("une seule adresse e-mail : la première est gardée")),) if len(found) > 1 else ()
        return Reading(found[0], also)


def _address(word: str) -> str:
    """The word as an e-mail address, `""` where it is none."""
    local, at, domain = word.partition("@")
    if not at or not _LOCAL_PART.fullmatch(local):
        return ""
    try:
        return f"{local}@{public_host(domain)}"
    except NotALink:
        return ""


_SIREN_LA_POSTE = "356000000"


@dataclass(frozen=True)
class Siret(Filled):
    """The fourteen digits that INSEE gives to an establishment, control digit included."""

    blank = ""

    def typed(self, cell: Cell, row: Row) -> Reading:
        text = as_line(cell)
        digits = re.sub(r"[\s.\-_/]", "", re.sub(r"^(n(umero|[°o])? )?siret( n[°o])? ?:? ?", "", fold(text)))
        if isinstance(cell, int | float) and len(digits) in (12, 13) and is_siret(digits.zfill(14)):
            digits = digits.zfill(14)  # the zeros that a number loses
        if is_siret(digits):
            return Reading(digits)
        if says_nothing(text):
            return Reading("")
        if re.fullmatch("[0-9]{9}", digits):
            return self.unusable(cell, _("un SIRET a 14 chiffres : ces 9 chiffres sont un SIREN, il manque les 5 derniers"))
        return self.unusable(cell, _("un SIRET de 14 chiffres est attendu, par exemple 732 829 320 00074"))


def is_siret(digits: str) -> bool:
    """True for fourteen digits whose control digit is right. La Poste's post offices have a rule of their own: a sum in fives."""
    if not re.fullmatch("[0-9]{14}", digits) or not int(digits):
        return False
    if digits.startswith(_SIREN_LA_POSTE) and sum(map(int, digits)) % 5 == 0:
        return True
    doubled = (int(digit) * (2 - place % 2) for place, digit in enumerate(digits))
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0

"""The Google side, generated from `schema.py`: one Apps Script that builds the form, the tabs, the boxes, the colours and the triggers, and writes to merchants.

`form.gs.js` and `mail.gs.js` hold what it does, and run on nothing but the description made here. Why: docs/decisions/0006-apps-script.md, 0019-messages.md.
"""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import schema
from fields import choice, date, hours, person, phone, place, text, tick
from schema import Column, Tab, header_key
from sheets import duplicates, messages
from sheets.memory import MARK_FIELDS, State
from sheets.messages import Kind
from words import N_, _

TEMPLATES = [Path(__file__).with_name(name) for name in ("form.gs.js", "mail.gs.js")]
_MARK = '"@schema"'

TITLE = N_("Inscrire mon commerce dans l'annuaire")
DESCRIPTION = N_(
    "Commerçants, producteurs, artisans : présentez-vous, c'est gratuit. Un bénévole relit votre fiche, puis elle paraît dans l'annuaire."
    "\nÀ la fin, gardez le lien « Modifier votre réponse » : il vous permettra de la corriger quand vous voudrez."
)
CONFIRMATION = N_(
    "Merci ! Un bénévole relira votre fiche avant de la mettre en ligne. Gardez le lien « Modifier votre réponse » "
    "ci-dessous : il permet de la corriger à tout moment."
)

FEW = 6
"""Choices up to which all are shown, with a round button each; more are a drop-down list."""

COLORS = {
    State.WAITING: "#fff2cc",
    State.ONLINE: "#d9ead3",
    State.EDITED: "#fce5cd",
    State.WITHDRAWN: "#e8eaed",
    State.BLOCKED: "#f4cccc",
}
_BLOCKING = (("nom",), ("consentement",), ("adresse", "code_postal", "commune", "latitude"))
"""A row where every column of one of these groups is blank cannot be shown: no name, no consent, no place."""

COURRIER_TAB = Tab("Courrier")
_COURRIER = {
    "quand": "Ce que le script a écrit aux commerçants, pour ne jamais l'écrire deux fois. Ne supprimez pas cet onglet.",
    "message": "",
    "fiche": "Des empreintes.",
    "adresse": "Une empreinte.",
}
_SUIVI = {
    "stamp": "horodateur",
    "name": "nom",
    "state": "état",
    "lacking": "à corriger",
    "since": "depuis",
    "verified": "vérifié le",
    "mark": "empreinte",
}
"""What the script reads in «Suivi»."""
_WRITTEN_TO = {"name": "nom", "email": "email", "consent": "consentement"}

Described = dict[str, Any]


def script() -> str:
    """The whole text to paste in Extensions → Apps Script. Ends without a line break."""
    described = json.dumps(_described(), ensure_ascii=False, indent=1)
    return "".join(template.read_text(encoding="utf-8") for template in TEMPLATES).replace(_MARK, described).rstrip("\n")


def _described() -> Described:
    return {
        "form": {"title": _(TITLE), "description": _(DESCRIPTION), "confirmation": _(CONFIRMATION)},
        "questions": [_question(column) for column in schema.QUESTIONS],
        "responses": _tab(schema.RESPONSES, [_answer(column) for column in schema.FICHE]),
        "mag": _tab(schema.MAG_TAB, [_column(column) for column in schema.MAG]),
        "suivi": _tab(schema.SUIVI_TAB, [_plain(header) for header in schema.SUIVI_HEADERS]),
        "signalements": _tab(schema.SIGNALEMENTS_TAB, [_report(header) for header in schema.SIGNALEMENTS_HEADERS]),
        "reglages": _tab(schema.REGLAGES_TAB, [_plain("clé"), _plain("valeur")]),
        "courrier": _tab(COURRIER_TAB, [_plain(header, note=note) for header, note in _COURRIER.items()]),
        "mail": _mail(),
        "settings": [_setting(setting.name, setting.metadata, setting.default) for setting in schema.REGLAGES],
        "states": {state.name: {"said": str(state), "color": color} for state, color in COLORS.items()},
        "stamp": schema.BY_KEY["horodateur"].header,
        "tick": schema.BY_KEY["approved"].header,
        "known_by": [schema.BY_KEY[key].header for key in ("nom", "categorie")],
        "blocking": [[schema.BY_KEY[key].header for key in group] for group in _BLOCKING],
    }


def _mail() -> Described:
    """What the script writes to merchants, and where «Suivi» tells it what."""
    kinds = {"received": Kind.RECEIVED, "online": Kind.ONLINE, "lacking": Kind.LACKING, "still": Kind.STILL}
    words = [f"{name}_{part}" for name in kinds for part in ("subject", "body")]
    used = {setting.name: setting.metadata for setting in schema.REGLAGES}
    return {
        "settings": {name: _words(used[name]) for name in ("name", "contact", "address", "mails", "still_months", *words)},
        "blanks": list(schema.MAIL_BLANKS),
        "on": sorted({header_key(word) for word in tick.YES} - {""}),
        "off": sorted({header_key(word) for word in schema.OFF} - {""}),
        "consent": header_key(schema.CONSENT),
        "months": schema.Site.still_months,
        "a_day": messages.A_DAY,
        "longest_name": messages.LONGEST_NAME,
        "unnamed": _("votre commerce"),
        "edit_link": _("le lien « Modifier votre réponse » que Google vous a montré après l'envoi"),
        "grace_minutes": messages.GRACE.seconds // 60,
        "link": messages.LINK.replace(r"\w", r"[\p{L}\p{N}_]"),
        "begun": "début",
        "topics": {name: str(kind) for name, kind in kinds.items()},
        "headers": {name: schema.BY_KEY[key].header for name, key in _WRITTEN_TO.items()},
        "questions": [column.header for column in schema.QUESTIONS],
        "suivi": dict(_SUIVI),
        "mark": {**{name: MARK_FIELDS.index(name) for name in ("salt", "id", "slug")}, "duplicate": duplicates.SIGN},
    }


def _words(said: Mapping[str, Any]) -> Described:
    """A key of «Réglages»; of a message, its length and the blanks that it needs."""
    kind = said["kind"]
    is_template = isinstance(kind, text.Template)
    return {
        "header": said["header"],
        "longest": kind.max if is_template else 0,
        "needed": list(kind.needed) if is_template else [],
    }


def _question(column: Column) -> Described:
    """A question of the form: how it is known again, what it says, and the item of Google Forms that asks it."""
    said = {"title": column.header, "keys": sorted(column.header_keys), "help": _(column.help), "required": column.required}
    return said | _item(column)


def _item(column: Column) -> Described:
    """The item for this kind of answer. A validation is never stricter than our own reading, except where it spares a slip."""
    kind = column.kind
    match kind:
        case choice.YesNo():
            return {"item": "buttons", "choices": ["Oui", "Non"]}
        case choice.One():
            shown = "buttons" if kind.free or len(kind.options) <= FEW else "list"  # a drop-down list has no «Autre»
            return {"item": shown, "choices": list(kind.options), "other": kind.free}
        case choice.Several():
            return {"item": "boxes", "choices": list(kind.options), "other": True}
        case tick.Consent():
            return {"item": "boxes", "choices": [kind.sentence]}
        case date.Day():
            return {"item": "date"}
        case text.Lines():
            return {"item": "paragraph", "longest": kind.max}
        case hours.Hours():
            return {"item": "paragraph"}
        case text.Line():
            return {"item": "text", "longest": kind.max}
        case place.Postcode():
            return {
                "item": "text",
                "pattern": r"\s*\d{2} ?\d{3}\s*",
                "wrong": _("Cinq chiffres sont attendus, par exemple 49100."),
            }
        case person.Siret():
            return {"item": "text", "pattern": r"\s*(\d[ .-]?){13}\d\s*", "wrong": _("Un SIRET a 14 chiffres.")}
        case person.Email():
            return {"item": "text", "email": True, "wrong": _("Une adresse e-mail est attendue, par exemple nom@exemple.fr.")}
    return {"item": "text"}


def _tab(tab: Tab, columns: list[Described]) -> Described:
    return {"name": tab.name, "keys": [header_key(name) for name in (tab.name, *tab.aliases)], "columns": columns}


def _answer(column: Column) -> Described:
    """A column of the responses tab. Google Forms writes the headers of the answers, and checks all but dates itself."""
    if not column.asked and column.key != "horodateur":
        return _column(column)
    described = _plain(column.header, column.header_keys, added=False)
    described["digits"] = isinstance(column.kind, place.Postcode | phone.Phone | person.Siret)
    return described | (_check(column.kind) if isinstance(column.kind, date.Day) else {})


def _column(column: Column) -> Described:
    return _plain(column.header, column.header_keys, column.help) | _check(column.kind)


def _check(kind: object) -> Described:
    """What cells of this kind are checked for. Google then warns and keeps the cell: people may know better, and so may our reading."""
    match kind:
        case tick.Tick():
            return {"check": "box"}
        case place.Latitude() | place.Longitude():
            bound = kind.limit
            advice = f"Un nombre entre −{bound} et {bound}, par exemple {'47,4711' if bound == 90 else '-0,5473'}."
            return {"check": "number", "least": -bound, "most": bound, "advice": advice}
        case date.Day() | date.Moment():
            return {"check": "date", "advice": "Une date : jour/mois/année, par exemple 03/08/2026."}
        case choice.One() if not kind.free:
            return {"check": "choice", "choices": list(kind.options), "advice": f"Au choix : {', '.join(kind.options)}."}
    return {}


def _plain(header: str, keys: Iterable[str] = (), note: str = "", added: bool = True) -> Described:
    """A column of any kind of cell. `added`: the script writes its header. `digits`: kept as text, lest a zero be lost."""
    return {"header": header, "keys": sorted(keys) or [header_key(header)], "added": added, "note": note, "digits": False}


def _report(header: str) -> Described:
    """A column of «Signalements»; the last one is ticked by volunteers when the matter is settled."""
    if header != schema.SIGNALEMENTS_HEADERS[-1]:
        return _plain(header)
    return _plain(header, note="Cochez quand c'est réglé.") | _check(tick.Tick())


def _setting(name: str, said: Mapping[str, Any], default: Any) -> Described:
    """A key of «Réglages» with its default as a cell: whole numbers without a decimal point, nothing for None."""
    value = int(default) if isinstance(default, float) and default.is_integer() else default
    value = _(value) if isinstance(value, str) else value
    return {
        "header": said["header"],
        "keys": [header_key(key) for key in (said["header"], *said["aliases"])],
        "value": "" if value is None else value,
        "note": said["help"],
        "address": name == "form_url",
    }

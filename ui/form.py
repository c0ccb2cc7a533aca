"""The form of the embedded sheet: the very questions of `schema.py`, as Streamlit's widgets."""

from collections.abc import Mapping

import streamlit as st

import schema
from fields import choice, date, tick
from fields.text import Lines
from schema import Column
from ui.markdown import literal
from ui.templating import typeset
from words import N_, _

SECTIONS = {
    "nom": N_("Votre maison"),
    "adresse": N_("Où vous trouver"),
    "telephone": N_("Comment vous joindre"),
    "horaires": N_("Quand vous trouver"),
    "accueil": N_("Acheter chez vous"),
    "photo": N_("Et encore"),
    "email": N_("Pour l'équipe seulement"),
}
"""The question that begins each part, and the part's title."""
TRAP = "adresse-du-robot"
"""Key of the field that people do not see and robots fill in."""
_FILLED = {
    "nom": "organization",
    "adresse": "street-address",
    "code_postal": "postal-code",
    "commune": "address-level2",
    "telephone": "tel",
    "site": "url",
    "email": "email",
    "contact": "name",
}
"""What a browser may fill in by itself, by question: https://html.spec.whatwg.org/#autofill-field"""
_YES, _NO = "Oui", "Non"


def questions(in_crisis: bool) -> list[tuple[str, Column]]:
    """The questions in their order, each with the title of the part that it begins, else `""`.

    In a crisis, closures, dated hours and welcome come first of all that is optional.
    """
    asked = [(SECTIONS.get(column.key, ""), column) for column in schema.QUESTIONS]
    if not in_crisis:
        return asked
    front = [column for column in schema.QUESTIONS if column.key in schema.EXCEPTIONS]
    titles = [N_("En ce moment"), *[""] * (len(front) - 1)]
    rest = [(title, column) for title, column in asked if column not in front]
    begin = next(index for index, (_, column) in enumerate(rest) if not column.required)
    moved = {"activite": N_("Ce que vous faites"), "livraison": SECTIONS["accueil"]}
    after = [(moved.get(column.key, title), column) for title, column in rest[begin:]]
    return [*rest[:begin], *zip(titles, front, strict=True), *after]


def ask(typed: Mapping[str, str], refused: Mapping[str, str], label: str, in_crisis: bool = False) -> dict[str, str] | None:
    """Draws every question with what was already typed and what is wrong. Answers by question key once sent, else None.

    A robot that filled the trap is given back under `TRAP`.
    """
    answers: dict[str, str] = {}
    with st.form("fiche", border=False, enter_to_submit=False):
        for title, column in questions(in_crisis):
            if title:
                st.header(_(title), anchor=False)
            answers[column.key] = _question(column, typed.get(column.key, ""))
            if column.key in refused:
                st.error(typeset(f"{column.header} : {literal(refused[column.key])}"))
            elif column.help:
                st.caption(typeset(" ".join([_(column.help), *([_("(nécessaire)")] if column.required else [])])))
        with st.container(key="piege"):
            answers[TRAP] = st.text_input(_("Laissez ce champ vide"), key=TRAP, autocomplete="off")
        sent = st.form_submit_button(label, type="primary")
    return answers if sent else None


def _question(column: Column, typed: str) -> str:
    """One widget, and its answer as Google Forms would write it in a cell."""
    key = f"question-{column.key}"
    match column.kind:
        case choice.Several():
            known = column.kind.read(typed, {}).value
            chosen = st.multiselect(column.header, schema.options(column), [one for one in known if one in schema.options(column)], key=key, placeholder=_("Choisir…"), select_all=False)  # fmt: skip
            return ", ".join([*chosen, *(one for one in known if one not in schema.options(column))])
        case choice.One():
            options = [*schema.options(column)]
            if typed and typed not in options:
                options.append(typed)
            return (
                st.selectbox(
                    column.header, options, options.index(typed) if typed else None, key=key, placeholder=_("Choisir…")
                )
                or ""
            )
        case choice.YesNo():
            place = {_YES: 0, _NO: 1}.get(typed)
            return st.radio(column.header, [_YES, _NO], place, key=key, horizontal=True) or ""
        case tick.Consent():
            st.markdown(f"**{schema.CONSENT}.**")
            return schema.CONSENT if st.checkbox(column.header, bool(typed), key=key) else ""
        case Lines():
            return st.text_area(
                column.header, typed, key=key, placeholder=_(column.example), max_chars=column.kind.max, height=100
            )
        case date.Day():
            return st.text_input(column.header, typed, key=key, placeholder=_("jj/mm/aaaa"), max_chars=40)
        case _:
            return (
                st.text_input(
                    column.header,
                    typed,
                    key=key,
                    placeholder=_(column.example),
                    max_chars=1000,
                    autocomplete=_FILLED.get(column.key),
                )
                or ""
            )

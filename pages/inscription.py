"""`/inscription`: how a merchant enters the directory, and mends the fiche later by a private link."""

from typing import TYPE_CHECKING

import streamlit as st

from sheets.open_counter import Refused, open_counter
from sheets.snapshot import live
from ui import blocks, form, page
from ui.templating import typeset
from words import _

if TYPE_CHECKING:
    from sheets.counter import Counter

THANKS = "merci"
"""Session key: the token just given, until the visitor leaves."""


def join(counter: "Counter", in_crisis: bool) -> None:
    """A new fiche."""
    if THANKS in st.session_state:
        return thank(st.session_state[THANKS])
    refused = st.session_state.pop("refus", {})
    _say_whole(refused)
    answers = form.ask({}, refused, _("Envoyer ma fiche"), in_crisis)
    if answers is None:
        return None
    if answers.pop(form.TRAP):
        st.success(_("Merci."))
        return None
    try:
        st.session_state[THANKS] = counter.submit(answers, st.context.ip_address or "")
    except Refused as error:
        st.session_state["refus"] = error.said
    st.rerun()


def thank(token: str) -> None:
    link = f"{page.base_url()}/inscription?lien={token}"
    st.success(typeset(_("Merci ! Votre fiche est bien arrivée.")))
    st.markdown(typeset(_("Une personne de l'équipe va la relire ; elle sera en ligne dès qu'elle l'aura validée. **Gardez ce lien** : lui seul permet de corriger ou de retirer votre fiche.")))  # fmt: skip
    page.write(blocks.private_link(link))


def mend(counter: "Counter", token: str, in_crisis: bool) -> None:
    """A fiche reopened by its private link."""
    if st.session_state.pop("retire", False):
        st.success(
            typeset(
                _(
                    "C'est noté : votre fiche quitte le site dans quelques secondes, ou dès que l'équipe aura refermé son classeur."
                )
            )
        )
    typed = counter.open(token)
    if typed is None:
        st.warning(typeset(_("Ce lien n'ouvre aucune fiche : il a peut-être été mal recopié, ou la fiche a été effacée.")))
        return
    if st.session_state.pop("corrige", False):
        st.success(
            typeset(
                _(
                    "Merci ! Vos corrections sont bien arrivées. La fiche déjà en ligne reste visible tant que l'équipe ne les a pas relues."
                )
            )
        )
    if st.session_state.pop("confirme", False):
        st.success(typeset(_("Merci ! Votre fiche dira qu'elle a été vérifiée aujourd'hui.")))
    elif counter.may_confirm(token):
        st.write(typeset(_("Rien n'a changé ? Un geste suffit, et vos clients sauront que tout est à jour.")))
        if st.button(_("Tout est toujours exact"), type="primary"):
            st.session_state["confirme"] = counter.confirm(token)
            st.rerun()
    refused = st.session_state.pop("refus", {})
    _say_whole(refused)
    answers = form.ask(typed, refused, _("Enregistrer mes corrections"), in_crisis)
    if answers is not None:
        answers.pop(form.TRAP)
        try:
            counter.save(token, answers)
            st.session_state["corrige"] = True
        except Refused as error:
            st.session_state["refus"] = error.said
        st.rerun()
    with st.expander(_("Retirer ma fiche")):
        keeps = st.checkbox(_("Garder mes réponses dans la feuille de l'équipe, pour revenir un jour"), key="garder")
        st.write(
            _("Votre fiche quittera le site. Pour la remettre un jour, rouvrez ce lien, redonnez votre accord et enregistrez.")
            if keeps
            else _(
                "Votre fiche quittera le site et vos réponses seront effacées de la feuille de l'équipe. Ce lien n'ouvrira plus rien."
            )
        )
        if st.button(_("Retirer ma fiche du site")):
            counter.withdraw(token) if keeps else counter.erase(token)
            st.session_state["retire"] = True
            st.rerun()


def _say_whole(refused: dict[str, str]) -> None:
    if refused:
        st.error(
            typeset(
                refused.get(
                    "",
                    _(
                        "Il reste quelque chose à compléter : voyez les réponses signalées ci-dessous. Ce que vous avez écrit est gardé."
                    ),
                )
            )
        )


with page.page("/inscription") as snapshot:
    page.title(_("Ajouter ma fiche"), snapshot)
    token = page.parameter("lien")
    if not (live.embedded and open_counter.counter and token):
        page.write(blocks.join(snapshot, live.embedded))
    if live.embedded and open_counter.counter is not None:
        with st.container(key="formulaire"):
            in_crisis = snapshot.site.in_crisis
            mend(open_counter.counter, token, in_crisis) if token else join(open_counter.counter, in_crisis)
    elif snapshot.site.form_url.startswith("https://docs.google.com/forms/"):
        st.iframe(snapshot.site.form_url.split("?")[0] + "?embedded=true", height=900)

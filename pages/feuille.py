"""`/feuille`: the embedded sheet for a volunteer with ten minutes. What waits comes first; one tick approves, one withdraws."""

from collections.abc import Sequence

import streamlit as st

from schema import Site
from sheets.counter import Changed, Counter, Entry, Signalled, State
from sheets.open_counter import open_counter
from ui import blocks, page
from ui.markdown import literal
from ui.templating import typeset
from words import N_, _, ngettext

PAGE_SIZE = 8
TO_CONFIRM, LATE = N_("à confirmer"), N_("attend depuis longtemps")
MINE, NOBODYS = N_("à moi"), N_("à personne")
MOST_REPORTS = 12
RELOOK = N_("Modifiée depuis la coche. Relisez : «Mettre en ligne» approuve ce que vous avez sous les yeux.")
ORDER = (State.WAITING, State.EDITED, State.BLOCKED, State.ONLINE, State.WITHDRAWN)


def me() -> str:
    """The volunteer's first name, as they typed it; kept in the address, so that it can be bookmarked."""
    return str(st.session_state.get("moi") or "").strip()


def tick(counter: Counter, entry: Entry, value: bool, sure: bool = False) -> None:
    """Ticks or unticks; a line that another looks after is asked about first."""
    if entry.is_others(me()) and not sure:
        st.session_state["demande"] = (entry.id, value)
        return
    st.session_state.pop("demande", None)
    try:
        done = counter.tick(entry.id, entry.decision.submission.digest, value)
    except Changed:
        st.session_state["dit"] = _("Cette fiche a changé depuis qu'elle était affichée : relisez-la avant de cocher.")
        return
    name = entry.decision.submission.values["nom"] or _("La fiche")
    said = (_("{nom} : en ligne.") if value else _("{nom} : retirée.")).format(nom=literal(name))
    later = _("C'est noté, et ce sera fait dès que le classeur sera refermé.")
    st.session_state["dit"] = said if done else f"{said} {later}"
    if value and done:
        st.session_state["parue"] = entry.id


def note(counter: Counter, entry: Entry) -> None:
    try:
        counter.note(entry.id, st.session_state[f"note-{entry.id}"])
    except Changed:
        st.session_state["dit"] = _("Cette ligne a changé : la note n'a pas été écrite. Relisez-la d'abord.")


def take(counter: Counter, entry: Entry, name: str) -> None:
    try:
        counter.take(entry.id, name)
    except Changed:
        st.session_state["dit"] = _("Cette ligne a changé : relisez-la d'abord.")


def draw_ticks(counter: Counter, entry: Entry) -> None:
    asked, value = st.session_state.get("demande", ("", False))
    if asked == entry.id:
        question = (
            _("{prenom} s'occupe de cette ligne. Mettre en ligne quand même ?")
            if value
            else _("{prenom} s'occupe de cette ligne. Retirer quand même ?")
        )
        st.warning(literal(typeset(question.format(prenom=entry.taken_by))))
        st.button(
            _("Oui, quand même"), key=f"sur-{entry.id}", type="primary", on_click=tick, args=(counter, entry, value, True)
        )
        st.button(
            _("Non, laisser à {prenom}").format(prenom=literal(entry.taken_by)),
            key=f"laisser-{entry.id}",
            on_click=st.session_state.pop,
            args=("demande", None),
        )
        return
    submission = entry.decision.submission
    if submission.content is not None and entry.decision.state is not State.ONLINE:
        st.button(_("Mettre en ligne"), key=f"oui-{entry.id}", type="primary", on_click=tick, args=(counter, entry, True))
    if submission.ticked:
        st.button(_("Retirer du site"), key=f"non-{entry.id}", on_click=tick, args=(counter, entry, False))


def draw_owner(counter: Counter, entry: Entry) -> None:
    if entry.taken_by:
        if entry.is_others(me()):
            st.caption(_("Suivi par {prenom}.").format(prenom=literal(entry.taken_by)))
        else:
            st.caption(_("Vous vous en occupez."))
    if entry.taken_by and not entry.is_others(me()):
        st.button(_("Je passe la main"), key=f"rendre-{entry.id}", on_click=take, args=(counter, entry, ""))
    elif me() and entry.decision.state is not State.ONLINE:
        label = _("Je prends la suite") if entry.taken_by else _("Je m'en occupe")
        st.button(label, key=f"prendre-{entry.id}", on_click=take, args=(counter, entry, me()))


def draw(counter: Counter, entry: Entry, site: Site) -> None:
    decision, submission = entry.decision, entry.decision.submission
    with st.container(border=True):
        seen, beside = st.columns([3, 2])
        with beside:
            st.markdown(_("**{etat}** · ligne {numero}").format(etat=literal(decision.state), numero=submission.row))
            if entry.is_online and decision.slug:
                page.write(blocks.see_online(decision.slug, _("Voir la page en ligne")))
            if entry.waits:
                st.warning(entry.waits[:1].upper() + entry.waits[1:])
            edited = decision.state is State.EDITED and submission.content is not None
            for said in filter(None, (_(RELOOK) if edited else decision.note, entry.to_confirm)):
                st.caption(typeset(literal(said)))
            if entry.changes:
                page.write(blocks.changed(entry.changes))
            for problem in (*entry.problems, *([entry.remark] if entry.remark else [])):
                page.write(blocks.problem(problem.header, problem.found, problem.expected, problem.blocking))
            draw_ticks(counter, entry)
            draw_owner(counter, entry)
            st.text_input(
                _("Note pour l'équipe"),
                submission.values["note"],
                key=f"note-{entry.id}",
                on_change=note,
                args=(counter, entry),
            )
        with seen:
            record = entry.record
            if record is None:
                page.write(blocks.unshown(submission.values["nom"]))
            else:
                page.write(blocks.fiche_of(counter.illustrated(record), site, page.now(), page.base_url(), preview=True))


def deal_with(counter: Counter, report: Signalled) -> None:
    done = counter.deal_with(report)
    st.session_state["dit"] = (
        _("Signalement traité.") if done else _("C'est noté, et ce sera coché dès que le classeur sera refermé.")
    )


def draw_reports(counter: Counter, entries: Sequence[Entry]) -> None:
    """What visitors said, until somebody ticks it."""
    reports = counter.reports()
    if not reports:
        return
    st.header(_("Signalements ({n})").format(n=len(reports)), anchor=False)
    st.caption(
        _("Ce que des visiteurs ont vu changer. Vérifiez auprès du commerçant avant de corriger : rien n'a changé sur le site.")
    )
    by_slug = {entry.decision.slug: entry for entry in entries}
    for number, report in enumerate(reports[:MOST_REPORTS]):
        entry = by_slug.get(report.slug)
        with st.container(border=True):
            said, button = st.columns([4, 1], vertical_alignment="center")
            with said:
                name = entry.decision.submission.values["nom"] if entry else report.slug
                row = entry.decision.submission.row if entry else None
                page.write(blocks.signalled(name, row, report.slug, report.what, report.when))
            button.button(
                _("C'est traité"),
                key=f"traite-{number}-{report.slug}-{report.when}",
                width="stretch",
                on_click=deal_with,
                args=(counter, report),
            )
    if len(reports) > MOST_REPORTS:
        st.caption(_("Les {n} plus anciens d'abord ; les autres viendront ensuite.").format(n=MOST_REPORTS))


def choose(entries: Sequence[Entry]) -> list[Entry]:
    """Those that the volunteer wants to see: all, those of a state, theirs, or nobody's."""
    counts: dict[str, int] = {state: sum(entry.decision.state is state for entry in entries) for state in ORDER}
    counts[TO_CONFIRM] = sum(entry.unconfirmed > 0 for entry in entries)
    counts[LATE] = sum(entry.waiting > 0 for entry in entries)
    state = st.segmented_control(
        _("État"),
        [state for state in counts if counts[state]],
        format_func=lambda each: f"{_(each)} ({counts[each]})",
        key="etat",
    )
    name, whose = st.columns([1, 2], vertical_alignment="bottom")
    name.text_input(_("Votre prénom"), key="moi", max_chars=60, bind="query-params", placeholder=_("pour suivre vos lignes"))
    mine = whose.segmented_control(_("Qui s'en occupe"), [MINE, NOBODYS] if me() else [NOBODYS], format_func=_, key="qui")
    return [
        entry
        for entry in entries
        if state in (None, entry.decision.state)
        or (state == TO_CONFIRM and entry.unconfirmed)
        or (state == LATE and entry.waiting)
        if mine is None or (not entry.taken_by if mine == NOBODYS else entry.taken_by and not entry.is_others(me()))
    ]


def say_state(counter: Counter, entries: Sequence[Entry]) -> None:
    if counter.error:
        said = _("La feuille n'a pas pu être lue : {raison} Le site garde les dernières fiches lues.")
        st.error(literal(said.format(raison=counter.error["message"])))
    lock = counter.open_elsewhere()
    if lock is not None:
        st.info(literal(blocks.lock(lock.who, lock.since, lock.stale)))
    if counter.waiting():
        waits = ngettext(
            "{n} écriture attend que le classeur soit refermé.",
            "{n} écritures attendent que le classeur soit refermé.",
            counter.waiting(),
        )
        st.info(literal(waits.format(n=counter.waiting())))
    said = st.session_state.pop("dit", "")
    if said:
        st.info(typeset(said))
    done = next((entry for entry in entries if entry.id == st.session_state.get("parue")), None)
    st.session_state.pop("parue", None)
    if done and done.is_online and done.decision.slug:
        page.write(
            blocks.see_online(done.decision.slug, _("Voir «{nom}» en ligne").format(nom=done.decision.submission.values["nom"]))
        )


@st.fragment(run_every=5)
def watch(counter: Counter, drawn: object) -> None:
    """Says that the sheet has changed; never moves a button under somebody's finger."""
    if counter.report.decisions != drawn and st.button(_("La feuille a changé : actualiser"), type="primary"):
        st.rerun()


def draw_drafts(key: str) -> None:
    """Where the team reads what it has not published yet."""
    with st.expander(_("Les brouillons du Mag")):
        page.write(blocks.drafts_link(f"{page.base_url()}/mag?apercu={key}"))


with page.page("/feuille") as snapshot:
    page.title(_("La feuille"), snapshot)
    st.title(_("La feuille"), anchor=False)
    counter = open_counter.counter
    if counter is not None:
        st.caption(
            typeset(
                _(
                    "Une ligne du formulaire, un cadre. Lisez la fiche, corrigez dans le classeur si besoin, puis «Mettre en ligne» : "
                    "les visiteurs la voient aussitôt. «Retirer du site» l'enlève. Rien n'est en ligne sans vous."
                )
            )
        )
        entries = sorted(
            counter.entries(),
            key=lambda entry: (-entry.waiting, ORDER.index(entry.decision.state), -entry.decision.submission.row),
        )
        say_state(counter, entries)
        watch(counter, counter.report.decisions)
        if open_counter.drafts_key:
            draw_drafts(open_counter.drafts_key)
        draw_reports(counter, entries)
        shown = choose(entries)
        pages = max(1, -(-len(shown) // PAGE_SIZE))
        number = st.pagination(pages, key="page-feuille") if pages > 1 else 1
        for entry in shown[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]:
            draw(counter, entry, snapshot.site)
        others = [problem for problem in counter.report.problems if problem.tab != counter.tab]
        if others:
            st.header(_("Ailleurs dans la feuille"), anchor=False)
            for problem in others:
                page.write(
                    blocks.problem(
                        _("{onglet}, ligne {numero}, «{colonne}»").format(
                            onglet=problem.tab, numero=problem.row, colonne=problem.header
                        ),
                        problem.found,
                        problem.expected,
                        False,
                    )
                )

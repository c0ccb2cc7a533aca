"""The site's pieces as escaped HTML: the very same for Streamlit's pages and for the server-written ones."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlencode

from markupsafe import Markup

import annuaire
import schema
from annuaire import Query, Result
from fields.date import PARIS
from fields.difference import Difference, difference
from fields.phone import pieces
from schema import Site
from sheets.snapshot import Snapshot
from ui import licence
from ui.cards import cards, currency, open_at, verified
from ui.drawn import drawn, to_the_minute
from ui.markdown import to_html
from ui.templating import fill, slugged, templates
from words import N_, _

NEIGHBOURS = 3
"""Fiches shown below a fiche: the nearest of its kind."""
ORDERS = {
    "": N_("Ordre proposé"),
    "jour": N_("Au hasard du jour"),
    "pertinence": N_("Au plus près des mots"),
    "nom": N_("Nom"),
    "nouveau": N_("Nouveautés"),
    "distance": N_("Distance"),
}
"""Orders as they are called. The proposed one follows the words where there are some, else the day."""
_NETWORKS = ((N_("Site web"), "site"), (N_("Facebook"), "facebook"), (N_("Instagram"), "instagram"))


def titled(text: str, snapshot: Snapshot) -> str:
    """What the browser's tab says of a page: its title, then whose site it is."""
    return f"{text} — {snapshot.site.name}"


def standing_pages(snapshot: Snapshot) -> tuple[tuple[str, str], ...]:
    """Address and title of the team's own pages whose day has come, newest first."""
    now = datetime.now(UTC)
    return tuple((f"/page?p={item.slug}", item.titre) for item in snapshot.articles if item.type == "page" and item.is_out(now))


def header(snapshot: Snapshot, current: str) -> str:
    """`current` is the address of the page it stands on, to mark it in the menu."""
    told = snapshot.site, standing_pages(snapshot), current, _crisis_url(snapshot)
    return drawn(("header", *told), lambda: _header(*told))


def _header(site: Site, pages: Sequence[tuple[str, str]], current: str, crisis_url: str | None) -> str:
    base = templates.get_template("base.html").make_module({"crisis_url": crisis_url})
    return str(base.header(site, pages, current))  # type: ignore[attr-defined]


def _crisis_url(snapshot: Snapshot) -> str | None:
    """The announcement leads to the page that bears its words, or speaks of a crisis."""
    wanted = slugged(snapshot.site.announcement)
    pages = [article for article in snapshot.articles if article.type == "page"]
    named = next((page for page in pages if page.slug == wanted or slugged(page.rubrique) == "crise"), None)
    found = named or next((page for page in pages if "crise" in page.slug.split("-")), None)
    return f"/page?p={found.slug}" if found else None


def footer(snapshot: Snapshot, since: str = "") -> str:
    """`since` says since when the sheet could not be read; empty while all is well."""
    told = snapshot.site, standing_pages(snapshot), since
    return drawn(("footer", *told), lambda: str(templates.get_template("base.html").module.footer(*told)))  # type: ignore[attr-defined]


def since(age_seconds: float | None, failing: bool) -> str:
    """The discreet line: nothing while the sheet answers, or answered a few minutes ago."""
    if not failing or age_seconds is None or age_seconds < 120:
        return ""
    minutes = round(age_seconds / 60)
    if minutes < 120:
        return _("Le site affiche les fiches d'il y a {n} minutes.").format(n=minutes)
    hours = round(minutes / 60)
    return (
        _("Le site affiche les fiches d'il y a {n} heures.").format(n=hours)
        if hours < 48
        else _("Le site affiche les fiches d'il y a {n} jours.").format(n=hours // 24)
    )


def listing(snapshot: Snapshot, query: Query, result: Result, now: datetime, counts: str = "") -> str:
    """What a query found: how many, the choices made, a page of cards, the other pages, or which choice to loosen.

    `counts`: those of `counts()`, where the form beside it has none.
    """
    return fill(
        "liste.html",
        counts=counts,
        result=result,
        query=query,
        total=result.total,
        chips=result.chips,
        cards=cards(snapshot, result.page_rows, now, query, result),
        loosenings=annuaire.loosen(snapshot, query, now) if not result.total else (),
        page_numbers=page_numbers(result.page, result.pages),
    )


def draw_ahead(snapshot: Snapshot, now: datetime) -> None:
    """The first cards of the site and of each category, as `listing` shows them: they are then remembered for what they tell (ui/drawn.py)."""
    categories = (option.slug for option in annuaire.facets(snapshot, Query(), now)["categorie"])
    for query in (Query(), *(annuaire.parse([("categorie", slug)]) for slug in categories)):
        result = annuaire.find(snapshot, query, now)
        cards(snapshot, result.page_rows, now, query, result)


def page_numbers(page: int, pages: int) -> list[int | None]:
    """The pages worth a link, None for a gap, e.g. page 6 of 20 → 1 … 5 6 7 … 20."""
    near = [number for number in range(1, pages + 1) if number in (1, pages) or abs(number - page) <= 1]
    numbers: list[int | None] = []
    for number in near:
        if numbers and number - (numbers[-1] or 0) > 1:
            numbers.append(None)
        numbers.append(number)
    return numbers


def filters(snapshot: Snapshot, query: Query, now: datetime) -> str:
    """The query as a form that needs no script: what each choice would find is beside it, and what finds nothing is left out."""
    return _form(annuaire.facets(snapshot, query, now), query, snapshot.site, counted=True)


def blank_filters(snapshot: Snapshot) -> str:
    """The same form before anything is asked, with every choice of the snapshot: `counts` says what each would find."""
    options = {
        name: [annuaire.Option(slug, label, 0, False) for slug, label in labels.items()]
        for name, labels in annuaire.labels(snapshot).items()
    }
    return _form(options, Query(), snapshot.site, counted=False)


def _form(facets: Mapping[str, Sequence[annuaire.Option]], query: Query, site: Site, counted: bool) -> str:
    return fill(
        "filtres.html",
        query=query,
        counted=counted,
        facets=[(name, schema.FACETS[name].header, options) for name, options in facets.items() if options],
        currency=currency(site),
        orders={order: _(name) for order, name in ORDERS.items()},
        kilometres="" if query.rayon == annuaire.RADIUS_KM else annuaire.kilometres(query.rayon),
        radius=tuple(map(annuaire.kilometres, (*annuaire.RADIUS_RANGE_KM, annuaire.RADIUS_KM))),
    )


def counts(snapshot: Snapshot, query: Query, now: datetime) -> str:
    """What each choice of `blank_filters` would find, in its order, e.g. `12 3 0|4 11` for two facets."""
    return "|".join(" ".join(map(str, each)) for each in annuaire.counts(snapshot, query, now).values() if each)


def opened(slug: str) -> str:
    """The way to the fiche touched on the map; web/client/choices.js follows it at once, so that Back finds the address as it was."""
    return str(Markup('<p class="ouvre"><a href="/fiche?f={}">{}</a></p>').format(slug, _("Ouvrir la fiche")))


def towns(snapshot: Snapshot, query: Query, now: datetime) -> str:
    """The places of what a query finds, each a link: what stands for the map, and where it, without scripts."""
    found = [option for option in annuaire.facets(snapshot, query, now)["commune"] if option.count]
    return fill("communes.html", links=[(each.label, each.count, query.only("commune", each.slug).url()) for each in found])


def fiche(snapshot: Snapshot, slug: str, now: datetime, base_url: str) -> str | None:
    """One fiche, whole; None where nobody of that slug is online."""
    row = snapshot.rows_by_slug.get(slug)
    if row is None:
        return None
    at = to_the_minute(now)
    told = "fiche", snapshot.fiche_version(row), snapshot.site, at, base_url
    return drawn(told, lambda: fiche_of(snapshot.records([row])[0], snapshot.site, at, base_url))


def fiche_of(record: Mapping[str, Any], site: Site, now: datetime, base_url: str, preview: bool = False) -> str:
    """A public record (keys of `sheets.snapshot.TABLE`) as visitors see it. `preview`: before a volunteer, not online."""
    return fill(
        "fiche.html",
        fiche=record,
        state=annuaire.state_of(record, now),
        selling=list(map(open_at, annuaire.selling(record, now))),
        banners=annuaire.banners(record, now),
        lapsed=annuaire.lapsed(record, now),
        phones=pieces(record["telephone"], record["code_postal"]),
        links=[(_(label), record[key]) for label, key in _NETWORKS if record[key]],
        route_url=route_url(record),
        canonical=f"{base_url}/fiche?f={record['slug']}",
        preview=preview,
        verified=verified(record, site, now),
        currency=currency(site),
        in_crisis=site.in_crisis,
    )


def route_url(record: Mapping[str, Any]) -> str:
    """Directions on OpenStreetMap: to the point, or to the address where the point is only a commune's."""
    if record["latitude"] is not None and not record["approximatif"]:
        return f"https://www.openstreetmap.org/directions?to={record['latitude']:.5f}%2C{record['longitude']:.5f}"
    address = ", ".join(part for part in (record["adresse"], f"{record['code_postal']} {record['commune']}".strip()) if part)
    return "https://www.openstreetmap.org/directions?" + urlencode({"to": address}) if address else ""


def report_url(site: Site, record: Mapping[str, Any], base_url: str, what: str, line: str = "") -> str:
    """A mail to the team that already says which fiche it is about, and what is wrong with it."""
    subject = quote(f"{what} : {record['nom']}")
    body = quote(f"{base_url}/fiche?f={record['slug']}\n\n{what} : {line}")
    return f"mailto:{site.contact}?subject={subject}&body={body}"


@dataclass(frozen=True)
class Draft:
    """A report as it was typed, and why it was not taken (`""`: it was not sent yet)."""

    kind: str = ""
    line: str = ""
    refusal: str = ""
    by_mail: bool = False
    """True where the app cannot keep it: a mail, ready written, takes its place."""


def report(snapshot: Snapshot, record: Mapping[str, Any], base_url: str, draft: Draft) -> str:
    """The form of `/signaler`, or the mails in its place."""
    mails = [
        (_(label), report_url(snapshot.site, record, base_url, _(label), draft.line))
        for kind, label in schema.REPORT_KINDS.items()
        if draft.kind in ("", kind)
    ]
    return fill(
        "signaler.html",
        fiche=record,
        draft=draft,
        kinds=schema.REPORT_KINDS,
        longest=schema.LONGEST_REPORT,
        mails=mails if snapshot.site.contact else [],
        thanks=False,
    )


def report_thanks(record: Mapping[str, Any]) -> str:
    """What is said once a report is kept."""
    return fill("signaler.html", fiche=record, thanks=True)


def neighbours(snapshot: Snapshot, slug: str, now: datetime) -> str:
    """Fiches of the same category: the nearest, or in the order of the alphabet where this one has no point."""
    row = snapshot.rows_by_slug.get(slug)
    if row is None:
        return ""
    found, at = annuaire.neighbours(snapshot, row), to_the_minute(now)
    rows = found.rows[:NEIGHBOURS].tolist()
    title = _("Dans le même esprit, près d'ici") if found.nearest else _("Dans le même esprit")
    told = "neighbours", title, *map(snapshot.fiche_version, rows), snapshot.site, at
    return drawn(told, lambda: fill("ailleurs.html", title=title, cards=cards(snapshot, rows, at, level=3)))


def favourites(snapshot: Snapshot, slugs: Sequence[str], now: datetime) -> str:
    """The cards of these fiches, in this order, and how many of the slugs are nobody's now."""
    there = [snapshot.rows_by_slug[slug] for slug in slugs if slug in snapshot.rows_by_slug]
    return fill(
        "favoris_liste.html",
        total=len(there),
        cards=cards(snapshot, there, now),
        gone=[slug for slug in slugs if slug and " " not in slug and slug not in snapshot.rows_by_slug],
    )


def about(snapshot: Snapshot, now: datetime, privacy: str) -> str:
    """`privacy`: what `ui.privacy` tells."""
    text = snapshot.site.about
    return fill(
        "a_propos.html",
        site=snapshot.site,
        about=Markup(to_html(text, pictures=snapshot.pictures)) if text else "",
        fiches=len(snapshot),
        articles=sum(item.type == "article" and item.is_out(now) for item in snapshot.articles),
        licence_url=licence.address(snapshot.site.licence),
        privacy=Markup(privacy),
    )


def join(snapshot: Snapshot, embedded: bool) -> str:
    return fill("inscription.html", embedded=embedded, form_url=snapshot.site.form_url, contact=snapshot.site.contact)


def not_found(title: str, sentence: str) -> str:
    return fill("introuvable.html", title=title, sentence=sentence)


def offline() -> str:
    return fill("hors_ligne.html")


def map_place(record: Mapping[str, Any]) -> str:
    """Where a fiche's map will stand, of its height: the way there meanwhile. Empty where there will be none."""
    if record["latitude"] is None:
        return ""
    return str(
        Markup('<p class="place-carte"><a href="{}" rel="noopener">{}</a></p>').format(
            route_url(record), _("Voir le chemin sur OpenStreetMap")
        )
    )


def problem(header: str, found: str, expected: str, blocking: bool) -> str:
    """One thing to mend, as `/feuille` says it beside the fiche."""
    what = f" «{found}» —" if found else ""
    return str(
        Markup('<p class="message{}"><strong>{}</strong> :{} {}</p>').format(
            " bloque" if blocking else "", header, what, expected
        )
    )


def changed(cells: Iterable[tuple[str, str, str]]) -> str:
    """What a merchant changed since what is online, as (header, before, after): long texts are cut around what differs."""
    lines = Markup("").join(_changed(header, difference(before, after, 160)) for header, before, after in cells)
    return (
        str(Markup('<div class="change"><p><strong>{}</strong></p><ul>{}</ul></div>').format(_("Ce qui change"), lines))
        if lines
        else ""
    )


def _changed(header: str, cell: Difference) -> Markup:
    sides = [
        Markup("{}<{}>{}</{}>{}").format(cell.start, Markup(tag), middle, Markup(tag), cell.end)
        if middle
        else cell.start + cell.end
        for tag, middle in (("del", cell.gone), ("ins", cell.come))
    ]
    before, after = (side or Markup("<em>{}</em>").format(_("rien")) for side in sides)
    return Markup("<li><strong>{}</strong> {} → {}</li>").format(header, before, after)


def signalled(name: str, row: int | None, slug: str, what: str, when: str) -> str:
    """A visitor's report as `/feuille` tells it; `row` is the fiche's line of the sheet, None where it is there no more."""
    line = _("ligne {numero}").format(numero=row)
    seen = Markup('{} · <a href="/fiche?f={}">{}</a>').format(line, slug, _("voir la fiche"))
    return str(
        Markup('<p class="signale"><strong>{}</strong> · {}<br>{}<br><small>{}</small></p>').format(
            name, seen if row else _("plus dans la feuille"), what, _("le {moment}").format(moment=when)
        )
    )


def unshown(name: str) -> str:
    """In place of a fiche that cannot be shown."""
    return str(
        Markup('<div class="vide"><p><strong>{}</strong></p><p>{}</p></div>').format(
            name or _("Sans nom"), _("Cette ligne ne peut pas encore être montrée.")
        )
    )


def lock(who: str, since: datetime, stale: bool) -> str:
    """Who has the workbook open elsewhere. A lock older than a day is said and still respected."""
    at = since.astimezone(PARIS)
    said = _("Le classeur est ouvert par {qui} depuis le {jour} à {heure} : ce qui est fait ici attendra qu'il soit refermé.")
    old = _("Ce verrou a plus d'un jour : si personne n'a le classeur ouvert, effacez le fichier de verrou à côté de lui.")
    return said.format(qui=who or _("quelqu’un"), jour=f"{at:%d/%m}", heure=f"{at:%H:%M}") + (f" {old}" if stale else "")


def see_online(slug: str, label: str) -> str:
    """From `/feuille` to a fiche as visitors see it."""
    return str(Markup('<p><a class="voir-en-ligne" href="/fiche?f={}">{}</a></p>').format(slug, label))


def drafts_link(link: str) -> str:
    """Where the team reads «Le Mag» before it is online, and who may."""
    return str(
        Markup('<p>{1}</p><p class="lien-prive"><a href="{0}">{0}</a></p>').format(
            link,
            _(
                "Les articles et les pages qui ne sont pas cochés, ou dont le jour n'est pas venu, se lisent à cette adresse. "
                "Elle ne permet pas de cocher : donnez-la à qui écrit ou relit, et à personne d'autre."
            ),
        )
    )


def private_link(link: str) -> str:
    """The merchant's own link, to keep."""
    return str(Markup('<p class="lien-prive"><a href="{0}">{0}</a></p>').format(link))

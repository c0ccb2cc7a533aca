"""Each address of the site as a whole page: what the server writes before any script, and what search engines read."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from html import escape
from urllib.parse import urlencode

from markupsafe import Markup

import annuaire
from fields.picture import ours
from schema import Site
from sheets.snapshot import Snapshot
from ui import blocks, colours, dessins, framing, home, linked, magazine, privacy
from ui.drawn import drawn, to_the_minute
from ui.linked import Linked, in_html
from ui.markdown import to_text
from words import _

Pairs = Iterable[tuple[str, str]]


@dataclass(frozen=True)
class Document:
    """One page, ready to be written in the shell. `head` and `body` are escaped HTML."""

    status: int
    title: str
    head: str
    body: str


def document(
    snapshot: Snapshot, path: str, pairs: Pairs, base_url: str, now: datetime, since: str = "", embedded: bool = False
) -> Document:
    """The page at this address. An address that leads nowhere is a kind page with status 404, or 410 where a fiche was withdrawn."""
    values = dict(pairs) if path != "/" else {}
    match path:
        case "/":
            return _directory(snapshot, annuaire.parse(pairs), base_url, now, since)
        case "/fiche":
            return _fiche(snapshot, values.get("f", ""), base_url, now, since)
        case "/mag" if "article" in values:
            return _article(snapshot, values["article"], "article", base_url, now, since)
        case "/mag":
            return _page(
                snapshot, path, blocks.titled(_("Le Mag"), snapshot), _("Les bonnes nouvelles d'ici."),
                magazine.front(snapshot, values.get("rubrique", ""), now), base_url, since,
            )  # fmt: skip
        case "/page":
            return _article(snapshot, values.get("p", ""), "page", base_url, now, since)
        case "/a-propos":
            body = blocks.about(snapshot, now, privacy.told(snapshot.site, privacy.current.practices))
            return _page(
                snapshot, path, blocks.titled(_("À propos"), snapshot), _(snapshot.site.welcome), body, base_url, since
            )
        case "/inscription":
            body = blocks.join(snapshot, embedded)
            if embedded:
                body += blocks.fill("formulaire.html", contact=snapshot.site.contact)
            sentence = _("Ajoutez gratuitement votre commerce, votre ferme ou votre atelier.")
            return _page(snapshot, path, blocks.titled(_("Ajouter ma fiche"), snapshot), sentence, body, base_url, since)
        case "/feuille":
            body = str(
                Markup('<section class="prose-page"><h1>{}</h1><p>{}</p></section>').format(_("La feuille"), _("Elle arrive…"))
            )
            return _page(snapshot, path, blocks.titled(_("La feuille"), snapshot), "", body, base_url, since, robots="noindex")
        case _:
            return not_found(snapshot, base_url, since)


def _directory(snapshot: Snapshot, query: annuaire.Query, base_url: str, now: datetime, since: str) -> Document:
    site = snapshot.site
    title, results = _found(snapshot, query, now)
    return _page(
        snapshot,
        "/",
        title,
        _(site.welcome),
        home.welcome(site) + results,
        base_url,
        since,
        canonical=query.url(),
        linked=_said(linked.website(site, base_url)),
        robots="noindex, follow" if query.q else "",
        feed=query.to_page(1).url("/fiches.xml"),
    )


def _found(snapshot: Snapshot, query: annuaire.Query, now: datetime) -> tuple[str, str]:
    """What the directory's page says of a query: its title, and all that stands below the welcome."""
    site = snapshot.site
    result = annuaire.find(snapshot, query, now)
    chosen = ", ".join(chip.label for chip in result.chips)
    home_title = _("{site} : commerces, producteurs et artisans").format(site=site.name)
    title = blocks.titled(chosen, snapshot) if chosen else f"{home_title} {_of(site)}".strip()
    found = blocks.listing(snapshot, query, result, now)
    return title, (
        f"{blocks.filters(snapshot, query, now)}{home.shortcuts(snapshot, query, now)}{home.tiles(snapshot, query, now)}"
        f'<div class="liste-et-carte">{found}<div>{blocks.towns(snapshot, query, now)}{home.news(snapshot, query, now)}</div></div>'
    )


def results(snapshot: Snapshot, pairs: Pairs, now: datetime) -> str:
    """`/resultats`: what a choice changes in the directory's page, which web/client/results.js puts there until Streamlit is live."""
    title, found = _found(snapshot, annuaire.parse(pairs), now)
    return f"<title>{escape(title)}</title>{found}"


def _of(site: Site) -> str:
    return f"· {site.territory}" if site.territory not in site.name else ""


def _fiche(snapshot: Snapshot, slug: str, base_url: str, now: datetime, since: str) -> Document:
    record = snapshot.fiche(slug)
    if record is None:
        return no_fiche(snapshot, slug, base_url, since)
    blanks = {"nom": record["nom"], "categorie": record["categorie"], "commune": record["commune"]}
    kind = _("{nom}, {categorie} à {commune}") if record["commune"] else _("{nom}, {categorie}")
    title = blocks.titled(kind.format_map(blanks | {"categorie": record["categorie"].lower()}), snapshot)
    where = _("{categorie} à {commune}") if record["commune"] else "{categorie}"
    words = record["description"] or record["activite"] or record["produits"] or where.format_map(blanks)
    words = " ".join(words.split())
    main = (
        (blocks.fiche(snapshot, slug, now, base_url) or "") + blocks.map_place(record) + blocks.neighbours(snapshot, slug, now)
    )
    picture = _copy(record["photo"], base_url) or f"{base_url}/dessins/{dessins.slug_of(record['categorie'])}.png"
    told = "linked", snapshot.fiche_version(snapshot.rows_by_slug[slug]), base_url, to_the_minute(now)
    said = drawn(told, lambda: _said(linked.business(record, base_url, picture, now), linked.trail_to_fiche(record, base_url)))
    return _page(
        snapshot, "/fiche", title, words[:300], main, base_url, since, og_title=record["nom"],
        canonical=f"/fiche?{urlencode({'f': slug})}", image=picture, image_alt=record["nom"], kind="business.business", linked=said,
    )  # fmt: skip


def no_fiche(snapshot: Snapshot, slug: str, base_url: str, since: str) -> Document:
    """In place of a fiche that is not online: 410 where it was withdrawn, else 404."""
    if slug and snapshot.was_withdrawn(slug):
        return not_found(snapshot, base_url, since, 410, _("Cette fiche n'est plus là"), _("Elle a été retirée de l'annuaire."))
    return not_found(
        snapshot, base_url, since, 404, _("Cette fiche n'existe pas"), _("Son adresse a peut-être été mal recopiée.")
    )


def report(snapshot: Snapshot, slug: str, base_url: str, since: str, draft: blocks.Draft | None) -> Document:
    """`/signaler` about one fiche: its form, or the thanks where `draft` is None."""
    record = snapshot.fiche(slug)
    if record is None:
        return no_fiche(snapshot, slug, base_url, since)
    main = blocks.report_thanks(record) if draft is None else blocks.report(snapshot, record, base_url, draft)
    title = blocks.titled(_("Signaler un changement : {nom}").format(nom=record["nom"]), snapshot)
    return _page(snapshot, "/signaler", title, "", main, base_url, since, robots="noindex",
                 canonical=f"/signaler?{urlencode({'f': slug})}")  # fmt: skip


def favourites(snapshot: Snapshot, base_url: str, since: str) -> Document:
    """`/favoris`, which the visitor's browser fills."""
    title = blocks.titled(_("Mes favoris"), snapshot)
    return _page(snapshot, "/favoris", title, "", blocks.fill("favoris.html"), base_url, since, robots="noindex")


def _article(snapshot: Snapshot, slug: str, kind: str, base_url: str, now: datetime, since: str) -> Document:
    item = snapshot.article(slug, kind)
    if item is None or not item.is_out(now):
        title = _("Cet article n'existe pas") if kind == "article" else _("Cette page n'existe pas")
        sentence = _("Elle a peut-être changé d'adresse, ou n'est plus publiée.")
        return not_found(snapshot, base_url, since, 404, title, sentence)
    address = f"/mag?article={slug}" if kind == "article" else f"/page?p={slug}"
    summary, picture = to_text(item.chapo or item.texte), _copy(item.image, base_url)
    said = _said(linked.article(item, summary, base_url, picture, snapshot.site), linked.trail_to_article(item, base_url))
    return _page(
        snapshot, address if kind == "page" else "/mag", blocks.titled(item.titre, snapshot), summary, magazine.article(snapshot, item, now),
        base_url, since, canonical=address, image=picture, kind="article", og_title=item.titre, linked=said,
    )  # fmt: skip


def _copy(path: str, base_url: str) -> str:
    """The absolute address of a picture that the site holds; `""` for any other."""
    return base_url + path if ours(path) else ""


def preview(snapshot: Snapshot, title: str, main: str, base_url: str, since: str) -> Document:
    """What the team alone may see. Its head names nothing of it but its title."""
    return _page(snapshot, "/mag", title, "", main, base_url, since, robots="noindex")


def not_found(
    snapshot: Snapshot, base_url: str, since: str = "", status: int = 404, title: str = "", sentence: str = ""
) -> Document:
    """The site around, a sentence and a search box, for an address that leads nowhere."""
    title = title or _("Cette page n'existe pas")
    sentence = sentence or _("Son adresse a peut-être été mal recopiée, ou elle a changé.")
    return _page(
        snapshot,
        "",
        blocks.titled(title, snapshot),
        sentence,
        blocks.not_found(title, sentence),
        base_url,
        since,
        status=status,
        robots="noindex",
    )


def offline(snapshot: Snapshot) -> Document:
    """What stands, without network, in place of a page never seen; the service worker fills in the pages it kept."""
    main = blocks.offline()
    return _page(snapshot, "", blocks.titled(_("Hors ligne"), snapshot), "", main, "", "", robots="noindex")


def _said(*linked: Linked) -> str:
    return "\n".join(f'<script type="application/ld+json">{in_html(each)}</script>' for each in linked)


def _page(
    snapshot: Snapshot, current: str, title: str, description: str, main: str, base_url: str, since: str, *, status: int = 200, canonical: str = "",
    image: str = "", image_alt: str = "", kind: str = "website", og_title: str = "", linked: str = "", robots: str = "",
    feed: str = "",
) -> Document:  # fmt: skip
    address = base_url + (canonical or current or "/")
    shown = image or _copy(snapshot.site.logo, base_url) or f"{base_url}/icone-512.png"
    meta = [("name", "description", description), ("property", "og:type", kind), ("property", "og:site_name", snapshot.site.name),
            ("property", "og:locale", "fr_FR"), ("property", "og:title", og_title or title), ("property", "og:description", description),
            ("property", "og:url", address), ("property", "og:image", shown), ("property", "og:image:alt", image_alt or og_title or snapshot.site.name), ("name", "twitter:card", "summary_large_image" if image else "summary"),
            ("name", "twitter:title", og_title or title), ("name", "theme-color", snapshot.site.color), ("name", "robots", robots)]  # fmt: skip
    head = [f"<title>{escape(title)}</title>"]
    if status == 200:
        head.append(f'<link rel="canonical" href="{escape(address)}">')
        head += filter(None, [framing.discovery(base_url, canonical or current)])
    head += [f'<meta {attribute}="{name}" content="{escape(value)}">' for attribute, name, value in meta if value]
    feeds = [(_("Le Mag"), "/mag.xml"), *([(_("Nouvelles fiches"), feed)] if feed else [])]
    head += [
        f'<link rel="alternate" type="application/atom+xml" title="{escape(name)}" href="{escape(base_url + path)}">'
        for name, path in feeds
    ]
    head.append(linked)
    head.append(colours.style(snapshot.site.color))
    body = f"{blocks.header(snapshot, current)}<main>{main}</main>{blocks.footer(snapshot, since)}"
    return Document(status, title, "\n".join(head), body)

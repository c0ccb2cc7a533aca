"""Each address of the site as a whole page: what the server writes before any script, and what search engines read."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Any
from urllib.parse import urlencode

import annuaire
from fields.phone import pieces
from schema import Site
from sheets.snapshot import Article, Snapshot
from ui import blocks
from ui.markdown import to_text

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
                snapshot, path, f"Le Mag — {snapshot.site.name}", "Les bonnes nouvelles d'ici.",
                blocks.mag(snapshot, values.get("rubrique", ""), now), base_url, since,
            )  # fmt: skip
        case "/page":
            return _article(snapshot, values.get("p", ""), "page", base_url, now, since)
        case "/a-propos":
            body = blocks.about(snapshot, now)
            return _page(snapshot, path, f"À propos — {snapshot.site.name}", snapshot.site.welcome, body, base_url, since)
        case "/inscription":
            body = blocks.join(snapshot, embedded)
            sentence = "Ajoutez gratuitement votre commerce, votre ferme ou votre atelier."
            return _page(snapshot, path, f"Ajouter ma fiche — {snapshot.site.name}", sentence, body, base_url, since)
        case "/feuille":
            body = '<section class="prose-page"><h1>La feuille</h1><p>Elle arrive…</p></section>'
            return _page(snapshot, path, f"La feuille — {snapshot.site.name}", "", body, base_url, since, robots="noindex")
        case _:
            return not_found(snapshot, base_url, since)


def _directory(snapshot: Snapshot, query: annuaire.Query, base_url: str, now: datetime, since: str) -> Document:
    site = snapshot.site
    result = annuaire.find(snapshot, query, now)
    chosen = ", ".join(chip.label for chip in result.chips)
    title = f"{chosen} — {site.name}" if chosen else f"{site.name} : commerces, producteurs et artisans {_of(site)}".strip()
    found = blocks.listing(snapshot, query, result, now)
    main = f'{welcome(site)}{blocks.filters(snapshot, query, now)}<div class="liste-et-carte">{found}{blocks.towns(snapshot, query, now)}</div>'
    linked = {"@context": "https://schema.org", "@type": "WebSite", "name": site.name, "url": f"{base_url}/", "inLanguage": "fr",
              "potentialAction": {"@type": "SearchAction", "target": f"{base_url}/?q={{search_term_string}}",
                                  "query-input": "required name=search_term_string"}}  # fmt: skip
    return _page(
        snapshot,
        "/",
        title,
        site.welcome,
        main,
        base_url,
        since,
        canonical=query.url(),
        linked=linked,
        robots="noindex, follow" if query.q else "",
    )


def _of(site: Site) -> str:
    return f"· {site.territory}" if site.territory else ""


def welcome(site: Site) -> str:
    """The directory's title and the team's few words."""
    return f'<div class="bienvenue"><h1>Près de chez vous</h1><p>{escape(site.welcome)}</p></div>'


def _fiche(snapshot: Snapshot, slug: str, base_url: str, now: datetime, since: str) -> Document:
    record = snapshot.fiche(slug)
    if record is None:
        if slug and snapshot.was_withdrawn(slug):
            return not_found(snapshot, base_url, since, 410, "Cette fiche n'est plus là", "Elle a été retirée de l'annuaire.")
        return not_found(
            snapshot, base_url, since, 404, "Cette fiche n'existe pas", "Son adresse a peut-être été mal recopiée."
        )
    where = f" à {record['commune']}" if record["commune"] else ""
    title = f"{record['nom']}, {record['categorie'].lower()}{where} — {snapshot.site.name}"
    words = " ".join(
        (record["description"] or record["activite"] or record["produits"] or f"{record['categorie']}{where}").split()
    )
    main = (
        (blocks.fiche(snapshot, slug, now, base_url) or "") + blocks.map_place(record) + blocks.neighbours(snapshot, slug, now)
    )
    return _page(
        snapshot, "/fiche", title, words[:300], main, base_url, since, og_title=record["nom"],
        canonical=f"/fiche?{urlencode({'f': slug})}", image=record["photo"], kind="business.business", linked=business(record, base_url),
    )  # fmt: skip


def business(record: Mapping[str, Any], base_url: str) -> dict[str, Any]:
    """A fiche as schema.org's LocalBusiness; what is not known is left out."""
    address = {"@type": "PostalAddress", "streetAddress": record["adresse"], "postalCode": record["code_postal"],
               "addressLocality": record["commune"], "addressCountry": "FR"}  # fmt: skip
    phone = next((uri for _, uri in pieces(record["telephone"], record["code_postal"]) if uri), "")
    linked = {
        "@context": "https://schema.org",
        "@type": "LocalBusiness",
        "@id": f"{base_url}/fiche?f={record['slug']}",
        "url": f"{base_url}/fiche?f={record['slug']}",
        "name": record["nom"],
        "description": record["description"] or record["activite"],
        "address": {key: value for key, value in address.items() if value},
        "telephone": phone.removeprefix("tel:"),
        "image": record["photo"],
        "openingHours": annuaire.schema_org(record["opening_hours"]),
        "paymentAccepted": ", ".join(record["paiement"]),
        "sameAs": [record[key] for key in ("site", "facebook", "instagram") if record[key]],
    }
    if record["latitude"] is not None and not record["approximatif"]:
        linked["geo"] = {"@type": "GeoCoordinates", "latitude": record["latitude"], "longitude": record["longitude"]}
    return {key: value for key, value in linked.items() if value}


def _article(snapshot: Snapshot, slug: str, kind: str, base_url: str, now: datetime, since: str) -> Document:
    item = snapshot.article(slug, kind)
    if item is None or not item.is_out(now):
        title = "Cet article n'existe pas" if kind == "article" else "Cette page n'existe pas"
        return not_found(snapshot, base_url, since, 404, title, "Elle a peut-être changé d'adresse, ou n'est plus publiée.")
    address = f"/mag?article={slug}" if kind == "article" else f"/page?p={slug}"
    return _page(
        snapshot, address if kind == "page" else "/mag", f"{item.titre} — {snapshot.site.name}", to_text(item.chapo or item.texte), blocks.article(item),
        base_url, since, canonical=address, image=item.image, kind="article", og_title=item.titre, linked=_news(item, address, base_url, snapshot.site),
    )  # fmt: skip


def _news(item: Article, address: str, base_url: str, site: Site) -> dict[str, Any]:
    linked = {
        "@context": "https://schema.org",
        "@type": "NewsArticle" if item.type == "article" else "WebPage",
        "headline" if item.type == "article" else "name": item.titre,
        "url": base_url + address,
        "datePublished": item.date.isoformat() if item.date else "",
        "author": {"@type": "Person", "name": item.auteur} if item.auteur else "",
        "image": item.image,
        "publisher": {"@type": "Organization", "name": site.name},
    }
    return {key: value for key, value in linked.items() if value}


def not_found(
    snapshot: Snapshot, base_url: str, since: str = "", status: int = 404, title: str = "Cette page n'existe pas",
    sentence: str = "Son adresse a peut-être été mal recopiée, ou elle a changé.",
) -> Document:  # fmt: skip
    """The site around, a sentence and a search box, for an address that leads nowhere."""
    return _page(
        snapshot,
        "",
        f"{title} — {snapshot.site.name}",
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
    return _page(snapshot, "", f"Hors ligne — {snapshot.site.name}", "", main, "", "", robots="noindex")


def _page(
    snapshot: Snapshot, current: str, title: str, description: str, main: str, base_url: str, since: str, *, status: int = 200, canonical: str = "",
    image: str = "", kind: str = "website", og_title: str = "", linked: Mapping[str, Any] | None = None, robots: str = "",
) -> Document:  # fmt: skip
    address = base_url + (canonical or current or "/")
    meta = [("name", "description", description), ("property", "og:type", kind), ("property", "og:site_name", snapshot.site.name),
            ("property", "og:locale", "fr_FR"), ("property", "og:title", og_title or title), ("property", "og:description", description),
            ("property", "og:url", address), ("property", "og:image", image), ("name", "twitter:card", "summary_large_image" if image else "summary"),
            ("name", "twitter:title", og_title or title), ("name", "theme-color", snapshot.site.color), ("name", "robots", robots)]  # fmt: skip
    head = [f"<title>{escape(title)}</title>"]
    if status == 200:
        head.append(f'<link rel="canonical" href="{escape(address)}">')
    head += [f'<meta {attribute}="{name}" content="{escape(value)}">' for attribute, name, value in meta if value]
    head.append(f'<link rel="alternate" type="application/rss+xml" title="Le Mag" href="{escape(base_url)}/mag.xml">')
    if linked:
        head.append(f'<script type="application/ld+json">{json_in_html(linked)}</script>')
    head.append(f"<style>:root{{--couleur:{snapshot.site.color}}}</style>")
    body = f"{blocks.header(snapshot, current)}<main>{main}</main>{blocks.footer(snapshot, since)}"
    return Document(status, title, "\n".join(head), body)


def json_in_html(content: Mapping[str, Any]) -> str:
    """JSON that no text inside can end early: `<`, `>` and `&` are written as escapes."""
    written = json.dumps(content, ensure_ascii=False)
    return (
        written.replace("&", "\\u0026")
        .replace("<", "\\u003c")
        .replace(">", "\\u003e")
        .replace("\u2028", "\\u2028")
        .replace("\u2029", "\\u2029")
    )

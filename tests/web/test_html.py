"""Every server-written page, read by a browser's parser that forgives nothing, and by the rules that screen readers live by."""

import itertools
from collections import Counter
from datetime import UTC, datetime
from xml.etree.ElementTree import Element

import html5lib
import pytest

from schema import Site
from sheets import demo
from sheets.snapshot import Article, build, live, slug_digest
from tests.sheets.sheets import Embedded
from tests.web.conftest import ARTICLES, FICHES, NOW

PAGES = [
    "/", "/?q=zzzzzz", "/?categorie=boulangerie&commune=angers&q=pain&ouvert=2026-13-45&pres=nullepart", "/?page=9", "/?tri=distance&pres=angers",
    "/mag", "/mag?rubrique=agenda", "/mag?article=foire-d-automne", "/page?p=crise", "/a-propos", "/inscription",
    *(f"/fiche?f={each['slug']}" for each in FICHES),
    "/?embed=1", "/?embed=1&vue=carte", "/?embed=1&f=la-halte", "/?embed=1&f=formule", "/?embed=1&article=foire-d-automne", "/?embed=1&f=nexiste-pas",
    "/imprimer", "/imprimer?q=zzzzzz", "/affiche?f=la-halte", "/affiche?f=formule", "/affiche?f=nexiste-pas", "/integrer", "/integrer?f=formule",
    "/signaler?f=la-halte", "/signaler?f=formule&merci=1", "/signaler?f=nexiste-pas", "/fiche", "/fiche?f=nexiste-pas", "/fiche?f=partie",
    "/nexistepas", "/hors-ligne", "/feuille", "/favoris",
]  # fmt: skip
LABELLED = {"input", "select", "textarea"}
VOID_OF_LABEL = {"hidden", "submit", "button"}


def parsed(client, address: str) -> Element:
    """The page's tree. Raises html5lib's ParseError at the first fault."""
    text = client.get(address).text
    return html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(text)


def attribute(tree: Element, name: str) -> list[str]:
    return [element.get(name) for element in tree.iter() if element.get(name) is not None]


def headings(tree: Element) -> list[int]:
    return [
        int(element.tag[1])
        for element in tree.iter()
        if isinstance(element.tag, str) and element.tag in ("h1", "h2", "h3", "h4", "h5", "h6")
    ]


def unlabelled(tree: Element) -> list[dict[str, str]]:
    """Controls that nothing names."""
    within = {control for label in tree.iter("label") for control in label.iter()}
    named = {label.get("for") for label in tree.iter("label")}
    return [
        control.attrib
        for control in tree.iter()
        if control.tag in LABELLED and control.get("type") not in VOID_OF_LABEL and control not in within
        and control.get("id") not in named and not control.get("aria-label")
    ]  # fmt: skip


def faults(tree: Element) -> list[str]:
    """What is against the rules, each in a line."""
    order = headings(tree)
    ids = attribute(tree, "id")
    empty = [
        label
        for label in tree.iter("label")
        if not any(each.tag in LABELLED for each in label.iter()) and label.get("for") not in ids
    ]
    nameless = [each.tag for each in tree.iter() if each.tag in ("a", "button") and not "".join(each.itertext()).strip() and not each.get("aria-label")
                and not any(image.get("alt") for image in each.iter("img"))]  # fmt: skip
    return [
        *(f"id twice: {id}" for id, count in Counter(ids).items() if count > 1),
        *([] if order.count(1) == 1 and order[:1] == [1] else [f"h1: {order}"]),
        *(f"heading jumps: {before} → {after}" for before, after in itertools.pairwise(order) if after > before + 1),
        *(f"control without label: {control}" for control in unlabelled(tree)),
        *(f"label without control: {''.join(label.itertext())}" for label in empty),
        *(f"{tag} without name" for tag in nameless),
        *(f"image without alt: {image.attrib}" for image in tree.iter("img") if image.get("alt") is None),
        *(f"refers to nothing: {id}" for name in ("for", "aria-labelledby", "aria-describedby") for said in attribute(tree, name) for id in said.split() if id not in ids),
        *(f"frame without title: {frame.attrib}" for frame in tree.iter("iframe") if not frame.get("title")),
        *([] if tree.get("lang") == "fr" else ["not in French"]),
        *([] if [title for title in tree.iter("title") if title.text] else ["no title"]),
        *([] if len(list(tree.iter("main"))) == 1 else ["no main, or two"]),
    ]  # fmt: skip


@pytest.mark.parametrize("address", PAGES)
def test_a_page_is_faultless(client, address):
    assert [] == faults(parsed(client, address))


@pytest.mark.parametrize("address", ["/", "/fiche?f=la-halte", "/page?p=crise", "/mag", "/imprimer", "/?embed=1"])
def test_a_page_is_faultless_in_a_crisis(client, monkeypatch, address):
    site = Site(
        crisis="Crise sanitaire & <co>", logo="https://a.example/l.png?a=1&b=2", about="# Titre\n\n### Plus bas", contact=""
    )
    told = [
        {**each, "horaires_exceptionnels": "Fermé le 24 novembre 2026", "accueil": "Livraison ou retrait seulement"}
        for each in FICHES
    ]
    monkeypatch.setattr(live, "snapshot", build(told, site, ARTICLES, [slug_digest("partie")], NOW))
    assert [] == faults(parsed(client, address))


@pytest.fixture(scope="module")
def demonstration(tmp_path_factory):
    """What the demo sheet shows, all of it."""
    site = Embedded(tmp_path_factory.mktemp("demo"), demo.tables(ticked=True))
    site.sync.once()
    return site.sync.live.snapshot


@pytest.mark.slow
def test_the_pages_of_the_demo_are_faultless(client, monkeypatch, demonstration):
    """Lists, every article and standing page, and one fiche in six."""
    monkeypatch.setattr(live, "snapshot", demonstration)
    items = [
        f"/{'mag?article' if item.type == 'article' else 'page?p'}={item.slug}"
        for item in demonstration.articles
        if item.is_out(datetime.now(UTC))
    ]
    pages = ["/", "/?page=2", "/?embed=1&vue=carte", "/?embed=1", "/imprimer", "/mag", "/a-propos", *items]
    pages += [f"/fiche?f={slug}" for slug in list(demonstration.rows_by_slug)[::6]]
    assert [] == [(page, fault) for page in pages for fault in faults(parsed(client, page))]


def test_an_article_s_headings_follow_its_title(client, monkeypatch):
    """However the team numbers them."""
    texts = [
        "# A",
        "### A\n\n# B\n\n##### C",
        "A\n===\n\n###### B\n\n## C",
        "> # A\n\n- # B\n  #### C",
        "#\n\n## A",
        "<h4>A</h4>\n\n# B\n\n<h6>C <h3>D</h6>",
    ]
    articles = [Article(f"a{number}", "Titre", "", text, "", "", None, "", "page") for number, text in enumerate(texts)]
    monkeypatch.setattr(live, "snapshot", build(FICHES, Site(about=texts[1]), articles, [], NOW))
    pages = ["/a-propos", *(f"/page?p=a{number}" for number in range(len(texts)))]
    assert [] == [(page, fault) for page in pages for fault in faults(parsed(client, page))]


BROKEN = """<!DOCTYPE html><html lang="en"><title></title><main><h2 id=a>B</h2><h1>A</h1><h4 id=a>C</h4><label for=b>D</label>
<input name=c><img src=e><a href=/></a><iframe src=f></iframe><p aria-labelledby=g>H</p></main><h1>I</h1></html>"""


def test_the_rules_find_what_is_wrong():
    found = faults(html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(BROKEN))
    assert {"id", "h1", "heading", "control", "label", "a", "image", "refers", "frame", "not", "no"} == {
        fault.split()[0].rstrip(":") for fault in found
    }


def test_a_refused_report_is_a_faultless_page(client):
    answer = client.post("/signaler?f=la-halte", data={"quoi": "autre", "texte": ""})
    assert answer.status_code == 503 or answer.status_code == 422
    assert [] == faults(html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(answer.text))


def test_the_page_before_any_snapshot_is_faultless(client, monkeypatch):
    monkeypatch.setattr(live, "snapshot", None)
    assert ["no main, or two"] == faults(parsed(client, "/"))

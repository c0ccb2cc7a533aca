"""Whatever a cell holds, what is linked is a public http(s) address, or nothing."""

import json
import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from fields.link import Facebook, Instagram, Photo, Web

CASES = Path(__file__).resolve().parents[2].parent / "shared" / "cases" / "open.json"
KINDS = (Web(), Facebook(), Instagram(), Photo())


def case(name):
    if not CASES.is_file():
        pytest.skip("the public cases are not beside this checkout")
    return next(case for case in json.loads(CASES.read_text(encoding="utf-8")) if case["id"] == name)["input"]["rows"]


@pytest.mark.parametrize(
    ("cell", "url"),
    [
        ("www.exemple-ferme.example", "https://www.exemple-ferme.example"),
        ("exemple-ferme.example/contact", "https://exemple-ferme.example/contact"),
        ("HTTP://WWW.EXAMPLE.ORG/Page", "http://www.example.org/Page"),
        ("//exemple.example/a", "https://exemple.example/a"),
        ("http:/exemple.example", "http://exemple.example"),
        ("https//exemple.example", "https://exemple.example"),
        ("htpp://exemple.example", "http://exemple.example"),
        ("https: //exemple.example", "https://exemple.example"),
        ("http://https://www.exemple.example/", "https://www.exemple.example/"),
        ("https:\\\\exemple.example\\a", "https://exemple.example/a"),
        ("www,exemple.fr", "https://www.exemple.fr"),
        ("www.exemple,fr/a", "https://www.exemple.fr/a"),
        ("https://www. exemple.example", "https://www.exemple.example"),
        ("(https://exemple.example/a_(b)).", "https://exemple.example/a_(b)"),
        ("Notre site : exemple.fr", "https://exemple.fr"),
        ("https://exemple.example:443/", "https://exemple.example/"),
        ("exemple.example:8080/x", "https://exemple.example:8080/x"),
        ("https://épi.example/été?q=œuf", "https://xn--pi-9ia.example/%C3%A9t%C3%A9?q=%C5%93uf"),
        ("https://exemple.example/mon menu.pdf", "https://exemple.example/mon%20menu.pdf"),
        ("https://exemple.example/a,12.html?b[]=1#c", "https://exemple.example/a,12.html?b[]=1#c"),
        ("https://exemple.example/?q=javascript:x", "https://exemple.example/?q=javascript:x"),
        ("https://exemple.example/@nous", "https://exemple.example/@nous"),
        ("https://l.facebook.com/l.php?u=https%3A%2F%2Fexemple.example%2Fa&h=AT", "https://exemple.example/a"),
    ],
)
def test_a_site_is_an_absolute_address(cell, url):
    reading = Web().read(cell, {})
    assert (url, ()) == (reading.value, reading.faults)


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ("?utm_source=fb&fbclid=XYZ&page=2", "?page=2"),
        ("?gclid=a&mc_cid=b&igshid=c&ref=newsletter", ""),
        ("?ref=A1234", "?ref=A1234"),
        ("?a=1&utm_medium=x&b=%C3%A9", "?a=1&b=%C3%A9"),
    ],
)
def test_what_only_tells_where_a_visitor_came_from_is_dropped(query, kept):
    assert f"https://exemple.example/{kept}" == Web().read(f"https://exemple.example/{query}", {}).value


@pytest.mark.parametrize(
    "cell",
    [
        "https://a.example et https://b.example",
        "a.fr, b.fr",
        "https://a.example\nhttps://b.example",
        "https://a.example,https://b.example",
    ],
)
def test_of_several_sites_the_first_is_shown_and_told(cell):
    reading = Web().read(cell, {})
    assert reading.value in ("https://a.example", "https://a.fr")
    assert "une seule adresse" in reading.faults[0].expected


@pytest.mark.parametrize(
    "cell",
    [
        "javascript:alert(1)",
        "java\tscript:alert(1)",
        "java\nscript:alert.example",
        " \u0001JaVaScRiPt:alert(1)",
        "javascript://exemple.example/%0aalert(1)",
        "javascript:\twww.exemple.example",
        "vbscript:x",
        "data:text/html,<script>alert(1)</script>",
        "data:image/png;base64,iVBO",
        "file:///etc/passwd",
        "ftp://exemple.example",
        "mailto:a@exemple.example",
        "https://user:pass@exemple.example/",
        "https://exemple.example@mechant.example/",
        "https://exemple.example:x@mechant.example/",
        "http://localhost:8501",
        "http://127.0.0.1/",
        "http://0x7f.1/",
        "http://2130706433/",
        "http://192.168.1.1/",
        "http://[::1]/",
        "http://imprimante.local/",
        "https://exemple.example:99999/",
        "https://-exemple.example",
        "https://",
        "chupiboots",
        "IMG_2034.jpg",
        12,
        True,
    ],
)
def test_what_is_no_public_address_is_not_linked_and_is_told(cell):
    for kind in KINDS if isinstance(cell, str) and ":" in cell else (Web(),):
        reading = kind.read(cell, {})
        assert reading.value == "", kind
        assert len(reading.faults) == 1, kind


def test_an_email_in_the_box_of_the_site_is_told_without_its_value():
    reading = Web().read("contact35@example.org", {})
    assert reading.value == ""
    assert "e-mail" in reading.faults[0].expected
    assert "contact35" not in reading.faults[0].found


@pytest.mark.parametrize("cell", ["pas de site", "-", "en cours", "néant", "/"])
@pytest.mark.parametrize("kind", KINDS)
def test_nothing_to_link_is_no_fault(kind, cell):
    assert (kind.read(cell, {}).value, kind.read(cell, {}).faults) == ("", ())


@pytest.mark.parametrize(
    ("cell", "path"),
    [
        ("@fournil.exemple", "fournil.exemple"),
        ("fournil.exemple", "fournil.exemple"),
        ("facebook.com/fournil.exemple?ref=page_internal", "fournil.exemple"),
        ("https://fr-fr.facebook.com/fournil.exemple/?ref=bookmarks", "fournil.exemple"),
        ("http://www.facebook.fr/refugebd", "refugebd"),
        ("Facebook : @fournil.exemple", "fournil.exemple"),
        ("https://m.facebook.com/profile.php?id=100000000000042&__tn__=C", "profile.php?id=100000000000042"),
        ("https://www.facebook.com/Ferme-de-Dur%C3%A8ge-13187509182164", "Ferme-de-Dur%C3%A8ge-13187509182164"),
        ("https://www.facebook.com/people/Le-Fournil/100020293957999/", "people/Le-Fournil/100020293957999"),
    ],
)
def test_a_facebook_page_has_one_address(cell, path):
    reading = Facebook().read(cell, {})
    assert (f"https://www.facebook.com/{path}", ()) == (reading.value, reading.faults)


@pytest.mark.parametrize(
    "cell",
    [
        "Le Fournil d'Essai Angers",
        "facebook",
        "https://www.facebook.com/",
        "https://facebook.com.mechant.example/x",
        "https://exemple.example/facebook.com",
        "www.exemple.fr",
    ],
)
def test_what_is_no_facebook_page_is_told(cell):
    reading = Facebook().read(cell, {})
    assert reading.value == ""
    assert "facebook.com/exemple" in reading.faults[0].expected


@pytest.mark.parametrize(
    ("cell", "name"),
    [
        ("@le_fournil_", "le_fournil_"),
        ("le.fournil", "le.fournil"),
        ("https://www.instagram.com/le_fournil_/?igshid=AbC==", "le_fournil_"),
        ("http://Instagram.com/cmoi", "cmoi"),
        ("insta : le_fournil", "le_fournil"),
        ("instagram.com/_u/le_fournil", "le_fournil"),
    ],
)
def test_an_instagram_account_has_one_address(cell, name):
    reading = Instagram().read(cell, {})
    assert (f"https://www.instagram.com/{name}", ()) == (reading.value, reading.faults)


def test_of_two_accounts_the_first_is_shown_and_told():
    reading = Instagram().read("@le_fournil_ et @la_table", {})
    assert reading.value == "https://www.instagram.com/le_fournil_"
    assert len(reading.faults) == 1


@pytest.mark.parametrize(
    "cell", ["La spiruline de Julie", "https://www.facebook.com/exemple", "instagram.com", "@lé_fournil", "instagram"]
)
def test_what_is_no_instagram_account_is_told(cell):
    reading = Instagram().read(cell, {})
    assert reading.value == ""
    assert "@exemple" in reading.faults[0].expected


DRIVE = "https://drive.google.com/thumbnail?id=1AbCdEfGhIjKlMnOp&sz=w1000"


@pytest.mark.parametrize(
    ("cell", "url"),
    [
        ("https://drive.google.com/open?id=1AbCdEfGhIjKlMnOp", DRIVE),
        ("https://drive.google.com/open?id=1AbCdEfGhIjKlMnOp, https://drive.google.com/open?id=1BBBBBBBBBBBBBBB", DRIVE),
        ("https://drive.google.com/u/0/open?usp=forms_web&id=1AbCdEfGhIjKlMnOp", DRIVE),
        ("https://drive.google.com/file/d/1AbCdEfGhIjKlMnOp/view?usp=sharing", DRIVE),
        ("https://drive.google.com/uc?export=view&id=1AbCdEfGhIjKlMnOp", DRIVE),
        (DRIVE, DRIVE),
        ("https://images.example.org/stand fromages (1).JPG", "https://images.example.org/stand%20fromages%20(1).JPG"),
        ("http://images.example.org/a.png?ref=x&utm_source=y", "http://images.example.org/a.png?ref=x&utm_source=y"),
        ("https://www.dropbox.com/s/abc/a.jpg?dl=0", "https://www.dropbox.com/s/abc/a.jpg?raw=1"),
        ("/fichiers/3f2a-9.jpg", "/fichiers/3f2a-9.jpg"),
    ],
)
def test_a_photo_is_the_address_of_an_image(cell, url):
    reading = Photo().read(cell, {})
    assert (url, ()) == (reading.value, reading.faults)


@pytest.mark.parametrize(
    "cell",
    [
        "IMG_2034.jpg",
        "/fichiers/../secret",
        "/etc/passwd",
        "https://drive.google.com/drive/folders/1AbCdEfGhIjKl",
        "https://photos.app.goo.gl/abc",
    ],
)
def test_what_is_no_image_is_told(cell):
    reading = Photo().read(cell, {})
    assert reading.value == ""
    assert "image" in reading.faults[0].expected


PARTS = [
    "https://",
    "http:",
    "javascript:",
    "//",
    "www.",
    "@",
    "exemple.example",
    "evil",
    ".com",
    "\\",
    "\t",
    "\u0001",
    " ",
    "?u=",
    "#",
    "%00",
    "data:",
    "é",
    ":80",
    "[",
    "]",
]


@given(st.lists(st.sampled_from(PARTS) | st.text(max_size=3), max_size=10).map("".join))
@example("https://exemple.example\\@evil.com")
def test_a_link_is_always_http_with_a_public_host_and_reads_as_itself(cell):
    for kind in KINDS:
        url = kind.read(cell, {}).value
        if url and not url.startswith("/fichiers/"):
            assert re.fullmatch(r"https?://[a-z0-9_.-]+\.[a-z][a-z0-9-]*(:\d+)?([/?#][!-~]*)?", url), (kind, url)
            assert urlsplit(url).username is None
            assert url == kind.read(url, {}).value


def test_the_public_case_of_hidden_schemes():
    readings = [Web().read(row["Site web"], {}) for row in case("link-scheme-o")]
    assert [reading.value for reading in readings] == [
        "",
        "",
        "",
        "",
        "https://exemple.example/a",
        "https://exemple.example/?q=javascript:x",
    ]
    assert [len(reading.faults) for reading in readings] == [1, 1, 1, 1, 0, 0]


def test_the_public_case_of_bare_names():
    rows = case("link-bare-o")
    values = [
        (
            Web().read(row["Site web"], {}).value,
            Facebook().read(row["Facebook"], {}).value,
            Instagram().read(row["Instagram"], {}).value,
        )
        for row in rows
    ]
    assert values == [
        (
            "https://www.exemple-ferme.example",
            "https://www.facebook.com/fournil.exemple",
            "https://www.instagram.com/le_fournil_",
        ),
        (
            "https://exemple-ferme.example/contact",
            "https://www.facebook.com/profile.php?id=100000000000042",
            "https://www.instagram.com/le_fournil_",
        ),
        ("", "", ""),
        (
            "https://exemple-ferme.example/?page=2",
            "https://www.facebook.com/fournil.exemple",
            "https://www.instagram.com/le.fournil",
        ),
    ]
    assert Web().read(rows[2]["Site web"], {}).faults + Instagram().read(rows[2]["Instagram"], {}).faults == ()


def test_the_public_case_of_photos_on_drive():
    values = [Photo().read(row["Photo"], {}).value for row in case("photo-drive-o")]
    assert [re.search(r"thumbnail\?id=([^&]+)&sz=w1000$", url)[1] for url in values] == [
        "1AbCdEfGhIjKlMnOpQrStUvWxYz012345",
        "1" + "A" * 32,
    ]

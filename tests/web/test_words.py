"""A territory's own words: read, checked, said; and the catalogue lists every sentence of the code."""

import os
import re
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import html5lib
import pytest

import settings as settings_
import words
from mots.__main__ import written
from settings import WrongSetting
from sheets import messages
from sheets.problems import Problem
from tests.mots import pseudo
from tests.sheets.submissions import row
from ui import blocks
from ui.templating import templates
from web import shell

ROOT = Path(__file__).resolve().parents[2]
NAMELESS = "sans nom, la fiche ne peut pas être montrée : écrivez-le"
HEAD = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n'


@pytest.fixture
def worded(tmp_path):
    """Says these rewordings, by the words of the code, as a file would give them."""

    def said(**more: str) -> None:
        words.use(words.load(catalogue(tmp_path, more)))
        pseudo.forget()

    yield said
    words.use({})
    pseudo.forget()


def catalogue(folder: Path, said: dict[str, str], head: str = HEAD) -> Path:
    path = folder / "mots.po"
    path.write_text(head + "".join(f'\nmsgid "{text}"\nmsgstr "{reworded}"\n' for text, reworded in said.items()), "utf-8")
    return path


def test_the_catalogue_lists_what_the_code_says():
    """`make words` would change nothing."""
    now = words.CATALOGUE.read_text("utf-8")
    assert now == written(now)


def test_the_repository_rewords_nothing():
    assert words.load(words.CATALOGUE) == {}


@pytest.mark.slow
def test_making_the_catalogue_again_keeps_what_is_reworded():
    """And takes a sentence that nothing says any more away."""
    now = words.CATALOGUE.read_text("utf-8")
    filled = now.replace('msgid "Autour de moi"\nmsgstr ""', 'msgid "Autour de moi"\nmsgstr "Par ici"')
    assert filled != now
    assert written(filled) == filled
    assert written(filled + '\nmsgid "Jadis"\nmsgstr "Naguère"\n') == filled


def test_a_rewording_reaches_pages_scripts_and_messages(client, worded):
    """A template, Python, a plural, our script and its place in the policy."""
    before = client.get("/")
    worded(
        **{
            "Autour de moi": "Par ici",
            "Près de chez vous": "Chez nous autres",
            "Tout choisir": "Tout prendre",
            "Chercher": "Trouver",
            "Mes favoris": "Ma liste",
        }
    )
    page = client.get("/")
    assert [] == [said for said in ("Par ici", "Chez nous autres", '"Chercher": "Trouver"') if said not in page.text]
    assert '"Tout choisir": "Tout prendre"' in client.get(shell.french_address()).text
    assert ">Autour de moi<" not in page.text
    assert page.headers["content-security-policy"] != before.headers["content-security-policy"]
    assert all(each in page.headers["content-security-policy"] for each in shell.script_hashes().split())
    assert "Ma liste" in client.get("/favoris").text
    assert page.headers["etag"] != before.headers["etag"]


def test_both_forms_of_a_plural_are_reworded(tmp_path):
    path = tmp_path / "mots.po"
    path.write_text(
        HEAD + '\nmsgid "{n} fiche"\nmsgid_plural "{n} fiches"\nmsgstr[0] "une adresse"\nmsgstr[1] "{n} adresses"\n', "utf-8"
    )
    words.use(words.load(path))
    try:
        page = templates.from_string('{{ ngettext("{n} fiche", "{n} fiches", n) }}')
        assert [page.render(n=n) for n in (0, 1, 2, 1234)] == [
            "une adresse",
            "une adresse",
            "2\u00a0adresses",
            "1\u202f234\u00a0adresses",
        ]
    finally:
        words.use({})


def test_a_rewording_is_set_as_french_is(worded):
    worded(**{"Autour de moi": "Où ? Là : « ici »"})
    assert "Où\u00a0? Là\u00a0: «\u00a0ici\u00a0»" in blocks.fill("autour.html")


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        '\\" onmouseover=\\"alert(1)',
        "</script><script>alert(1)//",
        "<!--",
    ],
)
def test_no_rewording_is_html(client, worded, hostile):
    """In a text, in an attribute, in a title, around a link, in the script, in the page without network and the worker that shows it."""
    worded(**{
        "Autour de moi": hostile, "Menu principal": hostile, "Près de chez vous": hostile, "Tout choisir": hostile, "Aucune page n’a encore été gardée.": hostile,
        "Pour garder des favoris, il faut JavaScript. Les {lien}fiches{/lien}, elles, se lisent sans.": hostile + "{lien}a{/lien}", "Cette page n'existe pas": hostile,
        "Les commerces, producteurs et artisans près de chez vous.": hostile, "Le Mag": hostile,
    })  # fmt: skip
    raw = hostile.replace('\\"', '"')
    for address in ("/", "/favoris", "/nulle-part", "/mag", "/hors-ligne", "/sw.js", shell.french_address(), "/a-propos"):
        text = client.get(address).text
        assert raw not in text, address
        if not address.endswith(".js"):
            elements = list(html5lib.parse(text, namespaceHTMLElements=False).iter())
            assert 1 >= sum(each.tag == "script" and not each.get("type") for each in elements)
            assert [] == [name for each in elements for name in each.attrib if str(name).startswith("on")]
            assert [] == [each for each in elements if each.tag == "img" and each.get("src") == "x"]


def test_a_link_of_a_sentence_stays_the_sites(client, worded):
    worded(
        **{
            "Pour garder des favoris, il faut JavaScript. Les {lien}fiches{/lien}, elles, se lisent sans.": "Sans JavaScript, point de liste, mais {lien}toutes les adresses{/lien} & plus."
        }
    )
    assert 'mais <a href="/">toutes les adresses</a> &amp; plus.' in client.get("/favoris").text


def test_no_attribute_stands_between_apostrophes():
    """`ui.templating.told` leaves them as they are."""
    assert [] == [
        path.name
        for path in (ROOT / "ui" / "templates").glob("*.html")
        if re.search(r"=\s*'[^']*\{\{", path.read_text("utf-8"))
    ]


WRONG = {
    "no blank": ("{n} fiches et {lieu}", "des fiches", "{n}, {lieu}"),
    "another blank": ("Voir sur {site}", "Voir sur {nom}", "{site}"),
    "one more": ("Voir sur {site}", "Voir sur {site} {n}", "{site}"),
    "a lone bracket": ("Voir sur {site}", "Voir sur {site", "{site}"),
    "an attribute": ("Voir sur {site}", "Voir sur {site.__class__}", "{site}"),
    "a bracket from nowhere": ("Autour de moi", "Autour de {moi", "aucune accolade"),
    "shut before it is opened": ("Les {lien}fiches{/lien}", "{/lien}Les {lien}fiches", "{lien}, {/lien}"),
    "never shut": ("Les {lien}fiches{/lien}", "{lien}Les fiches", "{lien}, {/lien}"),
    "one in the other": ("{a}x{/a}{b}y{/b}", "{a}x{b}{/a}y{/b}", "{a}, {/a}, {b}, {/b}"),
    "what a script fills": ("$1 sur $2", "$1 de tant", "$1, $2"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_rewording_that_cannot_be_filled_is_refused(tmp_path, name):
    """In one line: the file, the sentence, what was expected, what was found."""
    text, reworded, expected = WRONG[name]
    path = catalogue(tmp_path, {text: reworded})
    with pytest.raises(WrongSetting) as error:
        settings_.load({"CONSO_WORDS": str(path)}, tmp_path / "none.toml")
    assert (
        str(error.value)
        == f"CONSO_WORDS : {path} : «{text}» : attendu {expected}, comme dans l'original ; trouvé «{reworded}»."
    )


def test_half_a_plural_is_refused(tmp_path):
    path = tmp_path / "mots.po"
    path.write_text(HEAD + '\nmsgid "{n} fiche"\nmsgid_plural "{n} fiches"\nmsgstr[0] "une adresse"\nmsgstr[1] ""\n', "utf-8")
    with pytest.raises(words.WrongWords, match="attendu deux formes"):
        words.load(path)


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"", "ne contient aucune phrase"), (b"Bonjour", "à la ligne 1"), ("msgid \"é\"\nmsgstr \"è\"\n".encode("latin-1"), "UTF-8"), (b'msgid "a\nmsgstr "b"\n', "à la ligne 1"), (b"PK\x03\x04\x00\xff", "UTF-8")],
)  # fmt: skip
def test_what_is_no_catalogue_is_refused(tmp_path, content, said):
    path = tmp_path / "mots.po"
    path.write_bytes(content)
    with pytest.raises(WrongSetting, match=re.escape(str(path))) as error:
        settings_.load({"CONSO_WORDS": str(path)}, tmp_path / "none.toml")
    assert said in str(error.value)
    assert "\n" not in str(error.value)


def test_what_is_not_sure_yet_and_what_is_no_more_said_are_left_out(tmp_path):
    path = tmp_path / "mots.po"
    path.write_text(
        HEAD
        + '\n#, fuzzy\nmsgid "Autour de moi"\nmsgstr "Par ici"\n\n#~ msgid "Choix"\n#~ msgstr "Tri"\n\nmsgid "Jadis"\nmsgstr "Naguère"\n',
        "utf-8",
    )
    assert words.load(path) == {"Jadis": "Naguère"}
    assert words.unknown(words.load(path)) == ["Jadis"]


def test_the_setting_is_in_the_file_too(tmp_path):
    path = catalogue(tmp_path, {"Autour de moi": "Par ici"})
    (tmp_path / "secrets.toml").write_text(f'[site]\nwords = "{path}"\n', "utf-8")
    assert settings_.load({}, tmp_path / "secrets.toml").words == {"Autour de moi": "Par ici"}
    assert settings_.load_words({}, tmp_path / "secrets.toml") == {"Autour de moi": "Par ici"}


def test_other_words_for_what_is_missing_are_no_second_message(worded):
    """What a merchant was told stays told: it is known by the words of the code."""
    lacks = replace(row(), problems=(Problem("Réponses", 2, "Nom", "", words._(NAMELESS), True),))
    before = messages._topic(messages.Kind.LACKING, lacks)
    worded(**{NAMELESS: "il y faut un nom", "C'est trop long : {n} caractères au plus.": "Coupez à {n}"})
    lacks = replace(row(), problems=(Problem("Réponses", 2, "Nom", "", words._(NAMELESS), True),))
    assert messages._lacking(lacks) == ("«Nom» : il y faut un nom",)
    assert messages._topic(messages.Kind.LACKING, lacks) == before
    filled = words._("C'est trop long : {n} caractères au plus.").format(n=3)
    assert (filled, words.original(filled)) == ("Coupez à 3", "C'est trop long : 3 caractères au plus.")


@pytest.mark.slow
@pytest.mark.parametrize("written_", ["/nulle/part.po", "wrong"])
def test_the_site_does_not_start_with_words_that_it_cannot_say(tmp_path, written_):
    """Status 2 within 10 s, one line."""
    path = str(catalogue(tmp_path, {"Voir sur {site}": "Voir"})) if written_ == "wrong" else written_
    given = {name: value for name, value in os.environ.items() if not name.startswith("CONSO_")}
    given |= {"CONSO_WORDS": path, "CONSO_STORE": str(tmp_path / "store"), "STREAMLIT_SERVER_PORT": "0"}
    began = time.monotonic()
    done = subprocess.run([sys.executable, "-c", "import app"], cwd=ROOT, env=given, capture_output=True, text=True, timeout=60)
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1), done.stderr
    assert path in done.stderr
    assert time.monotonic() - began < 30  # 10 s on a machine that does nothing else


@pytest.mark.slow
def test_a_site_that_rewords_nothing_reads_no_catalogue():
    """The library that reads one is not even imported."""
    said = "import sys, settings, words; words.use(settings.load().words); import ui.document, web; print('polib' in sys.modules, 'babel' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", said], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]

"""What the team writes and does not tick: in memory, behind its key, and in no store."""

from pathlib import Path

import pytest

from settings import WrongSetting, load
from sheets.drafts import Drafts, key_of
from tests.sheets.sheets import RESPONSES, Embedded, mag, stored, table
from tests.sheets.test_commands import sheets, workbook

KEY = "une-cle-assez-longue"


@pytest.fixture
def embedded(tmp_path: Path) -> Embedded:
    lines = (
        {"titre": "En ligne", "texte": "Bonjour", "date": 46328, "publié": True},
        {"titre": "Secret", "texte": "Confidence", "publié": False},
        {"titre": "En ligne", "texte": "Un autre du même titre"},
        {"titre": "", "texte": "Sans titre"},
    )
    return Embedded(tmp_path, {RESPONSES: table([{"Nom": "A", "approved": True}]), "Mag": mag(*lines)})


def test_a_draft_is_behind_its_key_and_in_no_store(embedded: Embedded, tmp_path: Path) -> None:
    drafts = embedded.sync.live.drafts
    assert drafts.opened("") is None
    embedded.sync.once()
    drafts.lock(KEY)
    opened = drafts.opened(KEY)
    assert opened is not None
    assert {"secret": "Confidence", "en-ligne-2": "Un autre du même titre"} == {each.slug: each.texte for each in opened}
    assert [None, None, None] == [drafts.opened(wrong) for wrong in ("", KEY[:-1], f"{KEY}é\udc80")]
    assert embedded.sync.live.snapshot is not None
    assert ["en-ligne"] == [article.slug for article in embedded.sync.live.snapshot.articles]
    assert b"Confidence" not in stored(tmp_path / "store")
    assert embedded.sync.report.articles == 1


def test_a_ticked_draft_leaves_the_drafts_and_a_key_taken_back_opens_nothing(embedded: Embedded) -> None:
    embedded.sync.once()
    drafts = embedded.sync.live.drafts
    drafts.lock(KEY)
    tab = embedded.tab("Mag")
    tab[2][tab[0].index("publié")] = True
    embedded.write(tab, "Mag")
    embedded.sync.once()
    assert ["en-ligne-2"] == [each.slug for each in drafts.opened(KEY) or ()]
    drafts.lock(None)
    assert drafts.opened(KEY) is None


def test_drafts_that_were_never_locked_open_for_nobody() -> None:
    drafts = Drafts()
    assert [None, None] == [drafts.opened(key) for key in ("", "None")]


def test_who_reads_drafts_may_not_tick(tmp_path: Path) -> None:
    """The key made from that of `/feuille` is another one; the setting's own comes first; with Google and no setting there is none."""
    bare = load({}, tmp_path / "none.toml")
    made = key_of(bare, "cle-de-la-feuille")
    assert made is not None
    assert "cle-de-la-feuille" not in made
    assert made == key_of(bare, "cle-de-la-feuille") != key_of(bare, "autre")
    assert key_of(bare, None) is None
    assert KEY == key_of(load({"CONSO_MAG_KEY": KEY}, tmp_path / "none.toml"), "cle-de-la-feuille")


@pytest.mark.parametrize("key", ["courte", "une clé avec des espaces", "x" * 201])
def test_a_key_that_is_easily_guessed_is_refused_and_not_repeated(tmp_path: Path, key: str) -> None:
    with pytest.raises(WrongSetting, match=r"CONSO_MAG_KEY.*\[mag\] key") as refused:
        load({"CONSO_MAG_KEY": key}, tmp_path / "none.toml")
    assert key not in str(refused.value)


@pytest.mark.slow
def test_the_command_says_where_the_drafts_are(tmp_path: Path) -> None:
    given = workbook(tmp_path)
    said = sheets("apercu", **given, CONSO_MAG_KEY=KEY, CONSO_SITE_URL="https://conso.example.org")
    assert (0, f"Les brouillons : https://conso.example.org/mag?apercu={KEY}\n") == (said.returncode, said.stdout)
    proposed = sheets("apercu", **given)
    assert proposed.returncode == 1
    assert "[mag]\nkey = " in proposed.stdout

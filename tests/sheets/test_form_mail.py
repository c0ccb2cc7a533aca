"""What the pasted script writes to merchants, run under Node against `form_stand_in.js`; «Suivi» is as a real pass writes it."""

import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import schema
from fields.date import serial
from schema import Site
from sheets import form, messages
from sheets import sync as passes
from tests.sheets.sheets import RESPONSES, Embedded, table
from tests.sheets.test_form import RUN, column, installed, played, tab

pytestmark = pytest.mark.skipif(not shutil.which("node"), reason="node is not installed: the Apps Script cannot be run")

SENT = "2026-11-24T09:00:00Z"
NEXT_YEAR = datetime(2027, 11, 24, 9, 0, tzinfo=UTC)
ONLINE_AT = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
EMAIL = "halte@exemple.example"
ANSWERS = {
    "Nom": "La Halte",
    "Catégorie": "Bar",
    "Commune": "Angers",
    "Code postal": "49100",
    "E-mail": EMAIL,
    "Consentement": schema.CONSENT,
}
RUN_MAIL = ["call", "courrier"]
TICK = ["write", RESPONSES, 2, "approved", True]
SETTINGS = list(schema.REGLAGES)


def setting(name: str, value: Any) -> list[Any]:
    """The step that writes one key of «Réglages», as the installed script has laid them out."""
    line = next(number for number, one in enumerate(SETTINGS, start=2) if one.name == name)
    return ["cell", "Réglages", line, 2, value]


ADDRESS = setting("address", "https://conso.example/")
AT_NINE = ["now", SENT]
SUBMIT = ["submit", ANSWERS, SENT]


@pytest.fixture
def suivi(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Makes the step that fills «Suivi» with what a pass says of these lines at that moment (UTC)."""
    folders = iter(range(100))
    kept: list[Embedded] = []

    def step(*lines: dict[str, Any], at: datetime = ONLINE_AT, again: bool = False) -> list[Any]:
        class Clock(datetime):
            @classmethod
            def now(cls, tz=None):  # type: ignore[no-untyped-def]
                return at.astimezone(tz)

        monkeypatch.setattr(passes, "datetime", Clock)
        rows = table(
            [{"Horodateur": serial(datetime(2026, 11, 24, 10)), **line} for line in lines], {**ANSWERS, "approved": True}
        )
        if again:
            kept[-1].write(rows)
        else:
            folder = tmp_path / str(next(folders))
            folder.mkdir()
            kept.append(Embedded(folder, {RESPONSES: rows}))
        kept[-1].sync.once()
        return ["suivi", kept[-1].tab("Suivi")]

    return step


def kinds(world: dict[str, Any]) -> list[str]:
    """The messages that left, in order."""
    starts = {
        "votre fiche est bien arrivée": "recue",
        "est en ligne": "en-ligne",
        "il manque": "il-manque",
        "toujours exacte": "toujours-exact",
    }
    return [next(kind for words, kind in starts.items() if words in mail["subject"]) for mail in world["mails"]]


def test_an_answer_is_acknowledged_at_once_with_the_link_that_mends_it():
    world = installed(AT_NINE, setting("name", "Conso-locale Anjou"), setting("contact", "equipe@conso.example"), SUBMIT)
    (mail,) = world["mails"]
    assert (EMAIL, "La Halte : votre fiche est bien arrivée") == (mail["to"], mail["subject"])
    assert ("Conso-locale Anjou", "equipe@conso.example") == (mail["name"], mail["replyTo"])
    assert "viewform?edit2=response" in mail["body"]
    assert "{" not in mail["body"]
    assert [False] == column(tab(world, RESPONSES), "approved")


def test_the_link_that_mends_an_answer_is_written_in_no_tab(suivi):
    world = installed(AT_NINE, ADDRESS, SUBMIT, TICK, suivi({}), RUN_MAIL)
    assert "edit2" not in str(world["sheets"])
    assert "@" not in str(tab(world, "Courrier")["values"])


def test_online_is_told_once_with_the_page(suivi):
    world = installed(AT_NINE, ADDRESS, SUBMIT, TICK, suivi({}), RUN_MAIL, RUN_MAIL, ["now", "2026-11-26T09:00:00Z"], RUN_MAIL)
    assert ["recue", "en-ligne"] == kinds(world)
    assert "https://conso.example/fiche?f=la-halte\n" in world["mails"][1]["body"]


def test_without_the_address_of_the_site_a_page_waits(suivi):
    world = installed(AT_NINE, SUBMIT, TICK, suivi({}), RUN_MAIL, ["keep"], ADDRESS, RUN_MAIL)
    assert ["recue"] == kinds(world["kept"][0])
    assert ["recue", "en-ligne"] == kinds(world)


def test_what_suivi_says_is_missing_is_told_once_a_list_and_once_a_day(suivi):
    line = {**ANSWERS, "Commune": "", "Code postal": "4900"}
    blocked, other = suivi({"Commune": "", "Code postal": "4900"}), suivi({"Commune": "", "Code postal": "490"})
    world = installed(
        AT_NINE, ["submit", line, SENT], TICK, blocked, ["now", "2026-11-24T09:35:00Z"], RUN_MAIL, ["keep"],
        ["now", "2026-11-24T09:45:00Z"], RUN_MAIL, RUN_MAIL, ["keep"],
        other, RUN_MAIL, ["keep"],
        ["now", "2026-11-25T09:45:00Z"], RUN_MAIL, ["keep"],
        blocked, ["now", "2026-11-27T09:45:00Z"], RUN_MAIL,
    )  # fmt: skip
    assert [1, 2, 2, 3] == [len(kept["mails"]) for kept in world["kept"]]
    assert ["recue", "il-manque", "il-manque"] == kinds(world)
    assert "- «Code postal» : «4900» — 5 chiffres attendus\n" in world["mails"][1]["body"]


def test_a_version_that_suivi_does_not_speak_of_yet_waits(suivi):
    """«Suivi» still tells of the answer as it was before the edit."""
    world = installed(
        AT_NINE, ADDRESS, SUBMIT, TICK, suivi({}), ["edit", 2, {"Nom": "La Halte"}, "2026-11-24T09:40:00Z"], TICK, RUN_MAIL
    )
    assert ["recue"] == kinds(world)


MAY = "2027-05-24T08:00:00Z"


def test_after_six_months_a_merchant_is_asked_once(suivi):
    world = installed(
        AT_NINE, ADDRESS, SUBMIT, TICK, suivi({}), RUN_MAIL,
        ["now", "2027-05-23T08:00:00Z"], RUN_MAIL, ["keep"],
        ["now", MAY], RUN_MAIL, RUN_MAIL, ["now", "2027-11-23T08:00:00Z"], RUN_MAIL, ["keep"],
        ["now", "2027-11-24T08:00:00Z"], RUN_MAIL,
    )  # fmt: skip
    assert ["recue", "en-ligne"] == kinds(world["kept"][0])
    assert ["recue", "en-ligne", "toujours-exact"] == kinds(world["kept"][1])
    assert ["recue", "en-ligne", "toujours-exact", "toujours-exact"] == kinds(world)
    assert "viewform?edit2=response" in world["mails"][2]["body"]


@pytest.mark.slow
@pytest.mark.parametrize(("months", "asked"), [(0, False), ("0", False), (12, False), (5, True), ("jamais", True), ("", True)])
def test_the_team_chooses_how_often(suivi, months, asked):
    world = installed(
        AT_NINE, ADDRESS, setting("still_months", months), SUBMIT, TICK, suivi({}), RUN_MAIL, ["now", MAY], RUN_MAIL
    )
    assert asked is ("toujours-exact" in kinds(world))


ASKED = [AT_NINE, ADDRESS, SUBMIT, TICK]


def test_yes_is_the_form_sent_again_as_it_is_and_keeps_the_tick(suivi):
    """The trigger unticks every edit but that one: what was online, to the letter. The site reads it as a confirmation."""
    again = {"Horodateur": serial(datetime(2027, 5, 25, 10))}
    online = suivi({})
    world = installed(
        *ASKED, online, RUN_MAIL, ["now", MAY], RUN_MAIL, ["edit", 2, ANSWERS, "2027-05-25T08:00:00Z"],
        suivi(again, at=datetime(2027, 5, 25, 8, 5, tzinfo=UTC), again=True), ["now", "2027-11-24T08:00:00Z"], RUN_MAIL, ["keep"],
        ["now", "2027-11-25T09:00:00Z"], RUN_MAIL,
    )  # fmt: skip
    assert [True] == column(tab(world, RESPONSES), "approved")
    assert ["recue", "en-ligne", "toujours-exact"] == kinds(world["kept"][0])
    assert 4 == len(world["mails"])


@pytest.mark.slow
@pytest.mark.parametrize("change", [{"Horaires": "9h-12h"}, {"Nom": "La halte"}, {"Consentement": ""}, {"Produits": "pain"}])
def test_any_other_edit_is_unticked(suivi, change):
    world = installed(
        *ASKED, suivi({}), RUN_MAIL, ["now", MAY], RUN_MAIL, ["edit", 2, {**ANSWERS, **change}, "2027-05-25T08:00:00Z"]
    )
    assert [False] == column(tab(world, RESPONSES), "approved")


def test_an_edit_that_nobody_asked_for_is_unticked_even_unchanged(suivi):
    world = installed(*ASKED, suivi({}), RUN_MAIL, ["edit", 2, ANSWERS, "2026-11-25T08:00:00Z"])
    assert [False] == column(tab(world, RESPONSES), "approved")


def test_a_confirmation_ticks_nothing_that_was_unticked(suivi):
    untick = ["write", RESPONSES, 2, "approved", False]
    world = installed(*ASKED, suivi({}), RUN_MAIL, ["now", MAY], RUN_MAIL, untick, ["edit", 2, ANSWERS, "2027-05-25T08:00:00Z"])
    assert [False] == column(tab(world, RESPONSES), "approved")


def test_where_the_memory_cannot_be_read_an_edit_is_unticked(suivi):
    world = installed(
        *ASKED,
        suivi({}),
        RUN_MAIL,
        ["now", MAY],
        RUN_MAIL,
        ["unreadable", "Courrier"],
        ["edit", 2, ANSWERS, "2027-05-25T08:00:00Z"],
    )
    assert [False] == column(tab(world, RESPONSES), "approved")


@pytest.mark.slow
@pytest.mark.parametrize(
    "change",
    [
        [["write", RESPONSES, 2, "approved", False]],
        [["write", RESPONSES, 2, "Consentement", ""]],
        [["write", RESPONSES, 2, "Consentement", "Non, je n'accepte plus"]],
        [["write", RESPONSES, 2, "E-mail", ""]],
        [["write", RESPONSES, 2, "E-mail", "pas une adresse"]],
        [["write", RESPONSES, 2, "E-mail", "a@b.fr,c@d.fr"]],
        [["suivi", [list(schema.SUIVI_HEADERS), [""] * 9]]],
    ],
)
def test_who_withdrew_hears_nothing(suivi, change):
    """Before the site has seen it, too: the row itself counts."""
    world = installed(*ASKED, suivi({}), RUN_MAIL, *change, ["now", MAY], RUN_MAIL, RUN_MAIL)
    assert ["recue", "en-ligne"] == kinds(world)


def test_no_link_of_somebody_else_is_ever_sent(suivi):
    """The row's address was changed by hand: the response behind it belongs to another address."""
    world = installed(
        *ASKED,
        suivi({"E-mail": "autre@exemple.example"}),
        ["write", RESPONSES, 2, "E-mail", "autre@exemple.example"],
        RUN_MAIL,
        ["now", MAY],
        RUN_MAIL,
    )
    assert [(EMAIL, True), ("autre@exemple.example", False)] == [
        (mail["to"], "edit2" in mail["body"]) for mail in world["mails"]
    ]


def test_the_quota_of_the_day_is_respected_and_what_waits_leaves_next_day():
    many = [
        ["submit", {**ANSWERS, "Nom": f"Halte {n}", "E-mail": f"h{n}@exemple.example"}, f"2026-11-24T09:0{n}:00Z"]
        for n in range(5)
    ]
    world = installed(
        AT_NINE, ["quota", 12], *many, RUN_MAIL, ["keep"], ["quota", 100], ["now", "2026-11-25T09:00:00Z"], RUN_MAIL, RUN_MAIL
    )
    assert (2, 10) == (len(world["kept"][0]["mails"]), world["kept"][0]["quota"])
    assert [f"h{n}@exemple.example" for n in range(5)] == sorted(mail["to"] for mail in world["mails"])


def test_an_address_that_google_refuses_is_not_tried_again_nor_told():
    world = installed(AT_NINE, ["bounce", EMAIL], SUBMIT, ["bounce", ""], RUN_MAIL)
    assert [] == world["mails"]
    assert ["Le message « recue » de la ligne 2 n'est pas parti."] == world["said"]


def test_one_address_hears_a_few_times_a_day_at_most():
    """Anybody may type the address of somebody else in a public form."""
    many = [["submit", {**ANSWERS, "Nom": f"Halte {n}"}, f"2026-11-24T09:0{n}:00Z"] for n in range(9)]
    world = installed(AT_NINE, *many, ["keep"], ["now", "2026-11-26T09:00:00Z"], RUN_MAIL)
    assert messages.A_DAY == len(world["kept"][0]["mails"])
    assert 9 == len(world["mails"])


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["Gagnez https://mal.example", "mal.example", "a" * 120, "Le {lien}", "Bar\r\nBcc: x@mal.example", "=1+1"]
)
def test_a_name_cannot_become_the_message(name):
    (mail,) = installed(AT_NINE, ["submit", {**ANSWERS, "Nom": name}, SENT])["mails"]
    text = mail["subject"] + mail["body"]
    assert "mal.example" not in text
    assert "a" * 61 not in text
    assert 1 == text.count("edit2")
    assert not set("\r\n") & set(mail["subject"])


@pytest.mark.slow
def test_a_script_that_begins_on_a_full_sheet_writes_to_nobody(suivi):
    """What stands is noted as told; the next thing that happens is news."""
    world = played(
        ["paste", form.script()], RUN, ["remove", "Courrier"], AT_NINE, ADDRESS,
        *(["submit", {**ANSWERS, "Nom": f"Halte {n}", "E-mail": f"h{n}@exemple.example"}, SENT] for n in range(3)),
    )  # fmt: skip
    assert 2 == len(world["mails"])  # the first answer found no tab, and made it
    lines = [
        {"Nom": "Halte 0", "E-mail": "h0@exemple.example"},
        {"Nom": "Halte 1", "E-mail": "h1@exemple.example", "approved": False},
    ]
    quiet = played(
        ["now", "2027-11-24T09:00:00Z"], ["paste", form.script()], RUN, ADDRESS, ["remove", "Courrier"], ["quota", 0],
        *(["submit", {**ANSWERS, "Nom": line["Nom"], "E-mail": line["E-mail"]}, SENT] for line in lines),
        ["remove", "Courrier"], ["write", RESPONSES, 2, "approved", True], suivi(*lines), ["quota", 100], RUN_MAIL, RUN_MAIL, ["keep"],
        ["write", RESPONSES, 3, "approved", True], suivi(lines[0], {**lines[1], "approved": True}, at=NEXT_YEAR, again=True), RUN_MAIL,
    )  # fmt: skip
    assert None is quiet["failed"]
    assert [] == quiet["kept"][0]["mails"]
    assert [("en-ligne", "h1@exemple.example")] == list(zip(kinds(quiet), [mail["to"] for mail in quiet["mails"]], strict=True))


def test_the_team_can_stop_all_messages_and_begin_again_without_a_flood(suivi):
    world = installed(
        AT_NINE, ADDRESS, setting("mails", "non"), SUBMIT, TICK, suivi({}), RUN_MAIL, setting("mails", "oui"), RUN_MAIL
    )
    assert [] == world["mails"]


def test_a_copy_of_the_sheet_stays_silent(suivi):
    """Two sheets with one list of merchants must not both write to them."""
    world = installed(*ASKED, ["copied"], suivi({}), RUN_MAIL, RUN)
    assert ["recue"] == kinds(world)
    assert any("est une copie" in text for text in world["said"])
    assert ["recue"] == kinds(installed(*ASKED, ["copied"], ["remove", "Courrier"], suivi({}), RUN_MAIL, RUN_MAIL))


@pytest.mark.slow
def test_the_memory_lasts_through_a_new_version_of_the_script(suivi):
    world = installed(*ASKED, suivi({}), RUN_MAIL, ["paste", form.script()], RUN, RUN_MAIL)
    assert ["recue", "en-ligne"] == kinds(world)


@pytest.mark.slow
def test_a_new_name_or_a_new_address_is_no_news(suivi):
    moved = {"Nom": "La Grande Halte", "E-mail": "grande@exemple.example"}
    world = installed(
        *ASKED, suivi({}), RUN_MAIL, ["write", RESPONSES, 2, "Nom", moved["Nom"]], suivi(moved, again=True), RUN_MAIL
    )
    assert ["recue", "en-ligne"] == kinds(world)
    edited = installed(AT_NINE, SUBMIT, ["edit", 2, {**ANSWERS, "Nom": "La Grande Halte"}, "2026-11-24T09:10:00Z"])
    assert ["recue"] == kinds(edited)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("received_body", "Bonjour {prenom}"),
        ("still_body", "Toujours exact ?"),
        ("received_subject", "x" * 151),
        ("received_body", ""),
    ],
)
def test_words_that_cannot_serve_give_way_to_ours(suivi, name, words):
    world = installed(AT_NINE, ADDRESS, setting(name, words), SUBMIT, TICK, suivi({}), RUN_MAIL, ["now", MAY], RUN_MAIL)
    assert ["recue", "en-ligne", "toujours-exact"] == kinds(world)
    assert all(mail["body"].startswith("Bonjour,\n\nVo") for mail in world["mails"])


def test_words_of_the_team_are_obeyed():
    world = installed(
        AT_NINE,
        setting("received_subject", "Merci { Nom } : votre fiche est bien arrivée"),
        setting("received_body", "À bientôt sur {site}"),
        SUBMIT,
    )
    assert ("Merci La Halte : votre fiche est bien arrivée", f"À bientôt sur {Site().name}") == (
        world["mails"][0]["subject"],
        world["mails"][0]["body"],
    )


def test_another_run_at_the_same_time_writes_nothing():
    world = installed(AT_NINE, ["lock"], SUBMIT, ["keep"], ["unlock"], RUN_MAIL)
    assert (0, 1) == (len(world["kept"][0]["mails"]), len(world["mails"]))

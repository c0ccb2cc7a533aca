"""What merchants are told by the embedded sheet: in words of the team, once, and never to who withdrew."""

import json
import logging
import shutil
import ssl
import subprocess
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy
from email.headerregistry import Address
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import schema
from fields.date import serial
from schema import Site
from settings import Smtp
from sheets import delivery, messages
from sheets import outbox as outboxes
from sheets import sync as passes
from sheets.delivery import Folder, Server
from sheets.outbox import A_DAY, FILE, Outbox
from tests.sheets.sheets import RESPONSES, Tab, stored, table
from tests.sheets.smtp import MailServer
from tests.sheets.test_counter import ANSWERS, Shop
from tests.tries import tries

START = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
ADDRESS = "https://conso.example"
REGLAGES = [["clé", "valeur"], ["nom du site", "Conso-locale Anjou"], ["contact", "equipe@conso.example"]]
EMAIL = ANSWERS["email"]


class Clock(datetime):
    at = START

    @classmethod
    def now(cls, tz=None):  # type: ignore[no-untyped-def]
        return cls.at.astimezone(tz)


class Postal(Shop):
    """A shop whose merchants are written to; time passes by `later`."""

    server: MailServer | None = None
    sender = ""

    def restart(self) -> None:
        super().restart()
        by = Folder(self.path.parent / "courrier") if self.server is None else Server(_smtp(self.server))
        self.outbox = Outbox(self.sync.store, by, self.counter.private_link, ADDRESS, self.sender)
        self.counter.after_pass = self.outbox.post

    def run(self) -> None:
        super().run()
        self.outbox.wait()

    def tick(self, value: bool = True, name: str = "La Halte") -> bool:
        done = super().tick(value, name)
        self.outbox.wait()
        return done

    def later(self, **given: float) -> None:
        Clock.at += timedelta(**given)
        self.run()

    def files(self) -> dict[str, EmailMessage]:
        found = sorted((self.path.parent / "courrier").glob("*.eml"))
        return {path.stem.split("_")[1]: _read(path.read_bytes()) for path in found}

    def kinds(self) -> list[str]:
        return sorted(path.stem.split("_")[1] for path in (self.path.parent / "courrier").glob("*.eml"))


def _read(content: bytes) -> EmailMessage:
    return message_from_bytes(content.replace(b"\r\n", b"\n"), policy=policy.default)  # type: ignore[arg-type,return-value]


def _smtp(server: MailServer, **given: Any) -> Smtp:
    return Smtp(
        **{
            "host": "127.0.0.1",
            "port": server.port,
            "security": "none",
            "user": "",
            "password": "",
            "sender": "site@conso.example",
            "per_hour": 60,
            **given,
        }
    )


def link(letter: EmailMessage) -> str:
    return letter.get_content().split("lien=")[1].split()[0]


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> type[Clock]:
    monkeypatch.setattr(passes, "datetime", Clock)
    monkeypatch.setattr(outboxes, "datetime", Clock)
    monkeypatch.setattr(outboxes.time, "monotonic", lambda: Clock.at.timestamp())
    monkeypatch.setattr(Clock, "at", START)
    return Clock


def opened(folder: Path, rows: Tab, *reglages: list[Any]) -> Postal:
    made = Postal(folder, {RESPONSES: rows, "Réglages": [*REGLAGES, *reglages]})
    made.run()
    return made


@pytest.fixture
def shop(tmp_path: Path) -> Postal:
    return opened(tmp_path, table([]))


@pytest.fixture
def server() -> Iterator[MailServer]:
    made = MailServer()
    yield made
    made.close()


@pytest.fixture
def mailed(tmp_path: Path, server: MailServer, monkeypatch: pytest.MonkeyPatch) -> Postal:
    """A shop that writes through `server`."""
    monkeypatch.setattr(Postal, "server", server)
    monkeypatch.setattr(Postal, "sender", "site@conso.example")
    return opened(tmp_path, table([]))


# The four messages


def test_received_then_online_each_once(shop: Postal) -> None:
    shop.counter.submit(ANSWERS)
    shop.run()
    letter = shop.files()["recue"]
    assert letter["Subject"] == "La Halte : votre fiche est bien arrivée"
    assert "elle paraît sur Conso-locale Anjou" in letter.get_content()
    shop.tick()
    letter = shop.files()["en-ligne"]
    assert f"{ADDRESS}/fiche?f=la-halte\n" in letter.get_content()
    shop.later(days=1)
    shop.tick(False)
    shop.tick()
    shop.later(days=1)
    assert shop.kinds() == ["en-ligne", "recue"]


def test_a_letter_says_who_writes_to_whom_and_that_a_machine_does(shop: Postal) -> None:
    shop.counter.submit(ANSWERS)
    shop.run()
    letter = shop.files()["recue"]
    assert (letter["To"], letter["Reply-To"]) == (EMAIL, "equipe@conso.example")
    assert letter["From"] == "Conso-locale Anjou <equipe@conso.example>"
    assert (letter["Auto-Submitted"], letter["X-Unsent"]) == ("auto-generated", "1")
    assert letter["Message-ID"].endswith("@conso.example>")
    assert letter.get_content_type() == "text/plain"
    assert letter.get_content_charset() == "utf-8"


def test_the_link_of_a_letter_opens_mends_confirms_and_withdraws(shop: Postal) -> None:
    shop.counter.submit(ANSWERS)
    shop.run()
    token = link(shop.files()["recue"])
    typed = shop.counter.open(token)
    assert typed is not None
    assert typed["nom"] == "La Halte"
    assert not shop.counter.confirm(token)
    shop.tick()
    assert link(shop.files()["en-ligne"]) == token
    shop.restart()
    shop.run()
    assert shop.counter.confirm(token)
    shop.counter.save(token, {**ANSWERS, "telephone": "02 61 91 00 43"})
    shop.run()
    assert shop.cells()["Téléphone"] == "02 61 91 00 43"
    shop.counter.withdraw(token)
    shop.run()
    assert shop.cells()["Consentement"] == ""


def test_nobody_makes_a_link_from_what_the_sheet_holds(shop: Postal) -> None:
    shop.counter.submit(ANSWERS)
    shop.run()
    token = link(shop.files()["recue"])
    first, last = ("A" if letter != "A" else "B" for letter in (token[0], token[-1]))
    for forged in (token[:-1] + last, first + token[1:], token.lower(), shop.cells()["lien"], "A" * 64, "é" * 64):
        assert shop.counter.open(forged) is None
    kept = b"".join(path.read_bytes() for path in (shop.folder / "var").iterdir() if not path.name.endswith(".key"))
    assert token.encode() not in kept + stored(shop.folder / "store") + str(shop.tab(RESPONSES)).encode()
    (key,) = (shop.folder / "var").glob("*.key")
    assert key.stat().st_mode & 0o077 == 0


def test_a_line_that_the_team_wrote_has_its_link_too(shop: Postal) -> None:
    shop.write(table([{"E-mail": EMAIL, "approved": False, "lien": ""}]))
    shop.run()
    token = link(shop.files()["recue"])
    shop.run()
    typed = shop.counter.open(token)
    assert typed is not None
    assert typed["nom"] == "Chez Lyse"


def test_what_is_missing_is_told_after_a_while_once_a_day_and_once_a_list(shop: Postal) -> None:
    line = {"E-mail": EMAIL, "Commune": "", "Code postal": "4900"}
    shop.write(table([line]))
    shop.run()
    assert shop.kinds() == []  # a volunteer may be typing
    shop.later(minutes=11)
    letter = shop.files()["il-manque"]
    assert "- «Code postal» : «4900» — 5 chiffres attendus\n" in letter.get_content()
    shop.write(table([{**line, "Code postal": ""}]))
    shop.later(minutes=30)
    assert shop.kinds() == ["il-manque"]
    shop.later(days=1)
    assert shop.kinds() == ["il-manque", "il-manque"]
    shop.write(table([line]))
    shop.later(days=1)
    shop.later(days=3)
    assert shop.kinds() == ["il-manque", "il-manque"]


def test_a_formula_that_failed_is_not_the_merchants_business(shop: Postal) -> None:
    shop.write(table([{"E-mail": EMAIL, "Commune": "#REF!", "Code postal": ""}]))
    shop.later(hours=1)
    shop.later(hours=1)
    assert shop.kinds() == []


def _online(shop: Postal) -> str:
    shop.counter.submit(ANSWERS)
    shop.run()
    shop.tick()
    return link(shop.files()["en-ligne"])


def test_every_six_months_a_merchant_is_asked_and_an_answer_begins_them_anew(shop: Postal) -> None:
    token = _online(shop)
    shop.later(days=180)
    assert "toujours-exact" not in shop.kinds()
    shop.later(days=1)  # 24 May
    letter = shop.files()["toujours-exact"]
    assert "lien=" + token in letter.get_content()
    shop.later(days=30)
    assert shop.kinds().count("toujours-exact") == 1
    shop.counter.confirm(token)
    shop.run()
    shop.later(days=182)
    assert shop.kinds().count("toujours-exact") == 1
    shop.later(days=2)
    assert shop.kinds().count("toujours-exact") == 2


@pytest.mark.slow
def test_who_does_not_answer_is_asked_again_after_as_long(shop: Postal) -> None:
    _online(shop)
    for _ in range(14):
        shop.later(days=30)
    assert shop.kinds().count("toujours-exact") == 2


@pytest.mark.slow
@pytest.mark.parametrize(("months", "asked"), [("0", 0), ("non", 1), ("12", 0), ("1", 1), ("", 1)])
def test_the_team_chooses_how_often(tmp_path: Path, months: str, asked: int) -> None:
    shop = opened(tmp_path, table([]), ["toujours exact tous les (mois)", months])
    _online(shop)
    shop.later(days=200)
    assert shop.kinds().count("toujours-exact") == asked


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        ("2026-08-31", 6, "2027-02-28"),
        ("2027-08-31", 6, "2028-02-29"),
        ("2026-12-01", 1, "2027-01-01"),
        ("2026-11-30", 12, "2027-11-30"),
        ("2026-01-01", 0.5, "2026-01-16"),
    ],
)
def test_months_end_where_they_do(day: str, months: float, then: str) -> None:
    assert messages.months_after(date.fromisoformat(day), months).isoformat() == then


# Never twice, and never to who should not


def test_a_restart_repeats_nothing(shop: Postal) -> None:
    _online(shop)
    (shop.path.parent / "courrier").rename(shop.path.parent / "envoyés")
    for _ in range(2):
        shop.restart()
        shop.run()
    assert shop.kinds() == []


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_process_that_dies_while_sending_does_not_send_again(shop: Postal, monkeypatch: pytest.MonkeyPatch) -> None:
    def dies(*given: object) -> None:
        raise SystemExit

    monkeypatch.setattr(Folder, "deliver", dies)
    shop.counter.submit(ANSWERS)
    shop.run()
    monkeypatch.undo()
    shop.restart()
    shop.run()
    assert shop.kinds() == []


def test_a_site_that_begins_to_write_says_nothing_of_the_past(tmp_path: Path) -> None:
    """An outbox on a site that has run for years: what stands is taken as told, whatever it lacks."""
    lines = [
        {"Nom": f"Halte {number}", "E-mail": f"h{number}@exemple.example", "Horodateur": 45000 + number} for number in range(30)
    ]
    lines[3]["approved"] = False
    lines[4]["Code postal"] = lines[4]["Commune"] = ""
    shop = opened(tmp_path, table(lines))
    shop.later(minutes=20)
    assert shop.kinds() == []
    lines[3]["approved"] = True
    shop.write(table(lines))
    shop.run()
    assert shop.kinds() == ["en-ligne"]


@pytest.mark.slow
@pytest.mark.parametrize("lost", [FILE, "*"])
def test_what_the_store_has_lost_is_taken_as_told(shop: Postal, lost: str) -> None:
    _online(shop)
    (shop.path.parent / "courrier").rename(shop.path.parent / "envoyés")
    for path in (shop.folder / "store").glob(lost):
        path.unlink()
    shop.restart()
    shop.run()
    shop.later(days=1)
    assert shop.kinds() == []


@pytest.mark.slow
def test_a_spoilt_ledger_repeats_nothing(shop: Postal) -> None:
    _online(shop)
    for content in (b"{", b"[]", b'{"account":1,"told":{"x":{"y":"z"}}}'):
        (shop.path.parent / "courrier").rename(shop.path.parent / f"envoyés {len(content)}")
        (shop.folder / "store" / FILE).write_bytes(content)
        shop.restart()
        shop.run()
        assert shop.kinds() == []
        (shop.path.parent / "courrier").mkdir(exist_ok=True)


@pytest.mark.slow
def test_a_line_put_back_is_no_news(shop: Postal) -> None:
    _online(shop)
    tab = shop.tab(RESPONSES)
    (shop.path.parent / "courrier").rename(shop.path.parent / "envoyés")
    shop.write(tab[:1])
    shop.later(days=2)
    shop.write(tab)
    shop.later(days=2)
    assert shop.kinds() == []


def test_who_withdrew_hears_nothing_more_and_unsent_letters_are_taken_back(shop: Postal) -> None:
    token = _online(shop)
    assert shop.kinds() == ["en-ligne", "recue"]
    (shop.path.parent / "courrier" / "à nous.eml").write_text("de l'équipe", "utf-8")
    shop.counter.withdraw(token)
    shop.run()
    assert [path.name for path in (shop.path.parent / "courrier").iterdir()] == ["à nous.eml"]
    (shop.path.parent / "courrier" / "à nous.eml").unlink()
    shop.later(days=400)
    assert shop.kinds() == []


def test_a_withdrawal_that_waits_for_the_workbook_counts_already(shop: Postal) -> None:
    """Somebody has it open in LibreOffice: the line still looks online."""
    token = _online(shop)
    shop.path.with_name(f".~lock.{shop.path.name}#").write_text("Camille,camille,atelier,24.11.2026 10:12,;", "utf-8")
    shop.counter.withdraw(token)
    shop.later(days=200)
    assert "toujours-exact" not in shop.kinds()


@pytest.mark.slow
@pytest.mark.parametrize(
    "change", [{"Consentement": ""}, {"Consentement": "non"}, {"E-mail": ""}, {"E-mail": "pas une adresse"}, {"E-mail": "a@b"}]
)
def test_without_consent_or_address_nothing_is_written(shop: Postal, change: dict[str, str]) -> None:
    shop.write(table([{"E-mail": EMAIL, **change}, {"E-mail": EMAIL, "approved": False, "Nom": "Autre", **change}]))
    shop.run()
    shop.later(hours=1)
    assert shop.kinds() == []


@pytest.mark.slow
def test_the_team_can_stop_all_messages_and_begin_again_without_a_flood(tmp_path: Path) -> None:
    shop = opened(tmp_path, table([]), ["messages aux commerçants", "non"])
    shop.counter.submit(ANSWERS)
    shop.run()
    shop.tick()
    shop.write([*REGLAGES, ["messages aux commerçants", "oui"]], "Réglages")
    shop.later(days=1)
    assert shop.kinds() == []


# What strangers type


@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    ["Gagnez https://mal.example", "www.mal.example", "mal.example", "x@mal.example", "a" * 120, "Le {lien} de {manque} {0}"],
)
def test_a_name_cannot_become_the_message(shop: Postal, name: str) -> None:
    """Anybody may hand in a fiche with the address of somebody else."""
    shop.counter.submit({**ANSWERS, "nom": name})
    shop.run()
    letter = shop.files()["recue"]
    text = letter["Subject"] + letter.get_content()
    assert "mal.example" not in text
    assert "a" * 61 not in text
    assert text.count("/inscription?lien=") == 1


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["Bar\r\nBcc: tous@mal.test", "Bar\nBcc: x", "Bar\x00\x0bBcc: x", "Bar\u2028Bcc: x", "Bär «é» 🥖 " + "é" * 100]
)
def test_no_name_writes_a_header(shop: Postal, name: str) -> None:
    shop.counter.submit({**ANSWERS, "nom": name})
    shop.write([*REGLAGES, ["courrier reçue (objet)", "{nom}\r\nBcc: {nom}"]], "Réglages")
    shop.run()
    (letter,) = shop.files().values()
    assert letter["Bcc"] is None
    assert letter["To"] == EMAIL


@pytest.mark.slow
@pytest.mark.parametrize(
    "email", ["a@b.fr\r\nBcc: c@d.fr", "a@b.fr, c@d.fr", '"a b"@c.fr', "a@b.fr\nSubject: x", "<a@b.fr> RCPT TO:<c@d.fr>"]
)
def test_an_address_is_one_address_or_none(shop: Postal, email: str) -> None:
    shop.write(table([{"E-mail": email, "approved": False}]))
    shop.run()
    for letter in shop.files().values():
        assert (letter["To"], letter["Bcc"], letter["Subject"]) == ("a@b.fr", None, "Chez Lyse : votre fiche est bien arrivée")


def test_words_of_the_team_are_obeyed(tmp_path: Path) -> None:
    shop = opened(
        tmp_path,
        table([]),
        ["courrier reçue (objet)", "Merci { Nom } !"],
        ["courrier reçue", "À bientôt sur {site}, {contact}"],
    )
    shop.counter.submit(ANSWERS)
    shop.run()
    letter = shop.files()["recue"]
    assert (letter["Subject"], letter.get_content()) == (
        "Merci La Halte !",
        "À bientôt sur Conso-locale Anjou, equipe@conso.example\n",
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("key", "words", "said"),
    [
        ("courrier reçue", "Bonjour {prenom}", "{prenom} n'est pas connu"),
        ("courrier reçue (objet)", "{}", "{} n'est pas connu"),
        ("courrier toujours exact", "Toujours exact ?", "il y faut {lien}"),
        ("courrier il manque", "Bonjour", "il y faut {manque}"),
        ("courrier reçue", "x" * 3001, "3000 caractères au plus"),
    ],
)
def test_words_that_cannot_serve_are_told_and_ours_serve(tmp_path: Path, key: str, words: str, said: str) -> None:
    shop = opened(tmp_path, table([]), [key, words])
    assert [said in str(problem) for problem in shop.sync.report.problems] == [True]
    assert shop.sync.live.snapshot is not None
    site = shop.sync.live.snapshot.site
    assert (site.received_body, site.still_body, site.lacking_body) == (
        Site().received_body,
        Site().still_body,
        Site().lacking_body,
    )


def test_nothing_private_is_stored_or_logged(shop: Postal, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    _online(shop)
    shop.later(days=200)
    kept = stored(shop.folder / "store")
    assert json.loads((shop.folder / "store" / FILE).read_bytes())["told"]
    for secret in (EMAIL.encode(), EMAIL.split("@")[0].encode() + b"@"):
        assert secret not in kept
    assert EMAIL not in caplog.text
    assert all(
        path.stat().st_mode & 0o077 == 0 for path in [shop.path.parent / "courrier", *(shop.path.parent / "courrier").iterdir()]
    )


@tries(60)
@given(
    st.text("abAZ09!#$%&'*+/=?^_`{|}~-.", min_size=1, max_size=20),
    st.sampled_from(["b.fr", "épi.fr", "xn--pi-9ia.fr", "a_b.example"]),
)
def test_every_address_that_we_read_can_be_written_to(local: str, domain: str) -> None:
    email = schema.BY_KEY["email"].kind.read(f"{local}@{domain}", {}).value
    if email:
        letter = EmailMessage(policy=policy.SMTP)
        letter["To"] = Address(addr_spec=email)
        assert _read(letter.as_bytes())["To"].addresses[0].addr_spec == email


def test_a_letter_that_cannot_be_made_holds_nobody_back(
    shop: Postal, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    real = messages.written

    def breaks(message: messages.Message, *given: Any) -> tuple[str, str]:
        if message.to == EMAIL:
            raise ValueError(EMAIL)
        return real(message, *given)

    monkeypatch.setattr(messages, "written", breaks)
    shop.counter.submit(ANSWERS)
    shop.counter.submit({**ANSWERS, "nom": "L'Escale", "email": "escale@exemple.example"})
    shop.run()
    assert [letter["To"] for letter in shop.files().values()] == ["escale@exemple.example"]
    assert EMAIL not in caplog.text


# What cannot leave waits


@pytest.mark.slow
def test_a_folder_that_refuses_is_tried_again_later_and_longer(shop: Postal, caplog: pytest.LogCaptureFixture) -> None:
    folder = shop.path.parent / "courrier"
    folder.mkdir(exist_ok=True)
    folder.rmdir()
    folder.write_text("un fichier à sa place", "utf-8")
    shop.counter.submit(ANSWERS)
    shop.run()
    assert shop.sync.live.snapshot is not None
    for _ in range(30):
        Clock.at += timedelta(minutes=5)
        shop.outbox.post(shop.sync.report, shop.sync.live.snapshot.site, shop.sync.account)
        shop.outbox.wait()
    tries = [record for record in caplog.records if "courrier :" in record.message]
    assert 5 <= len(tries) <= 9
    assert EMAIL not in caplog.text
    folder.unlink()
    shop.later(hours=1)
    assert shop.kinds() == ["recue"]


def test_what_cannot_be_remembered_does_not_leave(shop: Postal, monkeypatch: pytest.MonkeyPatch) -> None:
    real = type(shop.sync.store).put

    def full(store: object, name: str, content: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(type(shop.sync.store), "put", full)
    shop.counter.submit(ANSWERS)
    shop.run()
    assert shop.kinds() == []
    monkeypatch.setattr(type(shop.sync.store), "put", real)
    shop.later(hours=1)
    assert shop.kinds() == ["recue"]


# By SMTP


def test_a_letter_arrives_by_smtp(mailed: Postal, server: MailServer) -> None:
    mailed.counter.submit({**ANSWERS, "nom": ".La Halte"})
    mailed.run()
    mailed.run()
    (letter,) = server.received
    assert server.envelopes == [("mail FROM:<site@conso.example>", f"rcpt TO:<{EMAIL}>")]
    assert (letter["From"], letter["X-Unsent"]) == ("Conso-locale Anjou <site@conso.example>", None)
    assert letter["Subject"] == ".La Halte : votre fiche est bien arrivée"
    assert mailed.counter.open(link(letter)) is not None
    assert all(len(line) <= 78 for line in server.contents[0].split(b"\r\n"))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("command", "answer", "tries", "sent"),
    [
        ("MAIL", "451 later", 1, 1),
        ("MAIL", "550 who are you", 1, 1),
        ("RCPT", "450 greylisted", 1, 1),
        ("RCPT", "550 no such user", 1, 1),
        ("RCPT", "421 closing", 1, 1),
        ("RCPT", "", 1, 1),
        ("DATA", "554 no", 1, 1),
        (".", "552 too big", 1, 1),
        (".", "451 full", 1, 1),
        (".", "", 1, 0),
    ],
)
def test_a_refusal_waits_and_only_a_doubt_ends_it(
    mailed: Postal, server: MailServer, caplog: pytest.LogCaptureFixture, command: str, answer: str, tries: int, sent: int
) -> None:
    """Nothing leaves twice: a server that falls silent after the words may have taken them."""
    server.answers[command] = answer
    mailed.counter.submit(ANSWERS)
    mailed.run()
    mailed.later(seconds=10)
    assert (server.received, server.sessions) == ([], tries)
    assert EMAIL not in caplog.text
    assert "courrier :" in caplog.text
    del server.answers[command]
    mailed.later(hours=2)
    mailed.later(hours=2)
    assert len(server.received) == sent


@pytest.mark.slow
def test_an_address_that_is_refused_for_good_is_given_up_and_holds_nobody_back(mailed: Postal, server: MailServer) -> None:
    server.answers["RCPT"] = "550 no such user"
    mailed.counter.submit(ANSWERS)
    mailed.run()
    for _ in range(20):
        mailed.later(hours=30)
    assert server.sessions == outboxes.TRIES
    del server.answers["RCPT"]
    mailed.counter.submit({**ANSWERS, "nom": "L'Escale", "email": "escale@exemple.example"})
    mailed.restart()
    mailed.run()
    assert [letter["To"] for letter in server.received] == ["escale@exemple.example"]


def test_a_wrong_password_is_told_without_it(mailed: Postal, server: MailServer, caplog: pytest.LogCaptureFixture) -> None:
    server.login = ("site", "juste")
    mailed.outbox._delivery = Server(_smtp(server, user="site", password="faux-mot"))
    mailed.counter.submit(ANSWERS)
    mailed.run()
    assert "127.0.0.1 refuse [smtp] user ou password (réponse 535)" in caplog.text
    assert "faux-mot" not in caplog.text
    mailed.outbox._delivery = Server(_smtp(server, user="site", password="juste"))
    mailed.later(hours=1)
    assert len(server.received) == 1


def test_a_server_without_encryption_is_not_trusted(
    mailed: Postal, server: MailServer, caplog: pytest.LogCaptureFixture
) -> None:
    mailed.outbox._delivery = Server(_smtp(server, security="starttls"))
    mailed.counter.submit(ANSWERS)
    mailed.run()
    assert "ne connaît pas ce que demande [smtp] security = starttls" in caplog.text
    assert server.envelopes == []


@pytest.mark.slow
def test_a_server_that_is_not_there_or_silent_does_not_hold_a_pass(
    mailed: Postal, server: MailServer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(delivery, "TIMEOUT_SECONDS", 0.2)
    server.shutdown()  # the port is still open, and nobody answers
    mailed.counter.submit(ANSWERS)
    Shop.run(mailed)
    assert mailed.outbox._thread is not None
    mailed.outbox.wait()
    assert "ne répond pas comme un serveur de courrier" in caplog.text
    assert not json.loads(mailed.sync.store.get(FILE) or b"")["told"].get("1")


@pytest.mark.slow
def test_no_more_leave_in_an_hour_than_agreed(mailed: Postal, server: MailServer) -> None:
    mailed.outbox._per_hour = 3
    lines = [
        {
            "Nom": f"Halte {number}",
            "E-mail": f"h{number}@exemple.example",
            "Horodateur": serial(START.replace(tzinfo=None)) + number,
            "approved": False,
        }
        for number in range(7)
    ]
    mailed.write(table(lines))
    mailed.run()
    mailed.run()
    assert len(server.received) == 3
    mailed.later(minutes=61)
    assert len(server.received) == 6
    mailed.later(minutes=61)
    assert sorted(letter["To"] for letter in server.received) == sorted(line["E-mail"] for line in lines)


@pytest.mark.slow
def test_one_address_hears_a_few_times_a_day_at_most(mailed: Postal, server: MailServer) -> None:
    mailed.write(
        table(
            [
                {"Nom": f"Halte {number}", "E-mail": EMAIL, "Horodateur": 46000 + number, "approved": False}
                for number in range(9)
            ]
        )
    )
    mailed.run()
    mailed.run()
    assert len(server.received) == A_DAY
    mailed.later(days=2)
    assert len(server.received) == 9


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Key and certificate of 127.0.0.1, signed by nobody else."""
    openssl = shutil.which("openssl")
    if not openssl:
        pytest.skip("openssl is not installed: no certificate can be made")
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    options = [
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=127.0.0.1",
        "-addext",
        "subjectAltName=IP:127.0.0.1",
    ]
    subprocess.run(
        [openssl, "req", "-x509", *options, "-keyout", path.with_name("key"), "-out", path], check=True, capture_output=True
    )
    path.write_bytes(path.with_name("key").read_bytes() + path.read_bytes())
    return path


@pytest.mark.slow
@pytest.mark.parametrize("security", ["starttls", "ssl"])
@pytest.mark.parametrize("trusted", [True, False])
def test_letters_and_password_travel_encrypted_to_a_server_that_is_known(
    mailed: Postal,
    server: MailServer,
    certificate: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    security: str,
    trusted: bool,
) -> None:
    server.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.tls.load_cert_chain(certificate)
    server.implicit, server.login = security == "ssl", ("site", "juste")
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    mailed.outbox._delivery = Server(_smtp(server, security=security, user="site", password="juste"))
    mailed.counter.submit(ANSWERS)
    mailed.run()
    assert len(server.received) == trusted
    assert ("la connexion chiffrée à 127.0.0.1 échoue" in caplog.text) is not trusted


def test_a_key_that_cannot_be_read_costs_the_links_of_letters_and_no_more(
    shop: Postal, caplog: pytest.LogCaptureFixture
) -> None:
    first = shop.counter.submit(ANSWERS)
    shop.run()
    token = link(shop.files()["recue"])
    (key,) = (shop.folder / "var").glob("*.key")
    key.unlink()
    key.mkdir()
    shop.restart()
    assert shop.counter.open(token) is None
    assert shop.counter.open(first) is not None
    shop.run()
    shop.tick()
    assert shop.kinds() == ["recue"]
    assert "clé des liens privés" in caplog.text


def test_what_stands_in_lien_and_is_no_digest_costs_its_line_a_message(shop: Postal) -> None:
    shop.write(
        table(
            [
                {"E-mail": EMAIL, "approved": False, "lien": "à voir"},
                {"E-mail": "b@exemple.example", "approved": False, "Nom": "Autre", "lien": ""},
            ]
        )
    )
    shop.run()
    assert [letter["To"] for letter in shop.files().values()] == ["b@exemple.example"]

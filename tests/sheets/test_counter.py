"""The counter of the embedded sheet: a merchant hands in and mends, a volunteer reads and ticks, whoever has the workbook open."""

import pickle
from collections.abc import Callable
from pathlib import Path

import pytest

import allowance
import schema
from fields.cell import as_text
from sheets import counter as counters
from sheets.counter import Changed, Counter, Entry, token_digest
from sheets.loop import Loop
from sheets.open_counter import Refused
from tests.sheets.sheets import RESPONSES, Embedded, fiches, names, states, stored, table

ANSWERS = {
    "nom": "La Halte",
    "categorie": "Bar",
    "adresse": "1 rue Haute",
    "code_postal": "49100",
    "commune": "Angers",
    "telephone": "02 61 91 00 42",
    "email": "halte@exemple.example",
    "consentement": schema.CONSENT,
}


class Shop(Embedded):
    """An embedded site with its counter; the loop is not running: passes are asked for."""

    def restart(self) -> None:
        super().restart()
        self.counter = Counter(self.sync, Loop(self.sync), self.workbook)

    def run(self) -> None:
        """What one round of the loop does."""
        self.workbook.flush()
        self.counter.passes()

    def entry(self, name: str = "La Halte") -> Entry:
        return next(entry for entry in self.counter.entries() if entry.decision.submission.values["nom"] == name)

    def tick(self, value: bool = True, name: str = "La Halte") -> bool:
        entry = self.entry(name)
        return self.counter.tick(entry.id, entry.decision.submission.digest, value)

    def cells(self, line: int = 2) -> dict[str, str]:
        """A line of the workbook's file, by header."""
        head, *rows = self.tab(RESPONSES)
        row = rows[line - 2]
        return {str(header): as_text(row[at]) if at < len(row) else "" for at, header in enumerate(head)}


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    made = Shop(tmp_path, {RESPONSES: table([])})
    made.run()
    return made


@pytest.fixture
def lock(shop: Shop) -> Callable[[bool], None]:
    """Opens the workbook in LibreOffice, or closes it."""
    file = shop.path.with_name(f".~lock.{shop.path.name}#")

    def switch(opened: bool) -> None:
        file.write_text("Camille Exemple,camille,atelier,24.11.2026 10:12,;", "utf-8") if opened else file.unlink()

    return switch


# The road of one fiche


def test_from_the_form_to_the_site_and_back(shop: Shop) -> None:
    token = shop.counter.submit(ANSWERS)
    shop.run()
    assert states(shop.sync) == {"La Halte": "en attente"}
    assert (shop.cells()["Nom"], shop.cells()["approved"]) == ("La Halte", "FAUX")
    assert shop.tick()
    assert fiches(shop.sync)["La Halte"]["adresse"] == "1 rue Haute"
    slug = fiches(shop.sync)["La Halte"]["slug"]

    shop.counter.save(token, {**ANSWERS, "adresse": "2 rue Basse"})
    shop.run()
    assert states(shop.sync) == {"La Halte": "modifiée : à revalider"}
    assert fiches(shop.sync)["La Halte"]["adresse"] == "1 rue Haute"

    assert shop.tick()
    assert states(shop.sync) == {"La Halte": "en ligne"}
    assert (fiches(shop.sync)["La Halte"]["adresse"], fiches(shop.sync)["La Halte"]["slug"]) == ("2 rue Basse", slug)

    shop.counter.withdraw(token)
    shop.run()
    assert names(shop.sync) == []
    assert states(shop.sync) == {"La Halte": "retirée"}
    assert (shop.cells()["approved"], shop.cells()["Consentement"]) == ("FAUX", "")
    assert b"rue Basse" not in stored(shop.folder / "store")

    shop.counter.save(token, ANSWERS)
    shop.run()
    assert names(shop.sync) == []
    assert shop.tick()
    assert fiches(shop.sync)["La Halte"]["slug"] == slug


def test_a_tick_is_of_what_the_volunteer_saw(shop: Shop) -> None:
    token = shop.counter.submit(ANSWERS)
    shop.run()
    seen = shop.entry()
    shop.counter.save(token, {**ANSWERS, "adresse": "jamais relue"})
    shop.run()
    with pytest.raises(Changed):
        shop.counter.tick(seen.id, seen.decision.submission.digest, True)
    with pytest.raises(Changed):
        shop.counter.tick(shop.entry().id, seen.decision.submission.digest, True)
    shop.run()
    assert names(shop.sync) == []


def test_an_edit_that_arrives_with_the_tick_is_not_approved(shop: Shop) -> None:
    """The merchant has saved, no pass has seen it yet, and the volunteer ticks what was there before."""
    token = shop.counter.submit(ANSWERS)
    shop.run()
    shop.counter.save(token, {**ANSWERS, "adresse": "jamais relue"})
    with pytest.raises(Changed):
        shop.tick()
    shop.run()
    assert names(shop.sync) == []
    assert states(shop.sync) == {"La Halte": "en attente"}


def test_an_edit_that_arrives_with_the_tick_leaves_what_was_online(shop: Shop) -> None:
    token = shop.counter.submit(ANSWERS)
    shop.run()
    shop.tick()
    shop.counter.save(token, {**ANSWERS, "adresse": "2 rue Basse"})
    shop.run()
    shop.counter.save(token, {**ANSWERS, "adresse": "jamais relue"})
    with pytest.raises(Changed):
        shop.tick()
    shop.run()
    assert fiches(shop.sync)["La Halte"]["adresse"] == "1 rue Haute"


def test_unticking_withdraws_at_once(shop: Shop) -> None:
    shop.counter.submit(ANSWERS)
    shop.run()
    shop.tick()
    assert shop.tick(False)
    assert (names(shop.sync), states(shop.sync)) == ([], {"La Halte": "retirée"})
    assert shop.counter._vouched == set()


def test_two_alike_are_ticked_one_by_one(shop: Shop) -> None:
    shop.counter.submit(ANSWERS)
    shop.counter.submit({**ANSWERS, "nom": "L'Escale"})
    shop.run()
    shop.tick(name="L'Escale")
    assert names(shop.sync) == ["L'Escale"]


def test_a_note_is_private_and_changes_nothing_else(shop: Shop) -> None:
    shop.counter.submit(ANSWERS)
    shop.run()
    shop.tick()
    before = shop.sync.live.snapshot
    assert shop.counter.note(shop.entry().id, "rappeler lundi")
    assert shop.cells()["note"] == "rappeler lundi"
    assert shop.sync.live.snapshot is before
    assert b"rappeler lundi" not in stored(shop.folder / "store")
    with pytest.raises(Changed):
        shop.counter.note("nobody", "x")


def test_entries_tell_problems_and_likely_duplicates(shop: Shop) -> None:
    shop.counter.submit(ANSWERS)
    shop.counter.submit({**ANSWERS, "nom": "LA HALTE", "email": "autre@exemple.example", "categorie": "Caviste à vélo"})
    shop.run()
    first, second = shop.counter.entries()
    assert first.remark is not None
    assert "doublon possible : ressemble à la ligne 3" in first.remark.expected
    assert (first.problems, [problem.header for problem in second.problems]) == ((), ["Catégorie"])
    assert shop.counter.report is shop.sync.report
    assert shop.counter.error is None


# Private links


def test_the_link_is_kept_only_as_a_digest(shop: Shop) -> None:
    token = shop.counter.submit(ANSWERS)
    journal = b"".join(path.read_bytes() for path in (shop.folder / "var").iterdir())
    shop.run()
    assert shop.cells()[schema.LINK_HEADER] == token_digest(token)
    for kept in (journal, str(shop.tab(RESPONSES)).encode(), shop.path.read_bytes(), stored(shop.folder)):
        assert token.encode() not in kept
    assert len(token) >= 22  # 128 bits, six a sign


def test_a_link_opens_what_was_typed_written_or_not(shop: Shop, lock: Callable[[bool], None]) -> None:
    lock(True)
    token = shop.counter.submit(ANSWERS)
    shop.run()
    opened = shop.counter.open(token)
    assert opened is not None
    assert {key: opened[key] for key in ANSWERS} == ANSWERS
    shop.counter.save(token, {**ANSWERS, "telephone": "06 39 98 00 17"})
    opened = shop.counter.open(token)
    assert opened is not None
    assert opened["telephone"] == "06 39 98 00 17"
    lock(False)
    shop.run()
    assert shop.counter.open(token) == opened
    assert shop.cells()["Téléphone"] == "06 39 98 00 17"


@pytest.mark.slow
@pytest.mark.parametrize("token", ["", "x", "0" * 64])
def test_another_link_opens_nothing_and_changes_nothing(shop: Shop, token: str) -> None:
    shop.counter.submit(ANSWERS)
    shop.run()
    assert shop.counter.open(token) is None
    assert shop.counter.open(shop.cells()[schema.LINK_HEADER]) is None
    with pytest.raises(Refused, match="n'ouvre plus"):
        shop.counter.save(token, ANSWERS)
    before = shop.tab(RESPONSES)
    shop.counter.withdraw(token)
    shop.run()
    assert shop.tab(RESPONSES) == before
    assert shop.counter.waiting() == 0


def test_a_link_opens_a_sheet_whose_columns_have_other_names(tmp_path: Path) -> None:
    headers = [
        "Timestamp",
        "Nom",
        "Catégorie",
        "Commune",
        "Code postal",
        "Site internet",
        "Adresse e-mail",
        "Consentement",
        "approved",
    ]
    shop = Shop(tmp_path, {RESPONSES: [headers]})
    token = shop.counter.submit({**ANSWERS, "site": "https://halte.example"})
    shop.run()
    opened = shop.counter.open(token)
    assert opened is not None
    assert (opened["email"], opened["site"]) == (ANSWERS["email"], "https://halte.example")
    shop.tick()
    shop.counter.save(token, {**ANSWERS, "site": "https://autre.example"})
    shop.run()
    assert states(shop.sync) == {"La Halte": "modifiée : à revalider"}


# Refusals


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"nom": "  "}, {"nom": "Cette réponse est nécessaire."}),
        ({"categorie": ""}, {"categorie": "Cette réponse est nécessaire."}),
        ({"consentement": ""}, {"consentement": "Votre accord est nécessaire pour publier la fiche."}),
        ({"code_postal": "4900"}, {"code_postal": "5 chiffres attendus."}),
        ({"code_postal": "", "commune": ""}, {"commune": "Pour situer la fiche, écrivez la commune et son code postal."}),
        ({"description": "x" * 5001}, {"description": "C'est trop long : 5000 caractères au plus."}),
    ],
)
def test_a_refusal_names_the_question_and_writes_nothing(shop: Shop, change: dict[str, str], said: dict[str, str]) -> None:
    with pytest.raises(Refused) as caught:
        shop.counter.submit({**ANSWERS, **change})
    assert caught.value.said == said
    shop.run()
    assert len(shop.tab(RESPONSES)) == 1


@pytest.mark.parametrize(
    ("key", "answer"),
    [("email", "halte@@exemple"), ("site", "javascript:alert(1)"), ("photo", "IMG_2034.jpg"), ("ferme_du", "32/13/2026")],
)
def test_an_answer_that_would_be_lost_is_said(shop: Shop, key: str, answer: str) -> None:
    with pytest.raises(Refused) as caught:
        shop.counter.submit({**ANSWERS, key: answer})
    assert list(caught.value.said) == [key]


def test_a_refused_edit_changes_nothing(shop: Shop) -> None:
    token = shop.counter.submit(ANSWERS)
    shop.run()
    with pytest.raises(Refused):
        shop.counter.save(token, {**ANSWERS, "nom": ""})
    shop.run()
    assert shop.cells()["Nom"] == "La Halte"


def test_a_flood_is_refused_and_ends_after_an_hour(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = 1000.0
    monkeypatch.setattr(allowance.time, "monotonic", lambda: clock)
    for _ in range(counters.SUBMISSIONS_PER_ADDRESS):
        shop.counter.submit(ANSWERS, "192.0.2.1")
    with pytest.raises(Refused, match="Réessayez dans une heure"):
        shop.counter.submit(ANSWERS, "192.0.2.1")
    shop.counter.submit(ANSWERS, "192.0.2.2")
    assert b"192.0.2" not in pickle.dumps(shop.counter._allowance._times)
    clock += allowance.HOUR + 1
    shop.counter.submit(ANSWERS, "192.0.2.1")


def test_refused_answers_do_not_count(shop: Shop) -> None:
    for _ in range(counters.SUBMISSIONS_PER_ADDRESS + 1):
        with pytest.raises(Refused, match="nécessaire"):
            shop.counter.submit({**ANSWERS, "nom": ""}, "192.0.2.1")
    assert shop.counter.submit(ANSWERS, "192.0.2.1")


@pytest.mark.slow
def test_one_link_corrects_only_so_often(shop: Shop) -> None:
    """A private link in wrong hands cannot fill the journal; others' links go on."""
    token, other = shop.counter.submit(ANSWERS), shop.counter.submit({**ANSWERS, "nom": "Le Fournil"})
    shop.run()
    for number in range(counters.SAVES_PER_LINK):
        shop.counter.save(token, {**ANSWERS, "adresse": f"{number} rue Haute"})
    with pytest.raises(Refused, match="Réessayez dans une heure"):
        shop.counter.save(token, ANSWERS)
    shop.counter.save(other, {**ANSWERS, "nom": "Le Fournil", "adresse": "2 rue Basse"})


# While somebody has the workbook open


def test_what_is_handed_in_waits_until_the_workbook_is_closed(shop: Shop, lock: Callable[[bool], None]) -> None:
    lock(True)
    shop.counter.submit(ANSWERS)
    shop.run()
    assert (shop.counter.waiting(), len(shop.tab(RESPONSES))) == (1, 1)
    assert shop.counter.open_elsewhere().who == "Camille Exemple"
    lock(False)
    shop.run()
    assert (shop.counter.waiting(), states(shop.sync)) == (0, {"La Halte": "en attente"})


@pytest.mark.slow
def test_a_tick_waits_too_and_holds(shop: Shop, lock: Callable[[bool], None]) -> None:
    token = shop.counter.submit(ANSWERS)
    shop.run()
    shop.tick()
    shop.counter.save(token, {**ANSWERS, "adresse": "2 rue Basse"})
    shop.run()
    lock(True)
    assert not shop.tick()
    shop.run()
    lock(False)
    shop.run()
    assert fiches(shop.sync)["La Halte"]["adresse"] == "2 rue Basse"


def test_a_restart_loses_no_submission(shop: Shop, lock: Callable[[bool], None]) -> None:
    lock(True)
    token = shop.counter.submit(ANSWERS)
    shop.restart()
    assert shop.counter.open(token) is not None
    lock(False)
    shop.run()
    assert states(shop.sync) == {"La Halte": "en attente"}


# What people type


def test_text_that_looks_like_a_formula_stays_text(shop: Shop) -> None:
    typed = {"nom": "=^.^= Le Chat Pâtissier", "description": "=1+1", "telephone": "+33 2 61 91 00 42"}
    shop.counter.submit({**ANSWERS, **typed})
    shop.run()
    assert {key: shop.cells()[schema.BY_KEY[key].header] for key in typed} == typed
    shop.tick(name=typed["nom"])
    fiche = fiches(shop.sync)[typed["nom"]]
    assert (fiche["description"], fiche["telephone"]) == ("=1+1", "02 61 91 00 42")


def test_a_column_nobody_had_is_made(tmp_path: Path) -> None:
    """A sheet without the optional columns takes the form's answers all the same."""
    shop = Shop(tmp_path, {RESPONSES: [["Horodateur", "Nom", "Catégorie", "Commune", "Consentement", "approved"]]})
    shop.counter.submit({**ANSWERS, "code_postal": "49100"})
    shop.run()
    assert states(shop.sync) == {"La Halte": "en attente"}
    shop.tick()
    assert fiches(shop.sync)["La Halte"]["telephone"] == "02 61 91 00 42"

"""Only a clear yes publishes, only an agreement without reserve is one."""

import json
from pathlib import Path

import pytest

from fields.tick import Consent, Tick

CASES = Path(__file__).resolve().parents[2].parent / "shared" / "cases" / "open.json"
SENTENCE = "J'accepte que ces informations soient publiées"


@pytest.mark.parametrize(
    "cell", [True, "VRAI", "vrai", "TRUE", "true", "x", "X", "oui", "OUI !", "ok", "1", 1, 1.0, "1.0", "☑", "✓", "✔️", "✅"]
)
def test_a_clear_yes_ticks(cell):
    reading = Tick().read(cell, {})
    assert (reading.value, reading.faults) == (True, ())


@pytest.mark.parametrize("cell", [False, "FAUX", "faux", "FALSE", "non", "Non.", "0", 0, 0.0, "☐", "❌", "-", ""])
def test_a_clear_no_does_not_and_is_no_fault(cell):
    reading = Tick().read(cell, {})
    assert (reading.value, reading.faults) == (False, ())


@pytest.mark.parametrize(
    "cell",
    ["à vérifier", "pas encore", "oui ?", "oui mais", "non ok", 2, -1, 0.5, "vu", "ok sauf photo", "bientôt", float("nan")],
)
def test_a_doubt_does_not_tick_and_is_told(cell):
    reading = Tick().read(cell, {})
    assert False is reading.value
    assert "n'est pas une coche" in reading.faults[0].expected


@pytest.mark.skipif(not CASES.is_file(), reason="the public cases are not beside this checkout")
def test_the_public_case_of_ticks_as_texts():
    case = next(case for case in json.loads(CASES.read_text(encoding="utf-8")) if case["id"] == "tick-texts-o")
    readings = {row["Nom"]: Tick().read(row["approved"], {}) for row in case["input"]["rows"]}
    assert [name for name, reading in readings.items() if reading.value] == ["Essai 01", "Essai 02", "Essai 03"]
    assert [name for name, reading in readings.items() if reading.faults] == ["Essai 12", "Essai 13"]


@pytest.mark.parametrize(
    "cell",
    [
        SENTENCE,
        "J’ACCEPTE QUE CES INFORMATIONS SOIENT PUBLIEES.",
        f"{SENTENCE}, Je veux recevoir la lettre",
        "J'accepte",
        "Oui, j'accepte",
        "Je suis d'accord",
        "oui",
        "Oui, sans problème",
        True,
        "x",
        1,
    ],
)
def test_an_agreement_is_an_agreement(cell):
    reading = Consent(SENTENCE).read(cell, {})
    assert (reading.value, reading.faults) == (True, ())


@pytest.mark.parametrize(
    "cell",
    ["Je n'accepte pas", "non", "Non merci", False, 0, "", "-", "Je refuse", "pas d'accord", "J'accepte pas", "je ne veux pas"],
)
def test_a_refusal_is_no_fault(cell):
    reading = Consent(SENTENCE).read(cell, {})
    assert (reading.value, reading.faults) == (False, ())


@pytest.mark.parametrize(
    "cell",
    [
        "J'accepte, sauf la photo",
        f"{SENTENCE}, mais pas mon téléphone",
        "J'accepte ?",
        "oui mais après relecture",
        "peut-être",
        "oui et non",
        "J'accepterais",
        2,
    ],
)
def test_an_agreement_with_a_reserve_is_none_and_is_told(cell):
    reading = Consent(SENTENCE).read(cell, {})
    assert False is reading.value
    assert SENTENCE in reading.faults[0].expected


def test_a_sentence_that_itself_says_no_is_agreed_to_by_its_own_words():
    sentence = "J'accepte la publication, sans mon e-mail"
    assert Consent(sentence).read(sentence, {}).value

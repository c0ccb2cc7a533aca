"""A choice is found under any spelling of its own, and never under another's name."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fields.cell import slugify
from fields.choice import One, Several, YesNo
from schema import CATEGORIES, DELIVERY, LABELS, PAYMENTS, WELCOME

CASES = Path(__file__).resolve().parents[2].parent / "shared" / "cases" / "open.json"
BY_HAND = pytest.mark.skipif(not CASES.is_file(), reason="the public cases are not beside this checkout")
CATEGORY = One(CATEGORIES, free=True)
LABEL = Several(LABELS, {"ab": "Agriculture biologique (AB)", "bio": "Agriculture biologique (AB)"})
PAYMENT = Several(PAYMENTS, {"cb": "Carte bancaire", "ticket resto": "Titres-restaurant"})
COMMAS = Several(("Livraison à domicile", "Retrait en boutique", "Point relais, marché ou AMAP", "Point relais", "Marché"))


def case(name):
    return next(case for case in json.loads(CASES.read_text(encoding="utf-8")) if case["id"] == name)["input"]


@pytest.mark.parametrize(
    ("cell", "option"),
    [
        ("boulangeries ", "Boulangerie"),
        ("BOULANGERIE", "Boulangerie"),
        ("bien être", "Bien-être"),
        ("epicerie", "Épicerie"),
        ("Marchés.", "Marché"),
    ],
)
def test_case_accents_plurals_and_punctuation_do_not_matter(cell, option):
    reading = CATEGORY.read(cell, {})
    assert (option, ()) == (reading.value, reading.faults)


@pytest.mark.parametrize(
    "cell", ["Fromagerie ambulante", "Boulangerie, Pâtisserie, autre : salon de thé, l'après-midi", "Bar à vins"]
)
def test_another_category_is_kept_as_written_and_told(cell):
    reading = CATEGORY.read(cell, {})
    assert cell == reading.value
    assert reading.faults[0].expected == "n'est pas un des choix proposés"


def test_a_slip_of_the_pen_is_not_mended_but_the_option_is_proposed():
    reading = CATEGORY.read("Boulangrie", {})
    assert reading.value == "Boulangrie"
    assert "«Boulangerie» ?" in reading.faults[0].expected


@pytest.mark.parametrize("cell", ["-", "…", "!!"])
def test_signs_alone_are_no_category(cell):
    assert CATEGORY.read(cell, {}).value == ""


def test_without_free_words_an_unknown_choice_is_left_out_and_the_options_are_said():
    reading = One(WELCOME).read("fermé", {})
    assert reading.value == ""
    assert all(option in reading.faults[0].expected for option in WELCOME)


def test_options_that_are_signs_are_not_taken_for_each_other():
    assert [One(("☕",)).read(cell, {}).value for cell in ("🍞", "☕")] == ["", "☕"]


@pytest.mark.parametrize(
    ("kind", "cell", "values"),
    [
        (COMMAS, "Point relais, marché ou AMAP, à vélo, le soir", ("Point relais, marché ou AMAP", "à vélo, le soir")),
        (COMMAS, "Point relais, marché ou AMAP, Marché", ("Point relais, marché ou AMAP", "Marché")),
        (COMMAS, "Point relais, à vélo", ("Point relais", "à vélo")),
        (COMMAS, "Marché, Retrait en boutique", ("Retrait en boutique", "Marché")),
        (COMMAS, "Marché de Cholet, le samedi", ("Marché de Cholet, le samedi",)),
        (PAYMENT, "Espèces, dès 20,50 € par carte, sur devis", ("Espèces", "dès 20,50 € par carte, sur devis")),
        (PAYMENT, "CB/espèces/chèques", ("Espèces", "Carte bancaire", "Chèque")),
        (PAYMENT, "Espèces, CB (dès 10 €)", ("Espèces", "Carte bancaire", "CB (dès 10 €)")),
        (PAYMENT, "Espèces, CB (pas encore)", ("Espèces", "CB (pas encore)")),
        (PAYMENT, "espèces ; virement", ("Espèces", "Virement")),
        (PAYMENT, "au comptoir ; en fin de mois", ("au comptoir ; en fin de mois",)),
        (LABEL, "AB, Demeter", ("Agriculture biologique (AB)", "Demeter")),
        (
            LABEL,
            "nature et progres\n- Agriculture Biologique\n- Local",
            ("Agriculture biologique (AB)", "Nature & Progrès", "Local"),
        ),
        (LABEL, "en conversion, depuis 2019", ("en conversion, depuis 2019",)),
        (LABEL, "Bio, AB, bio", ("Agriculture biologique (AB)",)),
    ],
)
def test_known_options_are_taken_out_and_the_rest_is_one_answer(kind, cell, values):
    reading = kind.read(cell, {})
    assert (values, ()) == (reading.value, reading.faults)


@pytest.mark.parametrize("cell", ["-", "aucun", "néant", "pas de livraison", "non"])
def test_none_of_them_is_an_empty_answer(cell):
    assert LABEL.read(cell, {}).value == ()


@given(
    ticked=st.sets(st.sampled_from(DELIVERY)),
    other=st.sampled_from(["", "à vélo, dans Angers", "je me déplace (30 km), sur devis"]),
)
def test_what_google_joins_is_taken_apart(ticked, other):
    in_order = tuple(option for option in DELIVERY if option in ticked)
    expected = (*in_order, other) if other else in_order
    assert expected == Several(DELIVERY).read(", ".join(expected), {}).value


@pytest.mark.parametrize("options", [CATEGORIES, WELCOME, DELIVERY, PAYMENTS, LABELS])
def test_each_option_reads_as_itself(options):
    assert list(options) == [One(options).read(option, {}).value for option in options]


@BY_HAND
def test_the_public_case_of_commas_in_options():
    given_options = case("choice-commas-o")
    kind = Several(tuple(given_options["options of «Modes de livraison»"]))
    values = kind.read(given_options["rows"][0]["Modes de livraison"], {}).value
    assert values == ("Livraison à domicile", "Point relais, marché ou AMAP", "à vélo, seulement le centre-ville")
    assert slugify(values[1]) == "point-relais-marche-ou-amap"


@BY_HAND
def test_the_public_case_of_reworded_options():
    options, rows = case("choice-unknown-o").values()
    readings = [One(tuple(options), free=True).read(row["Catégorie"], {}) for row in rows]
    assert [reading.value for reading in readings] == ["Boulangerie", "Boulangerie", "Fromagerie ambulante", "Boulangerie"]
    assert [len(reading.faults) for reading in readings] == [0, 0, 1, 0]


@pytest.mark.parametrize(
    ("cell", "answer"),
    [
        *((cell, True) for cell in ("oui", "Oui, avec plaisir", "Oui, la Muse", "x", "VRAI", True, 1, "1", "Bien sûr !")),
        *((cell, False) for cell in ("non", "Non merci", "FAUX", False, 0, "pas encore", "Nous ne la prenons pas")),
        *((cell, None) for cell in ("", "-")),
    ],
)
def test_yes_and_no_are_understood(cell, answer):
    reading = YesNo().read(cell, {})
    assert answer is reading.value
    assert reading.faults == ()


@pytest.mark.parametrize(
    "cell", ["bientôt !", "oui et non", "oui mais pas pour tout", "peut-être", "Non, enfin oui", 2, "la Muse"]
)
def test_what_is_neither_yes_nor_no_is_told(cell):
    reading = YesNo().read(cell, {})
    assert None is reading.value
    assert reading.faults[0].expected == "répondez «Oui» ou «Non»"

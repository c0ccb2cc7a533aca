"""An e-mail address that can be written to, a SIRET whose control digit is right."""

import pytest

from fields.person import Email, Siret


@pytest.mark.parametrize(
    ("cell", "address"),
    [
        (" Contact@Ferme.Example ", "Contact@ferme.example"),
        ("mailto:a.b+c@exemple.example", "a.b+c@exemple.example"),
        ("Camille <camille@exemple.example>", "camille@exemple.example"),
        ("contact@exemple.example.", "contact@exemple.example"),
        ("a@épi.example", "a@xn--pi-9ia.example"),
        ("lathan@exemple.example www.exemple.example", "lathan@exemple.example"),
    ],
)
def test_an_address_is_read(cell, address):
    reading = Email().read(cell, {})
    assert (address, ()) == (reading.value, reading.faults)


def test_of_two_addresses_the_first_is_kept_and_told():
    reading = Email().read("a@exemple.example ; b@exemple.example", {})
    assert reading.value == "a@exemple.example"
    assert "une seule" in reading.faults[0].expected


@pytest.mark.parametrize(
    "cell",
    [
        "contact@example",
        "prive.halte@@example.org",
        "a..b@exemple.example",
        "@exemple.example",
        "a@localhost",
        "été@exemple.example",
        12,
        True,
    ],
)
def test_what_cannot_be_an_address_is_told(cell):
    reading = Email().read(cell, {})
    assert reading.value == ""
    assert "une adresse e-mail est attendue" in reading.faults[0].expected


@pytest.mark.parametrize(
    "cell",
    [
        "732 829 320 00074",
        "73282932000074",
        73282932000074,
        73282932000074.0,
        "SIRET : 732.829.320.00074",
        "732\u00a0829\u202f320 00074",
    ],
)
def test_a_siret_is_fourteen_digits_however_spaced(cell):
    reading = Siret().read(cell, {})
    assert (reading.value, reading.faults) == ("73282932000074", ())


def test_a_number_gets_back_the_zeros_it_lost():
    assert Siret().read(552017600008, {}).value == "00552017600008"


@pytest.mark.parametrize("cell", ["35600000000048", "35600000009075"])
def test_la_postes_offices_have_a_rule_of_their_own(cell):
    assert cell == Siret().read(cell, {}).value


@pytest.mark.parametrize(
    "cell", ["12345678901234", 7328293200007, "73282932000075", "FR 32 732829320", "1" * 15, "7328293200007²"]
)
def test_a_wrong_siret_is_told(cell):
    reading = Siret().read(cell, {})
    assert reading.value == ""
    assert "14 chiffres" in reading.faults[0].expected


def test_a_siren_is_called_by_its_name():
    assert "SIREN" in Siret().read("732 829 320", {}).faults[0].expected


@pytest.mark.parametrize("cell", ["en cours", "-", "néant"])
def test_no_answer_is_no_fault(cell):
    assert [(reading.value, reading.faults) for reading in (Email().read(cell, {}), Siret().read(cell, {}))] == [
        ("", ()),
        ("", ()),
    ]

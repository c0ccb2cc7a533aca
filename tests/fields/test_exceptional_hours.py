"""Dated hours: read whole or not at all, and never of a year that was not meant."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fields.hours import exceptional_hours
from tests.tries import tries

SAID = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("Ouvert le dimanche 20 décembre de 9h à 13h", ["2026 Dec 20 09:00-13:00"]),
        ("Fermé le 24 décembre", ["2026 Dec 24 off"]),
        ("Du 5 au 24 décembre : 9h-12h", ["2026 Dec 5-24 09:00-12:00"]),
        ("Fermé du 20 décembre au 4 janvier", ["2026 Dec 20-2027 Jan 4 off"]),
        ("Ouvert le mardi 22 et le jeudi 24 décembre 2026 sans interruption de 7h à 18h", ["2026 Dec 22 07:00-18:00", "2026 Dec 24 07:00-18:00"]),
        ("Ouvert les dimanches 13 et 20 décembre de 14h à 18h", ["2026 Dec 13 14:00-18:00", "2026 Dec 20 14:00-18:00"]),
        ("Fermé le 25 décembre et le 1er janvier", ["2026 Dec 25 off", "2027 Jan 1 off"]),
        ("24 décembre : 9h-17h\n25 décembre : fermé", ["2026 Dec 24 09:00-17:00", "2026 Dec 25 off"]),
        ("24/12 : 9h-17h ; 25/12 : fermé", ["2026 Dec 24 09:00-17:00", "2026 Dec 25 off"]),
        ("Le 24 décembre ouvert de 9h à 16h, fermé le 25 décembre", ["2026 Dec 24 09:00-16:00", "2026 Dec 25 off"]),
        ("Ouverture exceptionnelle le dimanche 20 décembre de 10h à 12h et 14h-18h", ["2026 Dec 20 10:00-12:00,14:00-18:00"]),
        ("9h-13h le dimanche 20 décembre", ["2026 Dec 20 09:00-13:00"]),
        ("Congés du 3 au 17 janvier", ["2027 Jan 3-17 off"]),
        ("Fermé jusqu'au 3 janvier", ["2026 Nov 20-2027 Jan 3 off"]),
        ("Tous les jours du 5 au 24 décembre 10h-19h. Fermé le 13 décembre", ["2026 Dec 5-24 10:00-19:00", "2026 Dec 13 off"]),
        ("Fermé du 15 au 25 novembre", ["2026 Nov 15-25 off"]),
    ],
)  # fmt: skip
def test_dated_hours_are_read(text, meant):
    found = exceptional_hours(text, SAID)
    assert found is not None
    assert [each.osm for each in found] == meant


@pytest.mark.parametrize(
    "text",
    [
        "Fermé le 11 novembre",  # over when somebody vouched for it: this year's, or the next one's?
        "Fermé du 3 au 17 août",
        "Fermé le dimanche 24 décembre",  # a Thursday
        "Fermé le 24 décembre à 16h",
        "Fermé le 24 décembre après-midi",
        "Ouvert le 24 décembre",
        "Jeudi 24 décembre 2026 : 7h-18h sur commande",
        "Menu de fête le 31 décembre, sur réservation",
        "Fermé le 24 décembre. Appelez-nous",
        "24 décembre 9h-17h. 24 décembre 9h-12h",
        "Fermé du 20 au 30 décembre. Du 25 décembre au 4 janvier 9h-12h",
        "24 décembre 8-12",
        "Fermé le 31 novembre",
        "Fermé les jours fériés",
        "Lundi 9h-12h",
        "",
    ],
)
def test_what_leaves_a_doubt_is_only_shown(text):
    assert exceptional_hours(text, SAID) is None


def test_without_a_day_that_vouches_for_it_a_date_needs_its_year():
    assert exceptional_hours("Fermé le 24 décembre", None) is None
    assert exceptional_hours("Fermé le 24 décembre 2026", None)


def test_a_day_without_year_keeps_the_year_that_was_meant_once_it_is_past():
    """It lapses: what was said in November speaks of this December, whenever it is asked."""
    assert [each.first for each in exceptional_hours("Fermé le 24 décembre", date(2026, 12, 24)) or ()] == [date(2026, 12, 24)]
    assert exceptional_hours("Fermé le 24 décembre", date(2026, 12, 25)) is None


@tries(150)
@given(st.lists(st.sampled_from("fermé ouvert le du au 24 5 décembre 29 février 2026 9h 12h - , : / et jusqu'à tous_les_jours dimanche \n".split(" ")), max_size=12), st.dates(date(2020, 1, 1), date(2030, 1, 1)))  # fmt: skip
def test_any_words_give_ordered_days_or_nothing(words, said):
    for each in exceptional_hours(" ".join(words).replace("_", " "), said) or ():
        assert each.first <= each.last

"""The address of a question: what is written in it comes back out of it, and nothing in it can raise."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import schema
from annuaire import Query, parse
from tests.tries import tries

NAMES = st.sampled_from([*schema.FACETS, "q", "ouvert", "pres", "rayon", "tri", "page", "inconnu"])
VALUES = st.one_of(
    st.text(st.characters(codec=None), max_size=120),
    st.sampled_from(
        [
            "1",
            "oui",
            "non",
            "NaN",
            "-1",
            "1e999",
            "9" * 5000,
            "a,b,,a",
            "distance",
            "jour",
            "2026-11-24T10:00 01:00",
            "47.4,-0.5",
        ]
    ),
)
PAIRS = st.lists(st.tuples(NAMES, VALUES), max_size=12)


@tries(150)
@given(PAIRS)
@example([("monnaie", "0,")])
@example([("monnaie", "1,bof")])
def test_any_address_is_a_query_and_its_own_address_gives_it_back(pairs):
    query = parse(pairs)
    assert query == parse(query.pairs())
    assert hash(query) == hash(parse(query.pairs()))
    query.url().encode("ascii")


def test_repeated_and_comma_separated_choices_are_the_same_query():
    assert parse([("categorie", "bar"), ("categorie", "cave")]) == parse([("categorie", "cave,bar, bar,")])


def test_defaults_are_left_out_of_the_address():
    assert Query(rayon=10, tri="jour", page=1).pairs() == []
    assert Query().url() == "/"
    assert Query(q=" pain ", tri="pertinence").pairs() == [("q", "pain")]


def test_words_are_cut_at_a_hundred_characters_and_lose_what_nobody_sees():
    assert parse([("q", "a" * 101)]).q == "a" * 100
    assert parse([("q", "\x00pa\ud8a0in\u202e")]).q == "pain"


@pytest.mark.parametrize(("written", "page"), [("-1", 1), ("abc", 1), ("0", 1), ("3", 3), ("", 1), ("9" * 5000, 1)])
def test_a_page_that_is_none_is_the_first(written, page):
    assert page == parse([("page", written)]).page


@pytest.mark.parametrize(
    ("written", "km"), [("25", 25), ("2,5", 2.5), ("NaN", 10), ("inf", 10), ("0.05", 10), ("201", 10), ("-3", 10), ("", 10)]
)
def test_a_radius_out_of_range_is_ten_kilometres(written, km):
    assert km == parse([("rayon", written)]).rayon


@pytest.mark.parametrize("written", ["1", "oui", "true", "OUI"])
def test_yes_may_be_said_in_several_ways(written):
    assert parse([("monnaie", written)]).pairs() == [("monnaie", "1")]
    assert parse([("ouvert", written)]).ouvert == "1"


def test_an_answer_that_is_neither_yes_nor_no_stays_in_the_address():
    query = parse([("monnaie", "peut-etre")])
    assert not query.monnaie
    assert query.pairs() == [("monnaie", "peut-etre")]


@pytest.mark.parametrize("written", ["__class__", "", "JOUR", "prix"])
def test_an_unknown_order_is_the_default(written):
    assert parse([("tri", written)]).tri == ""


def test_an_order_that_lacks_what_it_needs_is_the_default():
    assert parse([("tri", "distance")]).order == "jour"
    assert Query(tri="pertinence").order == "jour"
    assert parse([("tri", "distance"), ("pres", "angers")]).order == "distance"


def test_a_choice_is_added_or_taken_away_on_the_first_page():
    query = Query(choices={"categorie": ("bar",)}, page=4)
    assert Query(choices={"categorie": ("bar", "cave")}) == query.having("categorie", "cave")
    assert Query() == query.without("categorie", "bar") == query.without("categorie")
    assert Query() == Query(pres="angers", rayon=25, tri="distance").without("pres")
    assert Query(q="pain", page=2) == Query(q="pain").to_page(2)
    asked = Query(q="pain", choices={"commune": ("angers", "cholet"), "label": ("bio",)}, page=2)
    alone = asked.only("commune", "saumur")
    assert alone == Query(q="pain", choices={"label": ("bio",), "commune": ("saumur",)})
    assert (alone.url(), hash(alone)) == ("/?q=pain&commune=saumur&label=bio", hash(parse(alone.pairs())))
    assert asked.choices["commune"] == ("angers", "cholet")
    assert asked.turned_on("ouvert") == Query(q="pain", choices=asked.choices, ouvert="1")
    assert Query(choices={"monnaie": ("peut-être",)}, page=3).turned_on("monnaie") == Query(monnaie=True)


def test_an_address_is_quoted():
    assert (
        Query(q="pain & 50 % d'é", choices={"commune": ("l'île",)}).url()
        == "/?q=pain+%26+50+%25+d%27%C3%A9&commune=l%27%C3%AEle"
    )


def test_a_query_cannot_be_changed_in_place():
    query = Query(choices={"categorie": ("bar",)})
    with pytest.raises(TypeError):
        query.choices["commune"] = ("angers",)  # type: ignore[index]

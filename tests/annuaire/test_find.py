"""What a query finds, what it says of it, and what it never does."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import schema
from annuaire import PAGE_SIZE, Query, counts, facets, find, labels, loosen, parse, prepare, tile
from schema import Site
from tests.annuaire.snapshots import NOW, snapshot
from tests.tries import tries

TOWN = snapshot(
    {"nom": "Fournil", "categorie": "Boulangerie", "latitude": 47.471, "longitude": -0.547, "paiement": ("Chèque",), "monnaie": True,
     "opening_hours": "Tu-Sa 09:00-19:00", "parue_le": datetime(2026, 3, 1, tzinfo=UTC)},
    {"nom": "Épi", "categorie": "Boulangerie", "commune": "Saumur", "latitude": 47.26, "longitude": -0.076, "paiement": ("Espèces", "Chèque"),
     "opening_hours": "Mo 09:00-12:00", "parue_le": datetime(2026, 5, 1, tzinfo=UTC)},
    {"nom": "Comptoir", "categorie": "Bar", "labels": ("Fait main", "AOP"), "opening_hours": "Tu-Sa 09:00-19:00",
     "ferme_du": date(2026, 11, 20), "ferme_au": date(2026, 11, 30)},
    {"nom": "Camion", "categorie": "Fromagerie ambulante", "commune": "Les Garennes sur Loire", "ancienne_commune": "Juigné-sur-Loire"},
)  # fmt: skip


def names(*pairs: tuple[str, str], now: datetime = NOW) -> set[str]:
    return {TOWN.fiches["nom"][row] for row in find(TOWN, parse(pairs), now).rows}


def test_any_of_within_a_facet_and_all_across_facets():
    assert {"Fournil", "Épi", "Comptoir"} == names(("categorie", "boulangerie,bar"))
    assert {"Épi"} == names(("categorie", "boulangerie,bar"), ("paiement", "especes"))
    assert {"Fournil"} == names(("categorie", "boulangerie"), ("monnaie", "1"))
    assert {"Comptoir"} == names(("label", "fait-main"))


def test_a_category_nobody_proposed_is_under_its_own_name_and_under_other():
    assert {"Camion"} == names(("categorie", "fromagerie-ambulante")) == names(("categorie", "autre"))
    assert set() == names(("categorie", "fromagerie"))
    offered = {option.label: option.count for option in facets(TOWN, Query(), NOW)["categorie"]}
    assert offered == {"Bar": 1, "Boulangerie": 2, "Autre": 1}
    assert list(offered) == ["Bar", "Boulangerie", "Autre"]


def test_a_former_commune_is_found_under_its_name():
    assert {"Camion"} == names(("commune", "juigne-sur-loire")) == names(("commune", "les-garennes-sur-loire"))


def test_a_choice_may_be_written_as_its_label():
    assert {"Fournil", "Épi"} == names(("categorie", "Boulangerie"))


@pytest.mark.parametrize(
    ("pair", "message"),
    [
        (("categorie", "xyz"), "La catégorie «xyz» n'existe pas ici."),
        (("commune", "cholet"), "Aucune fiche dans la commune «Cholet»."),
        (("label", "<b>"), "Le label «<b>» n'existe pas ici."),
        (("pres", "nullepart"), "Aucune commune «nullepart»."),
        (("pres", "47.47,-0.54,9"), "Aucune commune «47.47,-0.54,9»."),
        (("pres", "147.47,-0.54"), "Aucune commune «147.47,-0.54»."),
        (("ouvert", "2026-13-45"), "«2026-13-45» n'est pas une date : écrivez par exemple «2026-11-24T10:00»."),
        (("monnaie", "bof"), "«monnaie=bof» ne se comprend pas : écrivez «monnaie=1»."),
        (("q", "???"), "«???» ne contient aucun mot à chercher."),
    ],
)
def test_an_unknown_value_selects_nothing_and_says_so(pair, message):
    result = find(TOWN, parse([pair]), NOW)
    assert result.total == 0
    assert (message,) == result.messages
    assert [Query()] == [chip.query for chip in result.chips]
    assert pair[0] == "q" or not result.chips[0].known
    assert [one.total for one in loosen(TOWN, parse([pair]), NOW)] == [4]


def test_an_unknown_value_among_known_ones_leaves_the_known_ones():
    result = find(TOWN, parse([("categorie", "xyz,bar")]), NOW)
    assert result.total == 1
    assert [(chip.label, chip.known) for chip in result.chips] == [("Bar", True), ("xyz", False)]


def test_a_choice_of_the_form_that_nobody_made_is_known_and_empty():
    result = find(TOWN, parse([("categorie", "librairie")]), NOW)
    assert (result.total, result.messages, result.chips[0].known) == (0, (), True)


def test_unknown_parameters_and_orders_are_ignored():
    assert len(names(("inconnu", "1"), ("tri", "__class__"))) == 4


def test_open_is_asked_at_a_time_in_paris_and_closures_count():
    assert (
        {"Fournil"} == names(("ouvert", "1")) == names(("ouvert", "2026-11-25T10:00")) == names(("ouvert", "2026-11-25T17:59Z"))
    )
    assert set() == names(("ouvert", "2026-11-25T18:00Z"))
    assert {"Fournil", "Comptoir"} == names(("ouvert", "2026-12-01T10:00"))
    assert {"Épi"} == names(("ouvert", "1"), now=datetime(2026, 11, 23, 8, 30, tzinfo=UTC))


def test_the_hours_after_midnight_belong_to_the_day_before():
    bars = snapshot(
        {"opening_hours": "Mo-Th 11:00-24:00, Fr-Sa 11:00-02:00, Su 11:00-22:00"},
        {"opening_hours": "Su[1] 20:00-03:00"},
        {"opening_hours": "Sa"},
    )
    at = {
        text: find(bars, Query(ouvert=text), NOW).rows.tolist()
        for text in ("2026-11-29T01:30", "2026-11-30T01:30", "2026-12-07T02:00")
    }
    assert at == {"2026-11-29T01:30": [0], "2026-11-30T01:30": [], "2026-12-07T02:00": [1]}


def test_near_a_commune_or_a_point_within_the_radius_nearest_first():
    result = find(TOWN, parse([("pres", "angers"), ("rayon", "60"), ("tri", "distance")]), NOW)
    assert [TOWN.fiches["nom"][row] for row in result.page_rows] == ["Fournil", "Épi"]
    assert result.page_distances[0] < 1 < 40 < result.page_distances[1] < 60
    assert {"Fournil"} == names(("pres", "Angers")) == names(("pres", "47.47,-0.55")) == names(("pres", "49000"))
    assert tuple(chip.label for chip in result.chips) == ("Angers, à moins de 60 km",)


def test_of_homonymous_communes_the_nearest_to_the_site_is_meant():
    paris = snapshot({"latitude": 48.93, "longitude": 2.36}, site=Site(centre=(48.86, 2.35)))
    reunion = snapshot({"latitude": -20.88, "longitude": 55.45})
    assert (1, 1) == (find(paris, Query(pres="saint-denis"), NOW).total, find(reunion, Query(pres="saint-denis"), NOW).total)


def test_orders():
    def order(tri: str, now: datetime = NOW) -> list[str]:
        return [TOWN.fiches["nom"][row] for row in find(TOWN, Query(tri=tri), now).rows]

    assert order("nom") == ["Camion", "Comptoir", "Épi", "Fournil"]
    assert order("nouveau") == ["Épi", "Fournil", "Camion", "Comptoir"]
    assert order("jour") == order("distance") == order("")


def test_the_order_of_the_day_changes_with_the_day_in_paris_and_keeps_its_place_when_a_fiche_comes():
    shops = [{"slug": f"s{number}"} for number in range(60)]
    few, more = snapshot(*shops), snapshot(*shops, {"slug": "venue"})
    today = find(few, Query(), NOW).rows.tolist()
    assert today == find(few, Query(), NOW + timedelta(hours=13)).rows.tolist()
    assert today != find(few, Query(), NOW + timedelta(hours=14)).rows.tolist()
    assert today == [row for row in find(more, Query(), NOW).rows if row != 60]


def test_pages():
    shops = snapshot(*({} for _ in range(PAGE_SIZE + 1)))
    first, last, beyond = (find(shops, Query(page=page), NOW) for page in (1, 2, 99))
    assert (len(first.page_rows), len(last.page_rows), len(beyond.page_rows)) == (PAGE_SIZE, 1, 0)
    assert (beyond.pages, beyond.page, beyond.total) == (2, 99, PAGE_SIZE + 1)
    assert set(range(PAGE_SIZE + 1)) == {*first.page_rows, *last.page_rows}


def test_a_count_is_that_of_the_query_with_this_choice_instead():
    query = parse([("categorie", "boulangerie"), ("paiement", "cheque")])
    for facet, options in facets(TOWN, query, NOW).items():
        for option in options:
            alone = find(TOWN, query.without(facet).having(facet, option.slug), NOW)
            assert alone.total == option.count
    assert {"boulangerie"} == {option.slug for option in facets(TOWN, query, NOW)["categorie"] if option.selected}
    assert "monnaie" not in facets(TOWN, query, NOW)
    counted = {facet: [option.count for option in options] for facet, options in facets(TOWN, query, NOW).items()}
    assert counts(TOWN, query, NOW) == counted


def test_labels_are_those_offered():
    assert labels(TOWN)["label"] == {"aop": "AOP", "fait-main": "Fait main"}
    labels(TOWN)["label"].clear()
    assert labels(TOWN)["label"]


def test_an_empty_result_says_which_choice_to_take_away_the_most_fruitful_first():
    query = parse([("categorie", "bar"), ("paiement", "cheque"), ("monnaie", "1")])
    assert [(one.label, one.total) for one in loosen(TOWN, query, NOW)] == [("Sans «Bar»", 1)]
    two = loosen(TOWN, parse([("categorie", "bar"), ("commune", "saumur")]), NOW)
    assert [(one.label, one.total) for one in two] == [("Sans «Bar»", 1), ("Sans «Saumur»", 1)]


def test_nothing_shared_can_be_changed():
    result = find(TOWN, Query(q="fournil"), NOW)
    with pytest.raises(ValueError):
        result.rows[0] = 3
    assert result.rows.tolist() == find(TOWN, Query(q="fournil"), NOW).rows.tolist()


def test_a_site_without_fiches_answers():
    empty = snapshot()
    prepare(empty)
    for query in (Query(), Query(q="pain", pres="angers", ouvert="1", monnaie=True, tri="nouveau")):
        assert (find(empty, query, NOW).total, find(empty, query, NOW).pages) == (0, 1)
        assert [] == loosen(empty, query, NOW) == tile(empty, query, 0, 0, 0, NOW)["features"]
    assert all(not options for options in facets(empty, Query(), NOW).values())


VALUES = {
    "categorie": ["boulangerie", "bar", "autre", "xyz"], "commune": ["angers", "saumur", "juigne-sur-loire"], "paiement": ["cheque", "especes"],
    "label": ["aop", "🍞"], "livraison": ["drive"], "monnaie": ["1", "?"], "q": ["pain", "fournil", "epi", "l'", "*"], "ouvert": ["1", "hier", "2026-12-01T10:00"],
    "pres": ["angers", "47.3,-0.1", "0,0", "x"], "rayon": ["200", "0"], "tri": ["nom", "jour", "nouveau", "distance", "pertinence"], "page": ["2", "0"],
}  # fmt: skip
PAIRS = st.lists(st.sampled_from([(name, value) for name, values in VALUES.items() for value in values]), max_size=6)


@tries(120)
@given(PAIRS)
def test_a_query_finds_each_row_at_most_once_and_no_more_than_with_a_choice_less(pairs):
    query = parse(pairs)
    result = find(TOWN, query, NOW)
    assert result.total == len(set(result.rows.tolist()))
    assert set(result.rows.tolist()) <= set(range(len(TOWN)))
    for parameter in ("q", "ouvert", "pres", "monnaie", *schema.FACETS):
        assert set(result.rows.tolist()) <= set(find(TOWN, query.without(parameter), NOW).rows.tolist())
    assert np.isin(result.page_rows, result.rows).all()


def test_what_is_to_be_confirmed_comes_behind_at_equal_relevance():
    """For the order of the day and of relevance; an exact name still comes first, and the alphabet does not move."""
    days = {"pain-bis": 200, "pain-noir": 0, "pain-rond": 180}
    rows = [
        {"slug": slug, "nom": slug.replace("-", " "), "verifie_le": (NOW - timedelta(days=age)).date()}
        for slug, age in days.items()
    ]
    found = snapshot(*rows)

    def order(**asked):
        return [found.records([row])[0]["slug"] for row in find(found, Query(**asked), NOW).rows.tolist()]

    assert order()[-1] == "pain-bis"
    assert order(q="pain")[-1] == "pain-bis"
    assert order(q="pain bis")[0] == "pain-bis"
    assert order(tri="nom")[0] == "pain-bis"

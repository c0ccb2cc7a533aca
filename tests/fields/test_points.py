"""Other points of sale: places and times are those the text surely tells."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fields import communes
from fields.points import MOST, Point, points
from tests.tries import tries


def one(text: str, code: str = "49300", insee: str = "49099") -> Point:
    [found] = points(text, code, insee)
    return found


@pytest.mark.parametrize(
    ("text", "name", "address", "commune", "hours"),
    [
        ("Marché Lafayette, Angers, samedi 8h-13h", "Marché Lafayette, Angers", "", "Angers", "Sa 08:00-13:00"),
        ("Marché de Cholet, samedi matin, place Travot", "Marché de Cholet", "place Travot", "Cholet", ""),
        ("AMAP de Trélazé, jeudi 18h-19h30", "AMAP de Trélazé", "", "Trélazé", "Th 18:00-19:30"),
        ("Vihiers, mercredi 9h-12h30, place de la Fontaine", "Vihiers", "place de la Fontaine", "Vihiers", "We 09:00-12:30"),
        ("Coron, jeudi 9h-11h, devant l'église", "Coron", "", "Coron", "Th 09:00-11:00"),
        ("Marché du Lion-d'Angers, vendredi 8h-12h", "Marché du Lion-d'Angers", "", "Le Lion-d'Angers", "Fr 08:00-12:00"),
        ("Marché des Ponts-de-Cé, vendredi 16h-19h", "Marché des Ponts-de-Cé", "", "Les Ponts-de-Cé", "Fr 16:00-19:00"),
        ("Marché de Cholet le samedi de 8h à 13h place Travot", "Marché de Cholet", "place Travot", "Cholet", "Sa 08:00-13:00"),
        ("samedi 8h-13h à Cholet", "Cholet", "", "Cholet", "Sa 08:00-13:00"),
        ("* Marché Lafayette Angers samedi 8h-13h", "Marché Lafayette Angers", "", "Angers", "Sa 08:00-13:00"),
        ("Marché de Saumur (place Saint-Pierre) sam. 8h - 13h", "Marché de Saumur", "place Saint-Pierre", "Saumur", "Sa 08:00-13:00"),
        ("12 rue des Lices, 49100 Angers, mardi 10h-12h", "Angers", "12 rue des Lices", "Angers", "Tu 10:00-12:00"),
        ("Marché de Cholet, 1er et 3e samedi du mois 8h-13h", "Marché de Cholet", "", "Cholet", "Sa[1,3] 08:00-13:00"),
        ("Marché de Cholet : lundi - vendredi 9h-12h", "Marché de Cholet", "", "Cholet", "Mo-Fr 09:00-12:00"),
        ("Marché de Cholet, samedi 8h-13h, d'avril à octobre", "Marché de Cholet", "", "Cholet", "Apr-Oct Sa 08:00-13:00"),
        ("Halles de Cholet, mardi et samedi 8h-13h", "Halles de Cholet", "", "Cholet", "Tu,Sa 08:00-13:00"),
        ("Marché de la Madeleine, Angers, dimanche 8h-13h", "Marché de la Madeleine, Angers", "", "Angers", "Su 08:00-13:00"),
        ("Biocoop Caba, Angers", "Biocoop Caba, Angers", "", "Angers", ""),
    ],
)  # fmt: skip
def test_a_line_is_a_name_a_place_and_hours(text: str, name: str, address: str, commune: str, hours: str) -> None:
    found = one(text)
    assert (found.nom, found.adresse, found.commune, found.opening_hours) == (name, address, commune, hours)
    assert found.texte in text
    assert found.approximatif
    assert found.latitude is not None


@pytest.mark.parametrize(
    "more",
    ["sauf vacances", "une semaine sur deux", "en été", ", fermé en août", ", de Pâques à la Toussaint", "sur commande", ", selon récolte",
     ", à partir de mai", "certains samedis"],
)  # fmt: skip
def test_a_reserve_that_is_not_understood_takes_the_hours_back(more: str) -> None:
    assert one(f"Marché de Cholet, samedi 8h-13h {more}").opening_hours == ""


@pytest.mark.parametrize("text", ["L'été : marché de Cholet, samedi 8h-13h", "Semaines paires, marché de Cholet, samedi 8h-13h",
                                  "Pas de marché de Cholet, samedi 8h-13h", "Marché de Cholet, 1er, 3e samedi du mois 8h-13h"])  # fmt: skip
def test_so_does_one_that_comes_first(text: str) -> None:
    assert one(text).opening_hours in ("", "week 2-53/2 Sa 08:00-13:00")


def test_a_reserve_on_a_line_of_its_own_is_of_all_of_them() -> None:
    told = "Marché de Cholet, samedi 8h-13h\nMarché de Saumur, lundi 8h-13h\n"
    assert [found.opening_hours for found in points(told + "Pas de marché en janvier", "49300", "49099")] == ["", "", ""]
    assert [found.opening_hours for found in points(told + "Au plaisir !", "49300", "49099")] == [
        "Sa 08:00-13:00",
        "Mo 08:00-13:00",
        "",
    ]


def test_several_points_stand_one_a_line_or_one_after_the_other() -> None:
    three = ["Marché Lafayette, Angers, samedi 8h-13h", "Marché de Cholet, samedi matin, place Travot", "AMAP de Trélazé, jeudi 18h-19h30"]  # fmt: skip
    for joint in ("\n", " ; ", "\r\n", "\n\n- ", " | ", ", "):
        assert [found.texte for found in points(joint.join(three), "49300", "49099")] == three
    assert len(points("\n".join(["Marché de Cholet"] * (MOST + 5)), "49300", "")) == MOST


def test_the_fiches_own_department_tells_homonyms_apart() -> None:
    """Gennes is in the Doubs too, and in Maine-et-Loire since then part of another commune."""
    assert one("Marché de Gennes, mardi 8h-12h").insee == "49261"
    assert one("Marché de Gennes, mardi 8h-12h", "25000", "25056").insee == "25267"
    assert one("Marché de Gennes, mardi 8h-12h", "33000", "33063").insee == ""


def test_a_code_in_the_text_wins() -> None:
    assert one("Marché de Gennes (25), mardi 8h-12h").insee == "25267"
    assert one("Marché, 25660 Gennes, mardi 8h-12h").insee == "25267"


@pytest.mark.parametrize("text", ["Marché Saint-Georges, samedi", "Marché Lafayette, samedi", "Marché de Brest, samedi", "Angers, Cholet, samedi",
                                  "Marchés de Cholet et Saumur", "Marché", "<script>alert(1)</script>", "🥕", "samedi 8h-13h"])  # fmt: skip
def test_no_place_is_guessed(text: str) -> None:
    """Several of the name, a quarter of who knows where, one too far to be meant, two at once, none."""
    assert [(found.commune, found.latitude) for found in points(text, "49300", "49099")] in ([("", None)], [])


def test_the_next_department_is_near_enough() -> None:
    assert one("Marché de Châteaubriant, mercredi 8h-13h").commune == "Châteaubriant"


def test_a_name_alone_does_not_say_where_it_is_elsewhere_than_beside_its_fiche() -> None:
    assert one("Marché Lafayette, 49100, samedi 8h-13h")._replace(commune="Angers").titre == "Marché Lafayette, Angers"
    assert one("Marché du Lion-d'Angers, lundi").titre == "Marché du Lion-d'Angers"


@tries(150)
@given(
    st.text(max_size=120)
    | st.lists(
        st.sampled_from(["Marché de ", "Angers", ",", " ", "samedi", "8h-13h", "(", ")", "\n", "place", " et ", "49", "…"])
    ).map("".join)
)
def test_any_text_is_read_and_claims_a_real_commune_or_none(text: str) -> None:
    for found in points(text, "49000", "49007"):
        assert found.texte
        assert found.texte in text
        assert bool(found.commune) == bool(found.insee)
        assert not found.commune or communes.by_slug(found.commune) is not None

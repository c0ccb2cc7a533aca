"""Fiches like another one."""

from annuaire import neighbours
from tests.annuaire.snapshots import snapshot


def baker(name: str, longitude: float | None) -> dict:
    return {"nom": name, "categorie": "Boulangerie", "latitude": None if longitude is None else 47.0, "longitude": longitude}


def names(found, where) -> list[str]:
    return [where.fiches["nom"][row] for row in found.rows]


def test_the_nearest_of_its_kind_come_first_and_itself_never():
    """Neither another kind, nor what is too far, nor what is nowhere."""
    near = baker("Près", -0.51)
    where = snapshot(
        baker("Ici", -0.5), baker("Plus loin", -0.6), near, near | {"categorie": "Mode"}, baker("Sans lieu", None), baker("Brest", -4.5)
    )  # fmt: skip
    found = neighbours(where, 0)
    assert found.nearest
    assert names(found, where) == ["Près", "Plus loin"]


def test_without_a_point_they_come_by_name():
    where = snapshot(baker("Sans lieu", None), baker("Zoé", -0.5), baker("Anna", None))
    found = neighbours(where, 0)
    assert not found.nearest
    assert names(found, where) == ["Anna", "Zoé"]


def test_one_alone_has_none():
    assert not len(neighbours(snapshot(baker("Seul", -0.5)), 0).rows)

"""Words: what people type finds what merchants wrote."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

import schema
from annuaire import Query, find, index, search
from annuaire.words import edits, marked, stem
from fields.cell import fold
from tests.annuaire.snapshots import NOW, snapshot
from tests.tries import tries

SHOPS = snapshot(
    {"slug": "1", "nom": "Le Cœur de Pain"},
    {"slug": "2", "nom": "Boeuf et Soeurs"},
    {"slug": "3", "nom": "L’Épicerie d’à côté"},
    {"slug": "4", "nom": "Nan"},
    {"slug": "5", "nom": "1884"},
    {"slug": "6", "nom": "T1", "commune": "Saint-Barthélemy-d'Anjou"},
    {"slug": "7", "nom": "T3", "commune": "Stains", "code_postal": "93240"},
    {"slug": "8", "nom": "Découpe & Marqueterie l'Épi <3", "labels": ("Nature & Progrès",)},
    {"slug": "9", "nom": "Aux Bocaux", "produits": "noix, gâteaux\nchevaux", "categorie": "Fromagerie ambulante"},
    {"slug": "10", "nom": "Noisettes", "description": "Du pain aussi.", "ancienne_commune": "Juigné-sur-Loire"},
    {"slug": "11", "nom": "La La"},
)


def found(q: str) -> list[str]:
    return [SHOPS.fiches["slug"][row] for row in find(SHOPS, Query(q=q), NOW).rows]


@pytest.mark.parametrize(
    ("q", "slugs"),
    [
        ("coeur", ["1"]), ("CŒUR", ["1"]), ("sœurs", ["2"]), ("bœuf", ["2"]), ("l'epicerie", ["3"]), ("L’ÉPICERIE", ["3"]), ("a cote", ["3"]),
        ("pains", ["1", "10"]), ("nan", ["4"]), ("1884", ["5"]), ("188", ["5"]), ("st barthelemy", ["6"]), ("saint-barthélmy", ["6"]), ("saint", ["6"]),
        ("decoupe & marqueterie", ["8"]), ("nature et progres", ["8"]), ("bocal", ["9"]), ("cheval", ["9"]), ("gateau", ["9"]), ("noix", ["9"]),
        ("fromagerie", ["9"]), ("fromageries ambulantes", ["9"]), ("juigne", ["10"]), ("93240", ["7"]), ("la", ["11"]), ("pain coeur", ["1"]),
        ("pain zzzz", []), ('"', []), ("nom:pain OR 1*", []), ("'; DROP TABLE", []), ("???", []), ("🍞", []),
    ],
)  # fmt: skip
def test_words_are_found(q, slugs):
    assert slugs == found(q)


def test_the_beginning_of_a_word_finds_it_but_a_plural_is_no_beginning():
    assert {"1", "10"} == set(found("pai"))
    assert "10" not in found("noix")


@pytest.mark.parametrize(
    ("q", "slug", "meant"),
    [
        ("fromagrie", "9", "fromagerie"),
        ("epicrie", "3", "épicerie"),
        ("couer", "1", "cœur"),
        ("marquetrei", "8", "marqueterie"),
    ],
)
def test_a_slip_is_forgiven_and_told(q, slug, meant):
    result = find(SHOPS, Query(q=q), NOW)
    assert [slug] == [SHOPS.fiches["slug"][row] for row in result.rows]
    assert (f"Aucune fiche pour «{q}» : voici celles pour «{meant}».",) == result.messages


@pytest.mark.parametrize("q", ["1885", "nzn", "abcdefgh"])
def test_a_number_a_short_word_and_a_far_word_are_not_mended(q):
    assert found(q) == []


def test_a_name_counts_more_than_a_description_and_a_whole_word_more_than_a_beginning():
    shops = snapshot({"nom": "A", "description": "pain"}, {"nom": "Zeste de pain"}, {"nom": "Paindor"})
    assert find(shops, Query(q="pain"), NOW).rows.tolist() == [1, 2, 0]


@pytest.mark.parametrize(
    ("one", "many"),
    [("tuyau", "tuyaux"), ("bocal", "bocaux"), ("eau", "eaux"), ("pain", "pains"), ("noix", "noix"), ("gâteau", "gâteaux")],
)
def test_singular_and_plural_share_a_stem(one, many):
    assert stem(one) == stem(many)


@pytest.mark.parametrize(
    ("one", "other", "count"),
    [
        ("pain", "pain", 0),
        ("pain", "pian", 1),
        ("pain", "pin", 1),
        ("pain", "pains", 1),
        ("pain", "main", 1),
        ("pain", "lune", 3),
        ("pain", "painabcd", 3),
    ],
)
def test_a_swap_is_one_slip(one, other, count):
    assert count == edits(one, other, 2) == edits(other, one, 2)


def test_a_word_of_the_trade_finds_its_category_after_those_who_say_it():
    shops = snapshot(
        {"slug": "muette", "nom": "Chez Lise", "categorie": "Boulangerie"},
        {"slug": "pain", "nom": "Le Pain de Léo", "categorie": "Épicerie"},
        {"slug": "livres", "nom": "Pages", "categorie": "Librairie"},
    )
    assert [shops.fiches["slug"][row] for row in find(shops, Query(q="pains"), NOW).rows] == ["pain", "muette"]


def test_every_line_of_the_trades_is_a_category_of_the_form():
    assert set(search._trades()) <= {fold(category) for category in schema.CATEGORIES}


@pytest.mark.parametrize(
    ("text", "asked", "found"),
    [
        ("Pains d'ici", ("pain",), ["Pains"]), ("L'Œuf dur", ("oeuf",), ["Œuf"]), ("Fromagerie", ("froma",), ["Fromagerie"]),
        ("St-Jean", ("saint",), ["St"]), ("Coupain", ("pain",), []), ("", ("pain",), []),
    ],
)  # fmt: skip
def test_what_was_asked_is_marked_where_it_stands(text, asked, found):
    pieces = list(marked(text, asked))
    assert "".join(piece for piece, _ in pieces) == text
    assert [piece for piece, there in pieces if there] == found


def test_a_slip_marks_what_was_meant():
    assert find(SHOPS, Query(q="fromagrie"), NOW).marks == ("fromagerie",)


TEXTS = st.sampled_from(
    ["", "Pain", "pains d'œuf", "Œufs oeuf", "Épicerie st-jean", "epicerie 49000", "noix, Noix & noix", "la"]
)
FICHES = st.fixed_dictionaries(
    {
        "nom": TEXTS,
        "description": TEXTS,
        "categorie": st.sampled_from(["Boulangerie", "Bar", "Œufs"]),
        "labels": st.lists(TEXTS.filter(bool), max_size=2, unique=True).map(tuple),
    }
)


@given(
    st.lists(FICHES, min_size=1, max_size=12),
    st.dictionaries(st.integers(0, 14), st.none() | FICHES, max_size=4),
    st.lists(FICHES, max_size=2),
    st.booleans(),
)
@tries(300)
def test_words_taken_over_from_the_snapshot_before_are_those_read_anew(before, changes, added, sorted_otherwise):
    """Fiches that come, go and change among others; a list sorted otherwise, or nearly all of it changed, is read whole."""
    others = [
        {"slug": f"meme-{number}", "nom": f"Nom{number}", "categorie": "Bar", "commune": "Angers"} for number in range(60)
    ]
    fiches = {f"fiche-{number}": fiche for number, fiche in enumerate(before)}
    for number, fiche in changes.items():
        if fiche is None:
            fiches.pop(f"fiche-{number}", None)
        else:
            fiches[f"fiche-{number}"] = fiche
    fiches |= {f"autre-{number}": fiche for number, fiche in enumerate(added)}
    told = [{**fiche, "slug": slug} for slug, fiche in fiches.items()]
    was = snapshot(*others[:30], *({**fiche, "slug": f"fiche-{row}"} for row, fiche in enumerate(before)), *others[30:]).fiches
    now = snapshot(*(others[::-1] if sorted_otherwise else others)[:30], *told, *others[30:]).fiches
    expected, taken_over = search.Words(now), search.Words(now, search.Words(was), was)
    assert {name: list(value) for name, value in vars(expected).items() if not isinstance(value, int)} == {
        name: list(value) for name, value in vars(taken_over).items() if not isinstance(value, int)
    }


def test_a_word_that_no_fiche_says_any_more_is_in_no_index(monkeypatch):
    fiches = [{"nom": f"Nom{number}"} for number in range(50)]
    was = snapshot(*fiches, {"nom": "Secret"})
    now = snapshot(*fiches)
    for made in (was, now):
        index.prepare(made)
    assert "secret" in index.index(was).words._terms
    assert "secret" not in index.index(now).words._terms
    monkeypatch.setattr(search.Words, "_with", None)  # would raise: nothing was taken over
    with pytest.raises(TypeError):
        index.prepare(was)

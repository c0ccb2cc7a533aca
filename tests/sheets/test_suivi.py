"""The tab «Suivi»: what it says, that a line stays where it is, and that nothing of the volunteers is overwritten."""

from datetime import datetime

from hypothesis import given
from hypothesis import strategies as st

from fields import Cell
from schema import SUIVI_HEADERS
from sheets import suivi
from sheets.duplicates import duplicates
from sheets.suivi import SuiviLine
from tests.sheets.submissions import T2, T3, Site, applied, row

ANNE, BRUNO = row("Anne", T2, "miel"), row("Bruno", T3, "bois")
HEADERS = list(SUIVI_HEADERS)


def lines(site: Site) -> list[SuiviLine]:
    return suivi.Clerk().lines(site.outcome.decisions)


def written(site: Site, tab: list[list[Cell]]) -> list[list[Cell]]:
    return applied(tab, suivi.updates(tab, lines(site)))


def test_a_line_says_where_when_who_what_and_what_to_do() -> None:
    site = Site().sync(row(content=False))
    line = lines(site)[0]
    assert line.cells[:4] == (2, "03/11/2026 05:14:26", "Chez Lyse", "bloquée")
    assert line.to_mend == "«Code postal» : «4900» — 5 chiffres attendus"
    assert (line.since, line.verified) == ("25/11/2026 09:00:00", "")
    assert lines(site.sync(row()))[0].verified.replace("26/", "25/") == "25/11/2026"


def test_an_edit_that_waits_says_what_to_do_and_what_changed() -> None:
    site = Site().sync(row()).sync(row(stamp=T2, text="nouveau"))
    line = suivi.Clerk().lines(site.outcome.decisions, changed={2: "Description"})[0]
    assert (line.state, line.changed) == ("modifiée : à revalider", "Description")
    assert "décochez puis recochez" in line.to_mend


def test_a_likely_duplicate_is_told_beside_the_problems() -> None:
    site = Site().sync(row(), row(stamp=T2))
    found = suivi.Clerk().lines(
        site.outcome.decisions, duplicates([decision.submission for decision in site.outcome.decisions])
    )
    assert "doublon possible : ressemble à la ligne 3" in found[0].to_mend
    assert "doublon possible : ressemble à la ligne 2" in found[1].to_mend


def test_no_private_value_is_written() -> None:
    site = Site().sync(
        row(email="lyse@exemple.example", contact="Mme Privée", siret="73282932000074", note="à rappeler"), tick_free()
    )
    told = str([line.cells for line in lines(site)])
    for private in ("lyse@", "exemple.example", "Privée", "7328", "rappeler"):
        assert private not in told


def tick_free():
    return row("Anne", T2, tick=False, email="anne@exemple.example")


def test_headers_differing_only_by_case_and_accents_are_ours_and_stay_as_typed() -> None:
    site = Site().sync(row())
    typed = ["Ligne", "HORODATEUR", "Nom", "etat", "A corriger", "Change", "Depuis", "Verifie le", "Empreinte"]
    assert typed == written(site, [typed])[0]


def test_a_new_or_empty_tab_gets_headers_and_lines_in_one_range() -> None:
    site = Site().sync(row(), ANNE)
    [(place, cells)] = suivi.updates([], lines(site))
    assert place == "A1:I3"
    assert [[cell or "" for cell in line] for line in cells] == suivi.table(lines(site))


def test_nothing_is_written_where_nothing_changed() -> None:
    site = Site().sync(row(), ANNE)
    tab = written(site, [])
    assert suivi.updates(tab, lines(site.sync(row(), ANNE))) == []


def test_only_the_line_that_changed_is_written() -> None:
    site = Site().sync(row(), ANNE, BRUNO)
    tab = written(site, [])
    (place, cells), *others = suivi.updates(tab, lines(site.sync(row(), row("Anne", T2, "miel", tick=False), BRUNO)))
    assert (place, cells[0][3], others) == ("A3:I3", "retirée", [])


def test_of_a_line_that_changed_only_what_is_new_is_written() -> None:
    """Its number stays the link that it is: no second call for it."""
    site = Site().sync(row(), ANNE)
    tab = written(site, [])
    [(_, [cells])] = suivi.updates(tab, lines(site.sync(row(), row("Anne", T2, "miel", tick=False))))
    assert [place for place, cell in enumerate(cells) if cell is not None] == [3, 6, 8]


def test_a_sort_of_the_answers_moves_numbers_and_no_line() -> None:
    """Case approval-sorted-o."""
    site = Site().sync(row(), ANNE, BRUNO)
    tab = written(site, [])
    sorted_ = written(site.sync(BRUNO, ANNE, row()), tab)
    assert [line[0] for line in sorted_[1:]] == [4, 3, 2]
    assert [line[1:] for line in tab] == [line[1:] for line in sorted_]


def test_an_edited_submission_stays_on_its_line_beside_the_volunteers_notes() -> None:
    site = Site().sync(row(), ANNE)
    tab = written(site, [])
    tab[0].append("Qui s'en occupe")
    tab[1].append("Paul")
    tab = written(site.sync(ANNE, row("Le Fournil", T3, "nouveau", email="chez.lyse@exemple.example")), tab)
    assert (tab[1][2], tab[1][9], len(tab)) == ("Le Fournil", "Paul", 3)


def test_a_gone_submission_is_blanked_and_notes_stay() -> None:
    site = Site().sync(row(), ANNE)
    tab = written(site, [])
    tab[0].append("Qui s'en occupe")
    tab[1].append("Paul")
    tab = written(site.sync(ANNE), tab)
    assert [*[""] * 9, "Paul"] == tab[1]
    assert tab[2][2] == "Anne"


def test_a_new_submission_goes_below_everything() -> None:
    site = Site().sync(row())
    tab = written(site, [])
    tab.append([*[""] * 10, "une note plus bas"])
    tab = written(site.sync(ANNE, row()), tab)
    assert ([tab[1][2], tab[3][2]], len(tab)) == (["Chez Lyse", "Anne"], 4)


def test_our_columns_are_found_wherever_they_stand_and_no_other_is_touched() -> None:
    site = Site().sync(row(), ANNE)
    shuffled = ["Qui", *HEADERS[5:], "Notes", *HEADERS[:5]]
    tab: list[list[Cell]] = [shuffled, ["Paul", "", "", "", "", "rappelé"]]
    changes = suivi.updates(tab, lines(site))
    tab = applied(tab, changes)
    assert {"B3:E4", "G3:K4"} == {place for place, _ in changes}
    assert tab[1] == ["Paul", "", "", "", "", "rappelé"]
    assert [line.name for line in suivi.parse(tab)] == ["Chez Lyse", "Anne"]
    assert suivi.updates(tab, lines(site)) == []


def test_a_lost_column_is_made_again_at_the_right_and_lines_are_known_by_horodateur_and_name() -> None:
    site = Site().sync(row(), ANNE)
    tab = [[*line[:-1], note] for line, note in zip(written(site, []), ("Notes", "Paul", "Léa"), strict=True)]
    tab = written(site, tab)
    assert [*HEADERS[:-1], "Notes", "empreinte"] == tab[0]
    assert [(line[2], line[8]) for line in tab[1:]] == [("Chez Lyse", "Paul"), ("Anne", "Léa")]
    assert len(tab) == 3


def test_a_banner_above_the_headers_is_left_alone() -> None:
    site = Site().sync(row())
    tab = written(site, [["Ne pas modifier"], HEADERS])
    assert tab[:2] == [["Ne pas modifier"], HEADERS]
    assert [line.name for line in suivi.parse(tab)] == ["Chez Lyse"]


def test_a_tab_sorted_or_doubled_by_a_person_is_put_right() -> None:
    site = Site().sync(row(), ANNE)
    tab = written(site, [])
    tab = written(site, [tab[0], tab[2], tab[1], tab[1]])
    assert [line.name for line in suivi.parse(tab)] == ["Anne", "Chez Lyse"]


def test_after_a_lost_store_lines_are_known_by_horodateur_and_name() -> None:
    tab = written(Site().sync(row(), ANNE), [])
    tab = written(Site().sync(ANNE, row()), tab)
    assert ([line[2] for line in tab[1:]], len(tab)) == (["Chez Lyse", "Anne"], 3)


@given(
    st.lists(
        st.lists(st.one_of(st.text(max_size=5), st.sampled_from(HEADERS), st.floats(), st.booleans()), max_size=11), max_size=12
    )
)
def test_any_tab_can_be_read_and_put_right(tab: list[list[Cell]]) -> None:
    site = Site().sync(row(), ANNE)
    suivi.parse(tab)
    after = applied(tab, suivi.updates(tab, lines(site)))
    assert {line.cells for line in lines(site)} <= {line.cells for line in suivi.parse(after)}


def test_a_line_without_horodateur_says_nothing_of_it() -> None:
    assert lines(Site().sync(row(stamp=None)))[0].horodateur == ""
    assert datetime(2026, 11, 3, 5, 14, 26) == row().values["horodateur"]


def test_the_next_pass_words_and_reads_again_what_changed_and_nothing_else() -> None:
    clerk, site = suivi.Clerk(), Site()
    first = clerk.lines(site.sync(row(), ANNE).outcome.decisions)
    tab = suivi.table(first)
    assert clerk.parse(tab) == suivi.parse(tab)
    told = clerk.lines(site.outcome.decisions, waiting={3: 40})
    assert told == suivi.Clerk().lines(site.outcome.decisions, waiting={3: 40})
    assert told[0] is first[0]
    before = clerk.parse(tab)
    after = clerk.parse([*tab[:2], [*tab[2][:3], "retirée", *tab[2][4:]]])
    assert [line.state for line in after] == ["en ligne", "retirée"]
    assert after[0] is before[0]
    assert clerk.parse([["note", *tab[0]], *(["", *cells] for cells in tab[1:])]) == before

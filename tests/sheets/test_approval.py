"""Every sentence of DESIGN «What a tick means» and of CONTRACT §2, §5 and §6, as sheets that change from pass to pass."""

import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from sheets import suivi
from sheets.approval import Memory, Show, State, decide, identity
from sheets.problems import HeldDrop
from sheets.rows import Reader
from sheets.snapshot import slug_digest
from tests.sheets.submissions import NOW, T1, T2, T3, Site, row

GOOGLE = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "google"
ANNE, BRUNO = row("Anne", T2, "miel"), row("Bruno", T3, "bois")


# What a tick means


def test_a_row_never_ticked_shows_nothing() -> None:
    site = Site().sync(row(tick=False))
    assert (site.states, site.fiches) == ([State.WAITING], {})


def test_a_ticked_row_shows_its_content() -> None:
    site = Site().sync(row(text="pain"))
    assert (site.states, site.fiches) == ([State.ONLINE], {"chez-lyse": "pain"})


def test_an_ordinary_tick_is_online_at_the_next_pass() -> None:
    assert Site().sync(row(tick=False)).sync(row()).texts == ["pain"]


def test_a_volunteers_correction_under_the_same_horodateur_is_shown() -> None:
    site = Site().sync(row(text="pian")).sync(row(text="pain"))
    assert (site.states, site.texts) == ([State.ONLINE], ["pain"])


def test_a_volunteer_may_mend_name_and_email_together_and_the_address_stays() -> None:
    site = Site().sync(row("Chez Lise"), ANNE).sync(row("Chez Lyse", text="brioche"), ANNE)
    assert site.fiches == {"chez-lise": "brioche", "anne": "miel"}


def test_an_edit_after_the_tick_keeps_the_last_approved_content_and_the_address() -> None:
    site = Site().sync(row(text="ancien")).sync(row(stamp=T2, text="nouveau"))
    for _ in range(2):
        assert (site.states, site.fiches) == ([State.EDITED], {"chez-lyse": "ancien"})
        assert "décochez puis recochez" in site.outcome.decisions[0].note
        site.sync(row(stamp=T2, text="nouveau"))


def test_untick_then_tick_after_an_edit_shows_the_new_content() -> None:
    site = Site().sync(row(text="ancien")).sync(row(stamp=T2, text="nouveau")).sync(row(stamp=T2, text="nouveau", tick=False))
    assert (site.states, site.fiches) == ([State.WITHDRAWN], {})
    site.sync(row(stamp=T2, text="nouveau"))
    assert (site.states, site.fiches) == ([State.ONLINE], {"chez-lyse": "nouveau"})


def test_a_correction_of_an_edit_that_waits_for_its_tick_still_waits() -> None:
    site = Site().sync(row(text="ancien")).sync(row(stamp=T2, text="nouveau")).sync(row(stamp=T2, text="nouveau, relu"))
    assert (site.states, site.texts) == ([State.EDITED], ["ancien"])


def test_a_second_edit_keeps_waiting_and_the_first_content_stays() -> None:
    site = Site().sync(row(text="un")).sync(row(stamp=T2, text="deux")).sync(row(stamp=T3, text="trois"))
    assert (site.states, site.texts) == ([State.EDITED], ["un"])


def test_an_edit_taken_back_by_the_merchant_is_online_again() -> None:
    site = Site().sync(row(text="un")).sync(row(stamp=T2, text="deux")).sync(row(stamp=T3, text="un"))
    assert (site.states, site.texts) == ([State.ONLINE], ["un"])


def test_unticked_is_withdrawn_at_once_and_its_address_says_so() -> None:
    site = Site().sync(row()).sync(row(tick=False))
    assert (site.states, site.fiches) == ([State.WITHDRAWN], {})
    assert {slug_digest("chez-lyse")} == site.outcome.withdrawn


def test_ticked_again_after_being_withdrawn_it_has_its_own_address_back() -> None:
    site = Site().sync(row()).sync(row(tick=False), row("Chez Lyse", T2, "autre", email="x@exemple.example"))
    assert site.fiches == {"chez-lyse-angers": "autre"}
    site.sync(row(), row("Chez Lyse", T2, "autre", email="x@exemple.example"))
    assert site.fiches == {"chez-lyse": "pain", "chez-lyse-angers": "autre"}
    assert frozenset() == site.outcome.withdrawn


def test_a_deleted_row_leaves_the_digest_of_its_slug_and_no_other_trace() -> None:
    site = Site().sync(row(), ANNE)
    lost = site.memory.entries[0]
    site.sync(ANNE)
    stored = site.memory.to_json()
    assert site.fiches == {"anne": "miel"}
    assert frozenset({slug_digest("chez-lyse")}) == site.outcome.withdrawn
    for trace in ("chez-lyse", lost.stamp, lost.email, lost.name, lost.digest):
        assert trace not in stored


def test_a_ticked_row_that_cannot_be_shown_is_blocked() -> None:
    site = Site().sync(row(content=False))
    assert (site.states, site.fiches) == ([State.BLOCKED], {})
    assert site.sync(row()).states == [State.ONLINE]


def test_a_formula_in_error_for_a_minute_keeps_what_was_online() -> None:
    site = Site().sync(row()).sync(row("", content=False, unfinished=True))
    assert (site.states, site.fiches) == ([State.BLOCKED], {"chez-lyse": "pain"})
    assert "formule" in site.outcome.decisions[0].note
    site.sync(row())
    assert (site.states, site.fiches) == ([State.ONLINE], {"chez-lyse": "pain"})


def test_a_formula_in_error_does_not_keep_what_was_unticked() -> None:
    assert Site().sync(row()).sync(row(content=False, unfinished=True, tick=False)).fiches == {}


def test_a_volunteer_who_empties_the_name_withdraws_the_fiche() -> None:
    site = Site().sync(row()).sync(row("", content=False))
    assert (site.states, site.fiches) == ([State.BLOCKED], {})
    assert {slug_digest("chez-lyse")} == site.outcome.withdrawn


def test_a_merchants_edit_that_cannot_be_shown_keeps_the_last_approved_content() -> None:
    site = Site().sync(row()).sync(row(stamp=T2, content=False))
    assert (site.states, site.fiches) == ([State.EDITED], {"chez-lyse": "pain"})
    assert "corrigez" in site.outcome.decisions[0].note


def test_a_merchants_edit_that_takes_consent_back_withdraws_the_fiche() -> None:
    site = Site().sync(row()).sync(row(stamp=T2, content=False, consent=False))
    assert (site.states, site.fiches) == ([State.BLOCKED], {})


def test_a_blocked_row_that_its_merchant_mends_under_a_held_tick_was_read_by_nobody() -> None:
    site = Site().sync(row(content=False)).sync(row(stamp=T2, text="nouveau"))
    assert (site.states, site.fiches) == ([State.EDITED], {})


# Who is who


def test_an_edit_is_known_by_its_email() -> None:
    site = (
        Site()
        .sync(row(email="lyse@exemple.example"), ANNE)
        .sync(ANNE, row("Le Fournil", T3, "nouveau", email="LYSE@exemple.example "))
    )
    assert (site.states, site.texts) == ([State.ONLINE, State.EDITED], ["miel", "pain"])


def test_an_edit_under_another_email_is_known_by_its_name() -> None:
    site = (
        Site()
        .sync(row("Chez l'Œuf", email="a@exemple.example"), ANNE)
        .sync(ANNE, row("CHEZ L’OEUF", T3, "nouveau", email="b@exemple.example"))
    )
    assert (site.states, site.texts) == ([State.ONLINE, State.EDITED], ["miel", "pain"])


@pytest.mark.parametrize("place", [0, 1, 2])
def test_an_edit_under_another_email_and_name_is_known_by_its_place(place: int) -> None:
    others = [ANNE, BRUNO]
    before, after = others[:], others[:]
    before.insert(place, row("Chez Lyse", T1, "pain"))
    after.insert(place, row("Le Fournil", T3 + timedelta(1), "nouveau"))
    site = Site().sync(*before).sync(*after)
    assert (site.states[place], site.texts) == (State.EDITED, ["bois", "miel", "pain"])


def test_two_neighbours_edited_whole_are_each_known_by_their_place() -> None:
    site = Site().sync(row("A", T1, "a"), row("B", T2, "b"), BRUNO)
    site.sync(row("C", T3 + timedelta(1), "c"), row("D", T3 + timedelta(2), "d"), BRUNO)
    assert site.fiches == {"a": "a", "b": "b", "bruno": "bois"}
    assert site.states == [State.EDITED, State.EDITED, State.ONLINE]


def test_a_deletion_and_a_ticked_row_elsewhere_of_nobody_known_are_two_things() -> None:
    site = Site().sync(row(), ANNE, BRUNO).sync(ANNE, BRUNO, row("Nouvelle", T3 + timedelta(1), "vin"))
    assert (site.states, site.texts) == ([State.ONLINE] * 3, ["bois", "miel", "vin"])


def test_a_row_first_seen_ticked_beside_an_edit_in_place_is_an_ordinary_tick() -> None:
    site = Site().sync(ANNE, row()).sync(ANNE, row(stamp=T3, text="nouveau"), row("Nouvelle", T3 + timedelta(1), "vin"))
    assert (site.states, site.texts) == ([State.ONLINE, State.EDITED, State.ONLINE], ["miel", "pain", "vin"])


def test_of_two_ticked_rows_that_may_be_the_edit_neither_is_shown_unread() -> None:
    site = Site().sync(row(email="e@exemple.example"), ANNE)
    site.sync(
        ANNE,
        row("Lyse 2", T2 + timedelta(1), "deux", email="e@exemple.example"),
        row("Lyse 3", T3, "trois", email="e@exemple.example"),
    )
    assert (site.states, site.texts) == ([State.ONLINE, State.EDITED, State.EDITED], ["miel", "pain"])


def test_a_row_in_place_may_be_the_edit_though_another_has_the_email() -> None:
    site = Site().sync(ANNE, row("X", T1, "x", email="e@exemple.example"), BRUNO)
    site.sync(ANNE, row("Y", T3 + timedelta(1), "y"), BRUNO, row("Z", T3 + timedelta(2), "z", email="e@exemple.example"))
    assert site.texts == ["bois", "miel", "x"]


def test_two_shops_of_one_merchant_edited_together_keep_each_its_own_address() -> None:
    both = {"email": "e@exemple.example"}
    site = Site().sync(row("Étal", T1, "a", **both), row("Four", T2, "b", **both))
    site.sync(row("Four", T3, "b2", **both), row("Étal", T3 + timedelta(1), "a2", **both))
    assert [decision.slug for decision in site.outcome.decisions] == ["four", "etal"]
    assert site.texts == ["a", "b"]


@pytest.mark.parametrize(
    "emails", [("e@exemple.example",) * 3, ("a@exemple.example", "b@exemple.example", "c@exemple.example")]
)
@pytest.mark.parametrize("name", ["Lyse", "Zoé"])
def test_of_two_shops_of_one_merchant_one_deleted_the_other_edited_in_place_is_known_by_its_place(
    emails: tuple[str, ...], name: str
) -> None:
    gone, stays = row("Lyse", T1, "a", email=emails[0]), row("Lyse", T2, "b", email=emails[1])
    site = Site().sync(gone, ANNE, stays).sync(ANNE, row(name, T3, "b2", email=emails[2]))
    assert (site.states, site.texts) == ([State.ONLINE, State.EDITED], ["b", "miel"])


@pytest.mark.parametrize(
    "emails", [("e@exemple.example",) * 3, ("a@exemple.example", "b@exemple.example", "c@exemple.example")]
)
def test_of_two_shops_of_one_name_the_one_whose_content_is_the_same_was_confirmed(emails: tuple[str, ...]) -> None:
    site = Site().sync(row(text="a", email=emails[0]), row(stamp=T2, text="b", email=emails[1]), ANNE)
    site.sync(row(stamp=T3, text="b", email=emails[2]), ANNE)
    assert site.fiches == {"chez-lyse-angers": "b", "anne": "miel"}


def test_two_rows_of_one_horodateur_are_two_fiches_told_apart() -> None:
    """Case approval-same-second-o."""
    a, b = row("Anne", T1, "a"), row("Bruno", T1, "b")
    site = Site().sync(a, b)
    assert site.fiches == {"anne": "a", "bruno": "b"}
    site.sync(row("Bruno", T1, "b", tick=False), a)
    assert site.fiches == {"anne": "a"}
    site.sync(row("Bruno", T1, "b", tick=False))
    assert (site.fiches, site.states) == ({}, [State.WITHDRAWN])


@pytest.mark.parametrize("change", [{"email": "anne@autre.example"}, {"name": "Anne et fils", "email": "anne@exemple.example"}])
def test_of_two_rows_of_one_horodateur_one_may_change_its_name_or_email(change: dict) -> None:
    site = Site().sync(row("Anne", T1, "a"), row("Bruno", T1, "b"))
    site.sync(row("Bruno", T1, "b2"), row(**{"name": "Anne", "stamp": T1, "text": "a2"} | change))
    assert site.fiches == {"anne": "a2", "bruno": "b2"}


def test_rows_of_one_horodateur_email_and_name_are_told_apart_by_content_only() -> None:
    a, b = row(text="a"), row(text="b", tick=False)
    site = Site().sync(a, b).sync(b, a)
    assert (site.states, site.fiches) == ([State.WAITING, State.ONLINE], {"chez-lyse": "a"})
    site.sync(b)
    assert (site.states, site.fiches) == ([State.WAITING], {})


def test_rows_of_one_horodateur_and_name_whose_emails_are_mended_are_told_apart_by_content() -> None:
    mended = [row(text="b", email="b@autre.example"), row(text="a", email="a@autre.example")]
    site = Site().sync(row(text="a", email="a@exemple.example"), row(text="b", email="b@exemple.example")).sync(*mended)
    assert site.fiches == {"chez-lyse": "a", "chez-lyse-angers": "b"}


def test_rows_that_nothing_tells_apart_inherit_no_approval() -> None:
    site = Site().sync(row(text="a"), row(text="b", tick=False), BRUNO).sync(row(text="c"), BRUNO)
    assert (site.states, site.texts) == ([State.EDITED, State.ONLINE], ["bois"])
    assert {slug_digest("chez-lyse")} == site.memory.gone


def test_a_copied_row_does_not_take_the_tick_of_its_model() -> None:
    site = Site().sync(row()).sync(row(tick=False, text="copie"), row())
    assert (site.states, site.fiches) == ([State.WAITING, State.ONLINE], {"chez-lyse": "pain"})
    site.sync(row(tick=False), row(), row(tick=False))
    assert site.fiches == {"chez-lyse": "pain"}


def test_a_copy_that_a_volunteer_ticks_is_a_fiche_of_its_own() -> None:
    site = Site().sync(row()).sync(row(text="copie"), row())
    assert site.fiches == {"chez-lyse": "pain", "chez-lyse-angers": "copie"}


def test_a_copy_of_a_row_that_waits_for_its_tick_waits_too() -> None:
    edited = row(stamp=T2, text="nouveau")
    site = Site().sync(row()).sync(edited).sync(edited, edited)
    assert (site.states, site.texts) == ([State.EDITED] * 2, ["pain"])


def test_a_row_pasted_over_another_shows_nothing_nobody_read() -> None:
    site = Site().sync(ANNE, row(), BRUNO).sync(ANNE, ANNE, BRUNO)
    assert site.texts == ["bois", "miel", "pain"]
    assert site.states == [State.ONLINE, State.EDITED, State.ONLINE]


def test_an_edit_that_lands_on_the_second_of_another_row_is_still_an_edit() -> None:
    site = Site().sync(row("Anne", T1, "a"), row("Bruno", T2, "b")).sync(row("Anne", T2, "a2"), row("Bruno", T2, "b"))
    assert (site.states, site.texts) == ([State.EDITED, State.ONLINE], ["a", "b"])
    site = Site().sync(row("Anne", T1, "a"), row("Bruno", T2, "b")).sync(row("Anne", T2, "a2"))
    assert "a2" not in site.texts


def test_a_row_without_horodateur_is_known_by_email_and_name() -> None:
    site = Site().sync(row(stamp=None), ANNE).sync(ANNE, row(stamp=None, text="pain bis"))
    assert (site.states, site.fiches) == ([State.ONLINE] * 2, {"chez-lyse": "pain bis", "anne": "miel"})


def test_a_row_without_horodateur_of_the_same_email_and_another_name_is_not_the_same_row() -> None:
    site = Site().sync(row(stamp=None, email="e@exemple.example")).sync(row("Autre", None, "neuf", email="e@exemple.example"))
    assert (site.states, site.texts) == ([State.EDITED], ["pain"])


def test_a_row_without_horodateur_that_its_merchant_edits_gets_one() -> None:
    site = Site().sync(row(stamp=None)).sync(row(stamp=T2, text="nouveau"))
    assert (site.states, site.texts) == ([State.EDITED], ["pain"])


def test_rows_without_horodateur_email_or_name_are_not_one_another() -> None:
    site = Site().sync(row("", None, email="", content=False, tick=False), ANNE).sync(ANNE)
    assert site.states == [State.ONLINE]


def test_a_blank_email_or_name_proves_nothing() -> None:
    site = Site().sync(row("Anne", T1, "a", email=""), BRUNO).sync(BRUNO, row("Zoé", T2, "z", email=""))
    assert site.texts == ["bois", "z"]


def test_a_horodateur_retyped_to_the_second_is_the_same() -> None:
    exact = T1 + timedelta(microseconds=499_000)
    site = Site().sync(row(stamp=exact)).sync(row(stamp=T1, text="corrigé"))
    assert (site.states, site.texts) == ([State.ONLINE], ["corrigé"])


def test_an_edit_in_the_hour_that_summer_time_repeats_goes_back_in_time_and_is_an_edit() -> None:
    site = Site().sync(row(stamp=T2)).sync(row(stamp=T1, text="nouveau"))
    assert (site.states, site.texts) == ([State.EDITED], ["pain"])


def test_an_edit_that_changes_no_content_stays_online_and_is_a_confirmation() -> None:
    site = Site().sync(row()).sync(row(stamp=T2))
    assert (site.states, site.texts) == ([State.ONLINE], ["pain"])
    assert date(2026, 11, 26) == site.outcome.decisions[0].verified


def test_edited_then_unticked_shows_nothing_and_keeps_its_address_for_later() -> None:
    site = Site().sync(row()).sync(row(stamp=T2, text="nouveau", tick=False))
    assert (site.states, site.fiches) == ([State.WITHDRAWN], {})
    assert site.sync(row(stamp=T2, text="nouveau")).fiches == {"chez-lyse": "nouveau"}


def test_edited_unticked_and_ticked_between_two_passes_waits() -> None:
    site = Site().sync(row(text="ancien")).sync(row(stamp=T2, text="nouveau"))
    assert (site.states, site.texts) == ([State.EDITED], ["ancien"])


def test_edited_and_ticked_between_two_passes_after_a_withdrawal_waits_and_the_old_content_stays_withdrawn() -> None:
    site = Site().sync(row(text="ancien")).sync(row(text="ancien", tick=False)).sync(row(stamp=T2, text="nouveau"))
    assert (site.states, site.fiches) == ([State.EDITED], {})
    assert "rien n'est montré" in site.outcome.decisions[0].note


def test_edited_and_ticked_between_two_passes_may_have_been_ticked_first() -> None:
    site = Site().sync(row(text="ancien", tick=False)).sync(row(stamp=T2, text="nouveau"))
    assert (site.states, site.fiches) == ([State.EDITED], {})


def test_sorting_and_blank_lines_change_nothing() -> None:
    """Case approval-sorted-o."""
    a, b, c = row("Anne", T1, "a"), row("Bruno", T2, "b", tick=False), row("Zoé", T3, "c")
    site = Site().sync(a, b, c)
    fiches, memory = site.fiches, site.memory
    site.sync(c, b, a)
    assert fiches == site.fiches
    assert sorted(memory.entries) == sorted(site.memory.entries)


@pytest.mark.skipif(not GOOGLE.exists(), reason="the real inputs are not beside this checkout")
def test_an_hour_of_a_real_sheet() -> None:
    """`changements.json`: edits, ticks, a deletion, a new row and a sort, in one pass."""

    def read(name: str) -> list:
        answer = json.loads((GOOGLE / f"batchGet.{name}.json").read_text())
        return Reader().read("Réponses", answer["valueRanges"][0]["values"])[0]

    before = decide(Memory(), read("unformatted"), NOW)
    after = decide(before.memory, read("une-heure-apres.unformatted"), NOW + timedelta(hours=1))
    was, now = ({each.submission.values["nom"]: each for each in outcome.decisions} for outcome in (before, after))
    for name, state, show in (
        ("A la bière comme à la bière", State.EDITED, Show.KEPT),
        ("Maëlys Lhommaut", State.WITHDRAWN, Show.NOTHING),
        ("Agend'arts", State.ONLINE, Show.NEW),
        ("Nouvelle venue", State.WAITING, Show.NOTHING),
    ):
        assert (state, show) == (now[name].state, now[name].show), name
    edited_then_unticked = next(each for each in after.decisions if "FACE" in each.submission.values["nom"])
    assert State.WITHDRAWN is edited_then_unticked.state
    mended = next(each for each in after.decisions if each.submission.values["nom"].startswith("Les rateleurs"))
    assert (mended.state, mended.submission.content["commune"]) == (State.ONLINE, "Angers")
    assert frozenset({slug_digest(was["Librairie Murmure des mots"].slug)}) == after.memory.gone
    changed = {"A la bière comme à la bière", "Maëlys Lhommaut", "Agend'arts", edited_then_unticked.submission.values["nom"]}
    same = [name for name in was.keys() & now.keys() - changed if was[name].show is Show.NEW]
    assert len(same) > 20
    assert {name: was[name].slug for name in same} == {name: now[name].slug for name in same if now[name].show is Show.NEW}


# The store, and «Suivi» where the store is empty


def restarted(site: Site) -> list[suivi.SuiviLine]:
    """What «Suivi» says, and an empty store."""
    said = suivi.parse(suivi.table(suivi.Clerk().lines(site.outcome.decisions)))
    site.memory, site.fiches = Memory(), {}
    return said


def test_an_empty_store_alone_takes_every_tick_for_an_ordinary_one() -> None:
    site = Site().sync(row(text="ancien"))
    restarted(site)
    assert site.sync(row(stamp=T2, text="nouveau")).texts == ["nouveau"]


def test_with_an_empty_store_suivi_knows_that_a_row_was_edited() -> None:
    site = Site().sync(row(text="ancien"), ANNE)
    site.sync(row(stamp=T3, text="nouveau"), ANNE, suivi=restarted(site))
    assert (site.states, site.fiches) == ([State.EDITED, State.ONLINE], {"anne": "miel"})
    assert site.outcome.decisions[0].slug == "chez-lyse"


def test_with_an_empty_store_suivi_knows_that_an_edit_was_waiting() -> None:
    site = Site().sync(row(text="ancien")).sync(row(stamp=T2, text="nouveau"))
    site.sync(row(stamp=T2, text="nouveau"), suivi=restarted(site))
    assert (site.states, site.fiches) == ([State.EDITED], {})


def test_with_an_empty_store_suivi_knows_addresses_and_days() -> None:
    site = Site().sync(row("Martin"), row("Martin", T2, "b", email="b@exemple.example"), ANNE)
    before = {
        decision.slug: (decision.first_approved, decision.verified, decision.since) for decision in site.outcome.decisions
    }
    site.sync(ANNE, row("Martin", T2, "b", email="b@exemple.example"), row("Martin"), suivi=restarted(site))
    assert before == {
        decision.slug: (decision.first_approved, decision.verified, decision.since) for decision in site.outcome.decisions
    }
    assert [decision.show for decision in site.outcome.decisions] == [Show.NEW] * 3


def test_with_an_empty_store_the_row_deleted_meanwhile_is_withdrawn() -> None:
    site = Site().sync(row(), ANNE)
    assert {slug_digest("chez-lyse")} == site.sync(ANNE, suivi=restarted(site)).outcome.withdrawn


def test_with_an_empty_store_and_a_suivi_in_another_order_an_edit_is_still_known_by_its_place() -> None:
    site = Site().sync(ANNE, row(), BRUNO)
    site.sync(ANNE, row("Le Fournil", T3 + timedelta(1), "nouveau"), BRUNO, suivi=restarted(site)[::-1])
    assert (site.states[1], site.texts) == (State.EDITED, ["bois", "miel"])


def test_lines_of_another_machines_suivi_are_not_ours() -> None:
    ours, theirs = restarted(Site().sync(row(), ANNE)), restarted(Site().sync(row(), ANNE, BRUNO))
    site = Site().sync(row(), ANNE, suivi=[*ours, theirs[2]])
    assert frozenset() == site.memory.gone


def test_a_store_that_knows_is_not_told_otherwise_by_suivi() -> None:
    site = Site().sync(row(text="ancien"))
    said = suivi.parse(suivi.table(suivi.Clerk().lines(site.outcome.decisions)))
    edited = row(stamp=T2, text="nouveau")
    site.sync(edited).sync(row(stamp=T2, text="nouveau", tick=False)).sync(edited)
    assert site.sync(edited, suivi=said).states == [State.ONLINE]


def test_what_a_person_spoilt_in_suivi_is_not_known_and_stops_nothing() -> None:
    site = Site().sync(row(), ANNE)
    lines = restarted(site)
    spoilt = [
        suivi.SuiviLine(2, "", "", "", "", "", "", "", mark)
        for mark in ("x", "[]", "[1]", '{"a":1}', "null", "[1,2,3]", lines[0].mark[:-9])
    ]
    assert site.sync(row(), ANNE, suivi=[*spoilt, lines[1]]).states == [State.ONLINE] * 2


def test_memory_is_the_same_after_a_restart() -> None:
    site = Site().sync(row(), ANNE, row("Bruno", T3, tick=False)).sync(row(tick=False), row("Anne", T3, "nouveau"))
    assert site.memory == Memory.from_json(site.memory.to_json())


@pytest.mark.parametrize(
    "text",
    ["", "{}", "[]", "null", '{"version":99}', '{"version":1,"salt":"x","last_id":0,"fresh":true,"gone":[],"entries":[[1]]}'],
)
def test_a_memory_that_cannot_be_read_says_so(text: str) -> None:
    with pytest.raises(ValueError):
        Memory.from_json(text)


def test_memory_holds_no_private_value_no_content_and_no_name_nobody_approved() -> None:
    site = Site().sync(
        row(
            "Chez Lyse",
            text="pain secret",
            tick=False,
            email="lyse@exemple.example",
            contact="Lyse Martin",
            siret="73282932000074",
        )
    )
    stored = site.memory.to_json().casefold()
    for private in ("lyse", "secret", "exemple", "martin", "7328", "angers", T1.isoformat(), "2026-11-03"):
        assert private not in stored


def test_digests_of_two_machines_cannot_be_compared() -> None:
    one, other = Site().sync(row()).memory.entries[0], Site().sync(row()).memory.entries[0]
    assert (one.email, one.name, one.stamp) != (other.email, other.name, other.stamp)
    assert one.email != other.email


# What a volunteer ticked on /feuille


def test_what_was_ticked_before_ones_eyes_is_approved_even_when_edited_between_two_passes() -> None:
    site = Site().sync(row(text="ancien"))
    edited = row(stamp=T2, text="nouveau")
    site.sync(edited, vouched={(identity(edited), edited.digest)})
    assert (site.states, site.fiches) == ([State.ONLINE], {"chez-lyse": "nouveau"})


def test_a_vouch_for_another_content_or_an_unticked_row_is_ignored() -> None:
    site = Site().sync(row(text="ancien"))
    edited = row(stamp=T2, text="nouveau")
    assert site.sync(edited, vouched={(identity(edited), row(text="autre").digest)}).texts == ["ancien"]
    unticked = row(stamp=T2, text="nouveau", tick=False)
    assert site.sync(unticked, vouched={(identity(unticked), unticked.digest)}).texts == []


def test_identity_ignores_content_place_and_tick_and_nothing_else() -> None:
    assert identity(row(text="a", tick=False)) == identity(row(text="b"))
    assert (
        len(
            {
                identity(each)
                for each in (
                    row(),
                    row(stamp=T2),
                    row(email="x@exemple.example"),
                    row("Autre", email="chez.lyse@exemple.example"),
                )
            }
        )
        == 4
    )


# Days


def test_since_and_first_approval_do_not_move_while_nothing_happens() -> None:
    site = Site().sync(row(tick=False)).sync(row())
    first = site.outcome.decisions[0]
    again = site.sync(row()).outcome.decisions[0]
    assert NOW + timedelta(days=1) == first.since == first.first_approved == again.since == again.first_approved
    assert date(2026, 11, 26) == first.verified == again.verified


@pytest.mark.parametrize(
    ("then", "day"),
    [
        ([row(text="corrigé")], 26),
        ([row(tick=False), row()], 27),
        ([row(stamp=T2, text="nouveau")], 25),
        ([row(stamp=T2, text="nouveau"), row(stamp=T2, text="nouveau", tick=False), row(stamp=T2, text="nouveau")], 28),
        ([row(content=False, unfinished=True), row()], 25),
        ([row(tick=False)], 25),
    ],
)
def test_verified_is_the_day_of_the_last_tick_or_approval(then: list, day: int) -> None:
    site = Site().sync(row())
    for each in then:
        site.sync(each)
    assert date(2026, 11, day) == site.outcome.decisions[0].verified


def test_verified_is_a_day_in_france() -> None:
    late = NOW.replace(hour=23, minute=30)
    assert date(2026, 11, 26) == decide(Memory(), [row()], late).decisions[0].verified


# Addresses of fiches


def test_three_shops_of_one_name_have_three_addresses_that_never_move() -> None:
    """Case slug-collision-o."""
    rows = [row("Boulangerie Martin", stamp, str(at), email=f"{at}@exemple.example", commune=commune)
            for at, (stamp, commune) in enumerate([(T1, "Angers"), (T2, "Saumur"), (T3, "Angers")])]  # fmt: skip
    site = Site().sync(*rows)
    expected = {"boulangerie-martin": "0", "boulangerie-martin-saumur": "1", "boulangerie-martin-angers": "2"}
    assert expected == site.fiches
    assert expected == site.sync(*reversed(rows)).fiches
    site.sync(*rows[1:])
    del expected["boulangerie-martin"]
    assert expected == site.fiches
    site.sync(*rows[1:], row("Boulangerie Martin", T3 + timedelta(1), "neuf", email="n@exemple.example"))
    assert expected | {"boulangerie-martin-angers-2": "neuf"} == site.fiches


def test_the_oldest_submission_chooses_its_address_first_however_the_tab_is_sorted() -> None:
    old, young = row("Martin", T1, "ancien", email="a@exemple.example"), row("Martin", T2, "récent", email="b@exemple.example")
    assert Site().sync(old, young).fiches == Site().sync(young, old).fiches


@pytest.mark.parametrize(
    ("name", "commune", "slugs"),
    [
        ("L'Œuf à la Coque", "Angers", ["l-oeuf-a-la-coque", "l-oeuf-a-la-coque-angers", "l-oeuf-a-la-coque-angers-2"]),
        ("🍓", "Angers", ["fiche", "fiche-angers", "fiche-angers-2"]),
        ("Martin", "", ["martin", "martin-2", "martin-3"]),
    ],
)
def test_an_address_is_the_folded_name_then_the_commune_then_a_number(name: str, commune: str, slugs: list[str]) -> None:
    rows = [row(name, T1 + timedelta(hours=at), str(at), email=f"{at}@exemple.example", commune=commune) for at in range(3)]
    assert slugs == list(Site().sync(*rows).fiches)


def test_an_edit_that_renames_the_fiche_keeps_its_address_once_approved() -> None:
    renamed = {"name": "Le Fournil", "stamp": T2, "email": "chez.lyse@exemple.example"}
    site = Site().sync(row()).sync(row(**renamed)).sync(row(**renamed, tick=False)).sync(row(**renamed))
    assert list(site.fiches) == ["chez-lyse"]


# Obeyed or held


def many(count: int) -> list:
    return [row(f"Commerce {at}", T1 + timedelta(hours=at), str(at), tick=at % 3 > 0) for at in range(count)]


@pytest.mark.parametrize(("before", "after"), [(9, 4), (10, 4), (5, 0), (100, 49)])
def test_more_than_half_gone_at_once_is_held(before: int, after: int) -> None:
    site = Site().sync(*many(before))
    memory = site.memory
    with pytest.raises(HeldDrop, match=rf"^{before - after} des {before} .*python -m sheets sync --accept-drop$"):
        site.sync(*many(after))
    assert memory == site.memory
    assert before == len(site.sync(*many(before)).states)


@pytest.mark.parametrize(("before", "after"), [(10, 5), (4, 0), (1, 0), (7, 3), (100, 50)])
def test_up_to_half_or_fewer_than_five_gone_is_obeyed(before: int, after: int) -> None:
    assert after == len(Site().sync(*many(before)).sync(*many(after)).states)


def test_a_drop_that_is_meant_is_obeyed() -> None:
    assert Site().sync(*many(20)).sync(accept_drop=True).fiches == {}


def test_edits_are_no_deletions() -> None:
    site = Site().sync(*many(20))
    online = site.texts
    edited = [row(f"Commerce {at}", T1 + timedelta(days=9, hours=at), "neuf", tick=at % 3 > 0) for at in range(20)]
    assert online == site.sync(*edited).texts


def test_another_sheet_pasted_over_ours_without_ticks_is_held() -> None:
    site = Site().sync(*many(20))
    with pytest.raises(HeldDrop):
        site.sync(*(row(f"Autre {at}", T1 + timedelta(days=9, hours=at), tick=False) for at in range(20)))


# Size


@pytest.mark.slow
def test_ten_thousand_shops_of_one_name_have_as_many_slugs() -> None:
    rows = [row("Martin", T1 + timedelta(hours=at), str(at), email=f"{at}@exemple.example") for at in range(10_000)]
    assert len({decision.slug for decision in decide(Memory(), rows, NOW).decisions}) == 10_000


def test_the_stored_memory_stays_small() -> None:
    assert len(json.dumps(Site().sync(*many(1000)).memory.to_json())) < 300_000

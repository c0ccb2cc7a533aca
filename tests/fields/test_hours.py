"""Opening hours: a claim is right or is not made."""

import functools
import json
import sys
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opening_hours import OpeningHours, State

from fields.cell import Reading, fold
from fields.hours import LONGEST_READ, LONGEST_SHOWN, Hours, opening_hours
from tests.tries import tries

SHARED = Path(__file__).resolve().parents[3] / "shared"
CASES = SHARED / "cases" / "hours_open.json"

DECIDED = {
    # days
    "Du mardi au dimanche sauf jeudi 8h-12h / 14h-18h": "Tu-We,Fr-Su 08:00-12:00,14:00-18:00",
    "Ouvert tous les jours de 8h à 20h sauf le mercredi": "Mo-Tu,Th-Su 08:00-20:00",
    "tous les jours du lundi au samedi de 10H30 à 19H30": "Mo-Sa 10:30-19:30",
    "Dimanche au jeudi 11h30-22h30, vendredi et samedi 11h30-23h": "Mo-Th,Su 11:30-22:30, Fr-Sa 11:30-23:00",
    "Mardi – mercredi – vendredi : 9h-12h": "Tu-We,Fr 09:00-12:00",
    "lundi/mercredi/vendredi : 9.00 - 12.30": "Mo,We,Fr 09:00-12:30",
    "samedi/dimanche 9h-12h": "Sa-Su 09:00-12:00",
    "lun. mer. ven. 9h/12h30 - 14h/18h30": "Mo,We,Fr 09:00-12:30,14:00-18:30",
    "L-M-M-J-V 9h-17h": "Mo-Fr 09:00-17:00",
    "L à V : 9h-17h, S : 9h-12h": "Mo-Fr 09:00-17:00, Sa 09:00-12:00",
    "L-Me-V 9h-12h / S 10h-12h": "Mo,We,Fr 09:00-12:00, Sa 10:00-12:00",
    "Les 1er et 3e mardis du mois, 17h-19h": "Tu[1,3] 17:00-19:00",
    "1er lundi et 3e jeudi du mois 17h-19h": "Mo[1] 17:00-19:00, Th[3] 17:00-19:00",
    "le WE 9h-12h": "Sa-Su 09:00-12:00",
    # hours
    "Samedi 9h30-19h30Dimanche 10h – 12h30": "Sa 09:30-19:30, Su 10:00-12:30",
    "lundi de 15 à 19h": "Mo 15:00-19:00",
    "Lundi 13-20h, mardi-samedi 10-20h": "Mo 13:00-20:00, Tu-Sa 10:00-20:00",
    "Mardi à samedi 9h30/12h30/14h30/19h": "Tu-Sa 09:30-12:30,14:30-19:00",
    "Vendredi de 17 h 30 à 19 h 30": "Fr 17:30-19:30",
    "du mardi au samedi entre 10h et 19h": "Tu-Sa 10:00-19:00",
    "jeudi, vendredi de 18h à 0h": "Th-Fr 18:00-24:00",
    "Mardi au samedi : matin 9h-12h, après-midi 14h-18h": "Tu-Sa 09:00-12:00,14:00-18:00",
    "Du lundi au vendredi 8-12 / 14-18": "Mo-Fr 08:00-12:00,14:00-18:00",
    "7 jours sur 7, 24 heures sur 24": "24/7",
    "24h/24 du lundi au vendredi": "Mo-Fr 00:00-24:00",
    # pairing
    "Du lundi au samedi.\nDe 10h à 20h.": "Mo-Sa 10:00-20:00",
    "Mardi-vendredi 12h-14h.\n18h30-21h\nSamedi 12h-14h": "Tu-Fr 12:00-14:00,18:30-21:00, Sa 12:00-14:00",
    "Lundi au samedi.\nle lundi 14h-19h.\ndu mardi au samedi 8h-19h": "Mo 14:00-19:00, Tu-Sa 08:00-19:00",
    "9h-12h lundi, 14h-18h mardi et jeudi": "Mo 09:00-12:00, Tu,Th 14:00-18:00",
    "9h-12h le lundi et le mardi 14h-18h": "Mo 09:00-12:00, Tu 14:00-18:00",
    "jeudi, samedi ; 07:00-13:30 ; samedi 07:00-14:30": "Th 07:00-13:30, Sa 07:00-14:30",
    # exceptions
    "Du mardi au samedi 9h-19h (18h le samedi)": "Tu-Fr 09:00-19:00, Sa 09:00-18:00",
    "Du lundi au samedi 9h-19h sauf le samedi 9h-12h": "Mo-Fr 09:00-19:00, Sa 09:00-12:00",
    "Du lundi au vendredi 8h30-22h\net jusqu’à minuit les jeudi et vendredi": "Mo-We 08:30-22:00, Th-Fr 08:30-24:00",
    "Mardi au samedi 9h-18h sauf jeudi matin (ouverture à 14h)": "Tu-We,Fr-Sa 09:00-18:00, Th 14:00-18:00",
    "Fermé le dimanche et le lundi matin. Lundi au samedi 9h-12h 14h-19h": "Mo 14:00-19:00, Tu-Sa 09:00-12:00,14:00-19:00",
    "Du mardi au samedi 9h-18h, fermé de 12h30 à 14h": "Tu-Sa 09:00-12:30,14:00-18:00",
    "Fermeture hebdomadaire le mercredi. Ouvert de 9h à 19h": "Mo-Tu,Th-Su 09:00-19:00",
    "Lundi au samedi 9h-19h. Fermé le 1er lundi du mois": "Mo-Sa 09:00-19:00; Mo[1] off",
    "Mardi au samedi 9h-12h, l'après-midi sur RDV": "Tu-Sa 09:00-12:00",
    "Mardi au samedi 9h-19h ou sur RDV.": "Tu-Sa 09:00-19:00",
    "Lundi sur rendez-vous, mardi au samedi 9h-19h": 'Tu-Sa 09:00-19:00, Mo unknown "sur rendez-vous"',
    # the year
    "Mardi au samedi 9h-19h. En août : 9h-13h": "Tu-Sa 09:00-19:00; Aug Tu-Sa 09:00-13:00",
    "Mardi au samedi 9h-19h. Du 1er au 21 août : fermé": "Tu-Sa 09:00-19:00; Aug 1-21 off",
    "Mardi-samedi 9h-12h. Fermé du 20 décembre 2026 au 4 janvier 2027": "Tu-Sa 09:00-12:00; 2026 Dec 20-2027 Jan 4 off",
    "Mardi-samedi 9h-12h, fermé les 24 et 31 décembre": "Tu-Sa 09:00-12:00; Dec 24,Dec 31 off",
    "Du 15 avril au 15 octobre, du mardi au samedi 10h-19h": "Apr 15-Oct 15 Tu-Sa 10:00-19:00",
    "De mai à septembre :\nlundi 9h-12h\nmardi 14h-18h": "May-Sep Mo 09:00-12:00, May-Sep Tu 14:00-18:00",
    "Samedi 9h-12h de septembre à juin": "Sep-Jun Sa 09:00-12:00",
    "Jeudi 17h-19h (semaines impaires)": "week 1-53/2 Th 17:00-19:00",
    "Mardi-samedi 18h-1h. Fermé les jours fériés": "Tu-Sa 18:00-01:00; PH off",
    "Tous les jours 9h-18h, jours fériés inclus": "Mo-Su 09:00-18:00",
    "Mardi-samedi 9h-19h. Ouvert exceptionnellement dimanche 20 décembre 2026 de 9h à 13h":
        "Tu-Sa 09:00-19:00; 2026 Dec 20 09:00-13:00",
    # remarks
    "Mardi au samedi 9h-19h. Tél. 02 61 91 00 42": "Tu-Sa 09:00-19:00",
    "Lundi au samedi : 9h-12h\nParking gratuit": "Mo-Sa 09:00-12:00",
    "La ferme est ouverte le mardi de 16h à 19h": "Tu 16:00-19:00",
    "Standard téléphonique du lundi au vendredi 9h-17h. Boutique le samedi 10h-18h": "Sa 10:00-18:00",
    "Lundi au vendredi 9h-18h, livraison le jeudi 17h-20h": "Mo-Fr 09:00-18:00",
}  # fmt: skip

UNDECIDED = """
    24h/24
    7j/7
    Fermé le lundi
    Sur RDV du lundi au vendredi 9h-18h
    Lundi 9h-12h, mardi 9h-12h sur rendez-vous
    Lundi au vendredi 9h-18h. Sur rendez-vous
    Sans rendez-vous du lundi au vendredi 9h-18h
    le 1er samedi de 9h à 12h
    Tous les 15 jours, le samedi 9h-12h
    Certains samedis 9h-12h
    Du lundi 17 h au samedi 1 h
    mardi/vendredi : 9h-12h
    L-M-J-V 9h-17h
    Lundi 8-12
    mardi 8h 12 14h 18
    Mardi 8h12 14h18
    Du mardi au samedi 2h-6h
    Mardi au samedi 14h-9h
    Mardi au samedi 9h-19h30/20h
    Du mardi au samedi 9h30 à 12h30 et 14h30
    Mardi au samedi 9h-19h*
    Mardi au samedi 9h-19h...
    Mardi au samedi 9h-18h environ
    Mardi au samedi vers 9h-18h
    Samedi 9h-13h, jusqu'à épuisement des stocks
    Du lundi au samedi 8h-19h selon saison
    Mardi au samedi 9h-19h sauf imprévu
    Du mardi au samedi 9h-19h (10h le samedi)
    Nocturne le jeudi 18h-21h. Mardi-samedi 10h-19h
    Du mardi au vendredi 9h-19h, samedi matin
    mercredi apm, samedi ; 10:00-20:30
    Fermé dimanche et lundi matin. Lundi au samedi 9h-12h 14h-19h
    Mardi au samedi 9h-19h, fermé le mercredi après-midi
    Ouvert le mardi fermé le lundi 9h-12h
    Fermé lun. mar-sam 9h-18h
    Mercredi 9h-19h. Fermé le mercredi.
    Lundi au vendredi 9h-18h sauf mercredi, samedi 9h-12h
    Mardi 9h-12h, vendredi 16h-19h semaines paires
    Mercredi 14h-18h, semaines paires samedi 9h-12h
    Avril à octobre : mardi 9h-12h. Jeudi 14h-18h
    Mardi au samedi 9h-19h. En août : mardi au vendredi 9h-13h
    Fermé jusqu'au 15 décembre. Mardi au samedi 9h-18h
    Fermé exceptionnellement lundi 1er décembre 2026. Du lundi au vendredi 8h-18h
    Samedi 12 décembre 9h-12h
    Du lundi au vendredi 9h-12h (uniquement par téléphone)
    Du lundi au vendredi 9h-12h (livraison uniquement)
    Par téléphone du lundi au vendredi 9h-12h
    Ouvert mardi : livraison 9h-12h
    Bureau lundi 9h-12h. Atelier mardi 9h-12h
    Ferme : lundi au samedi 9h-12h
    Mardi au samedi 9h-19h à Angers
    Pas ouvert le mardi 9h-12h
    Mardi ou jeudi 9h-12h
    Mon-Fri 9am-5pm
    Open Monday to Friday 9h-18h
    Du lundi au vendredi 9h-18h, closed on Wednesday
    We 09:00-12:00
""".strip().splitlines()

HEADINGS = (
    "Livraison :\nmardi 9h-12h\nmercredi 9h-12h",
    "Livraison à domicile\nMardi 9h-12h",
    "Sur RDV :\n- Lundi : 17h - 20h\n- Mardi : 12h - 20h",
)


def parsed(osm: str) -> OpeningHours:
    return OpeningHours(osm, country="FR")


@pytest.mark.parametrize(("text", "osm"), DECIDED.items())
def test_hours_that_are_clear_are_read(text, osm):
    assert opening_hours(text) == osm
    parsed(osm)


@pytest.mark.parametrize("text", [text.strip() for text in UNDECIDED] + list(HEADINGS))
def test_a_doubt_is_no_claim(text):
    assert opening_hours(text) is None


def shared_cases() -> list[dict]:
    return json.loads(CASES.read_text(encoding="utf-8")) if CASES.exists() else []


@pytest.fixture(scope="module")
def agree():
    """What stands beside the shared cases; the 35,000 moments that it looks at are made once, and one timetable is not compared with itself."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(sys, "path", [str(CASES.parent), *sys.path])
        import agree as shared

        same = shared._same
        patched.setattr(shared, "_grid", functools.cache(shared._grid))
        patched.setattr(shared, "_same", lambda one, other, text: one == other or same(one, other, text))
        yield shared.agree


@pytest.mark.skipif(not CASES.exists(), reason="shared/cases stands beside the checkout only where it is built")
@pytest.mark.parametrize("case", shared_cases(), ids=lambda case: case["id"])
def test_hours_as_people_write_them_agree_with_the_shared_cases(case, agree):
    ok, why = agree(case, opening_hours(case["text"]))
    assert ok, (why, opening_hours(case["text"]))


@pytest.mark.skipif(not (SHARED / "cases" / "open.json").exists(), reason="shared/cases is absent")
def test_hours_of_the_open_cases_are_read_to_the_letter():
    cases = json.loads((SHARED / "cases" / "open.json").read_text(encoding="utf-8"))
    wanted = {case["id"]: case for case in cases if "opening_hours" in case["expected"]}
    assert wanted
    for case in wanted.values():
        text = case["input"]["rows"][0]["Horaires"]
        assert opening_hours(text) == case["expected"]["opening_hours"], text


# What a machine writes in many styles, and knows to be true.

DAY_WORDS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
OSM_DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
CLOCKS = {"9h30": "{h}h{m}", "9 h 30": "{h} h {m}", "9:30": "{h}:{m}", "9.30": "{h}.{m}", "9H30": "{h}H{m}"}


@st.composite
def timetables(draw):
    """Texts of runs of days, each with one or two intervals, and the OSM value that they mean."""
    cuts = sorted(draw(st.sets(st.integers(1, 6), max_size=3)))
    runs = [range(a, b) for a, b in zip([0, *cuts], [*cuts, 7], strict=True)]
    clock = CLOCKS[draw(st.sampled_from(sorted(CLOCKS)))]
    dash = draw(st.sampled_from((" à ", "-", " – ", " - ")))
    between = draw(st.sampled_from((" et ", " / ", ", ", " puis ")))
    lines, rules = [], []
    for run in runs:
        begins = draw(st.integers(6, 10)) * 60 + draw(st.sampled_from((0, 15, 30)))
        spans = [(begins, begins + 180), (begins + 240, begins + 480)][: draw(st.integers(1, 2))]
        words = [dash.join(clock.format(h=m // 60, m=f"{m % 60:02}") for m in span) for span in spans]
        named = DAY_WORDS[run[0]] if len(run) == 1 else f"{DAY_WORDS[run[0]]} au {DAY_WORDS[run[-1]]}"
        hours = between.join(words)
        lines.append(draw(st.sampled_from((f"{named} : {hours}", f"{named} {hours}", f"{named}, {hours}"))))
        name = OSM_DAYS[run[0]] if len(run) == 1 else f"{OSM_DAYS[run[0]]}-{OSM_DAYS[run[-1]]}"
        rules.append(f"{name} " + ",".join("-".join(f"{m // 60:02}:{m % 60:02}" for m in span) for span in spans))
    join = draw(st.sampled_from(("\n", ". ", "; ", ", ", " // ", " ")))
    return join.join(lines), "; ".join(rules)


@tries(150)
@given(timetables())
def test_a_timetable_is_read_as_it_was_meant_in_every_style(timetable):
    text, meant = timetable
    osm = opening_hours(text)
    assert osm is not None, text
    assert open_intervals(osm) == open_intervals(meant), (text, osm)


def open_intervals(osm: str) -> list[tuple[datetime, datetime]]:
    """Those of one week without holidays."""
    week = parsed(osm).intervals(datetime(2026, 11, 23), datetime(2026, 11, 30))
    return [(start, end) for start, end, state, _ in week if state == State.OPEN]


TRADE = """
lundi mardi mer. sam dimanche L V tous_les_jours week-end en_semaine jours_fériés 1er 2e dernier du_mois
9h 9h30 12h 14h 19h 1h 8 12 midi minuit 24h/24 7j/7 entre jusqu'à dès à_partir_de matin après-midi soir
du au à de et ou , / - – ; . : ( ) le les sauf fermé ouvert sur_RDV exceptionnellement nocturne
août janvier 2026 semaines_paires boutique livraison commandes bientôt
"""
WORDS = st.sampled_from(["\n", *TRADE.split()]).map(lambda word: word.replace("_", " "))


@tries(300)
@given(st.lists(WORDS, max_size=14).map(" ".join))
def test_any_words_of_the_trade_give_osm_or_nothing(text):
    osm = opening_hours(text)
    if osm is not None:
        parsed(osm)


@tries(150)
@given(st.text(max_size=80))
def test_any_text_is_survived(text):
    osm = opening_hours(text)
    if osm is not None:
        parsed(osm)


@pytest.mark.parametrize("text", DECIDED)
def test_capitals_and_accents_do_not_matter(text):
    assert opening_hours(text.upper()) == opening_hours("\n".join(map(fold, text.split("\n")))) == DECIDED[text]


@pytest.mark.parametrize("piece", ["lundi 9h-", "9h ", "<br ", "- ", "lundi, ", "1er et ", "7/", "\n", "(", "et "])
def test_a_text_made_to_hurt_comes_to_an_end(piece):
    """Undecided, and not after minutes of backtracking: the run of tests would never end."""
    for size in (LONGEST_READ, 40_000):
        assert opening_hours((piece * size)[:size]) is None


# The cell


def test_hours_are_shown_as_written():
    text = "  Mardi : 9h-12h \r\n\u00a0Jeudi : sur demande  \n"
    reading = Hours().read(text, {})
    assert (reading.value, reading.faults) == ("Mardi : 9h-12h\nJeudi : sur demande", ())


def test_hours_that_nobody_can_parse_are_no_fault():
    assert Hours().read("quand la lumière est allumée", {}).faults == ()


def test_long_hours_are_cut():
    assert len(Hours().read("mardi " * 400, {}).value) <= LONGEST_SHOWN


@pytest.mark.parametrize("cell", [44173, 0.375, 46355.5, True])
def test_a_date_that_google_made_of_hours_is_told_to_the_volunteer(cell):
    reading = Hours().read(cell, {})
    assert reading.value == ""
    assert "9h-12h" in reading.faults[0].expected


@pytest.mark.parametrize("cell", ["", "  ", "null"])
def test_no_hours_are_no_fault(cell):
    assert Hours().read(cell, {}) == Reading("")

"""The pasted script, run under Node against `form_stand_in.js`: what it builds is what `schema.py` says, whatever stood there before."""

import atexit
import functools
import json
import re
import shutil
import subprocess
import tempfile
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import schema
from fields import text
from schema import Column, header_key
from sheets import form
from sheets.memory import State

STAND_INS = Path(__file__).with_name("form_stand_ins.js")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not shutil.which("node"), reason="node is not installed: the Apps Script cannot be run"),
]

RESPONSES = schema.RESPONSES.name
ANSWERS = {"Nom": "Fournil", "Catégorie": "Boulangerie", "Commune": "Angers", "Consentement": schema.CONSENT}
VOLUNTEERS = ["approved", "latitude", "longitude", "note"]
RUN = ["call", "installer"]


@functools.cache
def _node() -> subprocess.Popen[str]:
    """One for all trials: a start takes longer than what most of them play."""
    made = subprocess.Popen(["node", STAND_INS], stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8")
    atexit.register(made.kill)
    return made


def played(*steps: list[Any]) -> dict[str, Any]:
    """What stands in the account after these steps, `failed` included. Each step is a verb of the stand-in."""
    node = _node()
    assert node.stdin is not None
    assert node.stdout is not None
    patience = threading.Timer(30, node.kill)
    patience.start()
    try:
        node.stdin.write(json.dumps(steps) + "\n")
        node.stdin.flush()
        said = node.stdout.readline()
    finally:
        patience.cancel()
    if not said:
        _node.cache_clear()
    assert said, "Node died, or played for more than thirty seconds"
    return json.loads(said)


def installed(*steps: list[Any]) -> dict[str, Any]:
    """The script pasted and run once, then these steps, none of which may fail."""
    world = played(["paste", form.script()], RUN, *steps)
    assert None is world["failed"]
    return world


def tab(world: dict[str, Any], name: str) -> dict[str, Any]:
    return next(sheet for sheet in world["sheets"] if sheet["name"] == name)


def column(sheet: dict[str, Any], header: str) -> list[Any]:
    at = sheet["values"][0].index(header)
    return [row[at] for row in sheet["values"][1:]]


def asked(world: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {item["title"]: item for item in world["forms"][-1]["items"]}


def standing(world: dict[str, Any]) -> dict[str, Any]:
    return {part: world[part] for part in ("forms", "sheets", "triggers", "locale", "zone")}


@pytest.fixture(scope="module")
def new() -> dict[str, Any]:
    return installed()


class TestTheForm:
    def test_asks_every_question_of_the_schema_in_its_order_with_its_help(self, new):
        expected = [(column.header, column.help, column.required) for column in schema.QUESTIONS]
        assert expected == [(item["title"], item["help"], item["required"]) for item in new["forms"][-1]["items"]]

    def test_offers_the_choices_of_the_schema(self, new):
        questions = asked(new)
        for question in schema.QUESTIONS:
            if schema.options(question):
                assert list(schema.options(question)) == questions[question.header]["choices"]

    @pytest.mark.parametrize(
        ("key", "kind", "other"),
        [
            ("categorie", "MULTIPLE_CHOICE", True),
            ("accueil", "MULTIPLE_CHOICE", False),
            ("livraison", "CHECKBOX", True),
            ("labels", "CHECKBOX", True),
            ("monnaie", "MULTIPLE_CHOICE", False),
            ("consentement", "CHECKBOX", False),
            ("ferme_du", "DATE", None),
            ("description", "PARAGRAPH_TEXT", None),
            ("horaires", "PARAGRAPH_TEXT", None),
            ("nom", "TEXT", None),
            ("site", "TEXT", None),
        ],
    )
    def test_asks_each_kind_of_cell_by_an_item_that_fits_it(self, new, key, kind, other):
        item = asked(new)[schema.BY_KEY[key].header]
        assert (kind, other) == (item["type"], item.get("other"))

    def test_a_long_closed_choice_is_a_list(self, monkeypatch):
        many = replace(schema.BY_KEY["accueil"], kind=schema.choice.One(tuple(f"Choix {n}" for n in range(12))))
        _with(monkeypatch, *(many if question.key == "accueil" else question for question in schema.QUESTIONS))
        assert "LIST" == asked(installed())["Accueil"]["type"]

    def test_yes_or_no_and_consent_are_answered_in_the_words_that_we_read(self, new):
        questions = asked(new)
        for key, value in (("monnaie", [True, False]), ("consentement", [True])):
            question = schema.BY_KEY[key]
            assert value == [question.kind.read(answer, {}).value for answer in questions[question.header]["choices"]]

    def test_says_what_an_email_a_postcode_and_a_siret_look_like(self, new):
        questions = asked(new)
        assert [] == questions["E-mail"]["validation"]["requireTextIsEmail"]
        for key in ("code_postal", "siret"):
            question = schema.BY_KEY[key]
            (pattern,) = questions[question.header]["validation"]["requireTextMatchesPattern"]
            assert re.fullmatch(pattern, question.example)
            assert not re.fullmatch(pattern, "4900")
        assert [120] == questions["Nom"]["validation"]["requireTextLengthLessThanOrEqualTo"]

    def test_can_be_answered_by_all_and_mended_after(self, new):
        (made,) = new["forms"]
        assert (True, True, False) == tuple(made["settings"][name] for name in ("edits", "published", "login"))

    def test_private_questions_say_that_they_are_never_published(self, new):
        for key in ("email", "contact", "siret"):
            assert "Jamais publié" in asked(new)[schema.BY_KEY[key].header]["help"]


class TestTheTabs:
    def test_the_answers_have_every_column_of_the_schema_volunteers_at_the_right(self, new):
        assert [column.header for column in schema.FICHE] == tab(new, RESPONSES)["values"][0]

    @pytest.mark.parametrize(
        ("name", "headers"),
        [
            ("Mag", [column.header for column in schema.MAG]),
            ("Suivi", list(schema.SUIVI_HEADERS)),
            ("Signalements", list(schema.SIGNALEMENTS_HEADERS)),
            ("Réglages", ["clé", "valeur"]),
            ("Courrier", ["quand", "message", "fiche", "adresse"]),
        ],
    )
    def test_each_tab_has_its_headers(self, new, name, headers):
        assert headers == tab(new, name)["values"][0]

    def test_headers_are_frozen_and_a_change_of_them_is_warned_of(self, new):
        for name in (RESPONSES, "Mag", "Suivi", "Signalements", "Réglages", "Courrier"):
            sheet = tab(new, name)
            assert (1, [True]) == (sheet["frozen"], [one["warningOnly"] for one in sheet["protections"]])

    def test_reglages_have_every_key_its_default_and_its_help(self, new):
        sheet = tab(new, "Réglages")
        said = {key: (value, note[0]) for (key, value), note in zip(sheet["values"][1:], sheet["notes"][1:], strict=True)}
        address = new["forms"][-1]["id"]
        assert [setting.metadata["header"] for setting in schema.REGLAGES] == list(said)
        for setting in schema.REGLAGES:
            value, note = said[setting.metadata["header"]]
            expected = "" if setting.default is None else setting.default
            if setting.name == "form_url":
                expected = f"https://docs.google.com/forms/d/e/{address}/viewform"
            assert (expected, setting.metadata["help"]) == (value, note)

    def test_coordinates_and_dates_are_checked_with_a_warning_only(self, new):
        answers, mag = tab(new, RESPONSES)["checks"], tab(new, "Mag")["checks"]
        assert [-90, 90] == answers["latitude"]["rule"]["requireNumberBetween"]
        assert [-180, 180] == answers["longitude"]["rule"]["requireNumberBetween"]
        dates = (answers["Fermé du"], answers["Fermé au"], mag["date"])
        assert all("requireDate" in check["rule"] for check in dates)
        for check in (*answers.values(), *mag.values()):
            assert ([True], list(range(2, 1001))) == (check["rule"]["setAllowInvalid"], check["rows"])

    def test_publie_is_a_box_in_every_line_and_type_a_list(self, new):
        checks = tab(new, "Mag")["checks"]
        assert "requireCheckbox" in checks["publié"]["rule"]
        assert list(schema.ARTICLE_TYPES) == checks["type"]["rule"]["requireValueInList"][0]

    def test_digits_keep_their_zeros(self, new):
        assert ["Code postal", "Téléphone", "SIRET"] == tab(new, RESPONSES)["plain"]

    def test_waiting_online_and_blocked_have_colours_of_their_own(self, new):
        rules = [rule["setBackground"][0] for rule in tab(new, RESPONSES)["colors"]]
        assert {form.COLORS[state] for state in (State.WAITING, State.ONLINE, State.BLOCKED)} == set(rules)
        suivi = {rule["whenTextEqualTo"][0]: rule["setBackground"][0] for rule in tab(new, "Suivi")["colors"]}
        assert {str(state): color for state, color in form.COLORS.items()} == suivi

    @pytest.mark.parametrize(
        ("row", "state"),
        [
            ({}, None),
            ({"Nom": "Fournil"}, State.WAITING),
            (ANSWERS, State.WAITING),
            ({**ANSWERS, "approved": True}, State.ONLINE),
            ({**ANSWERS, "Commune": "", "Code postal": 49100, "approved": True}, State.ONLINE),
            ({**ANSWERS, "Commune": "", "approved": True}, State.BLOCKED),
            ({**ANSWERS, "Nom": "", "approved": True}, State.BLOCKED),
            ({**ANSWERS, "Consentement": "", "approved": True}, State.BLOCKED),
        ],
    )
    def test_a_row_has_the_one_colour_of_its_state(self, new, row, state):
        sheet = tab(new, RESPONSES)
        cells = {"Horodateur": 46000.5 if row else "", **row}
        places = {header: f"${_letters(at)}2" for at, header in enumerate(sheet["values"][0])}
        lit = [rule["setBackground"][0] for rule in sheet["colors"] if _holds(rule["whenFormulaSatisfied"][0], places, cells)]
        assert ([form.COLORS[state]] if state else []) == lit

    def test_formulas_have_nothing_that_depends_on_the_language_of_the_sheet(self, new):
        for rule in tab(new, RESPONSES)["colors"]:
            (formula,) = rule["whenFormulaSatisfied"]
            assert not re.search(r"[,;]|[A-Z]{2,}\(|TRUE|FALSE", formula)

    def test_french_dates_and_the_clock_of_france(self, new):
        assert ("fr_FR", "Europe/Paris") == (new["locale"], new["zone"])


class TestAgain:
    def test_a_second_run_changes_nothing(self):
        world = installed(["keep"], RUN)
        assert standing(world["kept"][0]) == standing(world)
        assert world["toasts"][-1].startswith("Rien à ajouter")

    def test_what_people_filled_in_stays(self):
        world = installed(
            ["submit", ANSWERS, 46000.5],
            ["submit", {**ANSWERS, "Nom": "Cave"}, 46000.6],
            ["write", RESPONSES, 2, "approved", True],
            ["write", RESPONSES, 3, "approved", "oui"],
            ["write", RESPONSES, 2, "latitude", "47,47"],
            ["write", RESPONSES, 3, "note", "à rappeler"],
            ["write", "Mag", 2, "titre", "Bonjour"],
            ["write", "Mag", 2, "publié", True],
            ["cell", "Réglages", 2, 2, "La Place"],
            ["cell", "Réglages", 7, 2, "https://exemple.example/formulaire"],
            ["setting", "edits", False],
            ["keep"],
            RUN,
        )
        assert standing(world["kept"][0]) == standing(world)
        assert [True, "oui"] == column(tab(world, RESPONSES), "approved")

    def test_notes_and_checks_of_the_team_stay_beside_new_ones(self):
        theirs = {"kind": "validation", "requireDate": []}
        world = played(
            ["tab", "Mag"],
            *(["cell", "Mag", 1, at, column.header] for at, column in enumerate(schema.MAG, start=1)),
            ["note", "Mag", 1, 1, "le nôtre"],
            ["check", "Mag", 2, "type", theirs],
            ["paste", form.script()],
            RUN,
        )
        sheet = tab(world, "Mag")
        assert ("le nôtre", schema.MAG[1].help) == tuple(sheet["notes"][0][:2])
        assert (theirs, list(range(2, 1001))) == (sheet["checks"]["type"]["rule"], sheet["checks"]["type"]["rows"])

    def test_rows_from_before_the_script_get_their_box_and_keep_their_tick(self):
        """The tab of a form that stood before: boxes go beside the answers, without unticking."""
        world = installed(
            ["submit", ANSWERS, 46000.5],
            ["write", RESPONSES, 2, "approved", True],
            ["retitle", "Photo", "Image"],
            RUN,
        )
        sheet = tab(world, RESPONSES)
        assert ([2], [True]) == (sheet["checks"]["approved"]["rows"], column(sheet, "approved"))

    def test_a_new_question_of_the_schema_is_the_only_thing_added(self, monkeypatch):
        before = form.script()
        extra = Column("parking", "Places de parking", text.Line(100), help="Combien ?")
        at = next(number for number, question in enumerate(schema.QUESTIONS) if question.key == "horaires")
        _with(monkeypatch, *schema.QUESTIONS[:at], extra, *schema.QUESTIONS[at:])
        steps = [["submit", ANSWERS, 46000.5], ["write", RESPONSES, 2, "approved", True], ["keep"]]
        world = played(["paste", before], RUN, *steps, ["paste", form.script()], RUN)
        assert None is world["failed"]
        (kept,) = world["kept"]
        titles = [item["title"] for item in world["forms"][-1]["items"]]
        assert [question.header for question in schema.QUESTIONS] == titles
        old = [item for item in world["forms"][-1]["items"] if item["title"] != extra.header]
        assert kept["forms"][-1]["items"] == old
        headers = tab(world, RESPONSES)["values"][0]
        assert VOLUNTEERS == headers[-4:]
        assert {extra.header} == set(headers) - set(tab(kept, RESPONSES)["values"][0])
        assert [True] == column(tab(world, RESPONSES), "approved")
        assert "la question « Places de parking »" in world["toasts"][-1]
        assert len(world["triggers"]) == 2

    @pytest.mark.parametrize("title", ["  PHOTO :", "photo", "Phötó"])
    def test_a_question_is_known_again_as_a_header_is(self, title):
        world = installed(["retitle", "Photo", title], RUN)
        assert len(schema.QUESTIONS) == len(world["forms"][-1]["items"])

    def test_an_email_that_google_collects_is_not_asked_twice(self):
        world = installed(["retitle", "E-mail", "Une autre question"], ["setting", "collectsEmail", True], RUN)
        assert "E-mail" not in asked(world)

    def test_choices_that_the_team_took_away_are_told_and_stay_away(self):
        world = installed(["choices", "Paiements", ["Espèces"]], RUN)
        assert ["Espèces"] == asked(world)["Paiements"]["choices"]
        assert "« Paiements » : Carte bancaire, Chèque" in world["toasts"][-1]

    def test_a_column_that_was_lost_comes_back_at_the_right(self):
        world = installed(
            ["write", RESPONSES, 1, "longitude", "autre chose"], ["write", "Mag", 1, "image", "illustration"], RUN
        )
        assert [*VOLUNTEERS[:2], "autre chose", "note", "longitude"] == tab(world, RESPONSES)["values"][0][-5:]
        assert ["publié", "image"] == tab(world, "Mag")["values"][0][-2:]

    def test_a_setting_that_is_missing_is_added_below_and_aliases_count(self):
        world = installed(["cell", "Réglages", 3, 1, "accueil"], ["cell", "Réglages", 9, 1, "ma clé"], RUN)
        keys = [key for key, _ in tab(world, "Réglages")["values"]]
        assert ("accueil", "ma clé", "monnaie locale") == (keys[2], keys[8], keys[-1])
        assert len(schema.REGLAGES) + 2 == len(keys)

    def test_tabs_are_found_again_by_their_folded_names(self):
        world = installed(["rename", "Réglages", "REGLAGES "], ["rename", RESPONSES, "Réponses"], RUN)
        assert ["Réponses", "Feuille 1", "Mag", "Suivi", "Signalements", "REGLAGES ", "Courrier"] == [
            sheet["name"] for sheet in world["sheets"]
        ]

    def test_a_new_version_of_the_text_keeps_one_trigger_of_each(self):
        world = installed(["paste", form.script()], RUN, RUN)
        assert [{"handler": "surEnvoi"}, {"handler": "courrier", "every": 1}] == world["triggers"]


class TestWhatStoodThere:
    def test_a_survey_of_the_same_spreadsheet_is_left_alone_and_its_name_is_told(self):
        world = played(["survey", ["Nom", "Votre avis"]], ["keep"], ["paste", form.script()], RUN, RUN)
        assert None is world["failed"]
        survey = world["kept"][0]
        assert (survey["forms"][0], survey["sheets"][0]) == (world["forms"][0], tab(world, RESPONSES))
        assert 'responses_tab = "Réponses au formulaire 2"' in world["toasts"][-1]

    def test_an_answer_to_a_survey_touches_nothing(self):
        world = installed(["survey", ["Avis"]], ["submit", {"Avis": "bien"}, 46000.5])
        assert [["Horodateur", "Avis"], [46000.5, "bien"]] == world["sheets"][0]["values"]

    def test_a_form_in_another_language_writes_to_a_tab_that_the_site_knows(self):
        world = played(["tabName", "Respuestas de formulario"], ["paste", form.script()], RUN)
        assert RESPONSES == world["sheets"][0]["name"]
        world = played(["tabName", "Form Responses"], ["paste", form.script()], RUN)
        assert "Form Responses 1" == world["sheets"][0]["name"]

    def test_a_tab_without_its_header_is_left_alone_and_told(self):
        world = played(["tab", "Mag"], ["cell", "Mag", 1, 1, "Nos articles"], ["paste", form.script()], RUN)
        assert [["Nos articles"]] == tab(world, "Mag")["values"]
        assert "« Mag » n'a pas ses en-têtes" in world["toasts"][-1]

    def test_a_form_that_was_unlinked_is_linked_again_not_made_twice(self):
        world = installed(["remove", RESPONSES], RUN)
        assert (1, True) == (len(world["forms"]), RESPONSES in [sheet["name"] for sheet in world["sheets"]])

    def test_a_run_that_was_cut_short_goes_on_where_it_stopped(self, new):
        world = played(["paste", form.script()], ["interrupt", 7, "installer"], RUN)
        assert None is world["failed"]
        assert (1, new["forms"][0]["items"]) == (len(world["forms"]), world["forms"][0]["items"])
        assert new["sheets"][0]["values"] == world["sheets"][0]["values"]

    def test_a_form_of_somebody_else_is_told_in_words(self):
        world = played(["paste", form.script()], RUN, ["forbid"], RUN)
        assert world["failed"].startswith(
            "Le formulaire lié à l'onglet « Réponses au formulaire 1 » ne s'ouvre pas avec votre compte"
        )

    def test_typed_columns_of_a_table_cost_their_checks_and_no_more(self):
        """Google refuses formats and checks in the typed columns of its tables."""
        world = played(
            ["typed", "Code postal", "Fermé du", "approved"],
            ["paste", form.script()],
            RUN,
            ["submit", ANSWERS, 46000.5],
            ["write", RESPONSES, 2, "approved", True],
            ["edit", 2, {"Nom": "Autre"}, 46001.5],
        )
        assert None is world["failed"]
        assert [False] == column(tab(world, RESPONSES), "approved")
        assert "« Fermé du » n'a pas pu être posée" in world["toasts"][-1]
        assert "latitude" in tab(world, RESPONSES)["checks"]


class TestTheTrigger:
    def test_a_new_row_gets_an_empty_box(self):
        sheet = tab(installed(["submit", ANSWERS, 46000.5]), RESPONSES)
        assert ([2], [False]) == (sheet["checks"]["approved"]["rows"], column(sheet, "approved"))

    @pytest.mark.parametrize("tick", [True, "x", "oui", 1])
    def test_an_edit_by_the_merchant_unticks_its_row_only(self, tick):
        world = installed(
            ["submit", ANSWERS, 46000.5],
            ["submit", {**ANSWERS, "Nom": "Cave"}, 46000.6],
            ["write", RESPONSES, 2, "approved", True],
            ["write", RESPONSES, 3, "approved", tick],
            ["edit", 3, {"Nom": "Cave à vins"}, 46001.5],
        )
        assert [True, False] == column(tab(world, RESPONSES), "approved")

    def test_it_follows_the_column_wherever_it_went(self):
        world = installed(
            ["write", RESPONSES, 1, "note", "provisoire"],
            ["write", RESPONSES, 1, "approved", "note"],
            ["write", RESPONSES, 1, "provisoire", "Approved"],
            ["submit", ANSWERS, 46000.5],
        )
        assert [False] == column(tab(world, RESPONSES), "Approved")


def test_the_menu_runs_it_again(new):
    world = installed(["call", "onOpen"])
    assert [["Conso-locale", "Installer ou compléter", "installer"]] == world["menus"]


@settings(max_examples=15, deadline=None)
@given(st.lists(st.text(max_size=12), max_size=60))
def test_titles_are_folded_as_headers_are(texts):
    samples = [*texts, "Où ?", "ŒUFS & lait", "Fermé\xa0du", "Straße", "e\u0301te\u0301", "ﬁn", "№ 5"]
    assert list(map(header_key, samples)) == played(["paste", form.script()], ["keys", samples])["keys"]


TYPES = ("typescript@5.9.3", "@types/google-apps-script@2.0.13")


def test_the_script_agrees_with_the_types_of_apps_script(tmp_path):
    """Names, arguments and results of every call, as the community's definitions of the services have them."""
    modules = Path(tempfile.gettempdir()) / "conso-locale-apps-script-types"
    compiler = modules / "node_modules" / "typescript" / "bin" / "tsc"
    if not compiler.exists():
        fetched = _fetched(modules)
        if fetched:
            pytest.skip(fetched)
    (tmp_path / "script.js").write_text(form.script(), encoding="utf-8")
    options = ["--noEmit", "--allowJs", "--checkJs", "--strict", "--target", "es2022", "--lib", "es2022"]
    types = ["--typeRoots", str(modules / "node_modules" / "@types"), "--types", "google-apps-script"]
    done = subprocess.run(
        ["node", compiler, *options, *types, tmp_path / "script.js"], capture_output=True, text=True, timeout=60
    )
    assert (0, "") == (done.returncode, done.stdout)


def _fetched(modules: Path) -> str:
    """Why the types could not be had; empty when they are there."""
    npm = shutil.which("npm")
    if not npm:
        return "npm is not installed: the script's types cannot be checked"
    options = ["--no-audit", "--no-fund", "--fetch-retries=0", "--fetch-timeout=8000"]
    try:
        subprocess.run([npm, "install", "--prefix", modules, *options, *TYPES], capture_output=True, timeout=25, check=True)
    except (subprocess.SubprocessError, OSError) as error:
        return f"npm cannot be reached: the script's types cannot be checked ({type(error).__name__})"
    return ""


def _with(monkeypatch: pytest.MonkeyPatch, *questions: Column) -> None:
    """`schema.py` with these questions in the place of its own."""
    fiche = (schema.FICHE[0], *questions, *(column for column in schema.FICHE[1:] if not column.asked))
    monkeypatch.setattr(schema, "FICHE", fiche)
    monkeypatch.setattr(schema, "QUESTIONS", questions)


def _letters(place: int) -> str:
    """The letters of a column from 0."""
    return chr(65 + place) if place < 26 else _letters(place // 26 - 1) + _letters(place % 26)


def _holds(formula: str, places: dict[str, str], cells: dict[str, Any]) -> bool:
    """A formula made of operators only, as a sheet would work it out for one row."""
    expression = formula.removeprefix("=").replace("=", "==").replace("<>", "!=")
    for header, reference in places.items():
        expression = expression.replace(reference, repr(cells.get(header, "")))
    return bool(eval(expression, {"__builtins__": {}}))

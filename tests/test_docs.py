"""What the Markdown files say is there, is there: links, pictures, commands, settings, columns."""

import argparse
import dataclasses
import re
from collections import Counter
from pathlib import Path
from urllib.parse import unquote

import pytest

import schema
from sheets.__main__ import _parser

ROOT = Path(__file__).resolve().parents[1]
GUIDES = ("guide-benevole", "guide-commercant", "guide-redaction", "deploiement")
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
IMAGES = ROOT / "docs" / "images"
_FENCE = re.compile(r"^```.*?^```", re.M | re.S)
_TARGET = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)|(?:src|href)=\"([^\"]+)\"")
"""What a link or a picture leads to, e.g. `(docs/deploiement.md#5-vérifier)`."""
_OUTSIDE = re.compile(r"[a-z]+:|/")
"""Another site's address, or an example of an address of the site."""


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def targets(path: Path) -> list[str]:
    found = [one or other for one, other in _TARGET.findall(re.sub(r"`[^`\n]*`", "", _FENCE.sub("", read(path))))]
    return [unquote(target) for target in found if not _OUTSIDE.match(target)]


def anchors(path: Path) -> set[str]:
    """The headings as GitHub names them, e.g. `longlet-réglages`."""
    taken: Counter[str] = Counter()
    found = set()
    for title in re.findall(r"^#+ (.+)$", _FENCE.sub("", read(path)), re.M):
        name = re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")
        found.add(f"{name}-{taken[name]}" if taken[name] else name)
        taken[name] += 1
    return found


def everything() -> str:
    return "\n".join(read(path) for path in (ROOT / "README.md", *(ROOT / "docs" / f"{name}.md" for name in GUIDES)))


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_and_picture_of_a_page_leads_somewhere(path):
    lost = []
    for target in targets(path):
        name, _, anchor = target.partition("#")
        to = (path.parent / name).resolve() if name else path
        if not to.exists() or (anchor and to.suffix == ".md" and anchor not in anchors(to)):
            lost.append(target)
    assert lost == []


def test_the_pictures_are_light_and_each_is_shown():
    """Together less than 1 MB; `make screenshots` makes no picture that no page shows."""
    shown = {(path.parent / target).resolve() for path in PAGES for target in targets(path)}
    kept = [path for path in IMAGES.iterdir() if path.is_file()]
    assert [] == [path.name for path in kept if path not in shown]
    assert sum(path.stat().st_size for path in kept) < 1_000_000


def commands() -> dict[str, argparse.ArgumentParser]:
    return next(action.choices for action in _parser()._actions if isinstance(action, argparse._SubParsersAction))  # type: ignore[return-value]


def test_the_commands_the_guides_name_exist_with_their_options():
    known = commands()
    named = re.findall(r"python -m sheets (\w+)((?: --?[\w-]+(?: [\w.]+)?)*)", everything())
    assert named
    for name, options in named:
        assert name in known
        assert set(re.findall(r"--[\w-]+", options)) <= set(known[name]._option_string_actions)


def test_each_command_and_target_is_in_the_readme():
    """What one can type is told where one looks first."""
    said = read(ROOT / "README.md")
    targets = set(re.findall(r"^\.PHONY: (.+)$", read(ROOT / "Makefile"), re.M)[0].split())
    assert [] == [name for name in commands() if f"python -m sheets {name}" not in said]
    assert targets >= set(re.findall(r"\bmake ([a-z][a-z-]+)", everything()))
    assert [] == [name for name in targets - {"bench-smoke"} if f"make {name}" not in said]


def test_the_settings_the_guides_name_are_read():
    code = "\n".join(read(ROOT / name) for name in ("settings.py", "logs.py", "tests/browser/conftest.py", "Makefile"))
    smtp = {f"CONSO_SMTP_{name}" for name in ("HOST", "PORT", "SECURITY", "USER", "PASSWORD", "FROM", "PER_HOUR")}
    named = set(re.findall(r"CONSO_[A-Z_]+", everything()))
    assert named
    assert set() == {name for name in named if name not in code} - smtp
    tables = set(re.findall(r"`\[(\w+)\]", everything()))
    assert set() == {table for table in tables if f'"{table}"' not in code}


def test_every_environment_setting_is_in_the_deployment_guide():
    said = read(ROOT / "docs" / "deploiement.md")
    read_here = set(re.findall(r'environ\.get\("(CONSO_[A-Z_]+)"\)', read(ROOT / "settings.py")))
    assert {"CONSO_MAG_KEY", "CONSO_STORE"} <= read_here
    assert set() == {name for name in read_here - {"CONSO_RESPONSES_TAB", "CONSO_SHEETS_API"} if name not in said}


def table_under(title: str, guide: str) -> list[str]:
    """What stands in the first column, between backquotes, of the tables of a section."""
    section = re.split(rf"^## {re.escape(title)}.*$", read(ROOT / "docs" / guide), flags=re.M)[1].split("\n## ")[0]
    return [name for cell in re.findall(r"^\| (`[^|]+) \|", section, re.M) for name in re.findall(r"`([^`]+)`", cell)]


def test_the_writers_guide_tells_every_column_and_every_key():
    """In the order of the sheet, and no other."""
    assert [column.header for column in schema.MAG] == table_under("L'onglet «Mag»", "guide-redaction.md")
    named = table_under("L'onglet «Réglages»", "guide-redaction.md")
    settings = [setting.metadata for setting in dataclasses.fields(schema.Site)]
    known = {name for each in settings for name in (each["header"], *each["aliases"])}
    assert set() == set(named) - known
    assert set() == {each["header"] for each in settings} - set(named)


def test_the_volunteers_guide_tells_the_columns_and_states_that_are_theirs():
    said = read(ROOT / "docs" / "guide-benevole.md")
    theirs = [column.header for column in schema.FICHE if not column.asked]
    assert [] == [header for header in theirs if f"`{header}`" not in said]


def test_the_merchants_guide_names_questions_of_the_form():
    said = read(ROOT / "docs" / "guide-commercant.md").partition("## Remplir")[2].partition("\n## ")[0]
    headers = {column.header for column in schema.QUESTIONS}
    named = [name for cell in re.findall(r"^- \*\*([^*]+)\*\* :", said, re.M) for name in re.split(r" / |, ", cell)]
    assert len(named) > 5
    assert [] == [name for name in named if name not in headers]

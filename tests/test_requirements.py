"""What is installed is what was looked at: every file by its hash, and nothing beside."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PINNED = re.compile(r"^([\w.-]+)==(\S+)(?: ; [^\\]+)? \\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", re.M)


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_library_is_pinned_by_hash(name):
    text = (ROOT / name).read_text("utf-8")
    lines = re.findall(r"^[^\s#].*", text, re.M)
    assert len(lines) > 50
    assert len(lines) == len(PINNED.findall(text))


def test_the_tools_change_no_version_of_the_site():
    site, tools = ({found[0]: found[1:] for found in PINNED.findall((ROOT / name).read_text("utf-8"))} for name in ("requirements.txt", "requirements-dev.txt"))  # fmt: skip
    assert {name: pin for name, pin in site.items() if tools.get(name) != pin} == {}


def test_what_the_guide_and_make_install_is_checked():
    """No way of installing that forgets the hashes."""
    for name in ("Makefile", "docs/deploiement.md", "README.md"):
        for line in re.findall(r".*pip install.*requirements(?:-dev)?\.txt.*", (ROOT / name).read_text("utf-8")):
            assert "--require-hashes" in line or "benchmarks/" in line

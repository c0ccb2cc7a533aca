"""The files that the guide tells to copy."""

from pathlib import Path

from tests.machines.fleet import DEPLOY, ROOT, unit

GUIDE = (ROOT / "docs" / "deploiement.md").read_text("utf-8")


def test_the_guide_names_each_file_of_deploy():
    assert [] == [path.name for path in DEPLOY.iterdir() if f"deploy/{path.name}" not in GUIDE]


def test_each_unit_runs_what_is_there():
    """The folder of the guide, a module of ours or Streamlit, and no second reader of the sheet."""
    for path in DEPLOY.glob("*.service"):
        command, environ = unit(path.stem)
        assert command[1:] in (["-m", "streamlit", "run", "app.py"], ["-m", "sheets", "sync", "--forever"])
        assert ("CONSO_SYNC" in environ) == (path.stem == "conso-web")
        assert "RestartPreventExitStatus=2" in path.read_text("utf-8")


def test_the_pinned_library_of_the_store_is_the_guides():
    """`pip install s3fs==…` as the guide writes it."""
    pinned = next(line for line in Path(ROOT / "requirements-dev.txt").read_text().splitlines() if line.startswith("s3fs=="))
    assert f"pip install {pinned.split()[0]}" in GUIDE

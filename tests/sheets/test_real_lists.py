"""Lists that real associations and towns kept, 3,201 rows: each row is online, or the volunteers are told why it is not."""

import csv
from pathlib import Path

import pytest

import schema
from sheets.approval import Show, State
from sheets.problems import Problem
from sheets.tabs import header
from tests.sheets.sheets import RESPONSES, SHARED, Embedded, Tab

LISTS = sorted((SHARED / "data" / "fiches").glob("*.csv"))

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not LISTS, reason="shared/data/fiches is absent")]


def ticked(path: Path) -> Tab:
    """The list as a responses tab where every row is ticked; cells stay as they were typed."""
    with path.open(encoding="utf-8", newline="") as file:
        head, *rows = csv.reader(file)
    box = head.index("approved")
    return [head, *([*row[:box], True, *row[box + 1 :]] for row in rows)]


def reasons(problems: list[Problem]) -> dict[int, list[Problem]]:
    """The blocking problems of the responses tab by line."""
    found: dict[int, list[Problem]] = {}
    for problem in problems:
        if problem.blocking and problem.tab == RESPONSES:
            found.setdefault(problem.row, []).append(problem)
    return found


@pytest.mark.parametrize("path", LISTS, ids=lambda path: path.stem)
def test_every_row_of_a_real_list_is_online_or_named_with_its_reason(path: Path, tmp_path: Path) -> None:
    tab = ticked(path)
    site = Embedded(tmp_path, {RESPONSES: tab})
    report = site.sync.once()
    blocked = reasons(site.sync.check())
    online = {each.submission.row for each in report.decisions if each.show is Show.NEW}
    rows = {line.row for line in header(RESPONSES, tab, schema.FICHE, ()).lines(tab)}
    assert {each.submission.row for each in report.decisions} == rows
    assert online | blocked.keys() == rows
    assert not online & blocked.keys()
    assert {each.submission.row for each in report.decisions if each.state is State.BLOCKED} == set(blocked)
    assert all(problem.header and problem.expected for said in blocked.values() for problem in said)
    assert site.sync.live.snapshot is not None
    assert len(site.sync.live.snapshot) == len(online)

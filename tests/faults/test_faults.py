"""The process dies at any moment, the disk fills up or refuses: the site is the last good one or the new one, and nothing accepted is lost."""

import resource
from functools import partial

import pytest

from tests.faults.harness import Site

pytestmark = pytest.mark.slow


@pytest.fixture
def site(tmp_path) -> Site:
    return Site(tmp_path)


def test_a_process_killed_at_any_moment_loses_nothing(site):
    """`python -m tests.faults --kills 200` is the long version."""
    for _ in range(6):
        site.accident()
    site.mend()
    assert site.ledger.said["submit!"]


def _no_file_above(size: int) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def _no_more_memory_than(size: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (size, size))


@pytest.mark.parametrize("size", [600, 12_000])
def test_a_full_disk_leaves_the_last_good_site_and_nothing_half_written(site, size):
    """A limit of file size stands for it: writes stop in the middle, as on a full disk."""
    site.accident()
    site.accident(partial(_no_file_above, size))
    site.mend()


def test_a_process_short_of_memory_breaks_nothing(site):
    """Memory runs out wherever it likes to."""
    for megabytes in (300, 700):
        site.accident(partial(_no_more_memory_than, megabytes << 20))
    site.mend()

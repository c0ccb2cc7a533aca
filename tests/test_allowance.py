"""How much one visitor may hand in, and what is remembered of them."""

import gc
import sys

import pytest

import allowance
from allowance import HOUR, Allowance, household


def test_an_allowance_returns_after_an_hour_and_keeps_no_name():
    """Names are digests; those of an hour ago are forgotten."""
    kept = Allowance()
    assert kept.takes({"de 203.0.113.7": 1}, now=0)
    assert not kept.takes({"de 203.0.113.7": 1, "": 9}, now=10)
    assert kept.takes({"": 1}, now=10)
    assert "203.0.113.7" not in repr(vars(kept))
    assert kept.takes({"de 203.0.113.7": 1}, now=HOUR + 1)
    assert len(kept._times) == 2


def test_the_same_name_is_another_digest_in_another_process():
    """Salted: a table of all addresses made beforehand reads none of them."""
    assert Allowance()._digest("de 203.0.113.7") != Allowance()._digest("de 203.0.113.7")


def test_a_crowd_takes_no_more_memory_than_its_bound(monkeypatch):
    """Whoever has been quiet longest is forgotten; the whole site's number is asked each time, and stays."""
    monkeypatch.setattr(allowance, "MOST_NAMES", 100)
    kept = Allowance()
    for number in range(3000):
        assert kept.takes({f"de {number}": 1, "": 5000}, now=number / 10)
        assert len(kept._times) <= 100
    assert not kept.takes({"": 3000}, now=301)
    assert sum(map(sys.getsizeof, gc.get_referents(kept._times))) < 200_000


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::9", "2001:db8:1:3::/64"),
        ("", ""),
        ("testclient", "testclient"),
    ],
)
def test_one_household_is_one_visitor(address, expected):
    """An IPv6 household has more addresses than can be counted: its network counts."""
    assert household(address) == expected

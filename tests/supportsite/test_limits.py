"""Floods are held, patience is rewarded."""

import pytest

from supportsite.sites.limits import Buckets, Strikes, counted_as


def test_a_burst_passes_and_then_one_waits_the_time_that_is_said():
    buckets = Buckets(capacity=3, per_second=0.5)
    assert [buckets.take("a", 0.0) for _ in range(3)] == [0.0, 0.0, 0.0]
    wait = buckets.take("a", 0.0)
    assert wait == 2.0
    assert buckets.take("a", wait) == 0.0


def test_one_visitors_flood_is_not_anothers():
    buckets = Buckets(capacity=1, per_second=1)
    buckets.take("a", 0.0)
    assert buckets.take("b", 0.0) == 0.0


def test_zero_is_no_limit():
    assert all(Buckets(capacity=0, per_second=1).take("a", 0.0) == 0.0 for _ in range(100))


def test_the_tenth_offence_in_a_minute_is_the_last():
    strikes = Strikes(most=10, within=60)
    assert [strikes.add(float(second)) for second in range(10)] == [False] * 9 + [True]
    assert not strikes.add(200.0)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("203.0.113.7", "203.0.113.8", False),
        ("203.0.113.7", "::ffff:203.0.113.7", True),
        ("nonsense", "nonsense", True),
    ],
)
def test_a_whole_ipv6_network_counts_as_one_address(one, other, same):
    assert (counted_as(one) == counted_as(other)) is same

"""Floods are held, patience is rewarded."""

from chat.limits import Buckets, Strikes


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

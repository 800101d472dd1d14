"""What a threshold would have done: intervals, halves, and a proposal that is honest about the other half."""

import pytest

from chat.band import Beat, Rate, Standing, called_by, halves, heaviest, propose, rate, standing, wilson
from chat.weighing import Policy, Reason


def test_an_interval_is_right_at_the_ends_too():
    assert wilson(0, 0) == (0.0, 1.0)
    assert wilson(0, 10) == pytest.approx((0.0, 0.2775), abs=1e-3)
    assert wilson(20, 100) == pytest.approx((0.1334, 0.2888), abs=1e-3)


def test_the_proposal_is_in_the_band_and_told_for_the_half_that_did_not_choose_it():
    chosen = [Standing(False, at / 100) for at in range(100)]
    other = [Standing(False, at / 200) for at in range(100)]  # calmer than the first
    found = propose(chosen, other)
    assert found
    assert 0.18 <= found.chosen_on.share <= 0.22
    assert found.held_out == rate(other, found.threshold)
    assert found.held_out.share == 0.0


def test_nothing_is_proposed_where_no_threshold_reaches_the_band():
    hard = [Standing(True, 0.0)] * 30 + [Standing(False, 0.1)] * 70
    assert propose(hard, hard) is None
    assert propose([], []) is None


def test_halves_are_the_same_each_time_and_one_key_is_in_one_of_them():
    items = [(f"c{at % 40}", at) for at in range(400)]
    first, second = halves(items, lambda item: item[0])
    assert (first, second) == halves(items, lambda item: item[0])
    assert len(first) + len(second) == 400
    assert not {key for key, _at in first} & {key for key, _at in second}
    assert 100 < len(first) < 300


def test_a_conversation_stands_where_its_worst_message_does():
    beats = [Beat(1, (Reason("stuck", 0.3, "a"),)), Beat(3, (Reason("stuck", 0.9, "b"), Reason("angry", 0.2, "c")))]
    assert standing(beats, Policy()) == Standing(False, 0.9)
    assert standing(beats, Policy(weights={"stuck": 0.5})).score == pytest.approx(0.45)
    seq, reasons = called_by(beats, Policy()) or (0, ())
    assert (seq, [one.evidence for one in reasons]) == (3, ["b"])
    assert called_by(beats, Policy(threshold=0.95)) is None
    assert (heaviest(beats, Policy()) or (0,))[0] == 3
    assert standing([Beat(2, (Reason("asked", 1.0, "human"),))], Policy(threshold=1.0)).called(1.0)


def test_a_rate_of_nothing_is_no_number():
    assert Rate(0, 0).share != Rate(0, 0).share

"""What a threshold would have done: intervals, and a proposal that is honest about conversations it has not seen."""

import pytest

from chat.band import Beat, Rate, Standing, called_by, heaviest, propose, rate, standing, wilson
from chat.weighing import Policy, Reason


def test_an_interval_is_right_at_the_ends_too():
    assert wilson(0, 0) == (0.0, 1.0)
    assert wilson(0, 10) == pytest.approx((0.0, 0.2775), abs=1e-3)
    assert wilson(20, 100) == pytest.approx((0.1334, 0.2888), abs=1e-3)


def calm_and_upset(number: int, *, key=str) -> list[tuple[str, Standing]]:
    """As many conversations; what speaks for a person goes evenly from nothing to all."""
    return [(key(at), Standing(False, at % 100 / 100)) for at in range(number)]


def test_the_proposal_is_in_the_band_and_told_for_conversations_that_did_not_choose_it():
    found = propose(calm_and_upset(1000))
    assert found
    assert found.chosen_on == rate([one for _key, one in calm_and_upset(1000)], found.threshold)
    assert found.chosen_on.share == pytest.approx(0.2)
    assert found.held_out.whole == 1000
    assert 0.18 <= found.held_out.share <= 0.22
    assert propose(calm_and_upset(1000)) == found


def test_conversations_of_one_key_do_not_choose_for_each_other():
    """Whoever has seen only the calm ones chooses a threshold at which every upset one calls."""
    talks = [Standing(False, at / 400) for at in range(400)]
    of_two_kinds = [("upset" if one.score >= 0.5 else "calm", one) for one in talks]
    found = propose(of_two_kinds)
    assert found
    assert (found.chosen_on.share, found.held_out.share) == (0.2, 0.5)
    of_many = propose([(str(at), one) for at, one in enumerate(talks)])
    assert of_many
    assert of_many.held_out.share == pytest.approx(0.2, abs=0.02)


def test_nothing_is_proposed_where_no_threshold_reaches_the_band():
    hard = [Standing(True, 0.0)] * 30 + [Standing(False, 0.1)] * 70
    assert propose([(str(at), one) for at, one in enumerate(hard)]) is None
    assert propose([]) is None


def test_what_one_conversation_chooses_is_told_of_no_other():
    found = propose([("the only dialogue", one) for _key, one in calm_and_upset(100)])
    assert found
    assert found.held_out == Rate(0, 0)


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

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


def test_the_proposal_is_in_the_middle_of_the_band_and_the_same_each_time():
    found = propose(calm_and_upset(1000))
    assert found
    assert found.chosen_on == rate([one for _key, one in calm_and_upset(1000)], found.threshold)
    assert found.chosen_on.share == pytest.approx(0.2)
    assert found == propose(calm_and_upset(1000))


def test_it_says_how_far_off_it_may_be_elsewhere_the_more_conversations_the_less():
    few, many = propose(calm_and_upset(100)), propose(calm_and_upset(5000))
    assert few
    assert few.elsewhere
    assert many
    assert many.elsewhere
    assert few.elsewhere.high - few.elsewhere.low > 0.12
    assert many.elsewhere.high - many.elsewhere.low < 0.06
    assert many.elsewhere.low < many.elsewhere.middle < many.elsewhere.high


def test_conversations_of_one_key_do_not_choose_for_each_other():
    """A hundred talks that go on for ten conversations each are no thousand."""
    alone = [(str(at), one) for at, (_key, one) in enumerate(calm_and_upset(1000))]
    together = [(str(at % 100), one) for at, (_key, one) in enumerate(calm_and_upset(1000))]
    apart = [found.elsewhere.high - found.elsewhere.low for found in (propose(alone), propose(together))]
    assert apart[1] > 2 * apart[0]


def test_nothing_is_proposed_where_no_threshold_reaches_the_band():
    hard = [Standing(True, 0.0)] * 30 + [Standing(False, 0.1)] * 70
    assert propose([(str(at), one) for at, one in enumerate(hard)]) is None
    assert propose([]) is None


def test_fewer_than_a_hundred_conversations_choose_no_threshold():
    assert propose(calm_and_upset(99)) is None
    assert propose(calm_and_upset(100))
    assert propose([("the only dialogue", one) for _key, one in calm_and_upset(100)]) is None, "one is one"


@pytest.mark.parametrize(("in_use", "chosen"), [(0.85, 0.7), (0.1, 0.301), (0.55, 0.55)])
def test_of_thresholds_that_rate_alike_it_is_the_nearest_to_the_one_in_use(in_use, chosen):
    scores = [0.9] * 10 + [0.7] * 10 + [0.3] * 80
    found = propose([(str(at), Standing(False, score)) for at, score in enumerate(scores)], in_use)
    assert found
    assert found.threshold == pytest.approx(chosen)
    assert found.chosen_on.share == pytest.approx(0.2)


def test_a_conversation_stands_where_its_worst_message_does():
    beats = [Beat(1, (Reason("stuck", 0.3, "a"),)), Beat(3, (Reason("stuck", 0.9, "b"), Reason("angry", 0.2, "c")))]
    assert standing(beats, Policy()) == Standing(False, 0.9)
    assert standing(beats, Policy(weights={"stuck": 0.5})).score == pytest.approx(0.45)
    seq, reasons = called_by(beats, Policy()) or (0, ())
    assert (seq, [one.evidence for one in reasons]) == (3, ["b"])
    assert called_by(beats, Policy(threshold=0.95)) is None
    assert (heaviest(beats, Policy()) or (0,))[0] == 3
    assert standing([Beat(2, (Reason("asked", 1.0, "human"),))], Policy(threshold=1.0)).called(1.0)
    assert not standing([], Policy(threshold=0.0)).called(0.0), "without a reason nobody is called, as live"


def test_a_rate_of_nothing_is_no_number():
    assert Rate(0, 0).share != Rate(0, 0).share

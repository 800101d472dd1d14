"""Words that speak for a label."""

import pytest

from chat.learned import odds

TEXTS = ["great shop, great boots", "great tent", "lovely great day", "awful shop", "awful boots, awful", "so awful"]
LABELS = ["good"] * 3 + ["bad"] * 3


def test_a_word_speaks_for_the_label_that_has_it():
    made = odds.count(TEXTS, LABELS)
    bad, good = made.of(["awful", "great"])
    assert bad[0] > bad[1]
    assert good[1] > good[0]


def test_a_text_without_a_known_word_says_nothing():
    assert not odds.count(TEXTS, LABELS).of(["zzz", ""]).any()


def test_no_text_is_judged_by_itself():
    lone = [*TEXTS, "zorp zorp", "zorp"]
    assert odds.count(lone, [*LABELS, "good", "good"]).of(["zorp"]).any()
    assert not odds.crossed([*TEXTS, "zorp zorp"], [*LABELS, "good"])[-1].any()


def test_it_survives_being_saved():
    made = odds.count(TEXTS, LABELS)
    again = odds.from_bytes(made.as_bytes())
    assert again.of(TEXTS) == pytest.approx(made.of(TEXTS), abs=0.01)

"""Words in common, in any script."""

from knowledge.lexical import coverage, terms


def test_the_forms_of_a_word_are_one_term():
    assert terms("returning returned Returns") == {"retur"}


def test_scripts_without_spaces_are_read_in_pairs():
    assert terms("返品したい") == {"返品", "品し", "した", "たい"}
    assert "tent" in terms("tentを")


def test_a_word_that_every_text_has_tells_little():
    scores = coverage("return a kayak", ["return the tent", "return the boots", "return the kayak"])
    assert scores[2] > 0.8
    assert scores[0] == scores[1] < 0.3


def test_nothing_in_common_is_nothing():
    assert coverage("kayak", ["tent", "boots"]) == [0.0, 0.0]
    assert coverage("", ["tent"]) == [0.0]
    assert coverage("tent", []) == []

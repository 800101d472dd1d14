"""A question meets another language without what its own adds to its vector."""

import numpy as np

from knowledge import embed
from knowledge.language_means import without_language


def near(one, other) -> float:
    return float(one @ other / np.linalg.norm(one) / np.linalg.norm(other))


def test_what_two_languages_say_alike_is_nearer_than_what_one_language_says():
    """Raw, the two Chinese questions are nearer to each other than either is to the English question that it is."""
    chinese, unlike, english = embed.named(embed.E5).matrix(
        ["我可以退货吗?", "商店几点开门?", "Can I return what I bought?"], "query"
    )
    assert near(chinese, unlike) > near(chinese, english)
    bare, other, same = (
        without_language(vector, language)
        for vector, language in ((chinese, "zh"), (unlike, "ZH-Hans"), (english, "en"))
    )
    assert near(bare, same) > near(bare, other)


def test_a_language_that_was_not_measured_loses_what_all_have_in_common():
    vector = np.ones(embed.WIDTH, np.float32)
    unknown = without_language(vector, "xx")
    assert not np.allclose(unknown, vector)
    assert not np.allclose(unknown, without_language(vector, "ar"))
    assert np.array_equal(unknown, without_language(vector, ""))

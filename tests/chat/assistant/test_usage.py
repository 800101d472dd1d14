"""Tokens as a stream tells them: once, in parts, or as the sum so far."""

import pytest

from chat.assistant.usage import Usage


@pytest.mark.parametrize(
    ("pieces", "told"),
    [
        ([(100, 12)], (100, 12)),
        ([(100, 0), (0, 12)], (100, 12)),  # parts
        ([(100, 3), (0, 4), (0, 5)], (100, 12)),
        ([(100, 3), (100, 7), (100, 12)], (100, 12)),  # sums
        ([(0, 3), (0, 9), (100, 0)], (100, 12)),
        ([(-5, -5), (100, 12)], (100, 12)),
    ],
)
def test_nothing_is_counted_twice_or_left_out(pieces, told):
    used = Usage()
    for tokens_in, tokens_out in pieces:
        used.hear(tokens_in, tokens_out)
    assert (used.tokens_in, used.tokens_out) == told

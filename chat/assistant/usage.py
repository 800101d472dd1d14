"""The tokens that a stream tells of, and what they cost. Nothing is counted twice, and nonsense is not believed."""

from dataclasses import dataclass
from typing import Final

from chat.assistant import providers
from chat.assistant.tiers import Tier, Tiers
from chat.assistant.trace import Call

_MOST_READ: Final = 10_000_000  # tokens that a model without a tier may have read


@dataclass
class Usage:
    """What was told so far. Some tell it once, some in parts, some the sum so far in every piece."""

    tokens_in: int = 0
    tokens_out: int = 0

    def hear(self, tokens_in: int, tokens_out: int) -> None:
        """One piece. Who names the whole question again names sums; parts are added. Fewer than none is nothing."""
        tokens_in, tokens_out = max(0, tokens_in), max(0, tokens_out)
        if self.tokens_in and tokens_in >= self.tokens_in:
            self.tokens_in, self.tokens_out = tokens_in, max(self.tokens_out, tokens_out)
        else:
            self.tokens_in, self.tokens_out = self.tokens_in + tokens_in, self.tokens_out + tokens_out


def bill(used: Usage, *, tier: Tier | None, tiers: Tiers | None, sent: int, size: int, reached: bool) -> Call:
    """What a call cost. Where nobody told how many tokens, those that were `sent` and the `size` heard are counted.

    More than a model can have read and written is not believed; a call that `reached` nobody used nothing.
    """
    most = (tier.context if tier else _MOST_READ) + providers.MOST_TOKENS
    tokens_in, tokens_out = used.tokens_in, used.tokens_out
    guessed = not 0 < tokens_in <= most and (reached or tokens_in > 0)
    if guessed:
        tokens_in = sent
    if not 0 < tokens_out <= most and (guessed or tokens_out):
        tokens_out, guessed = -(-size // 3), True
    cost = tier.price.of(tokens_in, tokens_out) if tier else 0
    other = tiers.cost(tier.name.other, tokens_in, tokens_out) if tier and tiers else 0
    return Call(tier.name.value if tier else "", tokens_in, tokens_out, cost, other, guessed)

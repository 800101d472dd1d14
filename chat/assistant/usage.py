"""The tokens that a stream tells of. Some tell them once, some in parts, some the sum so far in every piece."""

from dataclasses import dataclass


@dataclass
class Usage:
    """What was told so far."""

    tokens_in: int = 0
    tokens_out: int = 0

    def hear(self, tokens_in: int, tokens_out: int) -> None:
        """One piece. Who names the whole question again names sums; parts are added. Fewer than none is nothing."""
        tokens_in, tokens_out = max(0, tokens_in), max(0, tokens_out)
        if self.tokens_in and tokens_in >= self.tokens_in:
            self.tokens_in, self.tokens_out = tokens_in, max(self.tokens_out, tokens_out)
        else:
            self.tokens_in, self.tokens_out = self.tokens_in + tokens_in, self.tokens_out + tokens_out

"""Money: what tokens cost, counted in billionths of the unit that prices are in, so that every sum is exact. Pure."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Final

NANO: Final = 1_000_000_000
_SHOWN: Final = Decimal("0.000001")


class TierName(StrEnum):
    """A class of model with a price."""

    LIGHT = "light"
    STRONG = "strong"

    @property
    def other(self) -> "TierName":
        """The one that it is held against."""
        return TierName.STRONG if self is TierName.LIGHT else TierName.LIGHT


class Stop(StrEnum):
    """What the day's budget still allows."""

    NONE = "none"
    SOFT = "soft"  # only the light tier
    HARD = "hard"  # only the built-in model


@dataclass(frozen=True)
class Price:
    """For a million tokens, in and out."""

    tokens_in: Decimal
    tokens_out: Decimal

    def of(self, tokens_in: int, tokens_out: int) -> int:
        """What these tokens cost, in billionths."""
        exact = (self.tokens_in * tokens_in + self.tokens_out * tokens_out) * (NANO // 1_000_000)
        return int(exact.to_integral_value(ROUND_HALF_UP))


def nano(amount: Decimal) -> int:
    """An amount of money in billionths."""
    return int((amount * NANO).to_integral_value(ROUND_HALF_UP))


def amount(billionths: int) -> Decimal:
    """Billionths as a person reads money, to the millionth."""
    return (Decimal(billionths) / NANO).quantize(_SHOWN, ROUND_HALF_UP)

"""A call to a third party in the ledger: a row before anything is sent, closed with what came of it."""

from collections.abc import Sequence

from langchain_core.messages import BaseMessage

from chat.assistant import prompt, providers, usage
from chat.assistant.ports import Ledger, Saw
from chat.assistant.providers import Provider
from chat.assistant.tiers import Tiers
from chat.assistant.trace import Call
from chat.assistant.usage import Usage
from supportsite.redact import Redactor


async def opened(
    ledger: Ledger, provider: Provider, redactor: Redactor, messages: Sequence[BaseMessage], *, saw: Saw, sent: int
) -> int | None:
    """The row of a call with some `sent` tokens, which reserves what it may cost; None where the budget has no room."""
    tier = provider.tier
    return await ledger.open(
        provider=provider.name,
        model=provider.model,
        redactions=redactor.counts,
        digest=prompt.digest(messages),
        saw=saw,
        tier=tier.name.value if tier else "",
        reserve=tier.price.of(sent, providers.MOST_TOKENS) if tier else 0,
    )


async def settled(
    ledger: Ledger,
    row: int,
    provider: Provider,
    heard: Usage,
    *,
    tiers: Tiers | None,
    sent: int,
    size: int,
    reached: bool,
    outcome: str,
) -> Call:
    """Close the row of a call by what was `heard` of it; the call, for the turn's bill. The rest as for usage.bill."""
    call = usage.bill(heard, tier=provider.tier, tiers=tiers, sent=sent, size=size, reached=reached)
    await closed(ledger, row, call, outcome=outcome)
    return call


async def closed(ledger: Ledger, row: int, call: Call, *, outcome: str) -> None:
    """How it ended, and what it cost."""
    tokens: dict[str, int] = {"tokens_in": call.tokens_in, "tokens_out": call.tokens_out}
    await ledger.close(row, outcome=outcome, **tokens, cost=call.cost, other_cost=call.other_cost)

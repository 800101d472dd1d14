"""The outbound ledger: a row is open before the first byte leaves this machine, and says how it ended."""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.db.models import Count, F, QuerySet
from django.db.models.functions import Least

from supportsite.redact import PLACEHOLDER

from . import budget
from .models import Outbound, Turn

# How a call ended that brought words to judge, whatever came of these; anything else is the provider's failure.
ACTION: Final = "action"  # the provider of rows that are an action's request
TICKET: Final = "ticket"  # of those that open a ticket
EMBEDDING: Final = "embedding"  # and of questions that are read for a search
NO_MODELS: Final = (ACTION, TICKET, EMBEDDING)
# What a column holds, and far beyond what any call costs: nonsense must not break the closing of a row.
_MOST_TOKENS: Final = 2_000_000_000
_MOST_COST: Final = 10**15
_MOST_BILL: Final = 10**18
SPOKE = frozenset({"answered", "abstained", "ungrounded", "empty", "stopped"})


@dataclass(frozen=True)
class Health:
    """What became of the calls to one model: `failures` counts how those that failed ended."""

    provider: str
    model: str
    calls: int
    failures: Counter[str]

    @property
    def failed(self) -> int:
        """How many brought no words."""
        return self.failures.total()


def health(*, since: datetime) -> list[Health]:
    """Each model that was asked, with the calls that have ended since then."""
    return _health(Outbound.objects.filter(closed_at__gte=since).exclude(provider__in=NO_MODELS))


def health_of(provider: str, *, since: datetime) -> list[Health]:
    """The same of what NO_MODELS names: each host that was asked, or each model of embeddings, as its `model`."""
    return _health(Outbound.objects.filter(closed_at__gte=since, provider=provider))


def _health(rows: QuerySet[Outbound]) -> list[Health]:
    ended: dict[tuple[str, str], Counter[str]] = {}
    calls = rows.order_by().values_list("provider", "model", "outcome")
    for provider, model, outcome, count in calls.annotate(count=Count("pk")):
        ended.setdefault((provider, model), Counter())[outcome] = count
    return [
        Health(provider, model, outcomes.total(), Counter({o: n for o, n in outcomes.items() if o not in SPOKE}))
        for (provider, model), outcomes in sorted(ended.items())
    ]


def open_row(
    *,
    site_id: int,
    conversation_id: int | None,
    seq: int,
    provider: str,
    model: str,
    redactions: dict[str, int],
    digest: str,
    saw: Mapping[str, Any],
    tier: str,
    reserve: int,
    now: datetime,
    turn_id: int | None = None,
) -> int | None:
    """A new row, before the call; its id, or None where the site's budget of the day does not allow the call.

    Until it is closed the row costs what it has reserved, on the bill of the turn for which it is as well.
    """
    with transaction.atomic():
        if not budget.reserve(site_id=site_id, cost=reserve, now=now):
            return None
        row = Outbound.objects.create(
            site_id=site_id,
            conversation_id=conversation_id,
            seq=seq,
            provider=provider,
            model=model,
            redactions=redactions,
            digest=digest,
            saw=dict(saw),
            tier=tier,
            cost=reserve,
            opened_at=now,
        )
        _charge(turn_id, {"cost": reserve}, tier=tier)
    return row.pk


def open_action(
    *,
    conversation_id: int | None,
    seq: int,
    host: str,
    method: str,
    url: str,
    inputs: Mapping[str, str],
    now: datetime,
) -> int:
    """A new row for an action's request: to which host, and the hash of what was filled in. No budget bounds these."""
    told = json.dumps([method, url, dict(inputs)])
    return _open_errand(ACTION, conversation_id=conversation_id, seq=seq, host=host, told=told, now=now)


def open_ticket(*, conversation_id: int, seq: int, host: str, told: str, now: datetime) -> int:
    """A new row for a request that opens a ticket: to which host, and the hash of all that it tells."""
    return _open_errand(TICKET, conversation_id=conversation_id, seq=seq, host=host, told=told, now=now)


def _open_errand(provider: str, *, conversation_id: int | None, seq: int, host: str, told: str, now: datetime) -> int:
    row = Outbound.objects.create(
        conversation_id=conversation_id,
        seq=seq,
        provider=provider,
        model=host[:120],
        redactions={},
        digest=hashlib.sha256(told.encode()).hexdigest(),
        saw={},
        opened_at=now,
    )
    return row.pk


def open_embedding(
    *, site_id: int, conversation_id: int | None, seq: int, model: str, texts: Sequence[str], now: datetime
) -> int:
    """A new row for texts that a model of the owner's choice reads, with placeholders; no budget bounds these.

    What was read is kept with a conversation alone: it is erased with that.
    """
    told = {"question": "\n".join(texts), "earlier": [], "purpose": "search"} if conversation_id else {}
    placeholders = {found for text in texts for found in PLACEHOLDER.findall(text)}
    row = Outbound.objects.create(
        site_id=site_id,
        conversation_id=conversation_id,
        seq=seq,
        provider=EMBEDDING,
        model=model[:120],
        redactions=dict(Counter(one[1:].partition("_")[0] for one in sorted(placeholders))),
        digest=hashlib.sha256("\n".join(texts).encode()).hexdigest(),
        saw=told,
        opened_at=now,
    )
    return row.pk


def close_row(
    *,
    row: int,
    tokens_in: int,
    tokens_out: int,
    outcome: str,
    now: datetime,
    cost: int = 0,
    other_cost: int = 0,
    turn_id: int | None = None,
) -> None:
    """How the call ended. A row is closed once, and so it is on the bill of its turn, which adds up all that left.

    Added, not set by whoever ends the turn: a run that was restarted or dropped has cost what it has cost.
    """
    with transaction.atomic():
        call = Outbound.objects.select_for_update(no_key=True).filter(pk=row, closed_at=None).first()
        if call is None:
            return
        cost, other_cost = (min(max(one, 0), _MOST_COST) for one in (cost, other_cost))
        tokens_in, tokens_out = (min(max(count, 0), _MOST_TOKENS) for count in (tokens_in, tokens_out))
        if call.site_id is not None:
            budget.settle(site_id=call.site_id, reserved=call.cost, cost=cost, opened=call.opened_at)
        ended: dict[str, Any] = {"tokens_in": tokens_in, "tokens_out": tokens_out, "outcome": outcome[:40]}
        Outbound.objects.filter(pk=row).update(**ended, cost=cost, closed_at=now)
        bill = {"cost": cost - call.cost, "other_cost": other_cost, "tokens_in": tokens_in, "tokens_out": tokens_out}
        _charge(turn_id, bill)


def _charge(turn_id: int | None, more: Mapping[str, int], *, tier: str = "") -> None:
    """Add to a turn's bill; its tier is that of the call that left last, which is the one that answered."""
    if turn_id is None:
        return
    most = {"tokens_in": _MOST_TOKENS, "tokens_out": _MOST_TOKENS}
    added = {name: Least(F(name) + one, most.get(name, _MOST_BILL)) for name, one in more.items()}
    Turn.objects.filter(pk=turn_id).update(**added, **({"tier": tier} if tier else {}))

"""The outbound ledger: a row is open before the first byte leaves this machine, and says how it ended."""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count

from .models import Outbound

# How a call ended that brought words to judge, whatever came of these; anything else is the provider's failure.
_SPOKE = frozenset({"answered", "abstained", "ungrounded", "empty", "stopped"})


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
    ended: dict[tuple[str, str], Counter[str]] = {}
    calls = Outbound.objects.filter(closed_at__gte=since).order_by().values_list("provider", "model", "outcome")
    for provider, model, outcome, count in calls.annotate(count=Count("pk")):
        ended.setdefault((provider, model), Counter())[outcome] = count
    return [
        Health(provider, model, outcomes.total(), Counter({o: n for o, n in outcomes.items() if o not in _SPOKE}))
        for (provider, model), outcomes in sorted(ended.items())
    ]


def open_row(
    *,
    conversation_id: int | None,
    seq: int,
    provider: str,
    model: str,
    redactions: dict[str, int],
    digest: str,
    saw: Mapping[str, Any],
    now: datetime,
) -> int:
    """A new row, before the call; its id."""
    row = Outbound.objects.create(
        conversation_id=conversation_id,
        seq=seq,
        provider=provider,
        model=model,
        redactions=redactions,
        digest=digest,
        saw=dict(saw),
        opened_at=now,
    )
    return row.pk


def of_action(name: str, method: str, url: str, inputs: Mapping[str, str]) -> dict[str, Any]:
    """What a row says of a request that an action makes: to which host, and the hash of what was filled in."""
    digest = hashlib.sha256(json.dumps([method, url, dict(inputs)]).encode()).hexdigest()
    return {"provider": "action", "model": name[:120], "redactions": {}, "digest": digest, "saw": {}}


def close_row(*, row: int, tokens_in: int, tokens_out: int, outcome: str, now: datetime) -> None:
    """How the call ended."""
    Outbound.objects.filter(pk=row).update(
        tokens_in=tokens_in, tokens_out=tokens_out, outcome=outcome[:40], closed_at=now
    )

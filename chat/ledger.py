"""The outbound ledger: a row is open before the first byte leaves this machine, and says how it ended."""

from datetime import datetime

from .models import Outbound


def open_row(
    *,
    conversation_id: int | None,
    seq: int,
    provider: str,
    model: str,
    redactions: dict[str, int],
    digest: str,
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
        opened_at=now,
    )
    return row.pk


def close_row(*, row: int, tokens_in: int, tokens_out: int, outcome: str, now: datetime) -> None:
    """How the call ended."""
    Outbound.objects.filter(pk=row).update(
        tokens_in=tokens_in, tokens_out=tokens_out, outcome=outcome[:40], closed_at=now
    )

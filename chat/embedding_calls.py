"""Questions that a model of the owner's choice reads for a search: in the ledger before they leave, closed after."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Final

from django.utils import timezone

from knowledge.embed import ModelUnavailable
from knowledge.leaving import Leaving

from . import ledger

_A_TOKEN: Final = 4  # characters, about: such a model does not say how many it read


def _here(verb: Callable[..., Any], **told: Any) -> Any:
    return verb(**told)


def of_site(site_id: int) -> Leaving:
    """How a site's searches outside any conversation are booked."""
    return booked(site_id)


def booked(
    site_id: int, conversation_id: int | None = None, seq: int = 0, *, write: Callable[..., Any] = _here
) -> Leaving:
    """How searches are booked, of what was said at `seq`; `write` runs a verb where rows may be written."""
    where: dict[str, Any] = {"site_id": site_id, "conversation_id": conversation_id, "seq": seq}

    def leaving(model: str, texts: Sequence[str]) -> AbstractContextManager[None]:
        return _row(where | {"model": model, "texts": texts}, write)

    return leaving


@contextmanager
def _row(call: dict[str, Any], write: Callable[..., Any]) -> Iterator[None]:
    row = write(ledger.open_embedding, **call, now=timezone.now())
    outcome = "stopped"
    try:
        yield
        outcome = "answered"
    except ModelUnavailable:
        outcome = "unavailable"
        raise
    finally:
        tokens = sum(map(len, call["texts"])) // _A_TOKEN + 1
        write(ledger.close_row, row=row, tokens_in=tokens, tokens_out=0, outcome=outcome, now=timezone.now())

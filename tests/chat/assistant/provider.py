"""One turn with a provider over a real socket, and what a good answer of it looks like."""

from typing import Any

from tests.chat.assistant.shop import COSTS, RETURNS, a_site, a_turn
from tests.fakes.openai_server import Drips, Hangs, Script, openai_server

QUESTION = "How long do I have to return something?"
GOOD = "You have 45 days from delivery to return unused items [1]. Used items cannot be returned [1]."
SHOWN = "You have 45 days from delivery to return unused items. Used items cannot be returned. [1]"
SLOWLY: dict[str, Any] = {"site": {"timeout": 20.0}}  # a busy machine is no slow provider
BUILT_IN = "You can return unused items within 45 days of delivery."


def used(tokens_in: int, tokens_out: int) -> dict[str, int]:
    return {"prompt_tokens": tokens_in, "completion_tokens": tokens_out, "total_tokens": tokens_in + tokens_out}


async def ask(*scripts: Script, question: str = QUESTION, passages: Any = (RETURNS, COSTS), **options: Any):
    """One turn with a provider that answers with `scripts`; returns the turn and the server's notes."""
    site = options.pop("site", {})
    # A busy machine is no slow provider: only who hangs is given up soon.
    timeout = 0.5 if any(isinstance(script, Hangs | Drips) for script in scripts) else 20.0
    with openai_server(*scripts) as server:
        view = a_site(**{"model": "openai:fake", "model_url": server.url, "timeout": timeout, **site})
        turn = await a_turn(question, *passages, site=view, **options)
        return turn, server

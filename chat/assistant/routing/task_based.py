"""What is done by a verdict that is sure; any other question takes the normal path.

With the task-based strategy the kind of the intent picks the chain. The dynamic strategy acts on one thing only: that a
question is none of the site's business.
"""

from enum import StrEnum

from chat.assistant.routing.verdict import Kind, Routing, Strategy, Verdict
from chat.prices import TierName


class Chain(StrEnum):
    """What is done with a question."""

    ARTICLES = "articles"
    SMALL_TALK = "small talk"
    COMPLAINT = "complaint"
    ACCOUNT = "account"  # articles where one answers, and a person is offered either way
    OUTSIDE = "outside"  # articles where one answers, else an honest word that it is none of the site's business
    FAR_OUTSIDE = "far outside"  # that word at once


_CHAINS = {
    Kind.ARTICLES: Chain.ARTICLES,
    Kind.SMALL_TALK: Chain.SMALL_TALK,
    Kind.COMPLAINT: Chain.COMPLAINT,
    Kind.ACCOUNT: Chain.ACCOUNT,
    Kind.OUTSIDE: Chain.OUTSIDE,
}


def chain(routing: Routing | None, verdict: Verdict) -> Chain:
    """The chain for a question; the normal one wherever the verdict is not sure, and for keyword rules."""
    if routing is None or not verdict.sure:
        return Chain.ARTICLES
    if routing.strategy is Strategy.TASK:
        return _CHAINS[verdict.kind]
    if routing.strategy is not Strategy.DYNAMIC or verdict.kind is not Kind.OUTSIDE:
        return Chain.ARTICLES
    return Chain.FAR_OUTSIDE if verdict.certain else Chain.OUTSIDE


def tier(routing: Routing | None, verdict: Verdict) -> TierName | None:
    """The tier that the question's intent names, where the strategy acts on it; None where it names none."""
    if routing is None or routing.strategy is not Strategy.TASK or not verdict.sure:
        return None
    return routing.tiers.get(verdict.intent)

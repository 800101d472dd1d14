"""The task-based strategy: the kind of a sure intent picks the chain; any other question takes the normal path."""

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


_CHAINS = {
    Kind.ARTICLES: Chain.ARTICLES,
    Kind.SMALL_TALK: Chain.SMALL_TALK,
    Kind.COMPLAINT: Chain.COMPLAINT,
    Kind.ACCOUNT: Chain.ACCOUNT,
    Kind.OUTSIDE: Chain.OUTSIDE,
}


def chain(routing: Routing | None, verdict: Verdict) -> Chain:
    """The chain for a question; the normal one for every other strategy and wherever the verdict is not sure."""
    if routing is None or routing.strategy is not Strategy.TASK or not verdict.sure:
        return Chain.ARTICLES
    return _CHAINS[verdict.kind]


def tier(routing: Routing | None, verdict: Verdict) -> TierName | None:
    """The tier that the question's intent names, under the same conditions; None where it names none."""
    if routing is None or routing.strategy is not Strategy.TASK or not verdict.sure:
        return None
    return routing.tiers.get(verdict.intent)

"""A question's intent, by the strategy that the site chose: a LangChain runnable from a question to a verdict."""

from dataclasses import dataclass
from typing import Final

from langchain_core.runnables import Runnable, RunnableBranch, RunnableLambda

from chat.assistant.routing import dynamic, static
from chat.assistant.routing.verdict import Routing, Strategy, Verdict


@dataclass(frozen=True)
class Question:
    """A question, the language it is in, and how the site routes."""

    text: str
    language: str
    routing: Routing


async def _by_rules(question: Question) -> Verdict:
    """The first rule that fits; a person wrote it, so it is sure."""
    hit = static.first(question.routing.rules, question.text)
    if hit is None:
        return Verdict()
    evidence = {"by": "rule", "rule": hit.rule.number, "words": list(hit.words)}
    return Verdict(hit.rule.intent, question.routing.kinds[hit.rule.intent], True, evidence)


async def _by_classifier(question: Question) -> Verdict:
    """What was trained; nothing where nothing is in use."""
    judge = question.routing.judge
    if judge is None:
        return Verdict()
    return dynamic.verdict(await judge(question.text, question.language), question.routing)


async def _by_both(question: Question) -> Verdict:
    """Rules first, then what was trained."""
    ruled = await _by_rules(question)
    return ruled if ruled.intent else await _by_classifier(question)


def _follows(strategy: Strategy) -> RunnableLambda[Question, bool]:
    async def asks(question: Question) -> bool:
        return question.routing.strategy is strategy

    return RunnableLambda(asks)


INTENT: Final[Runnable[Question, Verdict]] = RunnableBranch(
    (_follows(Strategy.STATIC), RunnableLambda(_by_rules)),
    (_follows(Strategy.DYNAMIC), RunnableLambda(_by_classifier)),
    RunnableLambda(_by_both),
)

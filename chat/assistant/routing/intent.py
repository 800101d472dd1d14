"""A question's intent, by the strategy that the site chose: a LangChain runnable from a question to a verdict."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from langchain_core.runnables import Runnable, RunnableLambda

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


async def _by_nobody(_question: Question) -> Verdict:
    """Nothing is known yet."""
    return Verdict()


# A branch for each strategy, and we choose; a RunnableBranch would ask each of them, at a third of a millisecond.
INTENT: Final[Mapping[Strategy, Runnable[Question, Verdict]]] = {
    Strategy.STATIC: RunnableLambda(_by_rules),
    Strategy.DYNAMIC: RunnableLambda(_by_classifier),
    Strategy.TASK: RunnableLambda(_by_both),
}
# Where a model is to name the intent: what is looked at before, which costs nothing and stays on this machine.
BEFORE: Final[Mapping[Strategy, Runnable[Question, Verdict]]] = {
    Strategy.STATIC: RunnableLambda(_by_rules),
    Strategy.DYNAMIC: RunnableLambda(_by_nobody),
    Strategy.TASK: RunnableLambda(_by_rules),
}

"""Which way a question takes: a LangChain runnable from the question to a route."""

from enum import StrEnum
from typing import Final

from langchain_core.runnables import Runnable, RunnableBranch, RunnableLambda

from chat.assistant.smalltalk import small_talk


class Route(StrEnum):
    """The ways that there are."""

    SILENCE = "silence"
    SMALL_TALK = "small talk"
    ARTICLES = "articles"


def _to(route: Route) -> Runnable[str, Route]:
    async def choose(_question: str) -> Route:
        return route

    return RunnableLambda(choose)


# Coroutines, or LangChain would ask each in a thread of its own.
async def _is_blank(question: str) -> bool:
    return not question.strip()


async def _is_small_talk(question: str) -> bool:
    return small_talk(question) is not None


ROUTING: Final[Runnable[str, Route]] = RunnableBranch(
    (_is_blank, _to(Route.SILENCE)),
    (_is_small_talk, _to(Route.SMALL_TALK)),
    _to(Route.ARTICLES),
)

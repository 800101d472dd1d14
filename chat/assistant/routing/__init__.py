"""Which way a question takes: a LangChain runnable from the question to a route."""

from enum import StrEnum
from typing import Final

from langchain_core.runnables import Runnable, RunnableLambda

from chat.assistant.smalltalk import small_talk


class Route(StrEnum):
    """The ways that there are."""

    SILENCE = "silence"
    SMALL_TALK = "small talk"
    ARTICLES = "articles"


async def _way(question: str) -> Route:
    if not question.strip():
        return Route.SILENCE
    return Route.ARTICLES if small_talk(question) is None else Route.SMALL_TALK


# One step of a coroutine: a RunnableBranch asks condition by condition, at a third of a millisecond each, and what is
# no coroutine in a thread of its own.
ROUTING: Final[Runnable[str, Route]] = RunnableLambda(_way)

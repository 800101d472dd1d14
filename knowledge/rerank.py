"""The owner's reranker (TANDEM_RERANKER) puts the first passages in order; Tandem comes with none."""

import logging
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from functools import cache, partial
from queue import SimpleQueue
from threading import BoundedSemaphore, Thread
from typing import Final, TypeAlias

from django.conf import settings
from django.utils.module_loading import import_string
from langchain_core.documents import BaseDocumentCompressor, Document

# Longer than this nobody waits for it: the passages stay in the order in which they were found.
WAITS_S: Final = 1.0
_PLACE: Final = "tandem_place"
# Of one that failed so often in a row nobody asks anything for so long.
_FAILURES: Final = 3
_RESTS_S: Final = 60.0
_AT_ONCE: Final = 2
_Work: TypeAlias = "tuple[Future[Sequence[Document]], Callable[[], Sequence[Document]]]"
_work: "SimpleQueue[_Work]" = SimpleQueue()
_free: Final = BoundedSemaphore(_AT_ONCE)  # nothing waits behind calls that nobody waits for any more
_log = logging.getLogger(__name__)


@dataclass
class _Failing:
    in_a_row: int = 0
    rests_until: float = 0.0

    def once_more(self, now: float) -> None:
        self.in_a_row += 1
        if self.in_a_row >= _FAILURES:
            self.rests_until = now + _RESTS_S


_failing = _Failing()


class Unusable(Exception):
    """TANDEM_RERANKER names nothing that can be used."""


def is_chosen() -> bool:
    """Whether the owner has one."""
    return bool(settings.TANDEM.reranker)


def order_of(question: str, texts: Sequence[str]) -> list[int]:
    """The places of `texts`, best first; what the reranker leaves out comes last. As they are where it fails.

    So they are, too, where it has failed just now, or is busy.
    """
    as_found = list(range(len(texts)))
    if time.monotonic() < _failing.rests_until or not _free.acquire(blocking=False):
        return as_found
    told = [Document(text, metadata={_PLACE: place}) for place, text in enumerate(texts)]
    answer: Future[Sequence[Document]] = Future()
    _workers()
    _work.put((answer, partial(_ranked, settings.TANDEM.reranker, told, question)))
    try:
        places = [one.metadata[_PLACE] for one in answer.result(WAITS_S)]
    except Exception as error:  # noqa: BLE001 - whatever the owner's code raises, the customer gets an answer
        answer.cancel()
        _failing.once_more(time.monotonic())
        _log.warning("The reranker failed, passages stay as they were found: %s", type(error).__name__)
        return as_found
    _failing.in_a_row = 0
    known = dict.fromkeys(place for place in places if place in range(len(texts)))
    return [*known, *(place for place in range(len(texts)) if place not in known)]


def _ranked(path: str, told: Sequence[Document], question: str) -> Sequence[Document]:
    return _made(path).compress_documents(told, question)


@cache
def _workers() -> None:
    """Threads that end with the process, whatever they are at: those of an executor would hold it up."""
    for number in range(_AT_ONCE):
        Thread(target=_serve, name=f"reranker_{number}", daemon=True).start()


def _serve() -> None:
    while True:
        answer, ask = _work.get()
        try:
            if answer.set_running_or_notify_cancel():
                answer.set_result(ask())
        except BaseException as error:  # noqa: BLE001 - it belongs to who waits; this thread stays
            answer.set_exception(error)
        finally:
            _free.release()


@cache
def _made(path: str) -> BaseDocumentCompressor:
    """A class of LangChain's BaseDocumentCompressor, made without arguments. Raises Unusable."""
    try:
        made = import_string(path)()
    except Exception as error:
        raise Unusable(f"TANDEM_RERANKER={path}: {type(error).__name__}: {error}") from error
    if not isinstance(made, BaseDocumentCompressor):
        raise Unusable(f"TANDEM_RERANKER={path}: that is no class of LangChain's BaseDocumentCompressor.")
    return made


def check() -> str:
    """What is wrong with the setting, in one line; empty where nothing is."""
    try:
        if is_chosen():
            _made(settings.TANDEM.reranker)
    except Unusable as error:
        return str(error)
    return ""

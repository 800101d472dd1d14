"""The owner's reranker (TANDEM_RERANKER) puts the first passages in order; Tandem comes with none."""

import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Final

from django.conf import settings
from django.utils.module_loading import import_string
from langchain_core.documents import BaseDocumentCompressor, Document

# Longer than this nobody waits for it: the passages stay in the order in which they were found.
WAITS_S: Final = 1.0
_PLACE: Final = "tandem_place"
_asked: Final = ThreadPoolExecutor(2, thread_name_prefix="reranker")
_log = logging.getLogger(__name__)


class Unusable(Exception):
    """TANDEM_RERANKER names nothing that can be used."""


def is_chosen() -> bool:
    """Whether the owner has one."""
    return bool(settings.TANDEM.reranker)


def order_of(question: str, texts: Sequence[str]) -> list[int]:
    """The places of `texts`, best first; what the reranker leaves out comes last. As they are where it fails."""
    told = [Document(text, metadata={_PLACE: place}) for place, text in enumerate(texts)]
    asked_for = settings.TANDEM.reranker
    try:
        ranked = _asked.submit(lambda: _made(asked_for).compress_documents(told, question)).result(WAITS_S)
        places = [one.metadata[_PLACE] for one in ranked]
    except Exception as error:  # noqa: BLE001 - whatever the owner's code raises, the customer gets an answer
        _log.warning("The reranker failed, passages stay as they were found: %s", type(error).__name__)
        return list(range(len(texts)))
    known = dict.fromkeys(place for place in places if place in range(len(texts)))
    return [*known, *(place for place in range(len(texts)) if place not in known)]


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

"""Rerankers as an owner might bring them: LangChain document compressors."""

import time
from collections.abc import Sequence
from threading import Event, Semaphore
from typing import ClassVar

from langchain_core.callbacks import Callbacks
from langchain_core.documents import BaseDocumentCompressor, Document

SLEEPS_S = 0.5


class LastFirst(BaseDocumentCompressor):
    """What was found last comes first; remembers what it was asked."""

    asked: ClassVar[list[str]] = []

    def compress_documents(
        self, documents: Sequence[Document], query: str, callbacks: Callbacks | None = None
    ) -> Sequence[Document]:
        """In the other order."""
        self.asked.append(query)
        return documents[::-1]


class OnlyTheSecond(BaseDocumentCompressor):
    """Keeps one."""

    def compress_documents(
        self, documents: Sequence[Document], query: str, callbacks: Callbacks | None = None
    ) -> Sequence[Document]:
        """The second one."""
        return documents[1:2]


class Broken(BaseDocumentCompressor):
    """Fails."""

    def compress_documents(
        self, documents: Sequence[Document], query: str, callbacks: Callbacks | None = None
    ) -> Sequence[Document]:
        """Raises."""
        raise RuntimeError(f"no model for {query}")


class Asleep(BaseDocumentCompressor):
    """Takes too long."""

    def compress_documents(
        self, documents: Sequence[Document], query: str, callbacks: Callbacks | None = None
    ) -> Sequence[Document]:
        """After a while."""
        time.sleep(SLEEPS_S)
        return documents[::-1]


class Held(BaseDocumentCompressor):
    """Tells when it has begun, and goes on when it is let."""

    began: ClassVar[Semaphore] = Semaphore(0)
    let_go: ClassVar[Event] = Event()

    def compress_documents(
        self, documents: Sequence[Document], query: str, callbacks: Callbacks | None = None
    ) -> Sequence[Document]:
        """When it is let."""
        self.began.release()
        self.let_go.wait(20)
        return documents

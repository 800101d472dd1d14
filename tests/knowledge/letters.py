"""LangChain embeddings as an owner might bring them: how often each letter stands in a text."""

from langchain_core.embeddings import Embeddings

LETTERS = "abcdefghijklmnopqrstuvwxyz"


class Letters(Embeddings):
    """26 wide, and not of length 1."""

    def embed_query(self, text: str) -> list[float]:
        """The counts."""
        return _counts(text)

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """The counts of each."""
        return [_counts(text) for text in texts]


def _counts(text: str) -> list[float]:
    return [float(text.lower().count(letter)) for letter in LETTERS]

"""Texts as the numbers that our classifiers read: vectors by every embedding model that is there, and words."""

from collections.abc import Sequence

from chat.learned import ngrams
from chat.learned.intents import Asked
from knowledge import embed


def models(chosen: str = "") -> tuple[str, ...]:
    """The models that read a question: MiniLM and e5, or the one that the owner has chosen (TANDEM_EMBEDDINGS)."""
    return embed.models_for("en", chosen)


def many(texts: Sequence[str], names: Sequence[str]) -> Asked:
    """All of `texts` at once, for a fit or an evaluation."""
    return Asked({name: embed.named(name).matrix(texts, "query") for name in names}, ngrams.count(texts))


def one(text: str, names: Sequence[str]) -> Asked:
    """A customer's question; its vectors are those that the search has just had read, where it has."""
    return Asked(embed.question_vectors([text], names), ngrams.count([text]))

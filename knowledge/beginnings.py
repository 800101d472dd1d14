"""A question that asks no more than its article's title does is answered by how the article begins."""

from collections.abc import Sequence

from .candidates import Candidate
from .lexical import content, terms
from .question_words import asked_for


def first(question: str, ranked: Sequence[Candidate]) -> list[Candidate]:
    """The candidates, and before them the beginning of the best one's article, where the question asks for all of it.

    "What is your return policy?" has no word that would tell one section of *Return policy* from another.
    """
    best = ranked[0] if ranked else None
    if best is None or not best.heading or not _asks_for_all(question, best):
        return list(ranked)
    begins = [one for one in ranked if one.version_id == best.version_id and not one.heading]
    return [*begins, *(one for one in ranked if one not in begins)]


def _asks_for_all(question: str, best: Candidate) -> bool:
    """Whether all that it asks stands in the title, and is not what the best one's own heading says.

    "When do I get a refund?" asks more than *Refunds* says.
    """
    asked = content(question, best.language)
    title, heading = (set(terms(text, best.language)) for text in (best.title, best.heading))
    asks_more = asked_for(question) - asked_for(best.title)
    return bool(asked) and asked <= title and not heading <= asked and not asks_more

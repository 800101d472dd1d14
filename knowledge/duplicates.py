"""Articles that say the same as another one: two places to change, and one of them will be forgotten."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import groupby
from typing import Final

from .embed import E5, MINILM
from .models import FindingKind
from .nearby import Near
from .noticed import Noticed, Side, pair

# How they were chosen: docs/care.md. For a model of the owner's choice there is none: there shared words tell.
_COSINE: Final = {MINILM: 0.85, E5: 0.96}
_SAME_WORDS: Final = 0.7
_SHORTEST: Final = 60  # characters; "Contact us." may stand anywhere
_WORD: Final = re.compile(r"\w+")


def duplicates(pairs: Iterable[Near]) -> list[Noticed]:
    """One finding for each two articles that share sections, at the nearest of these."""
    same = sorted((one for one in pairs if _is_same(one)), key=lambda one: one.there.version.article_id)
    groups = groupby(same, key=lambda one: one.there.version.article_id)
    return [_noticed(list(group)) for _article, group in groups]


def _is_same(one: Near) -> bool:
    if min(len(one.here.text), len(one.there.text)) < _SHORTEST:
        return False
    if one.model in _COSINE and one.cosine >= _COSINE[one.model]:
        return True
    return _shared(one.here.text, one.there.text) >= _SAME_WORDS


def _shared(one: str, another: str) -> float:
    """How many of both texts' words are in both (Jaccard): a copy under another title is far from it by its vector."""
    ours, theirs = _words(one), _words(another)
    return len(ours & theirs) / max(1, len(ours | theirs))


@lru_cache(maxsize=2048)
def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text.casefold()))


def _noticed(group: Sequence[Near]) -> Noticed:
    best = max(group, key=lambda one: (one.cosine, -one.here.pk, -one.there.pk))
    here, there = (
        Side(section.version.article, section.text, section.anchor, section.heading)
        for section in (best.here, best.there)
    )
    texts = sorted({section.text for one in group for section in (one.here, one.there)})
    return pair(FindingKind.DUPLICATE, here, there, sides=texts)

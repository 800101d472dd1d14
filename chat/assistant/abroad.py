"""Whether a sentence in another language than its section surely says the same: by vectors, figures masked.

What words cannot be held against, e5 can: the piece of the shown sections that is nearest to the sentence has to be the
one that has its figures. Of 67 German sentences of the demo's articles 99 % pass so beside the English article, and
2 % of the same with another figure of the section. Short sentences are near to everything: they are not sure, and
the section is quoted instead.
"""

import re
from collections.abc import Sequence
from typing import Final

from chat.assistant import denials, modality, polarity, spans, words
from chat.assistant.prompt import Shown

# Cosines by e5, chosen on these 67 and on what reviewers wrote: how near at least, and how much nearer than what
# has not the figures.
_NEAR: Final = 0.87
_NEARER: Final = 0.01
_FIGURE: Final = re.compile(r"\d+(?:[.,:]\d+)*")
_UNUSED: Final = re.compile(
    r"\b(?:un(?:used|opened|worn|benutzt|gebraucht|geöffnet|getragen)\w*|sin (?:usar|abrir|estrenar)|no usad\w+"
    r"|(?:non|pas) (?:utilis|ouvert|port)\w*|inutilis\w*)",
    re.I,
)
_USED: Final = re.compile(
    r"\b(?:used|opened|worn|benutzt\w*|gebraucht\w*|geöffnet\w*|getragen\w*|usad\w+|abiert\w+|utilisée?s?|ouverte?s?)\b",
    re.I,
)

_FREE: Final = re.compile(
    r"\b(?:free|gratis|kosten(?:los|frei)\w*|versandkostenfrei\w*|umsonst|gratuit\w*|sin (?:coste|cargo))\b",
    re.I,
)


def pieces(shown: Sequence[Shown]) -> list[str]:
    """What the sections can be quoted by."""
    return [span.text for section in shown for span in spans.spans(section.text, section.language)]


def differs(text: str, language: str, source: str, source_language: str) -> str:
    """Which yes or no, bound or force `text` has and its `source`, in another language, has not; empty where none.

    What of these cannot be read in either is not let through: "unread".
    """
    if not (denials.are_read(language) and denials.are_read(source_language)):
        return "unread"
    if denials.denies(text, language) != denials.denies(source, source_language):
        return "opposite"
    if polarity.bounds_differ(text, source):
        return "bound"
    whole = all(polarity.bounds_are_read(one) for one in (language, source_language))
    if not whole and any(_says_more(one) for one in (text, source)):
        return "unread"
    return _force_differs(text, language, source, source_language)


def _says_more(text: str) -> bool:
    """Whether it has a bound, or is of something used, unused or free: not to be read in every language."""
    return polarity.has_bound(text) or any(form.search(text) for form in (_UNUSED, _USED, _FREE))


def _force_differs(text: str, language: str, source: str, source_language: str) -> str:
    ours, theirs = modality.forces(text, language), modality.forces(source, source_language)
    if modality.reads(language) and modality.reads(source_language):
        return "" if modality.follows(ours, theirs) else "force"
    return "unread" if ours or theirs else ""


def masked(text: str) -> str:
    """`text` with 0 for every figure: the words decide what it is like, not the figure that is in question."""
    return _FIGURE.sub("0", text)


def is_sure(text: str, quotable: Sequence[str], likeness: Sequence[float]) -> bool:
    """Whether the nearest of `quotable` has all figures of `text`, in their units, and none without them is as near."""
    ours = words.quantities(text)
    has = [_has(piece, ours) for piece in quotable]
    best = max((near for near, here in zip(likeness, has, strict=True) if here), default=0.0)
    other = max((near for near, here in zip(likeness, has, strict=True) if not here), default=0.0)
    if best < max(_NEAR, other + _NEARER):
        return False
    nearest = next(piece for piece, near, here in zip(quotable, likeness, has, strict=True) if here and near == best)
    if _FREE.search(text) and not _FREE.search(nearest):
        return False
    return not (_UNUSED.search(nearest) and _USED.search(_UNUSED.sub(" ", text)) and not _UNUSED.search(text))


def _has(piece: str, quantities: frozenset[tuple[str, str]]) -> bool:
    there = words.quantities(piece)
    return all(words.has(there, number, unit) for number, unit in quantities)

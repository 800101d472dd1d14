"""A mood as people read it: a word and a place on a short line, never a colour alone."""

from collections.abc import Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# Up to this weighted mood (-1 to 1), this word. The console's scripts are handed the same list.
WORDS: tuple[tuple[float, str, Promise], ...] = (
    (-0.5, "low", _("upset")),
    (-0.15, "uneasy", _("uneasy")),
    (0.2, "even", _("even")),
    (0.5, "good", _("content")),
    (1.0, "high", _("glad")),
)


def read(moods: Sequence[float], language: str) -> list[float]:
    """Those of a conversation's moods in which anything was read, the oldest first; none where nothing was.

    VADER reads English and emoji, and a mood of 0 is kept for all else: that is no even mood. In English talk that has
    one, a message without is calm.
    """
    if not any(moods):
        return []
    return list(moods) if language == "en" else [mood for mood in moods if mood]


def step(mood: float) -> tuple[str, str]:
    """The tint's name and the word of a mood."""
    for upto, tint, word in WORDS:
        if mood <= upto:
            return tint, str(word)
    return WORDS[-1][1], str(WORDS[-1][2])

"""How a visitor feels, by VADER (Hutto and Gilbert, 2014): the only file that names it.

Words in English only, emoji in every language.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

# VADER grows faster than the text; what follows the first thousand characters rarely changes a mood.
_MOST_CHARACTERS: Final = 1000
_LETTER: Final = re.compile(r"[^\W\d_]")
_SIGN: Final = re.compile("[\u2600-\u27bf\U0001f300-\U0001faff]")

# Words of support chats that VADER misreads: complaints it does not know, and technical words that are no anger.
# On VADER's own scale of -4 to 4; each chosen by us from the phrases in tests/chat/test_mood.py.
_SUPPORT_WORDS: Final = {
    "refund": 0.0, "return": 0.0, "cancel": 0.0, "error": -0.3, "kill": 0.0, "killed": 0.0, "dead": -0.8, "died": -0.8,
    "crash": -0.6, "abort": 0.0, "fire": 0.0, "sue": -3.0, "scam": -3.2, "scammers": -3.4, "ripoff": -3.2,
    "unacceptable": -3.0, "ridiculous": -2.4, "useless": -2.6, "waiting": -0.6, "unanswered": -1.2, "ignored": -1.8,
    "incompetent": -3.0, "appalling": -3.2, "disgrace": -3.2, "rubbish": -2.2, "joke": -1.2, "never": -0.5,
}  # fmt: skip
# The angriest signs are "pouting face" and "thumbs down" to VADER, words that it does not know. The values are ours, on
# the same scale: three of 😡 are a mood that calls a person, one is not.
_SUPPORT_SIGNS: Final = {
    "😡": -2.8, "🤬": -3.2, "😤": -1.8, "👎": -1.9, "🖕": -3.4, "🙄": -1.2, "😒": -1.5, "💩": -1.8, "😾": -1.8,
    "🤮": -2.2,
}  # fmt: skip

_analyzer = SentimentIntensityAnalyzer()
_analyzer.lexicon.update(_SUPPORT_WORDS)
for _sign, _value in _SUPPORT_SIGNS.items():  # VADER reads a sign as the words that it has for it
    _analyzer.emojis[_sign] = f"sign{ord(_sign):x}"
    _analyzer.lexicon[f"sign{ord(_sign):x}"] = _value


def score(text: str, language: str = "en") -> float:
    """The mood of one message, -1 (furious) to 1 (delighted); 0 where VADER knows none of the words.

    Of every other language only the signs are read: to VADER the German article "die" is dying.
    """
    if language == "en" or not _LETTER.search(text):
        return parts(text)[0]
    signs = "".join(_SIGN.findall(text[:_MOST_CHARACTERS]))
    return parts(signs)[0] if signs else 0.0


@lru_cache(4096)
def parts(text: str) -> tuple[float, float, float, float]:
    """VADER's compound mood of -1 to 1, and the shares of positive, negative and neutral words."""
    found = _analyzer.polarity_scores(text[:_MOST_CHARACTERS])
    return float(found["compound"]), float(found["pos"]), float(found["neg"]), float(found["neu"])


def weighted(moods: Sequence[float]) -> float:
    """The mood of a conversation, -1 to 1: the newest message counts most, each older one half as much.

    A neutral half message is mixed in, so that one sharp word alone is not yet a mood.
    """
    weights = [0.5**age for age in range(len(moods))]
    total = sum(weight * mood for weight, mood in zip(weights, reversed(moods), strict=True))
    return total / (sum(weights) + 0.5)

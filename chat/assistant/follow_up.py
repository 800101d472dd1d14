"""Questions that lean on the one before: "and for shoes?"."""

import re
from typing import Final

_BEGINS: Final = re.compile(
    r"^\W*(?:and|but|or|what about|how about|und|aber|oder|was ist mit|wie ist es|y|pero|qué pasa con|et|mais"
    r"|qu['’]en est-il|e|ma|ed|en|maar|och|og|i|a co|и|а|но|ve|peki|و|那|それ|और)\b",
    re.I,
)
_POINTS: Final = re.compile(
    r"\b(?:it|that|this|them|those|there|es|das|dies\w*|dort|dafür|eso|esto|ello|allí|ça|cela|ceci|celui\S*)\b", re.I
)
_UNSPACED: Final = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]")
_SHORT: Final = 3  # words
_SHORT_UNSPACED: Final = 6  # letters of a script without spaces
_FOLLOW_UP: Final = 12  # words


def leans(question: str) -> bool:
    """Whether a question goes on from the one before by its form: "and for shoes?", "what about Austria?"."""
    return _words(question) <= _FOLLOW_UP and (bool(_BEGINS.search(question)) or _is_short(question))


def may_lean(question: str) -> bool:
    """Whether it may: it points at something that it does not name."""
    return leans(question) or (_words(question) <= _FOLLOW_UP and bool(_POINTS.search(question)))


def joined(before: str, question: str) -> str:
    """Both as one question; the question itself where nothing is before it."""
    return f"{before}\n{question}" if before else question


def _is_short(question: str) -> bool:
    if _UNSPACED.search(question):
        return len(question.strip("?？。! ")) <= _SHORT_UNSPACED
    return _words(question) <= _SHORT


def _words(question: str) -> int:
    return len(question.split())

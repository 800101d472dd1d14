"""What a question is, for the search: it may lean on the one before ("and for shoes?"), or stand among other words."""

import re
from collections.abc import Sequence
from typing import Final

from knowledge.stop_words import STOP_WORDS

_BEGINS: Final = re.compile(
    r"^\W*(?:and|but|or|what about|how about|und|aber|oder|was ist mit|wie ist es|y|pero|qué pasa con|et|mais"
    r"|qu['’]en est-il|e|ma|ed|en|maar|och|og|i|a co|и|а|но|ve|peki|و|那|それ|और)\b",
    re.I,
)
_POINTS: Final = re.compile(
    r"\b(?:it|that|this|them|those|there|es|das|dies\w*|dort|dafür|eso|esto|ello|allí|ça|cela|ceci|celui\S*)\b", re.I
)
_UNSPACED: Final = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]")
_SENTENCE: Final = re.compile(r"(?<=[.!?…؟])\s+|(?<=[。！？])|\n+")
_ASKS: Final = ("?", "？", "؟")
_MOST_ASKED: Final = 2  # sentences, the last ones
_SHORT: Final = 3  # words
_CHAIN: Final = 3  # lines before it that a question is read with, the newest ones
# With the words that carry no meaning of their own: all that "how much", "und wie lange" and "cuánto cuesta" say is
# that they go on from what was asked before.
_HOW_MUCH: Final = """
    much many long often far soon big old expensive cost costs take takes last lasts
    viel viele lange oft weit bald groß alt teuer kostet kosten dauert
    cuánto cuanto cuántos cuántas cuesta cuestan tarda tardan veces tiempo caro
    combien temps fois cher coûte coûtent dure durent faut
    quanto quanti quante costa costano dura spesso tempo custa custam demora
    hoeveel lang vaak duur kost kosten duurt
"""
_MEASURES: Final = frozenset(_HOW_MUCH.split())
_FILLERS: Final = _MEASURES.union({"thx", "ty"}, *STOP_WORDS.values())
_WORD: Final = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_SHORT_UNSPACED: Final = 6  # letters of a script without spaces
_FOLLOW_UP: Final = 12  # words


def leans(question: str) -> bool:
    """Whether a question goes on from the one before by its form: "and for shoes?", "what about Austria?"."""
    return _words(question) <= _FOLLOW_UP and (bool(_BEGINS.search(question)) or _is_short(question))


def says_nothing(question: str) -> bool:
    """Whether a question asks how much, how long or how often, and of nothing: "und wie lange?"."""
    words = frozenset(_WORD.findall(question.casefold()))
    if not words & _MEASURES or len(words) > _FOLLOW_UP or re.search(r"\d", question):
        return False
    return any(words <= _MEASURES | those for those in STOP_WORDS.values())


def goes_on_from(earlier: Sequence[str]) -> str:
    """What a question that leans goes on from, of what was said before it: the last line that stands by itself.

    With the lines that lean on that one, in their order: "Do you ship to Norway?", "and to Iceland?". Empty where
    nothing was said.
    """
    chain: list[str] = []
    for line in reversed(earlier):
        if not chain or not _is_filler(line):
            chain.append(line)
        if not leans(line) or len(chain) == _CHAIN:
            break
    if len(chain) > 1 and _is_filler(chain[0]):
        chain = chain[1:]
    return "\n".join(reversed(chain))


def may_lean(question: str) -> bool:
    """Whether it may: it points at something that it does not name."""
    return leans(question) or (_words(question) <= _FOLLOW_UP and bool(_POINTS.search(question)))


def what_asks(message: str) -> str:
    """The sentences of a message that ask, where it says other things too ("Hello, I am Anna. Do you ship to Norway?").

    Empty where all of it asks, where nothing does, or where what asks says too little by itself.
    """
    sentences = [one.strip() for one in _SENTENCE.split(message) if one.strip()]
    asking = [one for one in sentences if one.endswith(_ASKS)]
    asked = " ".join(asking[-_MOST_ASKED:])
    return asked if len(asking) < len(sentences) and asked and not may_lean(asked) else ""


def joined(before: str, question: str) -> str:
    """Both as one question; the question itself where nothing is before it."""
    return f"{before}\n{question}" if before else question


def _is_filler(line: str) -> bool:
    """Whether a line says nothing that a later question could go on from: "how much", "ok ty"."""
    return not re.search(r"\d", line) and _FILLERS.issuperset(_WORD.findall(line.casefold()))


def _is_short(question: str) -> bool:
    if _UNSPACED.search(question):
        return len(question.strip("?？。! ")) <= _SHORT_UNSPACED
    return _words(question) <= _SHORT


def _words(question: str) -> int:
    return len(question.split())

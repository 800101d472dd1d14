"""Texts to the terms that are counted: in every script, whatever form a word has and whichever accents are typed."""

import re
import threading
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from typing import Final

import Stemmer

from .stop_words import STOP_WORDS

# Beside its stem a longer word counts by its first letters: that joins what a stemmer keeps apart (compounds, endings
# it does not know, languages without one). Both together rank better than either in every language (docs/retrieval.md).
START: Final = 5
# Arabic writes no short vowels, and "and", "with", "for" and "the" at the front of the word: those go first, as in the
# light stemmer of Larkey, Ballesteros and Connell (Light Stemming for Arabic Information Retrieval, 2007).
_ARABIC_START: Final = 4
ARABIC_FRONT: Final = re.compile(r"(?:و(?=...))?(?:(?:ال|[وبكف]ال|لل)(?=..))?")
_KNOWN_WORDS: Final = 200_000
_STEMMERS: Final = {
    "ar": "arabic", "ca": "catalan", "cs": "czech", "da": "danish", "de": "german", "el": "greek", "en": "english",
    "es": "spanish", "et": "estonian", "eu": "basque", "fa": "persian", "fi": "finnish", "fr": "french", "ga": "irish",
    "hi": "hindi", "hu": "hungarian", "hy": "armenian", "id": "indonesian", "it": "italian", "lt": "lithuanian",
    "nb": "norwegian", "ne": "nepali", "nl": "dutch", "nn": "norwegian", "no": "norwegian", "pl": "polish",
    "pt": "portuguese", "ro": "romanian", "ru": "russian", "sr": "serbian", "sv": "swedish", "ta": "tamil",
    "tr": "turkish", "yi": "yiddish",
}  # fmt: skip
# Python's \w leaves out the vowel signs of Hebrew, Arabic and the scripts of India: there they belong to the word.
_WORD: Final = re.compile(
    r"[\w\u0300-\u036f\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0900-\u0963\u0966-\u0dff]+"
)
# Chinese, Japanese, Thai, Lao, Burmese and Khmer write no spaces: there two letters count as a word.
_UNSPACED: Final = re.compile(
    r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+"
)
_INDIC: Final = range(0x900, 0xE00)


def terms(text: str, language: str) -> list[str]:
    """The terms of a text in `language` (an ISO code; one without a stemmer is read all the same), with repetitions."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    found: list[str] = []
    if not folded.isascii():
        for run in _UNSPACED.findall(folded):
            found += [run[i : i + 2] for i in range(max(1, len(run) - 1))]
        folded = _UNSPACED.sub(" ", folded)
    split = _splitter(language.partition("-")[0])
    for word in _WORD.findall(folded):
        found += split(word)
    return found


def content(text: str, language: str) -> set[str]:
    """The terms of the words that carry meaning (stop_words.py)."""
    idle = STOP_WORDS.get(language.partition("-")[0], frozenset())
    words = [word for word in _WORD.findall(text.casefold()) if word not in idle]
    # What an apostrophe left of "what's" says nothing; one sign of Chinese does.
    return set(terms(" ".join(word for word in words if len(word) > 1 or not word.isalpha() or word > "z"), language))


@lru_cache(len(_STEMMERS) + 1)
def _splitter(language: str) -> Callable[[str], tuple[str, ...]]:
    """Word → its one or two terms, remembered for each language."""
    stem = Stemmer.Stemmer(_STEMMERS[language], 0).stemWord if language in _STEMMERS else str
    start = _arabic_start if language == "ar" else _start
    alone = threading.Lock()  # a stemmer keeps the word that it works on: two threads at once break it

    @lru_cache(_KNOWN_WORDS)
    def split(word: str) -> tuple[str, ...]:
        with alone:
            root = stem(word)
        stemmed, begins = _without_accents(root), start(_without_accents(word))
        # The mark keeps "~retur", the start of a word, apart from a word that is "retur".
        return (stemmed, f"~{begins}") if begins else (stemmed,)

    return split


def _start(word: str) -> str:
    return word[:START] if len(word) > START else ""


def _arabic_start(word: str) -> str:
    bare = ARABIC_FRONT.sub("", word.replace("\u0640", ""), count=1)
    return bare[:_ARABIC_START] if len(bare) > _ARABIC_START else ""


def _without_accents(word: str) -> str:
    if word.isascii():
        return word
    letters = unicodedata.normalize("NFKD", word)
    return "".join(c for c in letters if unicodedata.category(c) != "Mn" or ord(c) in _INDIC)

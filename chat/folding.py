"""Letters as people type them who leave the accents out, and the words of a short message."""

import re
import unicodedata
from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import Final

# Scripts that put no space between words, or endings onto them: no edge of a word is looked for beside these.
UNSPACED: Final = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"

_LETTERS: Final = {
    "ß": "s", "ø": "o", "ł": "l", "đ": "d", "ı": "i", "æ": "a", "œ": "o", "ё": "е",
    "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ة": "ه", "ى": "ي", "ؤ": "و", "ئ": "ي",
}  # fmt: skip


def _table() -> dict[int, str]:
    latin, greek = (*range(0xC0, 0x250), *range(0x1E00, 0x1F00)), (*range(0x386, 0x3D0), *range(0x1F00, 0x2000))
    accented = [chr(number) for number in (*latin, *greek)]
    plain = {letter: unicodedata.normalize("NFD", letter)[0] for letter in accented if letter.isalpha()} | _LETTERS
    capitals = {letter.upper(): to.upper() for letter, to in _LETTERS.items() if len(letter.upper()) == 1}
    return str.maketrans(capitals | plain)


_TABLE: Final = _table()


def fold(text: str) -> str:
    """`text`, or an expression that looks for one, with plain letters: é as e, ş as s, أ as ا."""
    return text if text.isascii() else text.translate(_TABLE)


_MOST_IN_A_ROW: Final = 14  # words of one phrase, or signs of a script without spaces
_VOWEL_SIGNS: Final = re.compile("[\u0610-\u061a\u0640\u064b-\u065f\u0670\ufe0f]")  # Arabic's, which few type
_LENGTHENED: Final = re.compile(r"([^\W\d_])\1{2,}")
_WORD: Final = re.compile(rf"[{UNSPACED}]|[^\s{UNSPACED}]+")
_APART: Final = frozenset("PZCS")


# The readers of a short message ask one after the other.
@lru_cache(256)
def words(text: str) -> tuple[str, ...]:
    """The words of a short message, small and without accents: "Nooo, gracias!" is no, gracias.

    A picture is a word, and so is each sign of a script without spaces.
    """
    plain = fold(_VOWEL_SIGNS.sub("", unicodedata.normalize("NFKC", text))).casefold()
    return tuple(_WORD.findall(_LENGTHENED.sub(r"\1", "".join(map(_spaced, plain)))))


def phrases(*written: str) -> frozenset[str]:
    """What is written with | in between, each as `words` has it, for `leading`."""
    return frozenset(" ".join(words(one)) for text in written for one in text.split("|"))


def leading(found: Sequence[str], known: Collection[str]) -> int:
    """How many of these words are the longest of the known phrases with which they begin; 0 for none."""
    most = min(len(found), _MOST_IN_A_ROW)
    return next((many for many in range(most, 0, -1) if " ".join(found[:many]) in known), 0)


def _spaced(sign: str) -> str:
    kind = unicodedata.category(sign)
    if kind == "So":
        return f" {sign} "
    return "" if kind == "Cf" else " " if kind[0] in _APART else sign

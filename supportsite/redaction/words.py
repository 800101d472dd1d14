"""The words of a text as the recogniser of names reads them: their letters, their case, their neighbours."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple
from zlib import crc32

import numpy as np
import numpy.typing as npt

BUCKETS: Final = 1 << 18
# Bits of what is known of a word: it is a first name, a family's, stands in ordinary texts, is (part of) a place,
# is written small in them. The model was fitted on all but the last.
GIVEN, FAMILY, COMMON, PLACE, EVERYDAY = 1, 2, 4, 16, 64
_FITTED: Final = 63
Ints = npt.NDArray[np.int64]

# A French or Italian elision is a word of its own (d’Anna), an English genitive is not.
_WORD: Final = re.compile(
    r"(?:[dljmtscnDLJMTSCN]|[qQ]u|dell|dall|nell|sull|all|un)['’](?=[^\W\d_]{2})|"
    r"[^\W\d_]+(?:['’][^\W\d_]+)*|\d+|\n+|[^\w\s]|_"
)
_STOPS: Final = frozenset('.!?:;\n>•…"“„(-')
_SHAPES: Final = ("lower", "Upper", "Capital", "Mixed", "One", "uncased", "digits", "sign", "line")
# Numbers by which the pairs of neighbours are mixed: odd, and each far from the others.
_MIX: Final = (0x9E3779B1, 0x85EBCA77, 0xC2B2AE3D, 0x27D4EB2F, 0x165667B1)


class Word(NamedTuple):
    """A word, a number or a sign; `end` is excluded."""

    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Lexicon:
    """Hashes of words, sorted, and what is known of each as bits: given name, family name, common, place…"""

    hashes: npt.NDArray[np.uint32]
    bits: npt.NDArray[np.uint8]

    def of(self, hashes: Ints) -> Ints:
        """The bits of words, 0 for one that is not known."""
        # In their own type: else all that are known would be made of the others' for each text.
        at = np.minimum(np.searchsorted(self.hashes, hashes.astype(self.hashes.dtype)), len(self.hashes) - 1)
        found: Ints = np.where(self.hashes[at] == hashes, self.bits[at], 0).astype(np.int64)
        return found


@dataclass(frozen=True)
class Features:
    """Numbers of features: `own` all words' one after the other, `counts` how many each has, `pairs` (words, n).

    `known` are the bits of each word in the lexicon.
    """

    own: Ints
    counts: Ints
    pairs: Ints
    known: Ints


def split(text: str) -> list[Word]:
    """The words of `text` in their order."""
    return [Word(match.start(), match.end(), match.group()) for match in _WORD.finditer(text)]


def key(word: str) -> int:
    """The hash of a word whatever its case, without an English genitive."""
    plain = word.lower()
    return crc32((plain[:-2] if plain[-2:] in ("'s", "’s") else plain).encode())


def features(words: Sequence[Word], lexicon: Lexicon, *, hidden: Collection[int] = ()) -> Features:
    """What is to be said of each word. Those at `hidden` are read as if nobody had ever seen them."""
    keys = np.array([key(word.text) if at not in hidden else 0 for at, word in enumerate(words)], np.int64)
    known = lexicon.of(keys)
    shapes = [_shape(word.text) for word in words]
    own: list[int] = []
    counts = []
    for word, shape, bits in zip(words, shapes, known.tolist(), strict=True):
        before = len(own)
        _letters(word.text, shape, bits, own)
        counts.append(len(own) - before)
    pairs = _pairs(keys, known & _FITTED, np.array(shapes, np.int64), _starts(words))
    return Features(np.array(own, np.int64) % BUCKETS, np.array(counts, np.int64), pairs, known)


def _letters(word: str, shape: int, bits: int, own: list[int]) -> None:
    """Beginnings, ends and groups of three letters of a word; of an everyday word in small letters less will do."""
    size = len(word)
    if shape >= 6:
        own.append(crc32(f"n{_SHAPES[shape]}{min(size, 8)}{word if shape == 7 else ''}".encode()))
        return
    edged = f"<{word.lower()[:20]}>".encode()
    own.append(crc32(edged[-4:], shape))
    if bits & COMMON and shape == 0:
        return
    own += (
        crc32(edged[:3]),
        crc32(edged[:4]),
        crc32(edged[-3:]),
        crc32(edged[-4:]),
        crc32(edged[-5:]),
        crc32(edged[-6:]),
    )
    own.append(min(size, 9) * 16 + shape)
    own += [crc32(edged[at : at + 3], 7) for at in range(1, len(edged) - 3)]


def _shape(word: str) -> int:
    first = word[0]
    if first == "\n":
        return 8
    if first.isdigit():
        return 6
    if not first.isalpha():
        return 7
    if word.islower():
        return 0
    if word.isupper():
        return 4 if len(word) == 1 else 1
    return (2 if word[1:].islower() else 3) if first.isupper() else 3 if word.lower() != word else 5


def _starts(words: Sequence[Word]) -> Ints:
    """1 for a word that begins a sentence or stands behind a colon, a dash, a bracket."""
    before = [".", *(word.text[-1] for word in words[:-1])]
    return np.array([sign in _STOPS for sign in before], np.int64)


def _pairs(keys: Ints, known: Ints, shapes: Ints, starts: Ints) -> Ints:
    """A word beside its neighbours, (words, features)."""
    style = np.full_like(keys, _style(shapes))
    k, s, x = _around(keys, 7), _around(shapes, 9), _around(known, 0)
    c = _around(shapes * 256 + known, 99)
    mixed = (
        (k[0],), (k[-1],), (k[1],), (k[-2],), (k[2],),
        (c[0], starts), (c[0], style), (c[-1],), (c[1],), (c[-2],), (c[2],),
        (k[0], s[0]), (s[-1], s[0], s[1]), (c[-1], c[0]), (c[0], c[1]), (k[-1], s[0]), (k[-1], c[0]), (k[1], c[0]),
        (k[-2], k[-1]), (k[-2], k[-1], s[0]), (k[1], k[2]), (s[-2], s[-1], s[0], s[1], s[2]), (x[-1], x[0], x[1], s[0]),
        (k[-3], k[-2], k[-1]), (k[-2], c[0]), (c[-1], c[0], starts),
    )  # fmt: skip
    total = np.arange(len(mixed), dtype=np.int64)[:, None] * 0x2545F491 + np.zeros_like(keys)
    for depth, odd in enumerate(_MIX):
        rows = [at for at, parts in enumerate(mixed) if len(parts) > depth]
        part = np.array([mixed[at][depth] for at in rows])
        now = ((total[rows] ^ part) * odd) & 0xFFFFFFFF
        total[rows] = now ^ (now >> 15)
    return total.T % BUCKETS


def _style(shapes: Ints) -> int:
    """How the whole text is written: 0 all small, 1 all capitals, 2 as is usual."""
    cased = shapes[shapes < 5]
    if not len(cased) or (cased == 0).all():
        return 0
    return 1 if ((cased == 1) | (cased == 4)).all() else 2


def _around(values: Ints, fill: int) -> dict[int, Ints]:
    padded = np.concatenate([[fill] * 3, values, [fill] * 3])
    return {offset: padded[3 + offset : 3 + offset + len(values)] for offset in range(-3, 4)}

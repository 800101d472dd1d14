"""Names and postal addresses: a chain of labels over the words (a CRF), fitted by benchmarks/fit_names.py."""

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from operator import itemgetter
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from supportsite.redaction import plain, words
from supportsite.redaction.span import Kind, Span

FILE: Final = Path(__file__).parent / "names.npz"
LABELS: Final = ("", "name", "address", "place", "organisation")
_NAMED: Final = words.GIVEN | words.FAMILY
_KINDS: Final = {1: Kind.NAME, 2: Kind.ADDRESS}
# Towards personal data, for words with a capital and for small ones: a name too many comes back, one too few has left.
# Of scripts without capitals it has seen next to nothing, and says nothing.
_LEAN: Final = np.array(
    [[0.0, 1.4, 1.0, 0.0, 0.0], [0.0, 0.5, 0.4, 0.0, 0.0], [0.0, -1e6, -1e6, -1e6, -1e6]], np.float32
)
_MONTH: Final = re.compile(
    r"januar|jänner|februar|märz|april|mai|juni|juli|august|september|oktober|november|dezember|january|february|march|"
    r"may|june|july|october|december|janvier|février|mars|avril|juin|juillet|août|septembre|octobre|novembre|décembre|"
    r"enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre",
    re.I,
)
_CERTAIN: Final = 6.0  # more than a neighbour can make up for
_MOST: Final = 4000  # words read at once; a text that is longer is read in pieces
Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Model:
    """`weights` (features, labels), `steps` (label before, label), `lexicon` what is known of words."""

    weights: Floats
    steps: Floats
    lexicon: words.Lexicon

    def scores(self, found: words.Features) -> Floats:
        """(words, labels)."""
        own = np.add.reduceat(self.weights[found.own], np.cumsum(found.counts) - found.counts)
        scores: Floats = own + self.weights[found.pairs].sum(axis=1)
        return scores


@cache
def model() -> Model:
    """The one that Tandem comes with; 6 MB."""
    with np.load(FILE, allow_pickle=False) as saved:
        weights = np.zeros((words.BUCKETS, len(LABELS)), np.float32)
        weights[saved["at"]] = saved["weights"].astype(np.float32) * saved["scale"]
        return Model(weights, saved["steps"], words.Lexicon(saved["hashes"], saved["bits"]))


def is_ordinary(word: str) -> bool:
    """Whether a word by itself is one of ordinary texts, and nobody's name."""
    known = int(model().lexicon.of(np.array([words.key(word)], np.int64))[0])
    return bool(known & words.EVERYDAY or (known & words.COMMON and not known & _NAMED))


@dataclass(frozen=True)
class Reading:
    """What was found in a text, and of its words, in small letters, those of ordinary texts and of places' names.

    `nameless` are those of ordinary texts that are no name as well.
    """

    spans: tuple[Span, ...]
    ordinary: frozenset[str]
    places: frozenset[str]
    nameless: frozenset[str]


def read(text: str) -> Reading:
    """The names and addresses in `text`."""
    every, found, ordinary, places, named = words.split(text), list[Span](), set[str](), set[str](), set[str]()
    for at in range(0, len(every), _MOST):
        piece = every[at : at + _MOST]
        features = words.features(piece, model().lexicon)
        labels = best(model().scores(features) + _LEAN[_cases(text, piece)], model().steps)
        found += spans(piece, _without_everyday_words(piece, labels, features.known.tolist()))
        for bit, those in ((words.COMMON, ordinary), (words.PLACE, places), (_NAMED, named)):
            those.update(piece[n].text.casefold() for n in np.flatnonzero(features.known & bit).tolist())
    return Reading(tuple(found), frozenset(ordinary), frozenset(places), frozenset(ordinary - named))


def _cases(text: str, piece: Sequence[words.Word]) -> list[int]:
    """Of each word a row of `_LEAN`. Figures and signs go with the word before them, else with the next one."""
    small = [int(word.text.islower()) for word in piece]
    if not plain.has_caseless(text):
        return small
    letters = [(at, plain.has_caseless(word.text)) for at, word in enumerate(piece) if word.text[0].isalpha()]
    caseless = letters[0][1] if letters else False
    for (at, own), (after, _) in itertools.pairwise([(0, caseless), *letters, (len(piece), False)]):
        small[at:after] = [2] * (after - at) if own else small[at:after]
    return small


def _without_everyday_words(piece: Sequence[words.Word], labels: list[int], known: list[int]) -> list[int]:
    """`labels` without names of one word that is a place's, or an everyday word in small letters."""
    for at, word in enumerate(piece):
        if labels[at] != 1 or 1 in (*labels[max(0, at - 1) : at], *labels[at + 1 : at + 2]):
            continue
        bits, small = known[at], word.text.islower()
        place = bits & words.PLACE and not bits & words.GIVEN
        if (
            place
            or _is_a_date(piece, at)
            or _begins(piece, at, bits)
            or (small and (bits & words.EVERYDAY or (bits & words.COMMON and not bits & words.GIVEN)))
        ):
            labels[at] = 0
    return labels


def _begins(piece: Sequence[words.Word], at: int, bits: int) -> bool:
    """Whether a Greek or Cyrillic word, few of which are known, has its capital from the sentence that it begins."""
    begins = at == 0 or piece[at - 1].text[0] in ".!?;\n"
    return begins and not bits & _NAMED and "\u0370" <= piece[at].text[0] <= "\u052f"


def _is_a_date(piece: Sequence[words.Word], at: int) -> bool:
    """Whether the word is a month behind its day: "12. Juni"."""
    before = "".join(word.text for word in piece[max(0, at - 2) : at]).rstrip(".")
    return bool(_MONTH.fullmatch(piece[at].text)) and before[-1:].isdigit()


def spans(piece: Sequence[words.Word], labels: Sequence[int]) -> Iterator[Span]:
    """Neighbours of one label as one piece; signs at its ends are no part of it."""
    start = 0
    while start < len(piece):
        end = start + 1
        while end < len(piece) and labels[end] == labels[start]:
            end += 1
        if kind := _KINDS.get(labels[start]):
            inside = [word for word in piece[start:end] if word.text[0].isalnum()]
            if inside:
                yield Span(inside[0].start, inside[-1].end, kind)
        start = end


def best(scores: Floats, steps: Floats) -> list[int]:
    """The likeliest labels of a sentence (Viterbi), of each word among those that neighbours can still bring about."""
    table = steps.T.tolist()  # by label: from each label before it
    likely: list[list[tuple[int, float]]] = [[] for _ in scores]
    kept = scores > scores.max(axis=1, keepdims=True) - _CERTAIN
    for at, label, score in zip(*(one.tolist() for one in np.nonzero(kept)), scores[kept].tolist(), strict=True):
        likely[at].append((label, score))
    ways: list[dict[int, int]] = []
    totals = likely[0]
    for word in likely[1:]:
        back, now = {}, []
        for label, score in word:
            column = table[label]
            back[label], most = totals[0][0], totals[0][1] + column[totals[0][0]]
            for before, total in totals[1:]:  # a loop: quicker than max() of a generator
                if total + column[before] >= most:
                    back[label], most = before, total + column[before]
            now.append((label, most + score))
        ways.append(back)
        totals = now
    labels = [max(totals, key=itemgetter(1))[0]]
    for back in reversed(ways):
        labels.append(back[labels[-1]])
    return labels[::-1]

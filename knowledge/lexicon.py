"""The lexical half of retrieval: BM25 over the published sections of a site's language, filled from the rows.

The process that owns the index is told of every change (`indexing.py`). Any other looks at the rows before it searches,
and reads what is new there.
"""

import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from .bm25 import Bm25
from .exact import Watch, labels_in_rows
from .lexical import terms
from .models import Article, Section
from .shelf import ANYWHERE, Label, Shelf, Where
from .split import embedded_text

Numbers = npt.NDArray[np.int64]

MODEL = "bm25"
_SLICE = 500


@dataclass(frozen=True)
class Matches:
    """What a question's words found: section id → BM25 score for the best, and for those that were asked about.

    `ideal` is the sum of the weights of the question's terms, `terms` how many different ones it has.
    """

    scores: Mapping[int, float]
    ideal: float
    terms: int


@dataclass(frozen=True)
class Part:
    """Some of a shelf's sections, of how many; `changes` differs when the shelf has changed."""

    numbers: Numbers
    whole: int
    changes: int


@dataclass
class _Held:
    watch: Watch
    bm25: Bm25 = field(default_factory=Bm25)
    read: bool = False
    being_read: bool = False


class Lexicon:
    """One inverted index for each site, language and edition, read from the rows when it is first asked for.

    A large site takes seconds for that: `warm` reads it beside the searches, which find by meaning alone until then.
    """

    def __init__(self) -> None:
        self._held: dict[Shelf, _Held] = {}
        self._lock = threading.RLock()

    def search(
        self,
        key: Shelf,
        question: str,
        n: int,
        where: Where = ANYWHERE,
        also: Sequence[int] = (),
        beside: Mapping[int, Sequence[str]] | None = None,
        *,
        told: bool,
    ) -> Matches:
        """The `n` sections with the most of the question's words, and the scores of `also`.

        `beside`: sections that are not on the shelf, with their words; theirs are among the scores.

        `told`: this process is told of changes, so that the rows need not be looked at.
        """
        words = terms(question, key.language)
        with self._lock:
            bm25 = self._read(key, told=told).bm25
            scores, ideal = bm25.scores(words, where)
            best = _best(scores, n)
            asked = bm25.roll.slots_of(also)
            slots = np.unique(np.concatenate([best, asked[asked >= 0]]))
            mixed = bm25.with_whole(scores, slots, words)
            found = dict(zip(bm25.roll.numbers(slots).tolist(), mixed.tolist(), strict=True))
            found |= bm25.scores_beside(words, beside or {})
            return Matches(found, ideal, len(set(words)))

    def part(self, key: Shelf, where: Where, *, told: bool) -> Part:
        """The sections that `where` admits."""
        with self._lock:
            roll = self._read(key, told=told).bm25.roll
            numbers = roll.numbers(np.flatnonzero(roll.admitted(where)))
            return Part(numbers, len(roll), roll.changes)

    def only(self, key: Shelf, where: Where, numbers: Sequence[int]) -> list[int]:
        """Of these sections those that `where` admits, in their order."""
        with self._lock:
            roll = self._read(key, told=True).bm25.roll
            slots = roll.slots_of(numbers)
            admitted = roll.admitted(where)[slots] & (slots >= 0)
            return [number for number, is_in in zip(numbers, admitted.tolist(), strict=True) if is_in]

    def put(self, key: Shelf, sections: Iterable[Section], label: Label) -> None:
        """Take in sections (with their version); where the shelf was not read yet, its first reading will find them."""
        with self._lock:
            held = self._held.get(key)
            if held and held.read:
                for section in sections:
                    _put(held.bm25, key.language, section, label)

    def drop(self, key: Shelf, numbers: Iterable[int]) -> None:
        """Forget sections."""
        with self._lock:
            if held := self._held.get(key):
                held.bm25.drop(numbers)

    def ids(self, key: Shelf) -> set[int]:
        """The sections that would be searched."""
        with self._lock:
            return set(self._read(key, told=True).bm25.roll)

    def warm(self, site_id: int, edition: int) -> None:
        """Read what a site's questions need, without holding up those that are asked meanwhile."""
        articles = Article.objects.filter(site_id=site_id).order_by()
        for language in articles.values_list("language", flat=True).distinct():
            self._read_beside(shelf_of(site_id, language, edition))

    def follow(self, site_id: int) -> None:
        """Make what was read of a site equal to the rows."""
        with self._lock:
            for key, held in self._held.items():
                if key.site_id == site_id and held.read:
                    _follow_rows(key, held.bm25)

    def forget(self, edition: int | None = None) -> None:
        """Let go of an edition (None: of each); what is asked for again is read again."""
        with self._lock:
            for key in [key for key in self._held if edition in (None, key.edition)]:
                del self._held[key]

    def _read(self, key: Shelf, *, told: bool) -> _Held:
        held = self._held.setdefault(key, _Held(Watch(key)))
        if not held.being_read and (not held.read or (not told and held.watch.changed())):
            _follow_rows(key, held.bm25)
            held.read = True
        return held

    def _read_beside(self, key: Shelf) -> None:
        with self._lock:
            held = self._held.setdefault(key, _Held(Watch(key)))
            if held.read or held.being_read:
                return
            held.being_read = True
        fresh = Bm25()
        try:
            _follow_rows(key, fresh)
        finally:
            with self._lock:
                # Once more: what was published meanwhile is in the rows, and nowhere else.
                _follow_rows(key, fresh)
                held.bm25, held.read, held.being_read = fresh, True, False


def shelf_of(site_id: int, language: str, edition: int) -> Shelf:
    """The lexicon's shelf of a site's language."""
    return Shelf(site_id, language, MODEL, edition)


def _follow_rows(key: Shelf, bm25: Bm25) -> None:
    """Make an index equal to the rows; only what is new there is read."""
    rows = labels_in_rows(key)
    bm25.drop([number for number in bm25.roll if number not in rows])
    new = [number for number, (_digest, label) in rows.items() if bm25.roll.label(number) != label]
    for start in range(0, len(new), _SLICE):
        texts = Section.objects.filter(pk__in=new[start : start + _SLICE]).order_by()
        for section in texts.select_related("version").only("kind", "heading", "text", "version__title"):
            _put(bm25, key.language, section, rows[section.pk][1])


def _put(bm25: Bm25, language: str, section: Section, label: Label) -> None:
    text = embedded_text(*section.titles(), section.text)
    bm25.put(section.pk, terms(text, language), label, section.version_id)


def _best(
    scores: "np.ndarray[tuple[int], np.dtype[np.float32]]", n: int
) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
    """The slots of the `n` highest scores above 0."""
    found = np.flatnonzero(scores > 0)
    return found if len(found) <= n else found[np.argpartition(scores[found], -n)[-n:]]


_lexicon = Lexicon()


def current() -> Lexicon:
    """This process's lexicon."""
    return _lexicon

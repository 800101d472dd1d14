"""The answer in the making: sentences that passed, numbered sources in the order in which they are first cited."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from chat import sentences
from chat.assistant import words
from chat.assistant.drafts import Draft
from chat.assistant.grounding import QUOTE_LENGTH, Verdict
from chat.assistant.ports import Passage
from chat.assistant.steps import Source
from chat.sentences import Sentence
from supportsite.redact import Redactor

MOST: Final = 5  # sentences; look.md, "Voice"
MOST_ROWS: Final = 8
# Where one reads from right to left, a quote from another language keeps its own direction between these (UAX 9).
_FROM_RIGHT: Final = frozenset({"ar", "fa", "he", "ur"})
_ISOLATE, _ISOLATED = "\u2068", "\u2069"
ISOLATES: Final = {ord(_ISOLATE): None, ord(_ISOLATED): None}  # for str.translate: a text without them


@dataclass
class Composed:
    """Grows sentence by sentence; what has been shown is never taken back."""

    passages: Sequence[Passage]
    language: str
    redactor: Redactor
    text: str = ""
    _said: list[frozenset[str]] = field(default_factory=list)
    _order: list[int] = field(default_factory=list)
    _quotes: dict[int, str] = field(default_factory=dict)
    _open: int = 0
    _quoting: bool = False

    @property
    def is_full(self) -> bool:
        """Whether it has as many sentences as a customer reads."""
        rows = self.text.count("\n")
        return len(self._said) >= (MOST_ROWS if rows > 1 else MOST)

    def add(self, draft: Draft, verdict: Verdict) -> str:
        """Append a sentence; returns the text to show, empty where it has been said already."""
        stems = words.content(draft.text, self.passages[verdict.n - 1].language)
        if any(stems == said or (not draft.opens_line and _repeats(stems, said)) for said in self._said):
            return ""
        self._said.append(stems)
        number = self._number(verdict)
        mark = self.close() if number != self._open else ""
        piece = mark + self._notice(verdict) + self._between(draft) + self._body(draft, verdict)
        self._open = number
        self.text += piece.removeprefix(mark)
        return piece

    def close(self) -> str:
        """Put the number of their source behind the last sentences; returns what that adds to the text."""
        mark = f" [{self._open}]" if self._open else ""
        self._open = 0
        self.text += mark
        return mark

    def sources(self) -> tuple[Source, ...]:
        """What the text cites as [1], [2], …"""
        return tuple(self._source(number, index) for number, index in enumerate(self._order, start=1))

    def _body(self, draft: Draft, verdict: Verdict) -> str:
        text = self.redactor.restore(draft.text)
        if self._foreign(verdict):
            quote = f"“{text}”"
            return f"{_ISOLATE}{quote}{_ISOLATED}" if self._from_right else quote
        return text

    def _notice(self, verdict: Verdict) -> str:
        """Once, before the first quote in another language, code says which language it is."""
        if self._quoting or not self._foreign(verdict):
            return ""
        self._quoting = True
        name = sentences.language_name(_base(self.passages[verdict.n - 1].language), self.language)
        notice = sentences.say(Sentence.SOURCE_LANGUAGE, self.language, language=name)
        return ("\n" if self.text else "") + notice

    def _between(self, draft: Draft) -> str:
        if not self.text and not self._quoting:
            return ""
        # Quotes side by side would stand in the order of the page, from right to left, and each read the other way.
        return "\n" if draft.opens_line or (self._quoting and self._from_right) else " "

    @property
    def _from_right(self) -> bool:
        return _base(self.language) in _FROM_RIGHT

    def _foreign(self, verdict: Verdict) -> bool:
        return verdict.verbatim and _base(self.passages[verdict.n - 1].language) != _base(self.language)

    def _number(self, verdict: Verdict) -> int:
        index = verdict.n - 1
        if index not in self._order:
            self._order.append(index)
        self._quotes[index] = _joined(self._quotes.get(index, ""), verdict.quote, self.passages[index].text)
        return self._order.index(index) + 1

    def _source(self, number: int, index: int) -> Source:
        passage = self.passages[index]
        return Source(
            n=number,
            title=passage.title,
            url=passage.url,
            section=passage.heading,
            quote=self._quotes[index],
            language=passage.language,
            date=passage.date,
        )


def _joined(before: str, quote: str, text: str) -> str:
    """Both quotes of one section, as far as they fit, with a mark where something between them is left out."""
    if not before or quote in before:
        return before or quote
    together = f"{before.rpartition(' … ')[2]} {quote}" in " ".join(text.split())
    both = f"{before} {quote}" if together else f"{before} … {quote}"
    return both if len(both) <= QUOTE_LENGTH else before


def _repeats(stems: frozenset[str], said: frozenset[str]) -> bool:
    """Whether next to nothing in a sentence is new."""
    return bool(stems) and len(stems & said) >= 0.8 * len(stems)


def _base(language: str) -> str:
    return language.split("-")[0].lower()

"""The built-in model: a LangChain chat model that answers with sentences of the sections it is shown, and nothing else.

It reads the same messages as any provider. It ranks every sentence, list item and table row by the words that it shares
with the question and by the kind of answer that is asked for, takes the best, what belongs to it, and cites each.
"""

import re
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.messages.ai import UsageMetadata
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult

from chat.assistant import countries, currencies, follow_up, prompt, spans, words, yes_or_no
from chat.assistant.drafts import NO_ANSWER
from chat.assistant.spans import Span
from knowledge.question_words import asked_for

NAME: Final = "built-in"
LONGEST: Final = 4  # sentences
PARAGRAPH: Final = 3  # sentences of one paragraph
ROWS: Final = 6  # lines of a table or a list, which are short

# What kind of answer a question wants, by its words, and what such an answer has in it.
_HOW_LONG: Final = re.compile(
    r"\bhow (?:long|soon|quick|fast|many (?:days|weeks|hours))|\bwhen\b|\bdeadline"
    r"|\bwie (?:lange|schnell|viele tage)|\bwann\b|\bfrist"
    r"|\bcuánto (?:tiempo|tarda)|\bcuándo\b|\bplazo|\bcuántos días"
    r"|\bcombien de (?:temps|jours)|\bquand\b|\bdélai",
    re.I,
)
_HOW_MUCH: Final = re.compile(
    r"\bhow much|\bcosts?\b|\bprices?\b|\bfees?\b|\bcharges?\b|\bexpensive|\bfree\b"
    r"|\bwie ?viel|\bkostet|\bkosten|\bpreis|\bgebühr"
    r"|\bcuánto (?:cuesta|vale|es)|\bcosto|\bcoste|\bprecio|\btarifa"
    r"|\bcombien (?:coûte|ça)|\bcoûte|\bprix|\bfrais|\btarif",
    re.I,
)
_HOW_TO: Final = re.compile(
    r"\bhow (?:do|can|should|to|would)\b|\bwhat (?:do|should|must) i do|\bwhat (?:now|next)\b|\bsteps?\b"
    r"|\bwie (?:kann|mache|gehe|funktioniert|gebe|sende|ändere|setze|melde|löse|storniere|bekomme)"
    r"|\bwas (?:nun|jetzt|(?:muss|soll|kann) ich (?:tun|machen))"
    r"|\bcómo\b|\bqué (?:(?:debo|tengo que) hacer|hago)|\by ahora qué"
    r"|\bcomment\b|\bque (?:faire|(?:dois|faut)-(?:je|il) faire)",
    re.I,
)
_WHETHER: Final = re.compile(
    r"^\W*(?:can|could|may|do|does|did|is|are|am|will|would|should|must|have"
    r"|kann|können|darf|dürfen|ist|sind|gibt|habe|muss|wird|werden|bieten|liefern"
    r"|puedo|se puede|puede|es|hay|tengo|hacen|envían|tienen"
    r"|est-ce|puis-je|peut-on|peux-tu|pouvez|avez|y a-t-il|dois-je)\b",
    re.I,
)
_TIMES: Final = ("minute", "hour", "day", "week", "month", "year")
_SAYS_WHETHER: Final = re.compile(
    r"\b(?:yes|no|not|can|cannot|may|only|possible|ja|nein|nicht|kein\w*|kann|können|möglich|nur"
    r"|sí|puede|pueden|posible|solo|oui|non|peut|pouvez|possible|pas)\b",
    re.I,
)
_BEGINS_ON_ANOTHER: Final = re.compile(
    r"^(?:it|this|that|these|those|they|he|she|otherwise|then|also|both|es|dies\w*|sie|er|sonst|dann|auch"
    r"|esto|este|esta|estos|ella|ellos|también|cela|ceci|ce|cette|elle|ils|sinon)\b",
    re.I,
)
# To something with a name: "Read the number on the plate." is a step.
_SENDS_ELSEWHERE: Final = re.compile(
    r"^(?i:(?:for|für|para|pour) [^.,;:]{1,60}, ?)?(?i:see|read|siehe|lesen Sie|vea|véase|consulte|voir|voyez|lisez) "
    r"(?:[\"“„«¿\[]|https?:|(?i:our|the (?:article|page|guide)|unsere?n?|nuestr[oa]s?|notre|nos)\b|[^\W\d_a-zà-ÿ])"
)
_YES_OR_NO: Final = re.compile(r"^\W*(?:yes|no|ja|nein|sí|no|oui|non)\s*(?:[,:;!]|\.(?!\s*\d))", re.I)
_WORDS_SAY: Final = 3  # a question of fewer words says less by them (knowledge/candidates.py)
_SAYS_ENOUGH: Final = 0.55  # of the question, for a sentence that is the answer by itself
_WHERE: Final = frozenset({"where", "wo", "wohin", "donde", "adonde", "ou"})
_ABOUT_A_CASE: Final = re.compile(r"\b(?:if|when|wenn|falls|sobald|si|cuando|quand|lorsque)\b", re.I)


@dataclass(frozen=True)
class Piece:
    """A quotable piece with its section and its place there; `own` is the share of the question in its words."""

    n: int
    place: int
    span: Span
    score: float
    own: float

    @property
    def is_listed(self) -> bool:
        """Whether it has a line of its own."""
        return self.span.is_row or self.span.is_item


class ExtractiveChat(BaseChatModel):
    """Quotes and cites, or writes NO_ANSWER. Needs no key, no network and no weights."""

    @property
    def _llm_type(self) -> str:
        return NAME

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        said = list(_answer(messages))
        message = AIMessage("".join(said), usage_metadata=_usage(messages, said))
        return ChatResult(generations=[ChatGeneration(message=message)])

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        said = list(_answer(messages))
        for text in said:
            yield ChatGenerationChunk(message=AIMessageChunk(content=text))
        yield ChatGenerationChunk(message=_last_chunk(messages, said))

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        for chunk in self._stream(messages):
            yield chunk


def _last_chunk(messages: Sequence[BaseMessage], said: Sequence[str]) -> AIMessageChunk:
    return AIMessageChunk(
        content="",
        usage_metadata=_usage(messages, said),
        response_metadata={"finish_reason": "stop"},
        chunk_position="last",
    )


def _usage(messages: Sequence[BaseMessage], said: Sequence[str]) -> UsageMetadata:
    """Words for tokens: nobody is billed for them."""
    read, written = sum(len(m.text.split()) for m in messages), sum(len(text.split()) for text in said)
    return UsageMetadata(input_tokens=read, output_tokens=written, total_tokens=read + written)


def _answer(messages: Sequence[BaseMessage]) -> Iterator[str]:
    """The sentences, each with its citation and the space before the next."""
    data = prompt.read_data(messages)
    chosen = choose(follow_up.what_asks(data["question"]) or data["question"], data["facts"])
    if not chosen:
        yield NO_ANSWER
    headings = {section["n"]: section["section"] for section in data["facts"]}
    for last, piece in zip([None, *chosen], chosen, strict=False):
        broken = last is not None and (piece.is_listed or last.is_listed)
        goes_on = last is not None and last.span.is_item and last.n == piece.n
        between = "" if last is None else "\n" if broken else " "
        yield f"{between}{piece.span.said('' if goes_on else headings[piece.n])} [{piece.n}]"


def choose(question: str, sections: Sequence[dict[str, Any]]) -> list[Piece]:
    """The pieces to say, in the order in which to say them; none where no section has any."""
    pieces = _ranked(question, sections)
    if not pieces:
        return []
    lead = max(pieces, key=lambda piece: piece.score)
    beside = [piece for piece in pieces if piece.n == lead.n]
    if lead.span.is_row:
        return _table(lead, beside, question, sections)
    if lead.span.is_item:
        return _list(lead, beside, question, next(s for s in sections if s["n"] == lead.n))
    return _paragraph(lead, beside, pieces, question)


def _ranked(question: str, sections: Sequence[dict[str, Any]]) -> list[Piece]:
    found = [spans.spans(section["text"], section["language"]) for section in sections]
    weights = spans.weights([span for section in found for span in section])
    asked = [_Asked(question, section, weights) for section in sections]
    return [
        _piece(one, place, span)
        for one, section in zip(asked, found, strict=True)
        for place, span in enumerate(section)
        if _is_said(one, span)
    ]


class _Asked:
    """A question as one section's language sees it, and how much of it is covered by some words."""

    def __init__(self, question: str, section: dict[str, Any], weights: dict[str, float]) -> None:
        self.language = language = section["language"]
        self.question = question
        self.n = section["n"]
        self.stems = words.content(question, language)
        self.title = words.content(section["title"], language)
        self.above = self.title | words.content(section["section"], language)
        self._weights = weights
        self._total = self._weigh(self.stems) or 1.0

    def share(self, stems: frozenset[str]) -> float:
        """The share of the question's weight that `stems` cover."""
        return self._weigh(self.stems & stems) / self._total

    def is_titled(self) -> bool:
        """Whether the question is the one that the article's title asks, so that its "Yes" is the answer."""
        return self.share(self.title) >= 0.5 and len(self.title & self.stems) >= 0.5 * len(self.title)

    def _weigh(self, stems: frozenset[str]) -> float:
        return sum(self._weights.get(stem, 0.8) for stem in stems)


def _is_said(asked: _Asked, span: Span) -> bool:
    """Whether anything is left of it for this question: not of a mere "No." to another one."""
    return asked.is_titled() or bool(yes_or_no.without(span.text).strip(" .!"))


def _piece(asked: _Asked, place: int, span: Span) -> Piece:
    own = asked.share(span.stems)
    headed = asked.share(asked.above - span.stems)
    score = min(1, len(asked.stems) / _WORDS_SAY) * own + 0.5 * headed + 0.5 / asked.n + _for_kind(asked, span)
    if _YES_OR_NO.match(span.text) and not (span.is_item or span.is_row or asked.is_titled()):
        span = replace(span, text=yes_or_no.without(span.text))  # it is the answer to the title's question
    if place == 0:
        score += 0.12
    if _BEGINS_ON_ANOTHER.match(span.text):
        score -= 0.1
    return Piece(asked.n, place, span, score, own)


def _for_kind(asked: _Asked, span: Span) -> float:
    """More for the kind of answer that is asked for, less for what answers another question."""
    question, bonus = asked.question, 0.0
    units = {unit for _, unit in words.quantities(span.text)}
    if _HOW_LONG.search(question) and units.intersection(_TIMES):
        bonus += 0.2
    if _HOW_MUCH.search(question) and not units.isdisjoint(currencies.CODES):
        bonus += 0.25
    if _WHETHER.search(question) and _SAYS_WHETHER.search(span.text):
        bonus += 0.1
    if _ABOUT_A_CASE.match(span.text) and not _ABOUT_A_CASE.search(question):
        bonus -= 0.06
    if _is_about_another_country(asked, span):
        bonus -= 0.8
    if _SENDS_ELSEWHERE.match(span.text) or (_YES_OR_NO.match(span.text) and not asked.is_titled()):
        bonus -= 0.5
    return bonus


def _is_about_another_country(asked: _Asked, span: Span) -> bool:
    """A sentence of what holds in another country is no answer to more than where something is."""
    if asked_for(asked.question) & _WHERE:
        return False
    wanted, told = countries.named(asked.question, asked.language), countries.of_one(span.text, asked.language)
    return bool(wanted and told) and wanted.isdisjoint(told)


def _table(lead: Piece, beside: Sequence[Piece], question: str, sections: Sequence[dict[str, Any]]) -> list[Piece]:
    """The sentence before a table, then the rows that the question names, else all."""
    rows = [p for p in beside if p.span.is_row]
    language = next(s["language"] for s in sections if s["n"] == lead.n)
    asked = words.content(question, language)
    named = _named(rows, [asked & words.content(_first_cell(p.span.text), language) for p in rows])
    if not named:
        heads = frozenset.intersection(*(row.span.stems for row in rows))
        in_words = frozenset(stem for stem in asked if not stem[0].isdigit())  # a bare figure may be any column's
        named = _named(rows, [in_words & p.span.stems - heads for p in rows])
    before = [p for p in beside if not p.span.is_row and p.place < rows[0].place][:1]
    after = [p for p in beside if not p.span.is_row and p.place > rows[-1].place and p.own > 0.2][:1]
    return [*before, *(named or rows)[:ROWS], *after]


def _named(rows: Sequence[Piece], hits: Sequence[frozenset[str]]) -> list[Piece]:
    """The rows with the most hits; none where no row has any."""
    most = max(map(len, hits))
    return [row for row, hit in zip(rows, hits, strict=True) if most and len(hit) == most]


def _first_cell(row: str) -> str:
    return row.partition("; ")[0].partition(": ")[2]


def _list(lead: Piece, beside: Sequence[Piece], question: str, section: dict[str, Any]) -> list[Piece]:
    """The item that was asked for; the whole list where that is asked for, how to do it, or no item stands out."""
    items = [p for p in beside if p.span.is_item]
    second = max((p.own for p in items if p != lead), default=0.0)
    if _asks_for_list(question, section) or not (_WHETHER.search(question) or lead.own - second > 0.2):
        return items[:ROWS]
    return [lead]


def _asks_for_list(question: str, section: dict[str, Any]) -> bool:
    """Whether it is how to, or of what the list's own titles say and nothing more: "What is covered?"."""
    asked = words.content(question, section["language"])
    above = words.content(f"{section['title']} {section['section']}", section["language"])
    return bool(_HOW_TO.search(question) or (section["section"] and asked <= above))


def _paragraph(lead: Piece, beside: Sequence[Piece], pieces: Sequence[Piece], question: str) -> list[Piece]:
    """The paragraph around the best sentence, its steps, and a sentence from elsewhere that covers what is missing."""
    same = [p for p in beside if p.span.line == lead.span.line]
    at = same.index(lead)
    needed = at > 0 and (same[at - 1].own >= 0.3 or bool(_BEGINS_ON_ANOTHER.match(lead.span.text)))
    # A sentence that says little of what was asked goes on from the ones before it.
    begins = 0 if lead.own < _SAYS_ENOUGH and len(same) <= PARAGRAPH else at - needed
    chosen = [p for p in same[begins : begins + PARAGRAPH] if p is lead or not _SENDS_ELSEWHERE.match(p.span.text)]
    if _HOW_TO.search(question):
        chosen += [p for p in beside if p.span.is_item and p.place > lead.place][:ROWS]
    return [*chosen, *_elsewhere(chosen, pieces)][: LONGEST + ROWS]


def _elsewhere(chosen: Sequence[Piece], pieces: Sequence[Piece]) -> list[Piece]:
    said = frozenset[str]().union(*(p.span.stems for p in chosen))
    others = [
        p
        for p in pieces
        if p not in chosen and p.own >= 0.6 and len(p.span.stems & said) <= 0.5 * len(p.span.stems)
        and not (p.is_listed or _YES_OR_NO.match(p.span.text) or _BEGINS_ON_ANOTHER.match(p.span.text))
        and p.own > max(q.own for q in chosen)
    ]  # fmt: skip
    return sorted(others, key=lambda p: -p.own)[:1]

"""What a provider writes that tells the truth in its own words, and one that lies in thirteen ways.

Both start from the sentences that the built-in model would quote. They are functions of the data alone, so that a run
can be repeated; which lie a question gets follows from its words.
"""

import re
import zlib
from collections.abc import Callable, Sequence
from typing import Any

from chat.assistant import extractive, spans

Data = dict[str, Any]
Said = list[tuple[str, int]]

# Rewordings that change no meaning, tried in turn on each sentence.
_REWORDED = (
    (r"^You can (\w+)", r"It is possible to \1"),
    (r"\bcannot\b", "can't"),
    (r"\bdo not\b", "don't"),
    (r"\bcosts €", "is priced at €"),
    (r"\bwithin (\d+)", r"in up to \1"),
    (r"\bYou get\b", "You receive"),
    (r"\bparcel\b", "package"),
    (r"\bChoose\b", "Select"),
    (r"\bwe send\b", "we ship"),
    (r"\b(\d) working days\b", r"\1 business days"),
    (r"^Yes, ", ""),
    (r"\be-mail\b", "email"),
)
_OPPOSITE = (
    (r"\bcannot\b", "can"), (r"\bcan\b", "cannot"), (r"\bis not\b", "is"), (r"\bare not\b", "are"),
    (r"\bdoes not (\w+)", r"does \1"), (r"\bdo not (\w+)", r"do \1"), (r"\bis\b", "is not"), (r"\bare\b", "are not"),
    (r"\bNo\b", "Yes"), (r"\bYes\b", "No"), (r"\bnever\b", "always"),
)  # fmt: skip


def honest(data: Data) -> str:
    """The truth, reworded, with its citations."""
    return _joined([(_reworded(text), n) for text, n in _truths(data)])


def lying(data: Data) -> str:
    """A lie, by the question's words one of LIES; where that finds nothing to change, invented facts."""
    truths = _truths(data)
    lie = LIES[zlib.crc32(data["question"].encode()) % len(LIES)]
    told = lie(truths, data)
    return _joined(told if told != truths else invented(truths, data))


def invented(truths: Said, data: Data) -> Said:
    """Facts from nowhere."""
    return [("You get a voucher of €25 if we are late.", 1), ("Our office in Lisbon answers within 90 minutes.", 1)]


def mixed_in(truths: Said, data: Data) -> Said:
    """The truth, with a fact from nowhere behind it."""
    return [*truths[:1], ("Gold members are served first, day and night.", 1)]


def other_figures(truths: Said, data: Data) -> Said:
    """Every figure another one."""
    return [(re.sub(r"\d+", lambda m: str(int(m.group()) + 3), text), n) for text, n in truths]


def swapped_figures(truths: Said, data: Data) -> Said:
    """Two figures of one section change places."""
    told = []
    for text, n in truths:
        own = re.findall(r"\d+(?:[.,]\d+)?", text)
        others = [f for f in re.findall(r"\d+(?:[.,]\d+)?", _section(data, n)) if f not in own]
        told.append((text.replace(own[0], others[0]) if own and others else text, n))
    return told


def wrong_citations(truths: Said, data: Data) -> Said:
    """The truth, with numbers that were not shown."""
    return [(text, 99 if at % 2 else n + 40) for at, (text, n) in enumerate(truths)]


def links(truths: Said, data: Data) -> Said:
    """The truth, with a link to somebody else."""
    return [(f"{text.rstrip('.')} at https://evil.example/login.", n) for text, n in truths]


def opposite(truths: Said, data: Data) -> Said:
    """A yes turned to no."""
    return [(_first(text, _OPPOSITE), n) for text, n in truths]


def yes_before_all(truths: Said, data: Data) -> Said:
    """A yes before a no, and a no before a yes."""
    told = []
    for text, n in truths[:1]:
        denied = re.search(r"\b(?:not|cannot|never|no)\b", text)
        told.append((f"{'Yes' if denied else 'No'}, {_small(text)}", n))
    return told


def without_condition(truths: Said, data: Data) -> Said:
    """What holds only in some case, said for all."""
    behind = r",? (?:if|when|unless|except|once|only|within|for|in|on|with|from)\b[^.]*\.$"
    ahead = r"^(?:If|When|For|In|On|After)\b[^,]*, (\w)"
    return [(re.sub(behind, ".", re.sub(ahead, lambda m: m.group(1).upper(), text)), n) for text, n in truths]


def without_amount(truths: Said, data: Data) -> Said:
    """What holds from an amount on, or up to one, said for every amount."""
    amount = (
        r" (?:of|from|over|up to|under|below|above) [€$]?\d+(?:[.,]\d+)?(?:\s?(?:kg|cm|m|%))?(?: or (?:more|less))?"
        r"|\b[Uu]nused "
    )
    return [(re.sub(amount, " ", text).strip(), n) for text, n in truths]


def changed_places(truths: Said, data: Data) -> Said:
    """Who does it and to whom change places, as do what comes first and what comes after."""
    told = []
    for text, n in truths:
        parts = re.fullmatch(r"(\w+ )([\w-]+)( .*\b)([a-z]{4,})(\.)", text)
        told.append((parts[1] + parts[4] + parts[3] + parts[2] + parts[5] if parts else text, n))
    return told


def neighbours(truths: Said, data: Data) -> Said:
    """The beginning of one sentence with the end of another."""
    told = []
    for text, n in truths:
        pieces = [span.text for span in spans.spans(_section(data, n), "en") if span.text != text and not span.is_row]
        head, tail = text.rstrip(".").split(), pieces[-1].split() if pieces else []
        told.append((" ".join([*head[: len(head) // 2], *tail[len(tail) // 2 :]]) if tail else text, n))
    return told


def for_all(truths: Said, data: Data) -> Said:
    """Always, and for everybody."""
    return [(re.sub(r"\b(can|is|are|costs?|takes?)\b", r"always \1", text, count=1), n) for text, n in truths]


LIES: tuple[Callable[[Said, Data], Said], ...] = (
    invented, mixed_in, other_figures, swapped_figures, wrong_citations, links, opposite, yes_before_all,
    without_condition, neighbours, for_all, without_amount, changed_places,
)  # fmt: skip


def _truths(data: Data) -> Said:
    chosen = extractive.choose(data["question"], data["facts"])
    headings = {fact["n"]: fact["section"] for fact in data["facts"]}
    return [(piece.span.said(headings[piece.n]), piece.n) for piece in chosen][:3]


def _section(data: Data, n: int) -> str:
    return next(fact["text"] for fact in data["facts"] if fact["n"] == n)


def _joined(said: Sequence[tuple[str, int]]) -> str:
    return " ".join(f"{text} [{n}]" for text, n in said) or "NO_ANSWER"


def _reworded(text: str) -> str:
    for pattern, other in _REWORDED:
        text = re.sub(pattern, other, text)
    return text


def _first(text: str, pairs: Sequence[tuple[str, str]]) -> str:
    for pattern, other in pairs:
        if re.search(pattern, text):
            return re.sub(pattern, other, text, count=1)
    return text


def _small(text: str) -> str:
    return text[:1].lower() + text[1:]

"""All personal data of a text: the kinds together, the more certain one first where two overlap."""

from collections.abc import Collection, Iterable, Iterator
from typing import Final

from supportsite.redaction import (
    birth,
    caseless,
    identity,
    introduced,
    mail,
    net,
    numbers,
    orders,
    payment,
    plain,
    postal,
    recogniser,
)
from supportsite.redaction.span import Kind, Span

_BLOT: Final = "\u25a0"
_BETWEEN: Final = " ,.\n\t"  # what may stand between two parts of one address


def find(
    text: str, countries: Collection[str] = ("US",), *, orders: Iterable[str] = (), keep: Collection[str] = ()
) -> list[Span]:
    """The pieces of personal data in `text`, in their order and without overlap.

    `countries`: where a bare number may be a phone's. `orders`: forms of the site's order numbers. `keep`: names that
    are no person's, such as the site's.
    """
    read = plain.of(text)
    return apart(read.back(_find(read.text, countries, orders, keep)))


def _find(text: str, countries: Collection[str], orders: Iterable[str], keep: Collection[str]) -> list[Span]:
    certain = _structured(text, countries, orders)
    reading = recogniser.read(text)
    told = [*caseless.find(text), *introduced.find(text, reading.nameless)]
    places = _places(text, reading, told)
    names = [span for span in _names(text, reading, told) if text[span.start : span.end].casefold() not in keep]
    found = apart([*certain, *_around(places, certain), *_around(names, [*certain, *places])])
    return [span for span in found if any(map(str.isalnum, text[span.start : span.end]))]


def _places(text: str, reading: recogniser.Reading, told: Iterable[Span]) -> list[Span]:
    """Those that the model found and that are no time or price, those of a certain form, those that were announced."""
    found = (span for span in reading.spans if span.kind == Kind.ADDRESS)
    likely = [span for span in found if postal.is_likely(text, span, reading.ordinary, reading.places)]
    return _together(text, [*likely, *postal.find(text), *(span for span in told if span.kind == Kind.ADDRESS)])


def _names(text: str, reading: recogniser.Reading, told: Iterable[Span]) -> list[Span]:
    """Those that the model found, as wide as they are, and those that the words before them announce."""
    found = [span for span in (*reading.spans, *told) if span.kind == Kind.NAME]
    every = _together(text, [introduced.wider(text, span, reading.nameless) for span in found], between=" ")
    return [span for span in every if introduced.may_be(text[span.start : span.end])]


def _structured(text: str, countries: Collection[str], forms: Iterable[str]) -> list[Span]:
    found = apart([*net.pages(text), *mail.find(text), *net.machines(text), *orders.find(text, forms)])
    if not any(map(str.isdigit, text)):
        return found
    # What is found is blotted out before the next kind is looked for: neighbours are no number together.
    for kind in (birth.find, payment.find, identity.find):
        found = apart([*found, *kind(_blotted(text, found))])
    return apart([*found, *numbers.find(_blotted(text, found), countries)])


def _blotted(text: str, spans: Iterable[Span]) -> str:
    for span in spans:
        text = text[: span.start] + _BLOT * (span.end - span.start) + text[span.end :]
    return text


def apart(spans: Iterable[Span]) -> list[Span]:
    """`spans` in their order; of two that overlap the one that was named first."""
    taken: list[Span] = []
    for span in spans:
        if all(span.end <= other.start or span.start >= other.end for other in taken):
            taken.append(span)
    return sorted(taken)


def _around(spans: Iterable[Span], taken: Collection[Span]) -> Iterator[Span]:
    """`spans` without the characters that `taken` has: what is left of an address before and behind a phone number."""
    for span in spans:
        start = span.start
        for other in sorted(taken):
            if other.end <= start or other.start >= span.end:
                continue
            if other.start > start:
                yield Span(start, other.start, span.kind)
            start = max(start, other.end)
        if start < span.end:
            yield Span(start, span.end, span.kind)


def _together(text: str, spans: Iterable[Span], between: str = _BETWEEN) -> list[Span]:
    """Parts that touch, as one."""
    joined: list[Span] = []
    for span in sorted(spans):
        if joined and not text[joined[-1].end : span.start].strip(between):
            joined[-1] = joined[-1]._replace(end=max(joined[-1].end, span.end))
        else:
            joined.append(span)
    return joined

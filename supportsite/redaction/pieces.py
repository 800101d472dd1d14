"""Numbers and addresses that somebody wrote in pieces, one message after the other: cards, accounts, phones, e-mail."""

import itertools
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from supportsite.redaction import mail, numbers, payment
from supportsite.redaction.span import Kind

_MOST: Final = 4  # pieces of one number
_AHEAD: Final = 4  # further messages with figures in which the next piece is looked for
_LEAST: Final = 3  # figures of a piece
_LEAST_ALONE: Final = 2  # of one in a row of messages that say nothing else
_LINES: Final = 8  # of a message that may be several pieces; what is longer was pasted
# Figures of no price, date, time or order number, and in groups of no decimals.
_RUN: Final = re.compile(
    r"(?<![\w.,:/#€$£+-])\d(?:[ .\u00a0-]?\d)*"
    r"(?![\w:/%€$£]|[.,]\d| ?(?:€|\$|£|(?i:euros?|eur|usd|gbp|dollars?|pounds?)\b))"
)
_CARD_WORD: Final = re.compile(
    r"card|karte|tarjeta|carte|carta|cartão|kaart|karta|visa|amex|\bpan\b|credit|debit|kredit|crédit", re.I
)
# What a number is that is no card's.
_OTHER_WORD: Final = re.compile(
    r"(?:order|bestell\w*|auftrag\w*|pedido|commande|invoice|rechnung\w*|factura|facture|article|artikel\w*|artículo|item"
    r"|sku|size|größe|talla|taille|tracking|sendung\w*|model\w*|year|jahr|año|année|version|code|since|seit|zip|plz)"
    r"(?:[ -]?(?:number|nr|no|nummer|numéro|número|n°))?[.:#]?\s*(?:is|was|ist|es|est)?\s*$",
    re.I,
)
_YEAR: Final = re.compile(r"\b(?:in|since|from|of|im|seit|von|en|de|depuis|desde)\s*$", re.I)
_LETTERS: Final = re.compile(r"[^\W\d_]+")
_ACCOUNT_BEGINS: Final = re.compile(r"[A-Z]{2}\d{2}", re.I)
_GROUP: Final = re.compile(r"[A-Za-z0-9]+")
_GROUPS: Final = 9  # of an account's number
_LONGEST: Final = 100  # characters of an e-mail address; groups of a message


# Of a phone: with its prefix and brackets. What it has matched it keeps (atomic): half a number is none.
_DIALLED: Final = re.compile(
    r"(?<![\w.,:/#€$£+-])(?>\+?\(?\d(?:[ .()/\u00a0-]{0,3}\d){0,16})"
    r"(?![\w:/%€$£]|[.,]\d| ?(?:€|\$|£|(?i:euros?|eur|usd|gbp)\b))"
)
_SHORT: Final = 7  # digits of a phone's number
_FIGURE: Final = re.compile(r"\d")
_BESIDE: Final = 25  # characters before the rest of a number, and behind its beginning: "and then …", "… so far"


@dataclass(frozen=True)
class _Run:
    """Figures that stand together.

    `is_other`: the words before say that they are of something else; `is_alone`: they are all that the message says.
    """

    text: str
    digits: str
    is_other: bool
    is_alone: bool


def find(texts: Sequence[str], countries: Collection[str] = ()) -> Iterator[tuple[str, str]]:
    """Pieces, as they stand in the messages of one person, that are something together: (kind, piece).

    `countries`: where a number without its prefix may be a phone's.
    """
    lines = [line.strip() for text in texts for line in _lines(text) if line.strip()]
    yield from ((Kind.CARD, piece) for piece in _cards(lines))
    yield from ((Kind.IBAN, piece) for piece in _accounts(lines))
    yield from ((Kind.PHONE, piece) for piece in _phones(lines, countries))
    yield from ((Kind.EMAIL, piece) for piece in _addresses(lines))


def _lines(text: str) -> list[str]:
    lines = text.split("\n")
    return lines if len(lines) <= _LINES else [text]


def _cards(lines: Sequence[str]) -> Iterator[str]:
    told = any(_CARD_WORD.search(line) for line in lines)
    every = [found for line in lines if (found := [*_runs(line)])]
    yield from _in_a_row(every)
    runs = [kept for found in every if (kept := _ends([run for run in found if len(run.digits) >= _LEAST]))]
    for at, first in enumerate(runs):
        for run in first:
            for pieces in _together(runs, at, (run,)):
                if told or _look_like_it(pieces):
                    yield from (piece.text for piece in pieces)


def _in_a_row(runs: Sequence[Sequence[_Run]]) -> Iterator[str]:
    """What a message ends with and the next ones are, as many as there may be, where they are a card's number."""
    for at, first in enumerate(runs):
        pieces = [first[-1]]
        for later in runs[at + 1 :]:
            digits = "".join(piece.digits for piece in pieces)
            if len(digits) >= max(payment.ISSUED) or first[-1].is_other or len(later) > 1 or not later[0].is_alone:
                break
            pieces.append(later[0])
            if _is_card(digits + later[0].digits):
                yield from (piece.text for piece in pieces)


def _runs(line: str) -> Iterator[_Run]:
    is_alone = len([*itertools.islice(_LETTERS.finditer(line), 2)]) < 2
    for match in _RUN.finditer(line):
        digits = "".join(filter(str.isdigit, match.group()))
        if (_LEAST_ALONE if is_alone else _LEAST) <= len(digits) <= max(payment.ISSUED) - _LEAST_ALONE:
            before = line[max(0, match.start() - 30) : match.start()]
            is_year = len(digits) == 4 and digits[:2] in ("19", "20") and _YEAR.search(before)
            is_other = bool(is_year or _OTHER_WORD.search(before))
            yield _Run(match.group(), digits, is_other, is_alone)


def _look_like_it(pieces: Sequence[_Run]) -> bool:
    """Whether nothing is said to be something else, and the number was cut as it is printed, or stands by itself."""
    if any(piece.is_other for piece in pieces):
        return False
    ends = [*itertools.accumulate(len(piece.digits) for piece in pieces)]
    printed = all(end % 4 == 0 for end in ends) if ends[-1] == 16 else {4, 10}.issuperset(ends[:-1])
    return printed or all(piece.is_alone for piece in pieces)


def _ends(runs: Sequence[_Run]) -> list[_Run]:
    """The first and the last of a message: a number goes on where a message ends and another begins."""
    return list(runs) if len(runs) <= 2 else [runs[0], runs[-1]]


def _together(runs: Sequence[Sequence[_Run]], at: int, pieces: tuple[_Run, ...]) -> Iterator[tuple[_Run, ...]]:
    """`pieces`, with what stands in the messages behind `at`, as often as they are a card's number together."""
    digits = "".join(piece.digits for piece in pieces)
    if len(pieces) > 1 and _is_card(digits):
        yield pieces
    if len(pieces) == _MOST or not any(
        len(digits) + _LEAST <= n and form.match(digits) for n, form in payment.ISSUED.items()
    ):
        return
    for later in range(at + 1, min(len(runs), at + 1 + _AHEAD)):
        for run in runs[later]:
            if len(digits) + len(run.digits) <= max(payment.ISSUED):
                yield from _together(runs, later, (*pieces, run))


def _is_card(digits: str) -> bool:
    form = payment.ISSUED.get(len(digits))
    return bool(form and form.match(digits)) and payment.is_card(digits)


def _accounts(lines: Sequence[str]) -> Iterator[str]:
    for at, line in enumerate(lines):
        for begins in _grouped(line, begins=True):
            pieces = [begins]
            for later in lines[at + 1 : at + 1 + _AHEAD]:
                pieces += itertools.islice(_grouped(later), 1)
                if len(pieces) > 1 and payment.is_iban("".join(pieces)):
                    yield from pieces
                if len(pieces) == _MOST:
                    break


def _grouped(line: str, *, begins: bool = False) -> Iterator[str]:
    """Groups with figures in them, and what is joined to these by a space or a dash; `begins`: as an account does."""
    groups = list(itertools.islice(_GROUP.finditer(line), _LONGEST))
    at = 0
    while at < len(groups):
        first, last = groups[at], groups[at]
        at += 1
        if not (_begins_an_account(first[0]) if begins else any(map(str.isdigit, first[0]))):
            continue
        for after in groups[at : at + _GROUPS]:
            if line[last.end() : after.start()] not in (" ", "-") or not _is_group(after[0]):
                break
            last, at = after, at + 1
        yield line[first.start() : last.end()]


def _begins_an_account(group: str) -> bool:
    return bool(_ACCOUNT_BEGINS.match(group)) and group[:2].upper() in payment.ACCOUNTS


def _is_group(text: str) -> bool:
    return text.isupper() or any(map(str.isdigit, text))


def _phones(lines: Sequence[str], countries: Collection[str]) -> Iterator[str]:
    """What a message ends with that begins a phone's number, and what the next ones begin with, while it makes one."""
    edges = [found for line in lines if (found := _phone_edges(line))]
    for at, (begins, _) in enumerate(edges):
        if not begins or _is_whole(begins, countries):
            continue
        pieces = [begins]
        for _, goes_on in edges[at + 1 : at + 1 + _AHEAD]:
            if not goes_on or len(pieces) == _MOST:
                continue
            pieces.append(goes_on)
            if _is_phone("".join(pieces), countries):
                yield from pieces


@lru_cache(maxsize=2048)  # every turn of a conversation reads all its lines again
def _phone_edges(line: str) -> tuple[str, str] | None:
    """The figures at a message's end that may begin a phone's number, and those at its beginning that may go on.

    None for a message without any.
    """
    if not _FIGURE.search(line):
        return None
    found = itertools.islice(_DIALLED.finditer(line), _LONGEST)
    runs = [match for match in found if sum(map(str.isdigit, match.group())) >= _LEAST_ALONE]
    if not runs:
        return "", ""
    first, last = runs[0], runs[-1]
    goes_on = first.start() <= _BESIDE and not _is_other(line, first)
    return last.group() if _begins_a_phone(line, last) else "", first.group() if goes_on else ""


def _begins_a_phone(line: str, match: re.Match[str]) -> bool:
    """Whether a number has a phone's prefix or a word for it before it, and ends the message."""
    if len(line) - match.end() > _BESIDE or _is_other(line, match):
        return False
    is_alone = match.group() == line.rstrip(".,;… ")
    has_prefix = match.group().startswith(("+", "00")) or (is_alone and match.group()[0] in "0(")
    return has_prefix or numbers.is_called(line, match.start())


def _is_other(line: str, match: re.Match[str]) -> bool:
    return bool(_OTHER_WORD.search(line[max(0, match.start() - 30) : match.start()]))


def _is_whole(written: str, countries: Collection[str]) -> bool:
    """Whether it is a phone's number by itself: a short one may be, and the beginning of a longer one too."""
    return sum(map(str.isdigit, written)) > _SHORT and _is_phone(written, countries)


def _is_phone(written: str, countries: Collection[str]) -> bool:
    digits = "".join(filter(str.isdigit, written))
    if written.startswith(("+", "00")):
        return numbers.is_valid(f"+{digits.removeprefix('00')}", None)
    return any(numbers.is_valid(digits, country) for country in countries)


def _addresses(lines: Sequence[str]) -> Iterator[str]:
    for one, other in itertools.pairwise(lines):
        last, first = one.split()[-1].lstrip("(<"), other.split()[0].rstrip(",;:!?)>.")
        if not first or len(last + first) > _LONGEST or not (first[0] in "@." or last[-1] in "@."):
            continue
        if mail.is_email(last + first) and not mail.is_email(last.rstrip(".")):
            yield last
            yield first

"""How satisfied a site's customers are (docs/satisfaction.md): of the assistant, of people, of each, and with kindness.

CSAT is the share of rated cases with 4 or 5. Each case counts once, by its customer's latest word.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import OuterRef, QuerySet, Subquery

from supportsite.sites.models import Member, Site

from .assistant import kindness
from .band import Rate, difference
from .models import Conversation, Event, Kind, Turn, TurnState
from .rating_rows import Rating

COUNTED: Final = timedelta(days=90)
# Of fewer the interval is wider than from half to nearly all: a share would be read as more than it is.
ENOUGH: Final = 20
GOOD: Final = 4  # and above
COMMENTS: Final = 10
_READ: Final = 300  # of the newest ratings, to find those with a word


@dataclass(frozen=True)
class OfMember:
    """How satisfied those were whom one person answered; `name` is the one that customers see."""

    name: str
    rate: Rate


@dataclass(frozen=True)
class Comment:
    """A customer's word on a case. It is theirs: to be escaped wherever it is shown."""

    conversation: str
    score: int
    text: str
    at: datetime
    by: str  # the person's name, empty for the assistant alone


@dataclass(frozen=True)
class Satisfaction:
    """The shares of a site's rated cases, and how often each score was given, the best first."""

    all: Rate
    alone: Rate
    people: Rate
    scores: tuple[tuple[int, int], ...]
    members: tuple[OfMember, ...]


@dataclass(frozen=True)
class Half:
    """One half of the conversations in which a kind line was due: how many are satisfied, and asked for a person."""

    satisfied: Rate
    asked: Rate


@dataclass(frozen=True)
class Difference:
    """The share with kindness less the one without, and the ends of its interval; -1 to 1."""

    value: float
    low: float
    high: float

    @property
    def is_seen(self) -> bool:
        """Whether chance alone would seldom make it."""
        return self.low > 0 or self.high < 0


@dataclass(frozen=True)
class Compared:
    """What kindness brings: both halves, and how far apart they are; None where one half has too few to say it."""

    said: Half
    held: Half
    satisfied: Difference | None
    asked: Difference | None


def is_enough(rate: Rate) -> bool:
    """Whether a share may be told."""
    return rate.whole >= ENOUGH


def of_site(site: Site, *, now: datetime) -> Satisfaction:
    """The figures of the last 90 days."""
    rows = list(_ratings(site, now).values_list("score", "by_person", "member__name", "member_id"))
    given = Counter(score for score, *_who in rows)
    names = {member: name for *_what, name, member in rows if member is not None}
    each = [OfMember(name, _rate(row[0] for row in rows if row[3] == member)) for member, name in names.items()]
    return Satisfaction(
        all=_rate(row[0] for row in rows),
        alone=_rate(score for score, by_person, *_who in rows if not by_person),
        people=_rate(score for score, by_person, *_who in rows if by_person),
        scores=tuple((score, given[score]) for score in range(5, 0, -1)),
        members=tuple(sorted(each, key=lambda one: (-one.rate.whole, one.name))),
    )


def comments(member: Member, *, now: datetime) -> list[Comment]:
    """The newest words on cases that `member` may see."""
    seen = _ratings(member.site, now).filter(conversation__in=Conversation.objects.visible_to(member))
    rows = list(seen.select_related("conversation", "member")[:_READ])
    said = Event.objects.filter(conversation__in={row.conversation_id for row in rows}, kind=Kind.RATED)
    texts = {(event.conversation_id, event.seq): event.body["comment"] for event in said}
    found = [
        Comment(row.conversation.public_id, row.score, text, row.at, row.member.name if row.member else "")
        for row in rows
        if (text := texts[row.conversation_id, row.seq])
    ]
    return found[:COMMENTS]


def with_kindness(site: Site, *, now: datetime) -> Compared | None:
    """Both halves of the last 90 days' conversations; None where a kind line was due in none of them.

    A conversation counts once, with the case in which a line was due first: what was done to it before was the same in
    both halves, and which half it is in was chance.
    """
    first: dict[int, tuple[str, int, int]] = {}
    case = Event.objects.filter(conversation=OuterRef("conversation"), seq=OuterRef("from_seq")).values("case")[:1]
    turns = _turns(site, now).annotate(case=Subquery(case)).order_by("made_at", "pk")
    for conversation, arm, seq, of_case in turns.values_list("conversation", "kindness", "from_seq", "case"):
        first.setdefault(conversation, (arm, seq, of_case))
    if not first:
        return None
    scores = _scores(site, now, first)
    asked = _asked(site, now, first)
    said, held = (_half(arm, first, scores, asked) for arm in (kindness.SAID, kindness.HELD))
    return Compared(said, held, _apart(said.satisfied, held.satisfied), _apart(said.asked, held.asked))


def _ratings(site: Site, now: datetime) -> QuerySet[Rating, Any]:
    return Rating.objects.filter(conversation__site=site, at__gte=now - COUNTED)


def _turns(site: Site, now: datetime) -> QuerySet[Turn, Any]:
    done = Turn.objects.filter(conversation__site=site, state=TurnState.DONE, made_at__gte=now - COUNTED)
    return done.exclude(kindness="")


def _rate(scores: Iterable[int]) -> Rate:
    given = list(scores)
    return Rate(sum(score >= GOOD for score in given), len(given))


def _scores(site: Site, now: datetime, first: dict[int, tuple[str, int, int]]) -> dict[int, int]:
    """The score of the case that counts, by conversation."""
    rated = Rating.objects.filter(conversation__in=_turns(site, now).values("conversation"))
    counted = {(conversation, case) for conversation, (_arm, _since, case) in first.items()}
    rows = rated.values_list("conversation", "case", "score")
    return {conversation: score for conversation, case, score in rows if (conversation, case) in counted}


def _asked(site: Site, now: datetime, first: dict[int, tuple[str, int, int]]) -> set[int]:
    """The conversations whose customer asked for a person, in that case and after the line was due."""
    called = Event.objects.filter(conversation__in=_turns(site, now).values("conversation"), kind=Kind.ESCALATED)
    found = set()
    for conversation, seq, case, reasons in called.values_list("conversation", "seq", "case", "body__reasons"):
        _arm, since, of_case = first.get(conversation, ("", seq, case))  # one that has come meanwhile does not count
        if case == of_case and seq > since and "asked" in (reasons or ()):
            found.add(conversation)
    return found


def _half(arm: str, first: dict[int, tuple[str, int, int]], scores: dict[int, int], asked: set[int]) -> Half:
    mine = {conversation for conversation, (of, _seq, _case) in first.items() if of == arm}
    return Half(_rate(scores[one] for one in mine & scores.keys()), Rate(len(mine & asked), len(mine)))


def _apart(one: Rate, other: Rate) -> Difference | None:
    if not (is_enough(one) and is_enough(other)):
        return None
    return Difference(one.share - other.share, *difference(one, other))

"""What the insights show of a threshold: the rate, which conversations flip, what agents thought, what is missing."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final

from agents.reasons import explain
from chat import reviewing
from chat.band import (
    FEWEST,
    HIGH,
    LOW,
    Beat,
    Proposal,
    Rate,
    Standing,
    called_by,
    heaviest,
    number_of,
    propose,
    rate,
)
from chat.band_rows import JudgedCase, JudgedMessage, Review
from chat.models import Conversation, Event, EventRole, Kind
from chat.weighing import Policy, Reason
from knowledge.models import Gap, GapState
from supportsite.sites.models import Member

LISTED: Final = 40
CURVE: Final = tuple(step / 20 for step in range(21))
_ENOUGH_OF_ONE: Final = 5  # cases of a language or an intent before its share is told
_MOST: Final = 6
_NEEDED: Final = ("right", "too_late")
Pair = tuple[JudgedCase, Standing]


@dataclass(frozen=True)
class Why:
    """A reason in the reader's words, what showed it, and how much it counts."""

    sentence: str
    evidence: str
    weight: float


@dataclass(frozen=True)
class Shown:
    """A conversation in a list: its first words, what speaks for a person there, and its address ("" if not theirs)."""

    about: str
    address: str
    score: float
    whys: Sequence[Why]
    verdict: str
    ended: str


@dataclass(frozen=True)
class Group:
    """How often a person is called among the conversations of one language or intent."""

    name: str
    rate: Rate


@dataclass(frozen=True)
class View:
    """Everything of one threshold beside the one in use."""

    review: Review
    threshold: float
    in_use: float
    rate: Rate
    rate_in_use: Rate
    hard: Rate
    curve: Sequence[tuple[float, Rate]]
    standings: Sequence[tuple[str, Standing]]
    flips: Sequence[Shown]
    flips_more: int
    would_call: bool
    missed: Rate
    saved: Rate
    precision: Rate
    recall: Rate
    gaps: Sequence[Gap]
    languages: Sequence[Group]
    intents: Sequence[Group]
    badly: Sequence[Shown]
    badly_more: int

    @cached_property
    def proposal(self) -> Proposal | None:
        """Told by the page and not while its slider moves: it halves the conversations twenty times.

        None too where the threshold in use is in the band: there is nothing to mend.
        """
        return None if self.rate_in_use.is_in_band else propose(self.standings, self.in_use)

    @property
    def number(self) -> int:
        """How many conversations they are of."""
        return number_of(self.standings)

    @property
    def needed(self) -> int | None:
        """How many it takes to propose a threshold, where they are fewer."""
        return FEWEST if self.number < FEWEST else None

    @property
    def is_above(self) -> bool:
        """Whether more than the band are called."""
        return self.rate.share > HIGH

    @property
    def is_below(self) -> bool:
        """Whether fewer than the band are called."""
        return self.rate.share < LOW

    @property
    def is_other(self) -> bool:
        """Whether it is not the threshold in use."""
        return self.threshold != self.in_use


def view(review: Review, member: Member, threshold: float) -> View:
    """A review's figures at a threshold, for somebody of the site."""
    policy = Policy.of(member.site)
    pairs = reviewing.standings(review, policy)
    stands = [one for _row, one in pairs]
    flips = [pair for pair in pairs if pair[1].called(threshold) != pair[1].called(policy.threshold)]
    badly = [pair for pair in pairs if pair[0].ended and not pair[1].called(threshold)]
    lower = min(threshold, policy.threshold)
    shown_flips, shown_badly = flips[:LISTED], badly[:LISTED]
    return View(
        review=review,
        threshold=threshold,
        in_use=policy.threshold,
        rate=rate(stands, threshold),
        rate_in_use=rate(stands, policy.threshold),
        hard=Rate(sum(one.hard for one in stands), len(stands)),
        curve=[(at, rate(stands, at)) for at in CURVE],
        standings=[(str(row.conversation_id), one) for row, one in pairs],
        flips=_shown(shown_flips, member, replace(policy, threshold=lower)),
        flips_more=len(flips) - len(shown_flips),
        would_call=threshold < policy.threshold,
        missed=_not_called(pairs, threshold, _NEEDED),
        saved=_not_called(pairs, threshold, ("needless",)),
        **of_verdicts([row for row, _one in pairs]),
        gaps=list(Gap.objects.filter(site=member.site, state=GapState.OPEN).order_by("-people", "-asked_at")[:_MOST]),
        languages=_groups(pairs, threshold, lambda row: row.language),
        intents=_groups(pairs, threshold, lambda row: row.intent),
        badly=_shown(shown_badly, member, policy),
        badly_more=len(badly) - len(shown_badly),
    )


def of_verdicts(rows: Iterable[JudgedCase]) -> dict[str, Rate]:
    """Of the handoffs that agents judged: the share that was needed; of the needed ones, the share in time."""
    given = Counter(row.verdict for row in rows if row.verdict)
    needed = sum(given[one] for one in _NEEDED)
    return {"precision": Rate(needed, given.total()), "recall": Rate(given["right"], needed)}


def _not_called(pairs: Sequence[Pair], threshold: float, verdicts: Sequence[str]) -> Rate:
    judged = [one for row, one in pairs if row.verdict in verdicts]
    return Rate(sum(not one.called(threshold) for one in judged), len(judged))


def _groups(pairs: Sequence[Pair], threshold: float, name: Callable[[JudgedCase], str]) -> list[Group]:
    """Those whose share is the highest beyond doubt come first: by the lower end of the interval."""
    total: Counter[str] = Counter(name(row) for row, _one in pairs if name(row))
    called: Counter[str] = Counter(name(row) for row, one in pairs if name(row) and one.called(threshold))
    found = [Group(one, Rate(called[one], count)) for one, count in total.items() if count >= _ENOUGH_OF_ONE]
    return sorted(found, key=lambda group: -group.rate.low)[:_MOST]


def _shown(pairs: Sequence[Pair], member: Member, policy: Policy) -> list[Shown]:
    beats = reviewing.beats_of(JudgedMessage.objects.filter(judged__in=[row.pk for row, _one in pairs]))
    ids = {row.conversation_id for row, _one in pairs}
    seen = dict(Conversation.objects.visible_to(member).filter(pk__in=ids).values_list("pk", "public_id"))
    words = _first_words(seen)
    return [
        Shown(
            about=words.get((row.conversation_id, row.case), ""),
            address=f"#c/{seen[row.conversation_id]}" if row.conversation_id in seen else "",
            score=one.score,
            whys=_whys(beats.get(row.pk, ()), policy) if row.conversation_id in seen else [],
            verdict=row.verdict,
            ended=str(row.get_ended_display()) if row.ended else "",
        )
        for row, one in pairs
    ]


def _whys(beats: Sequence[Beat], policy: Policy) -> list[Why]:
    found = called_by(beats, policy) or heaviest(beats, policy)
    reasons: Sequence[Reason] = found[1] if found else ()
    return [Why(*explain(one.code, one.evidence), one.weight) for one in reasons if one.weight > 0.1]


def _first_words(conversations: Iterable[int]) -> dict[tuple[int, int], str]:
    """The customer's first message of each case."""
    events = Event.objects.filter(conversation__in=conversations, kind=Kind.MESSAGE, role=EventRole.VISITOR)
    found: dict[tuple[int, int], str] = {}
    for conversation, case, body in events.order_by("seq").values_list("conversation", "case", "body"):
        found.setdefault((conversation, case), " ".join(str(body.get("text", "")).split())[:140])
    return found


def curve_points(found: View) -> dict[str, Any]:
    """The curve as an SVG's coordinates: 0 to 400 across for the threshold, 0 to 200 down for the rate."""
    line = " ".join(f"{400 * at:.0f},{200 - 200 * one.share:.1f}" for at, one in found.curve)
    return {
        "line": line,
        "band_y": f"{200 - 200 * HIGH:.1f}",
        "band_height": f"{200 * (HIGH - LOW):.1f}",
        "in_use": f"{400 * found.in_use:.1f}",
        "here": f"{400 * found.threshold:.1f}",
    }

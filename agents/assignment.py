"""Who gets a conversation: by team, room, language, who helped last, topic, and in turn. Pure, over what rows say."""

import datetime as dt
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

_WORD: Final = re.compile(r"[^\W_]+")  # an intent is called order_status
_NEVER: Final = dt.datetime.min.replace(tzinfo=dt.UTC)


@dataclass(frozen=True)
class Person:
    """Somebody who may be given a conversation. `languages` and `skills` hold those of their teams too."""

    id: int
    online: bool
    open: int
    capacity: int
    teams: frozenset[int] = frozenset()
    every_team: bool = False
    languages: frozenset[str] = frozenset()
    skills: frozenset[str] = frozenset()
    given_at: dt.datetime | None = None

    @property
    def has_room(self) -> bool:
        """Whether they may be given one more now."""
        return self.online and self.open < self.capacity


@dataclass(frozen=True)
class Need:
    """What a conversation needs: its team, its language, who helped the customer last, and what they wrote.

    `passed`: who had it while this customer waited, and did not answer.
    """

    team: int | None = None
    language: str = "en"
    last: int | None = None
    text: str = ""
    passed: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Knows:
    """A team by its row id, and its topics."""

    id: int
    skills: frozenset[str]


def team_for(teams: Iterable[Knows], people: Sequence[Person], need: Need) -> int | None:
    """The one team with a topic that was named, of which somebody has room and speaks the language; None: everyone.

    Of two such teams neither: who says which one it is for? The people of both are called then, with all others.
    """
    words, there = _words(need.text), [one for one in people if one.has_room and _speaks(one, need)]
    found = [
        team.id
        for team in teams
        if any(_is_about(skill, words) for skill in team.skills) and any(team.id in one.teams for one in there)
    ]
    return found[0] if len(found) == 1 else None


def who_may(people: Sequence[Person], need: Need) -> list[Person]:
    """Who may be given it now: online with room, may see it, and did not leave this customer waiting."""
    return [one for one in people if one.has_room and _sees(one, need) and one.id not in need.passed]


def choose(people: Sequence[Person], need: Need) -> Person | None:
    """The one to give it to; None where nobody may have it now (`who_may`).

    Team and room are musts. Language, who helped last and topic are wishes, in this order: each is heard where somebody
    fits. Among those left it goes in turn, to whoever was given one the longest ago.
    """
    left = who_may(people, need)
    words = _words(need.text)
    wishes: tuple[Callable[[Person], bool], ...] = (
        lambda person: _spoken(need) in person.languages,
        lambda person: _speaks(person, need),
        lambda person: person.id == need.last,
        lambda person: any(_is_about(skill, words) for skill in person.skills),
    )
    for fits in wishes:
        left = [person for person in left if fits(person)] or left
    return min(left, key=lambda person: (person.given_at or _NEVER, person.open, person.id), default=None)


def _sees(person: Person, need: Need) -> bool:
    return need.team is None or person.every_team or need.team in person.teams


def _spoken(need: Need) -> str:
    return need.language.split("-")[0].lower()


def _speaks(person: Person, need: Need) -> bool:
    """Whether they may have it for its language; who names none speaks any."""
    return not person.languages or _spoken(need) in person.languages


def _words(text: str) -> set[str]:
    return {word.casefold() for word in _WORD.findall(text)}


def _is_about(skill: str, words: set[str]) -> bool:
    """Whether every word of a topic was written."""
    named = _WORD.findall(skill.casefold())
    return bool(named) and words.issuperset(named)

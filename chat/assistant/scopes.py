"""In, at or on what something holds: the rooms, the Basic rate, Sundays."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from chat.assistant import meanings

_BEFORE: Final = {
    "en": r"in|inside|at|on", "de": r"in|im|ins|an|am|auf|bei|beim", "es": r"en|dentro de",
    "fr": r"dans|en|au|aux|à|sur|chez",
    "it": r"in|nell['’]|ne(?:l|llo|lla|i|gli|lle)|a(?:l|llo|lla|i|gli|lle)|su(?:l|llo|lla|i|gli|lle)?",
    "pt": r"em|no|na|nos|nas|num|numa", "nl": r"in|op|bij",
}  # fmt: skip
_BEHIND: Final = {language: re.compile(rf"\b(?:{before})\s", re.I) for language, before in _BEFORE.items()}
_PAUSE: Final = re.compile(r"[,;.!?:()–—]")
# What is no place or time of its own: "in cash", "on request", "at least", "in the hotel" that everything is about.
_NOWHERE: Final = re.compile(
    r"^(?:\d|(?:advance|total|cash|person|writing|time|full|part|general|addition|stock|case|touch|turn|fact|least|most|all"
    r"|once|latest|request|demand|average|bar|raten|rechnung|anfrage|wunsch|voraus|regel|ordnung|anspruch|efectivo|persona"
    r"|caso|línea|plazo|ligne|espèces|cas|avance|général|plus|moins)\b(?! the\b)"
    r"|(?:(?:the|this|that|your|any|der|die|das|dem|den|dies\w*|ihr\w*|el|la|su|este|le|les|votre|cet?)\s+)?"
    r"(?:site|hotel|hôtel|property|location|place|premises|venue|house|ort|haus|unterkunft|alojamiento|establecimiento"
    r"|établissement)\b)",
    re.I,
)
_TIME: Final = re.compile(
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)days?\b|weekend|weekday|holiday|morning|evening|night|summer|winter|spring"
    r"|autumn|season|\bday|januar|februar|march|april|\bmay\b|june|july|august|septemb|octob|novemb|decemb"
    r"|(?:mon|diens|donners|frei|sams|sonn|feier)tag|mittwoch|wochenende|nacht|abend|morgen|sommer|herbst|frühling|\btag"
    r"|lunes|martes|miércoles|jueves|viernes|sábado|domingo|festivo|noche|mañana|verano|invierno"
    r"|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|férié|soir|nuit|été|hiver",
    re.I,
)
_WORD: Final = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*")
_LONGEST: Final = 2


@dataclass(frozen=True)
class Scope:
    """The stems of "the Basic rate" behind an "in", and whether it is a time."""

    stems: frozenset[str]
    is_time: bool


@lru_cache(maxsize=4096)
def of(text: str, language: str) -> tuple[Scope, ...]:
    """What stands behind each "in", "at" and "on" of `text`; none in a language whose words for it we do not know."""
    behind = _BEHIND.get(meanings.base(language))
    found = []
    for at in behind.finditer(text) if behind else ():
        what = _PAUSE.split(text[at.end() :])[0].strip()
        stems = _noun(what, language)
        if stems and not _NOWHERE.match(what):
            found.append(Scope(stems, bool(_TIME.search(" ".join(_WORD.findall(what)[:3])))))
    return tuple(found)


def _noun(what: str, language: str) -> frozenset[str]:
    """The first words with a meaning that stand together: "the Basic rate" of "the Basic rate it costs"."""
    found: list[str] = []
    for word in _WORD.findall(what):
        stems = meanings.stems(word, language)
        if found and (not stems or len(found) >= _LONGEST):
            break
        found += stems
    return frozenset(found)


def elsewhere(text: str, question: str, language: str, *, known: frozenset[str] = frozenset()) -> tuple[Scope, ...]:
    """In what `text` says that it holds, where the question asked about something else; `known` is what both are in."""
    asked, there = of(question, language), meanings.stems(text, language) | known
    in_question = meanings.stems(question, language) | known
    missed = [one for one in asked if not _are(one.stems, there, language)]
    return tuple(
        scope
        for scope in of(text, language)
        if any(one.is_time is scope.is_time for one in missed) and not _are(scope.stems, in_question, language)
    )


def is_told(scope: Scope, claim: str, question: str, language: str) -> bool:
    """Whether a sentence says a scope: all words of it that are not in the question's own."""
    asked = frozenset[str]().union(*(one.stems for one in of(question, language)))
    said = meanings.stems(claim, language)
    own = [stem for stem in scope.stems if not meanings.has(stem, asked, language)]
    return all(meanings.has(stem, said, language) for stem in own)


def _are(stems: frozenset[str], there: frozenset[str], language: str) -> bool:
    return all(meanings.has(stem, there, language) for stem in stems)

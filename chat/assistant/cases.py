"""Whether what holds only in some case or place, or only with or for somebody, is said with it, or was asked about."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from chat.assistant import meanings, scopes
from chat.assistant.meanings import Word

_SENTENCE: Final = re.compile(r"(?<=[.!?])\s+")
JOINT: Final = re.compile(
    r"\s*;\s+|,\s+(?:and|but|so|while|whereas|und|aber|sondern|während|y|pero|mientras|et|mais|tandis que)\s+", re.I
)
_CONDITION: Final = re.compile(
    r"\b(?:if|when|unless|except|provided|once|as long as|wenn|falls|sofern|außer|sobald|solange|si|cuando|salvo"
    r"|excepto|siempre que|quand|lorsque|sauf|à condition|dès que)\b",
    re.I,
)
# With what a sentence may begin that holds only in some case: "After six wrong passwords, …".
_FIRST_OF_ALL: Final = re.compile(
    r"(?:after|before|during|for|in|on|at|with|without|until|from|since|outside|above|below|under|over|as|to"
    r"|nach|vor|während|für|in|im|an|am|bei|beim|mit|ohne|bis|ab|seit|außerhalb|über|unter|zu|zum|zur"
    r"|tras|después|antes|durante|para|en|con|sin|hasta|desde|fuera|por|a"
    r"|après|avant|pendant|pour|en|dans|à|au|avec|sans|jusqu|depuis|hors|chez)\b(?=[^,.]{3,70},)",
    re.I,
)
# With or for whom or what something holds: "Children are admitted with an adult", "Delivery is free for members".
_WITH_WHOM: Final = re.compile(
    # a verb may stand behind, up to the noun in German
    r"\b(?:mit|ohne|für)\s+(?P<noun>(?-i:(?:[a-zäöüß]+\s+){0,3}[A-ZÄÖÜ][\w-]+))"
    r"|\b(?:with|without|for|upon|on (?=request)|by (?=appointment)|auf (?=anfrage|wunsch)"
    r"|nach (?=vereinbarung)|con|sin|para|bajo (?=petición|reserva)|avec|sans|pour|sur (?=demande|rendez))\s*\b(?!\d)"
    r"(?P<what>[^,;.!?:()–—]*?)(?=\s+(?:and|or|but|with|without|for|within|from|to|in|into|on|at|by|until|before|after|of"
    r"|und|oder|aber|mit|ohne|für|innerhalb|von|zu|zum|zur|in|im|am|an|auf|bei|bis|vor|nach|y|o|pero|con|sin|para|en|de|del"
    r"|a|al|desde|hasta|antes|et|ou|mais|avec|sans|pour|dans|du|des|à|au|aux|sur|avant|après)\b|[,;.!?:()–—]|$)",
    re.I,
)
_EITHER: Final = re.compile(r"\b(?:and|or|und|oder|y|o|et|ou)\b", re.I)
_EXCEPTION: Final = re.compile(r"\b(?:unless|except|außer|salvo|excepto|sauf|à moins)\b", re.I)


def fault(claim: str, ours: Sequence[Word], window: str, above: frozenset[str], language: str, question: str) -> str:
    """What of the source's case a sentence leaves out; empty where it leaves out nothing that matters."""
    said = frozenset(word.stem for word in ours)
    known = said | above | meanings.stems(question, language)
    return (
        _condition_fault(claim, said, known, window, language)
        or _company_fault(claim, known, window, language)
        or _scope_fault(claim, window, above, language, question)
    )


def _condition_fault(claim: str, said: frozenset[str], known: frozenset[str], window: str, language: str) -> str:
    """What holds only in some case is said with that case, unless the customer asked about it."""
    for sentence in _SENTENCE.split(window):
        cases, main = _condition(sentence, language)
        own = main - frozenset[str]().union(*cases)
        if not cases or not any(meanings.has(stem, said, language) for stem in own):
            continue
        if _EXCEPTION.search(sentence) and not _EXCEPTION.search(claim):
            return "exception"
        if not any(_is_told(case, known, language) for case in cases):
            return "condition"
    return ""


def _company_fault(claim: str, known: frozenset[str], window: str, language: str) -> str:
    """What is so only with or for somebody or something is said with them, unless the customer named them."""
    sentence = meanings.nearest(claim, _SENTENCE.split(window), language)
    for found in _WITH_WHOM.finditer(meanings.nearest(claim, JOINT.split(sentence), language)):
        cases = _cases(found["noun"] or found["what"], language)
        if cases and not any(_is_told(case, known, language) for case in cases):
            return f"with {min(cases[0])}"
    return ""


def _scope_fault(claim: str, window: str, above: frozenset[str], language: str, question: str) -> str:
    """What is so in another place, rate or time than was asked about is said with that: "free", but "in the lobby"."""
    if not _is_on(claim, question, language):
        return ""
    faults = []
    for sentence in _SENTENCE.split(meanings.nearest(claim, _SENTENCE.split(window), language)):
        part = meanings.nearest(claim, JOINT.split(sentence), language)
        untold = [
            min(scope.stems)
            for scope in scopes.elsewhere(part, question, language, known=above)
            if not scopes.is_told(scope, claim, question, language)
        ]
        faults.append(f"in {untold[0]}" if untold else "")
    return min(faults, default="")


def _is_on(claim: str, question: str, language: str) -> bool:
    """Whether a sentence says what was asked, or something else of what it begins with: not all say where or when."""
    said, asked = meanings.read(claim, language), meanings.stems(question, language)
    shared = [meanings.has(word.stem, asked, language) for word in said]
    return bool(shared) and (shared[0] or 2 * sum(shared) >= len(shared))


def condition(sentence: str, language: str) -> frozenset[str]:
    """The stems of a sentence's "if …"; none of what holds only in, for or with something."""
    return frozenset[str]().union(*_condition(sentence, language)[0]) if _CONDITION.search(sentence) else frozenset()


def _is_told(condition: frozenset[str], known: frozenset[str], language: str) -> bool:
    return 2 * sum(meanings.has(stem, known, language) for stem in condition) >= len(condition)


@lru_cache(maxsize=4096)
def _condition(sentence: str, language: str) -> tuple[tuple[frozenset[str], ...], frozenset[str]]:
    """The stems of a sentence's case ("if …", "After six wrong passwords, …"), and of the rest.

    A case that names several ("on Sundays and holidays") is several, of which one is enough; no case, no stems.
    """
    found = _CONDITION.search(sentence)
    if found and sentence[: found.start()].strip(" ,–—"):  # what comes behind "if" up to the next comma
        case, _, after = sentence[found.end() :].partition(",")
        return _cases(case, language), meanings.stems(f"{sentence[: found.start()]} {after}", language)
    start = found or _FIRST_OF_ALL.match(sentence)
    case, comma, main = sentence[start.end() :].partition(",") if start else ("", "", "")
    return (_cases(case, language), meanings.stems(main, language)) if comma else ((), frozenset())


def _cases(case: str, language: str) -> tuple[frozenset[str], ...]:
    found = [meanings.stems(part, language) for part in _EITHER.split(case)]
    return tuple(stems for stems in found if stems)

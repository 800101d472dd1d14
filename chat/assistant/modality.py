"""Whether two texts say with the same force that something can, should or must be: "may be paid" is not "is paid".

A clause of the one is held against the nearest clauses of the other. What the source says outright can be ("Cards are
refunded" allows "Cards can be refunded"); nothing else may be stronger or weaker than there. "Cannot", "may not" and
"is not" are one denial, which `polarity` compares; "need not" is its own.
"""

import re
from collections.abc import Sequence
from enum import Enum
from functools import lru_cache
from typing import Final

from chat.assistant import meanings
from chat.assistant.polarity import YES_OR_NO, likeness


class Force(Enum):
    """How a clause says it, where it does not say so outright; the value is the name of a group in the patterns."""

    NEED_NOT = "need_not"
    CANNOT = "no"
    SHOULD = "should"
    MUST = "must"
    MAY = "may"
    CAN = "can"


# By language and in the order in which they are tried at a place; "no" denies what is possible.
_WORDS: Final = {
    "en": {
        "need_not": r"(?:do|does|did|will|is|are)(?:n't| not| never) (?:have to|need|requir\w+|necessary|obliged)"
        r"|need(?:n't| not)|no (?:\w+ ){0,3}?(?:(?:is|are) )?(?:required|needed|necessary)|no need|optional"
        r"|without (?:having|needing)",
        "no": r"(?:can|may|must|could|shall)(?:not|n't| not| never| no longer)|can't|unable|impossible"
        r"|(?:no(?! longer)|not|none|nobody|nothing|never|neither|nor)\b[^,;.]{0,40}?"
        r"\b(?:can|may|must|could|possible|able|allowed|permitted|accept\w*|welcome)",
        "should": r"should(?:n't)?|ought to|recommend\w*|advis(?:e|ed|able)",
        "must": r"must|ha(?:ve|s|d) to|needs?|needed|require[sd]?|necessary|obligatory|mandatory|obliged|compulsory",
        "may": r"(?-i:may)|might|could|perhaps|possibly",
        "can": r"can|able to|(?<!as )possible|allow\w*|permit\w*|accept\w*|welcome|entitled|free to"
        r"|have (?:\w+ ){0,2}?\d+ (?:\w+ )?(?:hours|days|weeks|months|years)",
    },
    "de": {
        "need_not": r"(?:muss|musst|müss\w+|brauch\w*|benötig\w*)\b[^,;.]*?\b(?:nicht|kein\w*)"
        r"|(?:nicht|kein\w*)\b[^,;.]*?\b(?:n[öo]tig|notwendig|erforderlich|müssen|muss|brauch\w*|benötig\w*|verpflichtet)",
        "no": r"(?:kann|kannst|könn\w+|darf|darfst|dürf\w+|möglich|erlaubt)\b[^,;.]*?\b(?:nicht|kein\w*|nie)"
        r"|(?:nicht|kein\w*|nie|niemand)\b[^,;.]*?\b(?:kann|könn\w+|darf|dürf\w+|möglich|erlaubt|gestattet|zulässig)"
        r"|unmöglich|unzulässig|verboten",
        "should": r"soll\w*|empfehl\w+|empfiehlt|empfohlen|ratsam",
        "must": r"muss|musst|müss\w+|brauch\w*|benötig\w*|erforderlich\w*|nötig\w*|notwendig\w*|pflicht|verpflicht\w*",
        "may": r"könnte\w*|dürfte\w*|eventuell|vielleicht|möglicherweise",
        "can": r"kann|kannst|können|könnt|darf|darfst|dürf\w+|(?<!wie )möglich(?!keit)\w*|erlaub\w+|gestattet\w*"
        r"|zulässig|l[aä]ss(?:t|en) sich|akzept\w+|willkommen"
        r"|haben (?:\w+ ){0,2}?\d+ (?:stunden|tage|wochen|monate|jahre)",
    },
    "es": {
        "need_not": r"no (?:\w+ ){0,2}?(?:tien\w+ que|hay que|hace falta|necesit\w+|necesari\w+|obligatori\w+"
        r"|requier\w+)|sin necesidad",
        "no": r"(?:no|nunca|tampoco|ni) (?:\w+ ){0,2}?(?:pued\w+|pod\w+|deb\w+|posible|permit\w+|acept\w+)"
        r"|(?:ning\w+|nadie)\b[^,;.]*?\bpued\w+|imposible|prohibid\w+",
        "should": r"deber[ií]a\w*|conviene|recomend\w+|recomiend\w+|aconsej\w+",
        "must": r"deb(?:e|en|es|emos|a|an|er|erá|erán)|tien\w+ que|hay que|ha[ns]? de|hace falta|necesit\w+|necesari\w+"
        r"|obligatori\w+|requier\w+|exig\w+|obligad\w+",
        "may": r"podría\w*|quizás?|tal vez",
        "can": r"pued\w+|pod(?:emos|er|rá|rán|éis)|(?<!antes )posible|permit\w+|autoriza\w+|acept\w+|bienvenid\w+"
        r"|tiene[ns]? (?:\w+ ){0,2}?\d+ (?:horas|días|semanas|meses|años)",
    },
    "fr": {
        "need_not": r"n(?:e |['’])\w+ (?:\w+ )?(?:pas|plus) (?:\w+ )?(?:besoin|nécessaire\w*|obligatoire\w*|obligée?s?"
        r"|requis\w*|exigée?s?)|sans (?:avoir besoin|obligation)|facultati\w+",
        "no": r"ne (?:\w+ )?(?:peu\w+|pouv\w+|pourr\w+|doi\w+|dev\w+|faut)"
        r"|n(?:e |['’])\w+ (?:pas|plus|jamais) (?:possible\w*|permis\w*|autoris\w+|accept\w+|admis\w*)"
        r"|impossible|interdit\w*",
        "should": r"devr(?:ait|aient|iez|ions)|conseill\w+|recommand(?:ons|e|ent)|est recommandée?|préférable",
        "must": r"doi(?:t|s|vent)|dev(?:ez|ons|ra|ront|rez)|faut|faudra|(?<!si )(?<!au )besoin|nécessaire\w*"
        r"|nécessit\w+|obligatoire\w*|exig\w+|requis\w*|oblig\w+",
        "may": r"pourr(?:ait|aient|iez)|peut-être",
        "can": r"peu(?:t|x|vent)|pouv(?:ez|ons|oir)|pourr(?:a|ont|ez)|(?<!que )possible\w*|permis\w*|autoris\w+"
        r"|permet\w*|accept\w+|admis\w*|bienvenu\w*|avez (?:\w+ ){0,2}?\d+ (?:heures|jours|semaines|mois|ans)",
    },
    "it": {
        "need_not": r"non (?:\w+ ){0,2}?(?:occorr\w+|serv\w+|bisogn\w+|necessari\w+|obbligatori\w+)",
        "no": r"non (?:\w+ ){0,2}?(?:pu[òo]\w*|poss\w+|pot\w+|dev\w+|permess\w+|accett\w+)|impossibile|vietat\w+",
        "should": r"dovre(?:bbe|bbero|sti|ste)|consigli\w+|raccomand\w+",
        "must": r"dev(?:e|i|ono)|dov(?:ete|rà|ranno)|bisogna|occorr\w+|necessari\w+|obbligatori\w+|serve|servono",
        "may": r"potre(?:bbe|bbero)|forse",
        "can": r"può|puoi|posson\w+|potete|potrà|possibile|permess\w+|accett\w+|benvenut\w+",
    },
    "pt": {
        "need_not": r"não (?:\w+ ){0,2}?(?:precis\w+|necess\w+|obrigatóri\w+|tem que|têm que)",
        "no": r"não (?:\w+ ){0,2}?(?:pod\w+|dev\w+|possível|permit\w+|aceit\w+)|impossível|proibid\w+",
        "should": r"deveria\w*|recomend\w+|aconselh\w+",
        "must": r"dev(?:e|em|es|emos|erá|erão)|tem que|têm que|precis\w+|necess\w+|obrigatóri\w+|exig\w+",
        "may": r"poderia\w*|talvez",
        "can": r"pode[ms]?|podemos|poderá\w*|possível|permit\w+|aceit\w+|bem-vind\w+",
    },
    "nl": {
        "need_not": r"(?:hoef\w*|hoev\w*)|(?:niet|geen)\b[^,;.]*?\b(?:nodig|verplicht)",
        "no": r"(?:kan|kun\w*|mag|mogen|mogelijk)\b[^,;.]*?\b(?:niet|geen|nooit)"
        r"|(?:niet|geen|nooit|niemand)\b[^,;.]*?\b(?:kan|kun\w*|mag|mogen|mogelijk|toegestaan)|onmogelijk|verboden",
        "should": r"zou(?:den)? moeten|aan(?:geraden|bevolen)|raden",
        "must": r"moet\w*|nodig|verplicht\w*|vereist\w*",
        "may": r"misschien|mogelijkerwijs|zou(?:den)? kunnen",
        "can": r"kan|kunt|kunnen|mag|mogen|mogelijk|toegestaan|welkom",
    },
}  # fmt: skip
_FORCES: Final = {
    language: re.compile("|".join(rf"(?P<{name}>\b(?:{words})\b)" for name, words in groups.items()), re.I)
    for language, groups in _WORDS.items()
}
# The comma behind "If you have to cancel" ends that clause.
_CASE: Final = re.compile(
    r"\b(?:if|when|unless|once|as soon as|because|wenn|falls|sobald|sofern|weil|si|cuando|siempre que|porque|quand"
    r"|lorsque|dès que|parce que)\b[^,;.]*(,)",
    re.I,
)
_CLAUSE: Final = re.compile(
    r"(?<=[.!?:])\s+|\s*[;–—()]\s*|,?\s*\b(?:but|unless|except|although|whereas|while|however|because|if|when|since"
    r"|aber|sondern|außer|jedoch|während|weil|wenn|falls|pero|sino|salvo|excepto|mientras|porque|cuando"
    r"|mais|sauf|tandis que|cependant|parce que|quand|lorsque)\b|,\s*(?:and|so|und|also|y|así que|et|donc)\b"
    r"|,\s*(?=(?:which|who|where|der|die|das|den|dem|welche\w*|wo|was|que|qui|dont|où|donde)\b)"
    r"|\s+(?:and|und|y|et)\s+(?=(?:we|you|they|it|can|may|must|should|wir|sie|er|es|kann|können|muss|müssen|sollten|dürfen"
    r"|nosotros|usted|puede[ns]?|deben?|nous|vous|ils?|elles?|peut|peuvent|doit|doivent)\b)",
    re.I,
)
# Clauses that are as near to a clause as the nearest one, or almost.
_NEAR: Final = 0.9
_Clause = tuple[frozenset[str], tuple[Force, ...]]


def fault(claim: str, window: str, language: str) -> str:
    """The force that a clause of `claim` has and its nearest in `window` has not; empty where each has its source's."""
    theirs = _clauses(window, language)
    for stems, forces in _clauses(claim, language):
        best = _said(stems, theirs, language)
        if best and not any(follows(forces, other) for other in best):
            return "force " + (forces[0].value if forces else "outright")
    return ""


def _said(stems: frozenset[str], theirs: Sequence[_Clause], language: str) -> list[tuple[Force, ...]]:
    """The forces of the clauses that are nearest to one of these words; of several that it says, all in a row."""
    whole = [clause for clause in theirs if len(clause[0]) > 1 and _mostly(clause[0], stems, language)]
    if len(whole) > 1:
        return [_in_a_row([force for _, forces in whole for force in forces])]
    alike = [(likeness(stems, other), forces) for other, forces in theirs]
    nearest = max((near for near, _ in alike), default=0.0)
    return [forces for near, forces in alike if near >= _NEAR * nearest > 0]


def _mostly(stems: frozenset[str], said: frozenset[str], language: str) -> bool:
    return 3 * sum(meanings.has(stem, said, language) for stem in stems) >= 2 * len(stems)


def reads(language: str) -> bool:
    """Whether there are words for this language."""
    return meanings.base(language) in _FORCES


def forces(text: str, language: str) -> tuple[Force, ...]:
    """How `text` says what it says, in its order; empty where it says so outright or is in a language not read."""
    pattern = _FORCES.get(meanings.base(language))
    found = [one.lastgroup for one in pattern.finditer(text)] if pattern else []
    return _in_a_row([Force(name) for name in found if name])


def _in_a_row(forces: Sequence[Force]) -> tuple[Force, ...]:
    return tuple(one for at, one in enumerate(forces) if at == 0 or forces[at - 1] is not one)


def follows(ours: Sequence[Force], theirs: Sequence[Force]) -> bool:
    """Whether what is said with `ours` is so where the source has `theirs`."""
    said = [_same(one) for one in ours if one is not Force.CANNOT]
    there = [_same(one) for one in theirs if one is not Force.CANNOT]
    if not there:
        return Force.MAY not in ours and all(one is Force.CAN for one in said)
    if not said:  # "are not admitted" of "are admitted in the garden, but not in the house"
        return Force.CANNOT in ours and all(one is Force.CAN for one in there)
    return _in_a_row(said) == _in_a_row(there)


def _same(force: Force) -> Force:
    return Force.CAN if force is Force.MAY else force


@lru_cache(maxsize=4096)
def _clauses(text: str, language: str) -> tuple[_Clause, ...]:
    """The clauses that have words with a meaning; one with none goes with the one before it."""
    marked = _CASE.sub(lambda case: case.group()[:-1] + ";", YES_OR_NO.sub("", text))
    found: list[str] = []
    for part in _CLAUSE.split(marked):
        if found and not meanings.stems(part, language):
            found[-1] += f" {part}"
        else:
            found.append(part)
    return tuple((meanings.stems(part, language), forces(part, language)) for part in found)

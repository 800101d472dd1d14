"""Whether a sentence of an answer stands in a section: the judge behind `supported`, not the assistant's own check.

It knows no weights, no coverage and no clauses. Either the sentence is a whole piece of the section, word for word, or
one sentence of it, two neighbours, or one row has a counterpart for every word that carries meaning and every figure,
denies what it denies, and obliges or allows what it obliges or allows. docs/evaluation.md says what it cannot see.
"""

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from chat.assistant.synonyms import LIGHT, alike
from knowledge.stop_words import STOP_WORDS

_WORD: Final = re.compile(r"\d+(?:[.,:]\d+)*|[^\W\d_]+(?:['’][^\W\d_]+)*")
_ENDS: Final = re.compile(r"(?<=[.!?…])[\"”’»“)\]]*\s+(?=[\"“„«(]?(?:[^\W_]|[€$£]))")
_EDGES: Final = " .:;,!?…\"“”„«»'’()"
_DENIALS: Final = re.compile(
    r"\b(?:not|no|never|none|cannot|neither|nor|nobody|nothing|without|unable|nicht|kein\w*|nie|niemals|weder|niemand"
    r"|nichts|ohne|nunca|jamás|tampoco|ning[uú]n\w*|nadie|nada|sin|ne|pas|jamais|aucune?|rien|sans)\b|n['’]t\b|\bn['’]",
    re.I,
)
_SPANISH_NO: Final = re.compile(r"\bno\b", re.I)
_YES_OR_NO: Final = re.compile(r"^\W*(yes|no|ja|nein|sí|oui|non)\s*[,.:;!–—]\s*", re.I)
_FOCUS: Final = re.compile(
    r"\b(?:only|always|all|every|everyone|any|unless|except|nur|immer|alle\w*|jede\w*|außer|solo|sólo|siempre|todos?"
    r"|todas?|salvo|excepto|seulement|uniquement|toujours|tous|toutes|sauf)\b",
    re.I,
)
_HYPHEN: Final = re.compile(r"(?<=[^\W\d_])[-‑](?=[^\W\d_])")
_BOUND: Final = re.compile(r"\bup to(?=\s+[€$£]?\d)", re.I)  # no way: "up to 45 days" is "within 45 days"
_WAYS: Final = frozenset(("out", "off", "up", "down"))
_EXCEPTS: Final = frozenset(("unless", "except", "außer", "salvo", "excepto", "sauf"))
# What a sentence allows, advises or obliges to; whoever reads "may" expects another thing than who reads "must".
_MOODS: Final = {
    "allowed": re.compile(
        r"\b(?:can|could|(?-i:may)|might|able|possible|allowed|permitted|accepted|welcome|kann|können|könnte\w*|darf|dürfen"
        r"|möglich|erlaubt|gestattet|willkommen|pued\w+|podrá\w*|podría\w*|posible|permit\w+|bienvenid\w+|peut|peuvent|pouvez"
        r"|pourr\w+|possible|autoris\w+|permis\w*|admis\w*|bienvenu\w*)\b"
        r"|\b(?:have|haben|tiene[ns]?|avez) (?:\w+ )?\d+ (?:days|weeks|months|years|tage|wochen|monate|jahre|días"
        r"|semanas|meses|años|jours|semaines|mois|ans)\b",
        re.I,
    ),
    "advised": re.compile(
        r"\b(?:should|ought|recommend\w*|soll\w*|empfehl\w+|empfohlen|deber[ií]a\w*|recom\w+|devrai\w+|devri\w+|conseill\w+)\b",
        re.I,
    ),
    "obliged": re.compile(
        r"\b(?:must|(?:have|has|had) to|needs?|needed|requir\w+|necessary|obliged|muss|müss\w+|brauch\w*|nötig"
        r"|erforderlich|notwendig|verpflicht\w*|deb(?:e|en|es|emos|erá\w*)|tienen? que|hay que|necesit\w+|necesari\w+"
        r"|obligatori\w+|doi\w+|dev(?:ez|ons|ra|rez|ront)|faut|besoin|nécess\w+|obligatoire\w*)\b",
        re.I,
    ),
}
_FORBIDS: Final = re.compile(r"\bmust(?: not| never|n['’]t)\b|\bno deb\w+|\bne doi\w+|\bne devez\b", re.I)
_DOUBT: Final = re.compile(r"\b(?:could|(?-i:may)|might|könnte\w*|vielleicht|podría\w*|pourrai\w+|peut-être)\b", re.I)
_STEP: Final = re.compile(r"[,;:–—()]\s*|\b(?:and|but|if|when|und|aber|wenn|y|pero|si|cuando|et|mais|quand)\b", re.I)
# Before or after an hour, with or for somebody: what a promise must not lose.
_HOUR: Final = re.compile(
    r"\b(before|by|until|vor|bis|antes|hasta|avant|after|nach|ab|después|desde|après|dès)\b(?:\s+\D{1,7})?\s+\d{1,2}(?:[:.]\d\d|\s?h\b)",
    re.I,
)
_COMPANY: Final = re.compile(
    r"\b(?:with|for|mit|für|con|para|avec|pour)\s+(?:(?:an?|the|ein\w*|un\w*)\s+)?(?!\d)(\w+)", re.I
)
_SPELLED: Final = {
    word: str(number)
    for words in (
        "two three four five six seven eight nine ten",
        "zwei drei vier fünf sechs sieben acht neun zehn",
        "dos tres cuatro cinco seis siete ocho nueve diez",
        "deux trois quatre cinq six sept huit neuf dix",
    )
    for number, word in enumerate(words.split(), start=2)
}


@dataclass(frozen=True)
class Cited:
    """A section that an answer cites, whole."""

    title: str
    heading: str
    text: str
    language: str


def sentences(text: str) -> list[str]:
    """The sentences of some text, one line after the other."""
    return [part.strip() for line in text.split("\n") for part in _ENDS.split(line) if part.strip(_EDGES)]


def stands(sentence: str, cited: Sequence[Cited], *, language: str) -> bool:
    """Whether one of the sections says it. In another language than its section only a quotation does."""
    return any(
        _quoted(sentence, one) or (_base(one.language) == _base(language) and _aligned(sentence, one)) for one in cited
    )


def _quoted(sentence: str, section: Cited) -> bool:
    said = _plain(sentence)
    pieces = [piece for line in section.text.split("\n") for piece in (line, *sentences(line))]
    heads = ("", section.heading.rpartition(" › ")[2])
    return any(said == _plain(f"{head}: {piece}" if head else piece) for piece in pieces for head in heads)


def _aligned(sentence: str, section: Cited) -> bool:
    above = f"{section.title} {section.heading}"
    return any(_says(sentence, window, above, section.language) for window in _windows(section))


def _windows(section: Cited) -> Iterator[str]:
    """Each sentence, and each two neighbours of one line; an item under a heading that denies only with it."""
    heading = section.heading.rpartition(" › ")[2]
    for line in section.text.split("\n"):
        pieces = sentences(line)
        if len(pieces) == 1 and _denied(heading, section.language):
            pieces = [f"{heading}: {line}"]
        yield from pieces
        yield from (f"{one} {other}" for one, other in itertools.pairwise(pieces))


def _says(sentence: str, window: str, above: str, language: str) -> bool:
    answer = _YES_OR_NO.match(sentence)
    claim = _YES_OR_NO.sub("", sentence) if answer else sentence
    theirs = _content(window, language)
    near = theirs + _content(above, language)
    ours = _content(claim, language)
    if not ours or not any(_has(word, theirs, language) for word in ours):
        return False
    if not all(_has(word, theirs if word[0].isdigit() else near, language) for word in ours):
        return False
    if not all(_at_home(figure, ours, window, above, language) for figure in ours if figure[0].isdigit()):
        return False
    denied = _denied(claim, language)
    if answer and denied != (answer.group(1).lower() in ("no", "nein", "non")):
        return False
    nearest = _nearest(claim, window, language)
    if not any(
        _is_its_own(ours, _content(part, language), language) and not _in_place_of(claim, part, language)
        for part in nearest
    ):
        return False
    if denied != any(_denied(part, language) for part in nearest) or not _same_focus(claim, " ".join(nearest)):
        return False
    return any(_same_mood(claim, part, language) and _all_told(claim, part, above, language) for part in nearest)


def _same_mood(claim: str, part: str, language: str) -> bool:
    """Whether it allows, advises and obliges as its source does; what is so is possible too, though not in doubt."""
    ours, theirs = _moods(claim), _moods(part)
    if _denied(claim, language):  # "cannot be returned" is "is not returned"; "need not" is not "must not"
        ours, theirs = ours - {"allowed"}, theirs - {"allowed"}
    if ours == theirs or (ours == {"allowed"} and not theirs and not _DOUBT.search(claim)):
        return True
    steps = [step for step in _STEP.split(part) if _content(step, language)]
    said = [step for step in steps if _is_mostly_in(step, claim, language)]
    return bool(said) and len(steps) > 1 and set[str]().union(*(_moods(step) for step in said)) == ours


def _moods(text: str) -> set[str]:
    told = _FORBIDS.sub(" not ", text)
    return {mood for mood, form in _MOODS.items() if form.search(told)}


def _is_mostly_in(step: str, claim: str, language: str) -> bool:
    theirs, ours = _content(step, language), _content(claim, language)
    return 2 * sum(_has(word, ours, language) for word in theirs) > len(theirs)


def _all_told(claim: str, part: str, above: str, language: str) -> bool:
    """Whether the hour, and the company in which something holds, are told too."""
    if _HOUR.search(part) and not _HOUR.search(claim):
        return False
    told = _content(f"{claim} {above}", language)
    steps = [step for step in _STEP.split(part) if _is_mostly_in(step, claim, language)]
    behind = [word for step in steps for one in _COMPANY.findall(step) for word in _content(one, language)]
    return all(_has(word, told, language) for word in behind)


def _is_its_own(ours: Sequence[str], theirs: Sequence[str], language: str) -> bool:
    """Whether no word of a title or a neighbour stands where the sentence has others: most of its words are said."""
    lent = [word for word in ours if not _has(word, theirs, language)]
    return not lent or 3 * sum(not _has(word, ours, language) for word in theirs) <= len(theirs)


def _in_place_of(claim: str, part: str, language: str) -> bool:
    """Whether a word that the sentence has not stands in the claim right behind, or before, where it has another."""
    ours, theirs = ([_number(w) for w in _WORD.findall(text.lower())] for text in (claim, part))
    said, own = _content(claim, language), _content(part, language)
    lost = {word for word in own if not _has(word, said, language)}
    for at, word in enumerate(ours):
        if word not in said or _has(word, own, language):
            continue
        around = [ours[at - 1 : at] if at else [], ours[at + 1 : at + 2]]
        for place in range(len(theirs)):
            if around == [theirs[place - 1 : place] if place else [], theirs[place + 1 : place + 2]]:
                return True
        for step in (-1, 1):
            beside = ours[at + step] if 0 <= at + step < len(ours) else ""
            places = [place - step for place, other in enumerate(theirs) if beside and _match(beside, other)]
            if any(0 <= place < len(theirs) and theirs[place] in lost for place in places):
                return True
    return False


def _at_home(figure: str, ours: Sequence[str], window: str, above: str, language: str) -> bool:
    """Whether a sentence that has the figure speaks of more than half of what the claim speaks of."""
    others = [word for word in ours if not word[0].isdigit()]
    homes = [content for part in sentences(window) if figure in (content := _content(part, language))]
    heading = _content(above, language)
    return any(2 * sum(_has(word, home + heading, language) for word in others) > len(others) for home in homes)


def _nearest(claim: str, window: str, language: str) -> list[str]:
    """Of two neighbouring sentences the one that has more of the claim's words, else both."""
    ours, parts = _content(claim, language), sentences(window)
    counts = [sum(_has(word, _content(part, language), language) for word in ours) for part in parts]
    return [part for part, count in zip(parts, counts, strict=True) if count == max(counts)]


def _same_focus(claim: str, window: str) -> bool:
    """A claim for all, always or only needs a source that says so; an exception of the source may not go missing."""
    ours, theirs = ({word.lower() for word in _FOCUS.findall(text)} for text in (claim, window))
    return ours <= theirs and not (theirs & _EXCEPTS) - ours


def _has(word: str, words: Sequence[str], language: str) -> bool:
    return any(_match(word, other) or alike(word, other, language) for other in words)


def _match(one: str, other: str) -> bool:
    """The same word, or two forms of it: alike for all but their last letters."""
    if one == other:
        return True
    if one[0].isdigit() or other[0].isdigit():
        return False
    shorter, longer = sorted((one, other), key=len)
    same = next((at for at, (a, b) in enumerate(zip(shorter, longer, strict=False)) if a != b), len(shorter))
    return same >= 4 and len(shorter) - same <= 3 and len(longer) - same <= 4


def _content(text: str, language: str) -> list[str]:
    stop = STOP_WORDS.get(_base(language), frozenset()) | LIGHT.get(_base(language), frozenset())
    joined = _HYPHEN.sub("", _BOUND.sub("", text.lower().replace("’", "'")))
    words = [_number(word) for word in _WORD.findall(joined)]
    return [word for word in words if word not in stop - _WAYS and (len(word) > 1 or word.isdigit())]


def _number(word: str) -> str:
    if not word[0].isdigit():
        return _SPELLED.get(word, word)
    plain = re.sub(r"[.,](?=\d{3}\b)", "", word).replace(",", ".")
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def _denied(text: str, language: str) -> bool:
    denials = len(_DENIALS.findall(text)) + (_base(language) == "es" and len(_SPANISH_NO.findall(text)) > 0)
    return denials > 0


def _base(language: str) -> str:
    return language.partition("-")[0].lower()


def _plain(text: str) -> str:
    return " ".join(text.split()).strip(_EDGES).replace("’", "'").casefold()

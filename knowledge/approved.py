"""Approved answers: kept with what they were before, and found where a question is near enough to a phrasing."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from supportsite.prepared import Prepared
from supportsite.sites.models import Site

from . import languages
from .embed import E5, WIDTH, available, named, question_vectors
from .lexical import terms
from .models import ApprovedAnswer, ApprovedVersion, Audience
from .question_words import asked_for, bare
from .regions import NAME, reach
from .stop_words import STOP_WORDS

LONGEST_QUESTION: Final = 300
MOST_QUESTIONS: Final = 30
LONGEST_ANSWER: Final = 2000
# Cosine of two questions by e5 from which they may be one, where both have the same words with a meaning: to the model
# "worn" is near "unworn". Chosen on CLINC150's training questions for few wrong answers (docs/curators.md).
NEAR: Final = 0.965
# What only makes a question longer, beside the stop words.
_FILLERS: Final = {
    language: frozenset(words.split())
    for language, words in {
        "en": "pls help tell know want like show explain wonder wondering question hey now currently usually still "
        "normally actually exactly",
        "de": "helfen sagen wissen möchte möchten will zeigen erklären frage hallo gerade jetzt euch eigentlich "
        "normalerweise noch genau",
        "es": "ayuda ayudar decir dime saber quisiera mostrar explicar pregunta ahora normalmente todavía",
        "fr": "svp plaît aider dire dites savoir veux voudrais montrer expliquer question bonjour maintenant "
        "normalement encore",
    }.items()
}
_FIGURE: Final = re.compile(r"\d+(?:[.,]\d+)*")
# The patterns read words without their accents, which who is in a hurry leaves out.
_DENIAL: Final = re.compile(
    r"\b(?:not|no|never|without|nicht|kein\w*|ohne|nie|sin|nunca|ne|pas|sans|jamais|hors)\b|n['’]t\b", re.I
)
_WAY: Final = re.compile(
    r"\b(?:up|down|off|before|after|from|over|above|under|below|within|during|between|inside|outside"
    r"|vor|nach|von|aus|uber|unter|innerhalb|außerhalb|wahrend|zwischen|antes|despues|encima|debajo"
    r"|bajo|durante|entre|dentro|fuera|avant|apres|sous|plus|moins|pendant|dans)\b",
    re.I,
)


class NothingToUndo(Exception):
    """The answer was saved once only."""


@dataclass(frozen=True)
class Approved:
    """An approved answer that fits; `question` is the phrasing that was near."""

    text: str
    question: str
    language: str
    date: str


def save(*, answer: ApprovedAnswer, by: User | None, now: datetime) -> ApprovedAnswer:
    """Keep an answer, and what it is now as a version. Raises ValidationError with the fields that are wrong."""
    check(answer)
    answer.vectors = _vectors(answer.questions)
    answer.updated_at = now
    with transaction.atomic():
        answer.save()
        last = answer.versions.select_for_update(no_key=True).first()
        if last is None or _said(last) != _said(answer):
            ApprovedVersion.objects.create(
                answer=answer,
                number=last.number + 1 if last else 1,
                questions=answer.questions,
                text=answer.text,
                audience=answer.audience,
                is_on=answer.is_on,
                made_at=now,
                made_by=by,
            )
    return answer


def undo(*, answer: ApprovedAnswer, by: User | None, now: datetime) -> ApprovedAnswer:
    """Make an answer again what it was before its last change, as a new version. Raises NothingToUndo."""
    before = answer.versions.all()[1:2].first()
    if before is None:
        raise NothingToUndo
    answer.questions, answer.text, answer.audience, answer.is_on = _said(before)
    return save(answer=answer, by=by, now=now)


def _said(row: ApprovedAnswer | ApprovedVersion) -> tuple[list[str], str, str, bool]:
    """What a change of makes a new version."""
    return row.questions, row.text, row.audience, row.is_on


def find(
    *, site: Site, question: str, language: str, region: str = "", reader: Audience = Audience.EVERYONE
) -> Approved | None:
    """The approved answer to a question in its language, of a region that reaches there: the nearest one's first.

    One that such a `reader` may not be given is none; one that is for them alone goes before that for everyone.
    """
    regions = reach(region)
    fitting = _fitting(site=site.pk, regions=list(regions), speaks=languages.pattern(language), sees=reader.sees)
    order = languages.own(language, [row.language for row in fitting])
    best: tuple[tuple[int, bool, int, float], ApprovedAnswer, str] | None = None
    asked = _Question(question, language) if fitting else None
    for row in fitting:
        for at, phrasing in enumerate(row.questions):
            assert asked
            near = asked.nearness(phrasing, row, at)
            nearest = -regions.index(row.region), row.audience != Audience.EVERYONE, -order.index(row.language)
            rank = *nearest, near
            if near >= NEAR and (best is None or rank > best[0]):
                best = rank, row, phrasing
    if best is None:
        return None
    _rank, row, phrasing = best
    return Approved(row.text, phrasing, row.language, row.updated_at.date().isoformat())


def _compose_fitting(site: int, regions: list[str], speaks: str, sees: list[str]) -> QuerySet[ApprovedAnswer]:
    rows = ApprovedAnswer.objects.filter(site=site, is_on=True, audience__in=sees)
    return rows.filter(region__in=regions, language__regex=speaks)


_fitting: Final = Prepared(_compose_fitting)


class _Question:
    """A customer's question, read once."""

    def __init__(self, text: str, language: str) -> None:
        self._asked, self._text, self._language = text, bare(text), language
        self._plain = _plain(text)
        self._stems = _stems(text, language)
        self._vector: np.ndarray | None = None

    def nearness(self, phrasing: str, row: ApprovedAnswer, at: int) -> float:
        """1 for the same words in the same order; 0 where a word, a figure, a denial or what is asked for differs.

        And where it goes from one place to another, and the places are not in the same order.
        """
        if _plain(phrasing) == self._plain:
            return 1.0
        vectors = np.frombuffer(row.vectors, np.float32).reshape(-1, WIDTH)
        if at >= len(vectors) or not self._may_be(phrasing):
            return 0.0
        if self._vector is None:
            self._vector = question_vectors([self._asked], (E5,))[E5][0]
        return float(vectors[at] @ self._vector)

    def _may_be(self, phrasing: str) -> bool:
        theirs, said = _stems(phrasing, self._language), bare(phrasing)
        same = set(theirs) == set(self._stems) and (theirs == self._stems or not _WAY.search(self._text))
        return (
            bool(theirs)
            and same
            and all(
                sorted(map(str.lower, pattern.findall(self._text))) == sorted(map(str.lower, pattern.findall(said)))
                for pattern in (_FIGURE, _WAY)
            )
            and asked_for(self._text) == asked_for(phrasing)
            and bool(_DENIAL.search(self._text)) == bool(_DENIAL.search(said))
        )


def _stems(text: str, language: str) -> list[str]:
    """The stems of the words with a meaning, in their order, without the marks for the starts of words.

    Of all words where the patterns above do not know the language: there the small words may be what is asked for, or
    deny it.
    """
    base = language.partition("-")[0]
    empty = STOP_WORDS[base] | _FILLERS[base] if base in _FILLERS else frozenset()
    words = [word for word in re.findall(r"\w+(?:['’]\w+)?", text.lower()) if word.replace("’", "'") not in empty]
    return [term for word in words for term in terms(word, language)[:1]]


def _vectors(questions: Sequence[str]) -> bytes:
    if not questions or not available(E5):
        return b""
    return named(E5).matrix(list(questions), "query").astype(np.float32).tobytes()


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


def check(answer: ApprovedAnswer) -> None:
    """Raise ValidationError with the fields that are wrong."""
    wrong: dict[str, str] = {}
    questions = answer.questions
    if not questions or not all(isinstance(one, str) and _plain(one) for one in questions):
        wrong["questions"] = _("Write at least one question.")
    elif len(questions) > MOST_QUESTIONS or max(map(len, questions)) > LONGEST_QUESTION:
        wrong["questions"] = _("At most %(most)d questions of %(longest)d characters.") % {
            "most": MOST_QUESTIONS,
            "longest": LONGEST_QUESTION,
        }
    if not answer.text.strip() or len(answer.text) > LONGEST_ANSWER:
        wrong["text"] = _("Write an answer of at most %(longest)d characters.") % {"longest": LONGEST_ANSWER}
    if not languages.CODE.match(answer.language):
        wrong["language"] = _("Write a language as “en” or “pt-br”.")
    if not NAME.match(answer.region):
        wrong["region"] = _("Write a region as “EU” or “UK”.")
    if wrong:
        raise ValidationError(wrong)

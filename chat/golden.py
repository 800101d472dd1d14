"""Golden questions: whether an answer is what it has to be, and which of them stand against publishing a text."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.utils import timezone
from django.utils.translation import gettext as _

from knowledge import search
from knowledge.models import Article, Audience
from knowledge.staged import Staged, stage

from . import trial
from .compare import Outcome
from .replay_rows import GoldenQuestion

MOST: Final = 50  # of those that are asked at once, and of those of a site that block
Searched = Callable[..., search.Found]


@dataclass(frozen=True)
class Broken:
    """A golden question that a text makes fail, and how."""

    question: GoldenQuestion
    fault: str

    def __str__(self) -> str:
        return f"{self.question.question}: {self.fault}"


def fault(golden: GoldenQuestion, outcome: Outcome) -> str:
    """What is wrong with the answer, in the reader's words; empty where it is as it has to be."""
    if golden.expected is None:
        return _("it is answered and must not be") if outcome.is_answer else ""
    if not outcome.is_answer:
        return _("it is not answered")
    if golden.expected.public_id not in {citation.article for citation in outcome.citations}:
        return _("the answer does not cite “%(title)s”") % {"title": golden.expected.title}
    missing = [words for words in words_of(golden) if words.casefold() not in outcome.text.casefold()]
    return _("the answer lacks “%(words)s”") % {"words": "”, “".join(missing)} if missing else ""


def words_of(golden: GoldenQuestion) -> list[str]:
    """The words that have to stand in the answer."""
    return [words.strip() for words in golden.words.split(",") if words.strip()]


def concerned(
    article: Article, instead: Staged, rows: Iterable[GoldenQuestion], searched: Searched = search.find
) -> Iterator[GoldenQuestion]:
    """Those that expect the article, or for which a search finds it as it is or as it would be."""
    return (row for row in rows if row.expected_id == article.pk or _finds(row, article, instead, searched))


def check(article: Article, *, title: str, body: str, questions: Sequence[str]) -> list[str]:
    """What stands against publishing this text: blocking questions that it breaks, or that are about it and fail.

    They are asked of the built-in model: no provider writes, nothing costs. For `PUBLISH_CHECKS`.
    """
    rows = list(GoldenQuestion.objects.filter(site=article.site_id, blocks=True).select_related("expected", "site"))
    if not rows:
        return []
    instead = stage(article, title=title, body=body, questions=questions, now=timezone.now())
    searched = _remembering()
    return [
        str(Broken(row, why))
        for row in concerned(article, instead, rows, searched)
        if (why := _breaks(row, article, instead, searched))
    ]


def stands_against(row: GoldenQuestion, article_id: int, *, was: bool, becomes: bool) -> bool:
    """Whether it blocks publishing: it fails with the text, and is about the article or did not fail without."""
    return row.blocks and becomes and (row.expected_id == article_id or not was)


def _breaks(row: GoldenQuestion, article: Article, instead: Staged, searched: Searched) -> str:
    why = fault(row, _answer(row, instead, searched))
    was = bool(why) and row.expected_id != article.pk and bool(fault(row, _answer(row, None, searched)))
    return why if stands_against(row, article.pk, was=was, becomes=bool(why)) else ""


def _answer(row: GoldenQuestion, instead: Staged | None, searched: Searched) -> Outcome:
    """How the question ends, with a text in its article's place or (None) with the site as it is."""
    asked = trial.transcript(row.question, row.site, spoken=row.language, region=row.region)
    how: dict[str, Any] = {"reader": Audience(row.reader), "built_in": True, "search_by": searched}
    return trial.outcome(asked, row.site, instead=instead, **how)


def _remembering() -> Searched:
    """A search that makes none twice: whom a text concerns is seen by the same ones as what becomes of the answers."""
    known: dict[Hashable, search.Found] = {}

    def searched(*, instead: Staged | None, before: str = "", **asked: Any) -> search.Found:
        key = instead is None, before, *sorted((name, str(value)) for name, value in asked.items() if name != "site")
        if key not in known:
            known[key] = search.find(instead=instead, before=before, **asked)
        return known[key]

    return searched


def _finds(row: GoldenQuestion, article: Article, instead: Staged, searched: Searched) -> bool:
    spoken = row.language or trial.detected(row.question, row.site)
    for text in (instead, None):
        found = searched(
            site=row.site,
            question=row.question,
            language=spoken,
            region=row.region,
            reader=Audience(row.reader),
            instead=text,
        )
        if article.public_id in {passage.article_id for passage in found.passages}:
            return True
    return False

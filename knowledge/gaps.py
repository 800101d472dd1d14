"""Questions that found no good answer: keep them, and what a curator does with the gaps that they make."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import count
from typing import Any, TypedDict

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from supportsite.sites.models import Site

from . import clusters, publish, slugs
from .models import Article, Asked, AskedKind, Audience, Collection, Gap, GapState

LONGEST = 1000
LONGEST_TITLE = 200
QUESTIONS_GIVEN = 10
WAITING = (GapState.OPEN, GapState.DRAFTED)


class Cited(TypedDict, total=False):
    """A source of the answer that failed; `comment` is the customer's, on one that they dispute."""

    n: int
    title: str
    url: str
    section: str
    quote: str
    language: str
    date: str
    comment: str


def record(
    *,
    site: Site,
    question: str,
    language: str,
    region: str = "",
    reader: Audience = Audience.EVERYONE,
    asker: str,
    ref: str,
    cited: Sequence[Cited] = (),
    kind: AskedKind = AskedKind.UNANSWERED,
    now: datetime,
) -> None:
    """Keep a question that found no good answer; the same `ref` and `kind` again is the same one, told anew.

    The caller has taken personal data out. One row is written; which gap it belongs to a task finds out some seconds
    later, for many at once: customers' questions meanwhile have the models to themselves.
    """
    told: dict[str, Any] = {"question": question[:LONGEST], "language": language, "region": region, "asker": asker}
    told |= {"cited": list(cited), "reader": reader}
    Asked.objects.update_or_create(site=site, ref=ref, kind=kind, defaults=told, create_defaults=told | {"at": now})


def take_back(*, site: Site, ref: str, kind: AskedKind) -> None:
    """Whoever told it has changed their mind."""
    _remove(Asked.objects.filter(site=site, ref=ref, kind=kind).values_list("pk", flat=True))


def forget(*, site: Site, refs: Iterable[str]) -> int:
    """Erase what was recorded under these refs, and what was made of it; the number of rows."""
    return _remove(Asked.objects.filter(site=site, ref__in=list(refs)).values_list("pk", flat=True))


def forget_asker(*, site: Site, asker: str) -> int:
    """The same of everything that this one asked."""
    return _remove(Asked.objects.filter(site=site, asker=asker).values_list("pk", flat=True))


def _remove(rows: Iterable[int]) -> int:
    with transaction.atomic():
        doomed = Asked.objects.filter(pk__in=list(rows))
        touched = set(doomed.exclude(gap=None).values_list("gap_id", flat=True))
        count, _by_model = doomed.delete()
        for gap in Gap.objects.select_for_update(no_key=True).filter(pk__in=touched):
            clusters.refresh(gap)
    return count


def merge(gaps: Sequence[Gap]) -> Gap:
    """Make one gap of several of the same site and language; the one that most people asked for takes the others in.

    Raises ValidationError.
    """
    if len({(gap.site_id, gap.language) for gap in gaps}) != 1 or len(gaps) < 2:
        raise ValidationError(_("Choose at least two gaps of the same site and language."))
    first, *others = sorted(gaps, key=lambda gap: (-gap.people, gap.pk))
    with transaction.atomic():
        Asked.objects.filter(gap__in=[gap.pk for gap in others]).update(gap=first)
        if first.article_id is None:
            first.article = next((gap.article for gap in others if gap.article_id), None)
        drafted_for = next((gap for gap in others if gap.state == GapState.DRAFTED), None)
        if first.state != GapState.OPEN and any(gap.state == GapState.OPEN for gap in others):
            first.state = GapState.OPEN
        elif first.state not in WAITING and drafted_for is not None:
            first.state, first.article = GapState.DRAFTED, drafted_for.article
        first.save(update_fields=["article", "state"])
        Gap.objects.filter(pk__in=[gap.pk for gap in others]).delete()
        clusters.refresh(first)
    return first


def split(gap: Gap, asked: Iterable[int]) -> Gap:
    """Make a gap of its own of some of a gap's questions. Raises ValidationError unless some stay and some go."""
    with transaction.atomic():
        chosen = Asked.objects.filter(gap=gap, pk__in=list(asked))
        rows = list(chosen)
        if not rows or len(rows) == gap.asked.count():
            raise ValidationError(_("Choose some of its questions, and leave some."))
        made = Gap.objects.create(site=gap.site, language=gap.language, text=rows[0].question, asked_at=rows[0].at)
        chosen.update(gap=made)
        clusters.refresh(made)
        clusters.refresh(gap)
    return made


def dismiss(gap: Gap) -> None:
    """It is not for this help centre. It stays so, however often it is asked."""
    Gap.objects.filter(pk=gap.pk).update(state=GapState.DISMISSED)


def bring_back(gap: Gap) -> None:
    """It is wanted after all."""
    Gap.objects.filter(pk=gap.pk).update(state=GapState.DRAFTED if gap.article_id else GapState.OPEN)


def give_to(gap: Gap, article: Article, *, by: User | None, now: datetime) -> None:
    """An article that exists answers it: let the gap's questions find it. The gap closes once they do.

    Raises ValidationError; Refused and StaleDraft as `publish.add_questions` does: its draft holds the questions then.
    """
    if article.site_id != gap.site_id:
        raise ValidationError(_("That article belongs to another site."))
    try:
        publish.add_questions(article=article, questions=questions_of(gap), by=by, now=now)
    except (publish.Refused, publish.StaleDraft):
        drafted(gap, article)
        raise
    drafted(gap, article)


def begun_for(gap: Gap) -> Article | None:
    """The draft that was begun for the gap; what was published, and perhaps withdrawn since, is none."""
    article = gap.article
    return article if article and article.published_id is None and article.withdrawn_at is None else None


def begin_article(gap: Gap, *, collection: Collection, body: str, by: User | None) -> Article:
    """A draft for the gap, which holds its questions; the one that was begun, where one was. Raises ValidationError."""
    title = " ".join(gap.text.split())[:LONGEST_TITLE]
    with transaction.atomic():
        begun = begun_for(Gap.objects.select_for_update(no_key=True).get(pk=gap.pk))
        if begun is not None:
            return begun  # the button was pressed twice
        article = publish.create_article(
            site=gap.site, collection=collection, slug=_free_slug(gap), language=gap.language, title=title, body=body
        )
        publish.save_draft(article=article, questions=questions_of(gap), by=by)
        drafted(gap, article)
    return article


def _free_slug(gap: Gap) -> str:
    wanted = slugify(gap.text)[:80].strip("-") or f"question-{gap.pk}"
    for number in count(1):
        slug = wanted if number == 1 else f"{wanted}-{number}"
        if not Article.objects.filter(site=gap.site, slug=slug).exists() and slugs.now_of(gap.site, slug) is None:
            return slug
    raise AssertionError("there is always a next number")


def drafted(gap: Gap, article: Article) -> None:
    """An article for it is on its way."""
    Gap.objects.filter(pk=gap.pk).update(article=article, state=GapState.DRAFTED, checked_at=None)


def questions_of(gap: Gap) -> list[str]:
    """Its questions as an article holds them: each once and on one line, the one that stands for it first."""
    asked = [gap.text, *gap.asked.values_list("question", flat=True)]
    lines = dict.fromkeys(" ".join(question.split()) for question in asked)
    return [line for line in lines if line and len(line) <= publish.LONGEST_QUESTION][:QUESTIONS_GIVEN]

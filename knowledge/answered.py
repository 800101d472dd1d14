"""Closes the gaps whose questions are answered again, after something was published."""

import time
from collections import Counter
from datetime import datetime
from typing import Any, Final

from django.db.models import F, Max, OuterRef, Q, QuerySet, Subquery

from . import indexing, search, slugs
from .addresses import own_path, place_of
from .gaps import WAITING
from .models import Article, Asked, AskedKind, Audience, Gap, GapState, Version
from .split import sections

QUESTIONS_READ: Final = 50


def close_answered(*, now: datetime, seconds: float) -> bool:
    """Look for the questions of gaps in what was published since, for about `seconds`; whether some are left.

    Nothing is looked for while versions wait to be indexed: an import would have every gap looked at again and again.
    """
    if indexing.due().exists():
        return False
    end = time.monotonic() + seconds
    for gap in list(_due()):
        if time.monotonic() >= end:
            return True
        _check(gap, now)
    return False


def _due() -> QuerySet[Gap]:
    """Gaps that were not looked at since the newest version of their site became findable."""
    newest = (
        Article.objects.filter(site=OuterRef("site"))
        .order_by()
        .values("site")
        .annotate(at=Max("published__indexed_at"))
    )
    waiting = Gap.objects.filter(state__in=WAITING).select_related("site").annotate(news=Subquery(newest.values("at")))
    return waiting.filter(Q(checked_at=None) | Q(checked_at__lt=F("news")))


def _check(gap: Gap, now: datetime) -> None:
    answers = [_answer_to(gap, asked) for asked in gap.asked.all()[:QUESTIONS_READ]]
    found = [article for article in answers if article is not None]
    closes = bool(answers) and len(found) == len(answers)
    # Unless somebody has asked or changed it meanwhile: then it is looked at again.
    rows = Gap.objects.filter(pk=gap.pk, state=gap.state, asked_at=gap.asked_at)
    if closes:
        article = Counter(found).most_common(1)[0][0]
        rows.update(state=GapState.CLOSED, article=article, closed_at=now, checked_at=now)
    else:
        rows.update(checked_at=now)


def _answer_to(gap: Gap, asked: Asked) -> int | None:
    """The article that answers its asker now; where an answer failed, only one that says something else."""
    who: dict[str, Any] = {"language": asked.language, "region": asked.region, "reader": Audience(asked.reader)}
    found = search.find(site=gap.site, question=asked.question, limit=1, **who)
    if not found.passages or found.probability < found.enough:
        return None
    first = found.passages[0]
    version = Version.objects.filter(article__public_id=first.article_id, number=first.version)
    if asked.kind != AskedKind.UNANSWERED:
        version = version.filter(published_at__gt=asked.at)
    now = version.select_related("article").first()
    if now is None or (asked.kind != AskedKind.UNANSWERED and _failed_then(asked, now.article, first.text)):
        return None
    return now.article_id


def _failed_then(asked: Asked, article: Article, text: str) -> bool:
    """Whether the article said this when it was cited, and it did not help: a new question or title changes nothing."""
    cited = {place.slug for one in asked.cited if (place := place_of(own_path(str(one.get("url", "")))))}
    then = article.versions.filter(published_at__lte=asked.at).first()
    names = set(slugs.every(article))
    if then is None or (cited and not cited & names):
        return False
    return text in {piece.text for piece in sections(then.title, then.body)}

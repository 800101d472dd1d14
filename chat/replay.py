"""Before publishing: past and golden questions asked again, with the site as it is and with a draft in its place.

The row is the truth and the task its wake-up: a replay that was killed goes on with the first question that is not
asked yet. Nothing is published, no index changes, no customer sees anything.
"""

import logging
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Final

from celery import current_app
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from knowledge import staged
from knowledge.embed import ModelUnavailable
from knowledge.models import Article, Audience, Version
from knowledge.staged import Staged

from . import golden, past, trial
from .assistant.providers import BadModel
from .compare import Outcome, change
from .long_work import LongWork, Lost
from .past import Asked
from .replay_rows import GoldenQuestion, Replay, ReplayLine, ReplayOf, ReplayState, Why

TASK: Final = "chat.run_replay"
LASTS: Final = timedelta(seconds=120)  # more than one question takes of a slow model, twice
KEPT: Final = timedelta(days=90)
OPEN: Final = (ReplayState.WAITING, ReplayState.RUNNING)
logger = logging.getLogger(__name__)


WORK: Final = LongWork(Replay.objects.select_related("site", "article__site", "article__collection"), LASTS)


def begin(*, article: Article, of: ReplayOf, by: User | None, with_model: bool = False, now: datetime) -> Replay:
    """A replay of the article's draft as it is now, which begins after the commit; one that is at work is taken up."""
    with transaction.atomic():
        rows = Article.objects.select_for_update(of=("self",), no_key=True).select_related("site")
        kept = rows.get(pk=article.pk)
        for row in Replay.objects.filter(article=kept, state__in=OPEN, of=of, with_model=with_model):
            if is_of(row, kept):
                return row
        row = Replay(site=kept.site, article=kept, of=of, with_model=with_model, made_by=by, made_at=now)
        row.title, row.body, row.questions, row.base = kept.title, kept.body, kept.questions, kept.published
        row.save()
        transaction.on_commit(lambda: current_app.send_task(TASK, args=[row.pk]), robust=True)
    return row


def is_of(row: Replay, article: Article) -> bool:
    """Whether it still tells of this draft and of what readers see."""
    same = row.base_id == article.published_id
    text = (row.title, row.body, row.questions) == (article.title, article.body, article.questions)
    return same and (text or row.of == ReplayOf.WITHDRAWAL)


def run(replay_id: int) -> None:
    """Ask what is not asked yet, to the end. Safe to call again and from several processes."""
    row = WORK.take(replay_id, timezone.now())
    if row is None:
        return
    try:
        instead = _instead(row)
        _gather(row, instead)
        for line in ReplayLine.objects.filter(replay=row, change="").select_related("golden__expected", "golden__site"):
            WORK.renew(row)
            _ask(row, line, instead)
    except Lost:
        return
    except (BadModel, ModelUnavailable) as error:
        WORK.end(row, ReplayState.FAILED, str(error))
    except Exception:  # the edge of the task: a replay says that it failed, and does not try for ever
        logger.exception("replay %s failed", row.pk)
        WORK.end(row, ReplayState.FAILED)
    else:
        WORK.end(row, ReplayState.DONE)


def due(now: datetime) -> list[int]:
    """What waits, and what was running when its process was killed."""
    return WORK.due(now)


def clear(now: datetime) -> int:
    """Forget replays older than KEPT; how many."""
    return Replay.objects.filter(made_at__lt=now - KEPT).delete()[0]


def _instead(row: Replay) -> Staged:
    if row.of == ReplayOf.WITHDRAWAL:
        return staged.withdrawn(row.article)
    return _staged(row, row, row.made_at)


def _staged(row: Replay, text: Replay | Version, now: datetime) -> Staged:
    fields = {"title": text.title, "body": text.body, "questions": text.questions}
    return staged.stage(row.article, **fields, now=now, meanwhile=lambda: WORK.renew(row))


def _gather(row: Replay, instead: Staged) -> None:
    """The questions, all in one transaction; once."""
    there = ReplayLine.objects.filter(replay=row)
    if there.exists():
        return
    lines = [*_golden(row, instead), *_past(row, instead)]
    with transaction.atomic():
        WORK.renew(row)  # whoever took it over meanwhile has gathered them too; and from here on nobody takes it over
        if not there.exists():
            ReplayLine.objects.bulk_create(lines)


def _golden(row: Replay, instead: Staged) -> list[ReplayLine]:
    rows = list(
        GoldenQuestion.objects.filter(site=row.site).select_related("expected", "site").order_by("-blocks", "pk")
    )
    return [
        ReplayLine(
            replay=row,
            why=Why.GOLDEN,
            question=one.question,
            language=one.language or trial.detected(one.question, row.site),
            region=one.region,
            reader=one.reader,
            golden=one,
        )
        for one in islice(golden.concerned(row.article, instead, _in_time(row, rows)), golden.MOST)
    ]


def _in_time(row: Replay, questions: Iterable[GoldenQuestion]) -> Iterator[GoldenQuestion]:
    """These, while the lease is held: each is searched for twice."""
    for one in questions:
        WORK.renew(row)
        yield one


def _past(row: Replay, instead: Staged) -> list[ReplayLine]:
    WORK.renew(row)
    cited = past.cited(row.article, row.made_at)
    texts = [instead, *_as_it_is(row)]
    WORK.renew(row)
    near = past.near(row.article, texts, row.made_at, without=cited)
    return [*_lines(row, Why.CITED, cited), *_lines(row, Why.NEAR, near)]


def _as_it_is(row: Replay) -> list[Staged]:
    """What readers see, for what is near to it."""
    return [_staged(row, row.base, row.base.published_at)] if row.base else []


def _lines(row: Replay, why: Why, asked: Sequence[Asked]) -> list[ReplayLine]:
    return [
        ReplayLine(
            replay=row,
            why=why,
            question=one.question,
            before=one.before,
            language=one.language,
            region=one.region,
            reader=one.reader,
            conversation_id=one.conversation_id,
            times=one.times,
        )
        for one in asked
    ]


def _ask(row: Replay, line: ReplayLine, instead: Staged) -> None:
    was, becomes = _outcome(row, line, None), _outcome(row, line, instead)
    line.was, line.becomes, line.change = was.as_json(), becomes.as_json(), change(was, becomes)
    if line.golden:
        line.fault_was, line.fault = golden.fault(line.golden, was), golden.fault(line.golden, becomes)
    line.save(update_fields=["was", "becomes", "change", "fault_was", "fault"])


def _outcome(row: Replay, line: ReplayLine, instead: Staged | None) -> Outcome:
    asked = trial.transcript(line.question, row.site, spoken=line.language, region=line.region, before=line.before)
    built_in = not row.with_model
    return trial.outcome(asked, row.site, reader=Audience(line.reader), instead=instead, built_in=built_in)

"""Customers' past questions that a change of an article may touch: redacted, newest first, each only once."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import numpy as np
from django.db.models import OuterRef, Q, QuerySet, Subquery

from knowledge import slugs
from knowledge.addresses import article_path
from knowledge.embed import named
from knowledge.models import Article, Audience
from knowledge.staged import Staged
from knowledge.widths import checked
from supportsite.redact import Redactor
from supportsite.sites.models import Site

from .assistant import follow_up, smalltalk
from .models import Event, EventRole, Kind, Turn, TurnState

CITED: Final = 40
NEAR: Final = 30
AGE: Final = timedelta(days=180)
_CITED_READ: Final = 200  # answers that cite the article: many ask the same
_NEAR_READ: Final = 400
_LONGEST: Final = 1000  # characters of a question


@dataclass(frozen=True)
class Asked:
    """A question as it was asked, without personal data; `before` is the one that it leans on. `times` it was asked."""

    question: str
    before: str
    language: str
    region: str
    conversation_id: int
    reader: Audience = Audience.EVERYONE
    times: int = 1

    @property
    def same(self) -> tuple[str, ...]:
        """What makes two of them one."""
        words = (" ".join(text.casefold().split()).rstrip("?!. ") for text in (self.question, self.before))
        return *words, self.language, self.region, self.reader


def cited(article: Article, now: datetime) -> list[Asked]:
    """Those whose answer cited the article, at most CITED."""
    paths = {article_path(article.site.key, article.language, slug) for slug in slugs.every(article)}
    mentions = Q()
    for path in paths:
        mentions |= Q(body__sources__icontains=path)
    answers = Event.objects.filter(mentions, kind=Kind.MESSAGE, role=EventRole.ASSISTANT)
    answers = answers.filter(conversation__site=article.site_id, at__gte=now - AGE).order_by("-pk")
    bodies = answers.values_list("body", flat=True)[:_CITED_READ]
    turns = [body.get("turn", "") for body in bodies if _cites(body.get("sources", []), paths, article.region)]
    return _once(_asked(article.site, Turn.objects.filter(public_id__in=turns)))[:CITED]


def near(article: Article, texts: Sequence[Staged], now: datetime, without: Iterable[Asked] = ()) -> list[Asked]:
    """The nearest in meaning to any section of `texts`, at most NEAR, of the newest that were asked."""
    known = {one.same for one in without}
    newest = _asked(article.site, Turn.objects.filter(made_at__gte=now - AGE), most=_NEAR_READ)
    asked = [one for one in _once(newest) if one.same not in known]
    # The last of the edition's models: e5, which reads every language, or the owner's.
    model = next((model for text in texts for model in reversed([*text.vectors])), "")
    vectors = [vector for text in texts for vector in text.vectors.get(model, {}).values()]
    if not asked or not vectors:
        return []
    questions = checked(model, named(model).matrix([one.question for one in asked], "query"))
    nearness = (questions @ np.stack(vectors).T).max(axis=1)
    return [asked[place] for place in np.argsort(-nearness, kind="stable")[:NEAR]]


def _cites(sources: Iterable[dict[str, Any]], paths: set[str], region: str) -> bool:
    """Whether one of the sources is the article, in its variant."""
    urls = (urlsplit(source.get("url", "")) for source in sources)
    return any(url.path in paths and parse_qs(url.query).get("region", [""])[0] == region for url in urls)


def _asked(site: Site, turns: QuerySet[Turn], most: int = _CITED_READ) -> Iterator[Asked]:
    """What these turns were to answer, newest first."""
    said = Event.objects.filter(conversation=OuterRef("conversation"), kind=Kind.MESSAGE, role=EventRole.VISITOR)
    earlier = said.filter(seq__lt=OuterRef("from_seq")).order_by("-seq").values("pk")[:1]
    rows = (
        turns.filter(conversation__site=site, state=TurnState.DONE).order_by("-pk").select_related("conversation__site")
    )
    known = set()  # the turn that brings a colleague's reply answers the same messages as the one that asked them
    for turn in rows.annotate(earlier=Subquery(earlier))[:most]:
        messages = (turn.conversation_id, turn.from_seq, turn.upto_seq)
        if messages in known:
            continue
        known.add(messages)
        mine = Q(seq__gte=turn.from_seq, seq__lte=turn.upto_seq) | Q(pk=turn.earlier)
        events = Event.objects.filter(mine, conversation=turn.conversation_id, kind=Kind.MESSAGE).order_by("seq")
        lines = [event for event in events if event.role == EventRole.VISITOR]
        if one := _of_turn(turn, lines):
            yield one


def _of_turn(turn: Turn, lines: Sequence[Event]) -> Asked | None:
    asked = [event for event in lines if event.seq >= turn.from_seq]
    if not asked:
        return None
    language, region = asked[-1].body.get("language", "en"), turn.conversation.region
    texts, site = [event.body.get("text", "") for event in lines], turn.conversation.site
    own: dict[str, Any] = {"orders": site.order_numbers, "keep": (site.name,), "known": turn.conversation.known}
    redactor = Redactor(texts, language=language, region=region, **own)
    question = _redacted(redactor, asked)
    if not question or smalltalk.small_talk(question):
        return None
    earlier = [event for event in lines if event.seq < turn.from_seq and event.case == asked[0].case]
    before = _redacted(redactor, earlier) if follow_up.may_lean(question) else ""
    return Asked(question, before, language, region, turn.conversation_id, turn.conversation.visitor.reads_as)


def _redacted(redactor: Redactor, events: Sequence[Event]) -> str:
    return "\n".join(redactor.redact(event.body.get("text", "")) for event in events).strip()[:_LONGEST]


def _once(asked: Iterable[Asked]) -> list[Asked]:
    """Each once, the newest first, with how often it was asked."""
    known: dict[tuple[str, ...], Asked] = {}
    for one in asked:
        there = known.get(one.same)
        known[one.same] = replace(there, times=there.times + 1) if there else one
    return list(known.values())

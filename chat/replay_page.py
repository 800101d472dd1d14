"""The pages of a replay in the admin: begin one, see how far it is, and what a draft would change."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from knowledge.diff import Line, side_by_side
from knowledge.models import Article
from supportsite.sites.admin import sites_with
from supportsite.sites.rights import Right

from . import golden, replay
from .compare import Citation, Mark, Outcome, gained, marks
from .models import Conversation
from .replay_rows import Change, Replay, ReplayLine, ReplayOf

MARK_WORDS = {
    Mark.KEPT: "",
    Mark.LOST: gettext_lazy("lost"),
    Mark.MOVED: gettext_lazy("another section"),
    Mark.REWRITTEN: gettext_lazy("rewritten section"),
    Mark.GAINED: gettext_lazy("new"),
}
EARLIER_SHOWN = 10
ALIKE = 0.5
WHOLE = 1000  # lines: an answer is shown from its beginning to its end


@dataclass(frozen=True)
class Cited:
    """A citation with what becomes of it."""

    citation: Citation
    mark: Mark
    words: str


@dataclass(frozen=True)
class Side:
    """How a question ends on one side of the change."""

    outcome: Outcome
    cited: list[Cited]


@dataclass(frozen=True)
class LineShown:
    """A question with both sides; `lines` are the differences of the texts, where both are answers."""

    row: ReplayLine
    was: Side
    becomes: Side
    lines: list[tuple[Line | None, Line | None]]
    conversation: str
    blocks: bool


@require_POST
def begin(request: HttpRequest, article: int, of: str) -> HttpResponse:
    """Begin a replay of the article's draft, or of withdrawing it, and go to its page."""
    row = _article(request, article)
    if of not in ReplayOf.values:
        raise PermissionDenied
    by = request.user if request.user.is_authenticated else None
    with_model = bool(settings.TANDEM.model) and bool(request.POST.get("with_model"))
    begun = replay.begin(article=row, of=ReplayOf(of), by=by, with_model=with_model, now=timezone.now())
    return HttpResponseRedirect(reverse("curation:replay", args=[begun.pk]))


@require_safe
def latest(request: HttpRequest, article: int) -> HttpResponse:
    """The replays of an article, the newest first; also those of versions that were published since."""
    row = _article(request, article)
    rows = Replay.objects.filter(article=row).select_related("made_by", "base")[:EARLIER_SHOWN]
    context = admin.site.each_context(request) | {
        "title": _("What a change does to answers"),
        "article": row,
        "replays": rows,
    }
    return TemplateResponse(request, "admin/replay/list.html", context)


@require_safe
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """One replay: its progress, then what changes, the lost first."""
    return TemplateResponse(request, "admin/replay/replay.html", _context(request, _replay(request, pk)))


@require_safe
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """How far it is, for the page's script."""
    return TemplateResponse(request, "admin/replay/_progress.html", _progress(_replay(request, pk)))


def _article(request: HttpRequest, pk: int) -> Article:
    rows = Article.objects.filter(site__in=sites_with(request, Right.EDIT_ARTICLES))
    return get_object_or_404(rows.select_related("site", "published"), pk=pk)


def _replay(request: HttpRequest, pk: int) -> Replay:
    rows = Replay.objects.filter(site__in=sites_with(request, Right.EDIT_ARTICLES))
    return get_object_or_404(rows.select_related("site", "article__published", "base", "made_by"), pk=pk)


def _progress(row: Replay) -> dict[str, Any]:
    lines = ReplayLine.objects.filter(replay=row)
    total = lines.count()
    return {"replay": row, "total": total, "done": total - lines.filter(change="").count()}


def _context(request: HttpRequest, row: Replay) -> dict[str, Any]:
    lines = list(ReplayLine.objects.filter(replay=row).exclude(change="").select_related("golden", "replay"))
    changed = sorted((line for line in lines if _is_news(line)), key=_gravity)
    counts = Counter(line.change for line in changed)
    links = _links(request, changed)
    return (
        admin.site.each_context(request)
        | _progress(row)
        | {
            "title": row.title,
            "changed": [_shown(line, links) for line in changed],
            "counts": [(Change(name).label, counts[name], name) for name in Change.values if counts[name]],
            "unchanged": [line for line in lines if not _is_news(line)],
            "failing": sum(bool(line.fault) for line in lines),
            "stale": not replay.is_of(row, row.article),
            "is_published": row.article.published_id != row.base_id,
            "model": settings.TANDEM.model,
            "calls": 2 * len(lines),
            "is_withdrawal": row.of == ReplayOf.WITHDRAWAL,
            "may_publish": sites_with(request, Right.PUBLISH).filter(pk=row.site_id).exists(),
        }
    )


def _is_news(line: ReplayLine) -> bool:
    return line.change != Change.SAME or bool(line.fault) or bool(line.fault_was)


def _gravity(line: ReplayLine) -> tuple[bool, int, int]:
    """Broken golden questions, then what is lost, then the rest; within these the most asked."""
    return not line.fault, Change.values.index(line.change), -line.times


def _links(request: HttpRequest, lines: Sequence[ReplayLine]) -> dict[int, str]:
    """Where the conversations are that the reader may see."""
    wanted = Conversation.objects.filter(pk__in={line.conversation_id for line in lines if line.conversation_id})
    seen = wanted.visible_to_user(request.user)
    return {pk: reverse("admin:chat_conversation_change", args=[pk]) for pk in seen.values_list("pk", flat=True)}


def _shown(line: ReplayLine, links: dict[int, str]) -> LineShown:
    was, becomes = Outcome.read(line.was or {}), Outcome.read(line.becomes or {})
    both = was.is_answer and becomes.is_answer and was.text != becomes.text and _are_alike(was.text, becomes.text)
    return LineShown(
        row=line,
        was=Side(was, _cited(was, marks(was.citations, becomes.citations, Mark.LOST))),
        becomes=Side(becomes, _cited(becomes, gained(was, becomes))),
        lines=side_by_side(was.text, becomes.text, WHOLE) if both else [],
        conversation=links.get(line.conversation_id or 0, ""),
        blocks=_blocks(line),
    )


def _blocks(line: ReplayLine) -> bool:
    failed = {"was": bool(line.fault_was), "becomes": bool(line.fault)}
    return line.golden is not None and golden.stands_against(line.golden, line.replay.article_id, **failed)


def _are_alike(one: str, other: str) -> bool:
    """Whether marks of what differs help: in two quite different texts they only hinder reading."""
    return SequenceMatcher(None, one.split(), other.split(), autojunk=False).ratio() >= ALIKE


def _cited(outcome: Outcome, found: Sequence[Mark]) -> list[Cited]:
    return [Cited(one, mark, str(MARK_WORDS[mark])) for one, mark in zip(outcome.citations, found, strict=True)]

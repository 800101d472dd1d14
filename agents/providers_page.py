"""The insights page "Models": how each tier and provider of a site did in the last day, and who attacked it."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from agents.insights_page import of_a_site
from chat import provider_health
from chat.models import Conversation, Turn
from chat.provider_health import Breaker, ModelHealth
from supportsite.sites.models import Member

BREAKERS: Final[dict[Breaker, Promise]] = {
    Breaker.CLOSED: _("in use"),
    Breaker.OPEN: _("left alone after failures, tried again soon"),
    Breaker.GONE: _("not in use any more"),
}
# How calls end that brought no words (the ledger's outcomes); another status stands for itself.
FAILURES: Final[dict[str, Promise]] = {
    "timeout": _("no answer in time"),
    "unreachable": _("not reached"),
    "rate_limited": _("too many requests"),
    "cut": _("broken off"),
    "nonsense": _("unreadable answer"),
    "wrong_language": _("wrong language"),
    "status_400": _("request refused"),
    "status_401": _("key refused"),
    "status_403": _("not allowed"),
    "status_404": _("model not there"),
}

_ATTACKS_OF: Final = timedelta(days=30)
_ATTACKS_SHOWN: Final = 10


@dataclass(frozen=True)
class Attacks:
    """How many questions of the last month looked like an attack; the newest conversations that the reader may see."""

    count: int
    conversations: list[str]


@of_a_site
def page(request: HttpRequest, member: Member, mine: list[Member]) -> HttpResponse:
    """The models of one site, for whoever reads its insights."""
    found = provider_health.of_site(member.site, now=timezone.now())
    rows = [(one, BREAKERS[one.breaker], _failures(one), _word(one.last_failure)) for one in found]
    context = {"site": member.site, "member": member, "mine": mine, "rows": rows, "attacks": _attacks(member)}
    return render(request, "console/models.html", context)


def _attacks(member: Member) -> Attacks:
    found = Turn.objects.attacked(member.site, timezone.now() - _ATTACKS_OF)
    seen = found.filter(conversation__in=Conversation.objects.visible_to(member))
    newest = dict.fromkeys(seen.values_list("conversation__public_id", flat=True)[: 5 * _ATTACKS_SHOWN])
    return Attacks(found.count(), list(newest)[:_ATTACKS_SHOWN])


def _failures(one: ModelHealth) -> list[tuple[str, int]]:
    """How those that failed ended, the most frequent first."""
    return [(_word(outcome), count) for outcome, count in one.failures.most_common()]


def _word(outcome: str) -> str:
    return str(FAILURES.get(outcome, outcome.replace("_", " ")))

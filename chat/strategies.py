"""A site's routing strategy: those that there are, and the verbs that use another one and take that back."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from supportsite.sites.models import Site

from .assistant.routing.intent import INTENT
from .assistant.routing.task_based import Chain
from .assistant.routing.verdict import Strategy
from .comparison_rows import StrategyChange

# What is done with a question, in a manager's words.
CHAINS: Final[Mapping[Chain, Promise]] = {
    Chain.ARTICLES: gettext_lazy("answered from the articles"),
    Chain.SMALL_TALK: gettext_lazy("a friendly word"),
    Chain.COMPLAINT: gettext_lazy("a complaint: a person is offered"),
    Chain.ACCOUNT: gettext_lazy("their own account: a person is offered too"),
    Chain.OUTSIDE: gettext_lazy("none of the site's business"),
}


class Changed(Exception):
    """The strategy is not any more what the person saw."""


def names() -> dict[Strategy, str]:
    """Every strategy that can be asked, with its name as people read it: what the site's setting calls it."""
    words = dict(Site._meta.get_field("routing").flatchoices)
    return {strategy: str(words.get(strategy.value, strategy.value)) for strategy in INTENT}


def use(*, site: Site, strategy: Strategy, seen: str, by: User | None, now: datetime) -> StrategyChange | None:
    """Route by it; None where that is so already. Raises Changed where the site's is not the one that was `seen`."""
    with transaction.atomic():
        row = Site.objects.select_for_update(no_key=True).get(pk=site.pk)
        if row.routing == strategy.value:
            return None
        if row.routing != seen:
            raise Changed
        was = row.routing
        Site.objects.filter(pk=site.pk).update(routing=strategy.value)
        return StrategyChange.objects.create(site=row, was=was, becomes=strategy.value, made_by=by, made_at=now)


def last(site: Site) -> StrategyChange | None:
    """The change that can be taken back: the newest one, while the site still has what it set."""
    row = StrategyChange.objects.filter(site=site, undone_at=None).select_related("made_by").first()
    now = Site.objects.values_list("routing", flat=True).get(pk=site.pk)
    return row if row and row.becomes == now else None


def undo(*, site: Site, now: datetime) -> StrategyChange | None:
    """Back to what was before the last change; it, or None where there is nothing to take back."""
    with transaction.atomic():
        Site.objects.select_for_update(no_key=True).get(pk=site.pk)
        row = last(site)
        if row is None:
            return None
        StrategyChange.objects.filter(pk=row.pk).update(undone_at=now)
        Site.objects.filter(pk=site.pk).update(routing=row.was)
        return row

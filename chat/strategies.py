"""A site's routing strategy: those that there are, in people's words, and how another one is used."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from supportsite.sites.models import Site

from .assistant.routing.intent import INTENT
from .assistant.routing.task_based import Chain
from .assistant.routing.verdict import Strategy
from .comparison_rows import StrategyChange
from .settled import Settled

STRATEGY: Final = Settled("routing", StrategyChange)
# What is done with a question, in a manager's words.
CHAINS: Final[Mapping[Chain, Promise]] = {
    Chain.ARTICLES: gettext_lazy("answered from the articles"),
    Chain.SMALL_TALK: gettext_lazy("a friendly word"),
    Chain.COMPLAINT: gettext_lazy("a complaint: a person is offered"),
    Chain.ACCOUNT: gettext_lazy("their own account: a person is offered too"),
    Chain.OUTSIDE: gettext_lazy("none of the site's business"),
    Chain.FAR_OUTSIDE: gettext_lazy("none of the site's business, said at once"),
}


def names() -> dict[Strategy, str]:
    """Every strategy that can be asked, with its name as people read it: what the site's setting calls it."""
    words = dict(Site._meta.get_field("routing").flatchoices)
    return {strategy: str(words.get(strategy.value, strategy.value)) for strategy in INTENT}

"""What colleagues answered where the assistant could not: the material of a draft for a gap, without personal data."""

from collections.abc import Iterator
from typing import Final

from django.utils.translation import gettext as _

from knowledge.models import Gap
from knowledge.publish import MATERIAL
from supportsite.redact import Redactor

from . import gaps
from .models import Conversation, Event, EventRole, Kind

CONVERSATIONS_READ: Final = 20
REPLIES_EACH: Final = 10
_FENCE: Final = MATERIAL.split()[0]


def draft_of(gap: Gap, *, may_read: bool) -> str:
    """The body of a draft: the questions and the replies to them, in a block that is not to be published.

    Without the replies, unless whoever drafts `may_read` conversations.
    """
    asked = [" ".join(asked.question.split()) for asked in gap.asked.all()[:CONVERSATIONS_READ]]
    lines = [
        _("Customers do not read this block. Write the article below it, then delete it: until then it cannot go out."),
        "",
        _("What customers asked:"),
        *(f"- {question}" for question in dict.fromkeys(asked)),
        "",
        *(_what_was_replied(gap) if may_read else [_("Your role may not read conversations: replies are left out.")]),
    ]
    inside = "\n".join(lines).replace(_FENCE, "---")
    return f"{MATERIAL}\n{inside}\n{_FENCE}\n\n"


def _what_was_replied(gap: Gap) -> list[str]:
    replies = [f"- {reply}" for reply in dict.fromkeys(_replies(gap))]
    return [_("What colleagues replied:"), *(replies or [_("Nobody has, in these conversations.")])]


def _replies(gap: Gap) -> Iterator[str]:
    """An agent's messages after the question and replies to the assistant, in the same case, oldest first."""
    for ref in gap.asked.values_list("ref", flat=True)[:CONVERSATIONS_READ]:
        public_id, seqs = gaps.place_of(ref)
        row = Conversation.objects.filter(site=gap.site_id, public_id=public_id).first()
        question = Event.objects.filter(conversation=row, seq=seqs[-1]).first() if row else None
        if question is not None:
            yield from _after(question)


def _after(question: Event) -> Iterator[str]:
    said = Event.objects.filter(conversation=question.conversation_id, case=question.case, seq__gt=question.seq)
    replies = said.filter(kind__in=(Kind.MESSAGE, Kind.REPLIED), role=EventRole.AGENT).order_by("seq")[:REPLIES_EACH]
    texts = [event.body.get("text", "") for event in replies]
    row = question.conversation
    redactor = Redactor(
        [*gaps.lines_until(question), *texts],
        language=row.language,
        region=row.region,
        orders=row.site.order_numbers,
        keep=(row.site.name,),
        known=row.known,
    )
    yield from (" ".join(redactor.redact(text).split()) for text in texts if text.strip())

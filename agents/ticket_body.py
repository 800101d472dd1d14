"""What a ticket tells the help desk: why a person was called, and the case's log, as one comment for agents alone.

The comment is private, so the help desk mails it to nobody: who wrote an address into the chat is not known to own it.
The team's notes stay here. What somebody wrote has a mark on each of its lines: nobody can write lines for others.
"""

import json
from collections.abc import Sequence
from typing import Final

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from agents import inbox, reasons
from chat.models import Conversation, Escalation, Event, EventRole, Kind

LONGEST: Final = 60_000  # characters of a comment; Zendesk takes 65,535
_SUBJECT: Final = 120


def compose(row: Conversation, escalation: Escalation | None, *, email: str, external_id: str) -> str:
    """The request's body, as JSON, in the site's language. Load `row` with `site` and `visitor__customer`."""
    shown = Event.objects.filter(conversation=row, case=row.case, visible="all").order_by("seq")
    with translation.override(row.site.locale), timezone.override(row.site.hours.zone):
        events = list(shown)
        customer = row.visitor.customer
        ticket = {
            "subject": _subject(row, events),
            "comment": {"body": _comment(row, escalation, events), "public": False},
            "requester": {"name": (customer.name if customer else "") or email, "email": email},
            "external_id": external_id,
            "tags": ["tandem", *(f"tandem-{one['code']}" for one in (escalation.reasons if escalation else ()))],
        }
    return json.dumps({"ticket": ticket})


def _subject(row: Conversation, events: Sequence[Event]) -> str:
    first = next((event for event in events if _is_by_customer(event)), None)
    if first is None:
        return _("A customer of %(site)s waits, and nobody has come") % {"site": row.site.name}
    return f"{row.site.name}: {inbox.shortened(first, _SUBJECT)}"


def _is_by_customer(event: Event) -> bool:
    return event.kind == Kind.MESSAGE and event.role == EventRole.VISITOR


def _comment(row: Conversation, escalation: Escalation | None, events: Sequence[Event]) -> str:
    head = [_("A customer of %(site)s waits, and nobody has come") % {"site": row.site.name} + "."]
    if escalation:
        head += [_reason(one["code"], str(one.get("evidence", ""))) for one in escalation.reasons]
        head.append(_quoted(escalation.summary))
    head.append(_("In Tandem: %(link)s") % {"link": f"{settings.TANDEM.public_url}/console/#c/{row.public_id}"})
    head.append(_("On the page: %(page)s") % {"page": _one_line(row.page)} if row.page else "")
    told = "\n".join(filter(None, head))
    return f"{told}\n\n{_log(row, events, LONGEST - len(told) - 2)}"


def _reason(code: str, evidence: str) -> str:
    sentence, shown = reasons.explain(code, evidence)
    return _one_line(f"{sentence} {shown}")


def _log(row: Conversation, events: Sequence[Event], room: int) -> str:
    """What everybody could read of the case; the beginning is left out where it is too much."""
    written = "\n\n".join(_line(row, event) for event in events if event.body.get("text"))
    if len(written) <= room:
        return written
    left_out = _("(The beginning is left out.)") + "\n"
    _cut, _end, whole = written[len(left_out) - room :].partition("\n")  # half a line would lack its mark
    return left_out + whole


def _line(row: Conversation, event: Event) -> str:
    who = event.author_name or {
        EventRole.VISITOR: str(row.visitor.customer or _("The customer")),
        EventRole.ASSISTANT: _("Assistant"),
    }.get(EventRole(event.role), row.site.name)
    return f"{_one_line(who)}, {timezone.localtime(event.at):%Y-%m-%d %H:%M %Z}\n{_quoted(event.body['text'])}"


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}" for line in text.splitlines())


def _one_line(text: str) -> str:
    return " ".join(text.split())

"""What became of the last e-mail to a member about their login, and of an owner's last test."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from agents.models import Letter
from agents.refusals import NO_ADDRESS
from supportsite.sites.models import Member


@dataclass(frozen=True)
class Delivery:
    """A letter's way so far: sent, lost, or neither yet; `why` it did not leave at the last try, empty before one."""

    at: datetime
    is_sent: bool
    is_lost: bool
    why: str


def about_logins(members: Iterable[Member]) -> dict[int, Delivery]:
    """Of the last letter that their site had written to each, by row id: what other sites write is not told here."""
    return _last(Letter.objects.filter(member__in=list(members), purpose=Letter.Purpose.LOGIN))


def of_test(member: Member) -> Delivery | None:
    """Of the last test that this member wanted; None where there was none lately."""
    return _last(Letter.objects.filter(member=member, purpose=Letter.Purpose.TEST)).get(member.pk)


def _last(found: QuerySet[Letter]) -> dict[int, Delivery]:
    rows = found.order_by("pk").values_list("member", "made_at", "sent_at", "due_at", "error")
    return {
        member: Delivery(sent or made, sent is not None, sent is None and due is None, _told(error))
        for member, made, sent, due, error in rows
        if member is not None
    }


def _told(error: str) -> str:
    return _("no e-mail can go to such an address") if error == NO_ADDRESS else error

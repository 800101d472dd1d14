"""The brake: pause a site's assistant, and let it answer again. Effective at once, for every process."""

from datetime import datetime

from django.db import transaction

from supportsite.sites.models import Member, Site
from supportsite.sites.rights import Right

from . import lifecycle
from .log import OPEN_TURNS
from .models import Turn


class NotAllowed(Exception):
    """This member may not pause the assistant."""


def pause(*, member: Member, now: datetime) -> int:
    """No answer begins from here on; how many that had begun were dropped, each for a person. Raises NotAllowed.

    A message whose transaction comes after this one finds the site paused; one from before has its turn here.
    """
    _may(member)
    with transaction.atomic():
        site = Site.objects.select_for_update(no_key=True).get(pk=member.site_id)
        if site.paused_at is None:
            site.paused_at, site.paused_by = now, member.name
            site.save(update_fields=["paused_at", "paused_by"])
    begun = Turn.objects.filter(conversation__site=site, state__in=OPEN_TURNS).values_list("pk", flat=True)
    return sum(lifecycle.call_out_turn(turn_id=turn_id, now=now) for turn_id in list(begun))


def resume(*, member: Member) -> None:
    """The assistant answers new questions again; who waits for a person goes on waiting. Raises NotAllowed."""
    _may(member)
    Site.objects.filter(pk=member.site_id).update(paused_at=None, paused_by="")


def _may(member: Member) -> None:
    if not member.may(Right.PAUSE_ASSISTANT):
        raise NotAllowed

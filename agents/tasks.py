"""What may wait: conversations that wait for a person, e-mail, tickets."""

from celery import shared_task
from django.utils import timezone

from agents import attending, letters, tickets, unread
from supportsite.sites.alone import Alone

_sending = Alone("sending")
_attending = Alone("attending")
_opening = Alone("opening tickets")


@shared_task(name="agents.attend")
def attend() -> None:
    """Look after conversations that wait for a person; also rung when one begins to wait."""
    with _attending.tried() as ours:
        if not ours:
            return
        now = timezone.now()
        attending.attend(now=now)
        unread.write_due(now=now)


@shared_task(name="agents.send_letters")
def send_letters() -> None:
    """Send the e-mails that are due; also rung by the clock, for those that failed or were missed."""
    with _sending.tried() as ours:
        if not ours:
            return
        letters.send_due(now=timezone.now())


@shared_task(name="agents.open_tickets")
def open_tickets() -> None:
    """Open the tickets that are due; also rung by the clock, for those that failed or were missed."""
    with _opening.tried() as ours:
        if not ours:
            return
        now = timezone.now()
        tickets.open_due(now=now)
        tickets.look_again(now=now)

"""What may wait: conversations that wait for a person, e-mail."""

import threading

from celery import shared_task
from django.utils import timezone

from agents import attending, letters, unread

_sending = threading.Lock()
_attending = threading.Lock()


@shared_task(name="agents.attend")
def attend() -> None:
    """Look after conversations that wait for a person; also rung when one begins to wait."""
    if not _attending.acquire(blocking=False):
        return
    try:
        now = timezone.now()
        attending.attend(now=now)
        unread.write_due(now=now)
    finally:
        _attending.release()


@shared_task(name="agents.send_letters")
def send_letters() -> None:
    """Send the e-mails that are due; also rung by the clock, for those that failed or were missed."""
    if not _sending.acquire(blocking=False):
        return
    try:
        letters.send_due(now=timezone.now())
    finally:
        _sending.release()

"""What may wait: e-mail."""

import threading

from celery import shared_task
from django.utils import timezone

from agents import letters

_sending = threading.Lock()


@shared_task(name="agents.send_letters")
def send_letters() -> None:
    """Send the e-mails that are due; also rung by the clock, for those that failed or were missed."""
    if not _sending.acquire(blocking=False):
        return
    try:
        letters.send_due(now=timezone.now())
    finally:
        _sending.release()

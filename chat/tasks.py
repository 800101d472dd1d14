"""What may wait: turns that nobody runs, cases that end by themselves, and what knowledge is told of failed answers."""

import threading

from celery import shared_task
from django.utils import timezone

from . import gaps, leases, lifecycle, turns

_telling = threading.Lock()


@shared_task(name="chat.sweep_turns")
def sweep_turns() -> None:
    """Run the turns that are due: their process was killed, or nobody took them."""
    for turn_id in leases.due(now=timezone.now()):
        turns.start_from_thread(turn_id)


@shared_task(name="chat.end_silent_cases")
def end_silent_cases() -> None:
    """Resolve the cases whose visitor was answered and has gone silent."""
    now = timezone.now()
    for conversation_id in lifecycle.silent_cases(now).values_list("pk", flat=True)[:500]:
        lifecycle.end_silent_case(conversation_id=conversation_id, now=now)


@shared_task(name=gaps.TELL_TASK)
def tell_gaps() -> None:
    """Tell knowledge of the answers that failed, until it knows all."""
    if not _telling.acquire(blocking=False):
        return
    try:
        more = gaps.tell()
    finally:
        _telling.release()
    if more:
        tell_gaps.delay()

"""What may wait: the sweep for turns that nobody runs, and cases that end by themselves."""

from celery import shared_task
from django.utils import timezone

from . import leases, lifecycle, turns


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

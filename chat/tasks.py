"""What may wait: turns that nobody runs, cases that end by themselves, what knowledge learns, and long work."""

from celery import shared_task
from django.utils import timezone

from supportsite.sites.alone import Alone

from . import both_tiers, comparing, gaps, inquiries, leases, lifecycle, replay, reviewing, training, turns

_telling = Alone("telling")


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


@shared_task(name="chat.end_inquiries")
def end_inquiries() -> None:
    """End the questions to colleagues that nobody replied to in time."""
    now = timezone.now()
    for inquiry_id in inquiries.due(now):
        lifecycle.end_inquiry(inquiry_id=inquiry_id, now=now)


@shared_task(name=gaps.TELL_TASK)
def tell_gaps() -> None:
    """Tell knowledge of the answers that failed, until it knows all."""
    with _telling.tried() as ours:
        if not ours:
            return
        more = gaps.tell()
    if more:
        tell_gaps.delay()


@shared_task(name="chat.run_replay")
def run_replay(replay_id: int) -> None:
    """Ask the questions of a replay that are not asked yet."""
    replay.run(replay_id)


@shared_task(name="chat.sweep_replays")
def sweep_replays() -> None:
    """Send the replays that wait or were killed; forget the old ones."""
    now = timezone.now()
    for replay_id in replay.due(now):
        run_replay.delay(replay_id)
    replay.clear(now)


@shared_task(name=training.TASK)
def run_training(training_id: int) -> None:
    """Train a site's own model."""
    training.run(training_id, prepared=both_tiers.answered)


@shared_task(name="chat.sweep_trainings")
def sweep_trainings() -> None:
    """Send the trainings that wait or were killed."""
    for training_id in training.due(timezone.now()):
        run_training.delay(training_id)


@shared_task(name=reviewing.TASK)
def run_review(review_id: int) -> None:
    """Judge a site's last conversations again."""
    reviewing.run(review_id)


@shared_task(name="chat.sweep_reviews")
def sweep_reviews() -> None:
    """Send the reviews that wait or were killed."""
    for review_id in reviewing.due(timezone.now()):
        run_review.delay(review_id)


@shared_task(name=comparing.TASK)
def run_comparison(comparison_id: int) -> None:
    """Ask every routing strategy about the same texts."""
    comparing.run(comparison_id)


@shared_task(name="chat.sweep_comparisons")
def sweep_comparisons() -> None:
    """Send the comparisons that wait or were killed; forget the old ones."""
    now = timezone.now()
    for comparison_id in comparing.due(now):
        run_comparison.delay(comparison_id)
    comparing.clear(now)

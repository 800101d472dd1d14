"""What may wait: indexing what was published, the sweep for what was missed, a new index, imports, what is due."""

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from supportsite.sites.alone import Alone

from . import (
    answered,
    care,
    clusters,
    import_run,
    imports,
    index,
    index_check,
    indexing,
    link_check,
    rebuilding,
    reviews,
    schedule,
)

# A sweep gives way after this long, so that a version published meanwhile is indexed within its 5 s.
SWEEP_SECONDS = 1.0
REBUILD_SECONDS = 3.0
_sweeping, _rebuilding = Alone("sweeping"), Alone("rebuilding")
_gathering = Alone("gathering")
_closing = Alone("closing")
_looking = Alone("looking")
_asking = Alone("asking")


@shared_task(name="knowledge.index_version")
def index_version(version_id: int) -> None:
    """Make a published version findable; a withdrawn one is taken out."""
    indexing.index_version(version_id, now=timezone.now())
    close_answered_gaps.delay()
    look_after_articles.delay()


@shared_task(name="knowledge.sweep_index")
def sweep_index() -> None:
    """Index what is due, a second at a time, until nothing is."""
    with _sweeping.tried() as ours:
        if not ours:
            return
        index_check.mend_once()
        more = indexing.sweep(now=timezone.now(), seconds=SWEEP_SECONDS)
    if more:
        sweep_index.delay()
    if index.owned() and not index.away():
        for edition_id in rebuilding.due(timezone.now()):
            rebuild_index.delay(edition_id)


@shared_task(name="knowledge.rebuild_index")
def rebuild_index(edition_id: int) -> None:
    """Go on with a new edition of an index, some seconds at a time, until it is searched."""
    if not index.owned():
        return
    with _rebuilding.tried() as ours:
        if not ours:
            return
        more = rebuilding.go_on(edition_id, now=timezone.now(), seconds=REBUILD_SECONDS)
    if more:
        rebuild_index.delay(edition_id)


@shared_task(name="knowledge.publish_due")
def publish_due() -> None:
    """Publish the drafts whose planned time has come."""
    schedule.publish_due(now=timezone.now())


@shared_task(name="knowledge.remind_of_reviews")
def remind_of_reviews() -> None:
    """Write to the owners of articles whose review date has come."""
    reviews.remind(today=timezone.localdate())


@shared_task(name="knowledge.run_import")
def run_import(import_id: int) -> None:
    """Read an import's source from where it is, to its end."""
    import_run.run(import_id)


@shared_task(name="knowledge.sweep_imports")
def sweep_imports() -> None:
    """Send what waits, what was killed and what is scheduled; drop files that nobody reads any more."""
    for import_id in imports.due(timezone.now()):
        run_import.delay(import_id)
    imports.clear_files(timezone.now())


@shared_task(name="knowledge.gather_gaps")
def gather_gaps() -> None:
    """Give a gap to questions that found no answer, until each has one."""
    with _gathering.tried() as ours:
        if not ours:
            return
        more = clusters.place_waiting()
    if more:
        gather_gaps.delay()


@shared_task(name="knowledge.close_answered_gaps")
def close_answered_gaps() -> None:
    """Close the gaps that what was published answers, a second at a time."""
    with _closing.tried() as ours:
        if not ours:
            return
        more = answered.close_answered(now=timezone.now(), seconds=SWEEP_SECONDS)
    if more:
        close_answered_gaps.delay()


@shared_task(name="knowledge.look_after_articles")
def look_after_articles() -> None:
    """Notice what is wrong with what was published, a second at a time; then what has become wrong by its date."""
    with _looking.tried() as ours:
        if not ours:
            return
        now = timezone.now()
        more = care.look(now=now, seconds=SWEEP_SECONDS)
        if not more:
            care.look_at_dates(now=now, today=timezone.localdate())
    if more:
        look_after_articles.delay()


@shared_task(name="knowledge.ask_outside_page")
def ask_outside_page() -> None:
    """Ask whether a page of another site that articles link to is there; one at a time, while nothing else waits."""
    if not settings.TANDEM.check_links:
        return
    with _asking.tried() as ours:
        if not ours:
            return
        link_check.ask_next(now=timezone.now())

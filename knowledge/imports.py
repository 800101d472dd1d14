"""The verbs of imports: make one, run it again, stop it, and who runs it. The row is the truth, a task its wake-up."""

import os
import socket
import uuid
from datetime import datetime, timedelta
from typing import Any, Final

from celery import current_app
from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from supportsite.sites.models import Site

from . import import_files
from .documents.document import Detail, storable, storable_detail
from .models import Collection, Import, ImportItem, ImportKind, ImportState

TASK: Final = "knowledge.run_import"
LASTS: Final = timedelta(seconds=300)  # more than the longest thing that a run waits for without a word
KEPT: Final = timedelta(days=7)  # the files of an import that was stopped
_CLOSED: Final = (ImportState.DONE, ImportState.FAILED, ImportState.STOPPED)

# As in chat/leases.py: the place is the same at every start of this process, the boot is not.
_PLACE: Final = f"{socket.gethostname()[:30]}:{settings.TANDEM.port}"
RUNNER: Final = f"{_PLACE}/{os.getpid()}-{uuid.uuid4().hex[:8]}"


def make(
    *,
    site: Site,
    kind: ImportKind,
    source: str,
    language: str = "en",
    collection: Collection | None = None,
    publish: bool = False,
    replace: bool = False,
    every_hours: int = 0,
    by: User | None = None,
    files: import_files.Upload | None = None,
    path: str = "",
    runner: str = "",
) -> Import:
    """A new import, which begins after the commit. `files` are kept until it has read them; `path` is left as it is.

    Whoever names a `runner` has it leased, and runs it.
    """
    imported = Import(site=site, kind=kind, source=storable(source)[:1000], language=language, made_by=by)
    imported.collection = collection
    imported.publish, imported.replace, imported.every_hours, imported.path = publish, replace, every_hours, path
    if files:
        import_files.take(imported, files)
    if runner:
        now = timezone.now()
        imported.state, imported.runner, imported.leased_until = ImportState.RUNNING, runner, now + LASTS
        imported.started_at = now
    imported.save()
    if not runner:
        _ring(imported)
    return imported


def again(*, imported: Import) -> bool:
    """Read the whole source once more, with a new report; False where it is at work, or its files are gone."""
    if not can_run_again(imported):
        return False
    with transaction.atomic():
        closed = Import.objects.filter(pk=imported.pk, state__in=_CLOSED)
        values: dict[str, Any] = {
            "reason": "",
            "detail": {},
            "started_at": None,
            "ended_at": None,
            "next_at": None,
            "expected": 0,
        }
        if not closed.update(state=ImportState.WAITING, run=F("run") + 1, runner="", leased_until=None, **values):
            return False
        ImportItem.objects.filter(imported=imported).delete()
        _ring(imported)
    return True


def go_on(*, imported: Import) -> bool:
    """Take up a run that was stopped or failed where it ended; False where it is no such."""
    if not can_run_again(imported):
        return False
    with transaction.atomic():
        ended = Import.objects.filter(pk=imported.pk, state__in=(ImportState.STOPPED, ImportState.FAILED))
        if not ended.update(
            state=ImportState.WAITING, runner="", leased_until=None, reason="", detail={}, next_at=None
        ):
            return False
        _ring(imported)
    return True


def can_run_again(imported: Import) -> bool:
    """Whether what it reads is still there: uploaded files are not kept once they were read."""
    return imported.kind != ImportKind.FILES or import_files.are_there(imported)


def stop(*, imported: Import) -> None:
    """End it after the document that it is at; what was imported stays."""
    rows = Import.objects.filter(pk=imported.pk)
    rows.filter(state=ImportState.WAITING).update(state=ImportState.STOPPED, next_at=None)
    rows.filter(state=ImportState.RUNNING).update(state=ImportState.STOPPING)


def schedule(*, imported: Import, every_hours: int) -> None:
    """How often it is read again from now on; 0 is never. Uploaded files are read once."""
    hours = 0 if imported.kind == ImportKind.FILES else every_hours
    ended = imported.ended_at if imported.state in _CLOSED else None
    following = max(ended + timedelta(hours=hours), timezone.now()) if hours and ended else None
    Import.objects.filter(pk=imported.pk).update(every_hours=hours, next_at=following)


def take(import_id: int, *, now: datetime, runner: str = RUNNER) -> Import | None:
    """Lease an import that waits, or whose runner is gone."""
    with transaction.atomic():
        imported = (
            Import.objects.select_for_update(of=("self",), no_key=True)
            .select_related("site", "collection", "made_by")
            .filter(_free(now), pk=import_id)
            .first()
        )
        if imported is None:
            return None
        if imported.state != ImportState.STOPPING:
            imported.state = ImportState.RUNNING
        imported.started_at = imported.started_at or now
        imported.runner, imported.leased_until = runner, now + LASTS
        imported.save(update_fields=["state", "started_at", "runner", "leased_until"])
        return imported


def renew(*, imported: Import, now: datetime, expected: int = 0) -> ImportState | None:
    """Hold it for another while; its state as others may have set it, None where it is not ours any more."""
    ours = Import.objects.filter(pk=imported.pk, runner=imported.runner, run=imported.run)
    ours.update(leased_until=now + LASTS, expected=expected)
    state = ours.values_list("state", flat=True).first()
    return ImportState(state) if state else None


def finish(
    *, imported: Import, state: ImportState, now: datetime, reason: str = "", detail: Detail | None = None
) -> None:
    """The end of a run; a source with an interval has its next one named."""
    following = now + timedelta(hours=imported.every_hours) if imported.every_hours else None
    Import.objects.filter(pk=imported.pk, runner=imported.runner, run=imported.run).update(
        state=state,
        ended_at=now,
        next_at=None if state == ImportState.STOPPED else following,
        reason=reason,
        detail=storable_detail(detail or {}),
        leased_until=None,
    )
    if state != ImportState.STOPPED:
        import_files.drop(imported)


def due(now: datetime) -> list[int]:
    """What waits to be run, what was running when its process was killed, and what is scheduled for now."""
    for imported in Import.objects.filter(state__in=_CLOSED, next_at__lte=now):
        again(imported=imported)
    return list(Import.objects.filter(_free(now)).order_by("pk").values_list("pk", flat=True))


def void_earlier_boots() -> None:
    """At the start of the server: what its killed self was running is free at once."""
    _running().filter(runner__startswith=_PLACE + "/").exclude(runner=RUNNER).update(leased_until=None)


def clear_files(now: datetime) -> None:
    """Drop the files of imports that ended long ago or are gone."""
    wanted = Import.objects.filter(Q(ended_at=None) | Q(ended_at__gt=now - KEPT))
    import_files.drop_all_but(set(wanted.values_list("public_id", flat=True)))


def _running() -> QuerySet[Import]:
    return Import.objects.filter(state__in=(ImportState.RUNNING, ImportState.STOPPING))


def _free(now: datetime) -> Q:
    abandoned = Q(leased_until=None) | Q(leased_until__lt=now)
    return Q(state=ImportState.WAITING) | Q(state__in=(ImportState.RUNNING, ImportState.STOPPING)) & abandoned


def _ring(imported: Import) -> None:
    """Wake a worker after the commit; where that is lost, the sweep finds the import."""
    transaction.on_commit(lambda: current_app.send_task(TASK, args=[imported.pk]), robust=True)

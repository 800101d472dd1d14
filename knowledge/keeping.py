"""Documents of an import into the tables: each with its line of the report in one transaction, or not at all."""

import hashlib
from collections.abc import Callable, Iterable
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from .documents.document import Document, Fault, Note, Reason, Result, Unreadable, storable
from .merging import Arrival, merge
from .models import Collection, Import, ImportItem, ImportState, Origin, Outcome
from .origins import Known, Name, Origins

_KEY_LENGTH = 1000
_GATHERED = 50
_GONE = frozenset({404, 410})


class NotOurs(Exception):
    """Another process has the import, or it is gone: nothing more may be written for it."""


class Keeper:
    """Keeps the documents of one run; `complete` is asked for each that is new or another one than before."""

    def __init__(self, imported: Import, complete: Callable[[Document], Document]) -> None:
        self._import, self._complete = imported, complete
        self._collections = {c.slug: c for c in Collection.objects.filter(site=imported.site)}
        self._origins = Origins(imported.site)
        lines = ImportItem.objects.filter(imported=imported)
        self.before = frozenset(lines.values_list("key", flat=True))
        self._of_run: dict[int, str] = dict(lines.exclude(article=None).values_list("article_id", "key"))
        self._seen: set[str] = set()
        self._unchanged: list[ImportItem] = []

    @property
    def count(self) -> int:
        """Documents of this run so far, those of an earlier start included."""
        return len(self.before | self._seen)

    def keep(self, result: Result, *, now: datetime) -> None:
        """Store one result, unless an earlier start of this run did. Raises NotOurs."""
        key = fitting(result.key)
        if key in self._seen and isinstance(result, Document):
            result = Fault(f"{key} @{result.line}", Reason.TWIN, {"other": key}, result.line)
            key = fitting(result.key)
        if key in self.before or key in self._seen:
            return
        self._seen.add(key)
        if isinstance(result, Fault):
            self._write_line(self._line(key, result))
            return
        name = Name(key, result.language or self._import.language, result.region)
        arrival = Arrival(self._import, name, result, self._origins.of(name))
        if arrival.known and arrival.is_unchanged:
            self._gather(arrival, arrival.known)
        else:
            self._store(arrival, now)

    def give_up(self, result: Result) -> None:
        """A line for a document that broke while it was kept: nothing of it is there. Raises NotOurs."""
        key = fitting(result.key)
        self._write_line(self._line(key, Fault(key, Reason.CRASHED, {}, result.line)))

    def flush(self) -> None:
        """Write the lines of unchanged documents, which are gathered: nothing else is written for them."""
        items, self._unchanged = self._unchanged, []
        if not items:
            return
        with transaction.atomic():
            self._hold()
            ImportItem.objects.bulk_create(items, ignore_conflicts=True)
            articles = [item.article_id for item in items]
            Origin.objects.filter(article__in=articles, vanished_at__isnull=False).update(vanished_at=None)

    def flag_vanished(self, now: datetime) -> None:
        """A line for each article that came from here and is not there any more. It stays as it is."""
        seen, kept = self.before | self._seen, set(self._of_run.values())
        origins = Origin.objects.filter(source=self._import)
        gone = [o for o in origins if o.article_id not in self._of_run and (o.key not in seen or o.key in kept)]
        with transaction.atomic():
            self._hold()
            for origin in gone:
                # Its key may be another document's by now: one in another language.
                key = fitting(f"{origin.key} #{origin.language}") if origin.key in seen else origin.key
                self._flag(key, origin.article_id, now)

    def _gather(self, arrival: Arrival, known: Known) -> None:
        key, read = arrival.name.key, arrival.read
        self._of_run[known.article_id] = key
        notes = _true_of(read.notes, is_hidden=read.draft, is_public=known.is_public)
        self._unchanged.append(self._item(key, read.line, Outcome.UNCHANGED, notes, known.article_id))
        if known.vanished or len(self._unchanged) >= _GATHERED:
            self.flush()

    def _store(self, arrival: Arrival, now: datetime) -> None:
        key, read, keeps_text = arrival.name.key, arrival.read, arrival.keeps_text
        document = read if keeps_text else self._complete(read)
        try:
            with transaction.atomic():
                self._hold()
                merged = merge(
                    arrival,
                    document,
                    keeps_text=keeps_text,
                    collections=self._collections,
                    of_run=self._of_run,
                    now=now,
                )
                public = merged.article.published_id is not None
                notes = _true_of(merged.notes, is_hidden=read.draft, is_public=public)
                if merged.outcome is Outcome.CREATED and self._origins.of_key(key):
                    notes.append(Note(Reason.OTHER_STAYS))
                self._item(key, read.line, merged.outcome, notes, merged.article.pk).save(force_insert=True)
        except Unreadable as error:
            self._write_line(self._line(key, Fault(key, error.reason, error.detail, read.line)))
        except ValidationError as error:
            field, messages = next(iter(error.message_dict.items()))
            detail: dict[str, str | int] = {"field": field, "why": messages[0]}
            self._write_line(self._line(key, Fault(key, Reason.REFUSED, detail, read.line)))
        except IntegrityError:  # somebody made an article with this slug in the same moment
            self._write_line(self._line(key, Fault(key, Reason.TAKEN, {"slug": read.slug}, read.line)))
        else:
            self._of_run[merged.article.pk] = key

    def _line(self, key: str, fault: Fault) -> ImportItem:
        known = self._origins.of_key(key)
        if known and fault.reason is Reason.STATUS and fault.detail.get("status") in _GONE:
            outcome = Outcome.VANISHED
        else:
            outcome = Outcome.SKIPPED if fault.reason is Reason.UNKNOWN_FORM else Outcome.FAILED
        return ImportItem(
            imported=self._import,
            key=key,
            line=fault.line,
            outcome=outcome,
            reason=fault.reason,
            detail=fault.detail,
            article_id=known.article_id if known else None,
        )

    def _write_line(self, line: ImportItem) -> None:
        with transaction.atomic():
            self._hold()
            line.save(force_insert=True)

    def _flag(self, key: str, article_id: int, now: datetime) -> None:
        ImportItem(imported=self._import, key=key, outcome=Outcome.VANISHED, article_id=article_id).save()
        Origin.objects.filter(article=article_id, vanished_at=None).update(vanished_at=now)

    def _item(self, key: str, line: int, outcome: Outcome, notes: Iterable[Note], article_id: int) -> ImportItem:
        said = [{"reason": note.reason, "detail": note.detail} for note in notes]
        return ImportItem(imported=self._import, key=key, line=line, outcome=outcome, notes=said, article_id=article_id)

    def _hold(self) -> None:
        """Inside a transaction: the import is still this run's."""
        ours = Import.objects.select_for_update(no_key=True).filter(
            pk=self._import.pk,
            run=self._import.run,
            runner=self._import.runner,
            state__in=(ImportState.RUNNING, ImportState.STOPPING),
        )
        if ours.values_list("pk", flat=True).first() is None:
            raise NotOurs


def _true_of(notes: Iterable[Note], *, is_hidden: bool, is_public: bool) -> list[Note]:
    """The notes; none says that readers do not see what they see here, as a curator chose."""
    if not (is_hidden and is_public):
        return list(notes)
    return [*(note for note in notes if note.reason is not Reason.RESTRICTED), Note(Reason.PUBLIC_HERE)]


def fitting(key: str) -> str:
    """A key that fits into its column, and is no other's."""
    key = storable(key)
    if len(key) <= _KEY_LENGTH:
        return key
    return key[: _KEY_LENGTH - 65] + "…" + hashlib.sha256(key.encode()).hexdigest()

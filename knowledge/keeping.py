"""Documents of an import into the tables: each with its line of the report in one transaction, or not at all."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import IntegrityError, transaction

from . import import_links, publish
from .documents.document import Document, Fault, Note, Reason, Result, Unreadable, storable, storable_detail
from .merging import Arrival, merge
from .models import Article, Collection, Import, ImportItem, ImportState, Origin, Outcome
from .origins import Known, Name, Origins, digest_of

_KEY_LENGTH = 1000
_GATHERED = 50
_GONE = frozenset({404, 410})


class NotOurs(Exception):
    """Another process has the import, or it is gone: nothing more may be written for it."""


class Keeper:
    """Keeps the documents of one run; `complete` is asked for each that is new or another one than before."""

    def __init__(
        self, imported: Import, complete: Callable[[Document], Document], led: Sequence[tuple[str, str]] = ()
    ) -> None:
        self._import, self._complete = imported, complete
        self._collections = {c.slug: c for c in Collection.objects.filter(site=imported.site)}
        self._origins = Origins(imported.site)
        self._links = import_links.Turner(imported.site, self._origins.articles(), led)
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

    def turn_links(self, now: datetime) -> Iterator[int]:
        """Turn links that waited for documents which are here by now. Yields each article's id, as it may take long."""
        for pk in import_links.waiting(self._import.site, self._links, self._of_run):
            try:
                with transaction.atomic():
                    self._hold()
                    self._turn_links_of(pk, now)
            # They wait on: checks stand against it, somebody is at work there, or it is gone in this moment.
            except (publish.NothingToPublish, publish.StaleDraft, ValidationError, ObjectDoesNotExist):
                pass
            yield pk

    def _turn_links_of(self, origin_id: int, now: datetime) -> None:
        # The article before its origin, as `merge` locks them.
        articles = Article.objects.select_for_update(of=("self",), no_key=True).select_related("published")
        article = articles.get(origin=origin_id)
        origin = Origin.objects.select_for_update(no_key=True).get(pk=origin_id)
        if origin.digest != digest_of(article.title, article.body):
            return  # it was changed here: its links are the curator's
        turned = import_links.mended(article, self._links)
        if turned.body != article.body:
            shown = article.published is not None and publish.same_text(article.published, article)
            publish.save_draft(article=article, by=self._import.made_by, revision=article.revision, body=turned.body)
            if shown and self._import.publish:
                told: dict[str, Any] = {
                    "by": self._import.made_by,
                    "revision": article.revision,
                    "audience": article.shown_to,
                }
                publish.publish(article=article, now=now, wake=False, **told)
            self._tell_of_links(origin, turned)
        digest = digest_of(article.title, article.body)
        Origin.objects.filter(pk=origin.pk).update(digest=digest, waits_for=turned.waits_for)

    def _tell_of_links(self, origin: Origin, turned: import_links.Turned) -> None:
        """In the article's line; one that is not of this run has none yet."""
        line = ImportItem.objects.filter(imported=self._import, article=origin.article_id).first()
        if line is None:
            key = fitting(f"{origin.key} #{origin.language}") if origin.key in self.before | self._seen else origin.key
            line = ImportItem(imported=self._import, key=key, outcome=Outcome.UPDATED, article_id=origin.article_id)
        elif line.outcome == Outcome.UNCHANGED:
            line.outcome = Outcome.UPDATED
        before = [note for note in line.notes if note["reason"] not in import_links.REASONS]
        earlier = sum(note["detail"]["count"] for note in line.notes if note["reason"] == Reason.LINKS_TURNED)
        notes = replace(turned, count=turned.count + earlier).notes
        line.notes = [*before, *map(_said, notes)]
        line.save()

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
        turned = None if keeps_text else self._turned(arrival, document)
        document = replace(document, body=turned.body) if turned else document
        try:
            with transaction.atomic():
                self._hold()
                merged = merge(
                    arrival,
                    document,
                    keeps_text=keeps_text,
                    collections=dict(self._collections),
                    of_run=self._of_run,
                    now=now,
                )
                public = merged.article.published_id is not None
                if turned:
                    origins = Origin.objects.filter(article=merged.article)
                    origins.update(waits_for=turned.waits_for, parts=read.parts)
                    merged = replace(merged, notes=(*merged.notes, *turned.notes))
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
            # Not before the commit: a collection that was made for a document which failed is not there.
            self._collections[merged.article.collection.slug] = merged.article.collection
            self._of_run[merged.article.pk] = key
            self._links.learn(arrival.name, merged.article.pk)

    def _turned(self, arrival: Arrival, document: Document) -> import_links.Turned:
        known, read = arrival.known, arrival.read
        there = Article.objects.filter(pk=known.article_id).first() if known and document.links else None
        will_be_public = self._import.publish and not read.draft
        reader = import_links.reader_of(document, arrival.name, there, is_public=will_be_public)
        return self._links.turn(document.body, document.links, reader)

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
            detail=storable_detail(fault.detail),
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
        said = list(map(_said, notes))
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


def _said(note: Note) -> dict[str, Any]:
    return {"reason": note.reason, "detail": storable_detail(note.detail)}


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

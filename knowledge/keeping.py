"""Documents of an import into the tables: each with its line of the report in one transaction, or not at all."""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef
from django.utils.text import slugify

from supportsite.sites.models import Site

from . import publish
from .documents.document import Document, Fault, Reason, Result, Unreadable, storable
from .models import Article, Collection, Import, ImportItem, ImportState, Origin, Outcome, Version

GENERAL = "general"
_KEY_LENGTH = 1000
_GATHERED = 50
_GONE = frozenset({404, 410})


class NotOurs(Exception):
    """Another process has the import, or it is gone: nothing more may be written for it."""


@dataclass
class _Known:
    """What was there of a document before this run."""

    article_id: int
    read_digest: str
    digest: str
    was_published: bool
    vanished: bool


class Keeper:
    """Keeps the documents of one run; `complete` is asked for each that is new or another one than before."""

    def __init__(self, imported: Import, complete: Callable[[Document], Document]) -> None:
        self._import, self._complete = imported, complete
        self._collections = {c.slug: c for c in Collection.objects.filter(site=imported.site)}
        self._known = _known(imported.site)
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
        elif self._is_unchanged(key, result):
            known = self._known[key]
            self._of_run[known.article_id] = key
            self._unchanged.append(self._item(key, result, Outcome.UNCHANGED, article_id=known.article_id))
            if known.vanished or len(self._unchanged) >= _GATHERED:
                self.flush()
        else:
            self._store(key, result, now)

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
            back = [item.article_id for item in items if self._known[item.key].vanished]
            Origin.objects.filter(article__in=back).update(vanished_at=None)

    def flag_vanished(self, now: datetime) -> None:
        """A line for each article that came from here and is not there any more. It stays as it is."""
        seen = self.before | self._seen
        gone = [origin for origin in Origin.objects.filter(source=self._import) if origin.key not in seen]
        with transaction.atomic():
            self._hold()
            for origin in gone:
                self._flag(origin.key, origin.article_id, now)

    def _store(self, key: str, read: Document, now: datetime) -> None:
        document = self._complete(read)
        try:
            with transaction.atomic():
                self._hold()
                article, outcome = self._write(key, document, digest_of(read.title, read.body), now)
                self._item(key, document, outcome, article_id=article.pk).save(force_insert=True)
        except Unreadable as error:
            self._write_line(self._line(key, Fault(key, error.reason, error.detail, document.line)))
        except ValidationError as error:
            field, messages = next(iter(error.message_dict.items()))
            detail: dict[str, str | int] = {"field": field, "why": messages[0]}
            self._write_line(self._line(key, Fault(key, Reason.REFUSED, detail, document.line)))
        except IntegrityError:  # somebody made an article with this slug in the same moment
            self._write_line(self._line(key, Fault(key, Reason.TAKEN, {"slug": document.slug}, document.line)))
        else:
            self._of_run[article.pk] = key

    def _write(self, key: str, document: Document, read: str, now: datetime) -> tuple[Article, Outcome]:
        known = self._known.get(key)
        article = self._article(document, known)
        if article:
            self._refuse_to_overwrite(key, article, known)
        imported = self._import
        before = (article.revision, article.published_id) if article else None
        withdrawn = article is not None and article.withdrawn_at is not None
        written = write(
            document,
            article=article,
            site=imported.site,
            language=imported.language,
            collection=imported.collection or collection_for(document.collection, imported.site, self._collections),
            published=imported.publish and not document.draft and not withdrawn,
            by=imported.made_by,
            now=now,
        )
        Origin.objects.filter(article=written).exclude(key=key).delete()
        Origin.objects.update_or_create(
            site=imported.site,
            key=key,
            defaults={
                "article": written,
                "source": imported,
                "read_digest": read,
                "digest": digest_of(written.title, written.body),
                "vanished_at": None,
            },
        )
        if before is None:
            return written, Outcome.CREATED
        return written, Outcome.UNCHANGED if before == (written.revision, written.published_id) else Outcome.UPDATED

    def _article(self, document: Document, known: _Known | None) -> Article | None:
        articles = Article.objects.select_for_update(of=("self",), no_key=True)
        if known:
            return articles.filter(pk=known.article_id).first()
        language = document.language or self._import.language
        return articles.filter(
            site=self._import.site, slug=document.slug, language=language, region=document.region
        ).first()

    def _refuse_to_overwrite(self, key: str, article: Article, known: _Known | None) -> None:
        """Raises Unreadable where the article is another document's of this run, or was written or changed here."""
        other = self._of_run.get(article.pk)
        if other and other != key:
            raise Unreadable(Reason.TWIN, other=other)
        if self._import.replace:
            return
        if known is None:
            raise Unreadable(Reason.TAKEN, slug=article.slug)
        if digest_of(article.title, article.body) != known.digest:
            raise Unreadable(Reason.EDITED)

    def _is_unchanged(self, key: str, document: Document) -> bool:
        known = self._known.get(key)
        if (
            document.audience
            or document.questions
            or known is None
            or known.read_digest != digest_of(document.title, document.body)
        ):
            return False
        return known.was_published or not self._import.publish or document.draft

    def _line(self, key: str, fault: Fault) -> ImportItem:
        known = self._known.get(key)
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

    def _item(self, key: str, document: Document, outcome: Outcome, *, article_id: int) -> ImportItem:
        notes = [{"reason": note.reason, "detail": note.detail} for note in document.notes]
        return ImportItem(
            imported=self._import,
            key=key,
            line=document.line,
            outcome=outcome,
            notes=notes,
            article_id=article_id,
        )

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


def write(
    document: Document,
    *,
    article: Article | None,
    site: Site,
    language: str,
    collection: Collection,
    published: bool,
    by: User | None,
    now: datetime,
) -> Article:
    """The article of a document, as a draft or published. Raises ValidationError, and Unreadable for an empty one."""
    if article is None:
        article = publish.create_article(
            site=site,
            collection=collection,
            slug=document.slug,
            language=document.language or language,
            region=document.region,
            title=document.title,
            body=document.body,
        )
    changes = _changes(document, article, collection)
    if changes:
        publish.save_draft(article=article, by=by, **changes)
    if published:
        try:
            publish.publish(article=article, by=by, now=now, wake=False, pieces=document.pieces or None)
        except publish.Refused as error:
            raise Unreadable(Reason.REFUSED, field="publish", why="; ".join(error.faults)) from error
        except publish.NothingToPublish as error:
            raise Unreadable(Reason.EMPTY) from error
    return article


def _changes(document: Document, article: Article, collection: Collection) -> publish.Draft:
    """What of the article is not as the document has it. A document that names no audience or question changes none."""
    changes = publish.Draft()
    if article.title != document.title:
        changes["title"] = document.title
    if article.body != publish.with_plain_ends(document.body):
        changes["body"] = document.body
    if article.collection_id != collection.pk:
        changes["collection"] = collection
    if document.audience and article.audience != document.audience:
        changes["audience"] = document.audience
    if document.questions and article.questions != list(document.questions):
        changes["questions"] = list(document.questions)
    return changes


def collection_for(name: str, site: Site, there: dict[str, Collection]) -> Collection:
    """The collection that a source names, made where there is none. Raises ValidationError."""
    slug = name if name in there else slugify(name)[:60].strip("-") or GENERAL
    if slug not in there:
        title = name if name and name != slug else slug.replace("-", " ").capitalize()
        collection = Collection(site=site, slug=slug, titles={"en": storable(title)[:120]}, position=len(there))
        collection.full_clean()
        collection.save()
        there[slug] = collection
    return there[slug]


def digest_of(title: str, body: str) -> str:
    """The name of a text, to see whether it is the same as before."""
    return hashlib.sha256(f"{title}\0{body}".encode()).hexdigest()


def fitting(key: str) -> str:
    """A key that fits into its column, and is no other's."""
    key = storable(key)
    if len(key) <= _KEY_LENGTH:
        return key
    return key[: _KEY_LENGTH - 65] + "…" + hashlib.sha256(key.encode()).hexdigest()


def _known(site: Site) -> dict[str, _Known]:
    versions = Version.objects.filter(article=OuterRef("article"))
    origins: Iterable[Any] = Origin.objects.filter(site=site).annotate(was_published=Exists(versions))
    return {
        o.key: _Known(o.article_id, o.read_digest or o.digest, o.digest, o.was_published, o.vanished_at is not None)
        for o in origins
    }

"""The verbs that change articles: create, save the draft, publish, undo, withdraw."""

import hashlib
import re
from datetime import datetime
from typing import TypedDict, Unpack

from celery import current_app
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from supportsite.sites.models import Site

from .models import Article, Collection, Section, Version
from .split import embedded_text, sections

INDEX_TASK = "knowledge.index_version"
SWEEP_TASK = "knowledge.sweep_index"
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*\Z")
_REGION = re.compile(r"[A-Z0-9]{0,8}\Z")


class NothingToPublish(Exception):
    """The article has no such version, or no text."""


def create_article(
    *, site: Site, collection: Collection, slug: str, language: str, region: str = "", title: str, body: str
) -> Article:
    """A new article as a draft. Raises ValidationError with the fields that are wrong."""
    article = Article(site=site, collection=collection, slug=slug, language=language, region=region)
    article.title, article.body = title, body
    check(article)
    article.save()
    return article


class Draft(TypedDict, total=False):
    """What of an article may be changed; readers know an article by the last three once it is published."""

    title: str
    body: str
    collection: Collection
    slug: str
    language: str
    region: str


def save_draft(*, article: Article, **changes: Unpack[Draft]) -> Article:
    """Keep a draft; readers go on seeing what is published. Raises ValidationError.

    What is not given stays as it is stored, whatever `article` remembers of it: two people may change two fields.
    """
    with transaction.atomic():
        Article.objects.select_for_update().get(pk=article.pk)
        article.refresh_from_db()
        moved = "collection" in changes and changes["collection"].pk != article.collection_id
        for name, value in changes.items():
            setattr(article, name, value)
        check(article)
        article.save(update_fields=[*changes, "updated_at"])
        if moved and article.published_id:
            Version.objects.filter(pk=article.published_id).update(indexed_at=None)
            _ring(article.published_id)
    return article


def check(article: Article) -> None:
    """Raise ValidationError, by field, unless the article may be saved."""
    wrong = faults(article.language, article.region, article.title, article.body)
    if article.collection.site_id != article.site_id:
        wrong["collection"] = _("That collection belongs to another site.")
    if wrong:
        raise ValidationError(wrong)
    article.full_clean()


def faults(language: str, region: str, title: str, body: str) -> dict[str, str]:
    """What is wrong with an article's fields, beyond their lengths."""
    wrong: dict[str, str] = {}
    if not _LANGUAGE.match(language):
        wrong["language"] = _("Write a language as en or pt-br.")
    if not _REGION.match(region):
        wrong["region"] = _("Write a region in capitals, as UK or EU, or leave it empty.")
    for name, value in (("title", title), ("body", body)):
        if "\0" in value or not _is_unicode(value):
            wrong[name] = _("There is a character in it that cannot be stored.")
    return wrong


def publish(*, article: Article, by: User | None, now: datetime, wake: bool = True) -> Version:
    """Publish the draft; the same text again is the version that is there. Raises NothingToPublish for an empty one.

    Whoever publishes many at once leaves out `wake` and calls `wake_sweep` in their end.
    """
    with transaction.atomic():
        locked = Article.objects.select_for_update().get(pk=article.pk)
        if not locked.body.strip():
            raise NothingToPublish(_("The article has no text yet."))
        current = locked.published
        if current and (current.title, current.body) == (locked.title, locked.body):
            article.published = current
            return current
        version = _append(locked, by, now)
        Article.objects.filter(pk=locked.pk).update(published=version)
        if wake:
            _ring(version.pk)
    article.published = version
    return version


def undo(*, article: Article, to_number: int, by: User | None, now: datetime) -> Version:
    """Publish an older version's text again, as a new version; it becomes the draft too."""
    with transaction.atomic():
        older = Version.objects.filter(article=article, number=to_number).first()
        if older is None:
            raise NothingToPublish(_("There is no version %(number)s.") % {"number": to_number})
        article.title, article.body = older.title, older.body
        article.save(update_fields=["title", "body", "updated_at"])
        return publish(article=article, by=by, now=now)


def withdraw(*, article: Article, by: User | None, now: datetime) -> None:
    """Show the article to nobody from now on; draft and versions stay."""
    with transaction.atomic():
        locked = Article.objects.select_for_update().get(pk=article.pk)
        if locked.published_id is None:
            return
        Article.objects.filter(pk=locked.pk).update(published=None)
        _ring(locked.published_id)
    article.published = None


def _append(article: Article, by: User | None, now: datetime) -> Version:
    last = article.versions.aggregate(last=Max("number"))["last"] or 0
    version = Version.objects.create(
        article=article,
        number=last + 1,
        title=article.title,
        body=article.body,
        published_at=now,
        published_by=by,
    )
    Section.objects.bulk_create(
        Section(
            version=version,
            position=position,
            heading=piece.heading,
            anchor=piece.anchor,
            text=piece.text,
            digest=digest_of(embedded_text(version.title, piece.heading, piece.text)),
        )
        for position, piece in enumerate(sections(version.title, version.body))
    )
    return version


def digest_of(text: str) -> str:
    """The name of a text among the vectors."""
    return hashlib.sha256(text.encode()).hexdigest()


def _ring(version_id: int) -> None:
    """Wake the indexer after the commit; where that is lost, its sweep finds the version."""
    transaction.on_commit(lambda: current_app.send_task(INDEX_TASK, args=[version_id]), robust=True)


def wake_sweep() -> None:
    """Wake the sweep after the commit: it indexes whatever is due."""
    transaction.on_commit(lambda: current_app.send_task(SWEEP_TASK), robust=True)


def _is_unicode(text: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in text)

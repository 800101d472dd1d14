"""One document of an import into its article: what its source changed comes in, what was changed here stays."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType

from django.contrib.auth.models import User
from django.utils.text import slugify
from django.utils.translation import gettext, override

from supportsite.sites.models import Site

from . import filing, publish
from .documents.document import Document, Note, Reason, Unreadable, storable
from .models import Article, Collection, Import, Origin, Outcome
from .origins import (
    Known,
    Name,
    digest_of,
    filed_digest,
    is_narrower,
    read_digest,
    read_filed_digest,
    within_what_is_kept,
)

GENERAL = "general"


@dataclass(frozen=True)
class Arrival:
    """A document of an import as it was read, and what is known of it. Without `replace`, what was done here stays."""

    imported: Import
    name: Name
    read: Document
    known: Known | None

    @property
    def is_unchanged(self) -> bool:
        """Whether nothing of it is to be written."""
        known, read = self.known, self.read
        if known is None or not known.has_text_of(read) or known.read_filed_digest != self.read_filed_digest:
            return False
        if self.imported.replace and not _is_as_written(known, read):
            return False
        return known.was_published or not self.imported.publish or read.draft

    @property
    def keeps_text(self) -> bool:
        """Whether the text stays as it is here: its source has no other one than before."""
        known = self.known
        if known is None or not known.has_text_of(self.read):
            return False
        return not self.imported.replace or not known.is_edited(Article.objects.get(pk=known.article_id))

    @property
    def read_filed_digest(self) -> str:
        """The name of what was read beside the text, or was chosen for the whole import."""
        chosen = self.imported.collection
        return read_filed_digest(self.read, chosen.slug if chosen else self.read.collection)


@dataclass(frozen=True)
class Merged:
    """An article after an import, what became of it, and what is worth knowing of that."""

    article: Article
    outcome: Outcome
    notes: tuple[Note, ...]


def merge(
    arrival: Arrival,
    document: Document,
    *,
    keeps_text: bool,
    collections: dict[str, Collection],
    of_run: Mapping[int, str],
    now: datetime,
) -> Merged:
    """Write the document, with its pictures copied, in a transaction of the caller's. `of_run`: article to key.

    Raises Unreadable, ValidationError, and IntegrityError where somebody made the same article in this moment.
    """
    imported, known, article = arrival.imported, arrival.known, _article(arrival)
    titles = document.filing.collection_titles if document.filing else {}
    collection = imported.collection or collection_for(document.collection, imported.site, collections, titles)
    edited = filed_anew = False
    if article:
        _refuse_to_overwrite(arrival, article, keeps_text, of_run)
    if article and known:
        edited = known.is_edited(article)
        if not imported.replace:
            document, collection, filed_anew = within_what_is_kept(document, article, collection, known)
        if keeps_text:
            document = replace(document, title=article.title, body=article.body, pieces=())
    withdrawn = article is not None and article.withdrawn_at is not None
    is_half_written = keeps_text and (edited or (document.has_draft and known is not None and known.was_published))
    before = (article.revision, article.published_id) if article else None
    written = write(
        document,
        article=article,
        site=imported.site,
        language=imported.language,
        collection=collection,
        published=imported.publish and not (document.draft or withdrawn or is_half_written),
        by=imported.made_by,
        now=now,
    )
    shown = _shown_as_there(arrival, written, now)
    filed = _filed_as_there(arrival, written, document, is_new=article is None, keeps_text=keeps_text, now=now)
    _remember(arrival, written, text_is_ours=edited and keeps_text, filed_anew=filed_anew)
    return Merged(written, _outcome(before, written), (*document.notes, *shown, *filed))


def _is_as_written(known: Known, read: Document) -> bool:
    article = Article.objects.select_related("collection").get(pk=known.article_id)
    other = bool(read.audience) and read.audience != article.audience
    other = other or bool(read.filing and filing.is_other(article, read.filing))
    return not (other or known.is_edited(article) or known.is_filed_anew(article))


def _article(arrival: Arrival) -> Article | None:
    articles = Article.objects.select_for_update(of=("self",), no_key=True).select_related("collection")
    if arrival.known:
        return articles.filter(pk=arrival.known.article_id).first()
    _key, language, region = arrival.name
    there = articles.filter(site=arrival.imported.site, language=language, region=region)
    slug = arrival.read.slug
    # Nobody tells two addresses apart by their capitals.
    return there.filter(slug=slug).first() or there.filter(slug__iexact=slug).first()


def _refuse_to_overwrite(arrival: Arrival, article: Article, keeps_text: bool, of_run: Mapping[int, str]) -> None:
    """Raises Unreadable where the article is another document's of this run, or was written or changed here."""
    known, read = arrival.known, arrival.read
    other = of_run.get(article.pk)
    if other and other != arrival.name.key:
        raise Unreadable(Reason.TWIN, other=other)
    if arrival.imported.replace:
        return
    if known is None:
        raise Unreadable(Reason.TAKEN, slug=article.slug)
    if known.is_edited(article) and not keeps_text:
        hides = (read.draft and not known.is_hidden) or is_narrower(read, article)
        raise Unreadable(Reason.STILL_PUBLIC if hides and article.published_id else Reason.EDITED)


def _shown_as_there(arrival: Arrival, article: Article, now: datetime) -> tuple[Note, ...]:
    """Withdraw what is for readers here and no more at its source, since it was read last. Returns what to say."""
    imported, known, read = arrival.imported, arrival.known, arrival.read
    if known and read.draft and not known.is_hidden and article.published_id:
        with override(imported.site.locale):
            because = gettext("Where it came from it is a draft now, or not for everybody.")
        if read.filing and read.filing.withdrawn_because:
            because = storable(read.filing.withdrawn_because)
        publish.withdraw(article=article, by=imported.made_by, now=now, because=because)
        return (Note(Reason.WITHDRAWN),)
    if imported.publish and article.withdrawn_at and not read.draft:
        return (Note(Reason.STAYS_WITHDRAWN),)
    return ()


def _filed_as_there(
    arrival: Arrival, article: Article, document: Document, *, is_new: bool, keeps_text: bool, now: datetime
) -> tuple[Note, ...]:
    """What an export of ours tells beside the text. Returns what to say."""
    imported, told = arrival.imported, document.filing
    if told is None:
        return ()
    replaces = is_new or imported.replace
    withdrawn: tuple[Note, ...] = ()
    if is_new and told.is_withdrawn and imported.publish:
        withdrawn = filing.withdraw(article, document, told, by=imported.made_by, now=now)
    notes = () if keeps_text else filing.draft(article, told, by=imported.made_by)
    return (*withdrawn, *notes, *filing.keep(article, told, replaces=replaces, by=imported.made_by))


def _outcome(before: tuple[int, int | None] | None, article: Article) -> Outcome:
    """What became of an article, by its revision and published version `before`; None: there was none."""
    if before is None:
        return Outcome.CREATED
    return Outcome.UNCHANGED if before == (article.revision, article.published_id) else Outcome.UPDATED


def _remember(arrival: Arrival, article: Article, *, text_is_ours: bool, filed_anew: bool) -> None:
    """Where the article came from, as it was read and written now; what is ours is compared with what was written."""
    known = arrival.known
    digests = {
        "digest": known.digest if known and text_is_ours else digest_of(article.title, article.body),
        "filed_digest": known.filed_digest if known and filed_anew else filed_digest(article),
    }
    imported, read, name = arrival.imported, arrival.read, arrival.name._asdict()
    Origin.objects.filter(article=article).exclude(**name).delete()
    read_digests = {"read_digest": read_digest(read), "read_filed_digest": arrival.read_filed_digest}
    Origin.objects.update_or_create(
        site=imported.site,
        **name,
        defaults={
            **digests,
            **read_digests,
            "article": article,
            "source": imported,
            "is_hidden": read.draft,
            "vanished_at": None,
        },
    )


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
            slug=_slug_there(site, document.slug),
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
            # Nobody is there: what a curator has made a draft for more people is theirs to publish.
            audience = document.audience or article.shown_to
            pieces = document.pieces or None
            publish.publish(article=article, by=by, now=now, wake=False, pieces=pieces, audience=audience)
        except publish.Refused as error:
            raise Unreadable(Reason.REFUSED, field="publish", why="; ".join(error.faults)) from error
        except publish.NothingToPublish as error:
            raise Unreadable(Reason.EMPTY) from error
    return article


def _slug_there(site: Site, slug: str) -> str:
    """The slug of the article of which this is to be a variant, whatever its capitals; else the one that is given."""
    there = Article.objects.filter(site=site)
    if there.filter(slug=slug).exists():
        return slug
    return there.filter(slug__iexact=slug).values_list("slug", flat=True).first() or slug


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


def collection_for(
    name: str, site: Site, there: dict[str, Collection], titles: Mapping[str, str] = MappingProxyType({})
) -> Collection:
    """The collection that a source names, made with its `titles` where there is none. Raises ValidationError."""
    slug = name if name in there else slugify(name)[:60].strip("-") or GENERAL
    if slug not in there:
        title = name if name and name != slug else slug.replace("-", " ").capitalize()
        told = {language: storable(told)[:120] for language, told in (titles or {"en": title}).items()}
        collection = Collection(site=site, slug=slug, titles=told, position=len(there))
        collection.full_clean()
        collection.save()
        there[slug] = collection
    return there[slug]

"""What an export tells of an article beside its text, back into the tables: tags, owner, review, draft, withdrawal."""

from datetime import date, datetime

from django.contrib.auth.models import User

from . import publish, slugs
from .documents.document import Document, Filing, Note, Reason, storable
from .models import Article, FormerSlug, Tag
from .reviews import owners

_TAG_LENGTH = 40


def keep(article: Article, filing: Filing, *, replaces: bool, by: User | None) -> tuple[Note, ...]:
    """Tags, owner, review date and former slugs; without `replaces` only what is missing here.

    Returns what to say of what could not be kept.
    """
    _keep_tags(article, filing, replaces=replaces)
    changes = publish.Draft()
    notes = []
    if filing.review_on and (replaces or article.review_on is None):
        changes["review_on"] = date.fromisoformat(filing.review_on)
    if filing.owner and (replaces or article.owner_id is None):
        changes["owner"] = owners().filter(site=article.site_id, user__username=storable(filing.owner)).first()
        if changes["owner"] is None:
            del changes["owner"]
            notes.append(Note(Reason.OWNER_NOT_HERE, {"owner": filing.owner}))
    if any(getattr(article, name) != value for name, value in changes.items()):
        publish.save_draft(article=article, by=by, **changes)
    if taken := _keep_former_slugs(article, filing):
        notes.append(Note(Reason.SLUGS_TAKEN, {"slugs": ", ".join(taken)}))
    return tuple(notes)


def withdraw(article: Article, document: Document, filing: Filing, *, by: User | None, now: datetime) -> None:
    """Make a new article one that was shown and withdrawn, as it was where the export comes from.

    Where checks stand against its text, or it has none, it stays a draft.
    """
    try:
        publish.publish(article=article, by=by, now=now, wake=False, pieces=document.pieces or None)
    except publish.NothingToPublish:
        return
    instead = Article.objects.filter(site=article.site_id, slug=filing.replaced_by).exclude(pk=article.pk)
    publish.withdraw(
        article=article,
        by=by,
        now=now,
        because=storable(filing.withdrawn_because),
        replaced_by=instead.filter(language=article.language).first() or instead.first(),
    )


def draft(article: Article, filing: Filing, *, by: User | None) -> None:
    """What is written and not published yet, where the article has another draft. Raises ValidationError."""
    text = filing.draft
    if text is None:
        return
    wanted = publish.Draft(title=text.title, body=publish.with_plain_ends(text.body), questions=list(text.questions))
    if any(getattr(article, name) != value for name, value in wanted.items()):
        publish.save_draft(article=article, by=by, **wanted)


def _keep_tags(article: Article, filing: Filing, *, replaces: bool) -> None:
    names = dict.fromkeys(storable(name).strip()[:_TAG_LENGTH] for name in filing.tags)
    tags = [Tag.objects.get_or_create(site_id=article.site_id, name=name)[0] for name in names if name]
    if replaces:
        article.tags.set(tags)
    else:
        article.tags.add(*tags)


def _keep_former_slugs(article: Article, filing: Filing) -> list[str]:
    """Those that were left out."""
    taken = []
    for slug in filing.former_slugs:
        if slug == article.slug or Article.objects.filter(site=article.site_id, slug=slug).exists():
            taken.append(slug)
        elif slugs.now_of(article.site, slug) is None:
            FormerSlug.objects.create(site=article.site, slug=slug, article=article)
    return taken

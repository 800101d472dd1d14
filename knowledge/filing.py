"""What an export tells of an article beside its text, back into the tables: tags, owner, review, draft, withdrawal."""

from datetime import date, datetime

from django.contrib.auth.models import User

from supportsite.sites.models import Member

from . import publish, slugs
from .documents.document import Document, Filing, Note, Reason
from .models import Article, FormerSlug, Tag
from .reviews import owners

_TAG_LENGTH = 40


def keep(article: Article, filing: Filing, *, replaces: bool, by: User | None) -> tuple[Note, ...]:
    """Tags, owner, review date and former slugs; without `replaces` only what is missing here.

    Returns what to say of what could not be kept.
    """
    _keep_tags(article, filing, replaces=replaces)
    owner, notes = _owner(article, filing)
    changes = publish.Draft()
    if owner != article.owner and (replaces or article.owner is None) and not notes:
        changes["owner"] = owner
    if _day(filing) != article.review_on and (replaces or article.review_on is None):
        changes["review_on"] = _day(filing)
    if changes:
        publish.save_draft(article=article, by=by, **changes)
    if taken := _keep_former_slugs(article, filing):
        notes.append(Note(Reason.SLUGS_TAKEN, {"slugs": ", ".join(taken)}))
    return tuple(notes)


def is_other(article: Article, filing: Filing) -> bool:
    """Whether the article is kept in another way here: tags, owner or review date."""
    owner, _notes = _owner(article, filing)
    tags = {tag.name for tag in article.tags.all()}
    return (tags, article.owner, article.review_on) != (set(_tags(filing)), owner, _day(filing))


def _owner(article: Article, filing: Filing) -> tuple[Member | None, list[Note]]:
    """Who looks after it there, if they are here too, and what to say if not."""
    if not filing.owner:
        return None, []
    owner = owners().filter(site=article.site_id, user__username=filing.owner).first()
    return owner, [] if owner else [Note(Reason.OWNER_NOT_HERE, {"owner": filing.owner})]


def _day(filing: Filing) -> date | None:
    return date.fromisoformat(filing.review_on) if filing.review_on else None


def _tags(filing: Filing) -> list[str]:
    names = (name.strip()[:_TAG_LENGTH] for name in filing.tags)
    return [name for name in dict.fromkeys(names) if name]


def withdraw(
    article: Article, document: Document, filing: Filing, *, by: User | None, now: datetime
) -> tuple[Note, ...]:
    """Make a new article one that was shown and withdrawn, as it was where the export comes from.

    Where checks stand against its text, or it has none, it stays a draft. Returns what to say.
    """
    try:
        publish.publish(article=article, by=by, now=now, wake=False, pieces=document.pieces or None)
    except publish.NothingToPublish:
        return ()
    found = Article.objects.filter(site=article.site_id, slug=filing.replaced_by).exclude(pk=article.pk)
    instead = found.filter(language=article.language).first() or found.first()
    publish.withdraw(article=article, by=by, now=now, because=filing.withdrawn_because, replaced_by=instead)
    is_missing = filing.replaced_by and instead is None
    return (Note(Reason.REPLACEMENT_NOT_HERE, {"slug": filing.replaced_by}),) if is_missing else ()


def draft(article: Article, filing: Filing, *, by: User | None) -> tuple[Note, ...]:
    """What is written and not published yet, where the article has another draft. Raises ValidationError.

    Where readers never had the article here, their text is its draft, and the other one is left out: that is returned.
    """
    text = filing.draft
    if text is None:
        return ()
    if not article.versions.exists():
        return (Note(Reason.DRAFT_LEFT_OUT),)
    wanted = publish.Draft(title=text.title, body=publish.with_plain_ends(text.body), questions=list(text.questions))
    if any(getattr(article, name) != value for name, value in wanted.items()):
        publish.save_draft(article=article, by=by, **wanted)
    return ()


def _keep_tags(article: Article, filing: Filing, *, replaces: bool) -> None:
    tags = [Tag.objects.get_or_create(site_id=article.site_id, name=name)[0] for name in _tags(filing)]
    if replaces:
        article.tags.set(tags)
    else:
        article.tags.add(*tags)


def _keep_former_slugs(article: Article, filing: Filing) -> list[str]:
    """Those that lead elsewhere here, and were left out."""
    taken = []
    for slug in filing.former_slugs:
        now = slugs.now_of(article.site, slug)
        if Article.objects.filter(site=article.site_id, slug=slug).exists():
            now = slug
        if now is None:
            FormerSlug.objects.create(site=article.site, slug=slug, article=article)
        elif now != article.slug:
            taken.append(slug)
    return taken

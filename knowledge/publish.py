"""The verbs that change articles: create, save the draft, publish, undo, withdraw and bring back."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypedDict, Unpack

from celery import current_app
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from supportsite.sites.models import Member, Site

from . import checks, editions, languages, regions, slugs
from .embed import ModelUnavailable
from .models import Article, Audience, Collection, Version
from .split import Piece, sections

INDEX_TASK = "knowledge.index_version"
SWEEP_TASK = "knowledge.sweep_index"
_log = logging.getLogger(__name__)


LONGEST_QUESTION = 300
MOST_QUESTIONS = 50
LONGEST_REASON = 300
# Opens a block of what colleagues replied to customers (chat/material.py): no draft that still holds it is published.
MATERIAL = "~~~~ material"


class NothingToPublish(Exception):
    """The article has no such version, no text, or text that is not for readers."""


class Refused(NothingToPublish):
    """Checks stand against publishing the text; `faults` are what they say, in the reader's words."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__(
            _("Not published. These golden questions stand against it: %(faults)s") % {"faults": "; ".join(faults)}
        )
        self.faults = list(faults)


class NotChecked(Refused):
    """Checks stand against it as long as they cannot be made."""

    def __init__(self) -> None:
        why = _("Not published. Golden questions cannot be asked now: the model that reads texts does not answer.")
        super().__init__([why])
        self.args = (why,)


class StaleDraft(Exception):
    """Somebody saved the draft since it was read; `article` is what it is now."""

    def __init__(self, article: Article) -> None:
        super().__init__(_("Somebody else has saved this draft meanwhile."))
        self.article = article


def create_article(
    *,
    site: Site,
    collection: Collection,
    slug: str,
    language: str,
    region: str = "",
    title: str,
    body: str,
    questions: Sequence[str] = (),
    audience: str = Audience.EVERYONE,
) -> Article:
    """A new article as a draft. Raises ValidationError with the fields that are wrong."""
    article = Article(site=site, collection=collection, slug=slug, language=language, region=region, audience=audience)
    article.title, article.body, article.questions = title, with_plain_ends(body), list(questions)
    check(article)
    article.save()
    return article


class Draft(TypedDict, total=False):
    """What of an article may be changed; readers know an article by language and region once it is published."""

    title: str
    body: str
    questions: Sequence[str]
    collection: Collection
    slug: str
    language: str
    region: str
    audience: str
    owner: Member | None
    review_on: date | None
    publish_at: datetime | None
    publish_by: User | None
    translated_from: Version | None


def save_draft(
    *, article: Article, by: User | None = None, revision: int | None = None, **changes: Unpack[Draft]
) -> Article:
    """Keep a draft; readers go on seeing what is published, but those whom it is not for any more, from now on.

    What is not given stays as it is stored, whatever `article` remembers of it: two people may change two fields.
    `revision` is the draft's that the writer read. Raises StaleDraft where it is no longer that one, ValidationError.
    """
    with transaction.atomic():
        kept = _locked(article)
        if revision is not None and revision != kept.revision:
            raise StaleDraft(kept)
        article.refresh_from_db()
        for name, value in changes.items():
            setattr(article, name, with_plain_ends(value) if name == "body" and isinstance(value, str) else value)
        article.revision, article.edited_by = kept.revision + 1, by
        check(article)
        if changes.get("publish_at"):
            article.held_back_because = ""
        article.save(update_fields=[*changes, "held_back_because", "revision", "edited_by", "updated_at"])
        filed = article.collection_id, article.audience
        if filed != (kept.collection_id, kept.audience) and kept.published:
            _narrow(kept.published, article.audience)
            index_again(kept.published.pk)
    return article


def _narrow(version: Version, audience: str) -> None:
    """What readers see is for fewer from now on; for more only as it is published again."""
    fewer = Audience(audience).or_fewer(version.audience)
    Version.objects.filter(pk=version.pk).update(audience=fewer)


def with_plain_ends(text: str) -> str:
    """Lines end as they do in a file: forms send a carriage return too, which would be a change of every line."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def index_again(version_id: int) -> None:
    """What a version is filed under has changed: place it anew, after the commit."""
    Version.objects.filter(pk=version_id).update(indexed_at=None)
    _ring(version_id)


def file_again(collection: Collection) -> None:
    """A collection has another slug: place what is published in it anew, after the commit."""
    shown = collection.articles.filter(published__isnull=False).values("published_id")
    if Version.objects.filter(pk__in=shown).update(indexed_at=None):
        wake_sweep()


def check(article: Article) -> None:
    """Raise ValidationError, by field, unless the article may be saved."""
    wrong = faults(article.language, article.region, article.title, article.body, article.questions)
    if article.collection.site_id != article.site_id:
        wrong["collection"] = _("That collection belongs to another site.")
    if article._state.adding and (taken := slugs.fault(article.site, article.slug, instead_of=None)):
        wrong["slug"] = taken
    if wrong:
        raise ValidationError(wrong)
    article.full_clean()


def faults(language: str, region: str, title: str, body: str, questions: Sequence[str] = ()) -> dict[str, str]:
    """What is wrong with an article's fields, beyond their lengths."""
    wrong: dict[str, str] = {}
    if not languages.CODE.match(language):
        wrong["language"] = _("Write a language as en or pt-br.")
    if not regions.NAME.match(region):
        wrong["region"] = _("Write a region in capitals, as UK or EU, or leave it empty.")
    if any(len(question) > LONGEST_QUESTION for question in questions):
        wrong["questions"] = _("A question may have %(most)d characters.") % {"most": LONGEST_QUESTION}
    if len(questions) > MOST_QUESTIONS:
        wrong["questions"] = _("An article may have %(most)d questions.") % {"most": MOST_QUESTIONS}
    for name, value in (("title", title), ("body", body), ("questions", "\n".join(questions))):
        if "\0" in value or not _is_unicode(value):
            wrong[name] = _("There is a character in it that cannot be stored.")
    return wrong


def publish(
    *,
    article: Article,
    by: User | None,
    now: datetime,
    revision: int | None = None,
    wake: bool = True,
    pieces: Sequence[Piece] | None = None,
    despite: str = "",
    audience: str | None = None,
) -> Version:
    """Publish the draft; the same text again is the version that is there. Raises NothingToPublish for an empty one.

    `revision` is the draft's that was read. Raises StaleDraft where it is no longer that one, or is another once the
    checks are done: nobody's half a sentence goes out unseen.
    Raises Refused where checks stand against it, unless there is a reason to publish it `despite` them, which is kept;
    NotChecked, which is one, where they cannot be made.
    Whoever publishes many at once leaves out `wake` and calls `wake_sweep` in their end. `pieces` are the sections of
    just this draft, where another process has split it already. `audience`: for whom, where that is not the draft's.
    """
    draft = Article.objects.get(pk=article.pk)
    if revision not in (None, draft.revision):
        raise StaleDraft(draft)
    reason = _reason(draft, draft, despite)
    cut = pieces if pieces and draft.revision == article.revision else _pieces(draft, draft.published)
    with transaction.atomic():
        locked = _locked(article)
        if locked.revision != draft.revision:
            raise StaleDraft(locked)
        version = _publish(locked, _Going(locked, by, now, cut, reason, audience or locked.audience), wake=wake)
        planned = {"publish_at": None, "publish_by": None, "held_back_because": ""}
        Article.objects.filter(pk=locked.pk).exclude(**planned).update(**planned)
    article.published = version
    return version


def _reason(article: Article, text: Article | Version, despite: str) -> str:
    """What is kept as the reason to publish this text: `despite`, where checks stand against it. Raises Refused."""
    try:
        faults = checks.faults(article, title=text.title, body=text.body, questions=text.questions)
    except ModelUnavailable as error:
        _log.warning("Nothing could be checked before publishing: %s", error)
        if not despite.strip():
            raise NotChecked from error
        return despite
    if faults and not despite.strip():
        raise Refused(faults)
    return despite if faults else ""


def _pieces(text: Article | Version, shown: Version | None = None) -> list[Piece]:
    """To be cut before the transaction: a long text takes seconds, and meanwhile nobody else could write a row.

    Nothing where readers are shown just this: nothing will be published.
    """
    return [] if shown and same_text(shown, text) else sections(text.title, text.body)


def _locked(article: Article) -> Article:
    return Article.objects.select_for_update(no_key=True).get(pk=article.pk)


@dataclass(frozen=True)
class _Going:
    """What goes out: a text and its sections, for whom, by whom, and in spite of which checks."""

    text: Article | Version
    by: User | None
    now: datetime
    pieces: Sequence[Piece]
    despite: str
    audience: str


def _publish(locked: Article, going: _Going, *, wake: bool = True) -> Version:
    text = going.text
    if not text.body.strip():
        raise NothingToPublish(_("The article has no text yet."))
    if MATERIAL in text.body:
        raise NothingToPublish(_("The draft still holds material from conversations. Delete that block first."))
    current = locked.published
    if current and same_text(current, text):
        if current.audience != going.audience:
            Version.objects.filter(pk=current.pk).update(audience=going.audience)
            index_again(current.pk)
        return current
    version = _append(locked, going)
    _show(locked, version, wake=wake)
    return version


def same_text(version: Version, text: Article | Version) -> bool:
    """Whether publishing the text would change nothing."""
    return (version.title, version.body, version.questions) == (text.title, text.body, text.questions)


def _show(article: Article, version: Version, *, wake: bool = True) -> None:
    """Readers see `version` from the commit on, withdrawn or not; what is planned for the draft stays."""
    over: dict[str, Any] = {"withdrawn_at": None, "withdrawn_by": None, "withdrawn_because": "", "replaced_by": None}
    Article.objects.filter(pk=article.pk).update(published=version, **over)
    if wake:
        _ring(version.pk)


def undo(*, article: Article, to_number: int, by: User | None, now: datetime, despite: str = "") -> Version:
    """Publish an older version's text again, as a new version, for those whom it was for. Raises as `publish` does.

    It becomes the draft too, unless that is other than what was published last: somebody is at work there.
    """
    older = Version.objects.filter(article=article, number=to_number).first()
    if older is None:
        raise NothingToPublish(_("There is no version %(number)s.") % {"number": to_number})
    text: Draft = {"title": older.title, "body": older.body, "questions": older.questions}
    text |= {"publish_at": None, "publish_by": None}  # another text was planned
    reason, pieces = _reason(article, older, despite), _pieces(older)
    with transaction.atomic():
        locked = _locked(article)
        last = locked.published or locked.versions.first()
        nobody_writes = last is None or same_text(last, locked)
        version = _publish(locked, _Going(older, by, now, pieces, reason, older.audience))
        if nobody_writes:  # after that: whom the version before was for stays
            text["audience"] = Audience(locked.audience).or_fewer(older.audience)
            save_draft(article=locked, by=by, **text)
    article.refresh_from_db()
    return version


def withdraw(
    *, article: Article, by: User | None, now: datetime, because: str = "", replaced_by: Article | None = None
) -> None:
    """Show the article to nobody from now on; draft and versions stay. Who follows a source there learns of it."""
    with transaction.atomic():
        locked = _locked(article)
        if locked.published_id is None:
            return
        why = {"withdrawn_because": because[:LONGEST_REASON], "replaced_by": replaced_by}
        planned = {"publish_at": None, "publish_by": None}
        rows = Article.objects.filter(pk=locked.pk)
        rows.update(published=None, withdrawn_at=now, withdrawn_by=by, **why, **planned)
        _ring(locked.published_id)
    article.refresh_from_db()


def bring_back(*, article: Article) -> Version:
    """Undo a withdrawal: readers see the same version again. Raises NothingToPublish where none was withdrawn."""
    with transaction.atomic():
        locked = _locked(article)
        version = locked.versions.first()
        if locked.withdrawn_at is None or version is None:
            raise NothingToPublish(_("The article was not withdrawn."))
        _show(locked, version, wake=False)
        index_again(version.pk)
    article.refresh_from_db()
    return version


def add_question(*, article: Article, question: str, by: User | None, now: datetime) -> Version | None:
    """The same for one question."""
    return add_questions(article=article, questions=[question], by=by, now=now)


def add_questions(*, article: Article, questions: Sequence[str], by: User | None, now: datetime) -> Version | None:
    """Let questions find the article: in the draft, and at once in what readers see, whose text stays as it is.

    Returns the new version; None where the article is not published. Raises ValidationError; Refused where checks
    stand against it, StaleDraft where another version was published meanwhile: they are in the draft all the same.
    """
    article.refresh_from_db()
    if new := _missing(questions, article.questions):
        save_draft(article=article, questions=[*article.questions, *new], by=by)
    shown = article.published
    if shown is None or not (new := _missing(questions, shown.questions)):
        return shown
    text = Version(title=shown.title, body=shown.body, questions=[*shown.questions, *new])
    reason, pieces = _reason(article, text, ""), _pieces(text)
    with transaction.atomic():
        locked = _locked(article)
        if locked.published_id != shown.pk:
            raise StaleDraft(locked)
        version = _publish(locked, _Going(text, by, now, pieces, reason, shown.audience))
    article.published = version
    return version


def _missing(questions: Sequence[str], there: Sequence[str]) -> list[str]:
    return [question for question in questions if question not in there]


def _append(article: Article, going: _Going) -> Version:
    last = article.versions.aggregate(last=Max("number"))["last"] or 0
    version = Version.objects.create(
        article=article,
        number=last + 1,
        title=going.text.title,
        body=going.text.body,
        questions=going.text.questions,
        audience=going.audience,
        published_at=going.now,
        published_by=going.by,
        despite=going.despite.strip()[:LONGEST_REASON],
    )
    editions.cut(version, editions.ensure_live(article.site_id), going.pieces)
    return version


def _ring(version_id: int) -> None:
    """Wake the indexer after the commit; where that is lost, its sweep finds the version."""
    transaction.on_commit(lambda: current_app.send_task(INDEX_TASK, args=[version_id]), robust=True)


def wake_sweep() -> None:
    """Wake the sweep after the commit: it indexes whatever is due."""
    transaction.on_commit(lambda: current_app.send_task(SWEEP_TASK), robust=True)


def _is_unicode(text: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in text)

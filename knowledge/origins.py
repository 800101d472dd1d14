"""Where articles came from, as an import last read and wrote them: what has changed there since, and what here."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from django.db.models import Exists, F, OuterRef

from supportsite.sites.models import Site

from .documents.document import Document, Note, Reason
from .models import Article, Audience, Collection, Origin, Version


class Name(NamedTuple):
    """By which a document is known: one of the same key in another language or for another region is another one."""

    key: str
    language: str
    region: str


@dataclass(frozen=True)
class Known:
    """What earlier runs left of a document: its article, and the names of what they read and wrote."""

    article_id: int
    read_digest: str
    read_filed_digest: str
    digest: str
    filed_digest: str
    is_hidden: bool  # its source said so, when it was read last
    was_published: bool  # at some time
    is_public: bool
    vanished: bool

    def has_text_of(self, document: Document) -> bool:
        """Whether its source has the text that it had."""
        return self.read_digest == read_digest(document)

    def is_edited(self, article: Article) -> bool:
        """Whether the text was changed here since."""
        return self.digest != digest_of(article.title, article.body)

    def is_filed_anew(self, article: Article) -> bool:
        """Whether collection or questions were changed here since, as far as it is known."""
        return self.filed_digest != filed_digest(article)


class Origins:
    """The documents of a site that earlier runs have brought."""

    def __init__(self, site: Site) -> None:
        self._by_name = dict(_known(site))
        self._by_key = {name.key: known for name, known in self._by_name.items()}

    def of(self, name: Name) -> Known | None:
        """What is known of that very document."""
        return self._by_name.get(name)

    def articles(self) -> Iterator[tuple[Name, int]]:
        """Each document and its article."""
        return ((name, known.article_id) for name, known in self._by_name.items())

    def of_key(self, key: str) -> Known | None:
        """What is known of one of that key, where nothing else is known of it."""
        return self._by_key.get(key)


def _known(site: Site) -> Iterator[tuple[Name, Known]]:
    versions = Version.objects.filter(article=OuterRef("article"))
    rows: Iterable[Any] = Origin.objects.filter(site=site).annotate(
        was_published=Exists(versions), shown=F("article__published")
    )
    digests = ("read_digest", "read_filed_digest", "digest", "filed_digest")
    for row in rows:
        yield (
            Name(row.key, row.language, row.region),
            Known(
                article_id=row.article_id,
                is_hidden=row.is_hidden,
                was_published=row.was_published,
                is_public=row.shown is not None,
                vanished=row.vanished_at is not None,
                **{name: getattr(row, name) for name in digests},
            ),
        )


def within_what_is_kept(
    document: Document, article: Article, collection: Collection, known: Known
) -> tuple[Document, Collection, bool]:
    """What an import that replaces nothing may change: not who may see more, nor what was filed anew here.

    Returns whether anything was filed anew that the document would have otherwise.
    """
    asks = bool(document.questions) and list(document.questions) != article.questions
    anew = known.is_filed_anew(article) and (asks or collection.pk != article.collection_id)
    wider = document.audience != article.audience and not is_narrower(document, article)
    if anew:
        document, collection = replace(document, questions=()), article.collection
    if anew or (wider and document.audience):
        document = replace(document, notes=(*document.notes, Note(Reason.FILED_HERE)))
    return replace(document, audience="") if wider else document, collection, anew


def is_narrower(document: Document, article: Article) -> bool:
    """Whether the document is for fewer than the article; an audience that there is not is for the check to refuse."""
    return bool(document.audience) and document.audience not in Audience(article.audience).sees


def read_digest(document: Document) -> str:
    """The name of the text that was read, with what its curators have not published."""
    draft = document.filing.draft if document.filing else None
    return digest_of(document.title, document.body, *((draft.title, draft.body, *draft.questions) if draft else ()))


def read_filed_digest(document: Document, collection: str) -> str:
    """The name of what was read of a document beside its text."""
    filing = [repr(replace(document.filing, draft=None))] if document.filing else []
    return digest_of(collection, document.audience, str(document.draft), *document.questions, *filing)


def filed_digest(article: Article) -> str:
    """The name of where an article is filed, and of what finds it."""
    return digest_of(article.collection.slug, *article.questions)


def digest_of(*parts: str) -> str:
    """The name of a text."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()

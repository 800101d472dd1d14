"""A text as if it were published in its article's place, in memory: no row, no index and no answer changes."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from .editions import live, live_sections
from .embed import models_for, named
from .exact import vectors_in_rows
from .lexical import terms
from .models import Article, Audience, Section, SectionKind, Version
from .sectioning import sections_of
from .shelf import Label, Matrix, Where
from .split import embedded_text
from .widths import checked

VERSION: Final = -1  # of its candidates: no row has it
_HIDDEN: Final = 200
_SLICE: Final = 64


@dataclass(frozen=True)
class Staged:
    """What a search finds in place of what readers see of an article; without sections: nothing of it.

    The sections' ids are below 0. `terms`: id → the words of a section, `vectors`: model → digest → vector. `hidden` is
    how many sections of the article a search has to look past.
    """

    article: Article
    sections: Mapping[int, Section] = field(default_factory=dict)
    terms: Mapping[int, Sequence[str]] = field(default_factory=dict)
    vectors: Mapping[str, Mapping[str, Matrix]] = field(default_factory=dict)
    hidden: int = 0

    def readable(self, reader: Audience) -> bool:
        """Whether such an asker would see it."""
        return bool(self.sections) and self.article.audience in reader.sees

    def found(self, language: str, where: Where, reader: Audience) -> dict[int, Sequence[str]]:
        """Its sections with their words, where a search for that may find them; id → words."""
        label = Label(self.article.region, self.article.collection.slug, self.article.audience)
        wanted = language == self.article.language and where.admits(label) and self.readable(reader)
        return dict(self.terms) if wanted else {}

    def rows(self, numbers: Mapping[int, Any]) -> Iterator[tuple[int, Section, bool]]:
        """Those of its sections that are among `numbers`: id, section, whether it is a question."""
        for number, section in self.sections.items():
            if number in numbers:
                yield number, section, section.kind == SectionKind.QUESTION


def stage(
    article: Article,
    *,
    title: str,
    body: str,
    questions: Sequence[str],
    now: datetime,
    meanwhile: Callable[[], object] = lambda: None,
) -> Staged:
    """This text in the article's place. Takes some 10 ms for each section that nobody has read yet.

    `meanwhile` is called every second or so of that. Raises ModelUnavailable.
    """
    number = (article.versions.values_list("number", flat=True).first() or 0) + 1
    version = Version(article=article, number=number, title=title, body=body, questions=questions, published_at=now)
    made = {-1 - place: section for place, section in enumerate(sections_of(version))}
    for pk, section in made.items():
        section.pk = pk
    texts = {pk: embedded_text(*section.titles(), section.text) for pk, section in made.items()}
    by_digest = {section.digest: texts[pk] for pk, section in made.items()}
    return Staged(
        article=article,
        sections=made,
        terms={pk: terms(text, article.language) for pk, text in texts.items()},
        vectors={
            model: _vectors(model, by_digest, meanwhile)
            for model in models_for(article.language, live(article.site_id).embeddings)
        },
        hidden=_shown(article),
    )


def withdrawn(article: Article) -> Staged:
    """The site without the article."""
    return Staged(article, hidden=_shown(article))


def _shown(article: Article) -> int:
    return min(live_sections(article.site_id).filter(version=article.published_id).count(), _HIDDEN)


def _vectors(model: str, texts: Mapping[str, str], meanwhile: Callable[[], object]) -> dict[str, Matrix]:
    known = vectors_in_rows(model, sorted(texts))
    new = [digest for digest in texts if digest not in known]
    for start in range(0, len(new), _SLICE):
        meanwhile()
        part = new[start : start + _SLICE]
        made = checked(model, named(model).matrix([texts[digest] for digest in part], "passage"))
        known.update(zip(part, made, strict=True))
    return known

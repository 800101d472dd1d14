"""The sections that may answer a question, by meaning and by words, and how near each is in either way."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from django.db.models import F, Q, QuerySet

from supportsite.prepared import Prepared
from supportsite.sites.models import Site

from . import index, letters, lexicon, meaning
from .embed import E5, MINILM
from .exact import vectors_by_model
from .leaving import Leaving
from .lexical import content
from .models import Article, ArticleQuerySet, Audience, Edition, Section, SectionKind
from .regions import nearest, reach
from .shelf import Matrix, Shelf, Where
from .split import embedded_text
from .staged import VERSION, Staged

BY_MEANING: Final = 40
BY_WORDS: Final = 30
# Measured in docs/retrieval.md. MiniLM's cosines spread more than e5's, hence the smaller number.
WEIGHTS: Final[Mapping[str, float]] = {E5: 1.0, MINILM: 0.3}
WORDS_WEIGH: Final = 0.1
LETTERS_WEIGH: Final = 0.15
# A question of fewer words than these says less by them: "contact" stands in many a text that is about something else.
_WORDS_SAY: Final = 3
# So many of the best are read letter by letter.
_READ: Final = 20


@dataclass(frozen=True)
class Candidate:
    """A published section that may be shown.

    `cosines`: model → cosine with the question; between languages less what the languages add (`language_means.py`).
    `lexical`: its BM25 score as a share of the weights of the question's terms, 0 for no word in common; `each`: the
    score for each of them. `text`: what the models read. `letters`: how much of the question's runs of letters stands
    in it (letters.py), 0 below the first few. `weigh`: how much these two are to say, 0 to 1. One that `is_question` is
    found, never cited, and is its own `heading`.
    """

    section_id: int
    slug: str
    language: str
    region: str
    digest: str
    lexical: float
    each: float
    cosines: Mapping[str, float]
    version_id: int = 0
    is_question: bool = False
    text: str = ""
    letters: float = 0.0
    title: str = ""
    heading: str = ""
    weigh: float = 1.0

    @property
    def dense(self) -> float:
        """How near it is in meaning: the weighted sum of the cosines."""
        return sum(WEIGHTS.get(model, 1.0) * cosine for model, cosine in self.cosines.items())

    @property
    def score(self) -> float:
        """What it is ranked by."""
        return self.dense + self.weigh * (WORDS_WEIGH * self.lexical + LETTERS_WEIGH * self.letters)


@dataclass(frozen=True)
class Asked:
    """A question, and what the site lets be found for it, in one edition of its index.

    `texts`: the question; for one that leans on the one before also both together: every score is then the mean of the
    two. `vectors`: the mean of their vectors by each model that is asked. `instead`: what stands in an
    article's place. `redact` takes out what is personal before a model
    of the owner's choice reads them, `leaving` books that; without them what stands in `texts` alone is known.
    """

    site: Site
    edition: Edition
    texts: Sequence[str]
    vectors: Mapping[str, Matrix]
    region: str
    collection: str = ""
    reader: Audience = Audience.EVERYONE
    instead: Staged | None = None
    redact: Callable[[str], str] | None = None
    leaving: Leaving | None = None

    @property
    def asker(self) -> dict[str, Any]:
        """Who asks, for `readable`."""
        instead = self.instead.article.pk if self.instead else None
        shown = self.instead is not None and self.instead.readable(self.reader)
        return {
            "site": self.site.pk,
            "sees": self.reader.sees,
            "without": instead,
            "but_with": instead if shown else None,
        }

    def staged(self, language: str) -> dict[int, Sequence[str]]:
        """The sections that stand in an article's place, with their words, where these may be found."""
        return self.instead.found(language, self.where, self.reader) if self.instead else {}

    @property
    def where(self) -> Where:
        """The sections that may be found."""
        return Where(frozenset(reach(self.region)), self.collection, frozenset(self.reader.sees))


def readable(*, site: int, sees: list[str], without: int | None, but_with: int | None) -> ArticleQuerySet:
    """The articles that an asker may read, in any language, for any region; see Asked.asker."""
    rows = Article.objects.filter(site=site, published__audience__in=sees, audience__in=sees).order_by()
    if without is not None:
        rows = rows.exclude(pk=without)
    return rows if but_with is None else rows | Article.objects.filter(site=site, pk=but_with)


def gather(asked: Asked, languages: Iterable[str]) -> list[Candidate]:
    """The candidates of these languages, best first, each article in the variant that is nearest to the region.

    Every candidate is held against the question by the same models: by those that have read all of them.
    """
    words: dict[int, tuple[float, float]] = {}
    for language in languages:
        words |= _on_shelf(asked, language)
    found = _variants(asked, _rows(asked, words))
    ranked = _best_first(_compared(asked, found))
    # Letters only add: whatever comes of the first few, the rest stays behind them.
    return _citable(asked, [*_lettered(asked, ranked[:_READ]), *ranked[_READ:]])


def _best_first(found: Iterable[Candidate]) -> list[Candidate]:
    return sorted(found, key=lambda one: (-one.score, one.section_id))


def _citable(asked: Asked, ranked: Sequence[Candidate]) -> list[Candidate]:
    """A question that was hit stands for its version's text that was hit best, else for its first one."""
    texts = {one.version_id: one.section_id for one in reversed(ranked) if not one.is_question}
    lonely = {one.version_id for one in ranked if one.is_question} - texts.keys()
    if lonely:
        first = asked.edition.sections.filter(version__in=lonely, kind=SectionKind.TEXT).order_by(
            "version", "-position"
        )
        texts |= dict(first.values_list("version", "pk"))
    cited: dict[int, Candidate] = {}
    for one in ranked:
        if one.is_question:
            one = replace(one, section_id=texts[one.version_id], is_question=False)
        cited.setdefault(one.section_id, one)
    return list(cited.values())


def _on_shelf(asked: Asked, language: str) -> dict[int, tuple[float, float]]:
    """What either half finds in one language: section id → its `lexical` and `each`."""
    model = next(iter(asked.vectors), "")
    near: list[int] = []
    if model:
        shelf = Shelf(asked.site.pk, language, model, asked.edition.pk or 0)
        past = asked.instead.hidden if asked.instead else 0
        near = meaning.nearest(shelf, asked.vectors[model], BY_MEANING + past, asked.where)
    return dict.fromkeys(near, (0.0, 0.0)) | _words(asked, language, near)


def _words(asked: Asked, language: str, near: Sequence[int]) -> dict[int, tuple[float, float]]:
    """The same of those with the most of the words, and of those that are near."""
    shelf, beside = lexicon.shelf_of(asked.site.pk, language, asked.edition.pk or 0), asked.staged(language)
    past = asked.instead.hidden if asked.instead else 0
    found: dict[int, tuple[float, float]] = {}
    for text in asked.texts:
        match = lexicon.current().search(shelf, text, BY_WORDS + past, asked.where, near, beside, told=index.is_told())
        for number, score in match.scores.items():
            whole, each = found.get(number, (0.0, 0.0))
            part = score / len(asked.texts)
            found[number] = whole + part / (match.ideal or 1.0), each + part / (match.terms or 1)
    return found


def _rows(asked: Asked, words: Mapping[int, tuple[float, float]]) -> list[Candidate]:
    """Of these sections those that are published, or were until the new version is in the index."""
    who = {"site": asked.site.pk, "sees": asked.reader.sees}
    without = asked.instead.article.pk if asked.instead else None
    rows = _sections(sections=list(words), without=without, **who)
    found = list(_staged(asked.instead, words)) if asked.instead else []
    for number, kind, title, heading, text, digest, version, counted, slug, language, region, *newest in rows:
        if _is_current(version, counted, *newest):
            asks = kind == SectionKind.QUESTION
            read = text if asks else embedded_text(title, heading, text)
            whose, above = (number, slug, language, region, digest), text if asks else heading
            found.append(Candidate(*whose, *words[number], {}, version, asks, read, title=title, heading=above))
    return found


def _is_current(version: int, number: int, published: int | None, newest: int | None, indexed: bool) -> bool:
    """Whether that version is the published one, or the one before until that one is in the index."""
    if published is None:
        return False
    return version == published or (not indexed and newest is not None and number < newest)


def _compose_sections(sections: list[int], without: int | None, site: int, sees: list[str]) -> QuerySet[Any, Any]:
    # The sum keeps SQLite from beginning with all articles of the site, as it would for more than some 70 sections.
    rows = Section.objects.alias(theirs=F("version__article__site_id") + 0).filter(pk__in=sections, theirs=site)
    rows = rows.filter(version__audience__in=sees, version__article__audience__in=sees).order_by()
    if without is not None:
        rows = rows.exclude(version__article=without)
    return rows.annotate(is_indexed=Q(version__article__published__indexed_at__isnull=False)).values_list(
        "pk", "kind", "version__title", "heading", "text", "digest", "version_id", "version__number",
        "version__article__slug", "version__article__language", "version__article__region",
        "version__article__published_id", "version__article__published__number",
        "is_indexed",
    )  # fmt: skip


_sections: Final = Prepared(_compose_sections)


def _staged(instead: Staged, words: Mapping[int, tuple[float, float]]) -> Iterator[Candidate]:
    article = instead.article
    filed = article.slug, article.language, article.region
    for number, section, asks in instead.rows(words):
        title, heading = section.titles()
        whose, read = (number, *filed, section.digest), embedded_text(title, heading, section.text)
        above = section.text if asks else heading
        yield Candidate(*whose, *words[number], {}, VERSION, asks, read, title=title, heading=above)


def _variants(asked: Asked, found: Sequence[Candidate]) -> list[Candidate]:
    regions = reach(asked.region)
    if len(regions) == 1:
        return [one for one in found if one.region == regions[0]]
    variants = _variants_of(slugs=sorted({one.slug for one in found}), regions=list(regions), **asked.asker)
    chosen = nearest(variants, regions)
    return [one for one in found if (one.slug, one.language, one.region) in chosen]


def _compose_variants(slugs: list[str], regions: list[str], **asker: Any) -> QuerySet[Any, Any]:
    shown = readable(**asker).filter(region__in=regions, slug__in=slugs)
    return shown.values_list("slug", "language", "region")


_variants_of: Final = Prepared(_compose_variants)


def _compared(asked: Asked, found: Sequence[Candidate]) -> list[Candidate]:
    """The candidates with their cosines, by the models that have read them all, else by the one that has read most."""
    if not asked.vectors or not found:
        return list(found)
    digests = sorted({one.digest for one in found})
    beside = asked.instead.vectors if asked.instead else {}
    read = vectors_by_model(asked.vectors.keys(), digests)
    for model, known in beside.items():
        read.get(model, {}).update({digest: known[digest] for digest in digests if digest in known})
    models = [model for model, vectors in read.items() if len(vectors) == len(digests)]
    models = models or [max(read, key=lambda model: len(read[model]))]
    cosines: dict[str, dict[str, float]] = {digest: {} for digest in digests}
    for model in models:
        vectors = read[model]
        if vectors:
            near = np.stack(list(vectors.values())) @ asked.vectors[model]
            for digest, cosine in zip(vectors, near.tolist(), strict=True):
                cosines[digest][model] = cosine
    weigh = {language: _weigh(asked.texts, language) for language in {one.language for one in found}}
    return [
        replace(one, cosines=cosines[one.digest], weigh=weigh[one.language]) for one in found if cosines[one.digest]
    ]


def _weigh(texts: Sequence[str], language: str) -> float:
    """How much what a question has in common with texts is to say beside its meaning: less for one or two words."""
    most = max(sum(term[0] != "~" for term in content(text, language)) for text in texts)
    return min(1.0, max(1, most) / _WORDS_SAY)


def _lettered(asked: Asked, first: Sequence[Candidate]) -> list[Candidate]:
    """The first few, read letter by letter and put in order by that too."""
    texts, articles = [one.text for one in first], [one.version_id for one in first]
    shares = np.mean([letters.shares(question, texts, articles) for question in asked.texts], axis=0)
    return _best_first(replace(one, letters=share) for one, share in zip(first, shares.tolist(), strict=True))

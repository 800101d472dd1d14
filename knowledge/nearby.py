"""Sections of other articles that are near one in meaning, by the vectors that are there; nothing is embedded."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from . import index
from .editions import live, live_sections
from .embed import models_for
from .exact import vectors_in_rows
from .models import Article, Section, SectionKind
from .shelf import Matrix, Shelf, Where

# A paragraph that stands in dozens of articles is pairs of these only, not each with each.
NEIGHBOURS: Final = 8


@dataclass(frozen=True)
class Near:
    """Two sections of two articles, their cosine and the model whose it is."""

    here: Section
    there: Section
    cosine: float
    model: str


def near(article: Article, known: Sequence[int] = ()) -> Iterator[Near]:
    """Pairs of the published article's sections and those of the articles nearest to it, and of the `known` ones.

    The others are of the same site, language, region and audience, and of another slug.
    """
    edition = live(article.site_id)
    models = models_for(article.language, edition.embeddings)
    if not models or article.published_id is None:
        return
    model = models[0]
    ours = _sections(article.site_id, [article.pk])
    shelf = Shelf(article.site_id, article.language, model, edition.pk or 0)
    vectors = vectors_in_rows(model, sorted({section.digest for section in ours}))
    ours = [section for section in ours if section.digest in vectors]
    theirs = _sections(article.site_id, _comparable(article, [*_neighbours(article, shelf, vectors), *known]))
    others = vectors_in_rows(model, sorted({section.digest for section in theirs}))
    theirs = [section for section in theirs if section.digest in others]
    if not ours or not theirs:
        return
    cosines = np.stack([vectors[s.digest] for s in ours]) @ np.stack([others[s.digest] for s in theirs]).T
    for row, here in enumerate(ours):
        for column, there in enumerate(theirs):
            yield Near(here, there, float(cosines[row, column]), model)


def _neighbours(article: Article, shelf: Shelf, vectors: dict[str, Matrix]) -> list[int]:
    """The articles of the sections that are nearest to one of these."""
    where = Where(frozenset({article.region}))
    found = {pk for vector in vectors.values() for pk, _ in index.current().query(shelf, vector, NEIGHBOURS, where)}
    return list(Section.objects.filter(pk__in=found).values_list("version__article", flat=True).distinct())


def _comparable(article: Article, others: Sequence[int]) -> list[int]:
    same = Article.objects.filter(pk__in=others, site=article.site_id, published__isnull=False)
    same = same.filter(language=article.language, region=article.region, audience=article.audience)
    return list(same.exclude(slug=article.slug).values_list("pk", flat=True))


def _sections(site_id: int, articles: Sequence[int]) -> list[Section]:
    """The sections of the articles' published texts; questions are for finding only."""
    published = Article.objects.filter(pk__in=articles).values("published_id")
    rows = live_sections(site_id).filter(version__in=published, kind=SectionKind.TEXT)
    return list(rows.select_related("version__article").defer("version__body", "version__article__body"))

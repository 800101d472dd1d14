"""Sections of other articles that are near one in meaning, by the vectors that are there; nothing is embedded."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
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
# What bounds one look, also at manuals of a thousand pages, and what is left out then: docs/care.md. The same from
# whichever side is looked, or findings would come and go.
MOST_SECTIONS: Final = 500  # of an article, the first
MOST_ARTICLES: Final = 50  # those with most neighbours, besides the known ones
MOST_PAIRS: Final = 500  # of two articles, the nearest


@dataclass(frozen=True)
class Near:
    """Two sections of two articles, their cosine and the model whose it is."""

    here: Section
    there: Section
    cosine: float
    model: str


def near(article: Article, known: Sequence[int] = ()) -> Iterator[Near]:
    """Pairs of the published article's sections and those of the articles nearest to it, and of the `known` ones.

    All pairs of two articles that are not large, article by article. The others are of the same site, language,
    region and audience, and of another slug.
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
    mine = np.stack([vectors[section.digest] for section in ours])
    for _version, group in groupby(theirs, key=lambda section: section.version_id):
        yours = list(group)
        cosines = mine @ np.stack([others[section.digest] for section in yours]).T
        for row, column in _nearest(cosines):
            yield Near(ours[row], yours[column], float(cosines[row, column]), model)


def _nearest(cosines: Matrix) -> Iterator[tuple[int, int]]:
    """Rows and columns of all, or of so many of the greatest, in their order."""
    flat = cosines.ravel()
    chosen = np.argpartition(-flat, MOST_PAIRS)[:MOST_PAIRS] if flat.size > MOST_PAIRS else np.arange(flat.size)
    for place in np.sort(chosen):
        yield divmod(int(place), cosines.shape[1])


def _neighbours(article: Article, shelf: Shelf, vectors: dict[str, Matrix]) -> list[int]:
    """The articles of the sections that are nearest to one of these, with most such sections first."""
    where = Where(frozenset({article.region}))
    found = {pk for vector in vectors.values() for pk, _ in index.current().query(shelf, vector, NEIGHBOURS, where)}
    articles = Section.objects.filter(pk__in=found).order_by("version__article")
    counts = Counter(articles.values_list("version__article", flat=True))
    counts.pop(article.pk, None)
    return [pk for pk, _count in counts.most_common(MOST_ARTICLES)]


def _comparable(article: Article, others: Sequence[int]) -> list[int]:
    same = Article.objects.filter(pk__in=others, site=article.site_id, published__isnull=False)
    same = same.filter(language=article.language, region=article.region, audience=article.audience)
    return list(same.exclude(slug=article.slug).values_list("pk", flat=True))


def _sections(site_id: int, articles: Sequence[int]) -> list[Section]:
    """The sections of the articles' published texts; questions are for finding only."""
    published = Article.objects.filter(pk__in=articles).values("published_id")
    rows = live_sections(site_id).filter(version__in=published, kind=SectionKind.TEXT, position__lt=MOST_SECTIONS)
    rows = rows.order_by("version_id", "position")
    return list(rows.select_related("version__article").defer("version__body", "version__article__body"))

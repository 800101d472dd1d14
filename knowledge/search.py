"""The public face of retrieval: `find` gives the passages for a question and how probable an answer in them is."""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from django.conf import settings

from supportsite.sites.models import Site

from . import answerable, index
from .addresses import article_path
from .answerable import THRESHOLD, Route
from .embed import E5, MINILM, available, model_of, named
from .lexical import coverage
from .models import Article, Section, SectionKind
from .regions import nearest, reach
from .shelf import Matrix, Shelf, Where

_FETCHED = 40
_RANKED = 20
# How much the words in common add to the cosine, which spreads less with e5; measured in docs/retrieval.md.
_WORDS_WEIGH = {Route.MINILM: 0.1, Route.E5: 0.02, Route.ACROSS: 0.01}


@dataclass(frozen=True)
class Passage:
    """A published section that may answer. `similarity` is the cosine, `score` what it was ranked by."""

    section_id: int
    article_id: str
    slug: str
    version: int
    title: str
    heading: str
    anchor: str
    text: str
    language: str
    region: str
    url: str
    date: str
    collection_title: str
    score: float
    similarity: float


@dataclass(frozen=True)
class Found:
    """Passages, best first, and the probability that the first one answers; `shelf` says where they were found."""

    passages: tuple[Passage, ...]
    probability: float
    embed_ms: float
    search_ms: float
    shelf: str


def find(
    *, site: Site, question: str, language: str, region: str = "", limit: int = 5, logged_in: bool = False
) -> Found:
    """The site's published passages for a question, in its language first, else in any.

    Articles for who is logged in are left out unless the asker is.

    A region's variant of an article stands in for the general one; variants of other regions are left out.
    Runs on a database thread: a few milliseconds in English, some 15 more where e5 is asked.
    """
    languages = Article.objects.languages(site, logged_in=logged_in)
    own = next((code for code in (language.lower(), language.lower().partition("-")[0]) if code in languages), "")
    best = Found((), 0.0, 0.0, 0.0, "")
    if own and available(model_of(own)):
        route = Route.MINILM if model_of(own) == MINILM else Route.E5
        best = _look(site, question, [own], route, region, limit, logged_in)
    if best.probability >= THRESHOLD or not available(E5):
        return best
    others = _other_languages(site, own, logged_in)
    if others:
        across = _look(site, question, others, Route.ACROSS, region, limit, logged_in, not_in=own)
        best = _better(best, across)
    return best


def _other_languages(site: Site, own: str, logged_in: bool) -> list[str]:
    """The languages in which there is an article that `own` does not have."""
    shown = Article.objects.for_readers(site, logged_in=logged_in)
    rows = shown.exclude(language=own).exclude(slug__in=shown.filter(language=own).values("slug"))
    return sorted(set(rows.order_by().values_list("language", flat=True)))


def _better(own: Found, across: Found) -> Found:
    chosen = across if across.probability > max(own.probability, THRESHOLD) or not own.passages else own
    return replace(chosen, embed_ms=own.embed_ms + across.embed_ms, search_ms=own.search_ms + across.search_ms)


def _look(
    site: Site,
    question: str,
    languages: Sequence[str],
    route: Route,
    region: str,
    limit: int,
    logged_in: bool,
    not_in: str = "",
) -> Found:
    """One look at the shelves of `languages`; articles that `not_in` has too are left to that language."""
    model = MINILM if route is Route.MINILM else E5
    start = time.perf_counter()
    vector = named(model).matrix([question], "query")[0]
    embedded = time.perf_counter()
    shelves = [Shelf(site.pk, language, model) for language in languages]
    sections = _sections(site, shelves, vector, region, logged_in)
    if route is Route.ACROSS:
        sections = _in_one_language(site, sections, not_in, logged_in)
    passages = _ranked(question, [_passage(site, *pair) for pair in sections[:_RANKED]], route)[:limit]
    probability = answerable.probability(question, passages, route)
    done = time.perf_counter()
    names = ", ".join(map(str, shelves))
    return Found(tuple(passages), probability, (embedded - start) * 1000, (done - embedded) * 1000, names)


def _sections(
    site: Site, shelves: Iterable[Shelf], vector: Matrix, region: str, logged_in: bool
) -> list[tuple[Section, float]]:
    """The nearest sections on these shelves that may be shown, with their cosine, best first."""
    regions = reach(region)
    where = Where(regions=frozenset(regions))
    scores = {n: score for shelf in shelves for n, score in index.current().query(shelf, vector, _FETCHED, where)}
    readable = Article.objects.for_readers(site, logged_in=logged_in).filter(region__in=regions).order_by()
    rows = Section.objects.filter(pk__in=scores, version__article__in=readable)
    rows = rows.select_related("version__article__published", "version__article__collection")
    texts = ("version__body", "version__article__body", "version__article__published__body")
    sections = [section for section in rows.defer(*texts) if _current(section)]
    slugs = {section.version.article.slug for section in sections}
    variants = readable.filter(slug__in=slugs).values_list("slug", "language", "region")
    chosen = nearest(variants, regions)
    kept = [(section, scores[section.pk]) for section in sections if _variant(section.version.article) in chosen]
    return sorted(_citable(kept), key=lambda pair: (-pair[1], pair[0].pk))


def _citable(hits: Sequence[tuple[Section, float]]) -> list[tuple[Section, float]]:
    """A question that was hit stands for its version's section that was hit best, else for the first one."""
    texts = {section.pk: (section, score) for section, score in hits if section.kind == SectionKind.TEXT}
    for question, score in hits:
        if question.kind == SectionKind.QUESTION:
            beside = [pair for pair in texts.values() if pair[0].version_id == question.version_id]
            section = max(beside, key=lambda pair: pair[1])[0] if beside else _first_text(question)
            texts[section.pk] = section, max(score, texts.get(section.pk, (section, 0.0))[1])
    return list(texts.values())


def _first_text(question: Section) -> Section:
    first = Section.objects.filter(version=question.version_id, kind=SectionKind.TEXT).order_by("position")[0]
    first.version = question.version
    return first


def _in_one_language(
    site: Site, pairs: Sequence[tuple[Section, float]], not_in: str, logged_in: bool
) -> list[tuple[Section, float]]:
    """Each article in one language only: the site's own, else English, else where it was found nearest."""
    rows = Article.objects.for_readers(site, logged_in=logged_in).filter(language=not_in)
    left_out = set(rows.values_list("slug", flat=True)) if not_in else set()
    preferred = (site.locale.partition("-")[0], "en")
    language_of: dict[str, str] = {}
    for section, _score in pairs:
        article = section.version.article
        known = language_of.get(article.slug)
        better = article.language in preferred and (
            known not in preferred or preferred.index(article.language) < preferred.index(known)
        )
        if known is None or better:
            language_of[article.slug] = article.language
    return [
        (section, score)
        for section, score in pairs
        if section.version.article.slug not in left_out
        and language_of[section.version.article.slug] == section.version.article.language
    ]


def _ranked(question: str, passages: Sequence[Passage], route: Route) -> list[Passage]:
    covered = coverage(question, [f"{p.title} {p.heading} {p.text}" for p in passages])
    weight = _WORDS_WEIGH[route]
    scored = [replace(p, score=p.similarity + weight * share) for p, share in zip(passages, covered, strict=True)]
    return sorted(scored, key=lambda p: (-p.score, p.section_id))


def _current(section: Section) -> bool:
    """Of the published version; or of an earlier one, while the published one is on its way into the index."""
    published = section.version.article.published
    if published is None or published.pk == section.version_id:
        return published is not None
    return published.indexed_at is None and section.version.number < published.number


def _variant(article: Article) -> tuple[str, str, str]:
    return article.slug, article.language, article.region


def _passage(site: Site, section: Section, similarity: float) -> Passage:
    version, article = section.version, section.version.article
    path = article_path(
        site.key,
        article.language,
        article.slug,
        region=article.region,
        version=version.number,
        anchor=section.anchor,
    )
    return Passage(
        section_id=section.pk,
        article_id=article.public_id,
        slug=article.slug,
        version=version.number,
        title=version.title,
        heading=section.heading,
        anchor=section.anchor,
        text=section.text,
        language=article.language,
        region=article.region,
        url=settings.TANDEM.public_url + path,
        date=version.published_at.date().isoformat(),
        collection_title=article.collection.title_in(article.language),
        score=similarity,
        similarity=similarity,
    )

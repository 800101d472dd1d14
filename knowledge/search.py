"""The public face of retrieval: `find` gives the passages for a question and how probable an answer in them is."""

import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, Final

from django.conf import settings
from django.db.models import QuerySet

from supportsite.prepared import Prepared
from supportsite.redact import Redactor
from supportsite.sites.models import Site

from . import answerable, beginnings, editions, index, languages, leaving, rerank, widths
from .addresses import article_path
from .answerable import Route
from .candidates import Asked, Candidate, gather, readable
from .embed import E5, ModelUnavailable, available, begin, general, models_for, question_vectors, unread
from .language_means import without_language
from .leaving import Leaving
from .models import Article, Audience, Section
from .regions import reach
from .shelf import Matrix
from .split import embedded_text
from .staged import Staged

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Passage:
    """A published section that may answer. `score` is what it was ranked by."""

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


@dataclass(frozen=True)
class Found:
    """Passages, best first, and the probability that the first one answers; `shelf` says where they were found.

    From `enough` on the assistant answers on this site.
    `searched` is "chroma" or, where that did not answer or is another process's, "rows": every vector was compared.

    `ranked` is everything that was looked at, best first; the passages are its first ones.
    """

    passages: tuple[Passage, ...]
    probability: float
    enough: float
    embed_ms: float
    search_ms: float
    shelf: str
    ranked: tuple[Candidate, ...] = ()
    searched: str = "chroma"


@dataclass(frozen=True)
class Look:
    """One look at the articles, of the question's language or of the others: what was found and how good it seems."""

    route: Route
    ranked: tuple[Candidate, ...] = ()
    evidence: Mapping[str, float] = field(default_factory=dict)
    embed_ms: float = 0.0
    search_ms: float = 0.0
    shelf: str = ""


def find(
    *,
    site: Site,
    question: str,
    language: str,
    region: str = "",
    collection: str = "",
    before: str = "",
    limit: int = 5,
    reader: Audience = Audience.EVERYONE,
    instead: Staged | None = None,
    redact: Callable[[str], str] | None = None,
    leaving: Leaving | None = None,
) -> Found:
    """The site's published passages for a question, in its language first, else in any, unless the site forbids that.

    Its language is that of every country (`languages.own`): who speaks Portuguese reads what is in pt-br.

    Articles that such a `reader` may not read are left out.

    `before`: what was asked before it, where the question leans on that ("and for shoes?").
    A region's variant of an article stands in for the general one; variants of other regions are left out. With a
    `collection` (its slug) only that is searched. `instead` is found in its article's place. From a model
    of the owner's choice `redact`, which knows what else was said, keeps what is personal; `leaving` books the call.
    Runs on a database thread: some 25 ms, most of them for the question's vectors.
    """
    calibration = answerable.calibration_of(site)
    enough = calibration.threshold(site.accepted_wrong)
    best, probability, embed_ms, search_ms = Look(Route.E5), 0.0, 0.0, 0.0
    texts = [question, f"{before}\n{question}"] if before else [question]
    asked = Asked(site, editions.live(site.pk), texts, {}, region, collection, reader, instead, redact, leaving)
    for look in looks(asked, language):
        embed_ms, search_ms = embed_ms + look.embed_ms, search_ms + look.search_ms
        probable = calibration.probability(look.route, look.evidence)
        if not best.ranked or probable >= max(probability, enough):
            best, probability = look, probable
        if probability >= enough:
            break
    start = time.perf_counter()
    shown = beginnings.first(question, best.ranked)[:limit]
    passages = _reranked(asked, language, _passages(site, shown, instead))
    search_ms += (time.perf_counter() - start) * 1000
    return Found(passages, probability, enough, embed_ms, search_ms, best.shelf, best.ranked, index.searched())


def expect(question: str, language: str) -> None:
    """Have the question read already: `find` will be asked for it in a moment. Returns at once.

    Not by models of the owner's choice: those may ask another machine, and which one the index needs is in the rows.
    """
    if not settings.TANDEM.embeddings:
        begin([question], models_for(language))


def looks(asked: Asked, language: str) -> Iterator[Look]:
    """The looks that may be taken for a question, the better founded first; each is taken when it is asked for."""
    own = languages.own(language, _languages(**asked.asker))
    chosen = asked.edition.embeddings
    told = _told(asked, language) if chosen else asked.texts
    if own:
        yield _look(asked, told, own, models_for(own[0], chosen))
    every = general(chosen)
    others = _other_languages(asked, own) if asked.site.across_languages and available(every) else []
    if others:
        yield _look(asked, told, others, (every,), across_from=language, without=own)


def _other_languages(asked: Asked, own: list[str]) -> list[str]:
    """The languages in which there is an article that `own` do not have for the asker's region."""
    regions = list(reach(asked.region)) if own else []
    return sorted(_others(own=own, regions=regions, **asked.asker))


def _compose_languages(**asker: Any) -> "QuerySet[Article, str]":
    return readable(**asker).values_list("language", flat=True).distinct()


def _compose_others(own: list[str], regions: list[str], **asker: Any) -> "QuerySet[Article, str]":
    shown = readable(**asker)
    there = shown.filter(language__in=own, region__in=regions)
    rows = shown.exclude(language__in=own).exclude(slug__in=there.values("slug"))
    return rows.values_list("language", flat=True).distinct()


_languages: Final = Prepared(_compose_languages)
_others: Final = Prepared(_compose_others)


def _told(asked: Asked, language: str) -> Sequence[str]:
    """What models of the owner's choice read of the question. They may run anywhere: they get no personal data."""
    site = asked.site
    redact = asked.redact or _alone(asked.texts, language, asked.region, site.order_numbers, site.name).redact
    return [redact(text) for text in asked.texts]


def _alone(texts: Sequence[str], language: str, region: str, orders: Sequence[str], name: str) -> Redactor:
    """For a question outside any conversation."""
    return Redactor(texts, language=language, region=region, orders=orders, keep=(name,))


def _look(
    asked: Asked,
    told: Sequence[str],
    among: Sequence[str],
    models: Sequence[str],
    *,
    across_from: str | None = None,
    without: Sequence[str] = (),
) -> Look:
    """One look at the articles in the languages `among`; those that `without` have too are left to these.

    `across_from`: the question's language, where that is none of these.
    """
    start = time.perf_counter()
    vectors = _vectors(asked, told, models)
    if across_from is not None and E5 in vectors:
        vectors[E5] = without_language(vectors[E5], across_from)
    embedded = time.perf_counter()
    ranked = gather(replace(asked, vectors=vectors), among)
    if across_from is not None:
        regions = list(reach(asked.region))
        left_out = set(_slugs(languages=list(without), regions=regions, **asked.asker)) if without else set()
        ranked = [one for one in ranked if one.slug not in left_out]
    if len(among) > 1:
        wanted = (asked.site.locale, "en") if across_from is not None else among
        ranked = _in_one_language(ranked, [code for one in wanted for code in languages.own(one, among)])
    route = answerable.route_of(ranked, across=across_from is not None)
    seen = answerable.evidence(ranked) if ranked else {}
    done = time.perf_counter()
    shelf = f"{', '.join(among)}/{'+'.join(ranked[0].cosines if ranked else models)}"
    return Look(route, tuple(ranked), seen, (embedded - start) * 1000, (done - embedded) * 1000, shelf)


def _vectors(asked: Asked, texts: Sequence[str], models: Sequence[str]) -> dict[str, Matrix]:
    """The question's vector by each model; none where a model does not answer: words alone find something then."""
    try:
        with _booked(asked, texts):
            read = question_vectors(texts, models)
        return {model: widths.checked(model, each).mean(axis=0) for model, each in read.items()}
    except ModelUnavailable as error:
        _log.warning("A question is searched by its words alone: %s", error)
        return {}


@contextmanager
def _booked(asked: Asked, texts: Sequence[str]) -> Iterator[None]:
    """A row in somebody's ledger while a model of the owner's choice reads what of `texts` it has not just read."""
    chosen = asked.edition.embeddings
    if not chosen or not (new := unread(texts, chosen)):
        yield
        return
    with (asked.leaving or leaving.of_site(asked.site.pk))(chosen, new):
        yield


def _in_one_language(ranked: Sequence[Candidate], preferred: Sequence[str]) -> list[Candidate]:
    """Each article in one language only: in the first of those `preferred`, else where it was found nearest."""
    chosen: dict[str, str] = {}
    for one in ranked:
        known = chosen.get(one.slug)
        if known is None or _sooner(one.language, known, preferred):
            chosen[one.slug] = one.language
    return [one for one in ranked if chosen[one.slug] == one.language]


def _compose_slugs(languages: list[str], regions: list[str], **asker: Any) -> "QuerySet[Article, str]":
    return readable(**asker).filter(language__in=languages, region__in=regions).values_list("slug", flat=True)


_slugs: Final = Prepared(_compose_slugs)


def _sooner(language: str, known: str, preferred: Sequence[str]) -> bool:
    return language in preferred and (known not in preferred or preferred.index(language) < preferred.index(known))


# What a passage is made of; the rest of these rows is long.
_SHOWN: Final = (
    *("anchor", "heading", "text", "version__number", "version__title", "version__published_at"),
    *(f"version__article__{name}" for name in ("public_id", "slug", "language", "region", "collection__titles")),
)


def _passages(site: Site, ranked: Sequence[Candidate], instead: Staged | None = None) -> tuple[Passage, ...]:
    rows = _sections(sections=[one.section_id for one in ranked], site=site.pk)
    sections = {section.pk: section for section in rows}
    sections |= instead.sections if instead else {}
    return tuple(_passage(site, sections[one.section_id], one.score) for one in ranked if one.section_id in sections)


def _reranked(asked: Asked, language: str, found: tuple[Passage, ...]) -> tuple[Passage, ...]:
    """In the order of the owner's reranker, where there is one; how probable an answer is stays what it was."""
    if not rerank.is_chosen() or len(found) < 2:
        return found
    texts = [embedded_text(one.title, one.heading, one.text) for one in found]
    return tuple(found[place] for place in rerank.order_of(_told(asked, language)[-1], texts))


def _compose_sections(sections: list[int], site: int) -> QuerySet[Section]:
    rows = Section.objects.filter(pk__in=sections, version__article__site=site)
    return rows.select_related("version__article__collection").only(*_SHOWN)


_sections: Final = Prepared(_compose_sections)


def _passage(site: Site, section: Section, score: float) -> Passage:
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
        score=score,
    )

"""How long it takes to find passages among 100,000 sections, without the embedding of the question.

Made-up articles: words as rare as words are, vectors in clusters, a few regions and collections. The floor, taken in
turn with each question: numpy compares the question with every vector, and one pass of BM25 scores every section.
"""

import os
import random
import time
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from .demo_site import start
from .report import Result, Spread, Target, quantile

SECTIONS = int(os.environ.get("TANDEM_BENCH_SECTIONS", "100000"))
EACH = 4  # sections of an article
QUESTIONS = 300
WARM = 20
REGIONS = ("", "", "", "", "", "EU", "UK", "US")
COLLECTIONS = 12
_CLUSTERS, _SPREAD = 4000, 0.9
_WORDS, _TEXT = 60_000, 55
# Who asks: region, collection.
READERS = (("", ""), ("AT", ""), ("UK", ""), ("US", "shelf-3"))


def run() -> Result:
    """Build the shelf, ask, and compare."""
    start()
    from knowledge import candidates, editions, index, lexicon  # noqa: PLC0415

    rng, chance = np.random.default_rng(5), random.Random(5)
    index.own()
    began = time.perf_counter()
    site, matrix, texts = large_site(rng, chance)
    written = time.perf_counter()
    edition = editions.live(site.pk)
    lexicon.current().warm(site.pk, edition.pk)
    figures: dict[str, Any] = {
        "sections": SECTIONS,
        "rows and graph, s": round(written - began, 1),
        "reading the words, s": round(time.perf_counter() - written, 1),
    }
    spent: dict[tuple[str, str], list[float]] = {reader: [] for reader in READERS}
    floors = []
    for number, (text, vector) in enumerate(_questions(rng, chance, matrix, texts)):
        reader = READERS[number % len(READERS)]
        vectors = {candidates.MINILM: vector, candidates.E5: vector}
        took = _timed(candidates.gather, candidates.Asked(site, edition, [text], vectors, *reader), ["en"])
        floor = _timed(_floor, matrix, vector, lexicon.shelf_of(site.pk, "en", edition.pk), text)
        if number >= WARM:
            spent[reader].append(took)
            floors.append(floor)
    everything = [one for mine in spent.values() for one in mine]
    for (region, collection), mine in spent.items():
        figures[f"found, region {region or 'none'}, {collection or 'any collection'}"] = Spread.of(mine)
    figures |= {"found, all": Spread.of(everything), "floor: numpy and one pass of BM25": Spread.of(floors)}
    index.disown()
    return Result("retrieval_speed", figures, _targets(everything, floors))


def _targets(spent: Sequence[float], floors: Sequence[float]) -> list[Target]:
    return [
        Target("p50, ms", 1000 * quantile(spent, 0.5), 10),
        Target("p99, ms", 1000 * quantile(spent, 0.99), 25),
        Target("p50 × floor", quantile(spent, 0.5) / quantile(floors, 0.5), 3),
    ]


def _timed(work: Any, *given: Any) -> float:
    began = time.perf_counter()
    work(*given)
    return time.perf_counter() - began


def _floor(matrix: Any, vector: Any, words: Any, text: str) -> None:
    from knowledge import lexicon  # noqa: PLC0415

    near = matrix @ vector
    np.argpartition(-near, 40)
    lexicon.current().search(words, text, 30, told=True)


def large_site(rng: Any, chance: random.Random, count: int = SECTIONS) -> tuple[Any, Any, list[str]]:
    """A site with its rows, its vectors by both models (the same: what is measured is the reading) and its graph."""
    from django.db import connection  # noqa: PLC0415
    from django.utils import timezone  # noqa: PLC0415

    from knowledge import editions, embed, index  # noqa: PLC0415
    from knowledge.models import Article, Collection, Section, Vector, Version  # noqa: PLC0415
    from knowledge.shelf import Label, Shelf  # noqa: PLC0415
    from supportsite.sites.models import Site  # noqa: PLC0415

    connection.cursor().execute("PRAGMA synchronous=OFF")
    matrix, texts, now = _vectors(rng, count), list(_texts(rng, count)), timezone.now()
    site = Site.objects.create(name="Large")
    shelves = [
        Collection.objects.create(site=site, slug=f"shelf-{n}", titles={"en": f"Shelf {n}"}) for n in range(COLLECTIONS)
    ]
    articles = Article.objects.bulk_create(
        (
            Article(
                site=site, collection=chance.choice(shelves), slug=f"a-{n}", region=chance.choice(REGIONS), title="T"
            )
            for n in range(count // EACH)
        ),
        batch_size=2000,
    )
    versions = Version.objects.bulk_create(
        (Version(article=one, number=1, title="T", body="", published_at=now, indexed_at=now) for one in articles),
        batch_size=2000,
    )
    for article, version in zip(articles, versions, strict=True):
        article.published = version
    Article.objects.bulk_update(articles, ["published"], batch_size=400)
    edition = editions.ensure_live(site.pk)
    sections = Section.objects.bulk_create(
        (
            Section(version=versions[n // EACH], edition=edition, position=n % EACH, text=text, digest=f"{n:064x}")
            for n, text in enumerate(texts)
        ),
        batch_size=2000,
    )
    for model in (embed.MINILM, embed.E5):
        Vector.objects.bulk_create(
            (Vector(digest=f"{n:064x}", model=model, numbers=row.tobytes()) for n, row in enumerate(matrix)),
            batch_size=2000,
        )
    labels = [Label(articles[n // EACH].region, articles[n // EACH].collection.slug) for n in range(len(sections))]
    for at in range(0, len(sections), 10_000):
        part = slice(at, at + 10_000)
        ids = [section.pk for section in sections[part]]
        index.current().upsert(Shelf(site.pk, "en", embed.MINILM, edition.pk), ids, matrix[part], labels[part])
    return site, matrix, texts


def _vectors(rng: Any, count: int) -> Any:
    centres = rng.standard_normal((_CLUSTERS, 384)).astype(np.float32)
    matrix = centres[rng.integers(0, _CLUSTERS, count)]
    matrix += _SPREAD * rng.standard_normal((count, 384), dtype=np.float32)
    matrix /= np.linalg.norm(matrix, axis=1, keepdims=True)
    return matrix


def _texts(rng: Any, count: int) -> Iterator[str]:
    """Texts whose words are as unevenly frequent as those of a language (Zipf)."""
    shares = 1 / np.arange(1, _WORDS + 1)
    chosen = rng.choice(_WORDS, size=(count, _TEXT), p=shares / shares.sum())
    names = [f"w{number:x}ord" for number in range(_WORDS)]
    return (" ".join(names[number] for number in row) for row in chosen)


def _questions(rng: Any, chance: random.Random, matrix: Any, texts: Sequence[str]) -> Iterator[tuple[str, Any]]:
    """Nine words of a section, in a question's order, and a vector near its own."""
    for _ in range(QUESTIONS + WARM):
        number = chance.randrange(SECTIONS)
        vector = matrix[number] + 0.03 * rng.standard_normal(384).astype(np.float32)
        yield " ".join(chance.sample(texts[number].split(), 9)), vector / np.linalg.norm(vector)

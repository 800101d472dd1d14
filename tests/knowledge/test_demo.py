"""The demo's help centre: complete, and never mixed with an owner's data."""

import re

import numpy as np
import pytest
from django.utils import timezone

from knowledge import demo, indexing, publish
from knowledge.embed import E5, MINILM, models_for, named
from knowledge.exact import vectors_in_rows
from knowledge.models import Article, Section, Vector, Version
from knowledge.split import embedded_text
from supportsite.sites.models import Site

pytestmark = pytest.mark.django_db


@pytest.fixture
def northpine() -> Site:
    """The demo site."""
    return demo.load()


def test_it_has_the_articles_that_it_promises(northpine):
    slugs = {
        language: set(Article.objects.filter(site=northpine, language=language).values_list("slug", flat=True))
        for language in ("en", "de", "es", "fr")
    }
    assert len(slugs["en"]) >= 60
    assert all(len(slugs[language]) >= 15 and slugs[language] <= slugs["en"] for language in ("de", "es", "fr"))
    for slug in ("return-policy", "warranty-cover"):
        regions = Article.objects.filter(site=northpine, language="en", slug=slug).values_list("region", flat=True)
        assert set(regions) == {"", "EU", "UK", "US"}


def test_everything_in_it_is_published_in_a_collection_with_titles(northpine):
    articles = Article.objects.filter(site=northpine).select_related("collection")
    assert not articles.filter(published=None).exists()
    assert all(set(a.collection.titles) == {"en", "de", "es", "fr"} for a in articles)


def test_every_link_leads_to_an_article(northpine):
    slugs = set(Article.objects.filter(site=northpine).values_list("slug", flat=True))
    for article in Article.objects.filter(site=northpine):
        assert set(re.findall(r"\(article:([a-z0-9-]+)", article.body)) <= slugs, article.slug


def test_loading_again_changes_nothing(northpine):
    versions = Version.objects.count()
    assert demo.load() == northpine
    assert Version.objects.count() == versions


def test_an_edit_is_kept_until_it_is_reset(northpine):
    article = Article.objects.filter(site=northpine, slug="refund-time", language="en").get()
    publish.save_draft(article=article, title=article.title, body="Two days.")
    publish.publish(article=article, by=None, now=timezone.now())
    demo.load()
    article.refresh_from_db()
    assert article.body == "Two days."
    demo.load(reset=True)
    article.refresh_from_db()
    assert "Two days." not in article.published.body


def test_an_owners_site_is_left_alone(site):
    demo.load()
    assert not Article.objects.filter(site=site).exists()
    with pytest.raises(ValueError, match="demo site only"):
        demo.load(site)


@pytest.fixture
def its_sections(northpine) -> list[Section]:
    """What a first start would have to read."""
    return list(Section.objects.filter(version__article__site=northpine).select_related("version__article"))


def test_what_the_models_read_in_it_is_there_at_the_first_start(its_sections):
    digests = {model: set() for model in (MINILM, E5)}
    for section in its_sections:
        for model in models_for(section.version.article.language):
            digests[model].add(section.digest)
    for model, wanted in digests.items():
        lacking = wanted - vectors_in_rows(model, sorted(wanted)).keys()
        assert not lacking, f"{len(lacking)} texts of the demo: run benchmarks/demo_vectors.py"


@pytest.mark.parametrize("model", [MINILM, E5])
def test_it_is_what_the_models_give(its_sections, model):
    some = [s for s in its_sections if model in models_for(s.version.article.language)][::60]
    read = named(model).matrix([embedded_text(*s.titles(), s.text) for s in some], "passage")
    kept = vectors_in_rows(model, [s.digest for s in some])
    cosines = np.sum(read * np.stack([kept[s.digest] for s in some]), axis=1)
    assert len(some) > 5
    assert cosines == pytest.approx(1, abs=0.001)


def test_an_owner_who_chose_another_model_is_given_none(northpine, settings):
    Vector.objects.all().delete()
    settings.TANDEM = settings.TANDEM.model_copy(update={"embeddings": "somewhere:else"})
    demo.load(northpine, reset=True)
    assert not Vector.objects.exists()


def test_a_text_that_was_edited_is_read_anew(northpine):
    article = Article.objects.filter(site=northpine, slug="refund-time", language="de").get()
    publish.save_draft(article=article, title=article.title, body="Zwei Tage, nicht länger.")
    version = publish.publish(article=article, by=None, now=timezone.now())
    before = Vector.objects.count()
    indexing.index_version(version.pk, now=timezone.now())
    assert Vector.objects.count() == before + 1

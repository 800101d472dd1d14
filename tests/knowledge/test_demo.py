"""The demo's help centre: complete, and never mixed with an owner's data."""

import re

import pytest
from django.utils import timezone

from knowledge import demo, publish
from knowledge.models import Article, Version
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

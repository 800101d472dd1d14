"""What the tests of what a curator tries share."""

import pytest
from django.test import Client

from knowledge import indexing, publish
from knowledge.models import Article
from tests.chat.curators import SHIPPING, TENTS, logged_in


@pytest.fixture
def desk(curator) -> Client:
    """The curator's browser."""
    return logged_in(curator)


@pytest.fixture
def tents(site, now) -> Article:
    """An article that is found, beside another."""
    shelf = site.collections.create(slug="care", titles={"en": "Care"})
    for slug, body in (("shipping", SHIPPING), ("tents", TENTS)):
        fields = {"collection": shelf, "language": "en", "title": slug.capitalize()}
        article = publish.create_article(site=site, slug=slug, body=body, **fields)
        indexing.index_version(publish.publish(article=article, by=None, now=now).pk, now=now)
    return article

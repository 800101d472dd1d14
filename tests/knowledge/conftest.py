"""What the tests of knowledge share: a collection, a way to write articles, and Chroma in a folder of its own."""

from collections.abc import Callable, Iterator

import pytest

from knowledge import index, indexing, publish
from knowledge.models import Article, Collection

RETURNS = "You can return unused items within 30 days.\n\n## Refunds\n\nThe money is back on your card within 5 days."
SHIPPING = "We ship to every country of Europe.\n\n## Prices\n\nA parcel costs 4.90 euros. Above 75 euros it is free."
TENTS = "Dry the tent before you store it.\n\n## Poles\n\nA bent pole can be straightened by hand."

Write = Callable[..., Article]


@pytest.fixture
def shelf(site) -> Collection:
    """A collection of the site."""
    return Collection.objects.create(site=site, slug="orders", titles={"en": "Orders", "de": "Bestellungen"})


@pytest.fixture
def write(site, shelf, now) -> Write:
    """Writes, publishes and indexes an article of the site."""

    def write(slug: str, body: str, **fields: str) -> Article:
        fields = {"title": slug.replace("-", " ").capitalize(), "language": "en"} | fields
        article = publish.create_article(site=site, collection=shelf, slug=slug, body=body, **fields)
        version = publish.publish(article=article, by=None, now=now)
        indexing.index_version(version.pk, now=now)
        return article

    return write


@pytest.fixture
def articles(write) -> dict[str, Article]:
    """Three English articles, by slug."""
    texts = {"returns": RETURNS, "shipping": SHIPPING, "tents": TENTS}
    return {slug: write(slug, body) for slug, body in texts.items()}


@pytest.fixture
def chroma(settings, tmp_path) -> Iterator[None]:
    """This process owns Chroma, in a folder that is thrown away."""
    settings.VAR = tmp_path
    assert index.own()
    yield
    index.disown()

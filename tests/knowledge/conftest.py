"""What the tests of knowledge share: a collection, a way to write articles, and Chroma in a folder of its own."""

from collections.abc import Callable, Iterator

import pytest

from knowledge import import_run, index, indexing, publish
from knowledge.models import Article, Collection
from knowledge.reading import Reader

RETURNS = "You can return unused items within 30 days.\n\n## Refunds\n\nThe money is back on your card within 5 days."
SHIPPING = "We ship to every country of Europe.\n\n## Prices\n\nA parcel costs 4.90 euros. Above 75 euros it is free."
TENTS = "Dry the tent before you store it.\n\n## Poles\n\nA bent pole can be straightened by hand."

Write = Callable[..., Article]


class _Kept(Reader):
    """Stays for the next run."""

    def __exit__(self, *raised: object) -> None:
        return


@pytest.fixture(scope="session", autouse=True)
def _one_reader() -> Iterator[None]:
    """The process that reads files takes half a second to start: all runs of these tests have one."""
    kept = _Kept()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(import_run, "Reader", lambda: kept)
        yield
    kept.close()


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

"""The dense half finds in Chroma what a comparison of every vector finds, whatever part of a shelf may be shown."""

import pytest

from knowledge import editions, embed, index, meaning
from knowledge.exact import ExactIndex
from knowledge.models import Section
from knowledge.shelf import ANYWHERE, Shelf, Where

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("chroma")]
BRITISH, GENERAL = Where(frozenset({"UK"})), Where(frozenset({""}))


@pytest.fixture
def found(site, write):
    """Asks for a part of a shelf of 24 articles, two of them for the United Kingdom only."""
    for number in range(22):
        write(f"general-{number}", f"Article {number} about tents and boots of size {number}.")
    for number in range(2):
        write(f"british-{number}", f"Article {number} about tea and kettles.", region="UK")
    vector = embed.named(embed.MINILM).matrix(["tea"], "query")[0]

    shelf = Shelf(site.pk, "en", embed.MINILM, editions.live(site.pk).pk)

    def found(where: Where, n: int = 5) -> list[str]:
        numbers = meaning.nearest(shelf, vector, n, where)
        slugs = dict(Section.objects.filter(pk__in=numbers).values_list("pk", "version__article__slug"))
        return [slugs[number] for number in numbers]

    return found


@pytest.mark.parametrize("where", [ANYWHERE, BRITISH, GENERAL])
def test_a_part_of_a_shelf_gives_what_comparing_every_vector_gives(found, where, monkeypatch):
    by_chroma = found(where)
    assert len(by_chroma) == (2 if where is BRITISH else 5)
    monkeypatch.setattr(index, "current", lambda: ExactIndex(from_rows=True))
    monkeypatch.setattr(index, "searched", lambda: "rows")
    assert found(where) == by_chroma


def test_a_part_that_has_changed_is_read_again(found, write):
    assert len(found(BRITISH)) == 2
    write("british-new", "More tea.", region="UK")
    assert "british-new" in found(BRITISH)

"""Queries that are composed once find what the same queries find when they are composed anew."""

import pytest
from django.db import connection
from django.db.models import Q, QuerySet
from django.test.utils import CaptureQueriesContext

from knowledge.models import Collection
from supportsite.prepared import Prepared
from supportsite.sites.models import Member, Site

pytestmark = pytest.mark.django_db


def _compose(keys: list[str], origin: str | None = None, *, is_demo: bool = False) -> QuerySet[Site, str]:
    rows = Site.objects.filter(key__in=keys, is_demo=is_demo).order_by("key")
    return (rows if origin is None else rows.filter(url=origin)).values_list("key", flat=True)


@pytest.fixture
def sites() -> list[Site]:
    return [
        Site.objects.create(key=f"site-{number}", name=f"Shop {number}", url=f"https://{number}.example")
        for number in range(6)
    ]


@pytest.mark.parametrize("many", range(1, 7))
def test_lists_of_any_length(sites: list[Site], many: int) -> None:
    found = Prepared(_compose)
    assert found(keys=[site.key for site in sites[:many]]) == [site.key for site in sites[:many]]
    assert found(keys=[site.key for site in sites[-many:]]) == [site.key for site in sites[-many:]]


def test_what_is_not_given_belongs_to_the_form(sites: list[Site]) -> None:
    found = Prepared(_compose)
    keys = [site.key for site in sites]
    assert found(keys=keys, origin="https://3.example") == ["site-3"]
    assert found(keys=keys, origin=None) == keys
    assert found(keys=keys, origin="https://4.example") == ["site-4"]
    Site.objects.filter(key="site-5").update(is_demo=True)
    assert found(keys=keys, is_demo=True) == ["site-5"]
    assert found(keys=keys, is_demo=False) == keys[:5]


def test_it_is_composed_once(sites: list[Site]) -> None:
    composed = []

    def compose(key: str) -> QuerySet[Site]:
        composed.append(key)
        return Site.objects.filter(key=key)

    found = Prepared(compose)
    assert [found(key=site.key) for site in sites] == [[site] for site in sites]
    assert len(composed) == 1


def test_no_value_becomes_part_of_the_statement(sites: list[Site]) -> None:
    found = Prepared(_compose)
    assert found(keys=["site-1' OR '1'='1", "%s"]) == []


def test_nothing_is_asked_for_an_empty_list(sites: list[Site]) -> None:
    with CaptureQueriesContext(connection) as asked:
        assert Prepared(_compose)(keys=[]) == []
    assert not asked.captured_queries


def test_rows_come_with_what_they_refer_to(site: Site, agent: Member) -> None:
    found = Prepared(lambda pk: Member.objects.select_related("site").filter(pk=pk))
    with CaptureQueriesContext(connection) as asked:
        (row,) = found(pk=agent.pk)
        assert (row, row.site.name) == (agent, site.name)
    assert len(asked.captured_queries) == 1


def test_a_value_that_is_changed_on_its_way_is_refused() -> None:
    with pytest.raises(ValueError, match="word is not among"):
        Prepared(lambda word: Site.objects.filter(name__icontains=word))(word="shop")


def test_what_a_lookup_escapes_is_refused_or_found_as_it_is(sites: list[Site]) -> None:
    """On SQLite `iexact` escapes, and is refused; on PostgreSQL it compares, and nothing is lost."""
    found = Prepared(lambda name: Site.objects.filter(name__iexact=name).order_by("pk"))
    if connection.vendor == "sqlite":
        with pytest.raises(ValueError, match="name is not among"):
            found(name="shop 1")
        return
    assert found(name="shop 1") == [sites[1]]
    assert found(name="%") == []


@pytest.mark.parametrize("keys", [[None, "site-1"], ["site-1", None], [True], ["site-1", False]])
def test_what_belongs_to_the_form_is_refused_within_a_list(sites: list[Site], keys: list[object]) -> None:
    found = Prepared(_compose)
    assert found(keys=["site-1", "site-2"]) == ["site-1", "site-2"]
    with pytest.raises(ValueError, match="keys holds"):
        found(keys=keys)


def test_a_value_may_be_asked_for_twice(sites: list[Site]) -> None:
    found = Prepared(lambda word: Site.objects.filter(Q(key=word) | Q(name=word)))
    assert found(word="site-1") == found(word="Shop 1") == [sites[1]]
    assert found(word="%") == []


def test_the_first_row_or_none(sites: list[Site]) -> None:
    found = Prepared(_compose)
    assert found.first(keys=["site-2", "site-1"]) == "site-1"
    assert found.first(keys=["nobody"]) is None


def test_numbers_of_a_small_column(site: Site) -> None:
    shelves = [Collection.objects.create(site=site, slug=f"shelf-{place}", position=place) for place in range(3)]
    found = Prepared(lambda site, position: Collection.objects.filter(site=site, position=position))
    assert [found(site=site.pk, position=place) for place in range(3)] == [[shelf] for shelf in shelves]

"""Whether articles helped their readers: one yes or no of each reader, and nothing of who said it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from .models import Article, Rating, Version


@dataclass(frozen=True)
class Tally:
    """How many readers said yes and no."""

    yes: int = 0
    no: int = 0


def rate(*, version: Version, helped: bool, key: str, now: datetime) -> str:
    """Keep one reader's word on an article, in place of their earlier one, which has the `key`. Returns its key."""
    said = {"version": version, "helped": helped, "at": now}
    if key and Rating.objects.filter(key=key, version__article=version.article_id).update(**said):
        return key
    return Rating.objects.create(**said).key


def tallies(versions: Iterable[Version]) -> Mapping[int, Tally]:
    """Each version's tally by its key; an empty one where nobody said anything."""
    rows = Rating.objects.filter(version__in=[version.pk for version in versions])
    counted: dict[int, dict[bool, int]] = defaultdict(dict)
    for version, helped, count in rows.values_list("version", "helped").annotate(Count("pk")).order_by():
        counted[version][helped] = count
    said = {version: Tally(by.get(True, 0), by.get(False, 0)) for version, by in counted.items()}
    return defaultdict(Tally, said)


def with_tallies(articles: "QuerySet[Article]") -> "QuerySet[Article]":
    """The articles with `said_yes` and `said_no`, of all their versions."""
    return articles.annotate(said_yes=_count(helped=True), said_no=_count(helped=False))


def _count(*, helped: bool) -> Coalesce:
    rows = Rating.objects.filter(version__article=OuterRef("pk"), helped=helped).order_by()
    return Coalesce(Subquery(rows.values("version__article").annotate(n=Count("pk")).values("n")), 0)

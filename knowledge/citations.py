"""That answers cite articles, by day: what was never cited is for care to notice."""

from collections.abc import Iterable
from datetime import date

from django.conf import settings
from django.db.models import Q

from supportsite.sites.models import Site

from .addresses import place_of
from .models import Article


def cited(*, site: Site, urls: Iterable[str], today: date) -> None:
    """An answer cites the articles at these addresses: one query, and a write for each article and day at most.

    Within a transaction of the caller's.
    """
    paths = (place_of(url.removeprefix(settings.TANDEM.public_url)) for url in urls)
    places = {(one.slug, one.language, one.region) for one in paths if one is not None}
    if not places:
        return
    any_of = Q()
    for slug, language, region in places:
        any_of |= Q(slug=slug, language=language, region=region)
    # An article that another answer is marking is left to it: two that waited for each other's would be a deadlock.
    due = Article.objects.filter(any_of, site=site).exclude(cited_on=today).order_by()
    free = due.select_for_update(skip_locked=True, no_key=True).values("pk")
    Article.objects.filter(pk__in=free).update(cited_on=today)

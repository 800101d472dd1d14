"""Links from an article to pages of other sites, and which of these pages are dead."""

from collections.abc import Iterator
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings

from .markdown import Reference, references
from .models import Article, FindingKind, OutsidePage
from .noticed import Noticed

_LONGEST = 1000


def keep_pages(article: Article, now: datetime) -> None:
    """Note the pages that what is published of the article links to: new ones are due to be asked for."""
    linked = {page_of(one.address) for one in outside(article)}
    rows = [OutsidePage(address=page, host=_host(page), due_at=now) for page in linked]
    OutsidePage.objects.bulk_create(rows, ignore_conflicts=True)
    article.outside_pages.set(OutsidePage.objects.filter(address__in=linked))
    OutsidePage.objects.filter(articles=None).delete()


def dead(article: Article) -> list[Noticed]:
    """The links of what is published of an article to pages that are dead; none where nobody asks for them."""
    if not settings.TANDEM.check_links:
        return []
    pages = {page.address: page for page in article.outside_pages.filter(is_dead=True)}
    found = ((one, pages.get(page_of(one.address))) for one in outside(article))
    return [_noticed(article, one, page) for one, page in found if page]


def outside(article: Article) -> Iterator[Reference]:
    """The links of what is published of an article to pages that are not ours."""
    if article.published is None:
        return
    for one in references(article.published.body):
        page = page_of(one.address)
        if page and len(page) <= _LONGEST and not f"{page}/".startswith(f"{settings.TANDEM.public_url}/"):
            yield one


def page_of(address: str) -> str:
    """The page of a web address, without the place on it; empty for any other address."""
    try:
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError:
        return ""
    is_of_the_web = parts.scheme in ("http", "https") and host and not parts.username
    return parts._replace(fragment="").geturl() if is_of_the_web else ""


def _host(page: str) -> str:
    return (urlsplit(page).hostname or "")[:260]


def _noticed(article: Article, one: Reference, page: OutsidePage) -> Noticed:
    since = (page.failing_since or page.due_at).date().isoformat()
    detail = {"fault": page.failure, "address": one.address, "date": since, "words": one.words, "quote": one.quote}
    sides = (one.quote, one.address, page.failure)
    return Noticed(FindingKind.OUTSIDE, article, sides, anchor=one.place, detail=detail)

"""A site as a page shows it: which pages may, in which language, and what a `welcome` says of it."""

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from supportsite.sites import staffing
from supportsite.sites.models import Site


def may_show(site: Site, origin: str) -> bool:
    """Whether a page of `origin` may show the widget; the demo site is shown by this machine's own addresses too."""
    if not origin:
        return False
    if origin in site.origins or origin == settings.TANDEM.public_url:
        return True
    if not site.is_demo:
        return False
    try:
        parts = urlsplit(origin)
        return (
            parts.scheme == "http"
            and parts.hostname in ("127.0.0.1", "localhost")
            and parts.port == settings.TANDEM.port
        )
    except ValueError:
        return False


def site_of(key: str) -> Site | None:
    """The site of a key that a page sent."""
    return Site.objects.filter(key=key).first() if "\0" not in key else None


def fields(site: Site, locale: str | None, now: datetime) -> dict[str, Any]:
    """Of a `welcome` to a page of that locale: name, colours, greeting, and whether somebody is there."""
    language = _language_of(locale, site)
    is_open = site.hours.is_open(now) if site.hours.are_set else staffing.somebody_online(site.pk, now)
    greeting = site.greeting.get(language) or site.greeting.get(site.locale) or ""
    return {
        "name": site.name,
        "locale": site.locale,
        "colours": {"accent": site.accent},
        "greeting": greeting,
        "open_now": is_open,
    }


def spoken(locale: str | None, site: Site) -> str:
    """The language in which code answers a page: the page's where we have it, else English."""
    language = _language_of(locale, site)
    return language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def _language_of(locale: str | None, site: Site) -> str:
    return (locale or site.locale).split("-")[0].lower()

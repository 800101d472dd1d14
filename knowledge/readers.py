"""Who reads the help centre and how: what they may see, in which language, from which side."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language_info

from supportsite.sites.models import Member, Site
from supportsite.sites.rights import Right

from .models import Audience
from .passes import Pass


@dataclass(frozen=True)
class Link:
    """An entry of a list."""

    title: str
    path: str
    language: str = ""
    region: str = ""


def is_member(request: HttpRequest, site: Site) -> bool:
    """Whether the reader is logged in as somebody of the site who may read its articles."""
    if request.user.is_superuser:
        return True
    mine = Member.objects.of_user(request.user).filter(site=site).first()
    return mine is not None and mine.may(Right.READ_ARTICLES)


def reader_of(request: HttpRequest, site: Site, given: Pass | None = None) -> Audience:
    """Who reads: by their session, or by the pass that was signed for this address."""
    if is_member(request, site):
        return Audience.LOGGED_IN
    return Audience.CUSTOMERS if given and not given.is_over else Audience.EVERYONE


def direction(language: str) -> str:
    """Whether a language is written from the right."""
    return "rtl" if language.partition("-")[0] in ("ar", "fa", "he", "ur", "ps", "sd", "ug", "yi", "dv") else "ltr"


def native_name(language: str) -> str:
    """A language's name in that language, else its code."""
    try:
        return str(get_language_info(language)["name_local"]).capitalize()
    except KeyError:
        return language


def interface_language(language: str) -> str:
    """The language of the page's own words: the article's where we have it, else English."""
    base = language.partition("-")[0]
    return base if base in dict(settings.LANGUAGES) else "en"

"""Who has an article open in the editor: each page says so every few seconds."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.contrib.auth.models import User

from supportsite.sites.models import Member

from .models import Article, Editing

SAID_EVERY_S: Final = 5
GONE_AFTER: Final = timedelta(seconds=3 * SAID_EVERY_S)


def say_here(*, article: Article, user: User, now: datetime) -> None:
    """This person has the article open."""
    Editing.objects.update_or_create(article=article, user=user, defaults={"seen_at": now})


def say_gone(*, article: Article, user: User) -> None:
    """This person has left it."""
    Editing.objects.filter(article=article, user=user).delete()


def others(*, article: Article, user: User, now: datetime) -> list[str]:
    """The names of everybody else who has it open."""
    rows = Editing.objects.filter(article=article, seen_at__gt=now - GONE_AFTER).exclude(user=user)
    return names_of(article, list(rows.order_by("pk").values_list("user_id", flat=True)))


def name_of(article: Article, user: User | None) -> str:
    """A person's name on the article's site; empty for nobody."""
    return names_of(article, [user.pk])[0] if user else ""


def names_of(article: Article, user_ids: Sequence[int]) -> list[str]:
    """Their names on the article's site, else the names by which they log in."""
    members = dict(Member.objects.filter(site=article.site_id, user__in=user_ids).values_list("user_id", "name"))
    logins = dict(User.objects.filter(pk__in=user_ids).values_list("pk", "username"))
    return [members.get(number) or logins[number] for number in user_ids if number in logins]

"""Articles past their review date: the list, and a letter to their owners."""

from collections import defaultdict
from datetime import date

from django.conf import settings
from django.core.mail import send_mail
from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from supportsite.sites.models import Member
from supportsite.sites.rights import RIGHTS, Right

from .models import Article

_CURATING = [role for role, rights in RIGHTS.items() if Right.EDIT_ARTICLES in rights]


def owners() -> QuerySet[Member]:
    """Who may own an article: members who log in and may edit it."""
    return Member.objects.filter(role__in=_CURATING, user__is_active=True).select_related("site").order_by("name")


def due(articles: QuerySet[Article], *, today: date) -> QuerySet[Article]:
    """Those that readers see and whose review date has come, the longest ago first."""
    return articles.filter(published__isnull=False, review_on__lte=today).order_by("review_on", "pk")


def remind(*, today: date) -> int:
    """Write one letter to each owner whose articles have become due since the last one; how many letters.

    Nothing is sent where no e-mail is set up. A letter that cannot be sent is tried again the next time.
    """
    if not settings.TANDEM.smtp_url.get_secret_value():
        return 0
    waiting = due(Article.objects.exclude(owner__user__email=""), today=today)
    told = Q(reminded_of__isnull=False, reminded_of=F("review_on"))
    by_owner = defaultdict(list)
    for article in waiting.filter(owner__user__is_active=True).exclude(told).select_related("owner__user", "site"):
        by_owner[article.owner].append(article)
    for owner, articles in by_owner.items():
        if owner is not None:
            _write(owner, articles)
    return len(by_owner)


def _write(owner: Member, articles: list[Article]) -> None:
    with translation.override(owner.site.locale):
        subject = ngettext(
            "%(count)d article is due for review", "%(count)d articles are due for review", len(articles)
        )
        lines = [_("These articles are yours, and the day to look at them has come:"), ""]
        for article in articles:
            address = reverse("admin:knowledge_article_change", args=[article.pk])
            lines.append(f"- {article.title}\n  {settings.TANDEM.public_url}{address}")
        text = "\n".join(lines) + "\n"
    send_mail(subject % {"count": len(articles)}, text, None, [owner.user.email])
    for article in articles:
        Article.objects.filter(pk=article.pk).update(reminded_of=article.review_on)

"""An article's slug: the same in every language and region, changed for all of them at once, and never forgotten."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from supportsite.sites.models import Site

from .models import Article, FormerSlug


def rename(*, article: Article, slug: str) -> None:
    """Give an article and its variants another slug; where readers knew the old one, it leads here for ever.

    Raises ValidationError where the slug belongs to another article, now or formerly.
    """
    with transaction.atomic():
        variants = Article.objects.select_for_update(no_key=True).filter(site=article.site_id, slug=article.slug)
        if wrong := fault(article.site, slug, instead_of=article.slug):
            raise ValidationError({"slug": wrong})
        known = next((variant for variant in variants if variant.versions.exists()), None)
        if known is not None:
            FormerSlug.objects.update_or_create(site=article.site, slug=article.slug, defaults={"article": known})
        FormerSlug.objects.filter(site=article.site, slug=slug).delete()
        variants.update(slug=slug)
    article.slug = slug


def fault(site: Site, slug: str, *, instead_of: str | None) -> str:
    """Why an article may not take `slug` (in place of `instead_of`, for a new one None); empty where it may."""
    former = FormerSlug.objects.filter(site=site, slug=slug).select_related("article").first()
    if former is not None and former.article.slug != instead_of:
        return _("This address was that of “%(title)s” and leads there. Choose another.") % {"title": former.article}
    if instead_of not in (None, slug) and Article.objects.filter(site=site, slug=slug).exists():
        return _("Another article has this address. Choose another.")
    return ""


def every(article: Article) -> list[str]:
    """The slugs by which readers knew an article, today's first; a former one is that of all its variants."""
    former = FormerSlug.objects.filter(site=article.site_id, article__slug=article.slug)
    return [article.slug, *former.values_list("slug", flat=True)]


def now_of(site: Site, former: str) -> str | None:
    """The slug that an article has now which once had `former`."""
    rows = FormerSlug.objects.filter(site=site, slug=former)
    return rows.values_list("article__slug", flat=True).first()

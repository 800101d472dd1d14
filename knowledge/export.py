"""Articles and their pictures to a .zip that `import_articles` reads: `articles.jsonl` and the folder `pictures`."""

import json
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from typing import IO, Any, Final

from django.db.models import F, QuerySet

from .addresses import pictures_in, with_pictures_in
from .models import Article, Audience, FormerSlug, Picture
from .publish import same_text

_FOLDER: Final = "pictures/"


def write(articles: QuerySet[Article], out: IO[bytes]) -> None:
    """Write the .zip. The texts name their pictures by where they are in it."""
    named: set[str] = set()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open("articles.jsonl", "w", force_zip64=True) as file:
            for line in _lines(articles):
                named.update(pictures_in(line))
                file.write(with_pictures_in(_FOLDER, line).encode())
        sites = articles.order_by().values("site")
        for picture in Picture.objects.filter(public_id__in=named, site__in=sites).iterator(chunk_size=20):
            archive.writestr(f"{_FOLDER}{picture.public_id}.{picture.kind}", bytes(picture.content))


def _lines(articles: QuerySet[Article]) -> Iterator[str]:
    """One line for each article, the withdrawn ones last, of these the latest first: an import finds what replaces one.

    `title`, `body` and `questions` are what readers see, or saw until it was withdrawn, so that an import changes
    nothing; `draft` is there where that is not the newest.
    """
    rows = articles.select_related("published", "collection", "owner__user", "replaced_by")
    rows = rows.prefetch_related("tags")
    former: defaultdict[tuple[int, str], list[str]] = defaultdict(list)
    known = FormerSlug.objects.filter(site__in=articles.order_by().values("site")).order_by("slug")
    for site, now, slug in known.values_list("site", "article__slug", "slug"):
        former[site, now].append(slug)
    shelved = ("collection__position", "collection__slug", "slug", "language", "region")
    for article in rows.order_by(F("withdrawn_at").desc(nulls_first=True), *shelved).iterator(chunk_size=200):
        yield json.dumps(_row(article, former[article.site_id, article.slug]), ensure_ascii=False) + "\n"


def _row(article: Article, former_slugs: list[str]) -> dict[str, Any]:
    version = article.published or (article.versions.first() if article.withdrawn_at else None)
    shown = version or article
    shown_to = Audience(article.audience).or_fewer(version.audience) if version else article.audience
    row = {
        "id": article.slug,
        "title": shown.title,
        "body": shown.body,
        "language": article.language,
        "region": article.region,
        "collection": article.collection.slug,
        "collection_titles": article.collection.titles,
        "state": _state(article),
        "audience": shown_to,
        "questions": shown.questions,
        "tags": [tag.name for tag in article.tags.all()],
        "owner": article.owner.user.get_username() if article.owner else None,
        "review_on": article.review_on.isoformat() if article.review_on else None,
        "former_slugs": former_slugs,
    }
    if version and not same_text(version, article):
        row["draft"] = {"title": article.title, "body": article.body, "questions": article.questions}
    if article.withdrawn_at:
        row["withdrawn_because"] = article.withdrawn_because
        row["replaced_by"] = article.replaced_by.slug if article.replaced_by else None
    return row


def _state(article: Article) -> str:
    if article.published is not None:
        return "published"
    return "withdrawn" if article.withdrawn_at else "draft"

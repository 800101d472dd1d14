"""Articles to `articles.jsonl`, the form that `import_articles` reads."""

import json
from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet

from .models import Article


def lines(articles: QuerySet[Article]) -> Iterator[str]:
    """One line for each article.

    `title` and `body` are what readers see, so that an import changes nothing; `state` says where that is not the
    newest, or nothing at all: an article that is a draft or withdrawn is its draft.
    """
    rows = articles.select_related("published", "collection", "owner__user", "replaced_by")
    for article in rows.prefetch_related("tags").order_by("pk").iterator(chunk_size=200):
        yield json.dumps(_row(article), ensure_ascii=False) + "\n"


def _row(article: Article) -> dict[str, Any]:
    shown = article.published or article
    row = {
        "id": article.slug,
        "title": shown.title,
        "body": shown.body,
        "language": article.language,
        "region": article.region,
        "collection": article.collection.slug,
        "state": _state(article),
        "audience": article.audience,
        "questions": shown.questions,
        "tags": [tag.name for tag in article.tags.all()],
        "owner": article.owner.user.get_username() if article.owner else None,
        "review_on": article.review_on.isoformat() if article.review_on else None,
    }
    if article.published and (article.title, article.body) != (shown.title, shown.body):
        row["draft"] = {"title": article.title, "body": article.body}
    if article.withdrawn_at:
        row["withdrawn_because"] = article.withdrawn_because
    return row


def _state(article: Article) -> str:
    if article.published is not None:
        return "published"
    return "withdrawn" if article.withdrawn_at else "draft"

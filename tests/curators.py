"""What the tests of what a curator tries share: questions about an article, and its form."""

from django.test import Client

from knowledge.models import Article

SHIPPING = "A parcel costs 4.90 euros.\n\n## Express\n\nExpress delivery takes one day and costs 12 euros."
TENTS = "Dry the tent before you store it.\n\n## Poles\n\nA bent pole can be straightened by hand."
ZIPS = "Dry the tent before you store it.\n\n## Zips\n\nA stuck zip is freed with candle wax."
POLES = "Can a bent pole be straightened?"
STUCK = "How is a stuck zip freed?"


def pressed(client: Client, article: Article, **fields):
    """Save the article's form by the button that begins a replay, as a browser follows it."""
    form = {"title": article.title, "body": article.body, "slug": article.slug, "language": "en", "region": ""}
    form |= {"collection": article.collection_id, "site": article.site_id, "_replay": "draft"} | fields
    return client.post(f"/admin/knowledge/article/{article.pk}/change/", form, follow=True)

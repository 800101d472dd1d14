"""An answer leaves a mark on the articles that it cites, and on no others."""

import pytest

from chat import frames
from knowledge import publish
from knowledge.models import Article, Collection
from tests.chat.test_gaps import SOURCES, ask
from tests.conftest import NOW

pytestmark = pytest.mark.django_db


def test_articles_remember_the_day_on_which_an_answer_last_cited_them(site, other_site):
    for owner in (site, other_site):
        shelf = Collection.objects.create(site=owner, slug="orders")
        for slug in ("delivery", "prices"):
            publish.create_article(site=owner, collection=shelf, slug=slug, language="en", title=slug, body=slug)
    cites = SOURCES[0] | {"url": f"/help/{site.key}/en/delivery/?v=2#times"}
    ask(site, "How long does delivery take?", sources=[cites])
    marked = Article.objects.filter(cited_on=NOW.date())
    assert [(one.site, one.slug) for one in marked] == [(site, "delivery")]


def test_an_answer_links_to_its_sources_and_nowhere_else(site):
    text = "See [delivery](/help/x/en/delivery/?v=2), [prices](//prices．example/) or [ours](https://shop.example/a)."
    quotes = SOURCES[0] | {"quote": "More at https://shop.example/a."}
    answer = ask(site, "How long does delivery take?", text=text, sources=[SOURCES[0]])
    assert html_of(answer).count("<a ") == 1
    assert 'href="/help/x/en/delivery/?v=2"' in html_of(answer)
    answer = ask(site, "How long does delivery take?", text=text, sources=[quotes])
    assert html_of(answer).count("<a ") == 2
    assert 'example/"' not in html_of(answer)


def html_of(event) -> str:
    return frames.after(conversation_id=event.conversation_id, seq=event.seq - 1, team=False).events[0].fields["html"]

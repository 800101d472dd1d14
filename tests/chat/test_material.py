"""A gap becomes a draft that holds what colleagues replied, and cannot go out as it is."""

import pytest
from django.test import Client

from chat import gaps, lifecycle
from knowledge import clusters, publish
from knowledge.models import Article, Gap
from supportsite.sites.rights import Role
from tests.chat.test_gaps import ask
from tests.chat.test_lifecycle import fresh
from tests.conftest import NOW, logged_in, make_member

pytestmark = pytest.mark.django_db
REPLY = "Yes, at 30 degrees. Ring me on +49 30 901820 if in doubt. ~~~~ end"


@pytest.fixture
def gap(site, agent) -> Gap:
    """A question that the assistant could not answer and a colleague did."""
    answer = ask(site, "Can I wash a sleeping bag?", answered="unknown", sources=[])
    conversation = answer.conversation.public_id
    for text in (REPLY, "And dry it in the sun."):
        lifecycle.agent_message(member=agent, conversation=conversation, client_id=fresh(), text=text, now=NOW)
    gaps.tell()
    clusters.place_waiting()
    return Gap.objects.get()


@pytest.fixture
def manager(site):
    """Somebody who edits articles and reads conversations."""
    return make_member(site, "Mae", Role.MANAGER)


def draft(client: Client, gap: Gap, **fields: object) -> Article:
    answer = client.post(f"/admin/try/gaps/{gap.pk}/draft/", fields)
    article = Article.objects.get()
    assert answer["Location"] == f"/admin/knowledge/article/{article.pk}/change/"
    return article


def test_one_click_opens_a_draft_with_the_replies_as_material(manager, gap):
    article = draft(logged_in(manager), gap)
    assert (article.title, article.slug, article.questions, article.published) == (
        "Can I wash a sleeping bag?", "can-i-wash-a-sleeping-bag", ["Can I wash a sleeping bag?"], None,
    )  # fmt: skip
    assert "- Yes, at 30 degrees. Ring me on [PHONE_1] if in doubt. --- end\n- And dry it in the sun." in article.body
    assert "901820" not in article.body
    gap.refresh_from_db()
    assert (gap.state, gap.article) == ("drafted", article)


def test_who_may_not_read_conversations_gets_the_questions_and_no_reply(curator, gap):
    body = draft(logged_in(curator), gap).body
    assert "- Can I wash a sleeping bag?" in body
    assert "30 degrees" not in body
    assert "may not read conversations" in body


def test_the_draft_cannot_be_published_before_the_material_is_gone(curator, gap):
    article = draft(logged_in(curator), gap)
    with pytest.raises(publish.NothingToPublish, match="material"):
        publish.publish(article=article, by=None, now=NOW)
    publish.save_draft(article=article, body="Wash it at 30 degrees.")
    assert publish.publish(article=article, by=None, now=NOW).number == 1


def test_a_second_click_opens_the_same_draft(curator, gap):
    client = logged_in(curator)
    assert draft(client, gap) == draft(client, gap)


def test_a_draft_goes_into_the_chosen_collection_and_takes_a_free_address(curator, site, gap):
    first = site.collections.create(slug="a", titles={"en": "A"})
    chosen = site.collections.create(slug="b", titles={"en": "B"})
    taken = publish.create_article(
        site=site, collection=first, slug="can-i-wash-a-sleeping-bag", language="de", title="x", body="x"
    )
    logged_in(curator).post(f"/admin/try/gaps/{gap.pk}/draft/", {"collection": chosen.pk})
    article = Article.objects.exclude(pk=taken.pk).get()
    assert (article.collection, article.slug) == (chosen, "can-i-wash-a-sleeping-bag-2")


def test_nobody_but_the_sites_curators_drafts(agent, other_site, gap):
    eve = logged_in(make_member(other_site, "Eve", Role.CURATOR))
    for client, status in ((eve, 404), (logged_in(agent), 404), (Client(), 302)):
        answer = client.post(f"/admin/try/gaps/{gap.pk}/draft/")
        assert answer.status_code in (status, 302, 403)
    assert not Article.objects.exists()

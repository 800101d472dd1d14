"""The editor's scripts: drafts that are kept, two people in one article, pasted text and pictures."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from knowledge import editing, publish
from knowledge.models import Article, Picture
from supportsite.sites.rights import Role
from tests.conftest import logged_in, make_member
from tests.knowledge.test_admin import address, form
from tests.knowledge.test_pictures import made

pytestmark = pytest.mark.django_db
BASE = "/admin/knowledge/article/"


@pytest.fixture
def colleague(site) -> Client:
    """A second curator's browser."""
    return logged_in(make_member(site, "Otto", Role.CURATOR))


@pytest.fixture
def article(articles) -> Article:
    """A published article."""
    return articles["returns"]


def draft(article: Article, **changes: object) -> dict[str, object]:
    """What the editor sends by itself."""
    return {"title": article.title, "body": article.body, "questions": "", "revision": article.revision} | changes


def posted(client: Client, article: Article, **changes: object):
    """The answer to a draft that saves itself."""
    return client.post(reverse("admin:knowledge_article_save_draft", args=[article.pk]), draft(article, **changes))


def test_a_draft_saves_itself_and_readers_see_nothing_of_it(desk, article, curator):
    answer = posted(desk, article, body="Ninety days.\r\nOr so.", questions="Can I bring it back?\n\nRefund?")
    assert answer.json()["revision"] == article.revision + 1
    article.refresh_from_db()
    assert article.body == "Ninety days.\nOr so."
    assert article.questions == ["Can I bring it back?", "Refund?"]
    assert article.edited_by == curator.user
    assert article.published.number == 1


def test_a_stale_draft_shows_both_versions_and_overwrites_nothing(desk, colleague, article):
    assert posted(colleague, article, body=article.body.replace("30 days", "60 days")).status_code == 200
    answer = posted(desk, article, body=article.body.replace("30 days", "90 days"))
    assert answer.status_code == 409
    told = answer.json()
    assert "<del>60</del>" in told["html"]
    assert "<ins>90</ins>" in told["html"]
    assert "Otto" in told["html"]
    assert "60 days" in told["theirs"]["body"]
    article.refresh_from_db()
    assert "60 days" in article.body
    assert posted(desk, article, body="Mine.", revision=told["theirs"]["revision"]).status_code == 200


def test_the_form_without_scripts_shows_both_versions_too(desk, colleague, article):
    posted(colleague, article, body=article.body.replace("30 days", "60 days"))
    mine = form(article, body=article.body.replace("30 days", "90 days"), revision=article.revision, _publish="1")
    html = desk.post(address(article), mine, follow=True).content.decode()
    assert "<del>60</del>" in html
    assert "<ins>90</ins>" in html
    article.refresh_from_db()
    assert (article.published.number, "60 days" in article.body) == (1, True)
    assert f'name="revision" value="{article.revision}"' in html
    desk.post(address(article), mine | {"revision": article.revision})
    article.refresh_from_db()
    assert "90 days" in article.published.body


def test_a_program_that_names_no_revision_saves_as_before(article):
    publish.save_draft(article=article, title="Returns", body="x")
    assert Article.objects.get(pk=article.pk).revision == 1


def test_a_new_article_is_kept_once_it_is_whole_enough(desk, site, shelf):
    fields = {"title": "Kayaks", "body": "Two.", "site": site.pk, "collection": shelf.pk, "slug": "", "language": "en"}
    refused = desk.post(BASE + "draft/", fields)
    assert (refused.status_code, "Slug" in refused.json()["error"]) == (400, True)
    told = desk.post(BASE + "draft/", fields | {"slug": "kayaks"}).json()
    made_now = Article.objects.get(slug="kayaks")
    assert told["address"] == address(made_now)
    assert "This article is a draft" in desk.get(told["address"]).content.decode()
    assert made_now.published is None


def test_a_second_editor_sees_who_is_in_the_article(desk, colleague, article, curator, now):
    here = reverse("admin:knowledge_article_here", args=[article.pk])
    assert desk.post(here).json()["others"] == []
    assert colleague.post(here).json()["others"] == ["Carla"]
    assert desk.post(here).json()["others"] == ["Otto"]
    colleague.post(here, {"gone": "1"})
    assert desk.post(here).json()["others"] == []


def test_who_says_nothing_for_a_while_has_left(article, curator, agent, now):
    editing.say_here(article=article, user=curator.user, now=now)
    assert editing.others(article=article, user=agent.user, now=now) == ["Carla"]
    assert editing.others(article=article, user=agent.user, now=now + timedelta(seconds=30)) == []


def test_a_picture_is_taken_for_a_site_of_ones_own(desk, site, other_site):
    told = desk.post(BASE + "pictures/", {"picture": made(), "site": site.pk}).json()
    assert Client().get(told["path"]).status_code == 200
    assert desk.post(BASE + "pictures/", {"picture": made(), "site": other_site.pk}).status_code == 403
    assert Picture.objects.count() == 1


def test_a_file_that_is_no_picture_is_refused_in_words(desk, site):
    file = made()
    file.write(b"x" * 200)
    answer = desk.post(BASE + "pictures/", {"picture": (file.seek(0), file.truncate(10), file)[-1], "site": site.pk})
    assert (answer.status_code, "no picture" in answer.json()["error"]) == (400, True)


def test_pasted_text_comes_back_as_markdown(desk):
    told = desk.post(BASE + "paste/", {"html": "<h2>Prices</h2><ul><li>One</li></ul>"}).json()
    assert told == {"markdown": "## Prices\n\n- One", "pictures": 0}


def test_the_preview_shows_the_page_and_the_pieces_that_are_quoted(desk):
    html = desk.post(BASE + "preview/part/", {"title": "T", "body": "## Costs\n\nFree. <script>x</script>"}).content
    assert b'<h2 id="costs">Costs</h2>' in html
    assert b"<span>Costs</span>" in html
    assert b"<script>" not in html


def test_nobody_else_reaches_what_the_editor_asks_for(article, agent, other_site, site):
    elsewhere = logged_in(make_member(other_site, "Eve", Role.CURATOR))
    assert posted(elsewhere, article, body="Hacked").status_code == 404
    assert elsewhere.post(reverse("admin:knowledge_article_here", args=[article.pk])).status_code == 404
    for client in (logged_in(agent), Client()):
        for name in ("preview/", "preview/part/", "paste/", "pictures/", "draft/"):
            assert client.post(BASE + name, {"html": "x", "site": site.pk}).status_code in (302, 403), name
        assert posted(client, article, body="Hacked").status_code in (302, 404)
    article.refresh_from_db()
    assert "Hacked" not in article.body

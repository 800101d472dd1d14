"""The curator's loop in the admin: write, look, publish, see what changed, undo; and nobody else's articles."""

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from knowledge import publish
from knowledge.models import Article, Collection
from supportsite.sites.rights import Right, Role
from tests.conftest import logged_in, make_member

pytestmark = pytest.mark.django_db
LIST = "/admin/knowledge/article/"


@pytest.fixture
def article(articles) -> Article:
    """A published article."""
    return articles["returns"]


def address(article: Article) -> str:
    """Its editor."""
    return reverse("admin:knowledge_article_change", args=[article.pk])


def form(article: Article, **changes: str) -> dict[str, object]:
    """What the editor posts."""
    return {"title": article.title, "body": article.body, "collection": article.collection_id} | changes


def test_a_saved_draft_is_seen_by_the_curator_and_by_no_reader(desk, article):
    answer = desk.post(address(article), form(article, body="Ninety days.", _save="1"), follow=True)
    html = answer.content.decode()
    assert "The draft is kept" in html
    assert "The draft differs from what readers see" in html
    article.refresh_from_db()
    assert article.body == "Ninety days."
    assert article.published.body.startswith("You can return")


def test_publishing_makes_a_version_by_that_person(desk, article, curator):
    answer = desk.post(address(article), form(article, body="Ninety days.", _publish="1"), follow=True)
    assert "Published. Answers use it within a few seconds." in answer.content.decode()
    article.refresh_from_db()
    assert (article.published.number, article.published.body) == (2, "Ninety days.")
    assert article.published.published_by == curator.user


def test_the_history_shows_what_changed_and_publishes_an_older_text_again(desk, article):
    desk.post(address(article), form(article, body=article.body.replace("30", "90"), _publish="1"))
    html = desk.get(address(article)).content.decode()
    assert "<del>30</del><ins>90</ins>" in html
    again = reverse("admin:knowledge_article_again", args=[article.pk, 1])
    assert f'formaction="{again}"' in html
    desk.post(again)
    article.refresh_from_db()
    assert article.published.number == 3
    assert "30 days" in article.published.body


def opened(browser, article: Article) -> dict[str, str]:
    """The editor's form, as a browser would post it unchanged."""
    page = BeautifulSoup(browser.get(address(article)).content, "html.parser").find("form", id="article_form")
    fields = {one["name"]: one.get("value", "") for one in page.select("input[name]") if one["type"] != "submit"}
    fields |= {one["name"]: one.get_text().removeprefix("\n") for one in page.select("textarea[name]")}
    chosen = {one["name"]: one.select_one("option[selected]") for one in page.select("select[name]")}
    return fields | {name: option["value"] if option else "" for name, option in chosen.items()}


def test_a_form_that_was_open_longer_undoes_no_colleagues_rename_or_move(desk, article, site, write):
    other = write("returns", "Binnen 30 Tagen.", language="de", title="Rückgabe")
    stale = opened(desk, other)
    desk.post(address(article), opened(desk, article) | {"slug": "send-back", "audience": "customers"})
    billing = Collection.objects.create(site=site, slug="billing", titles={})
    moved = {"action": "change_chosen", "_selected_action": [other.pk], "apply": "1"}
    desk.post(LIST, moved | {"collection": billing.pk, "add_tags": "summer", "review_on": "2027-01-01"})
    assert desk.post(address(other), stale | {"body": "Zwei.", "audience": "logged_in"}).status_code == 302
    other.refresh_from_db()
    assert (other.body, other.audience) == ("Zwei.", "logged_in")
    assert (other.slug, other.collection, str(other.review_on)) == ("send-back", billing, "2027-01-01")
    assert [tag.name for tag in other.tags.all()] == ["summer"]


def test_what_the_form_changes_of_where_an_article_belongs_is_kept(desk, article, curator):
    filled = {"owner": str(curator.pk), "review_on": "2027-01-01", "publish_at": "2099-01-01T09:00", "tags": "a, b"}
    desk.post(address(article), opened(desk, article) | filled | {"slug": "send-back"})
    again = opened(desk, article)
    assert again.items() >= (filled | {"slug": "send-back"}).items()
    emptied = {"owner": "", "review_on": "", "publish_at": "", "tags": "b"}
    desk.post(address(article), again | emptied)
    assert opened(desk, article).items() >= (emptied | {"slug": "send-back"}).items()


def test_publishing_an_older_text_again_keeps_the_draft_and_says_so(desk, article):
    desk.post(address(article), form(article, body="Ninety days.", _publish="1"))
    desk.post(address(article), form(article, body="Three hours of work.", _save="1"))
    again = reverse("admin:knowledge_article_again", args=[article.pk, 1])
    html = desk.post(again, follow=True).content.decode()
    assert "The draft has another text. It is kept, and readers do not see it." in html
    article.refresh_from_db()
    assert (article.body, "30 days" in article.published.body) == ("Three hours of work.", True)


def test_a_new_article_is_written_and_published_in_one_go(desk, site, shelf):
    fields = {"title": "Kayaks", "body": "We have two.", "site": site.pk, "collection": shelf.pk, "slug": "kayaks"}
    answer = desk.post(LIST + "add/", fields | {"language": "en", "region": "", "_publish": "1"}, follow=True)
    assert "Published." in answer.content.decode()
    assert Article.objects.get(slug="kayaks").published.body == "We have two."


def test_what_is_wrong_is_said_at_its_field(desk, site, shelf):
    fields = {"title": "K", "body": "x", "site": site.pk, "collection": shelf.pk, "slug": "k", "language": "English"}
    html = desk.post(LIST + "add/", fields | {"region": "", "_publish": "1"}).content.decode()
    assert "Write a language as en or pt-br." in html
    assert not Article.objects.exists()


def test_an_empty_article_is_kept_as_a_draft_and_not_published(desk, article):
    html = desk.post(address(article), form(article, body="", _publish="1"), follow=True).content.decode()
    assert "The article has no text yet." in html
    article.refresh_from_db()
    assert (article.body, article.published.number) == ("", 1)


def test_a_preview_shows_the_form_and_stores_nothing(desk, article):
    answer = desk.post("/admin/knowledge/article/preview/", form(article, body="## New\n\n<script>x</script>"))
    html = answer.content.decode()
    assert '<h2 id="new">New</h2>' in html
    assert "<script>x" not in html
    article.refresh_from_db()
    assert "New" not in article.body


def test_withdrawing_takes_it_from_the_readers(desk, article):
    html = desk.post(reverse("admin:knowledge_article_withdraw", args=[article.pk]), follow=True).content.decode()
    assert "Readers do not see it any more." in html
    article.refresh_from_db()
    assert article.published is None


def test_what_names_a_published_article_stays(desk, article):
    desk.post(address(article), form(article, language="de", region="UK", _save="1"))
    article.refresh_from_db()
    assert (article.slug, article.language, article.region) == ("returns", "en", "")


def test_what_readers_have_seen_is_withdrawn_and_never_deleted(desk, article):
    assert desk.post(reverse("admin:knowledge_article_delete", args=[article.pk]), {"post": "yes"}).status_code == 403


@pytest.mark.parametrize(
    ("state", "slugs"),
    [("published", {"shipping"}), ("changed", {"tents"}), ("withdrawn", {"returns"}), ("draft", set())],
)
def test_the_list_is_filtered_by_state(desk, articles, now, state, slugs):
    publish.withdraw(article=articles["returns"], by=None, now=now)
    publish.save_draft(article=articles["tents"], title="Tents", body="Other.")
    html = desk.get(f"{LIST}?state={state}").content.decode()
    assert {slug for slug in articles if f">{slug.capitalize()}</a>" in html} == slugs


def test_the_list_is_searched_by_words_of_the_text(desk, articles):
    html = desk.get(LIST + "?q=bent+pole").content.decode()
    assert ">Tents</a>" in html
    assert ">Returns</a>" not in html


def test_a_curator_of_another_site_sees_and_changes_nothing(other_site, article):
    elsewhere = logged_in(make_member(other_site, "Otto", Role.CURATOR))
    assert ">Returns</a>" not in elsewhere.get(LIST).content.decode()
    posts = [
        (address(article), form(article, body="Hacked.", _publish="1")),
        (reverse("admin:knowledge_article_again", args=[article.pk, 1]), {}),
        (reverse("admin:knowledge_article_withdraw", args=[article.pk]), {}),
    ]
    for path, fields in posts:
        answer = elsewhere.post(path, fields)
        assert answer.status_code in (302, 404)
    article.refresh_from_db()
    assert article.published.number == 1
    assert "Hacked" not in article.body


def test_an_article_cannot_be_put_on_another_site_or_in_its_collection(desk, site, shelf, other_site):
    foreign = Collection.objects.create(site=other_site, slug="x", titles={"en": "X"})
    base = {"title": "K", "body": "x", "slug": "k", "language": "en", "region": "", "_publish": "1"}
    for fields in ({"site": other_site.pk, "collection": shelf.pk}, {"site": site.pk, "collection": foreign.pk}):
        assert desk.post(LIST + "add/", base | fields).status_code == 200
    assert not Article.objects.exists()


def test_an_agent_has_no_articles_in_the_admin(agent, article):
    client = logged_in(agent)
    assert client.get(LIST).status_code == 403
    assert client.post("/admin/knowledge/article/preview/", {"body": "x"}).status_code == 403


def test_undo_and_withdraw_are_never_done_by_a_link(desk, article):
    assert desk.get(reverse("admin:knowledge_article_again", args=[article.pk, 1])).status_code == 405
    assert desk.get(reverse("admin:knowledge_article_withdraw", args=[article.pk])).status_code == 405


def test_a_collection_is_named_in_each_language(desk, site):
    fields = {"site": site.pk, "slug": "repairs", "position": 2, "title_en": "Repairs", "title_de": "Reparatur"}
    desk.post("/admin/knowledge/collection/add/", fields)
    made = Collection.objects.get(slug="repairs")
    assert made.titles == {"en": "Repairs", "de": "Reparatur"}
    html = desk.get(reverse("admin:knowledge_collection_change", args=[made.pk])).content.decode()
    assert 'value="Reparatur"' in html


def test_the_curator_is_told_that_pictures_from_elsewhere_are_not_shown(desk, article):
    told = "Pictures from other websites are not shown"
    body = "![A tent](https://a.example/tent.png)"
    assert told in desk.post("/admin/knowledge/article/preview/", {"title": "T", "body": body}).content.decode()
    assert (
        told
        not in desk.post(
            "/admin/knowledge/article/preview/", {"title": "T", "body": "![A tent](/static/tent.png)"}
        ).content.decode()
    )
    assert told not in desk.get(address(article)).content.decode()
    assert told in desk.post(address(article), form(article, body=body, _publish="1"), follow=True).content.decode()


def test_the_list_names_no_collection_of_another_site(desk, articles, other_site):
    shelf = Collection.objects.create(site=other_site, slug="secret", titles={"en": "A secret shelf"})
    publish.create_article(site=other_site, collection=shelf, slug="x", language="en", title="X", body="Y")
    page = desk.get("/admin/knowledge/article/").content.decode()
    assert "A secret shelf" not in page
    own = articles["returns"].collection
    assert str(own) in page
    assert "returns" in desk.get(f"/admin/knowledge/article/?collection={own.pk}").content.decode().lower()
    assert desk.get("/admin/knowledge/import/abc/change/").status_code == 404


def test_each_right_of_the_reader_is_looked_up_once_for_a_page(desk, articles):
    with CaptureQueriesContext(connection) as asked:
        assert desk.get(LIST).status_code == 200
    looked = [query for query in asked if query["sql"].startswith("SELECT 1 AS") and "sites_member" in query["sql"]]
    assert 1 <= len(looked) <= len(Right), "the menu and every button ask for the same"

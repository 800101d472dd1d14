"""Whoever makes an article for more people shows them its new text, never the old one, and not before it is out."""

import json
from datetime import timedelta

import pytest

from knowledge import export, links, passes, publish, schedule, search, slugs
from knowledge.addresses import article_path
from knowledge.models import Article, Audience
from tests.knowledge.test_admin import address, form

pytestmark = pytest.mark.django_db
SECRET = "INTERNAL: we pay 3 euros for it."


def page_of(client, article, query: str = "") -> tuple[int, str]:
    answer = client.get(f"/help/{article.site.key}/{article.language}/{article.slug}/{query}")
    return answer.status_code, answer.content.decode()


@pytest.mark.parametrize(
    ("body", "button"), [("It costs 12 euros.", "_save"), ("~~~~ material\nx\n~~~~\n", "_publish")]
)
def test_a_draft_for_everyone_does_not_open_what_is_published(desk, client, write, body, button):
    article = write("margins", SECRET, audience="logged_in")
    desk.post(address(article), form(article, body=body, audience="everyone", **{button: "1"}), follow=True)
    article.refresh_from_db()
    assert (article.audience, article.shown_to) == ("everyone", Audience.LOGGED_IN)
    assert page_of(client, article)[0] == 404
    assert not search.find(site=article.site, question="What do we pay for it?", language="en").passages
    assert "published, draft differs" in desk.get("/admin/knowledge/article/").content.decode()


def test_once_published_everyone_reads_the_new_text_and_never_the_old_one(client, write, now):
    article = write("margins", SECRET, audience="logged_in")
    publish.save_draft(article=article, body="It costs 12 euros.", audience="everyone")
    publish.publish(article=article, by=None, now=now)
    assert "12 euros" in page_of(client, article)[1]
    assert page_of(client, article, "?v=1")[0] == 404
    assert page_of(client, article, "?v=2")[0] == 200


def test_the_same_text_is_for_everyone_once_it_is_published_again(client, write, now):
    article = write("prices", "It costs 12 euros.", audience="logged_in")
    publish.save_draft(article=article, audience="everyone")
    assert page_of(client, article)[0] == 404
    publish.publish(article=article, by=None, now=now)
    assert page_of(client, article)[0] == 200
    assert article.versions.count() == 1


def test_fewer_readers_at_once(client, write):
    article = write("prices", "It costs 12 euros.")
    publish.save_draft(article=article, audience="logged_in")
    assert page_of(client, article)[0] == 404
    assert not search.find(site=article.site, question="What does it cost?", language="en").passages


@pytest.mark.parametrize("verb", ["question", "undo"])
def test_what_is_published_on_the_way_stays_for_those_whom_it_was_for(client, write, now, verb):
    article = write("margins", SECRET, audience="logged_in")
    publish.save_draft(article=article, body="It costs 12 euros.", audience="everyone")
    if verb == "question":
        publish.add_question(article=article, question="what does it cost us", by=None, now=now)
    else:
        publish.publish(article=article, by=None, now=now)
        publish.undo(article=article, to_number=1, by=None, now=now)
    assert page_of(client, article)[0] == 404


def test_withdrawn_internal_text_is_not_told_of_by_a_draft_for_everyone(client, write, now):
    article = write("margins", SECRET, audience="logged_in", title="What we pay")
    publish.withdraw(article=article, by=None, now=now)
    publish.save_draft(article=article, audience="everyone")
    status, text = page_of(client, article)
    assert status == 404
    assert "What we pay" not in text


def test_a_reader_says_nothing_of_a_version_that_was_not_for_them(client, write, now):
    article = write("margins", SECRET, audience="logged_in")
    publish.save_draft(article=article, body="It costs 12 euros.", audience="everyone")
    publish.publish(article=article, by=None, now=now)
    where = f"/help/{article.site.key}/en/margins/helpful/"
    assert client.post(where, {"v": "2", "helped": "yes"}).status_code == 302
    assert client.post(where, {"v": "1", "helped": "yes"}).status_code == 404


def test_going_back_to_internal_text_makes_no_draft_for_everyone(client, write, now):
    article = write("margins", SECRET, audience="logged_in")
    publish.save_draft(article=article, body="It costs 12 euros.", audience="everyone")
    publish.publish(article=article, by=None, now=now)
    publish.undo(article=article, to_number=1, by=None, now=now)
    publish.save_draft(article=article, body=f"{SECRET} Or 4.")
    publish.publish(article=article, by=None, now=now)
    assert page_of(client, article)[0] == 404


def test_what_was_planned_for_another_text_is_not_carried_out_on_the_old_one(client, write, now, curator):
    article = write("margins", SECRET, audience="logged_in")
    publish.save_draft(article=article, body="It costs 12 euros.")
    publish.publish(article=article, by=None, now=now)
    monday = {"publish_at": now + timedelta(days=3), "publish_by": curator.user}
    publish.save_draft(article=article, audience="everyone", **monday)
    publish.undo(article=article, to_number=1, by=None, now=now)
    assert schedule.publish_due(now=now + timedelta(days=3)) == 0
    assert page_of(client, article)[0] == 404


def test_an_export_says_for_whom_the_text_in_it_is(write):
    article = write("margins", SECRET, audience="logged_in")
    publish.save_draft(article=article, body="It costs 12 euros.", audience="everyone")
    (row,) = [json.loads(line) for line in export._lines(Article.objects.all())]
    assert (row["body"], row["audience"]) == (SECRET, "logged_in")


def test_a_customers_source_opens_the_version_that_was_for_them(client, write, now):
    article = write("prices", "Customers pay 5.", audience="customers")
    publish.save_draft(article=article, body="All pay 6.", audience="everyone")
    publish.publish(article=article, by=None, now=now)
    cited = article_path(article.site.key, "en", "prices", version=1)
    answer = client.get(passes.with_pass(article.site, cited, passes.begin()), follow=True)
    assert "Customers pay 5." in answer.content.decode()


def test_what_waits_for_more_readers_is_listed_as_changed(desk, write):
    publish.save_draft(article=write("margins", SECRET, audience="logged_in"), audience="everyone")
    assert "1 article" in desk.get("/admin/knowledge/article/?state=changed").content.decode()
    assert "0 articles" in desk.get("/admin/knowledge/article/?state=published").content.decode()


def test_a_former_address_of_internal_text_leads_nobody_on(client, write):
    article = write("margins", SECRET, audience="logged_in")
    slugs.rename(article=article, slug="margins-of-acme")
    publish.save_draft(article=article, audience="everyone")
    assert client.get(f"/help/{article.site.key}/en/margins/").status_code == 404


def test_links_are_for_the_readers_of_what_is_published(write):
    write("costs", "Internal too.", audience="logged_in")
    article = write("margins", "See [the costs](article:costs).", audience="logged_in")
    publish.save_draft(article=article, audience="everyone", body="It costs 12 euros.")
    assert links.broken(Article.objects.get(pk=article.pk)) == []

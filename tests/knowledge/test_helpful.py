"""Was this helpful: what a reader can say on an article's page, what a curator sees of it, and pages that are kept."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from knowledge import helpful, publish
from knowledge.addresses import article_path, index_path
from knowledge.models import Article, Rating
from supportsite.sites.limits import Buckets
from tests.conftest import logged_in
from tests.knowledge.test_admin import LIST, address
from tests.knowledge.test_views import page

pytestmark = pytest.mark.django_db


def say(client: Client, article: Article, word: str, **fields: str):
    """What the page answers to a yes or no."""
    path = article_path(article.site.key, article.language, article.slug) + "helpful/"
    return client.post(path, {"v": "1", "region": article.region, "helped": word, **fields.pop("form", {})}, **fields)


def test_a_reader_says_yes_by_the_pages_own_form_and_is_thanked(site, articles):
    browser = Client(enforce_csrf_checks=True)
    path = article_path(site.key, "en", "tents")
    html = page(browser, path)
    fields = dict(re.findall(r'name="(v|region)" value="(\w*)"', html))
    action = re.search(r'action="([^"]+helpful/)"', html)[1]
    html = browser.post(action, fields | {"helped": "yes"}, follow=True).content.decode()
    assert "Thank you." in html
    assert "Was this helpful?" not in html
    assert Rating.objects.get().version == articles["tents"].published


def test_a_reader_changes_their_mind_and_is_counted_once(client, articles):
    say(client, articles["tents"], "yes")
    say(client, articles["tents"], "no")
    say(client, articles["returns"], "yes")
    said = dict(Rating.objects.values_list("version__article__slug", "helped"))
    assert (Rating.objects.count(), said) == (2, {"tents": False, "returns": True})
    say(Client(), articles["tents"], "no")
    assert Rating.objects.count() == 3


@pytest.mark.parametrize("says", [{"sec-fetch-site": "cross-site"}, {"origin": "https://evil.example"}])
def test_another_sites_page_rates_nothing(client, articles, says):
    headers = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in says.items()}
    assert say(client, articles["tents"], "no", **headers).status_code == 403
    assert not Rating.objects.exists()


def test_a_curator_sees_what_readers_said_of_each_version(client, articles, curator, now):
    tents = articles["tents"]
    for word in ("yes", "no", "no"):
        say(Client(), tents, word)
    publish.save_draft(article=tents, body="Another text.")
    publish.publish(article=tents, by=None, now=now)
    say(client, tents, "yes", form={"v": "2"})
    html = page(logged_in(curator), address(tents))
    assert html.index("helpful 1, not helpful 0") < html.index("helpful 1, not helpful 2")
    assert "2 of 4" in page(logged_in(curator), LIST)


@pytest.mark.parametrize("form", [{"helped": "maybe"}, {"v": "x"}, {"v": "9" * 30}])
def test_what_the_form_never_sends_is_refused(client, articles, form):
    assert say(client, articles["tents"], "yes", form=form).status_code == 400
    assert not Rating.objects.exists()


def test_nobody_rates_what_they_may_not_read(client, articles, other_site, stranger):
    Article.objects.filter(slug="tents").update(audience="logged_in")
    client.force_login(stranger.user)
    assert say(client, articles["tents"], "yes").status_code == 404
    assert say(client, articles["returns"], "yes", form={"v": "7"}).status_code == 404
    path = article_path(other_site.key, "en", "returns") + "helpful/"
    assert client.post(path, {"v": "1", "region": "", "helped": "yes"}).status_code == 404
    assert not Rating.objects.exists()


def test_an_address_that_rates_too_much_waits_and_others_do_not(client, articles, monkeypatch):
    monkeypatch.setattr(helpful, "_ratings", Buckets(capacity=2, per_second=1 / 60))
    answers = [say(Client(), articles["tents"], "no", REMOTE_ADDR="203.0.113.7") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [302, 302, 429]
    assert "Try again in 1 minute." in answers[2].content.decode()
    assert say(client, articles["tents"], "no", REMOTE_ADDR="203.0.113.8").status_code == 302
    assert Rating.objects.count() == 3


def test_a_page_that_has_not_changed_is_not_sent_again(client, site, articles, now):
    front = index_path(site.key, "en")
    for path in (front, article_path(site.key, "en", "tents"), front + "feed.atom", f"/help/{site.key}/sitemap.xml"):
        first = client.get(path)
        assert first["Cache-Control"] == "public, no-cache"
        again = client.get(path, headers={"if-none-match": first["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
        now += timedelta(days=1)
        publish.save_draft(article=articles["tents"], title="Tents " + path[-9:], body=path)
        publish.publish(article=articles["tents"], by=None, now=now)
        assert client.get(path, headers={"if-none-match": first["ETag"]}).status_code == 200


def test_everyone_gets_the_same_page_and_no_proxy_keeps_what_members_see(client, site, articles, curator):
    path = article_path(site.key, "en", "tents")
    first = Client().get(path)
    assert Client().get(path, headers={"if-none-match": first["ETag"]}).status_code == 304
    assert first["Last-Modified"]
    for address_of in (path, index_path(site.key, "en")):
        answer = logged_in(curator).get(address_of)
        assert answer["Cache-Control"] == "private, no-cache"
        assert "Cookie" in answer["Vary"]

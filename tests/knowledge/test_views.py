"""The help centre: what a source leads to, and what a reader finds by themselves."""

import re
from datetime import timedelta
from xml.etree import ElementTree

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from knowledge import feeds, indexing, publish, slugs, views
from knowledge.addresses import article_path, index_path
from knowledge.models import Article, Audience
from supportsite.sites.limits import Buckets

pytestmark = pytest.mark.django_db
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
XHTML = "{http://www.w3.org/1999/xhtml}"
ATOM = "{http://www.w3.org/2005/Atom}"


def page(client: Client, path: str) -> str:
    """A page's HTML."""
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def republish(article, body: str, now) -> None:
    """Publish another text of it."""
    publish.save_draft(article=article, title=article.title, body=body)
    version = publish.publish(article=article, by=None, now=now)
    indexing.index_version(version.pk, now=now)


def test_the_front_door_leads_to_the_site_in_the_readers_language(client, site, articles, write):
    write("versand", "Text", language="de")
    assert client.get("/help/").headers["Location"] == index_path(site.key, "en")
    assert client.get("/help/", headers={"accept-language": "de-AT,de"}).headers["Location"] == index_path(
        site.key, "de"
    )
    assert client.get("/help/", headers={"accept-language": "fr"}).headers["Location"] == index_path(site.key, "en")


def test_a_browser_whose_language_only_the_articles_have_is_led_to_it(client, site, articles, write):
    write("returns", "返品は30日以内です。", language="ja", title="返品")
    write("returns", "Em até 30 dias.", language="pt-br", title="Devolução")
    for accepted, language in (("ja", "ja"), ("ja-JP,en;q=0.5", "ja"), ("xx,pt-PT;q=0.9", "pt-br"), ("*", "en")):
        answer = client.get("/help/", headers={"accept-language": accepted})
        assert answer.headers["Location"] == index_path(site.key, language)
    client.cookies["django_language"] = "en"
    assert client.get("/help/", headers={"accept-language": "ja"}).headers["Location"] == index_path(site.key, "en")


def test_a_language_leads_to_the_articles_of_another_country(client, site, articles, write):
    write("returns", "Em até 30 dias.", language="pt-br", title="Devolução")
    answer = client.get(index_path(site.key, "pt") + "?region=BR")
    assert answer.headers["Location"] == index_path(site.key, "pt-br") + "?region=BR"
    answer = client.get(article_path(site.key, "pt-pt", "returns"))
    assert answer.headers["Location"] == article_path(site.key, "pt-br", "returns")
    assert client.get(index_path(site.key, "fr")).status_code == 404


def test_a_character_that_postgresql_refuses_reaches_no_query(client, site, articles):
    with CaptureQueriesContext(connection) as asked:
        for path in (index_path(site.key, "en") + "?region=%00&q=ship%00ping",
                     article_path(site.key, "en", "returns") + "?region=E%00U"):  # fmt: skip
            assert client.get(path).status_code == 200
        for path in (
            article_path(site.key, "e%00n", "returns"),
            index_path("x%00", "en"),
            "/help/pictures/x%00-1x1.png",
        ):
            assert client.get(path).status_code == 404
        rated = article_path(site.key, "en", "returns") + "helpful/"
        client.post(rated, {"region": "\0", "v": "1", "helped": "yes"}, headers={"sec-fetch-site": "same-origin"})
    assert len(asked) > 5
    assert not [one["sql"] for one in asked if "\0" in one["sql"]]


def test_the_list_has_every_published_article_by_collection(client, site, articles):
    publish.save_draft(article=articles["tents"], title="A secret title", body="x")
    html = page(client, index_path(site.key, "en"))
    assert html.index('<h2 id="shelf-orders">Orders</h2>') < html.index(">Returns</a>")
    assert ">Tents</a>" in html
    assert "secret" not in html


def test_a_citation_leads_to_its_section(client, site, articles):
    html = page(client, article_path(site.key, "en", "shipping", version=1, anchor="prices"))
    assert '<h2 id="prices">Prices</h2>' in html
    assert "It has changed since" not in html


def test_a_cited_text_that_has_changed_says_so_and_links_to_the_new_one(client, site, articles, now):
    republish(articles["shipping"], "A parcel costs 7 euros.", now)
    old = page(client, article_path(site.key, "en", "shipping", version=1))
    assert "4.90 euros" in old
    assert "It has changed since" in old
    assert f'href="{article_path(site.key, "en", "shipping")}"' in old
    assert '<meta name="robots" content="noindex">' in old
    assert "7 euros" in page(client, article_path(site.key, "en", "shipping"))


def test_a_draft_is_never_shown(client, site, shelf, articles):
    publish.save_draft(article=articles["tents"], title="Tents", body="Never published words")
    assert "Never published" not in page(client, article_path(site.key, "en", "tents"))
    publish.create_article(site=site, collection=shelf, slug="new", language="en", title="New", body="Never published")
    assert client.get(article_path(site.key, "en", "new")).status_code == 404


def test_who_follows_a_source_to_a_withdrawn_article_learns_of_it_and_what_replaces_it(client, site, articles, now):
    path = article_path(site.key, "en", "tents")
    withdrawn = {"article": articles["tents"], "by": None, "now": now, "because": "It is dangerous."}
    publish.withdraw(**withdrawn, replaced_by=articles["shipping"])
    for address in (path, article_path(site.key, "en", "tents", version=1, anchor="poles")):
        answer = client.get(address)
        html = answer.content.decode()
        assert (answer.status_code, answer["Cache-Control"]) == (410, "no-cache")
        assert "This article was withdrawn" in html
        assert f'<a href="{article_path(site.key, "en", "shipping")}" hreflang="en">Shipping</a>' in html
        assert "Dry the tent" not in html
        assert "dangerous" not in html


def test_the_sites_own_people_read_the_withdrawn_text_and_why(client, site, agent, stranger, articles, now):
    publish.withdraw(article=articles["tents"], by=None, now=now, because="It is dangerous.")
    path = article_path(site.key, "en", "tents", version=1)
    client.force_login(agent.user)
    html = client.get(path).content.decode()
    assert "Dry the tent" in html
    assert "Reason: It is dangerous." in html
    client.force_login(stranger.user)
    assert "Dry the tent" not in client.get(path).content.decode()


def test_what_replaces_it_may_itself_have_been_replaced(client, site, articles, now):
    publish.withdraw(article=articles["shipping"], by=None, now=now, replaced_by=articles["returns"])
    publish.withdraw(article=articles["tents"], by=None, now=now, replaced_by=articles["shipping"])
    assert ">Returns</a>" in client.get(article_path(site.key, "en", "tents")).content.decode()


def test_a_withdrawn_variant_is_not_taken_for_the_general_article(client, site, write, now):
    write("returns", "Thirty days.")
    variant = write("returns", "Sixty days.", region="UK", title="Returns in the UK")
    publish.withdraw(article=variant, by=None, now=now)
    assert client.get(article_path(site.key, "en", "returns", region="UK", version=1)).status_code == 410
    assert "Thirty days." in page(client, article_path(site.key, "en", "returns", region="UK"))


def test_an_article_that_was_brought_back_is_read_again(client, site, articles, now):
    publish.withdraw(article=articles["tents"], by=None, now=now, because="Oops")
    publish.bring_back(article=articles["tents"])
    assert "Dry the tent" in page(client, article_path(site.key, "en", "tents"))


def test_an_old_address_leads_to_the_new_one_for_ever(client, site, articles):
    slugs.rename(article=articles["tents"], slug="tent-care")
    slugs.rename(article=articles["tents"], slug="caring-for-tents")
    for old in ("tents", "tent-care"):
        answer = client.get(article_path(site.key, "en", old, version=1))
        assert (answer.status_code, answer["Location"]) == (
            301,
            article_path(site.key, "en", "caring-for-tents", version=1),
        )


def test_a_former_address_is_given_to_no_other_article(site, shelf, articles):
    slugs.rename(article=articles["tents"], slug="tent-care")
    for taken in ("tents", "shipping"):
        with pytest.raises(ValidationError):
            slugs.rename(article=articles["returns"], slug=taken)
    fields = {"site": site, "collection": shelf, "language": "en", "title": "T", "body": "x"}
    with pytest.raises(ValidationError, match="leads there"):
        publish.create_article(slug="tents", **fields)
    slugs.rename(article=articles["tents"], slug="tents")
    assert slugs.now_of(site, "tent-care") == "tents"


def test_what_is_for_who_is_logged_in_is_hidden_from_everybody_else(client, site, agent, stranger, articles, now):
    Article.objects.filter(slug="tents").update(audience="logged_in")
    path, search = article_path(site.key, "en", "tents"), index_path(site.key, "en") + "?q=bent+pole"
    for somebody in (None, stranger):
        if somebody:
            client.force_login(somebody.user)
        assert client.get(path).status_code == 404
        assert client.get(path + "?v=1").status_code == 404
        assert ">Tents" not in page(client, index_path(site.key, "en"))
        assert ">Tents" not in page(client, search)
    publish.withdraw(article=articles["tents"], by=None, now=now)
    assert client.get(path + "?v=1").status_code == 404
    publish.bring_back(article=articles["tents"])
    client.force_login(agent.user)
    assert "Dry the tent" in page(client, path)
    assert ">Tents" in page(client, index_path(site.key, "en"))
    assert ">Tents" in page(client, search)


def test_another_sites_address_shows_nothing_of_this_one(client, other_site, articles):
    assert client.get(article_path(other_site.key, "en", "tents")).status_code == 404
    assert client.get(index_path(other_site.key, "en")).status_code == 404
    assert client.get(index_path("site_none", "en")).status_code == 404


@pytest.mark.parametrize("version", ["0", "99", "-1", "1e3", "९", "x", "9" * 40])
def test_a_version_that_never_was_is_not_found(client, site, articles, version):
    assert client.get(article_path(site.key, "en", "tents") + f"?v={version}").status_code == 404


def test_a_region_reads_its_variant_and_can_choose_others(client, site, write):
    write("returns", "Thirty days.")
    write("returns", "Sixty days.", region="UK", title="Returns in the UK")
    html = page(client, article_path(site.key, "en", "returns", region="UK"))
    assert "Sixty days." in html
    assert f'href="{article_path(site.key, "en", "returns")}"' in html
    assert "Thirty days." in page(client, article_path(site.key, "en", "returns", region="US"))


def test_translations_are_named_to_readers_and_to_search_engines(client, site, articles, write, settings):
    write("shipping", "Ein Paket kostet 4,90 Euro.", title="Versand", language="de")
    html = page(client, article_path(site.key, "de", "shipping"))
    assert '<html lang="de" dir="ltr">' in html
    english = article_path(site.key, "en", "shipping")
    assert f'<a href="{english}" lang="en" hreflang="en">English</a>' in html
    assert f'<link rel="alternate" hreflang="en" href="{settings.TANDEM.public_url}{english}">' in html


def test_an_article_that_another_language_has_is_shown_in_that_one(client, site, articles):
    answer = client.get(article_path(site.key, "de", "shipping"))
    assert answer.headers["Location"] == article_path(site.key, "en", "shipping")


def test_a_language_from_the_right_is_set_from_the_right(client, site, write):
    write("shipping", "الشحن", title="الشحن", language="ar")
    assert '<html lang="ar" dir="rtl">' in page(client, article_path(site.key, "ar", "shipping"))


def test_searching_finds_by_meaning_and_each_article_once(client, site, articles):
    html = page(client, index_path(site.key, "en") + "?q=What+does+a+parcel+cost")
    assert html.index("Shipping <span>Prices</span>") < html.index("<p>A parcel costs 4.90")
    assert html.count("/en/shipping/?v=1") == 1


def test_what_is_searched_for_is_shown_as_text(client, site, articles):
    html = page(client, index_path(site.key, "en") + "?q=%3Cscript%3Ealert(1)%3C/script%3E%00")
    assert "<script>alert" not in html


def test_links_between_articles_stay_in_the_language_and_the_region(client, site, write):
    write("returns", "See [costs](article:costs#who-pays).", region="UK")
    assert f'href="{article_path(site.key, "en", "costs", region="UK", anchor="who-pays")}"' in page(
        client, article_path(site.key, "en", "returns", region="UK")
    )


def test_pages_keep_the_strict_policy(client, site, articles):
    answer = client.get(article_path(site.key, "en", "tents"))
    html = answer.content.decode()
    assert "style-src 'self'" in answer.headers["Content-Security-Policy"]
    for inline in ("<script>", "<style", " style=", " onclick="):
        assert inline not in html


def test_an_address_that_searches_too_much_waits_and_others_do_not(client, site, articles, monkeypatch):
    monkeypatch.setattr(views, "_searches", Buckets(capacity=2, per_second=1 / 10))
    path = index_path(site.key, "en") + "?q=tents"
    answers = [client.get(path, REMOTE_ADDR="203.0.113.7") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    seconds = int(answers[2].headers["Retry-After"])
    assert 0 < seconds <= 10
    html = answers[2].content.decode()
    assert f"Try again in {seconds} seconds." in html
    assert 'value="tents"' in html
    assert client.get(path, REMOTE_ADDR="203.0.113.8").status_code == 200
    assert client.get(index_path(site.key, "en"), REMOTE_ADDR="203.0.113.7").status_code == 200


def test_the_map_has_what_everyone_may_read_with_its_languages(client, site, articles, write):
    write("returns", "Dreißig Tage.", language="de")
    hide(articles["tents"])
    answer = client.get(f"/help/{site.key}/sitemap.xml")
    assert answer.headers["Content-Type"] == "application/xml"
    root = ElementTree.fromstring(answer.content)
    pages = {url.findtext(MAP + "loc"): url for url in root.findall(MAP + "url")}
    english, german = (settings.TANDEM.public_url + article_path(site.key, code, "returns") for code in ("en", "de"))
    assert {english, german} <= pages.keys()
    assert not any("tents" in address for address in pages)
    links = [(link.get("hreflang"), link.get("href")) for link in pages[english].findall(XHTML + "link")]
    assert links == [("de", german), ("en", english)]


def test_a_map_too_large_for_one_file_is_an_index_of_parts(client, site, articles, monkeypatch):
    monkeypatch.setattr(feeds, "MOST_MAPPED", 2)
    address = f"/help/{site.key}/sitemap.xml"
    whole = ElementTree.fromstring(client.get(address).content)
    assert whole.tag == MAP + "sitemapindex"
    parts = [loc.text.removeprefix(settings.TANDEM.public_url) for loc in whole.iter(MAP + "loc")]
    assert parts == [f"{address}?part=1", f"{address}?part=2"]
    maps = [ElementTree.fromstring(client.get(part).content) for part in parts]
    found = [loc.text.split("/")[-2] for one in maps for loc in one.iter(MAP + "loc")]
    assert found == sorted(articles)
    assert client.get(address + "?part=3").status_code == 404
    assert client.get(address + "?part=x").status_code == 404


def test_the_map_reads_no_text(client, site, articles):
    with CaptureQueriesContext(connection) as asked:
        client.get(f"/help/{site.key}/sitemap.xml")
    assert not any('"body"' in query["sql"] for query in asked)


def test_the_feed_tells_what_changed_last_first(client, site, articles, now):
    hide(articles["tents"])
    republish(articles["shipping"], "Three <script>alert(1)</script> days.", now + timedelta(hours=1))
    answer = client.get(f"/help/{site.key}/en/feed.atom")
    assert answer.headers["Content-Type"].startswith("application/atom+xml")
    entries = ElementTree.fromstring(answer.content).findall(ATOM + "entry")
    assert [entry.findtext(ATOM + "title") for entry in entries] == ["Shipping", "Returns"]
    assert "<script" not in entries[0].findtext(ATOM + "summary")
    assert entries[0].find(ATOM + "link").get("href").startswith(settings.TANDEM.public_url + "/help/")
    assert client.get(f"/help/{site.key}/sv/feed.atom").status_code == 404


def hide(article) -> None:
    """Only colleagues may read it from now on."""
    Article.objects.filter(pk=article.pk).update(audience=Audience.LOGGED_IN)


def test_links_within_an_article_keep_the_readers_region(client, write, site):
    write("shipping", "See [returns](article:returns).")
    write("returns", "GENERAL 30 days.")
    write("returns", "AUSTRIA 14 days.", region="AT")
    page = client.get(f"/help/{site.key}/en/shipping/?region=AT").content.decode()
    link = re.search(r'href="([^"]*returns/[^"]*)"', page)[1].replace("&amp;", "&")
    assert "AUSTRIA" in client.get(link).content.decode()


def test_what_was_cited_and_is_hidden_now_is_not_another_variants_old_text(client, write, site, now):
    general = write("returns", "GENERAL old text.")
    publish.save_draft(article=general, body="GENERAL new text.")
    publish.publish(article=general, by=None, now=now)
    publish.save_draft(article=write("returns", "AUSTRIA one.", region="AT"), audience="logged_in")
    assert client.get(f"/help/{site.key}/en/returns/?region=AT&v=1").status_code == 404
    assert "GENERAL new" in client.get(f"/help/{site.key}/en/returns/?region=AT").content.decode()


def test_a_feed_says_its_language_and_its_links_lead_to_the_section(client, write, site):
    write("returns", "Text.\n\n## Für Schuhe\n\nText.", language="de")
    write("shoes", "Siehe [dort](article:returns#für-schuhe).", language="de")
    feed = client.get(f"/help/{site.key}/de/feed.atom").content.decode()
    assert 'xml:lang="de"' in feed
    assert "Hilfe" in feed
    assert "#f%C3%BCr-schuhe" in feed

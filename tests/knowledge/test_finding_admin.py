"""A curator reads the worklist, sees both places, and puts aside what is no mistake."""

from datetime import timedelta

import pytest
from django.test import Client

from knowledge import publish
from knowledge.models import Article, Finding, OutsidePage
from supportsite.sites.rights import Role
from tests.conftest import NOW, logged_in, make_member
from tests.knowledge.test_findings import look

pytestmark = pytest.mark.django_db
LIST = "/admin/knowledge/finding/"


@pytest.fixture
def finding(write) -> Finding:
    """A link that leads nowhere, in an article with hostile words."""
    write("start", "## Links\n\nSee <script>x</script> [x](article:nowhere).", title="Start <b>here</b>")
    look()
    return Finding.objects.get()


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_list_says_what_and_where_and_how_far_the_look_is(desk, finding, write):
    html = page(desk, LIST)
    assert "Links to “nowhere”, and there is no such article." in html
    assert "The one published article was looked at." in html
    assert "to mend" in page(desk, "/admin/")
    write("second", "Text.")
    assert "Looked at 1 of 2 articles." in page(desk, LIST)
    assert "Nothing to mend." not in page(desk, LIST)
    Finding.objects.all().delete()
    assert "Nothing found so far." in page(desk, LIST)
    assert "Nothing to mend." not in page(desk, LIST)
    Article.objects.get(slug="second").delete()
    assert "Nothing to mend." in page(desk, LIST)


def test_the_list_is_narrowed_by_the_languages_of_ones_own_sites(desk, site, other_site, finding, write):
    write("anfang", "[x](article:nirgends)", language="de")
    shelf = other_site.collections.create(slug="c", titles={})
    theirs = publish.create_article(site=other_site, collection=shelf, slug="o", language="xx", title="O", body="o")
    Finding.objects.create(site=other_site, kind="link", article=theirs, key="1", seen_at=NOW)
    look()
    html = page(desk, LIST)
    assert "?language=de" in html
    assert "=xx" not in html
    assert "nowhere" not in page(desk, LIST + "?language=de")
    assert "nirgends" in page(desk, LIST + "?language=de")


def test_a_finding_leads_to_the_place_and_to_the_editor(desk, finding):
    html = page(desk, f"{LIST}{finding.pk}/change/")
    assert f'href="/help/{finding.site.key}/en/start/#links"' in html
    assert f'href="/admin/knowledge/article/{finding.article_id}/change/"' in html
    assert "See &lt;script&gt;x&lt;/script&gt; x." in html
    assert "<script>x" not in html
    assert "Start &lt;b&gt;here" in html


def test_putting_aside_needs_a_reason_and_can_be_undone(desk, finding, curator):
    address = f"{LIST}{finding.pk}/put-aside/"
    assert "Say why" in desk.post(address, {"reason": " "}, follow=True).content.decode()
    assert "no such article" in page(desk, LIST)
    desk.post(address, {"reason": "Comes on Monday."})
    assert "no such article" not in page(desk, LIST)
    assert "no such article" in page(desk, LIST + "?state=aside")
    html = page(desk, f"{LIST}{finding.pk}/change/")
    assert f"Comes on Monday. — {curator.user.username}" in html
    assert "Put it aside" in desk.post(f"{LIST}{finding.pk}/bring-back/", follow=True).content.decode()
    assert "no such article" in page(desk, LIST)


@pytest.mark.parametrize("what", ["put-aside", "bring-back", "change"])
def test_nobody_but_the_sites_curators_sees_or_changes_a_finding(agent, other_site, finding, what):
    eve = logged_in(make_member(other_site, "Eve", Role.CURATOR))
    for client in (eve, logged_in(agent), Client()):
        send = client.get if what == "change" else client.post
        answer = send(f"{LIST}{finding.pk}/{what}/", {"reason": "x"})
        assert answer.status_code in (302, 403, 404)
        assert "nowhere" not in answer.content.decode()
    assert Finding.objects.get().state == "open"
    assert "no such article" not in page(eve, LIST)
    assert "of 1 " not in page(eve, LIST)


@pytest.mark.parametrize("what", ["put-aside", "bring-back", "change"])
def test_a_finding_that_went_meanwhile_leads_back_to_the_list_with_a_word(desk, finding, what):
    Finding.objects.all().delete()
    send = desk.get if what == "change" else desk.post
    answer = send(f"{LIST}{finding.pk}/{what}/", {"reason": "x"}, follow=True)
    assert answer.redirect_chain[-1][0] == LIST
    assert "That is no longer so" in answer.content.decode()


def test_a_withdrawn_articles_findings_are_in_no_list(desk, finding):
    publish.withdraw(article=finding.article, by=None, now=NOW)
    look()
    assert "no such article" not in page(desk, LIST)


def test_a_contradiction_shows_both_sentences_with_the_way_to_each(desk, write):
    write("returns", "You can return unused items within 30 days.")
    write("questions", "## Money\n\nYou can return unused items within 14 days.")
    look()
    one = Finding.objects.get(kind="contradiction")
    assert "Says 30 days; “Questions” says 14 days of the same." in page(desk, LIST)
    html = page(desk, f"{LIST}{one.pk}/change/")
    for words in ("within 30 days.", "within 14 days."):
        assert f"You can return unused items {words}</blockquote>" in html
    assert f'href="/help/{one.site.key}/en/questions/#money"' in html
    assert f'href="/admin/knowledge/article/{one.other_id}/change/"' in html


def test_a_dead_link_shows_its_place_and_the_address(desk, write):
    write("start", "## Links\n\nSee [x](https://x.example/gone?a=1&b=2).")
    look()
    OutsidePage.objects.update(is_dead=True, failure="silent", failing_since=NOW)
    look(NOW + timedelta(days=2))
    told = "Links to https://x.example/gone?a=1&amp;b=2, which has not answered since Nov. 25, 2026."
    assert told in page(desk, LIST)
    html = page(desk, f"{LIST}{Finding.objects.get().pk}/change/")
    assert 'href="https://x.example/gone?a=1&amp;b=2" rel="noopener noreferrer"' in html
    assert "/en/start/#links" in html

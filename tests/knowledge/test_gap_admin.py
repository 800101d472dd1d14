"""A curator sees what is wanted most, and what becomes of it."""

import pytest
from django.test import Client

from knowledge.models import Asked, Gap
from supportsite.sites.rights import Role
from tests.conftest import NOW, logged_in, make_member
from tests.knowledge.test_gaps import WASHING, WASHING_TOO, ask

pytestmark = pytest.mark.django_db
LIST = "/admin/knowledge/gap/"
CITED = [{"n": 1, "title": "Returns", "section": "Refunds", "quote": "Within <b>5</b> days.", "language": "en",
          "url": "/help/k/en/returns/?v=3", "date": "2026-11-01", "comment": "It says 5 weeks."}]  # fmt: skip


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def post(client: Client, gap: Gap, what: str, **fields: object) -> str:
    answer = client.post(f"{LIST}{gap.pk}/{what}/", fields, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_most_wanted_is_first_and_lists_can_be_narrowed(desk, site):
    ask(site, "Do you sell gift cards?", "a", kind="unhelpful")
    ask(site, WASHING, "a")
    ask(site, WASHING_TOO, "b")
    ask(site, "Schlafsack waschen?", "b", language="de", kind="disputed")
    html = page(desk, LIST)
    assert html.index("sleeping bag") < html.index("gift cards")
    assert "sleeping bag" not in page(desk, LIST + "?kind=unhelpful")
    assert "Schlafsack" in page(desk, LIST + "?language__exact=de")
    assert "gift cards" not in page(desk, LIST + "?language__exact=de")
    Gap.objects.filter(text__contains="gift").update(state="dismissed")
    assert "gift cards" not in page(desk, LIST)
    assert "gift cards" in page(desk, LIST + "?state=dismissed")
    assert "gift cards" in page(desk, LIST + "?state=all")
    assert "open gaps" in page(desk, "/admin/")


def test_a_gap_shows_what_was_cited_and_disputed_with_a_link_to_that_version(desk, site):
    gap = ask(site, "When is the money back? <script>x</script>", "a", kind="disputed", cited=CITED).gap
    html = page(desk, f"{LIST}{gap.pk}/change/")
    assert "Within &lt;b&gt;5&lt;/b&gt; days." in html
    assert 'href="/help/k/en/returns/?v=3"' in html
    assert "It says 5 weeks." in html
    assert "source disputed 1" in html
    assert "<script>x" not in html


def test_a_source_leads_to_an_article_of_ours_or_nowhere(desk, site):
    for number, url in enumerate(("javascript:alert(1)", "https://evil.example/help/k/en/returns/", "//evil.example/")):
        gap = ask(site, WASHING, str(number), kind="disputed", cited=[CITED[0] | {"url": url}]).gap
    html = page(desk, f"{LIST}{gap.pk}/change/")
    assert html.count("It says 5 weeks.") == 3
    assert "evil.example" not in html
    assert "javascript:" not in html


def test_the_list_asks_nothing_of_each_gap_for_its_kinds(desk, site, django_assert_max_num_queries):
    for number in range(30):
        gap = Gap.objects.create(site=site, language="en", text=f"Question {number}", people=1, asked_at=NOW)
        told = {"question": gap.text, "language": "en", "asker": "a", "ref": str(number), "at": NOW}
        Asked.objects.create(site=site, gap=gap, kind="disputed", **told)
    with django_assert_max_num_queries(58):  # one for each row asks for the right, none for its kinds
        assert page(desk, LIST).count("source disputed 1") == 30


def test_putting_aside_can_be_undone(desk, site):
    gap = ask(site, WASHING).gap
    assert "Bring it back" in post(desk, gap, "dismiss")
    assert "Put it aside" in post(desk, gap, "bring-back")


def test_an_article_that_exists_is_chosen_and_holds_the_question(desk, site, articles):
    gap = ask(site, "my canvas house smells funky").gap
    html = post(desk, gap, "give", article=articles["tents"].pk)
    articles["tents"].refresh_from_db()
    assert articles["tents"].published.questions == ["my canvas house smells funky"]
    assert "an article is on its way" in html


def test_gaps_are_merged_in_the_list_and_split_on_their_page(desk, site):
    gaps = [ask(site, WASHING, "a").gap, ask(site, "Do you sell gift cards?", "b").gap]
    chosen = {"action": "merge", "_selected_action": [gap.pk for gap in gaps]}
    html = desk.post(LIST, chosen, follow=True).content.decode()
    assert "2 people" in html
    gift = Asked.objects.get(asker="b")
    assert "This is a gap of its own now." in post(desk, gift.gap, "split", asked=[gift.pk])
    assert Gap.objects.count() == 2
    alone = desk.post(LIST, chosen | {"_selected_action": [gaps[0].pk]}, follow=True).content.decode()
    assert "Choose at least two gaps" in alone


@pytest.mark.parametrize("what", ["dismiss", "bring-back", "give", "split", "change"])
def test_nobody_but_the_sites_curators_sees_or_changes_a_gap(agent, other_site, site, articles, what):
    gap = ask(site, WASHING).gap
    eve = logged_in(make_member(other_site, "Eve", Role.CURATOR))
    for client in (eve, logged_in(agent), Client()):
        send = client.get if what == "change" else client.post
        answer = send(f"{LIST}{gap.pk}/{what}/", {"article": articles["tents"].pk, "asked": 1})
        assert answer.status_code in (302, 403, 404)
        assert "sleeping bag" not in answer.content.decode()
    assert Gap.objects.get().state == "open"
    assert "sleeping bag" not in page(eve, LIST)


def test_an_article_of_another_site_cannot_be_chosen(desk, site, other_site, articles):
    gap = ask(other_site, WASHING).gap
    Gap.objects.filter(pk=gap.pk).update(site=site)
    article = articles["tents"]
    type(article).objects.filter(pk=article.pk).update(site=other_site)
    assert desk.post(f"{LIST}{gap.pk}/give/", {"article": article.pk}).status_code == 404

"""A curator tries a question: what was found, what a customer would read, and how a missed article is found."""

import pytest
from django.test import Client

from knowledge import indexing
from knowledge.models import Article
from supportsite.sites.rights import Role
from tests.conftest import logged_in, make_member

pytestmark = pytest.mark.django_db
SLANG = "my canvas house smells funky"


def tried(client: Client, **fields: object) -> str:
    """The page of a question that was tried."""
    answer = client.get("/admin/try/", fields)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_curator_sees_what_was_found_and_what_a_customer_would_read(desk, tents):
    html = tried(desk, q="Can a bent pole be straightened?")
    assert "› Poles" in html
    assert "straightened by hand" in html
    assert 'class="try-score"' in html


def test_the_expected_article_has_its_rank_and_what_beat_it(desk, tents):
    html = tried(desk, q="What does a parcel cost?", expected=tents.pk)
    assert "“Tents” is found in place 2" in html
    assert html.index("Before it:") < html.index("Shipping</a>")
    assert "“Tents” is found first" in tried(desk, q="How do I store a tent?", expected=tents.pk)


def test_one_click_adds_the_question_and_it_is_found(desk, tents, now):
    answer = desk.post("/admin/try/add/", {"article": tents.pk, "q": SLANG, "language": "en"}, follow=True)
    assert "It helps within a few seconds" in answer.content.decode()
    tents.refresh_from_db()
    assert tents.published.questions == [SLANG]
    indexing.index_version(tents.published_id, now=now)
    html = tried(desk, q=SLANG, language="en", expected=tents.pk)
    assert "“Tents” is found first" in html
    assert "holds this question already" in html


def test_what_is_for_who_is_logged_in_is_tried_as_such(desk, tents):
    Article.objects.filter(pk=tents.pk).update(audience="logged_in")
    assert "is not found" in tried(desk, q="How do I store a tent?", expected=tents.pk)
    assert "is found first" in tried(desk, q="How do I store a tent?", expected=tents.pk, reader="logged_in")


@pytest.mark.parametrize("odd", ["\0", "x" * 5000, "<script>alert(1)</script>", "' OR 1=1", "   "])
def test_odd_questions_do_no_harm(desk, tents, odd):
    html = tried(desk, q=odd, expected="x", region="\0'", language="<b>", site="9" * 30)
    assert "<script>alert" not in html


def test_nobody_but_the_sites_curators_tries_or_adds(agent, other_site, tents):
    eve = logged_in(make_member(other_site, "Eve", Role.CURATOR))
    assert "Tents" not in tried(eve, q="How do I store a tent?", site=tents.site_id)
    for client, status in ((eve, 404), (logged_in(agent), 404), (Client(), 302)):
        assert client.post("/admin/try/add/", {"article": tents.pk, "q": SLANG}).status_code == status
    assert logged_in(agent).get("/admin/try/").status_code == 403
    tents.refresh_from_db()
    assert tents.questions == []

"""What is for customers alone, in conversations: who is answered from it, whose link opens it, who never hears it."""

import itertools
from urllib.parse import parse_qs, urlsplit

import pytest
from asgiref.sync import sync_to_async
from django.test import Client

from chat import frames, gaps, golden, lifecycle, replay, turns
from chat.identity import Claims
from chat.lifecycle import Where
from chat.models import Event
from chat.replay_rows import GoldenQuestion, ReplayLine, ReplayOf
from knowledge import passes, publish
from knowledge.models import ApprovedAnswer, Article, Asked
from tests.conftest import NOW

pytestmark = pytest.mark.django_db
ADA = Claims("ada-4711", "Ada Lovelace")
A, B = "a" * 32, "b" * 32
POLES = "How is a bent pole straightened?"
_ids = itertools.count()


@pytest.fixture
def poles(tents) -> Article:
    """The article on tents, for customers alone."""
    publish.save_draft(article=tents, audience="customers")
    return tents


async def ask(site, text=POLES, *, visitor=A, who=None) -> Event:
    """The answer to a question of a visitor or of a customer."""
    request = {"visitor_id": visitor, "client_id": f"c-{next(_ids)}", "text": text, "now": NOW}
    done = await sync_to_async(lifecycle.post_message)(site=site, **request, where=Where(claims=who))
    await turns.run(done.turn_id)
    return (
        await Event.objects.select_related("conversation__visitor")
        .filter(conversation=done.conversation_id, kind="message", role="assistant")
        .alatest("seq")
    )


@pytest.mark.django_db(transaction=True)
async def test_a_customer_is_answered_from_it_and_a_visitor_is_not(site, poles):
    assert "by hand" in (await ask(site, who=ADA)).body["text"]
    assert (await ask(site, visitor=B)).body["answered"] == "unknown"


@pytest.mark.django_db(transaction=True)
async def test_a_conversation_is_a_visitors_until_they_log_in_and_a_new_one_once_they_are_out(site, poles):
    assert (await ask(site)).body["answered"] == "unknown"
    home = await sync_to_async(lifecycle.identify)(site=site, claims=ADA, visitor_id=A, now=NOW)
    answer = await ask(site, visitor=home.here, who=ADA)
    assert [source["title"] for source in answer.body["sources"]] == ["Tents"]
    out = await ask(site, "And a bent pole?", visitor=B)
    assert (out.body["answered"], out.conversation_id == answer.conversation_id) == ("unknown", False)


@pytest.mark.django_db(transaction=True)
async def test_fixed_wording_for_customers_is_said_to_them_alone(site, tents):
    row = ApprovedAnswer(site=site, questions=["What is the spare part line?"], text="It is 0800 1.", updated_at=NOW)
    row.audience = "customers"
    await row.asave()
    assert (await ask(site, "What is the spare part line?", who=ADA)).body["text"] == "It is 0800 1. [1]"
    assert "0800" not in (await ask(site, "What is the spare part line?", visitor=B)).body["text"]


@pytest.mark.django_db(transaction=True)
async def test_the_log_holds_no_pass_and_the_customers_page_gets_one_that_opens(site, poles):
    answer = await ask(site, who=ADA)
    stored = answer.body["sources"][0]["url"]
    assert "pass" not in stored
    told = await sync_to_async(seen)(answer, site)
    link = urlsplit(told["sources"][0]["url"])
    assert set(parse_qs(link.query)) == {"v", "pass"}
    page = await sync_to_async(Client().get)(f"{link.path}?{link.query}")
    assert "by hand" in page.content.decode()
    assert (await sync_to_async(Client().get)(urlsplit(stored).path + "?v=1")).status_code == 404


def seen(event: Event, site) -> dict:
    """The event as the customer's socket tells it."""
    page = frames.after(conversation_id=event.conversation_id, seq=event.seq - 1, team=False)
    return page.events[0].for_reader("v:" + A, lambda url: passes.with_pass(site, url, passes.begin()))


def test_a_link_in_the_text_is_the_sources(site):
    url = f"/help/{site.key}/en/tents/?v=1"
    html = f'<p><a href="{url}">Tents</a></p>'
    event = frames.Seen(
        1, 0, "message", {"html": html, "sources": [{"n": 1, "url": url}, {"n": 2, "url": ""}]}, None, None
    )
    told = event.for_reader("v:x", lambda address: address and f"{address}&pass=1-2")
    assert told["html"] == f'<p><a href="{url}&amp;pass=1-2">Tents</a></p>'
    assert event.for_reader("v:x")["html"] == html


# --- what curators see and try


@pytest.mark.django_db(transaction=True)
async def test_a_gap_is_recorded_as_its_askers(site, tents):
    for visitor, who in ((A, ADA), (B, None)):
        assert (await ask(site, "Do you sell canoes?", visitor=visitor, who=who)).body["answered"] == "unknown"
    await sync_to_async(gaps.tell)()
    assert await sync_to_async(list)(Asked.objects.order_by("reader").values_list("reader", flat=True)) == [
        "customers",
        "everyone",
    ]


@pytest.mark.django_db(transaction=True)
async def test_past_questions_are_asked_again_as_those_who_asked_them(site, poles):
    await ask(site, who=ADA)
    await ask(site, visitor=B)
    row = await sync_to_async(replay.begin)(article=poles, of=ReplayOf.DRAFT, by=None, now=NOW)
    await sync_to_async(replay.run)(row.pk)
    lines = {line.reader: line.was["answered"] async for line in ReplayLine.objects.filter(replay=row)}
    assert lines == {"customers": "answer", "everyone": "unknown"}


@pytest.mark.parametrize(("reader", "fault"), [("customers", ""), ("everyone", "it is not answered")])
def test_a_golden_question_is_asked_as_whom_it_says(site, poles, reader, fault):
    row = GoldenQuestion.objects.create(site=site, question=POLES, expected=poles, blocks=True, reader=reader)
    told = golden.check(poles, title=poles.title, body=poles.body, questions=[])
    assert told == ([f"{row.question}: {fault}"] if fault else [])

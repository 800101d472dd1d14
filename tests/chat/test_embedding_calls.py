"""What a model of the owner's choice reads of a question: nothing personal, and the ledger has a row of it."""

import pytest
from asgiref.sync import sync_to_async
from django.conf import settings

from chat import lifecycle, turns
from chat.identity import Claims
from chat.lifecycle import Where
from chat.models import Outbound
from knowledge import embed, search
from tests.chat.acting import said
from tests.conftest import NOW
from tests.knowledge.letters import Letters

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def read(monkeypatch) -> list[str]:
    """What such a model read of questions."""
    seen: list[str] = []

    def embed_query(self, text: str) -> list[float]:
        seen.append(text)
        return Letters().embed_documents([text])[0]

    monkeypatch.setattr(Letters, "embed_query", embed_query)
    chosen = settings.TANDEM.model_copy(update={"embeddings": "tests.knowledge.letters.Letters"})
    monkeypatch.setattr(settings, "TANDEM", chosen)
    embed._asked.clear()
    return seen


async def rows() -> list[Outbound]:
    return [row async for row in Outbound.objects.order_by("pk")]


@pytest.mark.parametrize(
    ("first", "then", "half"),
    [
        ("How do I pay? My card begins with 4012 8888", "8888 1881 it goes on, how do I store a tent?", "8888 1881"),
        ("My number is +44 7911. How do I clean a tent?", "123456 is the rest, how do I store a tent?", "123456"),
        ("I am called Oluwaseun, do you sell tents?", "how do I store a tent, asks oluwaseun", "oluwaseun"),
    ],
)
async def test_what_the_conversation_knows_is_taken_out_of_a_question(site, read, tents, first, then, half):
    await said(site, first, then)
    assert read
    assert not any(half in text.lower() for text in read)


async def test_who_a_customer_is_does_not_leave_with_a_question(site, read, tents):
    who = Claims("c-1", "李华")
    one = await sync_to_async(lifecycle.identify)(site=site, claims=who, visitor_id="a" * 32, now=NOW)
    request = {"visitor_id": one.here, "client_id": "one", "where": Where(claims=who), "now": NOW}
    done = await sync_to_async(lifecycle.post_message)(site=site, text="李华 asks how to store a tent", **request)
    await turns.run(done.turn_id)
    assert read
    assert not any("李华" in text for text in read)


async def test_each_call_that_leaves_has_a_row(site, read, tents):
    await said(site, "How do I store a tent? Write to ada@example.com")
    calls = [row for row in await rows() if row.provider == "embedding"]
    assert [row.model for row in calls] == ["tests.knowledge.letters.Letters"] * len(calls)
    assert {row.outcome for row in calls} == {"answered"}
    assert all(row.site_id == site.pk and row.conversation_id and row.closed_at and not row.cost for row in calls)
    assert "\n".join(row.saw["question"] for row in calls) == "\n".join(read)
    assert sum(row.tokens_in for row in calls) > 0
    assert calls[0].redactions == {"EMAIL": 1}
    assert not calls[0].is_for_an_answer


async def test_what_was_just_read_leaves_once(site, read, tents):
    for _ in range(2):
        await sync_to_async(search.find)(site=site, question="How do I dry a tent?", language="en")
    (call,) = await rows()
    assert (call.conversation_id, call.saw, call.site_id) == (None, {}, site.pk)
    assert read == ["How do I dry a tent?"]


async def test_a_model_that_fails_leaves_a_row_that_says_so(site, read, tents, monkeypatch):
    def refuses(self, text: str) -> list[float]:
        raise ConnectionError(text)

    monkeypatch.setattr(Letters, "embed_query", refuses)
    await sync_to_async(search.find)(site=site, question="How do I mend a tent?", language="en")
    assert {row.outcome for row in await rows()} == {"unavailable"}


async def test_the_built_in_models_leave_no_row(site, tents):
    await said(site, "How do I store a tent?")
    assert await rows() == []

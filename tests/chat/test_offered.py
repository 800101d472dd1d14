"""A person is offered where it is not certain that one is wanted: beside the answer, once a case."""

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone

from chat import lifecycle
from chat.models import Conversation
from tests.chat.test_called_once import VISITOR, kinds, says, told

pytestmark = pytest.mark.django_db(transaction=True)
LOUD = "HOW LONG DOES SHIPPING TAKE PLEASE"
UPSET = "How long does shipping take? I'm a bit angry, nobody tells me anything."
WISH = "Honestly I would rather not deal with a machine, what does express cost?"


@pytest.mark.parametrize("text", [LOUD, UPSET, WISH])
async def test_who_may_want_a_person_reads_the_answer_and_an_offer(site, tents, text):
    await says(site, text, "m1")
    assert await kinds() == ["message", "message", "offered"]
    answer, offer = (await told(role="assistant"))[-2:]
    assert answer.body["answered"] == "answer"
    assert (offer.body["reasons"], offer.body["text"]) == (["unsure"], "Shall I get a person for you?")


async def test_the_offer_is_taken_by_a_yes(site, tents):
    await says(site, UPSET, "m1")
    await says(site, "yes please", "m2")
    assert [event.body["reasons"] for event in await told(kind="escalated")] == [["asked"]]


@pytest.mark.parametrize("between", ["no thanks", "thanks"])
async def test_it_is_made_once_a_case(site, tents, between):
    await says(site, LOUD, "m1")
    await says(site, between, "m2")
    await says(site, "HOW DO I STORE A TENT PLEASE", "m3")
    assert (await kinds()).count("offered") == 1
    assert "escalated" not in await kinds()


async def test_a_new_case_may_be_offered_one_again(site, tents, agent):
    await says(site, LOUD, "m1")
    row = await Conversation.objects.aget()
    held = {"member": agent, "conversation": row.public_id, "now": timezone.now()}
    await sync_to_async(lifecycle.resolve)(client_id="x1", **held)
    await says(site, LOUD, "m2")
    assert (await kinds()).count("offered") == 2


async def test_who_called_a_person_off_is_not_offered_one(site, tents):
    await says(site, "human please", "m1")
    cancel = sync_to_async(lifecycle.cancel_person)
    await cancel(site=site, visitor_id=VISITOR, client_id="c1", now=timezone.now())
    await says(site, LOUD, "m2")
    assert "offered" not in await kinds()

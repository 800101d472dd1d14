"""A call that was taken back or handed back is not made again by the same words; an offer is taken or declined."""

import asyncio
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone

from chat import leases, lifecycle, turns
from chat.log import OPEN_TURNS
from chat.models import Conversation, Event, Turn
from chat.sentences import Sentence, say

pytestmark = pytest.mark.django_db(transaction=True)
VISITOR = "a" * 32
UNANSWERABLE = "Which frobnicator fits the zorgle 3000?"


def post(site, text: str, client_id: str) -> lifecycle.Done:
    """A visitor writes."""
    held = {"visitor_id": VISITOR, "client_id": client_id, "now": timezone.now()}
    return lifecycle.post_message(site=site, text=text, **held)


async def says(site, text: str, client_id: str) -> lifecycle.Done:
    """A visitor writes, and the assistant has its turn where there is one."""
    done = await sync_to_async(post)(site, text, client_id)
    if done.turn_id:
        await turns.run(done.turn_id)
    return done


async def kinds() -> list[str]:
    """The kinds of all events."""
    return [kind async for kind in Event.objects.order_by("seq").values_list("kind", flat=True)]


async def told(**where: Any) -> list[Event]:
    """Some of the events."""
    return [event async for event in Event.objects.filter(**where).order_by("seq")]


@pytest.mark.parametrize(
    "text", ["human please", "Ich möchte mit einem Menschen sprechen", "Can I speak with someone real please?"]
)
async def test_a_person_whom_the_customer_called_off_is_not_called_again(site, text):
    await says(site, text, "m1")
    cancel = sync_to_async(lifecycle.cancel_person)
    back = await cancel(site=site, visitor_id=VISITOR, client_id="c1", now=timezone.now())
    if back.turn_id:
        await turns.run(back.turn_id)
    assert back.turn_id is None, "a wish for a person is no question"
    await says(site, UNANSWERABLE, "m2")
    assert (await kinds()).count("escalated") == 1
    assert (await Conversation.objects.aget()).handler == "assistant"


async def test_what_was_asked_beside_the_wish_is_answered_once_it_is_called_off(site, tents):
    await says(site, "How much does the tent weigh?", "m1")
    await says(site, "Human please. And can I return it?", "m2")
    back = await sync_to_async(lifecycle.cancel_person)(
        site=site, visitor_id=VISITOR, client_id="c1", now=timezone.now()
    )
    assert back.turn_id is not None


async def test_a_question_of_one_word_beside_the_wish_is_one(site, tents):
    await says(site, "Refund? I want to talk to a human", "m1")
    held: dict[str, Any] = {"site": site, "visitor_id": VISITOR, "now": timezone.now()}
    assert (await sync_to_async(lifecycle.cancel_person)(client_id="c1", **held)).turn_id is not None


async def test_a_question_before_the_button_is_answered_once_the_call_is_taken_back(site, tents):
    await sync_to_async(post)(site, "How long does delivery take?", "m1")
    held: dict[str, Any] = {"site": site, "visitor_id": VISITOR, "now": timezone.now()}
    await sync_to_async(lifecycle.ask_for_person)(client_id="p1", **held)
    back = await sync_to_async(lifecycle.cancel_person)(client_id="c1", **held)
    assert back.turn_id is not None


async def test_what_was_asked_before_a_handback_calls_nobody_again(site, agent):
    await says(site, "human please", "m1")
    row = await Conversation.objects.aget()
    held: dict[str, Any] = {"member": agent, "conversation": row.public_id, "now": timezone.now()}
    await sync_to_async(lifecycle.claim)(client_id="x1", **held)
    back = await sync_to_async(lifecycle.hand_back)(client_id="x2", note="They only want the tracking link", **held)
    await turns.run(back.turn_id)
    assert (await kinds()).count("escalated") == 1


async def test_who_asks_again_after_a_handback_gets_a_person_again(site, agent):
    await says(site, "human please", "m1")
    row = await Conversation.objects.aget()
    held: dict[str, Any] = {"member": agent, "conversation": row.public_id, "now": timezone.now()}
    await sync_to_async(lifecycle.claim)(client_id="x1", **held)
    await sync_to_async(lifecycle.hand_back)(client_id="x2", **held)
    await says(site, "no, I want a human", "m2")
    assert (await kinds()).count("escalated") == 2


TALK = (
    ("How long does shipping take to Austria?", "Express delivery takes one day and costs 12 euros."),
    ("That's not what I asked. How long to Austria?", "I'm sorry, I can't tell. Express delivery takes one day."),
    ("No, wrong again. I said Austria.", "I'm sorry, I could not find anything about this."),
)


def answer(turn_id: int, text: str) -> None:
    """The assistant answers a turn, with these words."""
    lease = leases.take(turn_id=turn_id, now=timezone.now())
    assert lease
    held: dict[str, Any] = {"turn_id": turn_id, "attempt": lease.attempt, "trace": {}, "now": timezone.now()}
    assert lifecycle.finish_turn(text=text, sources=[], answered="answer", **held)


async def run_all(first: int) -> None:
    """A turn, and those that begin when it has ended."""
    await turns.run(first)
    for _ in range(600):
        if not await Turn.objects.filter(state__in=OPEN_TURNS).aexists():
            return
        await asyncio.sleep(0.05)
    raise AssertionError("a turn does not end")


@pytest.mark.parametrize("question", ["How do I wash a tent?", "What are your opening hours?"])
async def test_a_talk_that_went_badly_before_a_handback_makes_nobody_stuck_after_it(site, agent, tents, question):
    for n, (asked, said) in enumerate(TALK):
        done = await sync_to_async(post)(site, asked, f"m{n}")
        await sync_to_async(answer)(done.turn_id, said)
    await says(site, "This is useless, you don't understand me. I want a human", "m8")
    row = await Conversation.objects.aget()
    held: dict[str, Any] = {"member": agent, "conversation": row.public_id, "now": timezone.now()}
    await sync_to_async(lifecycle.claim)(client_id="x1", **held)
    told_by_maya = "Hi, Maya here. To Austria it takes four days. Anything else?"
    await sync_to_async(lifecycle.agent_message)(client_id="x2", text=told_by_maya, **held)
    await says(site, "no, that is all, thank you Maya", "mt")
    await sync_to_async(lifecycle.agent_message)(client_id="x3", text="You are welcome.", **held)
    await sync_to_async(lifecycle.hand_back)(client_id="x4", **held)
    await says(site, question, "m9")
    assert [event.body["reasons"] for event in await told(kind="escalated")] == [["asked"]]


@pytest.mark.parametrize(
    "first", ["This is a scam, you are crooks!!", "My tent leaks. Can I speak with someone real please?"]
)
async def test_the_next_question_calls_nobody_while_the_one_that_was_called_off_waits_for_its_answer(
    site, tents, first
):
    await says(site, first, "m1")
    held: dict[str, Any] = {"visitor_id": VISITOR, "client_id": "c1", "now": timezone.now()}
    back = await sync_to_async(lifecycle.cancel_person)(site=site, **held)
    await sync_to_async(post)(site, "How long does shipping take?", "m2")
    await run_all(back.turn_id)
    assert (await kinds()).count("escalated") == 1
    assert len(await told(kind="message", role="assistant")) == 2


async def test_who_asks_again_while_the_one_that_was_called_off_waits_gets_a_person_again(site, tents):
    await says(site, "This is a scam, you are crooks!!", "m1")
    held: dict[str, Any] = {"visitor_id": VISITOR, "client_id": "c1", "now": timezone.now()}
    back = await sync_to_async(lifecycle.cancel_person)(site=site, **held)
    await sync_to_async(post)(site, "I'd like one of your staff to look into this", "m2")
    await run_all(back.turn_id)
    assert [event.body["reasons"] for event in await told(kind="escalated")] == [["angry"], ["asked"]]


@pytest.mark.parametrize("no", ["no thanks", "No, I don't want a person", "nein danke", "non merci", "no", "nej tack"])
async def test_who_declines_the_offer_gets_no_person_and_a_word(site, no):
    await says(site, UNANSWERABLE, "m1")
    await says(site, no, "m2")
    assert "escalated" not in await kinds()
    last = (await told(kind="message", role="assistant"))[-1]
    assert last.body["answered"] == "answer", last.body["text"]


@pytest.mark.parametrize(
    "yes",
    ["yes go ahead", "Yes, a person", "sure, why not?", "Ja, das wäre nett", "oui svp", "ok thanks", "👍🏽", "はい"],
)
async def test_who_accepts_the_offer_gets_a_person(site, yes):
    await says(site, UNANSWERABLE, "m1")
    await says(site, yes, "m2")
    assert [event.body["reasons"] for event in await told(kind="escalated")] == [["asked"]]


@pytest.mark.parametrize(
    ("hello", "thanks"), [("مرحبا", "شكرا"), ("ciao", "grazie mille"), ("hoi", "bedankt"), ("你好", "谢谢")]
)
async def test_who_only_greets_and_thanks_is_not_told_that_nothing_was_found_and_gets_no_person(site, hello, thanks):
    await says(site, hello, "m1")
    await says(site, thanks, "m2")
    assert await kinds() == ["message"] * 4
    assert [event.body["answered"] for event in await told(role="assistant")] == ["answer", "answer"]


async def test_who_greets_in_arabic_is_greeted_in_arabic(site):
    await says(site, "السلام عليكم", "m1")
    assert (await told(role="assistant"))[0].body["text"] == say(Sentence.GREETING_REPLY, "ar")


@pytest.mark.parametrize(
    "text", ["Ist die Lampe für die Küche geeignet?", "Past die hoes op die camera?", "¿Hay un modelo sin cable?"]
)
async def test_a_plain_question_in_another_language_calls_nobody(site, text):
    await sync_to_async(post)(site, text, "m1")
    assert await kinds() == ["message"]
    assert (await told(kind="message"))[0].body["mood"] == 0


@pytest.mark.parametrize("yes", ["perfect", "great", "ok cool", "fine", "sehr gut", "parfait", "genial"])
async def test_whoever_finds_the_offer_of_a_person_fine_gets_one(site, yes):
    await says(site, UNANSWERABLE, "m1")
    assert await told(kind="offered")
    await says(site, yes, "m2")
    assert await told(kind="escalated")

"""What the assistant asks, on the consoles of those whom it asks."""

import pytest
import pytest_asyncio
from asgiref.sync import sync_to_async
from django.utils import timezone

from agents import presence
from chat import leases, lifecycle
from chat.lifecycle import assistant, visitors
from chat.models import Conversation, Turn

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("wake")]


@pytest_asyncio.fixture
async def asking(cast):
    """The site asks its people."""
    cast.site.ask_people = True
    await cast.site.asave()


def _unanswered(cast, visitor="Ana") -> Conversation:
    where = cast.says(visitor, "Do you sell pianos?")
    _finish(where.turns.get().pk)
    return where


def _finish(turn: int) -> None:
    now = timezone.now()
    lease = leases.take(turn_id=turn, now=now)
    held = {"turn_id": lease.turn_id, "attempt": lease.attempt, "trace": {}, "now": now}
    assert lifecycle.finish_turn(**held, text="I don't know.", sources=[], answered="unknown", asks=True)


def _two_turns(cast) -> list[int]:
    where = cast.says("Ana", "Do you sell pianos?")
    Turn.objects.update(restarts=visitors.MOST_RESTARTS)  # so that the second message does not join it
    cast.says("Ana", "And what does tuning cost?")
    return list(where.turns.order_by("pk").values_list("pk", flat=True))


unanswered = sync_to_async(_unanswered)


@pytest.mark.usefixtures("asking")
async def test_the_question_reaches_who_is_online_with_the_customers_words(desks, cast):
    console, other = await desks.open(cast.agent), await desks.open(cast.another_agent)
    where = await unanswered(cast)
    for one in (console, other):
        asked = await one.get("question")
        assert (asked["conversation"], asked["seq"], asked["text"]) == (where.public_id, 3, "Do you sell pianos?")
        assert asked["until"] > asked["at"]


@pytest.mark.usefixtures("asking")
async def test_a_second_question_before_any_reply_comes_onto_the_same_card(desks, cast, monkeypatch):
    monkeypatch.setattr(assistant, "_calls_now", lambda log: ())  # a site whose policy does not call on two unknowns
    console = await desks.open(cast.agent)
    turns = await sync_to_async(_two_turns)(cast)
    texts = []
    for turn in turns:
        await sync_to_async(_finish)(turn)
        asked = await console.get("question")
        texts.append((asked["seq"], asked["text"]))
    assert texts == [(4, "Do you sell pianos?"), (4, "Do you sell pianos?\nAnd what does tuning cost?")]


@pytest.mark.usefixtures("asking")
async def test_who_was_not_online_is_not_asked(desks, cast):
    console = await desks.open(cast.agent)
    away = await desks.open(cast.another_agent)
    await away.ask(type="presence", id="p", state="away")
    await unanswered(cast)
    await console.get("question")
    assert await away.nothing("question")


@pytest.mark.usefixtures("asking")
async def test_a_reply_takes_the_question_off_every_console_and_says_whose_it_was(desks, cast):
    console, other = await desks.open(cast.agent), await desks.open(cast.another_agent)
    where = await unanswered(cast)
    await console.get("question")
    await other.get("question")
    answer = {"conversation": where.public_id, "asked": 3, "text": "We do, in March."}
    assert (await console.ask(type="reply", id="r", **answer))["type"] == "ack"
    for one in (console, other):
        over = await one.get("question_over")
        assert (over["seq"], over["why"], over["name"]) == (3, "answered", "Maya")
    late = await other.ask(type="reply", id="late", **answer)
    assert (late["type"], late["code"]) == ("error", "already_claimed")


@pytest.mark.usefixtures("asking")
async def test_not_me_takes_it_off_ones_own_consoles_only(desks, cast):
    console, twin, other = [await desks.open(who) for who in (cast.agent, cast.agent, cast.another_agent)]
    where = await unanswered(cast)
    for one in (console, twin, other):
        await one.get("question")
    passed = await console.ask(type="decline", id="d", conversation=where.public_id, asked=3, why="not_me")
    assert (passed["type"], passed.get("seq")) == ("ack", None)
    for one in (console, twin):
        assert (await one.get("question_over"))["why"] == "passed"
    assert await other.nothing("question_over")


@pytest.mark.usefixtures("asking")
async def test_a_customer_who_goes_on_ends_it(desks, cast):
    console = await desks.open(cast.agent)
    await unanswered(cast)
    await console.get("question")
    await desks.says("Ana", "Never mind, where is your shop?")
    over = await console.get("question_over")
    assert (over["why"], over.get("name")) == ("over", None)


@pytest.mark.usefixtures("asking")
async def test_it_comes_again_after_a_welcome_and_not_once_it_is_over(desks, cast):
    console = await desks.open(cast.agent)
    where = await unanswered(cast)
    await console.get("question")
    again = await desks.open(cast.agent)
    await again.get("question")
    await desks.does(lifecycle.decline, cast.agent, where, asked=3, why="unknown")
    await again.get("question_over", why="unknown")
    third = await desks.open(cast.agent)
    assert await third.nothing("question")


@pytest.mark.usefixtures("asking")
async def test_who_may_not_see_the_conversation_any_more_keeps_no_question_of_it(desks, cast):
    console = await desks.open(cast.agent)
    where = await unanswered(cast)
    await console.get("question")
    team = await sync_to_async(cast.team)(cast.another_agent)
    await Conversation.objects.filter(pk=where.pk).aupdate(team=team)
    await desks.says("Ana", "Ok, thanks!")
    assert (await console.get("question_over"))["seq"] == 3


async def test_a_reply_without_words_is_no_reply(desks, cast):
    console = await desks.open(cast.agent)
    where = await desks.says("Ana", "Hello")
    told = await console.ask(type="reply", id="r", conversation=where.public_id, asked=3, text=" ")
    assert (told["type"], told["code"]) == ("error", "empty")


def test_presence_says_who_is_online(cast, now):
    presence.arrive(members=[cast.agent], now=now)
    presence.arrive(members=[cast.another_agent], now=now - 2 * presence.GRACE)
    presence.arrive(members=[cast.curator, cast.stranger], now=now)
    assert presence.who_is_online(cast.site.pk, now) == [cast.agent.pk]

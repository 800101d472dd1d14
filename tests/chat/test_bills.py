"""What a turn cost is all that left for it, however often it began again, broke, or was taken from the assistant."""

import asyncio
import json
from datetime import datetime
from decimal import Decimal

import pytest
from asgiref.sync import sync_to_async
from django.test import Client
from django.utils import timezone

from agents import side
from chat import lifecycle, turns
from chat.assistant import breaker
from chat.models import Conversation, Outbound, Turn, TurnState
from supportsite.sites.rights import Role
from tests.conftest import make_member
from tests.fakes.openai_server import Drips, Says

pytestmark = pytest.mark.django_db(transaction=True)
QUESTION = "How do I store a tent?"
ANSWER = "Dry the tent before you store it. [1]"


@pytest.fixture
async def model(site, tents, serve_tier):
    """A model that drips at first, and answers when it is asked again."""
    breaker.forget()
    prices = {"price_in": Decimal(1), "price_out": Decimal(1)}
    return await sync_to_async(serve_tier)(site, Drips(f"{ANSWER} And "), Says(ANSWER), **prices)


async def writes(site, text: str, client_id: str, at: datetime | None = None) -> lifecycle.Done:
    """A visitor's message, and its turn begun."""
    told = {"site": site, "text": text, "client_id": client_id, "visitor_id": "a" * 32}
    done = await sync_to_async(lifecycle.post_message)(**told, now=at or timezone.now())
    assert done.turn_id
    turns.start(done.turn_id)
    return done


async def until(holds) -> None:
    """Until it does."""
    for _ in range(1500):  # the first loads the models
        if await sync_to_async(holds)():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("it never did")


async def dripping(server) -> None:
    """Until the model has the question, and some of its words are here."""
    await until(lambda: len(server.requests) == 1)
    await asyncio.sleep(0.4)


def is_settled() -> bool:
    return not Outbound.objects.filter(closed_at=None).exists() and not Turn.objects.filter(trace={}).exists()


def of_ledger() -> tuple[int, int, int]:
    rows = Outbound.objects.all()
    return tuple(sum(getattr(row, name) for row in rows) for name in ("tokens_in", "tokens_out", "cost"))


def of_turn() -> tuple[int, int, int]:
    turn = Turn.objects.get()
    return turn.tokens_in, turn.tokens_out, turn.cost


def pane() -> side.Why:
    everything = Conversation.objects.select_related("site", "visitor__customer")
    (why,) = side.of(everything.get(), everything, now=timezone.now(), outbound=True).turns
    return why


async def test_a_turn_that_a_message_joined_cost_both_of_its_calls_and_says_so_everywhere(site, model):
    at = timezone.now()
    await writes(site, QUESTION, "m1", at)
    await dripping(model)
    await writes(site, "and please be quick", "m2", at)  # however long the models took to load, it joins
    await until(lambda: Turn.objects.filter(state=TurnState.DONE).exists() and is_settled())

    def check() -> None:
        assert Outbound.objects.count() == 2
        assert of_turn() == of_ledger()
        told, cost = pane(), f"{of_ledger()[2] / 1e9:.6f}"
        assert f"{told.cost:.6f}" == cost
        assert next(step.decision for step in told.steps if step.name == "Cost") == cost
        assert len(told.saw) == 2
        owner = Client()
        owner.force_login(make_member(site, "Olga", Role.OWNER).user)
        file = json.loads(owner.get(f"/console/trace/{Conversation.objects.get().public_id}/").content)
        assert file["turns"][0]["cost"] == cost

    await sync_to_async(check)()


async def test_a_turn_that_an_agent_took_over_keeps_its_cost_and_how_far_it_came(site, model, agent):
    done = await writes(site, QUESTION, "m1")
    await dripping(model)
    claimed = {"member": agent, "conversation": done.public_id, "client_id": "c1", "now": timezone.now()}
    await sync_to_async(lifecycle.claim)(**claimed)
    turns.drop_older(done.conversation_id, 1_000)  # as the hub does once the floor is another's
    await until(is_settled)

    def check() -> None:
        turn = Turn.objects.get()
        assert (turn.state, turn.tier) == (TurnState.DROPPED, "light")
        assert of_turn() == of_ledger()
        assert turn.cost > 0
        told = pane()
        assert [step.name for step in told.steps][-1] == "Cost"
        assert {"Search", "Enough to answer", "Model"} <= {step.name for step in told.steps}
        assert told.cost == turn.cost / Decimal(10**9)
        assert len(told.saw) == 1

    await sync_to_async(check)()


async def test_a_turn_that_broke_keeps_its_cost_and_how_far_it_came(site, model, monkeypatch):
    async def breaks(_screen: object, _text: str) -> None:
        raise RuntimeError("out of memory")

    monkeypatch.setattr(turns._Screen, "write", breaks)
    await writes(site, QUESTION, "m1")
    await until(lambda: Turn.objects.filter(state=TurnState.FAILED).exists() and is_settled())

    def check() -> None:
        assert of_turn() == of_ledger()
        assert of_turn()[2] > 0
        assert Turn.objects.get().trace["failed"] == "RuntimeError"
        assert "Search" in {step.name for step in pane().steps}

    await sync_to_async(check)()


async def test_a_call_that_a_kill_left_open_is_on_the_bill_with_what_it_may_cost(site, model):
    await writes(site, QUESTION, "m1")
    await dripping(model)

    def check() -> None:
        assert Outbound.objects.get().closed_at is None
        assert Turn.objects.get().cost == Outbound.objects.get().cost > 0

    await sync_to_async(check)()
    await turns.stop()

"""Whom a server's answer names is known as somebody in the rest of the conversation, and does not leave."""

import json

import pytest
from asgiref.sync import sync_to_async
from django.conf import settings

from chat.assistant import breaker
from chat.assistant.doing import people
from chat.models import Conversation
from tests.chat.acting import ask, said
from tests.fakes.openai_server import Says, openai_server

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("secret")]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("recipient", "陈伟"),
        ("delivery.recipient_name", "Bo Li"),
        ("customer.firstName", "Oluwaseun"),
        ("customer", "이산"),
        ("left_with", "Frau Yıldız"),
        ("parcel.signedBy", "j. okafor"),
        ("shipments.0.neighbour", "Ngozi"),
        ("name", "Will Grant"),
    ],
)
def test_a_field_that_says_so_names_somebody(path, value):
    assert list(people.named({path: value})) == [value]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("product_name", "Trail Runner"),
        ("item.name", "Tent"),
        ("carrier.name", "Larkline"),
        ("customer_id", "c-4711"),
        ("customer_type", "gold"),
        ("customer", "4711"),
        ("state", "left with a neighbour"),
        ("delivered_by", "12 March"),
        ("filename", "label.pdf"),
        ("username", "ada"),
        ("recipient", True),
        ("recipient", ""),
        ("recipient", "The parcel was left with the neighbour on the second floor"),
        ("tournament", "x"),
        ("found", True),
    ],
)
def test_another_field_names_nobody(path, value):
    assert list(people.named({path: value})) == []


@pytest.fixture
def left_with(shop, look_up):
    """An order that was left with somebody."""
    shop.orders["NP-123456"]["left_with"] = "陈伟"
    look_up.reply = {"en": "Order {order_number} is {state}.\n[if left_with is not empty] Left with: {left_with}."}
    look_up.save()


@pytest.fixture
def server(monkeypatch):
    """A provider of the owner's, which says little."""
    with openai_server(*[Says("x.")] * 6) as running:
        own = {"model": "openai:fake", "model_url": running.url, "model_timeout": 5.0}
        monkeypatch.setattr(settings, "TANDEM", settings.TANDEM.model_copy(update=own))
        breaker.forget()
        yield running
    breaker.forget()


async def test_whom_a_server_named_does_not_leave_in_a_later_question(site, left_with, tents, server):
    told = await ask(site, "Where is my order NP-123456?")
    assert "陈伟" in told.body["text"]
    await said(site, "I asked 陈伟. How do I store a tent?")
    assert server.requests
    assert "陈伟" not in json.dumps(server.requests, ensure_ascii=False)
    row = await Conversation.objects.select_related("visitor__customer").aget()
    assert ("NAME", "陈伟") in await sync_to_async(lambda: row.known)()


async def test_a_procedure_that_has_ended_stays_ended(site, left_with, tents):
    await said(site, "Where is my order NP-123456?")
    last = await ask(site, "How do I store a tent?")
    assert "order number" not in last.body.get("text", "")

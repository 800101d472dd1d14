"""A look-up that a model picked: over a real model server, a real server of orders, and a real turn."""

import json
from contextlib import contextmanager
from dataclasses import replace

import pytest
from asgiref.sync import sync_to_async
from django.conf import settings

from chat.assistant import breaker, providers
from chat.assistant.extractive import ExtractiveChat
from chat.models import Outbound, Turn
from tests.chat.acting import ask
from tests.fakes.openai_server import Calls, Fails, Hangs, Raw, Says, openai_server

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("secret")]
QUESTION = "Has the postman got NP-123456 with him by now?"
FOUND = "Order NP-123456 is sent. Larkline brings it."


@pytest.fixture(autouse=True)
def every_provider_is_well():
    breaker.forget()
    yield
    breaker.forget()


@pytest.fixture
def tool(look_up):
    """The look-up, in the hands of a model alone: no intent begins it."""
    look_up.intent.delete()
    look_up.refresh_from_db()
    look_up.model_may, look_up.does = True, "Finds out where an order is."
    look_up.save()
    return look_up


@pytest.fixture
def model(monkeypatch):
    @contextmanager
    def serves(script):
        with openai_server(script) as server:
            own = {"model": "openai:fake", "model_url": server.url, "model_timeout": 0.5}
            monkeypatch.setattr(settings, "TANDEM", settings.TANDEM.model_copy(update=own))
            yield server

    return serves


def picked() -> tuple[str, dict]:
    """What the newest turn's trace says of the tools."""
    steps = Turn.objects.order_by("-pk").first().trace["steps"]
    return next(((step["decision"], step["evidence"]) for step in steps if step["step"] == "tools"), ("", {}))


async def test_a_model_picks_a_look_up_and_the_customer_reads_the_owners_reply(site, shop, tool, model):
    with model(Calls(({"order_number": "[ORDER_1]"},))) as server:
        answered = await ask(site, QUESTION)
    assert (answered.body["text"], answered.body["answered"]) == (FOUND, "action")
    assert shop.asked[0][:2] == ("GET", "/orders/NP-123456")
    offered = server.requests[0]["tools"][0]["function"]
    assert offered["description"] == "Look up an order. Finds out where an order is."
    sent = json.dumps(server.requests)
    assert "NP-123456" not in sent
    assert "Larkline" not in sent, "no model sees what a server said"
    rows = await sync_to_async(lambda: list(Outbound.objects.order_by("pk").values_list("provider", "outcome")))()
    assert rows == [("openai", "answered"), ("action", "answered")]
    turn = await sync_to_async(Turn.objects.order_by("-pk").first)()
    assert turn.tokens_in == 100
    assert (await sync_to_async(picked)())[0] == "Look up an order"


@pytest.mark.parametrize("invented", [{"order_number": "NP-999999"}, {}, {"order_number": "[ORDER_7]"}])
async def test_a_value_that_the_customer_did_not_write_is_asked_for(site, shop, tool, model, invented):
    with model(Calls((invented,))):
        asked = await ask(site, "Has the postman got my things with him by now?")
        assert asked.body["text"] == "What is your order number?"
        assert shop.asked == []
        answered = await ask(site, "NP-123456")
    assert answered.body["text"] == FOUND


async def test_a_model_that_knows_no_tools_is_not_asked(site, shop, tool, model, monkeypatch):
    made = providers.chain

    def without_tools(*asked):
        return [one if one.is_built_in else replace(one, chat=ExtractiveChat()) for one in made(*asked)]

    with model(Calls(({"order_number": "[ORDER_1]"},))) as server:
        monkeypatch.setattr(providers, "chain", without_tools)
        answered = await ask(site, QUESTION)
    assert (await sync_to_async(picked)()) == ("none", {"provider": "openai", "why": "it knows no tools"})
    assert (server.requests, shop.asked) == ([], [])
    assert answered.kind == "offered"


async def test_no_more_than_two_look_ups_in_a_turn(site, shop, tool, model):
    numbers = ["NP-123456", "NP-111111", "NP-222222"]
    shop.orders |= {number: {"state": "packed"} for number in numbers[1:]}
    with model(Calls(tuple({"order_number": f"[ORDER_{n}]"} for n in (1, 2, 2, 3)))):
        answered = await ask(site, f"Has the postman got {', '.join(numbers)} with him?")
    assert answered.body["text"] == f"{FOUND} Order NP-111111 is packed."
    assert len(shop.asked) == 2
    assert (await sync_to_async(picked)())[1]["left_out"] == 1


async def test_what_changes_something_is_offered_to_no_model(site, shop, cancel, model):
    cancel.intent, cancel.model_may = None, True  # as no form lets it be saved
    await sync_to_async(cancel.save)()
    with model(Calls(({"order_number": "[ORDER_1]"},), name=f"look_up_{cancel.pk}")) as server:
        await ask(site, QUESTION)
    assert all("tools" not in request for request in server.requests)
    assert shop.asked == []


async def test_a_look_up_that_no_owner_gave_to_the_model_is_not_offered(site, shop, tool, model):
    tool.model_may = False
    await sync_to_async(tool.save)()
    with model(Calls(({"order_number": "[ORDER_1]"},))) as server:
        answered = await ask(site, QUESTION)
    assert server.requests == []
    assert answered.kind == "offered"


async def test_where_an_article_answers_no_look_up_is_made(site, shop, tool, model, tents):
    with model(Calls(({"order_number": "[ORDER_1]"},))) as server:
        await ask(site, "How do I store a tent?")
    assert all("tools" not in request for request in server.requests)
    assert shop.asked == []


@pytest.mark.parametrize(
    "script",
    [
        Says("Your order is lost, says [1]."),
        Says(""),
        Fails(500),
        Fails(400),
        Hangs(),
        Raw(b"data: {not json\n\n"),
        Calls(("{not json",)),
        Calls(('["a list"]',)),
        Calls(({"order_number": "[ORDER_1]"},), name="drop_all_tables"),
        Calls(({"order_number": "x" * 20_000},)),
    ],
    ids=str,
)
@pytest.mark.filterwarnings("ignore:Pydantic serializer warnings")  # the adapter's own, over nonsense
async def test_a_model_that_calls_nothing_of_use_leaves_the_customer_with_an_honest_word(
    site,
    shop,
    tool,
    model,
    script,
):
    with model(script):
        last = await ask(site, QUESTION)
    texts = str(await sync_to_async(lambda: [turn.trace for turn in Turn.objects.all()])())
    assert "hush-hush" not in texts
    if last.body.get("answered") != "clarify":
        assert last.kind == "offered"
    assert shop.asked == []
    assert not await sync_to_async(Outbound.objects.filter(closed_at=None).exists)()


async def test_who_must_give_an_address_is_asked_for_it_also_where_a_model_picked(site, shop, tool, model):
    def needs_address():
        tool.identity, tool.email_path = "email", "email"
        tool.save()
        tool.inputs.create(name="address", kind="email")

    await sync_to_async(needs_address)()
    with model(Calls(({"order_number": "[ORDER_1]", "address": "ada@example.com"},))):
        asked = await ask(site, QUESTION)
        assert asked.body["text"] == "Which e-mail address did you use?"
        assert (await ask(site, "mallory@example.com")).kind == "offered"

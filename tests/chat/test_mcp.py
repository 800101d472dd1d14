"""Tools of a real MCP server as actions: picked in the admin, called in a real turn, and all the ways they fail."""

import asyncio
import json
import os
import subprocess
import sys
import time

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.conf import settings

from chat import outside, trial
from chat.action_rows import Action, Deed, DeedState, Procedure
from chat.models import Outbound, Turn
from supportsite.sites.rights import Role
from tests.chat.acting import ask, begins, fault, said
from tests.conftest import logged_in, make_member
from tests.fakes.mcp_shop import HUGE, mcp_shop, the_tools
from tests.fakes.openai_server import Calls, openai_server

pytestmark = pytest.mark.django_db(transaction=True)
FOUND = "Order NP-123456 is sent."
QUESTION = "Where is my order NP-123456?"


@pytest.fixture(scope="module")
def running():
    """One server for all: each test has it as it is at first."""
    with mcp_shop() as shop:
        yield shop


@pytest.fixture
def shop(running, monkeypatch):
    running.tools, running.answer = the_tools(), {"state": "sent", "email": "ada@example.com"}
    running.is_error, running.fails, running.redirect = False, "", ""
    running.calls, running.headers = [], []
    monkeypatch.setenv("ACTION_TEST_TOKEN", "hush-hush-token")
    own = {"action_hosts": (running.host,), "action_secrets": (f"ACTION_TEST_TOKEN={running.host}",)}
    monkeypatch.setattr(settings, "TANDEM", settings.TANDEM.model_copy(update=own))
    return running


@pytest.fixture
def owner(site):
    return logged_in(make_member(site, "Olga", Role.OWNER))


def a_tool(site, shop, name: str, **changes) -> Action:
    """An action as it is once its tool is picked."""
    site.order_numbers = ["NP-######"]
    site.save()
    tool = next(one for one in outside.tools(_action(shop)) if one.name == name)
    values = {
        "site": site, "name": name, "method": "MCP", "url": shop.address, "timeout": 1.5, "tool": name,
        "told": tool.as_json(), "headers": {"Authorization": "Bearer $ACTION_TEST_TOKEN"},
        "reply": {"en": "Order {order_id} is {state}."},
    }  # fmt: skip
    action = Action.objects.create(**{**values, **changes})
    action.inputs.create(name="order_id", kind="order", argument="orderId")
    return action


def _action(shop):
    return outside.Action(id=0, name="", does="", method="MCP", url=shop.address, timeout=5)


@pytest.fixture
def look_up(site, shop) -> Action:
    return a_tool(site, shop, "find_order", intent=begins(site, "order", "my order"))


@pytest.fixture
def cancel(site, shop) -> Action:
    asks = {"en": "I will cancel order {order_id}."}
    return a_tool(site, shop, "cancel_order", intent=begins(site, "cancel", "cancel it"), changes=True, asks=asks)


async def test_a_tool_is_called_and_the_customer_reads_the_owners_reply(site, shop, look_up):
    shop.headers.clear()
    answered = await ask(site, QUESTION)
    assert (answered.body["text"], answered.body["answered"]) == (FOUND, "action")
    assert shop.calls == [("find_order", {"orderId": "NP-123456"})]
    assert {one["authorization"] for one in shop.headers} == {"Bearer hush-hush-token"}
    row = await sync_to_async(Outbound.objects.get)()
    assert (row.provider, row.model, row.outcome) == ("action", shop.host, "answered")
    traces = await sync_to_async(lambda: str(list(Turn.objects.values_list("trace", flat=True))))()
    assert "hush-hush" not in traces
    assert "ada@example.com" not in traces


@pytest.mark.parametrize("answer", ['{"state": "sent"}', {"state": "sent"}])
async def test_text_that_is_json_is_read_like_structured_content(site, shop, look_up, answer):
    shop.answer = answer
    assert (await ask(site, QUESTION)).body["text"] == FOUND


async def test_a_server_from_before_this_years_protocol_is_asked_as_well(site, shop, look_up):
    shop.fails = "old"
    assert (await ask(site, QUESTION)).body["text"] == FOUND
    assert any("mcp-session-id" in one for one in shop.headers)


async def test_a_goodbye_that_hangs_holds_no_answer_up(site, shop, look_up):
    await sync_to_async(Action.objects.update)(timeout=20)
    shop.fails = "old, clinging"
    began = time.monotonic()
    assert (await ask(site, QUESTION)).body["text"] == FOUND
    assert time.monotonic() - began < 15


async def test_the_servers_schema_of_its_answer_is_not_run(site, shop, look_up):
    """Such a pattern would keep a thread, and the interpreter with it, busy for centuries."""
    slow = {"type": "object", "properties": {"state": {"type": "string", "pattern": "^(a+)+$"}}}
    shop.tools["find_order"] = shop.tools["find_order"].model_copy(update={"output_schema": slow})
    shop.answer = {"state": "a" * 60 + "!"}
    answered = await asyncio.wait_for(ask(site, QUESTION), 20)
    assert answered.body["text"].startswith("Order NP-123456 is aaaa")


async def test_what_a_server_answers_is_one_line_without_marks_and_foreign_links(site, shop, look_up):
    shop.answer = {"state": "sent\n[1] **now** <b>see</b> https://evil.example/x"}
    text = (await ask(site, QUESTION)).body["text"]
    assert "evil.example" not in text
    assert "\n" not in text
    assert not set("[]<>*") & set(text)


async def test_an_answer_that_is_no_answer_at_all_ends_with_a_person(site, shop, look_up):
    shop.fails = "nonsense"
    assert (await ask(site, QUESTION)).kind == "escalated"
    assert await sync_to_async(fault)() == "tool_refused"


def test_the_client_is_loaded_where_a_tool_is_asked_and_not_before():
    code = (
        "import django, sys; django.setup(); import chat.turns, chat.action_admin, chat.intent_admin; "
        "sys.exit('mcp' in sys.modules)"
    )
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "supportsite.settings"}
    assert subprocess.run([sys.executable, "-c", code], env=environment, check=False).returncode == 0


async def test_an_answer_that_says_nothing_is_nothing_found(site, shop, look_up):
    shop.answer = None
    answered = await ask(site, QUESTION)
    assert "Order" not in answered.body.get("text", "")
    assert await sync_to_async(fault)() == ""


FAILURES = [
    ("hang", "slow"),
    ("megabyte", "too_large"),
    ("html", "no_mcp"),
    ("500", "status"),
    ("drip", "slow"),
]


@pytest.mark.parametrize(("fails", "why"), FAILURES)
async def test_a_server_that_fails_ends_with_a_person_within_the_time(site, shop, look_up, fails, why):
    shop.fails = fails
    began = time.monotonic()
    last = await ask(site, QUESTION)
    assert time.monotonic() - began < 15
    assert last.kind == "escalated"
    assert await sync_to_async(fault)() == why
    assert await sync_to_async(Outbound.objects.get)() is not None
    assert not await sync_to_async(Outbound.objects.filter(closed_at=None).exists)()


async def test_a_tool_that_says_it_failed_ends_with_a_person_and_none_of_its_words(site, shop, look_up):
    shop.answer, shop.is_error = "No such order, dear NP-123456. Click http://evil.example", True
    last = await ask(site, QUESTION)
    assert last.kind == "escalated"
    assert await sync_to_async(fault)() == "tool_failed"
    assert "evil" not in str(last.body)


async def test_a_tool_that_is_gone_is_not_called(site, shop, look_up):
    del shop.tools["find_order"]
    await ask(site, QUESTION)
    assert await sync_to_async(fault)() == "tool_gone"
    assert shop.calls == []


@pytest.mark.parametrize(
    "change",
    [
        {"input_schema": {"type": "object", "properties": {"orderId": {"type": "string"}, "card": {"type": "string"}}}},
        {"annotations": None},
    ],
    ids=["it takes something else", "it does not say any more that it only reads"],
)
async def test_a_tool_that_is_another_one_now_is_not_called(site, shop, look_up, change):
    shop.tools["find_order"] = shop.tools["find_order"].model_copy(update=change)
    await ask(site, QUESTION)
    assert await sync_to_async(fault)() == "tool_changed"
    assert shop.calls == []


async def test_a_tool_that_only_praises_itself_otherwise_is_called(site, shop, look_up):
    shop.tools["find_order"] = shop.tools["find_order"].model_copy(update={"description": "Another word."})
    assert (await ask(site, QUESTION)).body["text"] == FOUND


async def test_a_server_that_is_gone_ends_with_a_person(site, shop, look_up, monkeypatch):
    gone = "127.0.0.1:9"
    await sync_to_async(Action.objects.update)(url=f"http://{gone}/mcp", headers={})
    monkeypatch.setattr(settings, "TANDEM", settings.TANDEM.model_copy(update={"action_hosts": (gone,)}))
    assert (await ask(site, QUESTION)).kind == "escalated"
    assert await sync_to_async(fault)() == "unreachable"


async def test_a_redirect_to_another_host_is_not_followed(site, shop, look_up):
    with mcp_shop() as other:
        shop.redirect = other.address
        await ask(site, QUESTION)
        assert other.headers == []
    assert await sync_to_async(fault)() == "status"


async def test_addresses_inside_are_refused_unless_they_are_named(site, shop, look_up, monkeypatch):
    shop.headers.clear()
    monkeypatch.setattr(settings, "TANDEM", settings.TANDEM.model_copy(update={"action_hosts": ()}))
    await sync_to_async(Action.objects.update)(headers={})
    await ask(site, QUESTION)
    assert await sync_to_async(fault)() == "not_https"
    await sync_to_async(Action.objects.update)(url=shop.address.replace("http://", "https://"))
    await ask(site, QUESTION, visitor="b")
    assert await sync_to_async(fault)() == "private_address"
    assert shop.headers == []


async def test_a_secret_goes_to_no_other_host(site, shop, look_up, monkeypatch):
    shop.headers.clear()
    monkeypatch.setattr(settings, "TANDEM", settings.TANDEM.model_copy(update={"action_secrets": ()}))
    await ask(site, QUESTION)
    assert await sync_to_async(fault)() == "secret_of_another_host"
    assert shop.headers == []


async def test_what_changes_something_is_asked_first_and_done_once_with_its_key(site, shop, cancel):
    shop.answer = {"state": "cancelled"}
    asked, done = await said(site, "Please cancel it, NP-123456", "yes")
    assert asked.body["answered"] == "clarify"
    assert "I will cancel order NP-123456." in asked.body["text"]
    assert done.body["text"] == "Order NP-123456 is cancelled."
    assert shop.calls == [("cancel_order", {"orderId": "NP-123456"})]
    deed = await sync_to_async(Deed.objects.get)()
    assert (deed.state, [one["idempotency-key"] for one in shop.headers if "idempotency-key" in one]) == (
        DeedState.DONE,
        [deed.key],
    )


async def test_a_change_that_the_tool_says_failed_is_not_told_as_done(site, shop, cancel):
    shop.answer = {"state": "cancelled", "ok": False}
    last = (await said(site, "Please cancel it, NP-123456", "yes"))[-1]
    assert last.kind == "escalated"
    assert (await sync_to_async(Deed.objects.get)()).state == DeedState.UNCLEAR


@pytest.mark.parametrize(
    ("fails", "state"),
    [
        ("hang", DeedState.UNCLEAR),
        ("megabyte", DeedState.UNCLEAR),
        ("500", DeedState.FAILED),
        ("gone", DeedState.FAILED),
    ],
)
async def test_whether_a_change_happened_is_told_as_it_is_known(site, shop, cancel, fails, state):
    await ask(site, "Please cancel it, NP-123456")
    shop.fails = fails
    if fails == "gone":
        del shop.tools["cancel_order"]
    await ask(site, "yes")
    assert (await sync_to_async(Deed.objects.get)()).state == state


async def test_no_word_of_the_servers_reaches_a_model(site, shop, look_up, monkeypatch):
    def in_the_models_hands():
        look_up.intent.delete()
        look_up.refresh_from_db()
        look_up.model_may, look_up.does = True, "Finds an order."
        look_up.save()

    await sync_to_async(in_the_models_hands)()
    with openai_server(Calls(({"order_id": "[ORDER_1]"},))) as server:
        own = {"model": "openai:fake", "model_url": server.url, "model_timeout": 2}
        monkeypatch.setattr(settings, "TANDEM", settings.TANDEM.model_copy(update=own))
        answered = await ask(site, "Has the postman got NP-123456 with him by now?")
        sent = json.dumps(server.requests)
    assert answered.body["text"] == FOUND
    assert "IGNORE ALL PREVIOUS" not in sent
    assert "ada@example.com" not in sent


NO_VALUES = [
    {"state": HUGE},
    '{"state": NaN}',
    '{"state": -Infinity}',
    '{"state": 1e999}',
    '{"state": 1' + "0" * 400 + "}",
    '{"state": {"NaN": [NaN]}}',
]


@pytest.mark.parametrize("answer", NO_VALUES)
async def test_what_is_no_number_is_not_told(site, shop, look_up, answer):
    shop.answer = answer
    last = await ask(site, QUESTION)
    assert not {"nan", "inf", "Order"} & set(last.body.get("text", "").replace(".", "").split())
    assert (await sync_to_async(Turn.objects.get)()).state == "done"


@pytest.mark.parametrize("answer", [*NO_VALUES, r'{"state": "\ud83d\u0000"}', r'{"state": {"\u0000": "\ud83d"}}'])
async def test_a_change_of_which_the_tool_says_nonsense_is_made_once_and_left_to_a_person(site, shop, cancel, answer):
    shop.answer = answer
    last = (await said(site, "Please cancel it, NP-123456", "yes"))[-1]
    assert len(shop.calls) == 1
    assert last.kind == "escalated"
    assert (await sync_to_async(Deed.objects.get)()).state == DeedState.UNCLEAR
    assert not await sync_to_async(Turn.objects.exclude(state="done").exists)()


async def test_text_is_told_without_halves_of_signs_and_a_long_number_as_it_is(site, shop, look_up):
    shop.answer = r'{"state": "se\ud83dnt\u0000"}'
    assert (await ask(site, QUESTION)).body["text"] == FOUND
    shop.answer = '{"state": 10000000000000001}'
    assert (await ask(site, QUESTION)).body["text"] == "Order NP-123456 is 10000000000000001."


# --- in the admin


def form(site, shop, **changes) -> dict:
    """An action as the page posts it."""
    return {
        "site": site.pk, "name": "Find an order", "does": "Finds it.", "method": "MCP", "identity": "none",
        "timeout": "5", "url": shop.address, "reply": "en: It is {state}.", "inputs-TOTAL_FORMS": "0",
        "inputs-INITIAL_FORMS": "0", **changes,
    }  # fmt: skip


def test_an_owner_adds_a_server_picks_a_tool_and_tries_it(owner, site, shop):
    add = "/admin/chat/action/add/"
    assert "Save it without this first" in owner.post(add, form(site, shop, is_on="on")).content.decode()
    assert owner.post(add, form(site, shop)).status_code == 302
    row = Action.objects.get()
    tools = f"/admin/chat/action/{row.pk}/tools/"
    assert tools in owner.get(f"/admin/chat/action/{row.pk}/change/").content.decode()
    assert shop.headers == []
    owner.get(tools)
    assert shop.headers == [], "nobody is asked before somebody presses the button"
    page = owner.post(tools).content.decode()
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "x" * 1000 not in page
    assert "It says that it only reads." in page
    assert Outbound.objects.get().outcome == "answered"
    assert owner.post(tools, {"tool": "find_order"}).url.endswith(f"/{row.pk}/change/")
    row.refresh_from_db()
    assert (row.tool, row.is_on, row.changes) == ("find_order", False, False)
    assert list(row.inputs.values_list("name", "kind", "argument")) == [("order_id", "order", "orderId")]
    tried = owner.post(f"/admin/chat/action/{row.pk}/try/", {"in_order_id": "NP-123456"}).content.decode()
    assert "It is sent." in tried
    assert "MCP" in tried


def test_a_tool_with_nonsense_in_its_schema_can_be_picked_and_called(owner, site, shop):
    odd = {"type": "object", "properties": {"orderId": {"type": "string", "default": HUGE}}}
    shop.tools["find_order"] = shop.tools["find_order"].model_copy(update={"input_schema": odd})
    owner.post("/admin/chat/action/add/", form(site, shop))
    row = Action.objects.get()
    assert owner.post(f"/admin/chat/action/{row.pk}/tools/", {"tool": "find_order"}).status_code == 302
    row.refresh_from_db()
    row.inputs.create(name="order_id", kind="order", argument="orderId")
    tried = owner.post(f"/admin/chat/action/{row.pk}/try/", {"in_order_id": "NP-123456"}).content.decode()
    assert "It is sent." in tried


def test_a_tool_that_does_not_say_it_only_reads_asks_first_unless_the_owner_says_otherwise(owner, site, shop):
    owner.post("/admin/chat/action/add/", form(site, shop))
    row = Action.objects.get()
    page = owner.post(f"/admin/chat/action/{row.pk}/tools/", {"tool": "cancel_order"}, follow=True).content.decode()
    assert "write what they are asked" in page
    row.refresh_from_db()
    assert row.changes
    one = row.inputs.get()
    inputs = {
        "inputs-TOTAL_FORMS": "1", "inputs-INITIAL_FORMS": "1", "inputs-0-id": one.pk, "inputs-0-action": row.pk,
        "inputs-0-name": "order_id", "inputs-0-kind": "order", "inputs-0-argument": "orderId",
    }  # fmt: skip
    change = f"/admin/chat/action/{row.pk}/change/"
    told = owner.post(change, form(site, shop, is_on="on", changes="on", **inputs)).content.decode()
    assert "Write what will happen" in told
    assert owner.post(change, form(site, shop, is_on="on", **inputs)).status_code == 302
    row.refresh_from_db()
    assert (row.tool, row.is_on, row.changes) == ("cancel_order", True, False)
    told = owner.post(change, form(site, shop, is_on="on", **{**inputs, "inputs-0-argument": "oder"})).content.decode()
    assert "The tool knows no “oder”" in told
    told = owner.post(change, form(site, shop, **{**inputs, "inputs-0-DELETE": "on"})).content.decode()
    assert "The tool needs “orderId”" in told
    elsewhere = form(site, shop, is_on="on", url="https://elsewhere.example/mcp", **inputs)
    assert "pick one of the server" in owner.post(change, elsewhere).content.decode()


@pytest.mark.parametrize(("fails", "words"), [("500", "status"), ("html", "no_mcp"), ("hang list", "slow")])
def test_a_server_that_tells_of_no_tools_is_told_so_on_the_page(owner, site, shop, fails, words):
    owner.post("/admin/chat/action/add/", form(site, shop, timeout="1"))
    shop.fails = fails
    page = owner.post(f"/admin/chat/action/{Action.objects.get().pk}/tools/").content.decode()
    assert f"It told of none: {words}." in page


def test_a_preview_and_a_try_from_the_shell_call_a_look_up_too(owner, site, shop, look_up):
    last = async_to_sync(trial.steps)(trial.transcript(QUESTION, site), site)[-1]
    assert last.text == FOUND
    row = Procedure.objects.create(site=site, name="Orders")
    row.steps.create(place=1, does="ask", slot="order_id", kind="order")
    row.steps.create(place=2, does="call", action=look_up, tells=True)
    page = owner.post(f"/admin/chat/procedure/{row.pk}/preview/", {"said": QUESTION}).content.decode()
    assert FOUND in page
    assert [name for name, _arguments in shop.calls] == ["find_order", "find_order"]


def test_a_try_of_what_changes_something_calls_nobody(owner, site, shop, cancel):
    shop.headers.clear()
    async_to_sync(trial.steps)(trial.transcript("cancel it, NP-123456", site), site)
    owner.post(f"/admin/chat/action/{cancel.pk}/try/", {"in_order_id": "NP-123456"})
    assert shop.headers == []


def test_an_address_with_an_input_in_it_is_refused(owner, site, shop):
    page = owner.post("/admin/chat/action/add/", form(site, shop, url=shop.address + "/{order}")).content.decode()
    assert "they are arguments of the tool" in page


@pytest.mark.parametrize("role", [Role.AGENT, Role.CURATOR, Role.MANAGER])
def test_only_owners_ask_a_server(site, shop, look_up, role):
    shop.headers.clear()
    desk = logged_in(make_member(site, "Nora", role))
    assert desk.post(f"/admin/chat/action/{look_up.pk}/tools/").status_code == 403
    assert shop.headers == []


def test_nobody_runs_a_command_by_an_address(owner, site, shop):
    for url in ("stdio://python", "file:///bin/sh", "python -m server"):
        page = owner.post("/admin/chat/action/add/", form(site, shop, url=url)).content.decode()
        assert "This address cannot be asked" in page or "Only https" in page
    assert not Action.objects.exists()

"""Look-ups from the rows to what a customer reads, over a real server and a real turn; where a request may go."""

import pytest
from asgiref.sync import sync_to_async
from django.conf import settings

from chat.action_rows import Action
from chat.models import Event, Outbound, Turn, TurnState
from tests.chat.acting import ask, fault, said, trace

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("secret")]


async def test_an_order_is_asked_for_looked_up_and_told(site, shop, look_up):
    asked, answered = await said(site, "Where is my order?", "It is np-123456")
    assert (asked.body["answered"], asked.body["text"]) == ("clarify", "What is your order number?")
    assert answered.body["text"] == "Order NP-123456 is sent. Larkline brings it."
    assert answered.body["answered"] == "action"
    assert shop.asked[0][:2] == ("GET", "/orders/NP-123456")
    assert shop.asked[0][2]["authorization"] == "Bearer hush-hush-token"
    assert await sync_to_async(trace)() == ["heard", "call", "done"]
    row = await sync_to_async(Outbound.objects.get)()
    assert (row.provider, row.model, row.outcome) == ("action", shop.host, "answered")
    traces = await sync_to_async(lambda: str(list(Turn.objects.values_list("trace", flat=True))))()
    assert "hush-hush" not in traces


async def test_what_was_said_already_is_not_asked_again(site, shop, look_up):
    (answered,) = await said(site, "Where is my order NP-123456?")
    assert answered.body["text"].startswith("Order NP-123456 is sent.")


@pytest.mark.parametrize("typed", ["NP 123456", "NP123456", "NP–123456", "my order no. is np 123456"])
async def test_the_server_is_asked_for_the_number_as_the_site_writes_it(site, shop, look_up, typed):
    answered = (await said(site, "Where is my order?", typed))[-1]
    assert [path for _method, path, *_ in shop.asked] == ["/orders/NP-123456"]
    assert answered.body["text"].startswith("Order NP-123456 is sent.")


@pytest.mark.parametrize("failure", ["hang", "500", "html", "megabyte", "redirect", "deep"])
async def test_a_server_that_fails_ends_with_a_person_and_none_of_its_words(site, shop, look_up, failure):
    shop.fails = failure
    last = await ask(site, "Where is my order NP-123456?")
    assert (last.kind, last.body["reasons"]) == ("escalated", ["failed"])
    assert len(shop.asked) == 1
    texts = await sync_to_async(lambda: str([event.body for event in Event.objects.all()]))()
    assert "169.254" not in texts
    assert "log in" not in texts


async def test_a_number_that_nobody_knows_is_said_so_and_a_person_offered(site, shop, look_up):
    last = await ask(site, "Where is my order NP-999999?")
    assert last.kind == "offered"
    before = await sync_to_async(Event.objects.get)(seq=last.seq - 1)
    assert before.body["text"] == "I looked, and found nothing under what you gave me."


async def test_what_a_server_says_is_plain_text_without_links_or_citations(site, shop, look_up):
    shop.orders["NP-123456"]["carrier"] = "[1] <b>Pay</b> at https://evil.example/pay or evil.example\n# now [x](y)"
    last = await ask(site, "Where is my order NP-123456?")
    for part in ("evil.example", "[1]", "<b>", "\n", "]("):
        assert part not in last.body["text"]


async def test_an_order_is_told_only_to_who_gives_its_address(site, shop, look_up):
    def needs_address():
        look_up.identity, look_up.email_path = "email", "email"
        look_up.save()
        look_up.inputs.create(name="address", kind="email")

    await sync_to_async(needs_address)()
    stranger = await said(site, "Where is my order NP-123456?", "mallory@example.com")
    assert stranger[0].body["text"] == "Which e-mail address did you use?"
    assert stranger[1].kind == "offered"
    owner = await said(site, "Then where is my order NP-123456, for ada@example.com?")
    assert owner[0].body["text"].startswith("Order NP-123456 is sent.")


async def test_a_host_inside_our_network_is_refused_unless_the_owner_named_it(site, shop, look_up, monkeypatch):
    monkeypatch.setattr(settings, "TANDEM", settings.TANDEM.model_copy(update={"action_hosts": ()}))
    last = await ask(site, "Where is my order NP-123456?")
    assert last.body["reasons"] == ["failed"]

    def by_https():
        look_up.url = look_up.url.replace("http://", "https://")
        look_up.save()

    await sync_to_async(by_https)()
    faults = []
    for visitor in "bc":
        last = await ask(site, "Where is my order NP-123456?", visitor)
        assert last.body["reasons"] == ["failed"]
        steps = await sync_to_async(lambda: Turn.objects.order_by("-pk").first().trace["steps"])()
        faults.append(steps[-1]["evidence"]["fault"])
    assert faults == ["private_address", "private_address"]
    assert shop.asked == []


async def test_the_hosts_that_imports_may_read_are_none_for_actions(site, shop, look_up, monkeypatch):
    named = {"action_hosts": (), "import_hosts": (shop.host,)}
    monkeypatch.setattr(settings, "TANDEM", settings.TANDEM.model_copy(update=named))
    look_up.url = look_up.url.replace("http://", "https://")
    await sync_to_async(look_up.save)()
    last = await ask(site, "Where is my order NP-123456?")
    assert last.body["reasons"] == ["failed"]
    assert await sync_to_async(fault)() == "private_address"


async def test_a_secret_goes_to_its_own_host_and_to_no_other(site, shop, look_up, monkeypatch):
    bound = {"action_secrets": ("ACTION_TEST_TOKEN=api.northpine.example:443",)}
    monkeypatch.setattr(settings, "TANDEM", settings.TANDEM.model_copy(update=bound))
    last = await ask(site, "Where is my order NP-123456?")
    assert last.body["reasons"] == ["failed"]
    assert await sync_to_async(fault)() == "secret_of_another_host"
    assert shop.asked == []


@pytest.mark.parametrize(
    "url", ["https://[::1", "https://a／b/x", "https://host:99999/x", "https://host:abc/x", "https://xn--a/x", "//x"]
)
async def test_an_address_that_is_none_ends_with_a_person_and_a_closed_row(site, shop, look_up, url):
    look_up.url = url
    await sync_to_async(look_up.save)()
    last = await ask(site, "Where is my order NP-123456?")
    assert (last.kind, last.body["reasons"]) == ("escalated", ["failed"])
    assert not await sync_to_async(Outbound.objects.filter(closed_at=None).exists)()
    assert not await sync_to_async(Turn.objects.exclude(state=TurnState.DONE).exists)()


async def test_a_request_that_breaks_in_the_middle_is_closed_in_the_ledger(site, shop, look_up, monkeypatch):
    def breaks(*_args: object, **_more: object) -> None:
        raise RuntimeError("out of memory")

    monkeypatch.setattr("chat.outside.ask", breaks)
    last = await ask(site, "Where is my order NP-123456?")
    assert last.kind == "escalated"
    row = await sync_to_async(Outbound.objects.get)()
    assert (row.outcome, row.closed_at is None) == ("stopped", False)


@pytest.mark.parametrize("state", [float("nan"), float("inf"), 10**400])
async def test_what_is_no_number_is_not_told(site, shop, look_up, state):
    shop.orders["NP-123456"]["state"] = state
    last = await ask(site, "Where is my order NP-123456?")
    assert not {"nan", "inf", "Order"} & set(last.body.get("text", "").replace(".", "").split())
    assert not await sync_to_async(Turn.objects.exclude(state=TurnState.DONE).exists)()


async def test_one_value_that_is_no_number_takes_no_other_away(site, shop, look_up):
    shop.orders["NP-123456"]["weight"] = float("nan")
    shop.orders["NP-123456"]["carrier"] = "Lark\0line\ud83d"
    answered = await ask(site, "Where is my order NP-123456?")
    assert answered.body["text"] == "Order NP-123456 is sent. Larkline brings it."


async def test_an_action_for_verified_customers_is_refused_with_a_word_and_a_person_offered(site, shop, look_up):
    await sync_to_async(Action.objects.update)(identity="customer")
    last = await ask(site, "Where is my order NP-123456?")
    assert last.kind == "offered"
    assert shop.asked == []


async def test_another_sites_action_is_not_called(site, other_site, shop, look_up):
    await sync_to_async(Action.objects.update)(site=other_site)
    await ask(site, "Where is my order NP-123456?")
    assert shop.asked == []

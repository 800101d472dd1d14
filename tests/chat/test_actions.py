"""Look-ups, actions and procedures from the rows to what a customer reads, over a real server and a real turn."""

import asyncio
import itertools

import pytest
from asgiref.sync import sync_to_async
from django.conf import settings

from chat import deeds, lifecycle, turns
from chat.action_rows import Action, Deed, DeedState, Procedure, StandingRow
from chat.intent_rows import Intent, KeywordRule
from chat.models import Event, Outbound, Turn, TurnState
from tests.conftest import NOW
from tests.fakes.orders import orders_server

pytestmark = pytest.mark.django_db(transaction=True)
_ids = itertools.count(1)


@pytest.fixture
def shop(monkeypatch):
    with orders_server() as running:
        secrets = tuple(f"{name}={running.host}" for name in ("ACTION_TEST_TOKEN", "ACTION_NOT_SET"))
        named = {"action_hosts": (running.host,), "action_secrets": secrets}
        monkeypatch.setattr(settings, "TANDEM", settings.TANDEM.model_copy(update=named))
        yield running


def begins(site, name: str, *words: str) -> Intent:
    """An intent that these words mean."""
    intent = Intent.objects.create(site=site, name=name, kind="account")
    KeywordRule.objects.create(site=site, intent=intent, any_of=list(words))
    return intent


@pytest.fixture
def look_up(site, shop) -> Action:
    """Asks where an order is, by its number."""
    site.order_numbers = ["NP-######"]
    site.save()
    action = Action.objects.create(
        site=site,
        name="Look up an order",
        intent=begins(site, "order", "my order", "my parcel"),
        url=shop.address + "/orders/{order_number}",
        headers={"Authorization": "Bearer $ACTION_TEST_TOKEN"},
        timeout=1.0,
        reply={"en": "Order {order_number} is {state}.\n[if carrier is not empty] {carrier} brings it."},
    )
    action.inputs.create(name="order_number", kind="order")
    return action


@pytest.fixture
def cancel(site, shop) -> Action:
    """Cancels an order, once the customer says yes."""
    site.order_numbers = ["NP-######"]
    site.save()
    action = Action.objects.create(
        site=site,
        name="Cancel an order",
        intent=begins(site, "cancel", "cancel my order"),
        method="POST",
        url=shop.address + "/cancel",
        changes=True,
        timeout=1.0,
        asks={"en": "I will cancel order {order_number}."},
        reply={"en": "Order {order_number} is {state} now."},
    )
    action.inputs.create(name="order_number", kind="order")
    return action


@pytest.fixture(autouse=True)
def secret(monkeypatch):
    monkeypatch.setenv("ACTION_TEST_TOKEN", "hush-hush-token")


async def write(site, text: str, client_id: str = "", visitor: str = "a") -> lifecycle.Done:
    """A visitor's message, stored."""
    request = {"visitor_id": visitor * 32, "client_id": client_id or f"id-{next(_ids)}"}
    return await sync_to_async(lifecycle.post_message)(site=site, text=text, now=NOW, **request)


async def ask(site, text: str, visitor: str = "a") -> Event:
    """A visitor's message, answered; the newest event that they see."""
    done = await write(site, text, visitor=visitor)
    if done.turn_id:
        await turns.run(done.turn_id)
    return await sync_to_async(Event.objects.filter(visible="all").order_by("-pk").first)()


async def said(site, *texts: str) -> list[Event]:
    return [await ask(site, text) for text in texts]


async def until_asked(shop) -> None:
    """Until the server has the request."""
    for _ in range(500):
        if shop.asked:
            return
        await asyncio.sleep(0.01)
    raise AssertionError("nobody asked")


def trace(kind: str = "procedure") -> list[str]:
    """What the newest turn's trace says of the procedure."""
    steps = Turn.objects.order_by("-pk").first().trace["steps"]
    return [step["decision"] for step in steps if step["step"] == kind]


def fault() -> str:
    """Why the newest turn's request was not sent or brought nothing."""
    return Turn.objects.order_by("-pk").first().trace["steps"][-1]["evidence"]["fault"]


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


async def test_nothing_is_changed_before_a_yes_and_once_after_it(site, shop, cancel):
    asked = await ask(site, "Please cancel my order NP-123456")
    assert asked.body["answered"] == "clarify"
    assert asked.body["text"].startswith("I will cancel order NP-123456. Shall I do this?")
    assert shop.asked == []
    done = await ask(site, "yes please")
    assert done.body["text"] == "Order NP-123456 is cancelled now."
    method, _path, headers, body = shop.asked[0]
    assert (method, body) == ("POST", '{"order_number": "NP-123456"}')
    deed = await sync_to_async(Deed.objects.get)()
    assert headers["idempotency-key"] == deed.key
    assert deed.state == DeedState.DONE
    await ask(site, "yes")
    assert len(shop.asked) == 1, "another yes is no second deed"


@pytest.mark.parametrize(
    "reply",
    [
        "no", "yes, but how long does it take?", "maybe", "nein", "Yes and my sister too", "sure?", "ok?", "yes 👎",
        "please", "bitte", "por favor", "OK...?", "yes\nno",
    ],
)  # fmt: skip
async def test_whatever_is_no_plain_yes_changes_nothing(site, shop, cancel, reply):
    await said(site, "Please cancel my order NP-123456", reply)
    assert shop.asked == []


async def test_a_yes_to_an_older_question_changes_nothing(site, shop, cancel, agent):
    asked = await ask(site, "Please cancel my order NP-123456")
    await sync_to_async(StandingRow.objects.filter(seq=asked.seq).update)(seq=0)  # as if more was said since
    await ask(site, "yes")
    assert shop.asked == []


@pytest.mark.parametrize("yes", ["Ja, bitte", "sí", "oui", "OK", "Yes!", "D’accord."])
async def test_a_yes_counts_in_each_of_the_sites_languages(site, shop, cancel, yes):
    await said(site, "Please cancel my order NP-123456", yes)
    assert len(shop.asked) == 1


async def test_a_message_sent_twice_is_done_once(site, shop, cancel):
    await ask(site, "Please cancel my order NP-123456")
    first = await write(site, "yes", client_id="same")
    again = await write(site, "yes", client_id="same")
    assert again.repeated
    await asyncio.gather(turns.run(first.turn_id), turns.run(first.turn_id))
    assert len(shop.asked) == 1


async def test_a_turn_restarted_in_the_middle_tells_the_outcome_and_does_nothing_again(site, shop, cancel):
    await ask(site, "Please cancel my order NP-123456")
    shop.slow = 0.4
    done = await write(site, "yes")
    first = asyncio.create_task(turns.run(done.turn_id))
    await until_asked(shop)
    joined = await write(site, "are you there")  # it joins the turn, which begins again
    assert joined.turn_id == done.turn_id
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    await turns.run(done.turn_id)
    last = await sync_to_async(Event.objects.order_by("-seq").first)()
    assert last.body["text"] == "Order NP-123456 is cancelled now."
    assert len(shop.asked) == 1


async def test_a_deed_that_a_kill_interrupted_is_not_done_again_and_a_person_is_called(site, shop, cancel):
    asked = await ask(site, "Please cancel my order NP-123456")
    done = await write(site, "yes")

    def killed():
        """The row was committed, and the process died before it knew what came of the request."""
        Deed.objects.create(
            conversation_id=done.conversation_id, seq=done.seq, asked=asked.seq, action=cancel, name="Cancel an order",
            key="k" * 32, begun_at=NOW, ends_by=NOW,
        )  # fmt: skip

    await sync_to_async(killed)()
    await turns.run(done.turn_id)
    last = await sync_to_async(Event.objects.order_by("-seq").first)()
    assert (last.kind, last.body["reasons"]) == ("escalated", ["failed"])
    assert shop.asked == []
    assert (await sync_to_async(Deed.objects.get)()).state == DeedState.UNCLEAR


async def test_what_timed_out_is_not_done_a_second_time_and_a_person_is_called_each_time(site, shop, cancel):
    shop.fails = "hang"
    first = (await said(site, "Please cancel my order NP-123456", "yes"))[-1]
    assert (first.kind, first.body["reasons"]) == ("escalated", ["failed"])
    told = await sync_to_async(Event.objects.get)(seq=first.seq - 1)
    assert told.body["text"].startswith("I cannot tell whether this was done")
    shop.fails = ""
    back = {"visitor_id": "a" * 32, "client_id": "cancel-person", "now": NOW}
    await sync_to_async(lifecycle.cancel_person)(site=site, **back)
    again = (await said(site, "Please cancel my order NP-123456", "yes"))[-1]
    assert (again.kind, again.body["reasons"]) == ("escalated", ["failed"])
    told = await sync_to_async(Event.objects.get)(seq=again.seq - 1)
    assert told.body["text"].startswith("I cannot tell whether this was done"), "the customer is told why"
    await ask(site, "Please cancel my order NP-123456", "b")
    sister = await ask(site, "yes", "b")
    assert sister.kind == "escalated", "the same order from another browser is the same order"
    assert len(shop.asked) == 1
    assert (await sync_to_async(Deed.objects.get)()).state == DeedState.UNCLEAR


async def test_a_deed_whose_end_cannot_be_kept_is_unclear_and_told_so(site, shop, cancel, monkeypatch):
    kept = deeds.replies.leaves
    monkeypatch.setattr(deeds.replies, "leaves", lambda told, _: {"state": float("nan")} if told else kept(told, _))
    last = (await said(site, "Please cancel my order NP-123456", "yes"))[-1]
    assert (last.kind, last.body["reasons"]) == ("escalated", ["failed"])
    told = await sync_to_async(Event.objects.get)(seq=last.seq - 1)
    assert told.body["text"].startswith("I cannot tell whether this was done")
    assert (len(shop.asked), (await sync_to_async(Deed.objects.get)()).state) == (1, DeedState.UNCLEAR)


async def test_another_order_is_cancelled_though_the_first_is_unclear(site, shop, cancel):
    shop.fails = "hang"
    await said(site, "Please cancel my order NP-123456", "yes")
    shop.fails = ""
    await ask(site, "Please cancel my order NP-777777", "b")
    done = await ask(site, "yes", "b")
    assert done.body["text"] == "Order NP-777777 is cancelled now."


async def test_once_somebody_has_looked_the_same_may_be_asked_for_again(site, shop, cancel):
    shop.fails = "hang"
    await said(site, "Please cancel my order NP-123456", "yes")
    shop.fails = ""
    deed = await sync_to_async(Deed.objects.get)()
    assert await sync_to_async(deeds.settle)(deed_id=deed.pk, happened=False, now=NOW)
    await ask(site, "Please cancel my order NP-123456", "b")
    done = await ask(site, "yes", "b")
    assert done.body["text"] == "Order NP-123456 is cancelled now."


async def test_a_person_who_takes_over_in_the_middle_reads_what_became_of_it(site, shop, cancel, agent):
    await ask(site, "Please cancel my order NP-123456")
    shop.slow = 0.3
    done = await write(site, "yes")
    running = asyncio.create_task(turns.run(done.turn_id))
    await until_asked(shop)
    claimed = {"member": agent, "conversation": done.public_id, "client_id": "claim-1", "now": NOW}
    await sync_to_async(lifecycle.claim)(**claimed)
    running.cancel()  # as the hub does once the floor is another's
    await asyncio.gather(running, return_exceptions=True)
    for _ in range(100):
        note = await sync_to_async(Event.objects.filter(kind="note").first)()
        if note:
            break
        await asyncio.sleep(0.02)
    assert note.body["text"] == "The customer had said yes to “Cancel an order”: done."
    assert note.visible == "team"


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


# --- procedures


@pytest.fixture
def procedure(site, look_up) -> Procedure:
    """Ask for the number, look it up; older than 30 days: say so and call a person, else tell the state."""
    row = Procedure.objects.create(site=site, name="Where is my order", intent=look_up.intent)
    steps = [
        {"does": "ask", "slot": "order_number", "kind": "order", "text": {"en": "Which order? It begins with NP."}},
        {"does": "call", "action": look_up},
        {"does": "if", "slot": "found", "operator": "is", "value": "no", "goto": 8},
        {"does": "if", "slot": "ordered", "operator": "older than", "value": "30", "goto": 6},
        {"does": "say", "text": {"en": "It is {state}."}},
        {"does": "if", "slot": "ordered", "operator": "newer than", "value": "30", "goto": 0},
        {"does": "say", "text": {"en": "You ordered on {ordered}, that is long ago."}},
        {"does": "person"},
    ]
    for place, step in enumerate(steps, start=1):
        row.steps.create(place=place, **step)
    return row


async def test_a_procedure_goes_its_steps_and_hands_over(site, shop, procedure):
    first, last = await said(site, "Where is my order?", "NP-123456")
    assert first.body["text"] == "Which order? It begins with NP."
    assert (last.kind, last.body["reasons"]) == ("escalated", ["procedure"])
    told = await sync_to_async(Event.objects.get)(seq=last.seq - 1)
    assert told.body["text"] == "You ordered on Jan. 5, 2020, that is long ago."
    assert await sync_to_async(trace)() == ["heard", "call", "if", "if", "if", "say", "person"]


async def test_a_procedure_tells_the_state_of_a_young_order(site, shop, procedure):
    shop.orders["NP-123456"]["ordered"] = "2999-01-01"
    last = (await said(site, "Where is my order?", "NP-123456"))[-1]
    assert last.body["text"] == "It is sent."


async def test_a_question_in_between_is_answered_and_the_open_question_asked_again(site, shop, procedure, tents):
    _first, between, last = await said(site, "Where is my order?", "How do I store a tent?", "NP-123456")
    assert between.body["answered"] == "answer"
    assert between.body["sources"]
    assert between.body["text"].endswith("\n\nWhich order? It begins with NP.")
    assert last.body["reasons"] == ["procedure"]


async def test_a_clear_no_leaves_it_and_three_tries_call_a_person(site, shop, procedure):
    left = (await said(site, "Where is my order?", "never mind"))[-1]
    assert left.body["text"].startswith("All right, we leave it at that.")
    tries = await said(site, "Where is my order?", "blue", "green", "purple")
    assert [event.body.get("answered") for event in tries] == ["clarify", "clarify", "clarify", None]
    assert tries[-1].body["reasons"] == ["procedure"]


async def test_a_handover_empties_it(site, shop, procedure, agent):
    first = await ask(site, "Where is my order?")
    done = {"member": agent, "conversation": (await sync_to_async(lambda: first.conversation.public_id)()), "now": NOW}
    await sync_to_async(lifecycle.claim)(client_id="c1", **done)
    await sync_to_async(lifecycle.hand_back)(client_id="c2", **done)
    last = await ask(site, "NP-123456")
    assert shop.asked == []
    assert last.body.get("answered") != "action"


async def test_a_procedure_that_leads_back_to_itself_ends(site, shop, procedure):
    def loop():
        procedure.steps.all().delete()
        procedure.steps.create(place=1, does="say", text={"en": "Round."})
        procedure.steps.create(place=2, does="if", slot="nothing", operator="is empty", goto=1)

    await sync_to_async(loop)()
    last = await ask(site, "Where is my order?")
    assert (last.kind, last.body["reasons"]) == ("escalated", ["failed"])


async def test_a_procedure_that_was_edited_meanwhile_is_begun_anew(site, shop, procedure):
    await ask(site, "Where is my order?")
    await sync_to_async(procedure.steps.filter(place=1).update)(text={"en": "The number, please."})
    again = await ask(site, "So where is my order?")
    assert again.body["text"] == "The number, please."


async def test_every_turn_has_ended(site, shop, procedure):
    await said(site, "Where is my order?", "NP-123456")
    assert not await sync_to_async(Turn.objects.exclude(state=TurnState.DONE).exists)()


@pytest.fixture
def steps(site, shop):
    """Writes a procedure that begins with the words "loop it"."""

    async def write_them(*rows: dict) -> Procedure:
        def make() -> Procedure:
            site.order_numbers = site.order_numbers or ["NP-######"]
            site.save()
            row = Procedure.objects.create(site=site, name="Loop", intent=begins(site, "loop", "loop it"))
            for place, step in enumerate(rows, start=1):
                row.steps.create(place=place, **step)
            return row

        return await sync_to_async(make)()

    return write_them


def asks(slot: str, kind: str, text: str) -> dict:
    return {"does": "ask", "slot": slot, "kind": kind, "text": {"en": text}}


def says(text: str) -> dict:
    return {"does": "say", "text": {"en": text}}


async def test_a_change_of_which_nobody_knows_is_never_told_as_failed(site, shop, cancel, steps):
    await steps(
        asks("order_number", "order", "Which order?"),
        {"does": "call", "action": cancel, "goto": 4, "tells": True},
        {"does": "person"},
        says("It could not be cancelled. Nothing was changed."),
    )
    shop.fails = "hang"
    last = (await said(site, "loop it NP-123456", "yes"))[-1]
    assert (last.kind, last.body["reasons"]) == ("escalated", ["failed"])
    told = await sync_to_async(Event.objects.get)(seq=last.seq - 1)
    assert told.body["text"].startswith("I cannot tell whether this was done")
    assert "Nothing was changed" not in told.body["text"]


async def test_a_change_that_certainly_failed_goes_to_the_step_that_says_so(site, shop, cancel, steps):
    cancel.headers = {"Authorization": "Bearer $ACTION_NOT_SET"}
    await sync_to_async(cancel.save)()
    await steps(
        asks("order_number", "order", "Which order?"),
        {"does": "call", "action": cancel, "goto": 4, "tells": True},
        {"does": "person"},
        says("It could not be cancelled. Nothing was changed."),
    )
    last = (await said(site, "loop it NP-123456", "yes"))[-1]
    assert last.body["text"] == "It could not be cancelled. Nothing was changed."


async def test_who_gave_a_number_that_is_not_there_is_asked_anew_and_in_the_end_gets_a_person(
    site, shop, look_up, steps
):
    await steps(
        asks("order_number", "order", "Which order?"),
        {"does": "call", "action": look_up},
        {"does": "if", "slot": "found", "operator": "is", "value": "no", "goto": 1},
        says("It is {state}."),
    )
    first, again, right = await said(site, "loop it", "NP-999999", "NP-123456")
    assert first.body["text"] == "Which order?"
    assert again.body["text"] == "I looked, and found nothing under what you gave me. Which order?"
    assert right.body["text"] == "It is sent."
    assert len(shop.asked) == 2
    tries = await said(site, "loop it NP-999991", "NP-999992", "NP-999993")
    assert [event.kind for event in tries] == ["message", "message", "escalated"]


async def test_no_server_is_asked_more_than_three_times_in_a_turn(site, shop, look_up, steps):
    await steps(
        asks("order_number", "order", "Which order?"),
        {"does": "call", "action": look_up},
        {"does": "if", "slot": "state", "operator": "is", "value": "sent", "goto": 2},
    )
    last = await ask(site, "loop it NP-123456")
    assert (last.kind, last.body["reasons"]) == ("escalated", ["failed"])
    assert len(shop.asked) == 3


async def test_a_number_is_read_as_the_language_writes_it_and_asked_for_again_where_it_may_be_two(site, shop, steps):
    await steps(
        asks("amount", "number", "How much was it?"),
        {"does": "if", "slot": "amount", "operator": "over", "value": "500", "goto": 4},
        says("{amount} is little."),
        says("That is much."),
    )
    assert (await said(site, "loop it", "1,000"))[-1].body["text"] == "That is much."
    unclear, plain = (await said(site, "loop it", "1.500", "1500"))[1:]
    assert unclear.body["text"].startswith("I can read more than one number in that.")
    assert unclear.body["text"].endswith("How much was it?")
    assert plain.body["text"] == "That is much."


@pytest.mark.parametrize(
    "text", ["loop it, I need an answer today", "loop it: Hier ist mein Problem, mein Zelt ist kaputt"]
)
async def test_a_day_is_taken_only_from_the_answer_to_the_question(site, shop, steps, text):
    await steps(asks("bought", "date", "When did you buy it?"), says("Bought on {bought}."))
    asked = await ask(site, text)
    assert asked.body["text"] == "When did you buy it?"
    told = await ask(site, "2026-11-20")
    assert told.body["text"] in ("Bought on Nov. 20, 2026.", "Bought on 20. November 2026.")


async def test_without_forms_an_order_number_is_asked_for_and_a_price_is_none(site, shop, look_up):
    site.order_numbers = []
    await sync_to_async(site.save)()
    asked, again, told = await said(site, "Where is my order, I paid 1200 euros for it", "It cost 1200 €", "NP-123456")
    assert asked.body["text"] == "What is your order number?"
    assert again.body["answered"] == "clarify"
    assert told.body["text"].startswith("Order NP-123456 is sent.")


async def test_a_question_to_the_customer_that_cannot_be_filled_in_calls_a_person(site, shop, cancel):
    cancel.asks = {"en": "I will cancel order {number}."}
    await sync_to_async(cancel.save)()
    last = (await said(site, "Please cancel my order NP-123456", "yes"))[0]
    assert (last.kind, last.body["reasons"]) == ("escalated", ["failed"])
    assert shop.asked == []


@pytest.mark.parametrize(
    "aside", ["first tell me how to store a tent", "How do I store a tent", "Can you tell me how to store a tent"]
)
async def test_an_aside_is_answered_and_is_not_the_text_that_was_asked_for(site, shop, steps, tents, aside):
    await steps(asks("note", "text", "What is your new address?"), says("Your new address is {note}."))
    _asked, between, told = await said(site, "loop it", aside, "12 High Street, Leeds")
    assert between.body["text"].endswith("What is your new address?")
    assert "Your new address" not in between.body["text"]
    assert told.body["text"] == "Your new address is 12 High Street, Leeds."


@pytest.fixture
def move(site, shop) -> Action:
    """Looks a text up at the server."""
    action = Action.objects.create(
        site=site, name="Note", url=shop.address + "/notes/{note}", timeout=1.0, reply={"en": "Found."}
    )
    action.inputs.create(name="note", kind="text")
    return action


async def test_a_text_is_read_back_before_it_is_sent_and_asked_for_again_after_a_no(site, shop, move, steps):
    await steps(asks("note", "text", "What is your note?"), {"does": "call", "action": move, "tells": True})
    shop.orders["NP-123456"] = {"state": "noted"}
    _asked, read, anew, right = await said(site, "loop it", "my dog ate it", "no", "NP-123456")
    assert read.body["text"] == (
        "I have written down: “my dog ate it”. Shall I send this? It goes out only if you answer yes."
    )
    assert anew.body["text"] == "What is your note?"
    assert "“NP-123456”" in right.body["text"]
    assert shop.asked == []
    assert (await ask(site, "yes")).body["text"] == "Found."
    assert shop.asked[0][1] == "/notes/NP-123456"


async def test_a_text_that_goes_into_a_change_is_read_back_with_the_question(site, shop, cancel, steps):
    await sync_to_async(cancel.inputs.create)(name="why", kind="text")
    await steps(asks("why", "text", "Why?"), {"does": "call", "action": cancel, "tells": True})
    read = (await said(site, "loop it NP-123456", "It is too big [1] https://evil.example/x"))[-1]
    assert read.body["text"] == (
        "I have written down: “It is too big (1)”. I will cancel order NP-123456. "
        "Shall I do this? It happens only if you answer yes."
    )

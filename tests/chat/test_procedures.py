"""Procedures of a few steps: gone, left, resumed, and never without an end."""

from zoneinfo import ZoneInfo

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone
from django.utils.formats import date_format

from chat import lifecycle
from chat.action_rows import Action, Procedure
from chat.models import Event, Turn, TurnState
from tests.chat.acting import ask, asks, begins, said, says, trace
from tests.conftest import NOW

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("secret")]


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
    site.reason_weights = {"stuck": 0}  # it is the third try that calls here
    await site.asave()
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


async def one_order_after_the_other(steps, look_up) -> None:
    await steps(
        asks("order_number", "order", "Which order?"),
        {"does": "call", "action": look_up},
        {"does": "say", "text": {"en": "Order {order_number} is {state}.\n{carrier} brings it."}},
        {"does": "if", "slot": "found", "operator": "is", "value": "no", "goto": 1},
        asks("more", "yes_no", "Another order?"),
        {"does": "if", "slot": "more", "operator": "is", "value": "yes", "goto": 1},
        says("Bye."),
    )


async def test_the_next_order_is_told_without_what_was_known_of_the_one_before(site, shop, look_up, steps):
    shop.orders["NP-222222"] = {"state": "packed"}
    await one_order_after_the_other(steps, look_up)
    told, _which, other = (await said(site, "loop it", "NP-123456", "yes", "NP-222222"))[1:]
    assert told.body["text"] == "Order NP-123456 is sent. Larkline brings it. Another order?"
    assert other.body["text"] == "Order NP-222222 is packed. Another order?"


async def test_an_order_of_somebody_else_is_not_told_with_the_state_of_ones_own(site, shop, look_up, steps):
    shop.orders["NP-222222"] = {"state": "packed", "email": "victim@example.com"}

    def by_address() -> None:
        look_up.identity, look_up.email_path = "email", "email"
        look_up.save()
        look_up.inputs.create(name="mail", kind="email")

    await sync_to_async(by_address)()
    await one_order_after_the_other(steps, look_up)
    told, _which, other = (await said(site, "loop it ada@example.com", "NP-123456", "yes", "NP-222222"))[1:]
    assert told.body["text"] == "Order NP-123456 is sent. Larkline brings it. Another order?"
    assert other.body["text"] == "I looked, and found nothing under what you gave me. Which order?"


async def test_a_look_up_that_fails_leaves_nothing_of_the_one_before_to_tell(site, shop, look_up, steps):
    await steps(
        asks("order_number", "order", "Which order?"),
        {"does": "call", "action": look_up, "goto": 6},
        asks("more", "yes_no", "It is {state}. Once more?"),
        {"does": "if", "slot": "more", "operator": "is", "value": "yes", "goto": 2},
        {"does": "person"},
        {"does": "say", "text": {"en": "I cannot see order {order_number}.\nIt is {state}."}},
    )
    await said(site, "loop it", "NP-123456")
    shop.fails = "500"
    assert (await ask(site, "yes")).body["text"] == "I cannot see order NP-123456."


@pytest.mark.parametrize(
    ("parcels", "told"),
    [([{"id": 1}], "Something was sent. Bye."), ({"id": 1}, "Something was sent. Bye."), ([], "Bye."), ({}, "Bye.")],
)
async def test_a_list_is_empty_where_nothing_is_in_it(site, shop, look_up, steps, parcels, told):
    await steps(
        asks("order_number", "order", "Which order?"),
        {"does": "call", "action": look_up},
        {"does": "if", "slot": "parcels", "operator": "is empty", "goto": 5},
        says("Something was sent."),
        says("Bye."),
    )
    shop.orders["NP-123456"]["parcels"] = parcels
    assert " ".join((await said(site, "loop it", "NP-123456"))[-1].body["text"].split()) == told


async def test_what_another_look_up_gave_stays_when_one_is_made_again(site, shop, look_up, move, steps):
    shop.orders |= {"NP-222222": {"state": "packed"}, "ada": {"name": "Ada"}}
    await steps(
        asks("note", "text", "Who are you?"),
        {"does": "call", "action": move},
        asks("order_number", "order", "Which order?"),
        {"does": "call", "action": look_up},
        asks("more", "yes_no", "{name}, it is {state}. Another?"),
        {"does": "if", "slot": "more", "operator": "is", "value": "yes", "goto": 3},
        says("Bye."),
    )
    last = (await said(site, "loop it", "ada", "yes", "NP-123456", "yes", "NP-222222"))[-1]
    assert last.body["text"] == "Ada, it is packed. Another?"


@pytest.mark.parametrize(
    "text",
    [
        "NP-123456 and honestly, can't somebody with a pulse deal with this instead?",
        "NP-123456, aber jemand von euch soll das bitte persönlich anschauen",
    ],
)
async def test_a_wish_or_anger_beside_the_number_that_was_asked_for_calls_a_person(site, shop, procedure, text):
    last = (await said(site, "Where is my order?", text))[-1]
    assert last.kind == "escalated"
    assert last.body["reasons"][0] in ("asked", "angry")
    assert shop.asked == []


async def test_numbers_that_bring_nothing_are_no_answers_that_did_not_help(site, shop, procedure):
    tries = await said(site, "Where is my order?", "NP-000001", "no, NP-000002")
    assert "stuck" not in [code for event in tries for code in event.body.get("reasons", ())]
    assert await sync_to_async(trace)("feel") == ["neutral"]


async def test_a_question_in_between_is_felt_once(site, shop, procedure, tents):
    await said(site, "Where is my order?", "How do I store a tent?")
    assert await sync_to_async(trace)("feel") == ["neutral"]


async def test_today_is_the_day_where_the_site_is(site, shop, steps):
    now = timezone.now()
    site.time_zone = "Pacific/Kiritimati" if now.hour >= 12 else "Etc/GMT+12"  # where it is another day than in UTC
    day = timezone.localdate(now, ZoneInfo(site.time_zone))
    assert day != now.date()
    await steps(asks("bought", "date", "When did you buy it?"), says("Bought on {bought}."))
    told = (await said(site, "loop it", "today"))[-1]
    assert told.body["text"] == f"Bought on {date_format(day, 'DATE_FORMAT')}."

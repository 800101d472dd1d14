"""What changes something: asked first, done once, and never told otherwise than it is known."""

import asyncio

import pytest
from asgiref.sync import sync_to_async

from chat import deeds, lifecycle, turns
from chat.action_rows import Deed, DeedState, StandingRow
from chat.intent_rows import KeywordRule
from chat.models import Event
from chat.sentences import Sentence, say
from tests.chat.acting import ask, said, until_asked, write
from tests.conftest import NOW

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("secret")]


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
        "please", "bitte", "por favor", "OK...?", "yes\nno", "cancel it", "ok thanks", "Yes, cancel NP-654321 too",
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


@pytest.mark.parametrize(
    "yes", ["Ja, bitte", "sí", "oui", "OK", "Yes!", "D’accord.", "نعم", "👍", "Yes, please cancel it."]
)
async def test_a_yes_counts_in_each_language_and_may_repeat_the_question(site, shop, cancel, yes):
    await said(site, "Please cancel my order NP-123456", yes)
    assert len(shop.asked) == 1


@pytest.mark.parametrize("no", ["not now", "nö", "don't cancel it", "nee", "lieber nicht", "ahora no", "no need", "لا"])
async def test_who_says_no_reads_that_nothing_was_done(site, shop, cancel, no):
    left = (await said(site, "Please cancel my order NP-123456", no))[-1]
    assert left.body["text"] in {say(Sentence.NOT_DONE, language) for language in ("en", "de", "es", "ar")}
    assert shop.asked == []


@pytest.mark.parametrize(
    ("answer", "told"), [("نعم، ألغِ الطلب من فضلك", "أُلغي الطلب NP-123456."), ("لا شكرًا", say(Sentence.NOT_DONE, "ar"))]
)
async def test_an_order_is_cancelled_or_not_all_in_arabic(site, shop, cancel, answer, told):
    def in_arabic() -> None:
        cancel.asks |= {"ar": "سألغي الطلب {order_number}."}
        cancel.reply |= {"ar": "أُلغي الطلب {order_number}."}
        cancel.save()
        KeywordRule.objects.create(site=site, intent=cancel.intent, any_of=["إلغاء طلبي"])

    await sync_to_async(in_arabic)()
    which, asked, last = await said(site, "أريد إلغاء طلبي", "NP-123456", answer)
    assert which.body["text"] == say(Sentence.ASK_ORDER, "ar")
    assert asked.body["text"] == "سألغي الطلب NP-123456. " + say(Sentence.CONFIRM, "ar")
    assert last.body["text"] == told


async def test_a_polish_yes_is_a_yes_though_it_thanks_in_danish(site, shop, cancel):
    cancel.asks |= {"pl": "Anuluję zamówienie {order_number}."}
    await sync_to_async(cancel.save)()
    asked, done = await said(site, "Dzień dobry, chcę anulować zamówienie, cancel my order NP-123456", "tak")
    assert asked.body["text"].startswith("Anuluję zamówienie NP-123456.")
    assert done.body["text"] == "Order NP-123456 is cancelled now."


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


NO_CLEAR_ANSWER = [
    "<html><body>Please log in</body></html>", "OK", "", "{}", "null", "false", "[]", '{"message": "Please log in"}',
    '{"ok": false, "error": "order already shipped"}', '{"state": "cancelled", "success": false}',
    '{"state": "open", "errors": ["already shipped"]}', '{"state": "open", "Error": {"code": 7}}',
    '{"state": "open", "status": "fail"}', '{"data": {"state": "open", "ok": "false"}}', '[{"ok": 0}]',
]  # fmt: skip


@pytest.mark.parametrize("answer", NO_CLEAR_ANSWER)
async def test_what_no_clear_answer_confirms_is_not_told_as_done_and_a_person_is_called(site, shop, cancel, answer):
    shop.changed = answer
    last = (await said(site, "Please cancel my order NP-123456", "yes"))[-1]
    assert (last.kind, last.body["reasons"]) == ("escalated", ["failed"])
    told = await sync_to_async(Event.objects.get)(seq=last.seq - 1)
    assert told.body["text"] == say(Sentence.UNCLEAR, "en")
    assert (len(shop.asked), (await sync_to_async(Deed.objects.get)()).state) == (1, DeedState.UNCLEAR)


@pytest.mark.parametrize(
    "answer",
    [
        '{"state": "cancelled", "ok": true, "error": null, "errors": []}',
        '{"state": "cancelled", "success": null, "error": "", "status": "done"}',
        '{"state": "cancelled", "errors": {"items": [], "count": 0}, "error": false}',
    ],
)
async def test_what_says_that_it_went_well_is_told_as_done(site, shop, cancel, answer):
    shop.changed = answer
    last = (await said(site, "Please cancel my order NP-123456", "yes"))[-1]
    assert last.body["text"] == "Order NP-123456 is cancelled now."
    assert (await sync_to_async(Deed.objects.get)()).state == DeedState.DONE


@pytest.mark.parametrize(("reply", "text"), [({}, "It is done."), ({"en": "Order {order_number} is off."}, "")])
async def test_a_server_that_says_nothing_more_has_done_it_where_the_reply_wants_nothing_of_it(
    site, shop, cancel, reply, text
):
    cancel.reply = reply
    await sync_to_async(cancel.save)()
    shop.changed = ""
    last = (await said(site, "Please cancel my order NP-123456", "yes"))[-1]
    assert last.body["text"] == (text or "Order NP-123456 is off.")
    assert (await sync_to_async(Deed.objects.get)()).state == DeedState.DONE


async def test_a_deed_of_somebody_elses_order_is_not_told_as_nothing_found(site, shop, cancel):
    def needs_address() -> None:
        cancel.identity, cancel.email_path = "email", "email"
        cancel.save()
        cancel.inputs.create(name="address", kind="email")

    await sync_to_async(needs_address)()
    last = (await said(site, "Please cancel my order NP-123456, for ada@example.com", "yes"))[-1]
    assert last.kind == "escalated"
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

"""A procedure that was left for another one: its open question waits below, and is asked again when the other ends."""

import pytest
from asgiref.sync import sync_to_async

from chat import lifecycle
from chat.action_rows import Procedure
from chat.intent_rows import KeywordRule
from chat.models import Event
from chat.sentences import Sentence, say
from tests.chat.acting import ask, asks, begins, said, says
from tests.conftest import NOW

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("secret")]
BOUGHT = "When did you buy it?"
LABEL = (asks("bought", "date", BOUGHT), asks("boxes", "number", "How many boxes?"), says("Your {boxes} labels come."))


@pytest.fixture
def label(site, shop) -> Procedure:
    """Asks when something was bought, then how it is packed, and sends a label."""
    row = Procedure.objects.create(site=site, name="Return label", intent=begins(site, "label", "return label"))
    for place, step in enumerate(LABEL, start=1):
        row.steps.create(place=place, **step)
    return row


async def test_a_procedure_that_is_left_for_another_is_gone_on_with_when_that_ends(site, look_up, label):
    first, between, boxes, last = await said(
        site, "I need a return label", "wait, where is my order NP-123456?", "2026-11-01", "2"
    )
    assert first.body["text"] == BOUGHT
    assert between.body["text"] == f"Order NP-123456 is sent. Larkline brings it.\n\n{BOUGHT}"
    assert boxes.body["text"] == "How many boxes?"
    assert last.body["text"] == "Your 2 labels come."


async def test_it_is_gone_on_with_after_the_other_has_asked_something_itself_or_was_left(site, look_up, label):
    asked, told = (await said(site, "I need a return label", "wait, where is my order?", "NP-123456"))[1:]
    assert asked.body["text"] == "What is your order number?"
    assert told.body["text"].endswith(f"Larkline brings it.\n\n{BOUGHT}")
    for text in ("I need a return label", "wait, where is my order?"):
        await ask(site, text, "b")
    left = await ask(site, "never mind", "b")
    assert left.body["text"].endswith(f"\n\n{BOUGHT}")
    assert (await ask(site, "2026-11-01", "b")).body["text"] == "How many boxes?"


async def test_a_yes_is_for_what_was_asked_last_and_what_was_left_asks_for_its_own_again(site, shop, cancel, label):
    asked, other, back = await said(site, "Please cancel my order NP-123456", "First I need a return label", "yes")
    assert "Shall I do this?" in asked.body["text"]
    assert (other.body["text"], shop.asked) == (BOUGHT, [])
    assert BOUGHT in back.body["text"]
    last = (await said(site, "2026-11-01", "2"))[-1]
    assert last.body["text"].startswith("Your 2 labels come.\n\nI will cancel order NP-123456. Shall I do this?")
    assert shop.asked == []
    assert (await ask(site, "yes")).body["text"] == "Order NP-123456 is cancelled now."


async def test_no_procedure_waits_twice_and_of_many_the_last_three(site, label):
    def more() -> None:
        for name in ("paint", "wax", "glue"):
            row = Procedure.objects.create(site=site, name=name, intent=begins(site, name, f"buy {name}"))
            row.steps.create(place=1, **asks(f"{name}s", "number", f"How much {name}?"))
            row.steps.create(place=2, **says(f"The {name} comes."))

    await sync_to_async(more)()
    begun = await said(site, "return label", "buy paint", "buy wax", "buy paint", "buy glue")
    texts = ["How much paint?", "How much wax?", "How much paint?", "How much glue?"]
    assert [event.body["text"] for event in begun] == [BOUGHT, *texts]
    ends = [event.body["text"] for event in await said(site, "1", "2", "3")]
    assert ends == ["The glue comes.\n\nHow much paint?", "The paint comes.\n\nHow much wax?", "The wax comes."]


async def test_a_handover_empties_those_below_as_well_and_an_edited_one_is_left(site, look_up, label, agent):
    await said(site, "I need a return label", "wait, where is my order?")
    await sync_to_async(label.steps.filter(place=1).update)(text={"en": "Which day?"})
    told = await ask(site, "NP-123456")
    assert told.body["text"] == "Order NP-123456 is sent. Larkline brings it."
    event = (await said(site, "I need a return label", "wait, where is my order?"))[-1]
    done = {"member": agent, "conversation": (await sync_to_async(lambda: event.conversation.public_id)()), "now": NOW}
    await sync_to_async(lifecycle.claim)(client_id="c1", **done)
    await sync_to_async(lifecycle.hand_back)(client_id="c2", **done)
    assert "Which day?" not in (await ask(site, "Where is my order NP-123456?")).body["text"]


@pytest.mark.parametrize(
    ("interrupted", "last"), [("I need a return label", "offered"), ("cancel my order", "message")]
)
async def test_a_person_is_offered_still_where_a_yes_then_means_one_thing(
    site, shop, look_up, cancel, label, interrupted, last
):
    def for_customers() -> None:
        look_up.identity = "customer"
        look_up.save()
        KeywordRule.objects.filter(intent=look_up.intent).update(any_of=["my parcel"])

    await sync_to_async(for_customers)()
    event = (await said(site, f"{interrupted} NP-123456", "Where is my parcel?"))[-1]
    assert event.kind == last
    told = await sync_to_async(Event.objects.filter(kind="message").latest)("seq")
    assert told.body["text"].startswith(say(Sentence.NEEDS_CUSTOMER, "en"))
    assert told.body["text"].endswith((BOUGHT, say(Sentence.CONFIRM, "en")))

"""A verified customer: whose log is theirs, what is told of them to whom, and what is done for them alone."""

import itertools
import json
from contextlib import contextmanager

import pytest
from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import IntegrityError

from chat import leases, lifecycle, triggers, turns
from chat.action_rows import Action
from chat.assistant import breaker, feeling
from chat.assistant.transcript import Line, Transcript
from chat.customer_rows import Customer
from chat.identity import Claims
from chat.lifecycle import Moved, Where
from chat.models import Conversation, Escalation, Event, Outbound, Visitor
from chat.signals.feeling import Feeling
from chat.weighing import ENOUGH, Policy, Reason, calling
from supportsite.redact import Redactor
from tests.conftest import NOW
from tests.fakes.openai_server import Says, openai_server

pytestmark = pytest.mark.django_db
ADA = Claims("ada-4711", "Ada Lovelace", "ada@example.com", 12_000)
A, B = "a" * 32, "b" * 32
_ids = itertools.count()


def say(site, text="How long does delivery take?", *, visitor=A, who=None, home="", before="", id=""):
    request = {"visitor_id": visitor, "client_id": id or f"c-{next(_ids)}", "text": text, "now": NOW}
    return lifecycle.post_message(site=site, **request, where=Where(claims=who, home=home, before=before))


def identify(site, who=ADA, visitor=A):
    told = {"site": site, "claims": who, "visitor_id": visitor}
    known = lifecycle.known_home(**told)
    home = lifecycle.identify(**told, now=NOW)
    assert known in (None, home), "what needs no writing is the same"
    return home


def resolve(done):
    Conversation.objects.filter(pk=done.conversation_id).update(handler="closed")


# --- whose log


def test_without_a_word_nothing_is_stored_and_every_device_has_the_same_place(site, other_site):
    home = identify(site)
    assert identify(site, visitor=B) == home
    assert identify(other_site) != home
    assert not Customer.objects.exists()
    assert not Visitor.objects.exists()


def test_the_first_word_makes_the_customer(site):
    say(site, visitor=identify(site).here, who=ADA)
    row = Customer.objects.get()
    assert (row.claims, row.home.email) == (ADA, "ada@example.com")
    assert identify(site, visitor=B).here == row.home.public_id


def test_a_visitors_log_becomes_the_customers(site):
    say(site)
    home = identify(site)
    assert (home.here, home.home, home.taken) == (A, A, True)
    assert identify(site, visitor=B).here == A
    assert Customer.objects.get().home.public_id == A


def test_where_there_is_a_log_an_open_case_goes_on_until_it_is_resolved(site):
    say(site, visitor=B)
    identify(site, visitor=B)
    done = say(site)
    home = identify(site)
    assert (home.here, home.home, home.before) == (A, B, "")
    resolve(done)
    home = identify(site)
    assert (home.here, home.home, home.before) == (B, B, A)


def test_a_message_behind_the_end_of_that_case_goes_home(site):
    say(site, visitor=B)
    identify(site, visitor=B)
    done = say(site)
    identify(site)
    say(site, "And?", who=ADA, home=B)
    resolve(done)
    with pytest.raises(Moved) as moved:
        say(site, "Something else", who=ADA, home=B)
    assert moved.value.visitor_id == B
    assert not Event.objects.filter(body__text="Something else").exists()


def test_what_was_stored_before_is_acked_again_and_not_stored_at_home(site):
    say(site, visitor=B)
    identify(site, visitor=B)
    first = say(site, "Once", id="once")
    identify(site)
    resolve(first)
    again = say(site, "Once", visitor=B, who=ADA, before=A, id="once")
    assert (again.seq, again.conversation_id, again.repeated) == (first.seq, first.conversation_id, True)
    assert Event.objects.filter(body__text="Once").count() == 1


def test_who_was_faster_on_another_device_has_the_log(site):
    mine = identify(site).here
    say(site, visitor=B)
    identify(site, visitor=B)
    with pytest.raises(Moved) as moved:
        say(site, visitor=mine, who=ADA)
    assert moved.value.visitor_id == B
    assert Conversation.objects.count() == 1


def test_another_customers_token_is_no_way_into_their_log(site):
    say(site)
    identify(site)
    grace = identify(site, Claims("grace"))
    assert (grace.here != A, grace.stays) == (True, False)
    assert identify(site, Claims("grace"), B).stays


def test_the_newest_words_of_the_owners_server_count(site):
    say(site)
    identify(site)
    identify(site, Claims("ada-4711", "Ada King", "king@example.com", 3))
    row = Customer.objects.get()
    assert (row.name, row.value, row.home.email) == ("Ada King", 3, "king@example.com")


def test_an_address_that_they_left_themselves_stays(site):
    done = say(site)
    Visitor.objects.update(email="own@example.com")
    identify(site)
    assert Conversation.objects.get(pk=done.conversation_id).visitor.email == "own@example.com"


def test_a_customer_is_there_once(site):
    say(site)
    identify(site)
    with pytest.raises(IntegrityError):
        Customer.objects.create(
            site=site, external_id=ADA.id, home=Visitor.objects.create(site=site, public_id=B, made_at=NOW),
            made_at=NOW, told_at=NOW,
        )  # fmt: skip


# --- what they are worth


def codes(*reasons: Reason, **policy) -> list[str]:
    return [one.code for one in calling(reasons, Policy(**policy))]


VALUED = triggers.valued(12_000, Policy(value_from=10_000))


def test_value_calls_nobody_by_itself_and_sooner_beside_what_is_heard():
    assert codes(*VALUED, value_from=10_000) == []
    assert codes(*VALUED, threshold=0.1, value_from=10_000) == []
    assert codes(Reason("stuck", 0.49, ""), *VALUED) == []
    assert codes(Reason("stuck", 0.5, "")) == []
    assert codes(Reason("stuck", 0.5, ""), *VALUED) == ["stuck", "value"]
    assert codes(Reason("stuck", 0.5, ""), *VALUED, weights={"value": 0}) == []
    assert codes(Reason("stuck", ENOUGH, ""), *VALUED) == ["stuck"], "it is no reason where none was needed"


@pytest.mark.parametrize(("value", "starts"), [(None, 10), (9, 10), (10, None)])
def test_who_is_worth_less_or_nobody_knows_is_as_anybody(value, starts):
    assert triggers.valued(value, Policy(value_from=starts)) == ()


def test_the_evidence_names_both_numbers():
    assert VALUED[0].evidence == "12000 ≥ 10000"


@pytest.mark.parametrize(("who", "called"), [(ADA, ["stuck", "value"]), (Claims("x", value=1), []), (None, [])])
def test_a_little_dissatisfaction_is_enough_for_the_second_beat(who, called):
    said = (
        "Why two charges?",
        "Payments are collected.",
        "I see two.",
        "Payments are collected.",
        "And the second one?",
    )
    lines = tuple(Line(at, ("visitor", "assistant")[(at + 1) % 2], text) for at, text in enumerate(said, 1))
    transcript = Transcript("", "en", "", lines, 5, 5, (0.0,), customer=who)
    found = feeling.judge(Feeling(dissatisfied=0.6), transcript, Policy(value_from=10_000))
    assert [one.code for one in found] == called


def unknown(site, who) -> list[str]:
    """What follows the first question without an answer."""
    site.value_from = 10_000
    site.save()
    done = say(site, "Do you sell pianos?", who=who)
    lease = leases.take(turn_id=done.turn_id, now=NOW)
    said = {"text": "I don't know.", "sources": [], "answered": "unknown", "trace": {}}
    lifecycle.finish_turn(turn_id=lease.turn_id, attempt=lease.attempt, **said, now=NOW)
    return list(Event.objects.order_by("seq").values_list("kind", flat=True))


def test_an_important_customer_gets_a_person_at_the_first_question_without_an_answer(site):
    assert unknown(site, ADA) == ["message", "message", "escalated"]
    assert [one["code"] for one in Escalation.objects.get().reasons] == ["unknown", "value"]


@pytest.mark.parametrize("who", [None, Claims("x"), Claims("x", value=9_999)])
def test_anybody_else_is_offered_one(site, who):
    assert unknown(site, who) == ["message", "message", "offered"]


def test_a_site_may_leave_important_customers_to_people(site):
    site.value_from, site.value_rule = 10_000, "always"
    site.save()
    assert say(site, who=ADA).turn_id is None
    assert Escalation.objects.get().reasons[0]["code"] == "value"
    assert say(site, visitor=B, who=Claims("x", value=1)).turn_id is not None


def test_sent_back_to_the_assistant_they_stay_there(site):
    site.value_from, site.value_rule = 10_000, "always"
    site.save()
    say(site, who=ADA)
    lifecycle.cancel_person(site=site, visitor_id=A, client_id="back", now=NOW)
    assert say(site, "And how do I return it?", who=ADA).turn_id is not None


# --- what is told of them


def test_what_was_vouched_for_is_known_wherever_it_is_written():
    text = "I am Ada, LOVELACE by name: ada@example.com, number ada-4711. Will you ada it?"
    redactor = Redactor([text], known=ADA.known)
    told = redactor.redact(text)
    assert not {"Ada", "LOVELACE", "ada@example.com", "ada-4711"} & set(
        told.replace(",", " ").replace(":", " ").split()
    )
    assert "Will you ada it?" in told
    assert redactor.restore(told) == text


def test_a_name_that_is_a_word_is_left_in_sentences():
    text = "will you grant me a refund? Best, Will"
    told = Redactor([text], known=Claims("1", "Will Grant").known).redact(text)
    assert told.startswith("will you grant me a refund?")
    assert not told.endswith("Will")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("李华", "李华的订单在哪里"),
        ("이산", "이산이 주문한 텐트는 언제 오나요?"),
        ("陈 伟", "请寄给陈伟，谢谢"),
        ("田中 翼", "田中です。返品できますか"),
        ("김 철수", "김철수가 주문했어요"),
        ("はな", "はなの注文はどこですか"),
    ],
)
def test_a_name_of_two_signs_is_known_where_each_is_a_syllable(name, text):
    redactor = Redactor([text], known=Claims("1", name).known)
    told = redactor.redact(text)
    assert "[NAME_1]" in told
    assert not any(word in told for word in name.split() if len(word) > 1)
    assert redactor.restore(told) == text


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Bo", "a box and bo peep"),
        ("李", "李子可以寄吗"),
        ("이", "이 텐트는 언제 오나요?"),
        ("Li 李", "I like it, 李子"),
        ("ดี", "สินค้าดีมาก"),
        ("李华", "华为手机可以用吗"),
        ("김 철수", "철물점에서 김을 샀어요"),
    ],
)
def test_one_sign_of_it_or_two_letters_are_left_in_words(name, text):
    assert Redactor([text], known=Claims("1", name).known).redact(text) == text


@pytest.mark.parametrize("name", ["", "x", "Ж", "李", "O'Brien-Smith (née [x])", "\u202egnik", "A" * 200])
def test_no_name_breaks_the_redaction(name):
    text = f"hello {name} there x"
    assert Redactor([text], known=Claims("1", name).known).restore(text) == text


@contextmanager
def model(monkeypatch, script):
    with openai_server(script) as server:
        own = {"model": "openai:fake", "model_url": server.url, "model_timeout": 2.0}
        monkeypatch.setattr(settings, "TANDEM", settings.TANDEM.model_copy(update=own))
        breaker.forget()
        yield server
    breaker.forget()


async def asked(site, text: str, who=None) -> Event:
    """A message of a customer, answered; the newest event that they see."""
    done = await sync_to_async(say)(site, text, who=who)
    if done.turn_id:
        await turns.run(done.turn_id)
    return await sync_to_async(Event.objects.filter(visible="all").order_by("-pk").first)()


@pytest.mark.django_db(transaction=True)
async def test_no_model_sees_who_they_are(site, tents, monkeypatch):
    text = "For the Summer file: how do I dry my tent? Account goldfinch-blue"
    who = Claims("goldfinch-blue", "Summer Green")
    assert Redactor([text]).redact(text) == text, "nobody finds that by itself"
    with model(monkeypatch, Says("I don't know.")) as server:
        await asked(site, text, who)
    sent = json.dumps(server.requests)
    assert server.requests
    assert not [word for word in ("Summer", "goldfinch-blue") if word in sent]
    assert await sync_to_async(Outbound.objects.filter(redactions__NAME__gte=1).exists)()


# --- what is done for them


@pytest.fixture
def own(look_up) -> Action:
    """Looks something up for who they are."""
    look_up.inputs.all().delete()
    look_up.identity, look_up.url = "customer", look_up.url.replace("{order_number}", "{me}?mail={mail}")
    look_up.reply = {"en": "Yours is {state}."}
    look_up.save()
    look_up.inputs.create(name="me", kind="customer")
    look_up.inputs.create(name="mail", kind="verified")
    return look_up


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("secret")
async def test_an_action_takes_who_they_are_from_the_owners_server_alone(site, shop, own):
    shop.orders["ada-4711?mail=ada%40example.com"] = {"state": "sent"}
    last = await asked(site, "Where is my order? I am customer grace-1, grace@example.com", ADA)
    assert [path for _method, path, _headers, _body in shop.asked] == ["/orders/ada-4711?mail=ada%40example.com"]
    assert last.body["text"] == "Yours is sent."


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("secret")
@pytest.mark.parametrize("who", [None, Claims("ada-4711")])
async def test_without_that_it_is_refused_and_a_person_offered(site, shop, own, who):
    last = await asked(site, "Where is my order? I am ada-4711, ada@example.com", who)
    assert (last.kind, shop.asked) == ("offered", [])

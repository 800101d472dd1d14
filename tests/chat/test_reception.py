"""Whoever waits is told when somebody comes, and invited once to leave an e-mail address."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest

from chat import lifecycle, queue, reception
from chat.models import Call, Conversation, Event, Visitor
from supportsite.sites import staffing
from tests.conftest import NOW

pytestmark = pytest.mark.django_db
VISITOR = "a" * 32
PERSON = "I want to talk to a human"
SATURDAY = datetime(2026, 11, 28, 12, tzinfo=UTC)
_ids = itertools.count()


@pytest.fixture(autouse=True)
def there(monkeypatch):
    """Who is there and whether e-mail goes out, as each test says."""
    known = {"online": False, "mail": False}
    monkeypatch.setattr(staffing, "somebody_online", lambda site_id, now: known["online"])
    monkeypatch.setattr(staffing, "mail_is_well", lambda: known["mail"])
    return known


def says(site, text=PERSON, now=NOW, visitor=VISITOR):
    key = f"v-{next(_ids)}"
    done = lifecycle.post_message(site=site, visitor_id=visitor, client_id=key, text=text, now=now)
    return Conversation.objects.get(pk=done.conversation_id)


def told(where, kind="escalated") -> str:
    return Event.objects.filter(conversation=where, kind=kind).latest("seq").body["text"]


def test_with_somebody_there_nothing_is_added(site, there):
    there["online"] = True
    assert told(says(site)).endswith("need not repeat anything.")


def test_nobody_there(site):
    text = told(says(site))
    assert "Nobody is here just now. You keep your place" in text
    assert text.endswith("write your e-mail address here, so that we can reach you.")


def test_closed_it_says_when_it_opens_in_the_customers_language_with_the_zone(site):
    site.time_zone, site.week, site.promise_hours = "Europe/Berlin", {"mon": [["09:00", "17:00"]]}, 4
    site.save()
    assert "open again on Monday 30 November at 09:00 (Berlin time)" in told(says(site, now=SATURDAY))
    german = told(says(site, "Ich möchte mit einem Menschen sprechen", now=SATURDAY, visitor="b" * 32))
    assert "öffnen wieder am Montag, 30. November um 09:00 Uhr (Zeit in Berlin)" in german
    assert "eine Antwort bis Montag, 30. November um 13:00 Uhr" in german


def test_an_invitation_comes_once(site, agent, there):
    there.update(online=True, mail=True)
    where = says(site)
    assert "write your e-mail address: the answer goes there too" in told(where)
    fields = {"member": agent, "conversation": where.public_id, "now": NOW}
    lifecycle.claim(client_id="c", **fields)
    lifecycle.hand_back(client_id="h", **fields)
    says(site)
    assert "e-mail" not in told(where)


def test_an_address_in_the_next_message_is_taken_and_said_back(site, there):
    there["mail"] = True
    where = says(site)
    says(site, "sure, it is Ana.Lee+shop@example.co.uk.")
    assert Visitor.objects.get().email == "Ana.Lee+shop@example.co.uk"
    assert told(where, "told") == "Thank you. The answer goes to Ana.Lee+shop@example.co.uk too."
    where.refresh_from_db()
    assert where.handler == "queue"
    assert where.waiting_since == NOW


def test_nothing_is_promised_while_e_mail_does_not_go_out(site):
    where = says(site)
    says(site, "ana@example.com")
    assert told(where, "told") == "Thank you. We can reach you at ana@example.com."


def test_an_address_alone_corrects_and_one_in_passing_does_not(site, there):
    says(site)
    says(site, "ana@exmaple.com")
    says(site, "Write to boss@example.com about it!")
    assert Visitor.objects.get().email == "ana@exmaple.com"
    says(site, " ana@example.com ")
    assert Visitor.objects.get().email == "ana@example.com"


def test_an_address_that_nobody_asked_for_is_no_address_of_the_customer(site, there):
    says(site, "My login is ana@example.com")
    there["online"] = True
    says(site)
    says(site, "the login is ana@example.com")
    assert Visitor.objects.get().email == ""


def test_the_promise_is_for_a_time_when_it_is_open(site):
    site.time_zone, site.promise_hours = "UTC", 4
    site.week = {day: [["09:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
    site.save()
    text = told(says(site, now=datetime(2026, 11, 27, 16, 50, tzinfo=UTC)))
    assert "Monday 30 November at 12:50" in text


@pytest.mark.parametrize(
    "text",
    [
        "my address is ana@example.com",
        "Sure. You can reach me at ana@example.com during the day, or call my neighbour if that is easier for you",
        "meine E-Mail-Adresse lautet ana@example.com, danke euch schon einmal ganz herzlich",
        "Mi correo es ana@example.com y espero su respuesta",
        "I have not heard anything since, my e-mail is ana@example.com",
        "No, my email is ana@example.com",
        "My order did not arrive and my email is ana@example.com",
        "I do not have a phone but my email is ana@example.com",
        "I won't be online so email me at ana@example.com",
        "my email is ana@example.com if you can't reach me by phone",
        "Someone stole my parcel. My email is ana@example.com",
        "my name is Mai Nguyen and my email is ana@example.com",
        "ana@example.com no rush",
        "meine E-Mail ist ana@example.com ich kann nicht warten",
        "ana@example.com",
        "<ana@example.com>",
        "ok: ana@example.com!",
    ],
)
def test_an_address_that_is_clearly_theirs_is_taken(site, text):
    says(site)
    says(site, text)
    assert Visitor.objects.get().email == "ana@example.com"


@pytest.mark.parametrize(
    "text",
    [
        "The thief who sold me this used fraud@seller.example as his address, and my bank card ends in 1234",
        "My e-mail was hacked by fraud@seller.example",
        "Somebody changed my email to hacker@evil.example !!!",
        "someone hacked me, my account email is now thief@evil.example please help",
        "Please do not write to me at old@example.com, that is my ex-husband's",
        "Don't email me at work@corp.example, my boss reads it",
        "My old email: old@example.com",
        "My old email old@example.com does not work any more",
        "my wife email is anna@example.com",
        "You email me from noreply@shop.example every day",
        "Bitte schreiben Sie mir nicht an alt@example.com",
        "N'écrivez pas à moi sur vieux@example.com",
        "not old@example.com",
        "I wrote to fraud@seller.example and to my bank, nobody answers",
        "Is it fraud@seller.example or help@seller.example?",
        "x" * 60 + "@" + ".".join(["b" * 61] * 3) + ".example",
    ],
)
def test_somebody_elses_address_in_passing_is_not_taken(site, text):
    says(site)
    says(site, text)
    assert Visitor.objects.get().email == ""


@pytest.mark.parametrize("text", ["my address is ana@example.com", "ana@example.com"])
def test_an_address_in_the_message_that_calls_is_taken_and_none_is_asked_for(site, there, text):
    there.update(online=True, mail=True)
    where = says(site, f"{PERSON}, {text}")
    assert Visitor.objects.get().email == "ana@example.com"
    assert "e-mail" not in told(where)
    assert told(where, "told") == "Thank you. The answer goes to ana@example.com too."


def test_another_address_in_the_message_that_calls_is_not_taken(site, there):
    there.update(online=True, mail=True)
    where = says(site, "I want to talk to a human about what shop@other.example sold me")
    assert Visitor.objects.get().email == ""
    assert "e-mail" in told(where)


@pytest.mark.parametrize("domain", ["äöüéßçñø" * 6 + ".com", "ü" * 58 + ".de"])
def test_an_address_to_which_no_e_mail_can_go_is_not_taken(site, there, domain):
    there["mail"] = True
    where = says(site, f"{PERSON}. My address is anna@{domain}")
    assert Visitor.objects.get().email == ""
    assert "write your e-mail address" in told(where)
    says(site, "My address is anna@müller-schön.de")
    assert Visitor.objects.get().email == "anna@müller-schön.de"


@pytest.mark.parametrize(
    "text", ["\u212aarl@example.com", "@", "a@b", "me@localhost", "x" * 300 + "@" + "y" * 300, "<@>", "a@@b.de"]
)
def test_what_is_no_address(text):
    assert reception.address_in(text) == ""


def test_a_wait_is_the_median_of_measured_ones_and_null_where_nobody_knows(site, there):
    there["online"] = True
    where = says(site)
    Call.objects.all().delete()
    known = {"conversation": where, "seq": 1, "alert_seq": 1, "why": "escalated", "ended_at": NOW}
    for n in (1, 2, 3, 4, 60):
        at = NOW - timedelta(days=1)
        Call.objects.create(**known, at=at, answered_at=at + timedelta(minutes=n))
    assert queue.measured(site, NOW) == 180
    queue._known.clear()
    assert queue.queues([where.pk], NOW)[where.pk][1] == {"position": 1, "wait_s": 180}
    there["online"] = False
    assert queue.queues([where.pk], NOW)[where.pk][1]["wait_s"] is None
    Call.objects.all()[0].delete()
    assert queue.measured(site, NOW) is None


def test_a_night_or_a_weekend_is_no_wait_and_none_is_told_that_ends_after_closing(site, there, agent):
    """Called on Friday at 16:59, answered on Monday at 9:01: two minutes in which anybody could have come."""
    days = ("mon", "tue", "wed", "thu", "fri")
    site.week, site.time_zone = {day: [["09:00", "17:00"]] for day in days}, "UTC"
    site.save()
    friday, monday = datetime(2026, 11, 20, 16, 59, tzinfo=UTC), datetime(2026, 11, 23, 9, 1, tzinfo=UTC)
    for n in range(5):
        where = says(site, now=friday, visitor=f"{n:032x}")
        fields = {"member": agent, "conversation": where.public_id, "now": monday}
        lifecycle.agent_message(client_id=f"m{n}", text="Hello", **fields)
    assert queue.measured(site, NOW) == 120
    there["online"] = True
    queue._known.clear()
    assert queue.expected(site, NOW) == 120
    assert queue.expected(site, datetime(2026, 11, 25, 16, 59, tzinfo=UTC)) is None, "it closes before"


def test_a_wait_ends_with_the_first_words_of_a_person(site, agent):
    where = says(site)
    later = NOW + timedelta(minutes=4)
    fields = {"member": agent, "conversation": where.public_id}
    lifecycle.claim(client_id="c", now=NOW + timedelta(minutes=1), **fields)
    assert Call.objects.get().answered_at is None
    lifecycle.agent_message(client_id="m", text="Hello", now=later, **fields)
    assert Call.objects.get().answered_at == later


def test_a_call_that_was_cancelled_is_no_wait_of_days(site, agent, there):
    for n in range(5):
        visitor = f"{n:032x}"
        long_ago = NOW - timedelta(days=9)
        where = says(site, now=long_ago, visitor=visitor)
        lifecycle.cancel_person(site=site, visitor_id=visitor, client_id=f"c{n}", now=long_ago + timedelta(minutes=1))
        says(site, now=NOW - timedelta(minutes=2), visitor=visitor)
        fields = {"member": agent, "conversation": where.public_id, "now": NOW}
        lifecycle.agent_message(client_id=f"m{n}", text="Hello", **fields)
    assert queue.measured(site, NOW) == 120


def test_a_wait_that_was_passed_on_lasts_until_somebody_wrote(site, agent):
    where = says(site)
    fields = {"member": agent, "conversation": where.public_id}
    lifecycle.claim(client_id="c", now=NOW, **fields)
    lifecycle.release(client_id="r", now=NOW, **fields)
    later = NOW + timedelta(minutes=4)
    lifecycle.agent_message(client_id="m", text="Hello", now=later, **fields)
    assert set(Call.objects.values_list("answered_at", flat=True)) == {later}

"""To whom the assistant speaks: hours, pages, languages, a share; everybody else gets a person and reads so."""

import itertools
from datetime import UTC, datetime

import pytest

from chat import lifecycle
from chat.identity import Claims
from chat.lifecycle import Refused, Where
from chat.models import Conversation, Event
from supportsite.sites import audience
from supportsite.sites.forms import SiteForm
from supportsite.sites.models import Site
from tests.conftest import NOW
from tests.supportsite.test_site_form import GOOD

pytestmark = pytest.mark.django_db
_ids = itertools.count(1)
ADA = Claims("c-1", "Ada Lovelace")


def say(site: Site, text: str = "How long does delivery take?", *, page="", visitor="a" * 32, who=None, now=NOW):
    request = {"visitor_id": visitor, "client_id": f"id-{next(_ids)}", "where": Where("en", page, claims=who)}
    return lifecycle.post_message(site=site, text=text, now=now, **request)


def limit(site: Site, **fields) -> None:
    """As an owner saves it, while a socket holds the site as it was."""
    Site.objects.filter(pk=site.pk).update(**fields)


def test_outside_the_hours_a_new_conversation_goes_to_people_and_the_customer_reads_so(site):
    limit(site, speaks_hours=["Mon-Fri 13:00-17:00"], time_zone="Europe/Berlin")  # NOW is Wednesday, 10:30 there
    assert say(site).turn_id is None
    called = Event.objects.get(kind="escalated")
    assert called.body["reasons"] == ["away"]
    assert called.body["text"].startswith("The assistant does not answer here just now.")
    with pytest.raises(Refused, match="does not answer here"):
        lifecycle.cancel_person(site=site, visitor_id="a" * 32, client_id="c", now=NOW)


def test_who_asked_for_a_person_outside_the_hours_does_not_get_the_assistant_by_calling_that_off(site):
    limit(site, speaks_hours=["Mon-Fri 13:00-17:00"], time_zone="Europe/Berlin")
    say(site, "I want to talk to a person")
    with pytest.raises(Refused, match="does not answer here"):
        lifecycle.cancel_person(site=site, visitor_id="a" * 32, client_id="c", now=NOW)


@pytest.mark.parametrize(
    "fields",
    [
        {"speaks_hours": ["Mon-Fri 13:00-17:00"], "time_zone": "Europe/Berlin"},
        {"speaks_pages": ["/help/*"]},
        {"speaks_to": "customers"},
        {"speaks_languages": ["de"]},
        {"speaks_share": 0},
    ],
)
def test_whom_it_does_not_speak_to_an_agent_cannot_hand_back_to_it(site, agent, fields):
    limit(site, **fields)
    said = say(site, page="https://shop.example/checkout")
    held = {"member": agent, "conversation": said.public_id, "now": NOW}
    lifecycle.claim(client_id="c", **held)
    with pytest.raises(Refused, match="does not answer here just now: keep this conversation") as refused:
        lifecycle.hand_back(client_id="h", **held)
    assert refused.value.code == "not_allowed"
    assert Conversation.objects.get().assignee == agent
    limit(site, speaks_hours=[], speaks_pages=[], speaks_to="everyone", speaks_languages=[], speaks_share=100)
    assert lifecycle.hand_back(client_id="h", **held).turn_id, "once it speaks to them it answers what they asked"


def test_within_the_hours_it_speaks_and_a_conversation_goes_on_as_it_began(site):
    limit(site, speaks_hours=["Mon-Fri 09:00-17:00"], time_zone="Europe/Berlin")
    assert say(site).turn_id
    later = datetime(2026, 11, 25, 22, 0, tzinfo=UTC)
    assert say(site, "And to Norway?", now=later).turn_id
    assert say(site, visitor="b" * 32, now=later).turn_id is None


@pytest.mark.parametrize(
    ("fields", "page", "text", "speaks"),
    [
        ({"speaks_pages": ["/help/*"]}, "https://shop.example/help/returns?x=1", "How long?", True),
        ({"speaks_pages": ["/help/*"]}, "https://shop.example/checkout", "How long?", False),
        ({"speaks_pages": ["https://shop.example/*"]}, "https://evil.example/https://shop.example/", "How?", False),
        ({"speaks_languages": ["de"]}, "", "Wie lange dauert die Lieferung nach Hause?", True),
        ({"speaks_languages": ["de"]}, "", "How long does the delivery take?", False),
        ({"speaks_pages": ["/help/*"]}, "http://[::1/help/", "How long?", False),
        ({"speaks_pages": ["/help/*"]}, "https://a／b/help/", "How long?", False),
        ({"speaks_pages": ["*"]}, "http://[::1/help/", "How long?", True),
        ({"speaks_share": 0}, "", "How long?", False),
        ({"speaks_share": 100}, "", "How long?", True),
    ],
)
def test_pages_languages_and_a_share(site, fields, page, text, speaks):
    limit(site, **fields)
    assert bool(say(site, text, page=page).turn_id) is speaks


@pytest.mark.parametrize(
    ("whom", "verified", "speaks"),
    [("customers", True, True), ("customers", False, False), ("unverified", True, False), ("unverified", False, True)],
)
def test_it_speaks_to_verified_customers_alone_or_to_everybody_else(site, whom, verified, speaks):
    limit(site, speaks_to=whom)
    assert bool(say(site, who=ADA if verified else None).turn_id) is speaks


def test_a_visitor_stays_in_their_share_and_shares_are_as_large_as_they_say(site):
    places = [audience.place_of(site.key, f"{number:032x}") for number in range(4000)]
    assert places == [audience.place_of(site.key, f"{number:032x}") for number in range(4000)]
    assert 0.27 < sum(place < 30 for place in places) / 4000 < 0.33


@pytest.mark.parametrize(
    ("line", "at", "is_open"),
    [
        ("Mon-Fri 09:00-17:00", datetime(2026, 11, 25, 9, 0, tzinfo=UTC), True),
        ("Mon-Fri 09:00-17:00", datetime(2026, 11, 25, 17, 0, tzinfo=UTC), False),
        ("Mon-Fri 09:00-17:00", datetime(2026, 11, 28, 10, 0, tzinfo=UTC), False),
        ("Fri-Mon 10:00-24:00", datetime(2026, 11, 29, 23, 59, tzinfo=UTC), True),
        ("Sat 22:00-06:00", datetime(2026, 11, 29, 5, 0, tzinfo=UTC), True),
        ("Sat 22:00-06:00", datetime(2026, 11, 28, 5, 0, tzinfo=UTC), False),
    ],
)
def test_hours(site, line, at, is_open):
    site.speaks_hours = [line]
    found = audience.away(site, visitor="v", verified=False, page="", language="en", now=at)
    assert (found is None) is is_open


@pytest.mark.parametrize(
    ("field", "value"),
    [("speaks_hours", "whenever"), ("speaks_hours", "Mon 25:00-26:00"), ("time_zone", "Mars/Olympus"),
     ("time_zone", "../../etc/passwd"), ("speaks_share", "101"), ("instructions", "x" * 2001)],
)  # fmt: skip
def test_what_cannot_be_is_refused(site, field, value):
    assert field in SiteForm({**GOOD, field: value}, instance=site).errors


def test_a_person_is_called_for_their_own_reasons_first(site):
    limit(site, speaks_share=0)
    say(site, "I want to talk to a human")
    assert Event.objects.get(kind="escalated").body["reasons"] == ["asked"]

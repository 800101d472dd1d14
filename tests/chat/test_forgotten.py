"""A customer is forgotten: nothing that anybody wrote is left in any table, and what is counted stays."""

import io
import json
import re
from datetime import timedelta

import pytest
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.core.management import CommandError, call_command
from django.test import Client

from agents.models import Letter
from chat import deeds, frames, gaps, lifecycle, log_check
from chat.action_rows import Deed, StandingRow
from chat.assistant.doing.action import Acted
from chat.comparison_rows import ComparedQuestion, Comparison
from chat.customer_rows import Customer
from chat.identity import Claims
from chat.lifecycle import Where
from chat.models import Call, Conversation, Escalation, Event, Outbound, Turn, Visitor
from chat.replay_rows import Replay, ReplayLine, Why
from chat.translation_rows import Translation
from knowledge.models import Asked, Gap
from tests.conftest import NOW, logged_in, make_member
from tests.lives import live

pytestmark = pytest.mark.django_db
ADA, GRACE = Claims("ada-4711", "Ada Lovelace", "ada@example.com", 12_000), Claims("grace-1", "Grace Hopper")
A, B, C = "a" * 32, "b" * 32, "c" * 32
SAID = (
    "Österreich",
    "talk to a human",
    "Hello, this is me",
    "in a hurry",
    "Tell them about",
    "From two days",
    "/help/",
)
WHO = ("ada-4711", "Lovelace", "ada@example.com", A, B, "https://shop.example/order/77")


@pytest.fixture
def ada(site, agent, tents) -> Customer:
    """Two devices, each with a log, and all that is made of a log elsewhere."""
    for visitor in (A, B):
        row = live(site, agent, visitor=visitor)
        lifecycle.identify(site=site, claims=ADA, visitor_id=visitor, now=NOW)
        Conversation.objects.filter(pk=row.pk).update(page="https://shop.example/order/77")
        plant(row, tents)
    gaps.tell()
    return Customer.objects.get(external_id="ada-4711")


def plant(row: Conversation, article) -> None:
    """Words of the customer's in every table that holds some."""
    said, at = "Österreich", {"conversation": row, "seq": 3}
    Translation.objects.create(**at, language="en", text=said, made_at=NOW)
    StandingRow.objects.create(**at, floor=1, state={"order": said})
    deed = {"name": "Cancel", "key": row.public_id, "begun_at": NOW, "ends_by": NOW, "state": "done"}
    Deed.objects.create(**at, asked=2, **deed, what="x" * 64, answer={"said": said})
    call = {"provider": "p", "model": "m", "digest": "d" * 64, "opened_at": NOW, "cost": 7}
    Outbound.objects.create(**at, site=row.site, saw={"question": said}, **call)
    replay = Replay.objects.create(site=row.site, article=article, title="T", made_at=NOW)
    ReplayLine.objects.create(replay=replay, why=Why.NEAR, question=said, language="de", conversation=row)
    compared = Comparison.objects.create(site=row.site, on="examples", wanted=1, made_at=NOW)
    ComparedQuestion.objects.create(comparison=compared, conversation=row, question=said, language="de")
    Letter.objects.create(to="ada@example.com", subject="S", text=said, made_at=NOW, conversation=row)
    Turn.objects.filter(conversation=row).update(trace={"steps": [{"evidence": said}]}, cost=5)
    Escalation.objects.filter(conversation=row).update(summary=said)


def whole_database() -> str:
    """Every value of every row, as text."""
    return "\n".join(
        repr(row) for model in apps.get_models() for row in model._default_manager.values() if model is not LogEntry
    )


def forget(site, who="ada-4711"):
    return lifecycle.forget_customer(site=site, external_id=who, now=NOW + timedelta(hours=1))


def test_not_one_word_is_left_anywhere(site, ada):
    before = whole_database()
    assert [word for word in (*SAID, *WHO) if word not in before] == [], "it was there"
    done = forget(site)
    assert done.conversations == 2
    after = whole_database()
    assert [word for word in (*SAID, *WHO) if word in after] == []
    assert not Customer.objects.exists()
    assert not Asked.objects.exists()


@pytest.mark.parametrize("forgotten", [True, False])
def test_what_is_still_being_done_for_them_brings_nothing_back(site, ada, forgotten):
    row = Conversation.objects.filter(visitor__customer=ada).first()
    times = {"begun_at": NOW, "ends_by": NOW + timedelta(hours=2)}
    deed = Deed.objects.create(conversation=row, seq=5, asked=4, name="Send", what="y" * 64, key="y", **times)
    if forgotten:
        forget(site)
    told = Acted(values={"address": "Ada Lovelace, 12 Marylebone"})
    deeds.end(deed=deed, acted=told, wanted=frozenset({"address"}), floor=row.floor, now=NOW + timedelta(hours=1))
    deed.refresh_from_db()
    assert deed.state == "done"
    assert ("Marylebone" in whole_database()) == (not forgotten)


def test_what_is_counted_stays(site, ada):
    def counted() -> list[object]:
        kinds = Event.objects.exclude(kind__in=("resolved", "erased")).order_by("conversation", "seq")
        return [
            list(kinds.values_list("kind", "role", "at", "case")),
            sorted(Turn.objects.values_list("state", "cost")),
            sorted(Outbound.objects.values_list("provider", "cost")),
            [[reason["code"] for reason in one.reasons] for one in Escalation.objects.order_by("pk")],
            Call.objects.count(),
            sorted(Deed.objects.values_list("name", "state")),
            [event.body.get("mood") for event in Event.objects.filter(role="visitor", kind="message").order_by("pk")],
        ]

    before = counted()
    messages = Event.objects.filter(kind="message").count()
    assert forget(site).messages == messages
    assert counted() == before


def test_the_log_still_adds_up_and_says_what_became_of_it(site, ada):
    forget(site)
    assert list(log_check.differences()) == []
    for row in Conversation.objects.all():
        assert row.handler == "closed"
        page = frames.after(conversation_id=row.pk, seq=0, team=True)
        *before, _resolved, last = page.events
        assert (last.kind, last.fields["upto"]) == ("erased", len(before))
        assert all(one.fields["erased"] for one in before)
        assert {one.fields["html"].strip() for one in before if one.kind == "message"} == {"<p>–</p>"}


def test_others_keep_theirs(site, other_site, agent, stranger, ada):
    others = [live(site, agent, visitor=C), live(other_site, stranger, visitor="d" * 32)]
    lifecycle.identify(site=site, claims=GRACE, visitor_id=C, now=NOW)
    lifecycle.identify(site=other_site, claims=ADA, visitor_id="d" * 32, now=NOW)
    logs = [list(Event.objects.filter(conversation=row).order_by("seq").values()) for row in others]
    forget(site)
    assert [list(Event.objects.filter(conversation=row).order_by("seq").values()) for row in others] == logs
    assert {(one.site_id, one.external_id) for one in Customer.objects.all()} == {
        (site.pk, "grace-1"),
        (other_site.pk, "ada-4711"),
    }
    assert forget(site) is None


def test_what_they_hold_opens_nothing_and_they_may_begin_anew(site, ada):
    old = set(Conversation.objects.values_list("pk", flat=True))
    forget(site)
    for visitor in (A, B):
        assert not Visitor.objects.filter(public_id=visitor).exists()
        home = lifecycle.known_home(site=site, claims=ADA, visitor_id=visitor)
        said = {"text": "Hello again", "now": NOW, "where": Where(claims=ADA)}
        done = lifecycle.post_message(site=site, visitor_id=home.here, client_id=f"new-{visitor}", **said)
        assert done.conversation_id not in old
    assert Customer.objects.get().claims == ADA


def test_a_conversation_of_nobody_is_erased_by_its_id_and_a_customers_is_not(site, agent, ada):
    mine = live(site, agent, visitor=C)
    theirs = Conversation.objects.get(visitor__public_id=A)
    assert lifecycle.forget_conversation(site=site, public_id=theirs.public_id, now=NOW) is None
    assert lifecycle.forget_conversation(site=site, public_id=mine.public_id, now=NOW).conversations == 1
    assert "in a hurry" not in str(list(Event.objects.filter(conversation=mine).values()))
    assert "in a hurry" in str(list(Event.objects.filter(conversation=theirs).values()))


def test_a_gap_that_was_theirs_alone_goes(site, ada):
    assert Asked.objects.filter(asker__in=Conversation.objects.values("public_id")).exists()
    gap = Gap.objects.create(site=site, language="en", text="Österreich", asked_at=NOW)
    Asked.objects.update(gap=gap)
    forget(site)
    assert not Gap.objects.exists()


# --- by command and in the admin


def command(name: str, *args: str) -> str:
    told = io.StringIO()
    call_command(name, *args, stdout=told)
    return told.getvalue()


def test_the_command_says_first_and_erases_with_yes(site, other_site, ada):
    assert "2 conversations would be erased" in command("forget_customer", site.key, "ada-4711")
    assert Customer.objects.exists()
    for wrong in ((other_site.key, "ada-4711"), (site.key, "ada"), ("site_x", "ada-4711"), (site.key,)):
        with pytest.raises(CommandError):
            command("forget_customer", *wrong, "--yes")
    assert "Erased: 2 conversations" in command("forget_customer", site.key, "ada-4711", "--yes")
    assert not Customer.objects.exists()


def test_the_file_holds_all_that_is_kept_and_nothing_of_others(site, other_site, agent, ada):
    live(site, agent, visitor=C)
    lines = [json.loads(line) for line in command("export_customer", site.key, "ada-4711").splitlines()]
    assert (lines[0]["type"], lines[0]["id"], lines[0]["name"]) == ("customer", "ada-4711", "Ada Lovelace")
    logs = {line["id"] for line in lines if line["type"] == "conversation"}
    assert logs == set(Conversation.objects.filter(visitor__customer=ada).values_list("public_id", flat=True))
    events = [line for line in lines if line["type"] == "event"]
    assert len(events) == Event.objects.filter(conversation__public_id__in=logs).count()
    assert {line["conversation"] for line in events} == logs
    assert "Kind, but in a hurry." in {line.get("text") for line in events if line["seen_by"] == "the team"}
    with pytest.raises(CommandError):
        command("export_customer", other_site.key, "ada-4711")


@pytest.mark.parametrize("role", ["manager", "owner"])
def test_who_has_the_right_finds_the_file_and_the_button(site, ada, role):
    desk = logged_in(make_member(site, "Mara", role))
    assert "Ada Lovelace" in desk.get("/admin/chat/customer/").content.decode()
    page = desk.get(f"/admin/chat/customer/{ada.pk}/change/").content.decode()
    assert len(re.findall(r"/admin/chat/conversation/\d+/change/", page)) == 2
    file = desk.post(f"/admin/chat/customer/{ada.pk}/file/")
    assert file.headers["Content-Disposition"] == f'attachment; filename="customer-{ada.pk}.jsonl"'
    assert json.loads(file.content.decode().splitlines()[0])["id"] == "ada-4711"
    address = f"/admin/chat/customer/{ada.pk}/forget/"
    assert "2 conversations are erased" in desk.get(address).content.decode()
    assert "That is another id" in desk.post(address, {"confirmed": "ada"}).content.decode()
    assert Customer.objects.exists()
    told = desk.post(address, {"confirmed": "ada-4711"}, follow=True).content.decode()
    assert "2 conversations were erased" in told
    assert not Customer.objects.exists()
    assert not [one for one in LogEntry.objects.all() if "Ada" in str(one.__dict__) or "4711" in str(one.__dict__)]


def test_nobody_else_does(site, other_site, ada):
    for client in (
        logged_in(make_member(site, "Nora", "agent")),
        logged_in(make_member(site, "Carla", "curator")),
        logged_in(make_member(other_site, "Otto", "owner")),
        Client(),
    ):
        assert "Ada" not in client.get("/admin/chat/customer/").content.decode()
        for path in ("file", "forget"):
            answer = client.post(f"/admin/chat/customer/{ada.pk}/{path}/", {"confirmed": "ada-4711"})
            assert answer.status_code in (302, 403), path
            assert "ada-4711" not in answer.content.decode()
    assert Customer.objects.exists()
    owner = logged_in(make_member(site, "Olga", "owner"))
    assert owner.get(f"/admin/chat/customer/{ada.pk}/file/").status_code == 405
    assert owner.post(f"/admin/chat/customer/{ada.pk}/delete/", {"post": "yes"}).status_code == 403

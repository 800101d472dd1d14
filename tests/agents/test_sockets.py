"""The console's socket: frames to verbs, each reader their own, and nothing for those who may not read."""

import asyncio

import pytest
from asgiref.sync import sync_to_async
from django.contrib.sessions.models import Session
from django.utils import timezone

from agents.models import Presence
from chat import lifecycle, translating
from chat.assistant.translation import Translated
from chat.models import Conversation, Event
from supportsite.sites.models import Member, Site
from tests.agents.conftest import Console

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("wake")]
PERSON = "I want to talk to a person"


async def test_no_session_is_told_so_and_closed_with_4401(desks):
    console = Console()
    await console.wire.connect()
    assert (await console.get("error"))["code"] == "bad_token"
    assert await console.close_code() == 4401


@pytest.mark.parametrize("origin", ["https://evil.example", "http://127.0.0.1:9999", "null", ""])
async def test_a_foreign_page_is_closed_with_4403(desks, origin):
    console = await desks.console(desks.cast.agent.user, origin=origin)
    await console.wire.connect()
    assert (await console.get("error"))["code"] == "bad_site"
    assert await console.close_code() == 4403


async def test_a_host_that_is_not_ours_is_closed_though_the_origin_is_the_same(desks):
    console = await desks.console(desks.cast.agent.user, origin="http://evil.example", host="evil.example")
    await console.wire.connect()
    assert await console.close_code() == 4403


@pytest.mark.parametrize("who", ["curator", "outsider"])
async def test_who_may_read_no_conversation_is_closed_with_4403(desks, who):
    user = desks.cast.outsider if who == "outsider" else desks.cast.curator.user
    console = await desks.console(user)
    await console.wire.connect()
    assert (await console.get("error"))["code"] == "not_allowed"
    assert await console.close_code() == 4403


async def test_hello_comes_first(desks):
    console = await desks.console(desks.cast.agent.user)
    await console.wire.connect()
    await console.send(type="ping")
    assert (await console.get("error"))["code"] == "hello_first"
    assert await console.close_code() == 4400


async def test_a_welcome_brings_rows_counts_and_the_alerts_that_still_wait(desks):
    waiting = await desks.says("v", PERSON)
    await desks.says("w", "Hello", site=desks.cast.other_site)
    console = await desks.open(desks.cast.agent)
    welcome = console.welcome
    assert [row["conversation"] for row in welcome["inbox"]] == [waiting.public_id]
    assert welcome["counts"]["queue"] == 1
    assert welcome["agent"]["id"] == desks.cast.agent.public_id
    alert = await console.get("alert")
    assert alert["conversation"] == waiting.public_id
    assert alert["reasons"][0]["code"] == "asked"


async def test_an_escalation_alerts_every_console_that_may_take_it_once_and_no_other(desks):
    mine, colleagues = await desks.open(desks.cast.agent), await desks.open(desks.cast.another_agent)
    foreign = await desks.open(desks.cast.stranger)
    waiting = await desks.says("v", PERSON)
    for console in (mine, colleagues):
        alert = await console.get("alert", conversation=waiting.public_id)
        assert alert["seq"] == waiting.last_seq
    await desks.says("v", "Are you there?")
    row = (await mine.get("inbox"))["row"]
    assert row["last"]["text"] == "Are you there?"
    assert await mine.nothing("alert")
    assert await foreign.nothing("inbox")


async def test_a_claim_is_acked_before_its_event_and_the_colleague_sees_who_has_it(desks):
    waiting = await desks.says("v", PERSON)
    mine, colleagues = await desks.open(desks.cast.agent), await desks.open(desks.cast.another_agent)
    await mine.send(type="open", conversation=waiting.public_id, last=50)
    page = await mine.get("events", conversation=waiting.public_id)
    assert [event["kind"] for event in page["events"]] == ["message", "escalated"]
    assert "mood" in page["events"][0]
    ack = await mine.ask(type="claim", id="c1", conversation=waiting.public_id)
    assert (ack["type"], ack["seq"], ack["conversation"]) == ("ack", 3, waiting.public_id)
    event = (await mine.get("event", conversation=waiting.public_id))["event"]
    assert (event["kind"], event["id"], event["prev"]) == ("claimed", "c1", 2)
    row = (await colleagues.get("inbox"))["row"]
    while row["handler"] != "agent":
        row = (await colleagues.get("inbox"))["row"]
    assert (row["agent"], row["mine"]) == ("Maya", False)


async def test_the_second_to_claim_is_told_who_was_first(desks):
    waiting = await desks.says("v", PERSON)
    one, two = await desks.open(desks.cast.agent), await desks.open(desks.cast.another_agent)
    answers = await asyncio.gather(
        one.ask(type="claim", id="a", conversation=waiting.public_id),
        two.ask(type="claim", id="b", conversation=waiting.public_id),
    )
    assert sorted(answer["type"] for answer in answers) == ["ack", "error"]
    error = next(answer for answer in answers if answer["type"] == "error")
    winner = "Maya" if error["id"] == "b" else "Noor"
    assert error["code"] == "already_claimed"
    assert winner in error["message"]


async def test_a_message_claims_what_nobody_has_and_is_done_once(desks):
    conversation = await desks.says("v", "Do you ship to Norway?")
    console = await desks.open(desks.cast.agent)
    frame = {"type": "message", "id": "m1", "conversation": conversation.public_id, "text": "Yes, we do."}
    first, second = await console.ask(**frame), await console.ask(**frame)
    assert first["seq"] == second["seq"] == 3
    reused = await console.ask(**{**frame, "text": "No"})
    assert reused["code"] == "id_reused"
    kinds = [event.kind async for event in Event.objects.filter(conversation=conversation).order_by("seq")]
    assert kinds == ["message", "claimed", "message"]


async def test_note_hand_back_resolve_and_reopen(desks):
    conversation = await desks.says("v", PERSON)
    console = await desks.open(desks.cast.agent)
    public_id = conversation.public_id

    async def ask(kind, number, **fields):
        return (await console.ask(type=kind, id=f"{kind}{number}", conversation=public_id, **fields))["type"]

    assert await ask("note", 1, text="Asked for a manager twice.") == "ack"
    assert await ask("claim", 1) == "ack"
    assert await ask("hand_back", 1, note="The parcel is in Oslo.") == "ack"
    assert await ask("resolve", 1) == "ack"
    assert await ask("reopen", 1) == "ack"
    await conversation.arefresh_from_db()
    assert conversation.handler == "agent"
    notes = [event.body async for event in Event.objects.filter(conversation=conversation, kind="note").order_by("seq")]
    assert notes[1] == {"text": "The parcel is in Oslo.", "for_assistant": True}


async def test_what_is_anothers_is_refused(desks):
    conversation = await desks.says("v", PERSON)
    await desks.does(lifecycle.claim, desks.cast.agent, conversation)
    console = await desks.open(desks.cast.another_agent)

    async def code(kind, **fields):
        return (await console.ask(type=kind, id=kind, conversation=conversation.public_id, **fields)).get("code")

    assert await code("message", text="Hello") == "already_claimed"
    assert await code("hand_back") == "not_yours"
    assert await code("resolve") == "not_yours"
    assert await code("note", text="For you, Maya.") is None


@pytest.mark.parametrize("kind", ["open", "earlier", "message", "note", "claim", "resolve", "reopen", "hand_back"])
async def test_a_stranger_finds_no_conversation(desks, kind):
    conversation = await desks.says("v", PERSON)
    console = await desks.open(desks.cast.stranger)
    needs = {"earlier": {"before": 9, "n": 5}, "message": {"text": "x"}, "note": {"text": "x"}}.get(kind, {})
    await console.send(type=kind, id="x", conversation=conversation.public_id, **needs)
    assert (await console.get("error"))["code"] == "not_found"
    assert await Event.objects.filter(conversation=conversation).acount() == 2


async def test_a_stranger_cannot_read_type_or_mark_what_is_not_theirs(desks):
    conversation = await desks.says("v", PERSON)
    await desks.does(lifecycle.claim, desks.cast.agent, conversation)
    console = await desks.open(desks.cast.stranger)
    await console.send(type="typing", conversation=conversation.public_id, on=True)
    await console.send(type="read", conversation=conversation.public_id, seq=1)
    await console.send(type="ping", n=7)
    assert (await console.get("pong"))["n"] == 7
    await conversation.arefresh_from_db()
    assert conversation.agent_read == 0


@pytest.mark.parametrize("kind", ["suggest"])
async def test_what_is_not_there_yet_is_not_allowed(desks, kind):
    console = await desks.open(desks.cast.agent)
    answer = await console.ask(type=kind, id="x", conversation="c")
    assert answer["code"] == "not_allowed"


@pytest.mark.parametrize(("text", "code"), [("  \n", "empty"), ("x" * 4001, "too_long")])
async def test_text_that_is_no_message_is_refused(desks, text, code):
    conversation = await desks.says("v", PERSON)
    console = await desks.open(desks.cast.agent)
    for kind in ("message", "note"):
        answer = await console.ask(type=kind, id=kind, conversation=conversation.public_id, text=text)
        assert answer["code"] == code


async def test_what_was_missed_comes_with_after_and_an_unknown_epoch_begins_anew(desks):
    conversation = await desks.says("v", PERSON)
    await desks.says("v", "Hello?")
    console = await desks.open(desks.cast.agent)
    await console.send(type="open", conversation=conversation.public_id, after=2, epoch=console.welcome["epoch"])
    page = await console.get("events")
    assert [event["seq"] for event in page["events"]] == [3]
    await console.send(type="open", conversation=conversation.public_id, after=2, epoch="another")
    page = await console.get("events")
    assert [event["seq"] for event in page["events"]] == [1, 2, 3]
    assert page["reset"]


async def test_live_events_come_in_order_until_leave(desks):
    conversation = await desks.says("v", PERSON)
    console = await desks.open(desks.cast.agent)
    await console.send(type="open", conversation=conversation.public_id)
    await console.get("events")
    for text in ("One", "Two", "Three"):
        await desks.says("v", text)
    seqs = [(await console.get("event"))["event"]["seq"] for _ in range(3)]
    assert seqs == [3, 4, 5]
    await console.send(type="leave", conversation=conversation.public_id)
    await console.send(type="ping")
    await console.get("pong")
    await desks.says("v", "Four")
    assert await console.nothing("event")


async def test_reading_mine_takes_the_unread_away_on_each_of_my_consoles(desks):
    conversation = await desks.says("v", PERSON)
    await desks.does(lifecycle.claim, desks.cast.agent, conversation)
    one, two = await desks.open(desks.cast.agent), await desks.open(desks.cast.agent)
    assert one.welcome["inbox"][0]["unread"] == 1
    await one.send(type="read", conversation=conversation.public_id, seq=3)
    for console in (one, two):
        assert (await console.get("inbox"))["row"]["unread"] == 0


async def test_presence_is_acked_and_told_to_colleagues_only(desks):
    console, colleague = await desks.open(desks.cast.agent), await desks.open(desks.cast.another_agent)
    foreign = await desks.open(desks.cast.stranger)
    assert (await console.ask(type="presence", id="p", state="away"))["type"] == "ack"
    told = await colleague.get("presence", agent=desks.cast.agent.public_id, state="away")
    assert told["name"] == "Maya"
    assert await foreign.nothing("presence", agent=desks.cast.agent.public_id)
    assert (await Presence.objects.aget(member=desks.cast.agent)).state == "away"


@pytest.mark.parametrize("how", ["logout", "deactivated", "password"])
async def test_a_session_that_ends_closes_its_sockets_within_five_seconds(desks, how):
    console = await desks.open(desks.cast.agent)
    user = desks.cast.agent.user
    if how == "logout":
        await Session.objects.all().adelete()
    elif how == "deactivated":
        user.is_active = False
        await user.asave()
    else:
        user.set_password("another long password")
        await user.asave()
    assert await asyncio.wait_for(console.close_code(), 5) == 4401


async def test_who_loses_the_right_to_read_is_closed_and_who_loses_a_team_loses_its_rows(desks):
    team = await sync_to_async(desks.cast.team)(desks.cast.agent, desks.cast.another_agent)
    conversation = await desks.says("v", PERSON)
    await Conversation.objects.filter(pk=conversation.pk).aupdate(team=team)
    one, two = await desks.open(desks.cast.agent), await desks.open(desks.cast.another_agent)
    await two.send(type="open", conversation=conversation.public_id)
    await two.get("events")
    await sync_to_async(team.members.remove)(desks.cast.another_agent)
    desks.cast.agent.role = "curator"
    await desks.cast.agent.asave()
    assert await asyncio.wait_for(one.close_code(), 5) == 4403
    assert (await two.get("welcome"))["inbox"] == []
    await desks.says("v", "Hello?")
    assert await two.nothing("event")


@pytest.mark.parametrize(("before", "after"), [("manager", "agent"), ("agent", "manager")])
async def test_another_role_reaches_a_console_that_is_open(desks, before, after):
    cast = desks.cast
    await Member.objects.filter(pk=cast.another_agent.pk).aupdate(role=before)
    team = await sync_to_async(cast.team)(cast.agent)
    conversation = await desks.says("v", PERSON)
    await Conversation.objects.filter(pk=conversation.pk).aupdate(team=team)
    console = await desks.open(cast.another_agent)
    assert len(console.welcome["inbox"]) == (before == "manager")
    await Member.objects.filter(pk=cast.another_agent.pk).aupdate(role=after)
    assert len((await console.get("welcome"))["inbox"]) == (after == "manager")
    answer = await console.ask(type="claim", id="c", conversation=conversation.public_id)
    assert answer.get("code") == ("not_found" if after == "agent" else None)


async def test_who_is_renamed_speaks_by_the_new_name_and_is_not_told_of_their_own_typing(desks):
    conversation = await desks.says("v", PERSON)
    console = await desks.open(desks.cast.agent)
    await console.ask(type="claim", id="c", conversation=conversation.public_id)
    await console.send(type="open", conversation=conversation.public_id)
    await console.get("events")
    await Member.objects.filter(pk=desks.cast.agent.pk).aupdate(name="Maja")
    assert (await console.get("welcome"))["agent"]["name"] == "Maja"
    await console.send(type="typing", conversation=conversation.public_id, on=True)
    assert await console.nothing("typing")
    await console.ask(type="message", id="m", conversation=conversation.public_id, text="Hello")
    assert (await Event.objects.aget(conversation=conversation, kind="message", role="agent")).author_name == "Maja"


@pytest.mark.parametrize(
    "frame",
    [
        {"type": "open", "conversation": "unknown"},
        {"type": "earlier", "conversation": "unknown", "before": 9, "n": 5},
        {"type": "earlier", "conversation": "unknown", "before": "nine"},
        {"type": "dance", "conversation": "unknown"},
    ],
)
async def test_an_error_about_a_frame_without_an_id_names_its_conversation(desks, frame):
    console = await desks.open(desks.cast.agent)
    await console.send(**frame)
    assert (await console.get("error"))["conversation"] == "unknown"


async def test_a_transfer_to_a_team_leaves_who_passed_it_on_and_alerts_the_team(desks):
    waiting = await desks.says("v", PERSON)
    team = await sync_to_async(desks.cast.team)(desks.cast.another_agent)
    mine, theirs = await desks.open(desks.cast.agent), await desks.open(desks.cast.another_agent)
    await mine.ask(type="claim", id="c", conversation=waiting.public_id)
    ack = await mine.ask(
        type="transfer", id="t", conversation=waiting.public_id, to_team=team.public_id, note="A refund"
    )
    assert (ack["type"], ack["seq"]) == ("ack", 5)
    while not mine.rows.get(waiting.public_id, {}).get("gone"):  # it may have come before the ack
        await mine.get("inbox")
    alert = await theirs.get("alert", conversation=waiting.public_id, seq=5)
    assert alert["reasons"][0] == {"code": "transferred", "text": "A colleague passed this on.", "evidence": ""}


async def test_a_transfer_to_a_colleague_calls_them_alone_until_they_read_it(desks):
    waiting = await desks.says("v", PERSON)
    mine, theirs = await desks.open(desks.cast.agent), await desks.open(desks.cast.another_agent)
    await mine.ask(type="claim", id="c", conversation=waiting.public_id)
    to = desks.cast.another_agent.public_id
    assert (await mine.ask(type="transfer", id="t", conversation=waiting.public_id, to_agent=to))["type"] == "ack"
    assert (await theirs.get("alert", conversation=waiting.public_id, seq=4))["reasons"][0]["code"] == "transferred"
    await theirs.send(type="read", conversation=waiting.public_id, seq=4)
    row = (await theirs.get("inbox"))["row"]
    while row["calls"] or row["handler"] != "agent":
        row = (await theirs.get("inbox"))["row"]
    assert row["mine"]


@pytest.mark.parametrize("to", [{}, {"to_team": "a", "to_agent": "b"}])
async def test_a_transfer_goes_to_one_team_or_one_person(desks, to):
    waiting = await desks.says("v", PERSON)
    console = await desks.open(desks.cast.agent)
    await console.ask(type="claim", id="c", conversation=waiting.public_id)
    assert (await console.ask(type="transfer", id="t", conversation=waiting.public_id, **to))["code"] == "bad_frame"


@pytest.mark.parametrize(
    ("until", "code"),
    [("tomorrow", "bad_frame"), ("2026-11-30T09:00", "bad_frame"), ("2001-01-01T00:00Z", "not_allowed")],
)
async def test_a_snooze_needs_a_time_to_come_with_its_zone(desks, until, code):
    waiting = await desks.says("v", PERSON)
    console = await desks.open(desks.cast.agent)
    await console.ask(type="claim", id="c", conversation=waiting.public_id)
    assert (await console.ask(type="snooze", id="s", conversation=waiting.public_id, until=until))["code"] == code
    assert (await console.ask(type="snooze", id="s2", conversation=waiting.public_id))["type"] == "ack"
    while not console.rows.get(waiting.public_id, {}).get("snoozed"):  # it may have come before the ack
        await console.get("inbox")
    assert console.rows[waiting.public_id]["snoozed"] == "reply"


@pytest.mark.parametrize(("mine", "handler"), [("keep", "agent"), ("queue", "queue"), ("assistant", "assistant")])
async def test_going_offline_with_open_conversations_does_with_them_what_was_chosen(desks, mine, handler):
    rows = [await desks.says(visitor, PERSON) for visitor in ("v", "w")]
    console = await desks.open(desks.cast.agent)
    for row in rows:
        await console.ask(type="claim", id=f"c{row.pk}", conversation=row.public_id)
    for _ in range(2):  # the same again is done once
        assert (await console.ask(type="presence", id="p", state="offline", mine=mine))["type"] == "ack"
    for row in rows:
        await row.arefresh_from_db()
        assert row.handler == handler
        assert row.assignee_id == (desks.cast.agent.pk if mine == "keep" else None)
    assert (await Presence.objects.aget(member=desks.cast.agent)).state == "offline"
    told = Event.objects.filter(conversation=rows[0], kind__in=("claimed", "released", "handed_back"))
    kinds = [event.kind async for event in told.order_by("seq")]
    assert (
        kinds
        == {
            "keep": ["claimed"],
            "queue": ["claimed", "released"],
            "assistant": ["claimed", "handed_back"],
        }[mine]
    )


async def test_what_a_paused_assistant_does_not_take_back_goes_to_the_queue_and_one_is_told(desks):
    row = await desks.says("v", PERSON)
    console = await desks.open(desks.cast.agent)
    await console.ask(type="claim", id="c", conversation=row.public_id)
    await Site.objects.filter(pk=desks.cast.site.pk).aupdate(paused_at=timezone.now())
    ack = await console.ask(type="presence", id="p", state="offline", mine="assistant")
    assert ack["told"] == f"The assistant of {desks.cast.site.name} is paused: your conversations went to the queue."
    await row.arefresh_from_db()
    assert (row.handler, row.assignee_id) == ("queue", None)


async def test_a_message_comes_in_ones_own_language_and_what_cannot_be_translated_says_so(desks, cast, monkeypatch):
    async def message(row, seq, target):
        assert (seq, target) == (1, "en")
        return Translated("Where is my order?", ("numbers",))

    monkeypatch.setattr(translating, "message", message)
    console = await desks.open(cast.agent)
    where = await desks.says("Ana", "Wo ist meine Bestellung geblieben?")
    await console.send(type="translate", id="t", conversation=where.public_id, seq=1)
    told = await console.get("translation")
    assert (told["id"], told["seq"], told["language"], told["warnings"]) == ("t", 1, "en", ["numbers"])
    for fields in ({}, {"seq": 1, "text": "Both"}):
        wrong = await console.ask(type="translate", id="w", conversation=where.public_id, **fields)
        assert wrong["code"] == "bad_frame"
    monkeypatch.undo()
    refused = await console.ask(type="translate", id="r", conversation=where.public_id, text="It is on its way.")
    assert (refused["type"], refused["code"]) == ("error", "not_allowed")


async def test_a_translation_that_breaks_says_that_it_is_not_to_be_had_just_now(desks, cast, monkeypatch, caplog):
    async def message(row, seq, target):
        raise ValueError("Wo ist meine Bestellung")

    monkeypatch.setattr(translating, "message", message)
    console = await desks.open(cast.agent)
    where = await desks.says("Ana", "Wo ist meine Bestellung geblieben?")
    told = await console.ask(type="translate", id="t", conversation=where.public_id, seq=1)
    assert (told["type"], told["code"], told["id"]) == ("error", "busy", "t")
    assert "ValueError" in caplog.text
    assert "Bestellung" not in caplog.text


async def test_a_row_says_which_languages_are_read_here_where_the_site_translates(desks, cast, settings):
    settings.TANDEM = settings.TANDEM.model_copy(update={"model": "openai:fake"})
    where = await desks.says("Ana", "Hello")
    assert (await desks.open(cast.agent)).welcome["inbox"][0]["translate"] is None
    cast.site.translates = True
    await cast.site.asave()
    cast.agent.languages = ["fr"]
    await cast.agent.asave()
    rows = (await desks.open(cast.agent)).welcome["inbox"]
    assert next(row for row in rows if row["conversation"] == where.public_id)["translate"] == ["en", "fr"]


async def test_a_stranger_gets_no_translation(desks, cast):
    stranger = await desks.open(cast.stranger)
    where = await desks.says("Ana", "Wo ist meine Bestellung geblieben?")
    told = await stranger.ask(type="translate", id="t", conversation=where.public_id, seq=1)
    assert told["code"] == "not_found"

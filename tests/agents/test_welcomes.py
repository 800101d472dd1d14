"""A console's welcome, and the rows after it: what changes meanwhile, and what breaks, leaves no console behind."""

import asyncio
import threading
import time

import pytest
from asgiref.sync import sync_to_async

from agents import inbox, sockets
from agents.board import board

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("wake")]
PERSON = "I want to talk to a person"


def meanwhile(monkeypatch, deed, *, call=1):
    """The welcome is read, then `deed` is done, and only then is it told; in the `call`th welcome from now on."""
    read, calls = sockets.lying_there, iter(range(1, 100))

    def slow(*args):
        there = read(*args)
        if next(calls) == call:
            deed()
        return there

    monkeypatch.setattr(sockets, "lying_there", slow)


async def last_words(console, conversation):
    """The last message of a row as the console knows it when all is quiet."""
    known = None
    while not await console.wire.receive_nothing(timeout=1.0):
        frame = await console.wire.receive_json_from()
        assert frame["type"] != "error", frame
        rows = frame["inbox"] if frame["type"] == "welcome" else [frame["row"]] if frame["type"] == "inbox" else []
        known = next((row["last"]["text"] for row in rows if row["conversation"] == conversation.public_id), known)
    return known


async def test_what_changes_while_a_welcome_is_read_is_told_after_it(desks, monkeypatch):
    conversation = await desks.says("v", PERSON)

    def write_and_wait():
        desks.cast.says("v", "Newest")
        time.sleep(0.3)

    meanwhile(monkeypatch, write_and_wait)
    console = await desks.open(desks.cast.agent)
    assert console.welcome["inbox"][0]["last"]["text"] == PERSON
    assert await last_words(console, conversation) == "Newest"


async def test_a_move_while_a_hello_is_answered_leaves_the_newest(desks, monkeypatch):
    conversation = await desks.says("v", PERSON)
    console = await desks.open(desks.cast.agent)
    (consumer,) = board().consoles
    begun = threading.Event()

    def wait():
        begun.set()
        time.sleep(0.5)

    meanwhile(monkeypatch, wait)
    await console.send(type="hello")
    assert await asyncio.to_thread(begun.wait, 5)
    await asyncio.gather(consumer.move(consumer.desk), desks.says("v", "Newest"))
    assert await last_words(console, conversation) == "Newest"


async def test_a_welcome_that_fails_leaves_no_deaf_console(desks, monkeypatch):
    conversation = await desks.says("v", PERSON)
    console = await desks.open(desks.cast.agent)

    def fail():
        raise OSError("the disk is away")

    meanwhile(monkeypatch, fail)
    await console.send(type="hello")
    assert (await console.get("error"))["code"] == "internal"
    await desks.says("v", "Still there?")
    assert (await console.get("inbox"))["row"]["last"]["text"] == "Still there?"
    assert conversation.public_id


async def test_what_broke_after_the_commit_is_not_said_to_be_lost(desks, monkeypatch):
    conversation = await desks.says("v", PERSON)
    console = await desks.open(desks.cast.agent)
    await console.send(type="open", conversation=conversation.public_id)
    await console.get("events")

    async def fail(*args):
        raise OSError("no ack goes out")

    monkeypatch.setattr(sockets.ConsoleConsumer, "acknowledge", fail)
    await console.send(type="note", id="n1", conversation=conversation.public_id, text="They called before.")
    error = await console.get("error")
    assert (error["code"], error["id"]) == ("internal", "n1")
    assert "If what you sent does not appear, send it again." in error["message"]
    assert (await console.get("event"))["event"]["id"] == "n1", "it appears by itself"


async def test_a_move_that_fails_sends_the_console_to_come_again(desks, monkeypatch):
    console = await desks.open(desks.cast.agent)
    (consumer,) = board().consoles

    def fail():
        raise OSError("the disk is away")

    meanwhile(monkeypatch, fail)
    with pytest.raises(OSError, match="away"):
        await consumer.move(consumer.desk)
    assert await console.close_code() == 4012


async def test_an_older_reading_of_a_row_does_not_replace_a_newer(desks):
    conversation = await desks.says("v", PERSON)
    older = await sync_to_async(inbox.row)(conversation.pk)
    await desks.says("v", "Newest")
    console = await desks.open(desks.cast.agent)
    (consumer,) = board().consoles
    await consumer.tell_row(older)
    assert await last_words(console, conversation) is None


async def test_rows_whose_reading_failed_are_told_all_the_same(desks, monkeypatch):
    await desks.says("v", PERSON)
    console = await desks.open(desks.cast.agent)
    load, failures = inbox.load, iter(range(2))

    def flaky(ids):
        if next(failures, None) is not None:
            raise OSError("the disk is away")
        return load(ids)

    monkeypatch.setattr(inbox, "load", flaky)
    await desks.says("v", "Hello?")
    assert (await console.get("inbox"))["row"]["last"]["text"] == "Hello?"

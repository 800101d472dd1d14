"""The hub tells every reader, whatever one of them does."""

import asyncio
from unittest.mock import AsyncMock, Mock

import pytest

from chat import broadcast, frames, turns, widget
from chat.broadcast import Hub
from chat.models import Event
from chat.queue import queues
from chat.socket import ConversationReader
from chat.widget import WidgetConsumer
from tests.conftest import NOW


class Listener:
    """A reader that writes down what it hears."""

    def __init__(self, *, team=False, breaks=False):
        self.conversation_id, self.team, self.position, self.owed, self.busy = 1, team, 0, False, False
        self.breaks = breaks
        self.floor = 0
        self.heard = []

    async def hear(self, event):
        if self.breaks:
            self.breaks = False
            raise ConnectionError
        self.position = event.seq
        self.heard.append(event.seq)

    async def preview(self, frame):
        self.heard.append(frame.type)


@pytest.fixture
def log(monkeypatch):
    """A log of three events, and how often it was asked."""
    asked = []

    async def read(query, *, conversation_id, seq, team):
        asked.append(team)
        await asyncio.sleep(0)
        events = tuple(frames.Seen(n, 0, "message", {}, None, None) for n in range(seq + 1, 4))
        return frames.Page(events, more=False, earlier=False)

    monkeypatch.setattr(broadcast, "read", read)
    return asked


def joined(*readers):
    hub = Hub()
    for reader in readers:
        hub.join(reader, 0)
    return hub


async def test_a_reader_that_breaks_keeps_nothing_from_the_others(log, monkeypatch):
    monkeypatch.setattr(broadcast, "AGAIN_AFTER_S", 0.01)
    gone, agent = Listener(breaks=True), Listener(team=True)
    hub = joined(gone, agent)
    hub.nudge(1)
    await asyncio.sleep(0.1)
    assert agent.heard == [1, 2, 3]
    assert gone.heard == [1, 2, 3]


async def test_a_busy_reader_is_owed_what_it_missed(log):
    reader = Listener()
    reader.busy = True
    hub = joined(reader)
    hub.nudge(1, 3)
    await asyncio.sleep(0.01)
    assert (reader.heard, reader.owed) == ([], True)


async def test_a_reader_that_has_everything_costs_no_query(log):
    reader = Listener()
    reader.position = 3
    joined(reader).nudge(1, 3)
    await asyncio.sleep(0.01)
    assert log == []


async def test_a_delta_of_an_older_floor_reaches_nobody(log):
    reader = Listener()
    hub = joined(reader)
    delta = {"type": "show", "c": 1, "floor": 1, "team_only": False}
    frame = {"type": "delta", "turn": "t", "attempt": 1, "offset": 0, "text": "So", "conversation": None}
    await hub.dispatch({"type": "wake", "c": 1, "s": 0, "f": 2, "v": ""})
    await hub.dispatch({**delta, "frame": frame})
    assert "delta" not in reader.heard
    await hub.dispatch({**delta, "floor": 2, "frame": frame})
    assert "delta" in reader.heard


async def test_words_of_a_new_floor_wait_for_the_event_that_raised_it(log):
    reader = Listener()
    reader.position = 2
    hub = joined(reader)
    await hub.dispatch({**DELTA, "floor": 2})
    assert reader.heard == [3, "delta"]


async def test_words_that_were_answered_meanwhile_are_not_told_after_their_answer(log, monkeypatch):
    reader = Listener()
    hub = joined(reader)
    told = reader.hear

    async def hear(event):
        await told(event)
        hub.answered[1] = "t"  # the answer of these very words was among what the reader had missed

    monkeypatch.setattr(reader, "hear", hear)
    await hub.dispatch({**DELTA, "floor": 2})
    assert reader.heard == [1, 2, 3]


async def test_a_floor_that_a_reader_sees_no_event_of_holds_words_up_once(log, monkeypatch):
    monkeypatch.setattr(broadcast, "TOLD_FIRST_S", 0.01)
    reader = Listener()
    reader.position = 3
    hub = joined(reader)
    await hub.dispatch({**DELTA, "floor": 2})
    await hub.dispatch({**DELTA, "floor": 2})
    assert reader.heard == ["delta", "delta"]


async def test_a_colleague_is_shown_no_words_before_the_event_that_they_follow(log, monkeypatch):
    monkeypatch.setattr(broadcast, "TOLD_FIRST_S", 0.01)
    agent = Listener(team=True)
    agent.position = 3
    agent.busy = True
    hub = joined(agent)
    await hub.dispatch({**DELTA, "floor": 2})
    assert agent.heard == []
    agent.floor = 2  # it has heard of it
    await hub.dispatch({**DELTA, "floor": 2})
    assert agent.heard == ["delta"]


DELTA = {
    "type": "show", "c": 1, "floor": 0, "team_only": False,
    "frame": {"type": "delta", "turn": "t", "attempt": 1, "offset": 0, "text": "So", "conversation": None},
}  # fmt: skip


async def test_no_delta_follows_an_event_that_was_told_ahead_of_its_wake_up(log):
    reader, agent = Listener(), Listener(team=True)
    reader.position = agent.position = 4
    hub = joined(reader, agent)
    said, escalated = committed(5, 6)
    escalated.floor = 1
    hub.keep_fresh(1, [said, escalated])
    hub.nudge(1, 6)
    await asyncio.sleep(0.01)
    await hub.dispatch(DELTA)
    assert reader.heard == agent.heard == [5, 6]
    await hub.dispatch({"type": "wake", "c": 1, "s": 6, "f": 1, "v": ""})
    assert reader.heard == agent.heard == [5, 6]


async def test_no_preview_of_an_answer_follows_it(log):
    reader = Listener()
    hub = joined(reader)
    await hub.dispatch(DELTA)
    (answer,) = committed(1)
    answer.kind, answer.role, answer.body = "message", "assistant", {"text": "So it is.", "turn": "t"}
    hub.keep_fresh(1, [answer])
    hub.nudge(1, 1)
    await asyncio.sleep(0.01)
    assert hub.previews == {}  # nor may a `welcome` carry it
    late = {"type": "delta", "turn": "t", "attempt": 1, "offset": 2, "text": " it is.", "conversation": None}
    await hub.dispatch({**DELTA, "frame": late})
    done = {"type": "turn", "turn": "t", "attempt": 1, "state": "done", "doing": None, "conversation": None}
    await hub.dispatch({**DELTA, "frame": done})
    assert reader.heard == ["delta", 1, "turn"]
    assert hub.previews == {}


async def test_a_delta_stops_at_the_reader_whom_the_escalation_reached_meanwhile(log):
    hub = Hub()

    class Slow(Listener):
        async def preview(self, frame):
            hub.heard_floor(1, 1)
            await super().preview(frame)

    readers = Slow(), Slow()
    for reader in readers:
        hub.join(reader, 0)
    await hub.dispatch(DELTA)
    assert sorted(reader.heard for reader in readers) == [[], ["delta"]]


async def test_no_delta_follows_a_page_of_a_newer_floor(monkeypatch):
    hub = Hub()
    monkeypatch.setattr(broadcast, "_hub", hub)
    reader = ConversationReader(Mock(), 1, "c", "v:1", team=False)
    reader.preview = AsyncMock()
    hub.join(reader, 0)
    await hub.dispatch(DELTA)
    assert reader.preview.await_count == 1
    reader.fields_of(frames.Page((frames.Seen(6, 1, "escalated", {}, None, None),), more=False, earlier=True))
    assert hub.previews == {}  # nor may a `welcome` or `events` carry the turn
    await hub.dispatch(DELTA)
    assert reader.preview.await_count == 1


async def test_a_message_that_breaks_does_not_make_the_process_deaf(log):
    await broadcast._hand_on({"type": "wake"})
    await broadcast._hand_on({"type": "show", "c": 1, "floor": 0, "frame": {"type": "nonsense"}, "team_only": False})


def committed(*seqs, prev=None):
    """Events of which this process knows that they were stored just now."""
    return [
        Event(
            seq=seq,
            prev=seq - 1 if prev is None else prev,
            kind="note",
            role="agent",
            visible="all",
            body={},
            at=NOW,
            floor=0,
        )
        for seq in seqs
    ]


async def test_what_was_stored_here_just_now_is_told_without_a_query(log):
    reader, agent = Listener(), Listener(team=True)
    reader.position = agent.position = 2
    hub = joined(reader, agent)
    hub.keep_fresh(1, committed(3))
    hub.nudge(1, 3)
    await asyncio.sleep(0.01)
    assert (reader.heard, agent.heard, log) == ([3], [3], [])


async def test_a_reader_that_missed_more_is_told_from_the_rows(log):
    reader = Listener()
    hub = joined(reader)
    hub.keep_fresh(1, committed(3))
    hub.nudge(1, 3)
    await asyncio.sleep(0.01)
    assert (reader.heard, log) == ([1, 2, 3], [False])


async def test_what_another_process_stored_since_is_not_left_out(log):
    reader = Listener()
    reader.position = 1
    hub = joined(reader)
    hub.keep_fresh(1, committed(2))
    await hub.dispatch({"type": "wake", "c": 1, "s": 3, "f": 0, "v": ""})
    await asyncio.sleep(0.01)
    assert reader.heard == [2, 3]


async def test_a_watcher_that_broke_goes_on_where_it_was(monkeypatch):
    monkeypatch.setattr(broadcast, "_watcher", None)
    monkeypatch.setattr(broadcast, "WATCH_EVERY_S", 0.001)
    hub, looks = Hub(), []
    monkeypatch.setattr(broadcast, "_hub", hub)

    class Watcher:
        def look(self):
            looks.append(self)
            if len(looks) == 1:
                raise ConnectionError
            return [{"type": "wake", "c": 1, "s": 5, "f": 0, "v": "v"}]

    made = Mock(side_effect=Watcher)
    monkeypatch.setattr(broadcast.Watcher, "from_now", made)
    monkeypatch.setattr(broadcast, "read", AsyncMock(side_effect=lambda query: query()))
    with pytest.raises(ConnectionError):
        await broadcast.watch()
    watching = asyncio.create_task(broadcast.watch())
    await asyncio.sleep(0.05)
    watching.cancel()
    assert hub.seen == {1: 5}
    assert made.call_count == 1


async def test_what_an_older_floor_still_writes_is_stopped(monkeypatch):
    hub = Hub(floor_hooks=[turns.drop_older])
    running = {number: asyncio.create_task(asyncio.sleep(60)) for number in (1, 2, 3)}
    monkeypatch.setattr(turns, "_running", running)
    monkeypatch.setattr(turns, "_conversation_of_turn", {1: (10, 0), 2: (10, 1), 3: (11, 0)})
    hub.heard_floor(10, 1)
    await asyncio.sleep(0)
    assert [task.cancelled() for task in running.values()] == [True, False, False]
    running[2].cancel()
    running[3].cancel()


async def test_a_visitor_who_leaves_is_no_reader_any_more(monkeypatch):
    hub = Hub()
    monkeypatch.setattr(broadcast, "_hub", hub)
    socket = WidgetConsumer()
    socket.visitor_id = "v"
    socket.reader = ConversationReader(socket, 1, "c", "v:v", team=False)
    hub.join(socket.reader, 0)
    hub.newcomers["v"] = {socket}
    await socket.gone()
    assert (hub.readers, hub.newcomers) == ({}, {})


async def test_whoever_joins_after_places_were_told_hears_theirs(monkeypatch):
    row = Mock(pk=1, public_id="c", floor=1, handler="queue", language="en", case=1, last_seq=1)
    places = {1: ("c", {"position": 3, "wait_s": None})}
    hub = Hub()
    monkeypatch.setattr(broadcast, "_hub", hub)
    monkeypatch.setattr(broadcast, "QUEUE_TOLD_AFTER_S", 0.01)
    monkeypatch.setattr(
        broadcast, "read", AsyncMock(side_effect=lambda what, *_, **__: places if what is queues else None)
    )
    monkeypatch.setattr(widget, "read", AsyncMock(return_value=row))
    monkeypatch.setattr(widget.presence, "page", Mock(return_value=False))
    monkeypatch.setattr(hub, "nudge", Mock())
    hub.heard_floor(1, 1)
    await asyncio.sleep(0.1)  # told already: to nobody
    for _tab in range(2):  # the second comes when the first knows it
        socket = WidgetConsumer()
        socket.visitor_id, socket.tell = "v", AsyncMock()
        socket.turnstile, socket.closing = asyncio.Lock(), False
        await socket.attach(1)
        await asyncio.sleep(0.1)
        told = [call.args[0] for call in socket.tell.await_args_list]
        assert [frame.queue["position"] for frame in told if frame.queue] == [3]


async def test_what_a_process_has_no_use_for_is_passed_over(monkeypatch):
    monkeypatch.setattr(broadcast, "_told_of", {})
    reader = Listener()
    await joined(reader).dispatch({"type": "page", "c": 1, "p": "another", "state": "open"})
    assert reader.heard == []

"""What the rows must say after a crash, read beside the server."""

import json
from collections import Counter

from benchmarks.rig import Tandem

from .crowd import Crowd, Visitor


def check(crowd: Crowd) -> None:
    """Nothing lost, doubled or out of order; every message answered by one turn, every turn once."""
    server = crowd.server
    talking = [visitor for visitor in crowd.visitors + crowd.former if visitor.sent]
    (visitors,), (conversations,) = server.rows(
        "SELECT count(*) FROM chat_visitor UNION ALL SELECT count(*) FROM chat_conversation"
    )
    assert visitors == conversations == len(talking), "a visitor has two rows, or none"
    for visitor in talking:
        _check_log(server, visitor)
    _check_turns(server)
    _check_every_message_is_answered(server)


def _check_log(server: Tandem, visitor: Visitor) -> None:
    rows = server.rows(
        "SELECT event.seq, event.kind, event.role, event.client_id, event.body, event.visible FROM chat_event event"
        " JOIN chat_conversation conversation ON conversation.id = event.conversation_id"
        f" WHERE conversation.public_id = '{visitor.conversation}' ORDER BY event.seq"
    )
    assert [seq for seq, *_ in rows] == list(range(1, len(rows) + 1)), "a hole in the log"
    stored = {client_id: (seq, json.loads(body)["text"]) for seq, _, _, client_id, body, _ in rows if client_id}
    assert list(stored) == list(visitor.sent), "lost, doubled or reordered"
    assert {key: text for key, (_, text) in stored.items()} == visitor.sent, "stored otherwise than sent"
    assert {key: seq for key, (seq, _) in stored.items()} == visitor.acked, "acked otherwise than stored"
    shown = [seq for seq, *_, visible in rows if visible == "all"]
    assert [event["seq"] for event in visitor.log] == shown, "read otherwise than stored"


def _check_turns(server: Tandem) -> None:
    """Every turn has ended as it should: with one answer, or (who asks the same again and again is stuck) a person."""
    ended = dict(server.rows("SELECT public_id, state FROM chat_turn"))
    assert set(ended.values()) <= {"done", "dropped"}, Counter(ended.values())
    bodies = server.rows("SELECT body FROM chat_event WHERE kind = 'message' AND role = 'assistant'")
    answers = Counter(json.loads(body)["turn"] for (body,) in bodies)
    called = server.rows(
        "SELECT turn.public_id FROM chat_turn turn"
        " JOIN chat_event event ON event.conversation_id = turn.conversation_id"
        " AND event.kind = 'escalated' AND event.seq > turn.upto_seq WHERE turn.state = 'done'"
    )
    done = {turn for turn, state in ended.items() if state == "done"}
    assert set(answers) <= done
    assert set(answers.values()) <= {1}, "answered twice"
    assert done - set(answers) <= {turn for (turn,) in called}, "neither answered nor given to a person"


def _check_every_message_is_answered(server: Tandem) -> None:
    """Each visitor's message is within one turn that was done; those for a person (two unknowns call one) need none."""
    counts = server.rows(
        "SELECT event.conversation_id, event.seq, count(turn.id) FROM chat_event event LEFT JOIN chat_turn turn"
        " ON turn.conversation_id = event.conversation_id AND turn.state = 'done'"
        " AND event.seq BETWEEN turn.from_seq AND turn.upto_seq"
        " WHERE event.role = 'visitor' AND event.kind = 'message'"
        " AND NOT EXISTS (SELECT 1 FROM chat_event called WHERE called.conversation_id = event.conversation_id"
        " AND called.kind = 'escalated' AND called.seq < event.seq)"
        " GROUP BY event.id HAVING count(turn.id) != 1"
    )
    assert not counts, f"(conversation, seq, turns that answered it): {counts}"

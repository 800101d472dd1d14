"""The one door for writes: every verb that changes a conversation, one transaction each (docs/log.md).

A verb checks, appends, updates the cached row and rings the readers after the commit. Sockets, REST, admin, tasks and
tests call these; nobody else writes the rows of a conversation.
"""

from .assistant import (
    call_out_turn,
    end_silent_case,
    fail_turn,
    finish_turn,
    hand_off_turn,
    note_deed,
    silence_turn,
    silent_cases,
)
from .members import (
    LONGEST_SNOOZE,
    agent_has_read,
    agent_message,
    claim,
    give_verdict,
    hand_back,
    note,
    pass_on,
    release,
    reopen,
    resolve,
    snooze,
    transfer,
)
from .steps import (
    PAUSED,
    Done,
    Refused,
    Where,
    is_paused,
    queue_unanswered,
)
from .visitors import (
    JOIN_WITHIN,
    MOST_RESTARTS,
    ask_for_person,
    cancel_person,
    dispute,
    give_feedback,
    post_message,
    visitor_has_read,
    was_asked_before,
)

__all__ = [
    "JOIN_WITHIN",
    "LONGEST_SNOOZE",
    "MOST_RESTARTS",
    "PAUSED",
    "Done",
    "Refused",
    "Where",
    "agent_has_read",
    "agent_message",
    "ask_for_person",
    "call_out_turn",
    "cancel_person",
    "claim",
    "dispute",
    "end_silent_case",
    "fail_turn",
    "finish_turn",
    "give_feedback",
    "give_verdict",
    "hand_back",
    "hand_off_turn",
    "is_paused",
    "note",
    "note_deed",
    "pass_on",
    "post_message",
    "queue_unanswered",
    "release",
    "reopen",
    "resolve",
    "silence_turn",
    "silent_cases",
    "snooze",
    "transfer",
    "visitor_has_read",
    "was_asked_before",
]

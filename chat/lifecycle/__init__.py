"""The one door for writes: every verb that changes a conversation, one transaction each (docs/log.md).

A verb checks, appends, updates the cached row and rings the readers after the commit. Sockets, REST, admin, tasks and
tests call these; nobody else writes the rows of a conversation.
"""

from .asked import NOT_ME, UNKNOWN, decline, end_inquiry, reply
from .assistant import (
    call_out_turn,
    end_silent_case,
    fail_turn,
    finish_turn,
    hand_off_turn,
    keep_trace,
    note_deed,
    silence_turn,
    silent_cases,
)
from .erased import Erased, forget_conversation, forget_customer, was_erased
from .identified import Home, Moved, identify, known_home
from .members import (
    LONGEST_SNOOZE,
    agent_has_read,
    agent_message,
    claim,
    give_verdict,
    hand_back,
    note,
    release,
    reopen,
    resolve,
    snooze,
    transfer,
)
from .passing import pass_on
from .rated import Rated, rate
from .steps import (
    MOST_RESTARTS,
    PAUSED,
    Done,
    Refused,
    Where,
    is_left_to_people,
    is_paused,
    queue_unanswered,
)
from .visitors import (
    JOIN_WITHIN,
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
    "NOT_ME",
    "PAUSED",
    "UNKNOWN",
    "Done",
    "Erased",
    "Home",
    "Moved",
    "Rated",
    "Refused",
    "Where",
    "agent_has_read",
    "agent_message",
    "ask_for_person",
    "call_out_turn",
    "cancel_person",
    "claim",
    "decline",
    "dispute",
    "end_inquiry",
    "end_silent_case",
    "fail_turn",
    "finish_turn",
    "forget_conversation",
    "forget_customer",
    "give_feedback",
    "give_verdict",
    "hand_back",
    "hand_off_turn",
    "identify",
    "is_left_to_people",
    "is_paused",
    "keep_trace",
    "known_home",
    "note",
    "note_deed",
    "pass_on",
    "post_message",
    "queue_unanswered",
    "rate",
    "release",
    "reopen",
    "reply",
    "resolve",
    "silence_turn",
    "silent_cases",
    "snooze",
    "transfer",
    "visitor_has_read",
    "was_asked_before",
    "was_erased",
]

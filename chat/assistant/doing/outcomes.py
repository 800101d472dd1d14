"""What a server's answer is worth: whether it says that it failed, tells of what was asked, and is about this customer.

Anything can answer 200: a login page, a proxy, an error in an envelope. Where something was to be changed, only an
answer that can be read and that fills a line of the owner's reply shows that it was.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from chat.assistant.doing import conditions
from chat.assistant.doing.action import Acted, Action, Identity
from chat.assistant.doing.fields import FieldKind

SAYS_NOTHING: Final = "says_nothing"
SAYS_FAILED: Final = "says_failed"
# As APIs name them, in any case of letters: a flag that is false, an error that is something, a state (JSend).
_FLAGS: Final = ("ok", "success", "successful", "succeeded")
_ERRORS: Final = ("error", "errors", "iserror", "is_error")
_STATES: Final = frozenset({"error", "fail", "failed", "failure"})
_NOTHING: Final = frozenset({"", "0", "false", "no", "none", "null"})


def says_failed(told: Any) -> bool:
    """Whether an answer as it was parsed says of itself that it failed; what stands alone in an object is it, too."""
    if isinstance(told, list):
        return any(says_failed(one) for one in told if isinstance(one, dict))
    if not isinstance(told, dict):
        return told is False
    named = {str(name).casefold(): value for name, value in told.items()}
    if any(name in named and named[name] is not None and not _is_something(named[name]) for name in _FLAGS):
        return True
    if any(_is_something(named.get(name)) for name in _ERRORS):
        return True
    if str(named.get("status")).casefold() in _STATES:
        return True
    return len(named) == 1 and any(says_failed(one) for one in named.values() if isinstance(one, dict | list))


def of_this_customer(action: Action, inputs: Mapping[str, str], acted: Acted) -> Acted:
    """Nothing found, where the answer is about somebody with another address: it does not even say that it is there."""
    if action.identity is not Identity.EMAIL or acted.fault or not acted.found:
        return acted
    given = next((inputs[one.name] for one in action.inputs if one.kind is FieldKind.EMAIL), "")
    theirs = conditions.look_up(acted.values, action.email_path)
    if given and isinstance(theirs, str) and theirs.strip().casefold() == given.casefold():
        return acted
    return replace(acted, values={}, found=False)


def _is_something(value: Any) -> bool:
    """Whether a value is more than empty words, empty lists of empty objects, and zero."""
    if isinstance(value, dict):
        return any(map(_is_something, value.values()))
    if isinstance(value, list):
        return any(map(_is_something, value))
    if isinstance(value, str):
        return value.strip().casefold() not in _NOTHING
    return bool(value)

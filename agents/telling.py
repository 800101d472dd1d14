"""A turn's trace as a manager reads it: each step's name, what was decided, what that rests on, its time and its cost.

What only a developer can use stays in the trace that is downloaded (agents/traces.py).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils import translation
from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agents import reasons
from chat import strategies

LONGEST: Final = 160  # characters of one line
ITEMS: Final = 6
_LEAST_FELT: Final = 0.1

# The assistant's own names for its steps (chat/assistant/respond.py); one that is new here stands for itself.
STEPS: Final[Mapping[str, Promise]] = {
    "route": gettext_lazy("Way to answer"),
    "redact": gettext_lazy("Personal data"),
    "language": gettext_lazy("Language"),
    "procedure": gettext_lazy("Procedure"),
    "small talk": gettext_lazy("Small talk"),
    "feel": gettext_lazy("Mood"),
    "approved": gettext_lazy("Approved answer"),
    "kindness": gettext_lazy("Kind line"),
    "intent": gettext_lazy("Intent"),
    "retrieve": gettext_lazy("Search"),
    "answerable": gettext_lazy("Enough to answer"),
    "tools": gettext_lazy("Look-ups"),
    "tier": gettext_lazy("Model"),
    "write": gettext_lazy("Writing"),
    "cite": gettext_lazy("Sources"),
    "cost": gettext_lazy("Cost"),
}
_DECISIONS: Final[Mapping[tuple[str, str], Promise]] = {
    ("route", "articles"): gettext_lazy("a question: look in the articles"),
    ("route", "small talk"): gettext_lazy("a greeting or thanks: no search"),
    ("route", "silence"): gettext_lazy("nothing to answer"),
    ("redact", "nothing leaves this machine"): gettext_lazy("nothing leaves this machine"),
    ("redact", "placeholders"): gettext_lazy("replaced before anything leaves"),
    ("redact", "nothing to take out"): gettext_lazy("none found"),
    ("feel", "neutral"): gettext_lazy("calm"),
    ("feel", "anger"): gettext_lazy("anger"),
    ("feel", "fear"): gettext_lazy("fear"),
    ("feel", "sadness"): gettext_lazy("sadness"),
    ("feel", "joy"): gettext_lazy("joy"),
    ("feel", "confusion"): gettext_lazy("confusion"),
    ("approved", "word for word"): gettext_lazy("your fixed wording, word for word"),
    ("kindness", "said"): gettext_lazy("said: this conversation is in the half with kindness"),
    ("kindness", "held"): gettext_lazy("left out: this conversation is in the half without"),
    ("intent", "none"): gettext_lazy("none found"),
    ("answerable", "yes"): gettext_lazy("yes"),
    ("answerable", "no"): gettext_lazy("no: it says that it does not know"),
    ("tools", "none"): gettext_lazy("none fits"),
    ("tier", "light"): gettext_lazy("light"),
    ("tier", "strong"): gettext_lazy("strong"),
    ("tier", "none"): gettext_lazy("the built-in one"),
    ("write", "answered"): gettext_lazy("written and checked"),
    ("write", "abstained"): gettext_lazy("it found no answer in the sections"),
    ("write", "ungrounded"): gettext_lazy("refused: the sections do not say so"),
    ("write", "empty"): gettext_lazy("it wrote nothing"),
    ("write", "stopped"): gettext_lazy("stopped"),
    ("write", "resting"): gettext_lazy("left out: it failed too often just now"),
    ("write", "over_budget"): gettext_lazy("left out: the day's budget is spent"),
    ("write", "too_long"): gettext_lazy("left out: too long for it to read"),
    ("write", "timeout"): gettext_lazy("too slow"),
    ("cost", "no price is set"): gettext_lazy("no price is set"),
}
# The pieces of evidence that a person can use, in the order in which they are read.
_EVIDENCE: Final[Mapping[str, Promise]] = {
    "probability": gettext_lazy("likely to answer"),
    "threshold": gettext_lazy("needed"),
    "sections": gettext_lazy("sections"),
    "phrasing": gettext_lazy("for"),
    "counts": gettext_lazy("taken out"),
    "strategy": gettext_lazy("strategy"),
    "rule": gettext_lazy("rule"),
    "words": gettext_lazy("words"),
    "likely": gettext_lazy("likely"),
    "outside": gettext_lazy("out of scope"),
    "sure": gettext_lazy("sure"),
    "chain": gettext_lazy("what is done"),
    "negative": gettext_lazy("negative"),
    "dissatisfied": gettext_lazy("dissatisfied"),
    "wants_person": gettext_lazy("wants a person"),
    "attack": gettext_lazy("looks like an attack"),
    "unsure": gettext_lazy("a person is offered, perhaps"),
    "why": gettext_lazy("why"),
    "budget": gettext_lazy("budget"),
    "provider": gettext_lazy("provider"),
    "model": gettext_lazy("model"),
    "tokens": gettext_lazy("tokens"),
    "cost": gettext_lazy("cost"),
    "the_other_tier": gettext_lazy("with the other model"),
    "estimated": gettext_lazy("estimated"),
    "sentences": gettext_lazy("sentences"),
    "procedure": gettext_lazy("procedure"),
    "action": gettext_lazy("action"),
    "slot": gettext_lazy("asks for"),
    "condition": gettext_lazy("condition"),
    "holds": gettext_lazy("holds"),
    "host": gettext_lazy("server"),
    "fault": gettext_lazy("fault"),
}
_SHARES: Final = {"probability", "threshold", "outside", "negative", "dissatisfied", "wants_person", "attack"}
_FELT: Final = {"negative", "dissatisfied", "wants_person", "attack"}


@dataclass(frozen=True)
class Evidence:
    """One thing that a step went by: a few lines under its name."""

    name: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Step:
    """One step of a turn: what was decided, on what, how long it took, and what it cost where that is known."""

    name: str
    decision: str
    evidence: tuple[Evidence, ...]
    ms: float | None


def step(told: Mapping[str, Any]) -> Step:
    """A step of a trace."""
    name, evidence = str(told.get("step", "")), told.get("evidence", {})
    known = [key for key in _EVIDENCE if key in evidence]
    read = ((key, _lines(key, evidence[key])) for key in known)
    shown = tuple(Evidence(str(_EVIDENCE[key]), lines) for key, lines in read if lines)
    return Step(str(STEPS.get(name, name)), _decision(name, str(told.get("decision", ""))), shown, told.get("ms"))


def language_name(code: str) -> str:
    """A language's name in the reader's language, the code itself where Django knows none."""
    try:
        return str(translation.get_language_info(code.lower())["name_translated"])
    except KeyError:
        return code


def _decision(step: str, decision: str) -> str:
    if known := _DECISIONS.get((step, decision)):
        return str(known)
    made = _MADE.get(step)
    return made(decision) if made else decision.replace("_", " ")


def _shelf(decision: str) -> str:
    """In which languages it looked: the shelf's name is `de, en/model`."""
    languages = decision.partition("/")[0].split(", ")
    return _("articles in %(languages)s") % {"languages": ", ".join(map(language_name, filter(None, languages)))}


def _called(decision: str) -> str:
    return " ".join(reasons.explain(code, "")[0] for code in decision.split(", "))


_MADE: Final[Mapping[str, Callable[[str], str]]] = {"language": language_name, "retrieve": _shelf, "feel": _called}


def _lines(key: str, value: object) -> tuple[str, ...]:
    """A piece of evidence as a person reads it: a line, or one for each item of a list; none of what says nothing."""
    if isinstance(value, bool):
        return (_("yes") if value else _("no"),)
    if key in _SHARES and isinstance(value, int | float):
        return (_percent(value),) if key not in _FELT or value >= _LEAST_FELT else ()
    if key == "sure" and isinstance(value, int | float):
        return (_percent(value),) if value else ()
    if key == "tokens" and isinstance(value, list | tuple) and len(value) == 2:
        return (_("%(into)s in, %(out)s out") % {"into": value[0], "out": value[1]},) if any(value) else ()
    if key == "sentences" and isinstance(value, list | tuple):
        return tuple(_sentence(item) for item in value[:ITEMS] if isinstance(item, dict))
    if key in ("likely", "counts") and isinstance(value, dict):
        return (_short(", ".join(f"{name} {_percent(n) if key == 'likely' else n}" for name, n in value.items())),)
    if key == "unsure" and isinstance(value, list | tuple):
        value = [reasons.word(str(code)) for code in value]
    if key == "sections":  # addresses alone are those of the sources, which stand above the steps
        value = [item for item in value if isinstance(item, dict)] if isinstance(value, list | tuple) else []
    if isinstance(value, list | tuple) and any(isinstance(item, dict) for item in value):
        return tuple(_section(item) for item in value[:ITEMS] if isinstance(item, dict))
    line = ", ".join(map(str, value)) if isinstance(value, list | tuple) else _named(key, value)
    return (_short(line),) if line else ()


def _named(key: str, value: object) -> str:
    """A strategy or a chain by the name that its page has for it; any other value as it is."""
    if key == "strategy":
        return next((name for one, name in strategies.names().items() if one.value == value), str(value))
    if key == "chain":
        return next((str(words) for one, words in strategies.CHAINS.items() if one.value == value), str(value))
    return str(value if value is not None else "")


def _sentence(told: Mapping[str, Any]) -> str:
    text = f"“{_short(str(told.get('text', '')))}”"
    if told.get("passed"):
        n = told.get("section")
        ended = _("section %(n)s") % {"n": n} if n else ""
    else:
        ended = _("cut: %(why)s") % {"why": str(told.get("why", "")).replace("_", " ")}
    return f"{text} · {ended}" if ended else text


def _section(told: Mapping[str, Any]) -> str:
    parts = dict.fromkeys(str(told[key]) for key in ("title", "section") if told.get(key))
    return _short(" › ".join(parts))


def _percent(share: float) -> str:
    return _("%(n)s %%") % {"n": number_format(round(100 * share, 1), decimal_pos=1)}


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"

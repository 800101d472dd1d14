"""The reasons of an escalation in the reader's words: one for a row, a sentence for an alert."""

import re
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from chat.sensitive import words_of
from chat.signals.feeling import SUBJECTS
from supportsite.sites.models import Sensitive

_NUMBER: Final = re.compile(r"[+-]?\d*\.?\d+\Z")
# What the second beat writes: its label, how sure it is, then the words. Readers get the words.
_SURE: Final = re.compile(rf"(?:(anger|upset|{'|'.join(SUBJECTS)}) )?\d\.\d\d: (?=\S)")

WORDS: dict[str, Promise] = {
    "asked": _("asked"),
    "angry": _("angry"),
    "shouting": _("shouting"),
    "stuck": _("stuck"),
    "unknown": _("no answer"),
    "sensitive": _("sensitive"),
    "value": _("important"),
    "failed": _("failed"),
    "paused": _("paused"),
    "procedure": _("procedure"),
    "away": _("for people"),
}

SENTENCES: dict[str, Promise] = {
    "asked": _("The customer asked for a person."),
    "angry": _("The customer is angry."),
    "shouting": _("The customer writes in capitals."),
    "stuck": _("The answers did not help."),
    "unknown": _("The assistant found no answer twice."),
    "sensitive": _("The subject needs a person."),
    "value": _("Your rules call a person for this customer."),
    "failed": _("The assistant failed."),
    "paused": _("The assistant is paused."),
    "procedure": _("A procedure handed over."),
    "away": _("The assistant does not speak to this customer now."),
    "released": _("Whoever had this conversation is gone; the customer waits."),
    "transferred": _("A colleague passed this on."),
    "given": _("This was given to you."),
    "woken": _("You put this aside until now."),
    "reminded": _("Nobody has taken this yet."),
    "unanswered": _("The customer waits for your answer."),
}


def word(code: str) -> str:
    """Why in one word; a code that is new here stands for itself."""
    return str(WORDS.get(code, code))


def explain(code: str, evidence: str) -> tuple[str, str]:
    """Why in one sentence, in the active language, and what showed it, where that is anything to read."""
    if code == "asked" and evidence == "button":
        return str(_("The customer asked for a person, with the button.")), ""
    if code == "angry" and _NUMBER.match(evidence):
        return str(_("The mood of the last messages is low.")), evidence
    if code == "unknown":
        return str(_("The assistant found no answer.") if evidence == "1" else SENTENCES[code]), ""
    sure = _SURE.match(evidence)
    shown = evidence[sure.end() :] if sure else evidence
    if code == "sensitive" and (subject := _subject(sure.group(1) if sure else None, evidence)):
        return str(_("The subject needs a person (%(subject)s).")) % {"subject": subject.label}, shown
    return str(SENTENCES.get(code, code)), shown


def _subject(label: str | None, evidence: str) -> Sensitive | None:
    """The one that the second beat names, or that the words of the first are of; none of a site's own words."""
    if label in Sensitive.values:
        return Sensitive(label)
    return next((subject for subject in Sensitive if words_of(evidence, (subject.value,), ())), None)

"""The words that the console's scripts show, in the reader's language. The log's own words are in static/shared/."""

from typing import Any

from django.utils.translation import gettext as _

from agents import moods, reasons, side


def words() -> dict[str, Any]:
    """By the name that the scripts use; `{name}` stands for what they fill in."""
    return {
        "lists": {
            "queue": _("Waiting"),
            "mine": _("Mine"),
            "snoozed": _("Put aside"),
            "others": _("With colleagues"),
            "assistant": _("With the assistant"),
            "closed": _("Closed"),
        },
        "empty": {
            "queue": _("Nobody waits. When a customer asks for a person, they appear here, with a sound."),
            "mine": _("What you claim appears here, the longest unanswered first."),
            "snoozed": _("What you put aside comes back at its time, or when the customer writes."),
            "others": _("What your colleagues have claimed."),
            "assistant": _("What the assistant is answering. Open one to read along, or write to take it."),
            "closed": _("What was resolved in the last seven days."),
        },
        "moods": [[upto, tint, str(word)] for upto, tint, word in moods.WORDS],
        "reasons": {code: str(word) for code, word in reasons.WORDS.items()},
        "verdicts": {value: str(word) for value, word in side.VERDICTS},
        "states": {"online": _("online"), "away": _("away"), "offline": _("offline")},
        "leaving": {
            "keep": _("Keep them. While your console is open they stay yours."),
            "queue": _("Give them to the queue. Your colleagues are alerted."),
            "assistant": _("Hand them back to the assistant."),
        },
        **_page(),
        **_dialogs(),
        **_thread(),
        **_composer(),
        **_questions(),
        **_translation(),
        "warnings": {
            "numbers": _("The numbers are not the same: compare them with the original."),
            "names": _("A name or an address is not the same: compare it with the original."),
            "links": _("A link or a code is not the same: compare it with the original."),
        },
    }


def _page() -> dict[str, str]:
    return {
        "title": _("Console"),
        "now": _("now"),
        "left": _("left"),
        "here": _("here"),
        "hidden": _("in another tab"),
        "mood": _("Mood: {word}"),
        "unread": _("{n} unread"),
        "you": _("You"),
        "noSubject": _("Asked for a person without writing"),
        "waits": _("{customer} needs a person"),
        "more": _("{n} more wait"),
        "open": _("Open"),
        "hide": _("Hide"),
        "wrote": _("{customer} wrote"),
        "soundOn": _("Sound on"),
        "soundOff": _("Sound off"),
        "soundWaits": _("Sound on (click once)"),
        "offline": _("Connection lost. What you wrote is kept, and sent when it is back."),
        "ended": _("Your session has ended. What you wrote is kept."),
        "logIn": _("Log in again"),
        "refused": _("This page may not connect. Open the console at its own address."),
        "colleaguesOnline": _("Online: {names}"),
    }


def _thread() -> dict[str, str]:
    return {
        "pickTitle": _("Choose a conversation"),
        "pick": _(
            "Open a row with Enter or a click. To see how an escalation arrives, "
            "write “I want a person” in the shop’s chat."
        ),
        "back": _("Back"),
        "about": _("Details"),
        "helped": _("The customer says that this helped."),
        "didNotHelp": _("The customer says that this did not help."),
        "judged": _("{name} on calling a person: {verdict}"),
        "disputed": _("The customer says that source {n} does not say that."),
        "rated": _("The customer’s rating: {stars} ({score} of 5)"),
        "claim": _("Claim"),
        "handBack": _("Hand back"),
        "resolve": _("Resolve"),
        "reopen": _("Reopen"),
        "withAssistant": _("The assistant answers"),
        "inQueue": _("Waits for a person"),
        "withMe": _("You have it"),
        "withOther": _("{name} has it"),
        "closed": _("Closed"),
        "sideFailed": _("The details did not load. The conversation is not affected."),
        "retry": _("Try again"),
        "logLabel": _("Messages"),
        "older": _("Show earlier messages"),
        "customer": _("The customer"),
    }


def _dialogs() -> dict[str, str]:
    return {
        "loading": _("Loading…"),
        "transfer": _("Pass on"),
        "transferTitle": _("Pass on to"),
        "transferNote": _("What should they know? (optional, the customer does not see it)"),
        "widened": _("Every team sees this now."),
        "ofTeam": _("This is about a topic of the team {name}: it sees this first."),
        "snooze": _("Snooze"),
        "snoozeTitle": _("Snooze"),
        "snoozeUntil": _("Until"),
        "snoozeReply": _("the customer writes"),
        "snoozeHour": _("in one hour"),
        "snoozeTomorrow": _("tomorrow morning"),
        "snoozeMonday": _("Monday morning"),
        "snoozeOwn": _("another time"),
        "snoozedUntil": _("{name} put this aside until {time}."),
        "snoozedReply": _("{name} put this aside until the customer writes."),
        "erased": _("What was said up to here was erased. Only what is counted of it stays."),
        "leavingTitle": _("Go offline"),
        "leavingOne": _("You have one open conversation."),
        "leavingMany": _("You have {n} open conversations."),
        "leavingAsideOne": _("You have put one conversation aside: what you choose is done with it too."),
        "leavingAsideMany": _("You have put {n} conversations aside: what you choose is done with them too."),
        "goOffline": _("Go offline"),
        "close": _("Close"),
    }


def _translation() -> dict[str, str]:
    return {
        "translated": _("Translated · original"),
        "translateIt": _("Translate"),
        "translateInto": _("Translate into {language}"),
        "translateTitle": _("Your reply in {language}"),
        "translateNote": _("The customer reads this, marked as a translation, with what you wrote one click away."),
        "translateSend": _("Send translation"),
        "translating": _("Translating…"),
    }


def _questions() -> dict[str, str]:
    return {
        "asks": _("The assistant asks"),
        "asksMinutes": _("{n} min left"),
        "asksSoon": _("less than a minute left"),
        "asksReply": _("Your reply, as the customer is to read it"),
        "asksHint": _("The assistant sends it in its own name. Your name is left out."),
        "asksSend": _("Send reply"),
        "asksUnknown": _("I don’t know"),
        "asksNotMe": _("Not me"),
        "asksOpen": _("Read the conversation"),
        "asksAnswered": _("{name} has replied."),
        "asksNobody": _("{name} does not know either. The customer is offered a person."),
        "asksOver": _("This question is over: the customer went on, or its time ran out."),
        "replied": _("{name} told the assistant: {text}"),
        "repliedUnknown": _("{name} told the assistant that they do not know."),
    }


def _composer() -> dict[str, str]:
    return {
        "reply": _("Reply"),
        "note": _("Note"),
        "send": _("Send"),
        "addNote": _("Add note"),
        "write": _("Write to the customer"),
        "writeNote": _("Write a note; only your team sees it"),
        "hint": _("Enter sends, Shift+Enter makes a line"),
        "hintAssistant": _("Sending takes this conversation from the assistant"),
        "hintQueue": _("Sending takes this conversation"),
        "hintClosed": _("Sending reopens this conversation and takes it"),
        "hintNoEmail": _("No e-mail goes to them: they read this only when they come back"),
        "hintEmail": _("Unread for two minutes, this goes to their e-mail address too"),
        "hintOther": _("{name} has this conversation; you can leave a note"),
        "tooLong": _("{n} characters too many"),
        "handBackTitle": _("Hand back to the assistant"),
        "handBackNote": _(
            "What should the assistant know? (optional; the customer does not see it, and the built-in model, which "
            "only quotes articles, cannot heed it)"
        ),
        "cancel": _("Cancel"),
    }

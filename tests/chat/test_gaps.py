"""What chat tells knowledge of answers that failed: the question without personal data, and where it came from."""

import pytest

from chat import gaps, leases, lifecycle
from chat.models import Conversation, Event, FailedAnswer
from chat.tasks import tell_gaps
from knowledge.models import Asked
from tests.chat.test_lifecycle import VISITOR, fresh, say
from tests.conftest import NOW

pytestmark = pytest.mark.django_db
SOURCES = [
    {"n": 1, "title": "Delivery", "url": "/help/x/en/delivery/?v=2", "section": "", "quote": "Two days.",
     "language": "en", "date": "2026-11-01"},
    {"n": 2, "title": "Prices", "url": "/help/x/en/prices/?v=1", "section": "", "quote": "Five euros.",
     "language": "en", "date": "2026-11-01"},
]  # fmt: skip


def ask(site, question, *, answered="answer", sources=SOURCES, text="So.") -> Event:
    """A question and what the assistant said to it."""
    done = say(site, question)
    lease = leases.take(turn_id=done.turn_id, now=NOW)
    lifecycle.finish_turn(
        turn_id=lease.turn_id, attempt=lease.attempt, text=text, sources=sources, answered=answered, trace={}, now=NOW
    )
    return Event.objects.filter(conversation=done.conversation_id, kind="message").last()


def recorded() -> list[Asked]:
    """What knowledge has, once the task has told it."""
    assert not gaps.tell()
    return list(Asked.objects.all())


def feedback(site, answer, *, helpful):
    return lifecycle.give_feedback(
        site=site, visitor_id=VISITOR, client_id=fresh(), seq=answer.seq, helpful=helpful, now=NOW
    )


def dispute(site, answer, n, comment=""):
    return lifecycle.dispute(
        site=site, visitor_id=VISITOR, client_id=fresh(), seq=answer.seq, n=n, comment=comment, now=NOW
    )


def test_an_answer_that_it_does_not_know_is_recorded_and_a_good_one_is_not(site):
    ask(site, "Do you deliver to the moon?", answered="unknown", sources=[])
    ask(site, "How long does delivery take?")
    [asked] = recorded()
    assert (asked.kind, asked.question, asked.language, asked.at) == (
        "unanswered",
        "Do you deliver to the moon?",
        "en",
        NOW,
    )


def test_a_follow_up_is_recorded_with_the_question_that_it_leans_on(site):
    ask(site, "What does delivery to the moon cost?", answered="unknown", sources=[])
    ask(site, "And for a tent?", answered="unknown", sources=[])
    assert recorded()[0].question == "What does delivery to the moon cost?\nAnd for a tent?"


def test_personal_data_never_reaches_the_list(site):
    answer = ask(site, "My mail is jo@example.org, my phone +49 30 901820. Is parcel insurance there?")
    dispute(site, answer, 1, "Write to jo@example.org")
    [asked] = recorded()
    assert asked.question == "My mail is [EMAIL_1], my phone [PHONE_1]. Is parcel insurance there?"
    assert asked.cited[0]["comment"] == "Write to [EMAIL_1]"


def test_a_value_has_the_placeholder_that_it_has_in_the_conversation(site):
    ask(site, "Write to ann@example.org, please.")
    answer = ask(site, "Does jo@example.org get a copy of the invoice?", answered="unknown", sources=[])
    assert recorded()[0].question == "Does [EMAIL_2] get a copy of the invoice?"
    assert gaps.lines_until(answer)[0] == "Write to ann@example.org, please."


def test_a_name_that_was_said_long_ago_is_known(site):
    ask(site, "My name is bob and my mail is ann@example.org.")
    first = Event.objects.order_by("seq")[0]
    said = {"kind": "message", "role": "visitor", "at": first.at, "floor": first.floor, "case": first.case}
    many = (
        Event(conversation=first.conversation, seq=seq, prev=0, body={"text": "ok"}, **said) for seq in range(100, 145)
    )
    Event.objects.bulk_create(many)
    Conversation.objects.update(last_seq=144)
    ask(site, "Does bob get a copy of the invoice at jo@example.org?", answered="unknown", sources=[])
    assert recorded()[0].question == "Does [NAME_1] get a copy of the invoice at [EMAIL_2]?"


def test_a_number_without_a_prefix_is_known_by_the_customers_country(site):
    ask(site, "My number is 0664 1234567. When is parcel delivery?", answered="unknown", sources=[])
    Conversation.objects.update(locale="en-AT")
    [asked] = recorded()
    assert (asked.region, asked.question) == ("AT", "My number is [PHONE_1]. When is parcel delivery?")


def test_the_verb_reads_no_words_and_keeps_none(site, monkeypatch):
    monkeypatch.setattr(gaps, "Redactor", None)
    answer = ask(site, "4 " * 1000, answered="unknown", sources=[])
    assert [(one.seq, one.kind) for one in FailedAnswer.objects.all()] == [(answer.seq, "unanswered")]
    assert not Asked.objects.exists()


def test_what_a_kill_left_untold_is_told_by_the_sweep_once(site):
    ask(site, "Do you deliver to the moon?", answered="unknown", sources=[])
    tell_gaps()
    tell_gaps()
    assert Asked.objects.count() == 1
    assert not FailedAnswer.objects.exists()


def test_a_question_whose_words_are_erased_is_not_told(site):
    ask(site, "Do you deliver to the moon?", answered="unknown", sources=[])
    Event.objects.filter(seq=1).update(body={})
    assert recorded() == []
    assert not FailedAnswer.objects.exists()


def test_a_blank_comment_is_none(site):
    answer = ask(site, "How long does delivery take?")
    dispute(site, answer, 1, " \n ")
    assert "comment" not in recorded()[0].cited[0]
    assert dispute(site, answer, 1, "\t").seq is None, "nothing new was said"


def test_a_dispute_carries_the_quoted_words_and_the_version_and_several_are_one(site):
    answer = ask(site, "How long does delivery take?")
    dispute(site, answer, 2)
    dispute(site, answer, 1, "It is about returns.")
    dispute(site, answer, 2, "No price there.")
    [asked] = recorded()
    assert [(one["quote"], one["url"], one.get("comment")) for one in asked.cited] == [
        ("Two days.", "/help/x/en/delivery/?v=2", "It is about returns."),
        ("Five euros.", "/help/x/en/prices/?v=1", "No price there."),
    ]


def test_who_says_yes_after_all_takes_the_no_back(site):
    answer = ask(site, "How long does delivery take?")
    feedback(site, answer, helpful=False)
    assert [asked.kind for asked in recorded()] == ["unhelpful"]
    feedback(site, answer, helpful=True)
    assert recorded() == []


def test_who_says_yes_before_it_is_told_is_not_told(site):
    answer = ask(site, "How long does delivery take?")
    feedback(site, answer, helpful=False)
    feedback(site, answer, helpful=True)
    assert recorded() == []


def test_who_says_yes_while_it_is_told_is_not_told(site, monkeypatch):
    answer = ask(site, "How long does delivery take?")
    feedback(site, answer, helpful=False)
    read = gaps._words_of

    def slowly(failed):
        words = read(failed)
        feedback(site, answer, helpful=True)
        return words

    monkeypatch.setattr(gaps, "_words_of", slowly)
    assert recorded() == []


def test_what_is_unknown_counts_once_even_if_it_is_called_unhelpful(site):
    answer = ask(site, "Do you deliver to the moon?", answered="unknown", sources=[])
    feedback(site, answer, helpful=False)
    assert [asked.kind for asked in recorded()] == ["unanswered"]


def test_an_opinion_changes_nothing_that_the_conversation_is(site):
    answer = ask(site, "How long does delivery take?")
    before = Conversation.objects.values(
        "handler", "floor", "case", "last_visible_seq", "waiting_since", "offered"
    ).get()
    dispute(site, answer, 1)
    after = Conversation.objects.values(
        "handler", "floor", "case", "last_visible_seq", "waiting_since", "offered"
    ).get()
    assert before == after
    assert Event.objects.last().visible == "team"


def test_a_ref_names_the_messages_that_it_came_from(site):
    ask(site, "Do you deliver to the moon?", answered="unknown", sources=[])
    conversation, seqs = gaps.place_of(recorded()[0].ref)
    assert conversation == Conversation.objects.get().public_id
    assert list(seqs) == [1]

"""A customer rates a case: which one, whom they met in it, and what of it stays when they are forgotten."""

from datetime import timedelta

import pytest

from chat import customer_file, lifecycle, log_check
from chat.identity import Claims
from chat.lifecycle import Refused
from chat.models import Conversation, Event
from chat.rating_rows import Rating
from tests.chat.test_lifecycle import VISITOR, answer, fresh, kinds, row, say
from tests.conftest import NOW, make_member

pytestmark = pytest.mark.django_db
CLAIMS = Claims("ada-1", "Ada Lovelace", "ada@example.com")
PHONE, STRANGER, NOBODY = "b" * 32, "c" * 32, "d" * 32


def rate(site, score, comment="", *, id=None, visitor=VISITOR, now=NOW, **more):
    more |= {"visitor_id": visitor, "client_id": id or fresh(), "comment": comment}
    return lifecycle.rate(site=site, score=score, now=now, **more)


def asked(site, text="How long does delivery take?"):
    """A question that the assistant has answered."""
    done = say(site, text)
    answer(done)
    return row(done)


def by(verb, member, conversation, **more):
    return verb(member=member, conversation=conversation.public_id, client_id=fresh(), now=NOW, **more)


def met(case=1) -> tuple[bool, str | None]:
    """Whether the customer met somebody in a case, and whom."""
    found = Rating.objects.get(case=case)
    return found.by_person, found.member and found.member.name


def test_it_is_refused_before_the_end_and_where_nothing_was_said(site):
    with pytest.raises(Refused) as nothing:
        rate(site, 5)
    assert nothing.value.code == "not_found"
    conversation = asked(site)
    with pytest.raises(Refused) as early:
        rate(site, 5)
    assert (early.value.code, early.value.message) == ("not_allowed", "You can rate this once it is resolved.")
    assert not Rating.objects.exists()
    assert not Event.objects.filter(conversation=conversation, kind="rated").exists()


def test_who_was_answered_by_the_assistant_alone_rates_it_whoever_ends_the_case(site, agent):
    by(lifecycle.resolve, agent, asked(site))
    rate(site, 5)
    assert met() == (False, None)


def test_a_case_that_ended_by_itself_is_rated_too(site):
    conversation = asked(site)
    later = NOW + timedelta(hours=25)
    assert lifecycle.end_silent_case(conversation_id=conversation.pk, now=later)
    rate(site, 2, now=later)
    assert (Rating.objects.get().score, met()) == (2, (False, None))


def test_the_person_is_who_wrote_last_and_else_who_was_there_last(site, agent):
    mia = make_member(site, "Mia")
    conversation = asked(site)
    by(lifecycle.claim, agent, conversation)
    by(lifecycle.resolve, agent, conversation)
    rate(site, 3)
    assert met() == (True, agent.name)
    by(lifecycle.agent_message, mia, conversation, text="I have looked again.")
    by(lifecycle.hand_back, mia, conversation)
    by(lifecycle.claim, agent, conversation)
    by(lifecycle.resolve, agent, conversation)
    rate(site, 4)
    assert met(case=2) == (True, "Mia")
    assert met(case=1) == (True, agent.name), "each case has its own"


def test_the_latest_word_on_a_case_counts_and_the_log_keeps_all(site, agent):
    conversation = asked(site)
    by(lifecycle.resolve, agent, conversation)
    first = rate(site, 1, id="one")
    assert rate(site, 1, id="one").seq == first.seq
    with pytest.raises(Refused, match="id"):
        rate(site, 2, id="one")
    assert rate(site, 1).seq is None, "nothing new was said"
    last = rate(site, 5, " Sorry, it was right. ")
    found = Rating.objects.get()
    assert (found.score, found.seq) == (5, last.seq)
    said = Event.objects.filter(kind="rated").order_by("seq").values_list("body", flat=True)
    end = Event.objects.get(kind="resolved").seq
    assert list(said) == [
        {"score": 1, "comment": "", "resolved": end},
        {"score": 5, "comment": "Sorry, it was right.", "resolved": end},
    ]
    assert row(last).handler == "closed", "a rating reopens nothing"


def test_after_a_reopening_the_next_end_is_rated_apart(site, agent):
    conversation = asked(site)
    by(lifecycle.resolve, agent, conversation)
    rate(site, 2)
    again = say(site, "One more thing")
    with pytest.raises(Refused):
        rate(site, 5)
    answer(again)
    by(lifecycle.resolve, agent, conversation)
    rate(site, 5)
    assert list(Rating.objects.order_by("case").values_list("case", "score")) == [(1, 2), (2, 5)]


def test_nobody_rates_somebody_elses_case(site, agent):
    by(lifecycle.resolve, agent, asked(site))
    with pytest.raises(Refused) as other:
        rate(site, 1, visitor="b" * 32)
    assert other.value.code == "not_found"


def ends(conversation) -> list[int]:
    """Where the cases of a conversation ended."""
    return list(Event.objects.filter(conversation=conversation, kind="resolved").values_list("seq", flat=True))


def test_stars_that_come_late_count_for_the_case_they_were_given_for(site, agent):
    mia = make_member(site, "Mia")
    conversation = asked(site)
    by(lifecycle.agent_message, mia, conversation, text="I have looked.")
    by(lifecycle.resolve, mia, conversation)
    meant = lifecycle.Rated(*ends(conversation))
    answer(say(site, "One more thing"))
    rate(site, 1, rated=meant)
    assert row(say(site, "Hello?")).handler == "assistant", "the case that goes on does go on"
    by(lifecycle.resolve, agent, conversation)
    rate(site, 2, "Slow.", rated=meant)
    assert rate(site, 2, "Slow.", rated=meant).seq is None, "nothing new was said"
    assert list(Rating.objects.values_list("case", "score")) == [(1, 2)]
    assert met() == (True, "Mia")
    rate(site, 5)
    assert dict(Rating.objects.values_list("case", "score")) == {1: 2, 2: 5}
    said = Event.objects.filter(kind="rated").order_by("seq").values_list("body__resolved", flat=True)
    assert list(said) == [meant.seq, meant.seq, ends(conversation)[1]]
    assert not list(log_check.differences())


def two_logs(site, agent):
    """A customer's home, rated with five stars, and the log of their new phone, whose case ended just now."""
    by(lifecycle.resolve, agent, at_home := asked(site))
    rate(site, 5)
    lifecycle.identify(site=site, claims=CLAIMS, visitor_id=VISITOR, now=NOW)
    on_phone = row(done := say(site, "And where is my parcel?", visitor=PHONE))
    answer(done)
    lifecycle.identify(site=site, claims=CLAIMS, visitor_id=PHONE, now=NOW)
    by(lifecycle.resolve, agent, on_phone)
    return at_home, on_phone


def scores() -> dict[str, int]:
    """What counts, by conversation."""
    return dict(Rating.objects.values_list("conversation__public_id", "score"))


def test_stars_for_a_customers_other_log_count_there_and_not_at_home(site, agent):
    at_home, on_phone = two_logs(site, agent)
    meant = lifecycle.Rated(*ends(on_phone), on_phone.public_id)
    first = rate(site, 1, id="one", visitor=PHONE, rated=meant, claims=CLAIMS)
    again = rate(site, 1, id="one", rated=meant, claims=CLAIMS)
    assert (again.seq, again.public_id) == (first.seq, on_phone.public_id), "the ack was lost: it is sent from home"
    rate(site, 2, rated=meant, claims=CLAIMS)
    assert scores() == {at_home.public_id: 5, on_phone.public_id: 2}
    last = Event.objects.filter(conversation=on_phone, kind="rated").latest("seq")
    assert last.author == PHONE
    rate(site, 4, visitor=PHONE, rated=lifecycle.Rated(conversation=at_home.public_id), claims=CLAIMS)
    assert scores() == {at_home.public_id: 4, on_phone.public_id: 2}


def test_nobody_rates_a_log_of_somebody_else_by_its_id(site, other_site, agent):
    at_home, on_phone = two_logs(site, agent)
    by(lifecycle.resolve, agent, row(say(site, "Hello?", visitor=STRANGER)))
    meant = lifecycle.Rated(*ends(on_phone), on_phone.public_id)
    for where, who, claims in (
        (site, STRANGER, None),
        (site, STRANGER, Claims("eve-1")),
        (site, NOBODY, None),
        (site, VISITOR, None),  # the same customer's browser, and nobody vouches for them now
        (other_site, PHONE, CLAIMS),
    ):
        with pytest.raises(Refused) as other:
            rate(where, 1, visitor=who, rated=meant, claims=claims)
        assert other.value.code == "not_allowed"
        assert other.value.message == "You can only rate what was resolved in a conversation of yours."
    assert scores() == {at_home.public_id: 5}


def test_what_ended_no_case_is_not_rated(site, agent):
    conversation = asked(site)
    by(lifecycle.resolve, agent, conversation)
    (end,) = ends(conversation)
    for seq in (0, 1, end - 1, end + 1, 2**53):
        with pytest.raises(Refused) as none:
            rate(site, 1, rated=lifecycle.Rated(seq))
        assert none.value.code == "not_allowed"
    assert not Rating.objects.exists()


def test_a_rating_leaves_no_row_of_the_inbox_unread_and_calls_nobody(site, agent):
    conversation = asked(site)
    by(lifecycle.resolve, agent, conversation)
    done = rate(site, 1, "Useless!!! I want a person NOW")
    assert kinds(done)[-1] == "rated"
    assert row(done).waiting_since is None
    assert row(done).moods == conversation.moods


def test_a_file_of_what_is_known_has_the_comment_and_forgetting_takes_it(site, agent):
    conversation = asked(site)
    by(lifecycle.resolve, agent, conversation)
    rate(site, 2, "Call me on +49 30 901820, Ada")
    lifecycle.identify(site=site, claims=CLAIMS, visitor_id=VISITOR, now=NOW)
    customer = Conversation.objects.get().visitor.customer
    assert "+49 30 901820" in "".join(customer_file.lines(customer))
    lifecycle.forget_customer(site=site, external_id="ada-1", now=NOW)
    said, end = Event.objects.get(kind="rated").body, Event.objects.get(kind="resolved").seq
    assert said == {"score": 2, "comment": "", "resolved": end, "erased": True}
    assert Rating.objects.get().score == 2, "what is counted stays"

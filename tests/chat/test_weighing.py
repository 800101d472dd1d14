"""One score, one threshold: what calls a person, what the site's weights change, what no threshold can change."""

import pytest

from chat import sensitive
from chat.assistant import feeling as judged
from chat.assistant.transcript import Line, Transcript
from chat.signals.feeling import Feeling
from chat.triggers import judge
from chat.weighing import ENOUGH, Policy, Reason, calling, scaled, score, weigh

QUESTION = "No, that is still not what I asked about the two charges"
LINES = (
    ("visitor", "charged twice"),
    ("assistant", "On shipping."),
    ("visitor", "no, why"),
    ("assistant", "On shipping."),
)
TALK = Transcript(
    "c", "en", "", (*(Line(at, *line) for at, line in enumerate(LINES, 1)), Line(5, "visitor", QUESTION)), 5, 5
)


def codes(text: str, policy: Policy, moods=(0.0,)) -> list[str]:
    return [reason.code for reason in judge(text=text, moods=moods, policy=policy)]


def test_who_asks_for_a_person_gets_one_at_any_threshold_and_any_weight():
    never = Policy(threshold=1.0, weights={"asked": 0.0, "angry": 0.0, "shouting": 0.0})
    assert codes("I want to talk to a human", never) == ["asked"]
    assert codes("this is outrageous", never) == []
    assert codes("WHERE IS MY PARCEL", never) == []


def test_a_reason_that_counts_half_needs_a_second_one():
    policy = Policy(weights={"angry": 0.6, "shouting": 0.7})
    assert codes("this is outrageous", policy) == []
    assert codes("WHERE IS MY STUPID PARCEL", policy) == []
    assert set(codes("THIS IS OUTRAGEOUS, WHERE IS MY ORDER", policy)) == {"angry", "shouting"}


def test_two_that_are_half_sure_are_sure_together_and_small_ones_add_nothing():
    together = [Reason("angry", 0.65, ""), Reason("stuck", 0.6, "")]
    assert [one.code for one in calling(together, Policy())] == ["angry", "stuck"]
    assert calling(together[:1], Policy()) == ()
    assert score(weigh([Reason("angry", 0.8, ""), Reason("stuck", 0.3, "")], Policy())) == pytest.approx(0.8)


def test_the_second_beat_weighs_what_words_and_moods_said_too_little_of():
    felt = Feeling(dissatisfied=0.7)
    assert judged.judge(felt, TALK, Policy()) == ()
    low = Transcript(**{**TALK.__dict__, "moods": (-0.4, -0.5)})
    assert {one.code for one in judged.judge(felt, low, Policy())} == {"stuck", "angry"}


def test_a_subject_for_a_person_calls_by_what_is_meant_unless_the_site_leaves_it_out():
    talk = Transcript("c", "en", "", (Line(1, "visitor", "two orders on my account are not mine"),), 1, 1, (0.0,))
    felt = Feeling(grave=0.9, subject="payment", upset=0.05)
    assert [one.code for one in judged.judge(felt, talk, Policy(threshold=1.0))] == ["sensitive"]
    assert judged.judge(felt, talk, Policy(topics=["legal", "safety"])) == ()


def test_spaces_are_nobody_elses_words():
    talk = Transcript("c", "en", "", (Line(1, "visitor", "let somebody call me" + "\n" * 40),), 1, 1, (0.0,))
    assert [one.code for one in judged.judge(Feeling(wants_person=0.5), talk, Policy())] == ["asked"]


@pytest.mark.parametrize("text", ["menneske", 'Your bot says "check your spam folder first", so let somebody call'])
def test_one_word_or_a_wish_beside_a_quote_has_to_be_surer(text):
    talk = Transcript("c", "en", "", (Line(1, "visitor", text),), 1, 1, (0.0,))
    assert judged.judge(Feeling(wants_person=0.5), talk, Policy()) == ()
    assert [one.code for one in judged.judge(Feeling(wants_person=0.7), talk, Policy())] == ["asked"]


def test_a_subject_that_is_hardly_sure_makes_nobody_upset():
    talk = Transcript("c", "en", "", (Line(1, "visitor", "three weeks and still no parcel here"),), 1, 1, (0.0,))
    assert judged.judge(Feeling(grave=0.5, subject="payment", upset=0.3), talk, Policy()) == ()
    upset = judged.judge(Feeling(grave=0.5, subject="payment", upset=0.4), talk, Policy(topics=["legal"]))
    assert [one.code for one in upset] == ["angry"]


def test_who_took_the_call_back_is_not_called_out_by_the_same_words_again():
    said = (Line(1, "visitor", "THIS IS OUTRAGEOUS, MY LAWYER WAITS"), Line(3, "visitor", "and the lawyer?"))
    held = {"moods": (0.0,), "returned_at": 2}
    before = Transcript("c", "en", "", said, 1, 1, **held)
    assert judged.judge(Feeling(wants_person=0.9), before, Policy()) == judged.named(before, Policy()) == ()
    after = Transcript("c", "en", "", said, 3, 3, **held)
    assert judged.judge(Feeling(wants_person=0.9), after, Policy()) != ()


def test_nobody_is_stuck_by_a_talk_that_a_person_ended():
    low = Transcript(**{**TALK.__dict__, "moods": (-0.4, -0.5)})
    came_back = Transcript(**{**low.__dict__, "returned_at": 2})
    assert judged.may_be_stuck(low)
    assert not judged.may_be_stuck(came_back)
    assert [line.text for line in judged.said(came_back)] == ["no, why", "On shipping.", QUESTION]


def test_a_grave_subject_calls_where_most_of_a_message_is_quoted():
    text = "See:\n> two orders on my account are not mine, and somebody has the card"
    talk = Transcript("c", "en", "", (Line(1, "visitor", text),), 1, 1, (0.0,))
    felt = Feeling(grave=0.9, subject="payment", wants_person=0.9, upset=0.9)
    assert [one.code for one in judged.judge(felt, talk, Policy())] == ["sensitive"]


def test_the_second_beat_catches_what_an_open_page_judged_by_yesterdays_threshold():
    talk = Transcript("c", "en", "", (Line(1, "visitor", "hm"),), 1, 1, (-0.4, -0.5))
    assert judged.judge(Feeling(), talk, Policy()) == ()
    assert [one.code for one in judged.judge(Feeling(), talk, Policy(threshold=0.4))] == ["angry"]


def test_the_scale_keeps_what_called_by_itself_before():
    assert scaled(0.75, 0.75) == pytest.approx(ENOUGH)
    assert scaled(0.0, 0.75) == 0.0
    assert scaled(1.0, 0.75) == pytest.approx(1.0)
    assert codes("hm", Policy(), moods=(-0.9, -0.9)) == ["angry"]
    assert codes("hm", Policy(), moods=(-0.5, -0.5)) == []
    assert codes("hm", Policy(mood=-0.3), moods=(-0.5, -0.5)) == ["angry"]


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("My lawyer will hear of this", "legal"), ("Ich schalte meinen Anwalt ein", "legal"),
        ("Voy a hablar con mi abogado", "legal"), ("je vais porter plainte", "legal"),
        ("The stove burst into flames", "safety"), ("es riecht nach Gas im Zelt", "safety"),
        ("il fornello ha preso fuoco", "safety"), ("o fogareiro pegou fogo", "safety"),
        ("I want to die", "self_harm"), ("ich will mich umbringen", "self_harm"), ("死にたい", "self_harm"),
        ("не хочу жить", "self_harm"), ("أريد أن أموت", "self_harm"),
        ("I am disputing this charge with my bank", "payment"),
        ("Das war eine nicht autorisierte Abbuchung", "payment"),
        ("my husband passed away last week", "bereavement"), ("Meine Mutter ist im März gestorben", "bereavement"),
        ("ma mère est décédée", "bereavement"), ("Annem vefat etti", "bereavement"),
    ],
)  # fmt: skip
def test_a_sensitive_subject_calls_at_any_threshold_unless_the_site_leaves_it_out(text, topic):
    assert codes(text, Policy(threshold=1.0)) == ["sensitive"]
    assert codes(text, Policy(topics=[one for one in sensitive.TOPICS if one != topic])) == []


@pytest.mark.parametrize(
    "text",
    [
        "Can I pay by bank transfer?", "Is smoking allowed near the tent?", "I could die of embarrassment",
        "Wie lade ich die Lampe?", "Do you sell fire extinguishers?", "Is the gas canister included?",
        "Where do I find the court shoes?", "Was kostet der Rechtsversand?", "I want to die of embarrassment",
    ],
)  # fmt: skip
def test_a_plain_question_is_not_sensitive(text):
    assert codes(text, Policy()) == []


def test_a_sites_own_sensitive_words_are_whole_words_with_an_ending_where_a_star_says_so():
    policy = Policy(sensitive_words=["recall*", "food poisoning"])
    assert codes("was this stove recalled?", policy) == ["sensitive"]
    assert codes("I got Food Poisoning from it", policy) == ["sensitive"]
    assert codes("I cannot recollect it", policy) == []

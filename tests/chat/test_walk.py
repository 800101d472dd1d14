"""Past conversations are judged by what live turns use, and no further than a live turn would have gone."""

import pytest

from chat import lifecycle, mood, walk
from chat.assistant import feeling as judged
from chat.assistant.transcript import Line, Transcript
from chat.band import Standing, standing
from chat.identity import Claims
from chat.models import Escalation
from chat.signals import feeling
from chat.signals.dialogue import Said
from chat.walk import Spoken, Vectors
from chat.weighing import Policy

STUCK = (
    ("visitor", "Why was I charged twice?"), ("assistant", "Payments are collected when the order ships."),
    ("visitor", "That's not what I asked. I see two charges."),
    ("assistant", "Payments are collected when the order ships."),
    ("visitor", "No, you did not answer my question about the two charges."),
)  # fmt: skip
FINE = (
    ("visitor", "Is there a discount?"), ("assistant", "Yes, ten percent."),
    ("visitor", "Great. Do you ship to Norway?"),
    ("assistant", "Yes, for nine euros."), ("visitor", "Perfect, thank you!"),
)  # fmt: skip


def spoken(*lines: tuple[str, str], unknown: tuple[int, ...] = ()) -> list[Spoken]:
    return [Spoken(at, role, text, at in unknown) for at, (role, text) in enumerate(lines, start=1)]


def walked(*cases, policy: Policy | None = None) -> list[Standing]:
    return [standing(one, policy or Policy()) for one in walk.walk(cases, policy or Policy(), Vectors())]


def test_it_says_of_each_turn_what_a_live_turn_says():
    beats = walk.walk([spoken(*STUCK)], Policy(), Vectors())[0]
    lines = [Said(role == "visitor", text) for role, text in STUCK]
    question = STUCK[-1][1]
    live = feeling.feel(question, lines, "en")
    moods = tuple(mood.score(text) for role, text in STUCK if role == "visitor")
    transcript = Transcript("", "en", "", tuple(Line(at, *one) for at, one in enumerate(STUCK, 1)), 5, 5, moods)
    called = judged.judge(live, transcript, Policy())
    assert "stuck" in [one.code for one in called]
    weight = {one.code: one.weight for one in beats[-1].reasons}["stuck"]
    assert weight == pytest.approx({one.code: one.weight for one in called}["stuck"], abs=0.02)
    assert [beat.seq for beat in beats] == [1, 3, 5]


def test_who_is_stuck_stands_high_and_a_talk_that_goes_well_low():
    stuck, fine = walked(spoken(*STUCK), spoken(*FINE))
    assert stuck.called(0.85)
    assert not fine.called(0.5)


def test_what_a_customer_is_worth_counts_as_it_does_live():
    asked = spoken(("visitor", "Do you sell pianos?"), ("assistant", "I don't know."), unknown=(2,))
    policy = Policy(value_from=10_000)
    who = [None, Claims("x", value=9_999), Claims("x", value=10_000)]
    beats = walk.walk([asked] * 3, policy, Vectors(), customers=who)
    assert [standing(one, policy).called(0.85) for one in beats] == [False, False, True]


def test_nothing_is_read_after_a_person_spoke_or_was_called_for_good():
    angry = ("visitor", "THIS IS OUTRAGEOUS, I WANT MY MONEY BACK")
    assert walked(spoken(*FINE, ("agent", "I am Maya."), angry))[0].score < 0.5
    beats = walk.walk([spoken(("visitor", "human please"), ("assistant", "…"), angry)], Policy(), Vectors())[0]
    assert [beat.seq for beat in beats] == [1]


def test_two_unknowns_in_a_row_call_as_they_do_live():
    lines = (("visitor", "Do you repair skis?"), ("assistant", "I do not know."))
    once, twice = walked(spoken(*lines, unknown=(2,)), spoken(*lines, *lines, unknown=(2, 4)))
    assert not once.called(0.85)
    assert twice.called(0.85)


def test_a_sites_words_count(site, now):
    policy = Policy(alarm_words=["yeti"])
    assert walked(spoken(("visitor", "I met a yeti")), policy=policy)[0].called(0.85)


def test_the_threshold_of_the_site_decides_live_too(site, now):
    site.alarm_words, site.reason_weights = ["yeti"], {"angry": 0.5}
    site.save()
    said = {"site": site, "text": "I met a yeti", "now": now}
    assert lifecycle.post_message(visitor_id="0" * 32, client_id="a", **said).turn_id
    site.escalation_threshold = 0.4
    site.save()
    lifecycle.post_message(visitor_id="1" * 32, client_id="b", **said)
    assert [row.reasons[0]["code"] for row in Escalation.objects.all()] == ["angry"]

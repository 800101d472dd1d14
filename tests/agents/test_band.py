"""The insights page "Escalation": figures of past conversations, flips, use and undo, and who may see any of it."""

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from agents import band as insights
from agents.reasons import explain
from chat import band, lifecycle, reviewing, thresholds, training
from chat.band_rows import JudgedCase, JudgedMessage, Review, ThresholdChange
from chat.intent_rows import Training, TrainingState, Trains
from chat.models import Event, Kind
from supportsite.sites.models import Site
from supportsite.sites.rights import RIGHTS, Right, Role
from tests.agents.waiting import rule
from tests.conftest import logged_in, make_member

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(site):
    return make_member(site, "Mona", Role.MANAGER)


@pytest.fixture
def browser(manager) -> Client:
    return logged_in(manager)


@pytest.fixture
def past(cast, agent):
    """Ten talks: two ask for a person, one is angry by a word of the site, seven are plain."""
    cast.site.alarm_words, cast.site.reason_weights = ["yeti"], {"angry": 0.6}
    cast.site.save()
    asked = [cast.says(f"asks {at}", "I want to talk to a human") for at in range(2)]
    yeti = cast.says("yeti", "A yeti ate my parcel")
    plain = [cast.says(f"plain {at}", "How long is the warranty?") for at in range(7)]
    cast.does(lifecycle.give_verdict, agent, asked[0], verdict="needless")
    cast.does(lifecycle.give_verdict, agent, asked[1], verdict="right")
    row = reviewing.begin(site=cast.site, by=None, now=timezone.now(), ring=False)
    reviewing.run(row.pk)
    return {"asked": asked, "yeti": yeti, "plain": plain, "review": Review.objects.get(pk=row.pk)}


def address(site, rest: str = "") -> str:
    return f"/insights/escalation/{site.key}/{rest}"


def test_a_review_judges_each_case_and_keeps_where_it_stands(cast, past):
    review = past["review"]
    assert (review.state, review.done, review.total) == (TrainingState.DONE, 10, 10)
    assert JudgedCase.objects.filter(hard=True).count() == 2
    assert sorted(JudgedCase.objects.exclude(verdict="").values_list("verdict", flat=True)) == ["needless", "right"]
    row = JudgedMessage.objects.get(conversation=past["yeti"], reasons__0__code="angry")
    assert Event.objects.get(conversation=past["yeti"], seq=row.seq).kind == Kind.MESSAGE


def judged(site):
    reviewing.run(reviewing.begin(site=site, by=None, now=timezone.now(), ring=False).pk)
    return JudgedCase.objects.filter(review__site=site)


def cancels(cast, visitor):
    key = f"cancel {visitor}"
    lifecycle.cancel_person(site=cast.site, visitor_id=cast.visitors[visitor], client_id=key, now=timezone.now())


def test_a_verdict_on_a_cases_last_call_counts(cast, site, agent):
    talk = cast.says("v", "human please")
    cast.does(lifecycle.give_verdict, agent, talk, verdict="needless")
    cancels(cast, "v")
    cast.says("v", "I want to speak to a human")
    cast.does(lifecycle.give_verdict, agent, talk, verdict="too_late")
    assert [row.verdict for row in judged(site)] == ["too_late"]


def test_a_verdict_that_comes_in_the_next_case_is_the_one_of_the_case_that_called(cast, site, agent):
    talk = cast.says("v", "human please")
    cast.does(lifecycle.resolve, agent, talk)
    cast.says("v", "How long is the warranty?")
    cast.does(lifecycle.give_verdict, agent, talk, verdict="right")
    assert {row.case: row.verdict for row in judged(site)} == {1: "right", 2: ""}


def test_an_afternoon_of_pause_and_who_is_left_to_people_are_no_part_of_the_rate(cast, site, past):
    rule(site, paused_at=timezone.now())
    paused = [cast.says(f"paused {at}", "How long is the warranty?") for at in range(4)]
    rule(site, paused_at=None, speaks_pages=["/help/*"])
    away = cast.says("away", "How long is the warranty?")
    rule(site, speaks_pages=[])
    rows = judged(site)
    assert not rows.filter(conversation__in=[*paused, away]).exists()
    assert len(rows) == 10
    assert rows.filter(hard=True).count() == 2


def test_who_asks_for_a_person_after_the_pause_is_judged_with_the_verdict_on_that_call(cast, site, agent):
    rule(site, paused_at=timezone.now())
    talk = cast.says("v", "How long is the warranty?")
    cast.does(lifecycle.give_verdict, agent, talk, verdict="needless")
    rule(site, paused_at=None)
    cancels(cast, "v")
    assert not judged(site).exists()
    cast.says("v", "I want to speak to a human")
    (row,) = judged(site)
    assert (row.called, row.hard, row.verdict) == (["asked"], True, "")
    cast.does(lifecycle.give_verdict, agent, talk, verdict="right")
    assert [row.verdict for row in judged(site)] == ["right"]


def test_the_page_shows_the_rate_and_at_another_threshold_what_flips(site, browser, past):
    page = browser.get(address(site)).content.decode()
    assert "20.0 %" in page
    assert "A yeti ate my parcel" not in page
    page = browser.get(address(site) + "?t=0.5").content.decode()
    assert "30.0 %" in page
    assert "A yeti ate my parcel" in page
    assert "The customer is angry." in page
    assert f"/console/#c/{past['yeti'].public_id}" in page
    assert "Calls that were needed" in page


def test_of_few_conversations_the_page_says_how_many_a_proposal_takes(site, browser, past):
    rule(site, escalation_threshold=0.5)
    page = browser.get(address(site)).content.decode()
    assert "At least 100 conversations are needed to propose a threshold; there are 10 so far." in page
    assert "Proposed" not in page


def test_where_the_one_in_use_is_in_the_band_nothing_is_proposed_else_the_least_change(
    site, browser, past, monkeypatch
):
    for where in (band, insights):
        monkeypatch.setattr(where, "FEWEST", 10)
    page = browser.get(address(site)).content.decode()
    assert "The one in use, 0.85, is in the band: it calls a person for 20.0 % of these conversations." in page
    assert "Proposed" not in page
    rule(site, escalation_threshold=0.5)
    page = browser.get(address(site)).content.decode()
    assert "is in the band" not in page
    assert "Proposed: 0.601" in page


def test_what_the_second_beat_found_is_told_by_its_words():
    assert explain("stuck", "0.91: not what I asked")[1] == "not what I asked"
    assert explain("angry", "anger 0.80: this is bad")[1] == "this is bad"
    assert explain("angry", "upset 0.39: You did not answer")[1] == "You did not answer"
    assert explain("shouting", "UPSET 0.39: WHY")[1] == "UPSET 0.39: WHY"
    assert explain("asked", "10:30 please call me")[1] == "10:30 please call me"


@pytest.mark.parametrize(
    ("evidence", "subject", "shown"),
    [
        ("self_harm 0.72: I can't go on", "self-harm", "I can't go on"),
        ("my lawyer", "law: lawyers, courts, authorities", "my lawyer"),
    ],
)
def test_a_sensitive_subject_is_named(evidence, subject, shown):
    assert explain("sensitive", evidence) == (f"The subject needs a person ({subject}).", shown)


def test_a_sensitive_word_of_the_sites_own_names_no_subject_of_ours():
    assert explain("sensitive", "batch 77") == ("The subject needs a person.", "batch 77")


def test_new_weights_count_without_reading_again(site, browser, past):
    site.reason_weights = {}
    site.save()
    assert "30.0 %" in browser.get(address(site)).content.decode()


def test_a_threshold_is_used_after_a_look_and_taken_back(site, browser, manager, past):
    page = browser.get(address(site, "confirm/") + "?t=0.5").content.decode()
    assert "30.0 %" in page
    assert Site.objects.get(pk=site.pk).escalation_threshold == 0.85
    page = browser.post(address(site, "use/"), {"threshold": "0.5", "seen": "0.85"}, follow=True).content.decode()
    assert Site.objects.get(pk=site.pk).escalation_threshold == 0.5
    assert "Undo: back to 0.85" in page
    assert ThresholdChange.objects.get().made_by == manager.user
    page = browser.post(address(site, "undo/"), follow=True).content.decode()
    assert Site.objects.get(pk=site.pk).escalation_threshold == 0.85
    assert "Undo" not in page


def test_what_somebody_changed_meanwhile_is_not_overwritten(site, browser, past):
    Site.objects.filter(pk=site.pk).update(escalation_threshold=0.7)
    page = browser.post(address(site, "use/"), {"threshold": "0.5", "seen": "0.85"}, follow=True).content.decode()
    assert "changed the threshold meanwhile" in page
    assert Site.objects.get(pk=site.pk).escalation_threshold == 0.7
    now = timezone.now()
    thresholds.use(site=site, threshold=0.5, seen=0.7, by=None, now=now)
    Site.objects.filter(pk=site.pk).update(escalation_threshold=0.6)
    assert thresholds.THRESHOLD.undo(site=site, now=now) is None


@pytest.mark.parametrize("threshold", ["", "x", "nan", "1.5", "-1"])
def test_a_threshold_that_is_none_is_refused(site, browser, past, threshold):
    assert browser.post(address(site, "use/"), {"threshold": threshold, "seen": "0.85"}).status_code == 404
    assert browser.get(address(site) + f"?t={threshold}").status_code == 200


def test_only_who_may_read_insights_sees_them_and_only_of_their_sites(site, other_site, past, agent, curator, stranger):
    for member in (agent, curator, stranger):
        client = logged_in(member)
        assert client.get("/insights/escalation/").status_code == 403
        for rest in ("part/", "progress/", "confirm/"):
            assert client.get(address(site, rest)).status_code == 404
        for rest in ("review/", "use/", "undo/", "train/"):
            assert client.post(address(site, rest), {"threshold": "0.5", "seen": "0.85"}).status_code == 404
    elsewhere = logged_in(make_member(other_site, "Otto", Role.OWNER))
    assert elsewhere.get(address(site)).status_code == 403
    assert elsewhere.post(address(site, "use/"), {"threshold": "0.5", "seen": "0.85"}).status_code == 404
    assert Site.objects.get(pk=site.pk).escalation_threshold == 0.85
    assert Client().get(address(site)).status_code == 302


def test_a_conversation_of_another_team_is_counted_and_not_shown(cast, site, browser, past, monkeypatch):
    for role, held in list(RIGHTS.items()):
        monkeypatch.setitem(RIGHTS, role, held - {Right.READ_EVERY_TEAM})
    past["yeti"].team = cast.team()
    past["yeti"].save()
    page = browser.get(address(site) + "?t=0.5").content.decode()
    assert "30.0 %" in page
    assert "yeti" not in page
    assert "a conversation of another team" in page


def test_a_review_that_was_killed_goes_on_where_it_stood(cast, past):
    row = past["review"]
    JudgedCase.objects.filter(conversation__in=past["plain"]).delete()
    late = timezone.now() - dt.timedelta(hours=1)
    Review.objects.filter(pk=row.pk).update(state=TrainingState.RUNNING, leased_until=late)
    kept = set(JudgedCase.objects.values_list("pk", flat=True))
    assert reviewing.due(timezone.now()) == [row.pk]
    reviewing.run(row.pk)
    assert kept < set(JudgedCase.objects.values_list("pk", flat=True))
    assert JudgedCase.objects.count() == 10
    assert Review.objects.get(pk=row.pk).state == TrainingState.DONE


def test_a_second_review_takes_the_place_of_the_first(cast, past):
    row = reviewing.begin(site=cast.site, by=None, now=timezone.now(), ring=False)
    assert reviewing.begin(site=cast.site, by=None, now=timezone.now(), ring=False).pk == row.pk
    reviewing.run(row.pk)
    assert list(Review.objects.values_list("pk", flat=True)) == [row.pk]


def test_below_the_band_it_lists_what_ended_badly_without_a_person(cast, site, browser):
    talk = cast.says("left", "Do you repair skis?")
    Event.objects.create(
        conversation=talk, seq=2, kind=Kind.MESSAGE, role="assistant", at=timezone.now() - dt.timedelta(days=2),
        prev=1, body={"text": "I do not know.", "answered": "unknown"}, floor=0, case=1,
    )  # fmt: skip
    row = reviewing.begin(site=site, by=None, now=timezone.now(), ring=False)
    reviewing.run(row.pk)
    page = browser.get(address(site)).content.decode()
    assert "ended badly without a person" in page
    assert "Do you repair skis?" in page
    assert "left after no answer" in page


def test_training_on_verdicts_keeps_no_words_and_goes_live_only_by_a_person(cast, agent, site, browser):
    for at in range(12):
        needed = at % 2 == 0
        talk = cast.says(f"v {at}", "Why was I charged twice?" if needed else "Is there a discount?")
        cast.says(f"v {at}", "That is not what I asked, human please" if needed else "Great! human please")
        cast.does(lifecycle.give_verdict, agent, talk, verdict="right" if needed else "needless")
    rows = training.verdicts(site)
    assert len(rows) == 12
    assert "charged" not in str(rows)
    row = training.begin(site=site, of=Trains.ESCALATION, rows=rows, by=None, now=timezone.now(), ring=False)
    training.run(row.pk)
    done = Training.objects.get(pk=row.pk)
    assert done.state == TrainingState.DONE, done.trouble
    assert done.figures["rows"] == 12
    assert done.figures["auroc"] > 0.8
    assert training.own(site).talks is None
    training.use(training=done, by=None, now=timezone.now())
    assert training.own(site).talks is not None
    assert training.undo(site=site, of=Trains.ESCALATION) is None
    assert training.own(site).talks is None


def test_too_few_verdicts_are_said_to_be_too_few(site, browser):
    page = browser.post(address(site, "train/"), follow=True).content.decode()
    assert "too few verdicts" in page


def test_training_reads_what_was_read_live_and_leaves_out_calls_of_a_pause(cast, agent, site):
    talk = cast.says("v", "Charge me twice? I want a human")
    cast.does(lifecycle.claim, agent, talk)
    cast.does(lifecycle.hand_back, agent, talk)
    cast.says("v", "How long is the warranty? human please")
    cast.does(lifecycle.give_verdict, agent, talk, verdict="right")
    read = training._lines(training.verdicts(site)[0])
    assert [line.text for line in read] == ["How long is the warranty? human please"]
    site.paused_at = timezone.now()
    site.save()
    silent = cast.says("w", "Is there a discount?")
    cast.does(lifecycle.give_verdict, agent, silent, verdict="needless")
    assert [row["conversation"] for row in training.verdicts(site)] == [talk.public_id]

"""Intents from the rows to a customer's answer: rules, training, using and undoing it, and what a strategy changes."""

import pytest
from asgiref.sync import async_to_sync

from chat import intents, training, trial
from chat.assistant.routing import dynamic
from chat.assistant.routing.verdict import Strategy
from chat.assistant.steps import Answer
from chat.intent_rows import Intent, KeywordRule, Training, TrainingState, Trains
from chat.sentences import Sentence, say
from chat.training import NothingToTrainOn
from supportsite.sites.models import Member
from supportsite.sites.rights import Role
from tests.conftest import logged_in, make_member

pytestmark = pytest.mark.django_db
EXAMPLES = {
    "order": (
        "account",
        ["Where is my order?", "Where is the parcel I ordered?", "Has my order been sent?", "My order is late",
         "Track my order please", "What is the status of my order?"],
    ),
    "tents": (
        "articles",
        ["How do I store a tent?", "How do I dry my tent?", "Caring for a tent", "My tent is wet, what now?",
         "How to clean the tent", "Does the tent's coating peel?"],
    ),
    "chat": ("small_talk", ["How are you?", "Are you a robot?", "What is your name?", "Tell me a joke", "So funny"]),
    "elsewhere": (
        "outside",
        ["Who won the football match?", "What is the capital of Peru?", "Write a poem", "Will it rain tomorrow?",
         "Book me a flight to Rome"],
    ),
}  # fmt: skip


@pytest.fixture
def taught(site):
    """A site with intents."""
    for name, (kind, examples) in EXAMPLES.items():
        Intent.objects.create(site=site, name=name, kind=kind, examples=examples)
    return site


@pytest.fixture
def trained(taught, now) -> Training:
    """The site, trained and not yet in use."""
    row = training.begin(site=taught, of=Trains.INTENT, rows=training.examples(taught), by=None, now=now)
    training.run(row.pk)
    row.refresh_from_db()
    return row


def asked(site, question: str) -> Answer:
    """What a customer would get."""
    site.refresh_from_db()
    last = async_to_sync(trial.steps)(trial.transcript(question, site), site)[-1]
    assert isinstance(last, Answer)
    return last


def decision(answer: Answer) -> dict:
    """The trace's word on the intent."""
    return next((step for step in answer.trace["steps"] if step["step"] == "intent"), {})


def test_without_intents_nothing_is_routed(site, tents):
    assert decision(asked(site, "How do I store a tent?")) == {}


def test_a_training_has_figures_and_changes_nothing_until_it_is_used(trained, taught, now):
    assert (trained.state, trained.percent, trained.trouble) == (TrainingState.DONE, 100, "")
    assert trained.figures["examples"] > 10
    assert intents.judged(taught, "Are you a robot, tell me?") is None
    assert training.use(training=trained, by=None, now=now)
    judged = intents.judged(taught, "Has the order that I placed been sent yet?")
    assert judged.labels[int(judged.probabilities[0].argmax())] == "order"


def test_undo_goes_back_to_the_one_before_and_then_to_none(trained, taught, now):
    training.use(training=trained, by=None, now=now)
    second = training.begin(site=taught, of=Trains.INTENT, rows=training.examples(taught), by=None, now=now)
    training.run(second.pk)
    training.use(training=second, by=None, now=now)
    assert training.live(taught, Trains.INTENT) == second.pk
    assert training.undo(site=taught, of=Trains.INTENT) == trained
    assert training.undo(site=taught, of=Trains.INTENT) is None
    assert training.live(taught, Trains.INTENT) is None


def test_too_few_examples_are_refused_and_a_training_that_fails_says_so(site, now):
    with pytest.raises(NothingToTrainOn):
        training.begin(site=site, of=Trains.INTENT, rows=[], by=None, now=now)
    rows = [{"text": f"Question {n}", "intent": "only one"} for n in range(6)]
    row = training.begin(site=site, of=Trains.INTENT, rows=rows, by=None, now=now)
    training.run(row.pk)
    row.refresh_from_db()
    assert row.state == TrainingState.FAILED
    assert row.trouble
    assert not training.use(training=row, by=None, now=now)


def test_a_rule_picks_what_is_done_and_the_trace_says_why(taught):
    KeywordRule.objects.create(site=taught, intent=Intent.objects.get(name="chat"), any_of=["robot*"])
    answer = asked(taught, "Are all of you robots here?")
    assert answer.text.startswith("I am an assistant")
    assert decision(answer)["evidence"]["words"] == ["robots"]


def test_only_the_task_strategy_acts_on_an_intent(taught):
    KeywordRule.objects.create(site=taught, intent=Intent.objects.get(name="chat"), any_of=["robot*"])
    taught.routing = Strategy.STATIC
    taught.save()
    answer = asked(taught, "Are all of you robots here?")
    assert answer.answered == "unknown"
    assert decision(answer)["decision"] == "chat"


@pytest.fixture
def by_examples(trained, taught, now):
    """A site that is routed by what was trained."""
    training.use(training=trained, by=None, now=now)
    taught.routing = Strategy.DYNAMIC
    taught.save()
    return taught


def steps(answer: Answer) -> list[str]:
    """What the turn did, in order."""
    return [step["step"] for step in answer.trace["steps"]]


def test_what_is_surely_none_of_the_sites_business_is_told_so_by_what_was_trained(by_examples):
    answer = asked(by_examples, "What is the capital of Peru and who won the football match?")
    assert answer.text == say(Sentence.OUTSIDE, "en")
    assert decision(answer)["evidence"]["chain"] == "far outside"
    assert "retrieve" not in steps(answer), "no article is looked for"
    assert answer.answered == "unknown", "a person is offered, should that be wrong"


def test_what_is_less_certainly_none_of_the_sites_business_is_looked_for_first(by_examples, monkeypatch):
    monkeypatch.setattr(dynamic, "CERTAIN", 1.1)
    for question in ("What is the capital of Peru and who won the football match?", "Book me a flight to Rome"):
        answer = asked(by_examples, question)
        assert (answer.text, decision(answer)["evidence"]["chain"]) == (say(Sentence.OUTSIDE, "en"), "outside")
        assert "retrieve" in steps(answer)


def test_what_was_trained_and_rules_by_themselves_act_on_nothing_else(by_examples):
    assert asked(by_examples, "How are you? Are you a robot?").text == say(Sentence.UNKNOWN, "en")
    KeywordRule.objects.create(site=by_examples, intent=Intent.objects.get(name="elsewhere"), any_of=["Peru"])
    by_examples.routing = Strategy.STATIC
    by_examples.save()
    assert asked(by_examples, "What is the capital of Peru?").text == say(Sentence.UNKNOWN, "en")


def test_a_question_about_an_account_that_no_article_answers_offers_a_person(taught):
    KeywordRule.objects.create(site=taught, intent=Intent.objects.get(name="order"), any_of=["my order"])
    answer = asked(taught, "Where is my order?")
    assert answer.text.startswith("I cannot see your account")


def test_an_article_that_answers_wins_over_a_verdict_of_outside(taught, tents):
    KeywordRule.objects.create(site=taught, intent=Intent.objects.get(name="elsewhere"), any_of=["tent"])
    answer = asked(taught, "How do I store a tent?")
    assert answer.answered == "answer"
    assert answer.sources


def test_intents_and_rules_of_another_site_are_not_seen(taught, other_site):
    KeywordRule.objects.create(site=taught, intent=Intent.objects.get(name="chat"), any_of=["robot*"])
    assert intents.rules(other_site) == []
    assert training.examples(other_site) == []


def test_a_manager_tests_trains_uses_and_undoes_in_the_admin(taught, django_capture_on_commit_callbacks):
    KeywordRule.objects.create(site=taught, intent=Intent.objects.get(name="chat"), any_of=["robot*"])
    desk = logged_in(make_member(taught, "Mara", Role.MANAGER))
    assert "Train on the intents" in desk.get("/admin/chat/intent/").content.decode()
    page = desk.get("/admin/chat/training/test/", {"q": "Are you a robot?"}).content.decode()
    assert "“chat”, by the rule in place 100, for: robot" in page
    assert "Nothing trained is in use." in page
    begun = desk.post("/admin/chat/training/begin/")
    row = Training.objects.get()
    assert begun.url.endswith(f"/{row.pk}/change/")
    training.run(row.pk)
    page = desk.get(begun.url).content.decode()
    assert "Out of scope, told apart" in page
    desk.post(f"/admin/chat/training/{row.pk}/use/")
    assert "It is in use." in desk.get(begun.url).content.decode()
    assert "%)." in desk.get("/admin/chat/training/test/", {"q": "Has my order been sent?"}).content.decode()
    desk.post(f"/admin/chat/training/{row.pk}/undo/")
    assert training.live(taught, Trains.INTENT) is None


@pytest.mark.parametrize("role", [Role.AGENT, Role.CURATOR])
def test_who_may_not_route_sees_nothing_of_it(trained, taught, role):
    desk = logged_in(make_member(taught, "Nora", role))
    assert desk.get("/admin/chat/intent/").status_code in (302, 403)
    assert desk.post("/admin/chat/training/begin/").status_code in (302, 403)
    assert desk.post(f"/admin/chat/training/{trained.pk}/use/").status_code in (302, 403)
    assert training.live(taught, Trains.INTENT) is None


def test_a_stranger_cannot_use_a_training_of_another_site(trained, taught, other_site):
    desk = logged_in(make_member(other_site, "Otto", Role.OWNER))
    assert desk.post(f"/admin/chat/training/{trained.pk}/use/").status_code == 403
    assert training.live(taught, Trains.INTENT) is None


def test_a_rule_without_words_and_one_for_another_sites_intent_are_refused(taught, other_site):
    desk = logged_in(make_member(taught, "Olga", Role.OWNER))
    foreign = Intent.objects.create(site=other_site, name="theirs")
    own = Intent.objects.get(name="chat", site=taught)
    page = desk.post("/admin/chat/keywordrule/add/", {"site": taught.pk, "intent": own.pk, "place": 1})
    assert "Write words under" in page.content.decode()
    desk.post("/admin/chat/keywordrule/add/", {"site": taught.pk, "intent": foreign.pk, "place": 1, "any_of": "a"})
    assert not KeywordRule.objects.exists()
    desk.post("/admin/chat/keywordrule/add/", {"site": taught.pk, "intent": own.pk, "place": 1, "any_of": "a\nb c"})
    assert KeywordRule.objects.get().any_of == ["a", "b c"]


def test_who_has_several_sites_trains_the_one_they_choose(taught, other_site):
    owner = make_member(taught, "Olga", Role.OWNER)
    Member.objects.create(site=other_site, user=owner.user, role=Role.OWNER, name="Olga")
    for number in range(2):
        Intent.objects.create(site=other_site, name=f"i{number}", examples=[f"first {number}", f"second {number}"])
    desk = logged_in(owner)
    html = desk.get("/admin/chat/intent/").content.decode()
    assert f"Train on the intents of {taught}" in html
    assert f"Train on the intents of {other_site}" in html
    desk.post("/admin/chat/training/begin/", {"site": other_site.pk})
    assert Training.objects.get().site == other_site

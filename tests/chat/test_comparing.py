"""Routing strategies side by side: on examples that the classifier has not seen, and on what customers asked."""

import json
import re
from datetime import timedelta
from decimal import Decimal
from functools import partial

import pytest
from django.utils import timezone

from chat import comparing, lifecycle, training
from chat.assistant import breaker, classifying
from chat.assistant.routing.intent import INTENT
from chat.assistant.routing.verdict import Strategy
from chat.comparison_rows import ComparedOn, ComparedQuestion, Comparison, ComparisonState
from chat.identity import Claims
from chat.intent_rows import Intent, KeywordRule, Training, Trains
from chat.long_work import Lost
from chat.models import Conversation, Outbound, Turn
from chat.settled import Changed
from chat.side_by_side import Figures
from chat.strategies import STRATEGY
from chat.tier_rows import Tier
from tests.chat.test_intents import EXAMPLES
from tests.fakes.openai_server import Says

pytestmark = pytest.mark.django_db
ON = ComparedOn
STATIC, DYNAMIC, TASK = (one.value for one in (Strategy.STATIC, Strategy.DYNAMIC, Strategy.TASK))


@pytest.fixture
def taught(site):
    """A site with intents and a rule."""
    for name, (kind, examples) in EXAMPLES.items():
        Intent.objects.create(site=site, name=name, kind=kind, examples=examples)
    KeywordRule.objects.create(site=site, intent=Intent.objects.get(name="chat"), any_of=["robot*"])
    return site


def compared(site, on, now, wanted=comparing.WANTED) -> Comparison:
    """A comparison that was run."""
    row = comparing.begin(site=site, on=on, wanted=wanted, by=None, now=now)
    comparing.run(row.pk)
    row.refresh_from_db()
    return row


def columns(row: Comparison) -> dict:
    """Its figures by strategy."""
    return {one.strategy: one for one in Figures.read(row.figures).columns}


def test_every_strategy_that_there_is_gets_a_column(taught, now):
    row = compared(taught, ON.EXAMPLES, now)
    assert row.state == ComparisonState.DONE, row.trouble
    assert list(columns(row)) == [one.value for one in INTENT]
    assert (row.total, row.done) == (22, 22)


def test_no_example_is_judged_by_a_classifier_that_has_seen_it(taught, now, monkeypatch):
    seen = {}
    real = training.intent_fitting.train

    def train(data, **how):
        made, held = real(data, **how)
        seen[id(made)] = made, set(data.labels), {tuple(row) for row in next(iter(data.asked.vectors.values()))}
        return made, held

    monkeypatch.setattr(training.intent_fitting, "train", train)
    judged = []
    real_judged = comparing._judged

    def spy(made, text, spoken):
        vector = next(iter(comparing.reading.many([text], comparing.reading.models()).vectors.values()))[0]
        judged.append(tuple(vector) in seen[id(made)][2])
        return real_judged(made, text, spoken)

    monkeypatch.setattr(comparing, "_judged", spy)
    compared(taught, ON.EXAMPLES, now)
    assert len(seen) == comparing.PARTS
    assert len(judged) > 22
    assert not any(judged)


def test_rules_find_what_they_name_and_nothing_else(taught, now):
    found = columns(compared(taught, ON.EXAMPLES, now))
    assert (found[STATIC].right.part, found[STATIC].right.whole) == (1, 17)
    assert found[STATIC].outside_found.part == 0
    assert found[STATIC].outside_found.whole == 5
    assert found[STATIC].unnamed.part == 21
    assert found[DYNAMIC].right.part > 5


def test_rules_change_nothing_and_what_was_trained_only_what_is_none_of_the_sites_business(taught, now):
    found = columns(compared(taught, ON.EXAMPLES, now))
    assert found[STATIC].acted.part == 0
    assert found[DYNAMIC].acted.part == found[DYNAMIC].outside_found.part + found[DYNAMIC].sent_away.part > 0
    assert set(found[DYNAMIC].chains) <= {"articles", "outside", "far outside"}
    assert found[TASK].acted.part >= 1
    assert found[TASK].chains["small talk"] >= 1


def ask(site, text, number=0, language="en") -> int:
    """A customer's first words; the conversation."""
    visitor = f"{number:032x}"
    done = lifecycle.post_message(site=site, visitor_id=visitor, client_id="a", text=text, now=timezone.now())
    return Turn.objects.get(pk=done.turn_id).conversation_id


def test_on_customers_questions_it_counts_what_they_differ_in_and_lists_it(taught, now):
    ask(taught, "Are all of you robots here?", 1)
    ask(taught, "How do I store a tent?", 2)
    ask(taught, "Thank you!", 3)
    row = compared(taught, ON.QUESTIONS, now)
    figures = Figures.read(row.figures)
    assert (figures.texts, figures.setting.left_out, figures.setting.trained) == (2, 1, "")
    differ = {(pair.one, pair.other): pair.differ.part for pair in figures.pairs}
    assert differ == {(STATIC, DYNAMIC): 1, (STATIC, TASK): 0, (DYNAMIC, TASK): 1}
    assert columns(row)[TASK].chains == {"small talk": 1, "articles": 1}
    kept = ComparedQuestion.objects.get()
    assert kept.question == "Are all of you robots here?"
    assert kept.told[STATIC]["intent"] == "chat"


def test_what_is_listed_of_a_customer_is_redacted_and_goes_with_the_conversation(taught, now):
    talk = ask(taught, "Are you robots? Write to eve@example.org or call +44 20 7946 0958", 1)
    compared(taught, ON.QUESTIONS, now)
    kept = ComparedQuestion.objects.get()
    assert (kept.conversation_id, kept.seq) == (talk, 1)
    assert "eve@" not in kept.question
    assert "7946" not in kept.question
    Conversation.objects.get(pk=talk).delete()
    assert not ComparedQuestion.objects.exists()


def test_what_a_strategy_costs_is_what_the_tiers_charge_for_calls_that_it_makes(taught, now):
    prices = {"price_in": Decimal(2), "price_out": Decimal(10)}
    Tier.objects.create(site=taught, name="strong", model="openai:x", **prices)
    ask(taught, "Are all of you robots here?", 1)
    ask(taught, "How do I store a tent?", 2)
    row = compared(taught, ON.QUESTIONS, now)
    into, out = comparing.TOKENS
    call = into * 2_000 + out * 10_000  # billionths
    found = columns(row)
    assert found[STATIC].per_thousand == 1000 * call
    assert found[TASK].per_thousand == 500 * call
    assert Figures.read(row.figures).setting.tokens_assumed


def test_without_prices_nothing_is_said_to_cost_nothing(taught, now):
    assert columns(compared(taught, ON.EXAMPLES, now))[STATIC].per_thousand is None


def test_the_classifier_in_use_reads_customers_questions(taught, now):
    trained = training.begin(site=taught, of=Trains.INTENT, rows=training.examples(taught), by=None, now=now)
    training.run(trained.pk)
    training.use(training=Training.objects.get(pk=trained.pk), by=None, now=now)
    ask(taught, "Has the order that I placed been sent yet?", 1)
    row = compared(taught, ON.QUESTIONS, now)
    assert Figures.read(row.figures).setting.trained
    assert ComparedQuestion.objects.get().told[DYNAMIC]["intent"] == "order"


def test_of_other_sites_nothing_is_read(taught, other_site, now):
    ask(other_site, "Where is my order?", 1)
    with pytest.raises(comparing.NothingToCompareOn):
        comparing.begin(site=taught, on=ON.QUESTIONS, by=None, now=now)
    with pytest.raises(comparing.NothingToCompareOn):
        comparing.begin(site=other_site, on=ON.EXAMPLES, by=None, now=now)


def test_no_more_than_was_asked_for_and_the_newest_first(taught, now):
    for number in range(3):
        ask(taught, f"Robots, question {number}", number)
    comparing.FEWEST, before = 2, comparing.FEWEST
    try:
        row = compared(taught, ON.QUESTIONS, now, wanted=2)
    finally:
        comparing.FEWEST = before
    said = set(ComparedQuestion.objects.filter(comparison=row).values_list("question", flat=True))
    assert said == {"Robots, question 2", "Robots, question 1"}


def test_one_that_was_stopped_stays_stopped(taught, now, monkeypatch):
    row = comparing.begin(site=taught, on=ON.EXAMPLES, by=None, now=now)
    real = comparing.reading.many

    def many(texts, names):
        assert comparing.stop(row, now=now)  # while it is at work
        return real(texts, names)

    monkeypatch.setattr(comparing.reading, "many", many)
    comparing.run(row.pk)
    row.refresh_from_db()
    assert (row.state, row.figures) == (ComparisonState.STOPPED, {})
    assert not comparing.stop(row, now=now)
    assert comparing.due(now + timedelta(days=1)) == []


def test_one_that_was_killed_begins_again_and_counts_nothing_twice(taught, now):
    ask(taught, "Are all of you robots here?", 1)
    row = comparing.begin(site=taught, on=ON.QUESTIONS, by=None, now=now)
    killed = comparing.WORK.take(row.pk, now)
    assert killed is not None
    ComparedQuestion.objects.create(comparison=row, question="left behind", language="en")
    assert comparing.due(now) == []
    later = timezone.now() + comparing.LASTS + timedelta(minutes=1)
    assert comparing.due(later) == [row.pk]
    Comparison.objects.filter(pk=row.pk).update(leased_until=now - timedelta(days=365))
    comparing.run(row.pk)
    row.refresh_from_db()
    assert row.state == ComparisonState.DONE
    assert ComparedQuestion.objects.get().question == "Are all of you robots here?"
    with pytest.raises(Lost):
        comparing.WORK.renew(killed)


def test_one_that_was_begun_three_times_and_never_ended_fails_with_words(taught, now):
    row = comparing.begin(site=taught, on=ON.EXAMPLES, by=None, now=now)
    for number in range(3):
        assert comparing.WORK.take(row.pk, now + number * 2 * comparing.LASTS) is not None
    assert comparing.WORK.take(row.pk, now) is None  # it may be at work still
    later = now + 6 * comparing.LASTS
    assert comparing.WORK.take(row.pk, later) is None
    row.refresh_from_db()
    assert (row.state, row.ended_at) == (ComparisonState.FAILED, later)
    assert "begun 3 times" in row.trouble
    assert comparing.due(later + timedelta(days=1)) == []


def test_of_a_past_answer_only_what_the_first_question_came_to_is_read(taught, now, django_assert_num_queries):
    steps = ([{"step": "write"}], [{"step": "retrieve"}], None)
    for number, made in enumerate(steps, 1):
        conversation = ask(taught, "How do I store a tent?", number)
        trace = {"steps": made} if made else {"failed": "x"}
        turn = Turn.objects.get(conversation=conversation)
        Turn.objects.filter(pk=turn.pk).update(trace=trace)
        later = {"conversation_id": conversation, "floor": turn.floor, "from_seq": 5, "upto_seq": 5}
        Turn.objects.create(**later, trace={"steps": [{"step": "write"}]}, made_at=now)
    with django_assert_num_queries(4) as asked:
        texts = list(comparing._first_questions(list(Conversation.objects.order_by("pk"))))
    assert [text.calls for text in texts] == [True, False, True]
    chosen = [query["sql"].split(" FROM ")[0] for query in asked.captured_queries]
    assert not any(', "chat_turn"."trace"' in columns for columns in chosen)


def test_too_few_examples_fail_with_words(site, now):
    Intent.objects.create(site=site, name="only", examples=["one", "two", "three", "four"])
    row = compared(site, ON.EXAMPLES, now)
    assert row.state == ComparisonState.FAILED
    assert "too few examples" in row.trouble


def test_one_at_work_is_taken_up_and_old_ones_are_forgotten(taught, now):
    row = comparing.begin(site=taught, on=ON.EXAMPLES, by=None, now=now)
    assert comparing.begin(site=taught, on=ON.EXAMPLES, by=None, now=now) == row
    assert comparing.clear(now + comparing.KEPT - timedelta(days=1)) == 0
    assert comparing.clear(now + comparing.KEPT + timedelta(days=1)) == 1


def test_a_strategy_is_used_and_taken_back(taught, now):
    STRATEGY.use(site=taught, value=Strategy.STATIC.value, seen=TASK, by=None, now=now)
    taught.refresh_from_db()
    assert taught.routing == STATIC
    assert STRATEGY.undo(site=taught, now=now).was == TASK
    taught.refresh_from_db()
    assert taught.routing == TASK
    assert STRATEGY.undo(site=taught, now=now) is None


def test_a_strategy_that_somebody_changed_meanwhile_is_not_overwritten(taught, now):
    STRATEGY.use(site=taught, value=Strategy.STATIC.value, seen=TASK, by=None, now=now)
    with pytest.raises(Changed):
        STRATEGY.use(site=taught, value=Strategy.DYNAMIC.value, seen=TASK, by=None, now=now)
    type(taught).objects.filter(pk=taught.pk).update(routing=DYNAMIC)  # on the site's own page
    assert STRATEGY.undo(site=taught, now=now) is None


# --- a model beside them


@pytest.fixture
def served(taught, serve_tier, monkeypatch):
    """Serves a model as the taught site's light tier."""
    monkeypatch.setattr(classifying, "WAITS_S", 30)  # a busy machine is no mistake
    breaker.forget()
    yield partial(serve_tier, taught, price_in=1, price_out=2, context=8000)
    breaker.forget()


def with_model(site, on, now) -> Comparison:
    row = comparing.begin(site=site, on=on, with_model=True, by=None, now=now)
    comparing.run(row.pk)
    row.refresh_from_db()
    assert row.state == ComparisonState.DONE, row.trouble
    return row


ORDER = Says(json.dumps({"intent": "order", "confidence": 0.9}))


def test_a_model_is_asked_about_the_same_examples_and_none_of_them_is_told_to_it(taught, now, served):
    server = served(ORDER)
    row = with_model(taught, ON.EXAMPLES, now)
    figures = Figures.read(row.figures)
    found = columns(row)["model"]
    orders = len(EXAMPLES["order"][1])
    assert (found.right.part, found.right.whole) == (orders, columns(row)[DYNAMIC].right.whole)
    assert (figures.texts, figures.setting.model, figures.setting.not_named) == (22, "openai:fake", 0)
    assert len(server.requests) == Outbound.objects.filter(conversation=None, tier="light").count() == 22
    for request in server.requests:
        data = json.loads(re.search(r"```json\n(.*)\n```", request["messages"][-1]["content"], re.S)[1])
        shown = [text for intent in data["intents"] for text in intent.get("examples", ())]
        assert shown
        assert data["question"] not in shown
    assert found.per_thousand > columns(row)[DYNAMIC].per_thousand > 0
    assert found.ms_p50 > columns(row)[STATIC].ms_p50
    assert found.acted.part == 0


def test_where_it_fails_what_was_trained_answers_and_it_is_counted(taught, now, served):
    served(Says("I think it is about an order."))
    row = with_model(taught, ON.EXAMPLES, now)
    assert Figures.read(row.figures).setting.not_named == 22
    assert columns(row)["model"].right == columns(row)[DYNAMIC].right


def test_customers_questions_leave_without_who_asks(taught, now, served):
    server = served(ORDER)
    ask(taught, "Where is my parcel? Ada Lovelace, goldfinch-blue", 1)
    lifecycle.identify(site=taught, claims=Claims("goldfinch-blue", "Ada Lovelace"), visitor_id=f"{1:032x}", now=now)
    row = with_model(taught, ON.QUESTIONS, now)
    assert columns(row)["model"].strategy == "model"
    sent = json.dumps(server.requests)
    assert "Where is my parcel?" in sent
    assert "goldfinch" not in sent
    assert "Lovelace" not in sent
    assert "Lovelace" not in str(list(row.questions.values()))


def test_without_a_model_or_the_wish_none_is_asked(taught, now, served):
    assert not comparing.begin(site=taught, on=ON.EXAMPLES, with_model=True, by=None, now=now).with_model
    Comparison.objects.all().delete()
    server = served(ORDER)
    assert list(columns(compared(taught, ON.EXAMPLES, now))) == [STATIC, DYNAMIC, TASK]
    assert not server.requests


def test_it_is_asked_about_few(taught, now, served, monkeypatch):
    monkeypatch.setattr(comparing, "MOST_NAMED", 5)
    server = served(ORDER)
    row = with_model(taught, ON.EXAMPLES, now)
    assert (Figures.read(row.figures).texts, len(server.requests), row.total) == (5, 5, 5)

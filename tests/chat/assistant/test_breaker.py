"""A provider that keeps failing is left alone for a while: customers do not wait for it, and it is tried again."""

import itertools

import pytest

from chat.assistant import breaker
from tests.chat.assistant.shop import RETURNS, a_site, a_turn
from tests.fakes.openai_server import Fails, Hangs, Says, openai_server

QUESTION = "How long do I have to return something?"
GOOD = "You have 45 days from delivery to return unused items [1]."


async def questions(number: int, view) -> list:
    """So many turns, one after the other."""
    return [await a_turn(QUESTION, RETURNS, site=view) for _ in range(number)]


async def test_after_three_failures_a_provider_is_not_asked_and_the_customer_does_not_wait_for_it():
    with openai_server(Hangs()) as server:
        turns = await questions(5, a_site(model="openai:fake", model_url=server.url, timeout=1))
        asked = len(server.requests)
    assert asked == breaker.FAILURES
    assert all(turn.answer.text.startswith("You can return unused items within 45 days") for turn in turns)
    writes = [step for step in turns[-1].answer.trace["steps"] if step["step"] == "write"]
    assert [step["decision"] for step in writes] == ["resting", "answered"], "the trace says why it was not asked"
    assert turns[-1].ledger.rows == [], "nothing left the machine"


async def test_the_next_provider_answers_while_the_first_one_rests():
    scripts = [Fails(401), Says(GOOD)]
    with openai_server(*itertools.islice(itertools.cycle(scripts), 6), Says(GOOD)) as server:
        view = a_site(model="openai:fake", fallbacks=("openai:spare",), model_url=server.url)
        turns = await questions(5, view)
        models = [request["model"] for request in server.requests]
    assert models == ["fake", "spare"] * 3 + ["spare"] * 2
    assert all("45 days from delivery" in turn.answer.text for turn in turns)


def fail(times: int, outcome: str = "timeout", now: float = 0.0) -> None:
    """So many calls that ended so."""
    for _ in range(times):
        breaker.ended("openai:fake", outcome, now)


def test_once_it_has_rested_one_call_tries_and_an_answer_brings_it_back():
    fail(3)
    assert not breaker.may_ask("openai:fake", breaker.RESTS_S - 1)
    after = breaker.RESTS_S + 1
    assert breaker.may_ask("openai:fake", after)
    assert not breaker.may_ask("openai:fake", after), "one call tries, not all"
    breaker.ended("openai:fake", "answered", after)
    assert breaker.may_ask("openai:fake", after)


def test_it_rests_longer_each_time_and_never_for_good():
    fail(3)
    now = 0.0
    for _ in range(12):
        now += breaker.LONGEST_REST_S + 1
        assert breaker.may_ask("openai:fake", now)
        fail(1, now=now)
        assert not breaker.may_ask("openai:fake", now + breaker.RESTS_S + 1)


@pytest.mark.parametrize("outcome", ["status_400", "status_422", "stopped", "answered", "abstained", "ungrounded"])
def test_what_a_customers_words_alone_bring_about_is_not_held_against_it(outcome):
    fail(20, outcome)
    assert breaker.may_ask("openai:fake", 0.0)


def test_failures_that_an_answer_parts_do_not_add_up():
    for _ in range(4):
        fail(2)
        breaker.ended("openai:fake", "answered", 0.0)
    assert breaker.may_ask("openai:fake", 0.0)
    assert breaker.may_ask("openai:other", 0.0)

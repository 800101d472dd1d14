"""Light or strong: who is asked, in which order, what it costs, and what becomes of a turn when a tier fails."""

from decimal import Decimal
from typing import Any

import pytest

from chat.assistant import prompt, providers
from chat.assistant.routing.static import Rule
from chat.assistant.routing.verdict import Kind, Routing, Strategy
from chat.assistant.tiers import Tier, Tiers, choose
from chat.prices import Price, Stop, TierName, amount, nano
from chat.signals.feeling import Feeling
from tests.chat.assistant.shop import COSTS, RETURNS, a_site, a_turn
from tests.fakes.openai_server import Fails, Hangs, Says, openai_server, refused_url

LIGHT, STRONG = TierName.LIGHT, TierName.STRONG
QUESTION = "How long do I have to return something?"
LONG = (
    "I bought two jackets and a tent for my brother, he has not used the tent, one of the jackets has been worn "
    "on a trip of three days, and I would like to know how long we have to return each of them to you"
)
GOOD = "You have 45 days from delivery to return unused items [1]. Used items cannot be returned [1]."
LIES = "You can return items within 60 days [1]."
PRICES = {LIGHT: Price(Decimal("0.05"), Decimal("0.10")), STRONG: Price(Decimal("2.50"), Decimal("10"))}


def a_tier(name: TierName, url: str, **changes: Any) -> Tier:
    values = {"model": f"openai:{name}", "price": PRICES[name], "context": 8192, "timeout": 10, "url": url}
    return Tier(**{"name": name, **values, **changes})


def the_tiers(url: str, other: str = "", **changes: Any) -> Tiers:
    return Tiers({LIGHT: a_tier(LIGHT, url), STRONG: a_tier(STRONG, other or url)}, **changes)


async def feels_angry(*_told: Any) -> Feeling:
    """Annoyed, and not so much that a person is called."""
    return Feeling(emotion="anger", sure=0.7, negative=0.7)


def steps(turn: Any, name: str) -> list[dict[str, Any]]:
    return [step for step in turn.last.trace["steps"] if step["step"] == name]


async def asked(question: str = QUESTION, *, script: Any = None, site: dict[str, Any] | None = None, **how: Any):
    """A turn of a site with two tiers; returns it with the models that were asked."""
    changes = how.pop("tiers", {})
    with openai_server(script or Says(GOOD)) as server:
        view = a_site(**{"tiers": the_tiers(server.url, **changes), **(site or {})})
        turn = await a_turn(question, RETURNS, COSTS, site=view, **how)
        return turn, [request["model"] for request in server.requests]


async def test_a_short_question_goes_to_the_light_model_and_a_long_one_to_the_strong():
    assert (await asked())[1] == ["light"]
    turn, models = await asked(LONG)
    assert models == ["strong"]
    assert steps(turn, "tier")[0]["evidence"]["why"] == "length"


async def test_an_annoyed_customer_gets_the_strong_model():
    turn, models = await asked(feel=feels_angry)
    assert models == ["strong"]
    assert steps(turn, "tier")[0]["evidence"]["emotion"] == "anger"


async def test_an_intent_may_name_the_tier_and_only_by_task():
    rules = [Rule("returns", any=["return"])]
    for strategy, expected in ((Strategy.TASK, ["strong"]), (Strategy.STATIC, ["light"])):
        routing = Routing(strategy, {"returns": Kind.ARTICLES}, rules, tiers={"returns": STRONG})
        assert (await asked(routing=routing))[1] == expected


async def test_what_was_trained_decides_by_its_limit():
    async def gain(question: str) -> float:
        return 0.4

    assert (await asked(tiers={"gain": gain, "limit": 0.4}))[1] == ["strong"]
    assert (await asked(LONG, tiers={"gain": gain, "limit": 0.41}))[1] == ["light"]


async def test_a_turn_tells_its_tokens_its_cost_and_what_the_other_tier_would_have_cost():
    turn, _ = await asked()
    written = len(GOOD.split())
    spent = turn.answer.trace["spent"]
    assert spent == {
        "tier": "light",
        "tokens_in": 100,
        "tokens_out": written,
        "cost": 100 * 50 + written * 100,  # billionths: 0.05 and 0.10 for a million tokens
        "other_cost": 100 * 2500 + written * 10_000,
    }
    assert turn.ledger.rows[0].closed["cost"] == spent["cost"]
    assert turn.ledger.rows[0].opened["tier"] == "light"
    told = steps(turn, "cost")[0]
    assert told["decision"] == str(amount(spent["cost"]))
    assert told["evidence"]["the_other_tier"] == str(amount(spent["other_cost"]))


async def test_what_a_call_may_cost_at_most_is_reserved_and_no_call_costs_more():
    turn, _ = await asked(script=Says(GOOD))
    row = turn.ledger.rows[0]
    assert row.opened["reserve"] > row.closed["cost"] > 0


@pytest.mark.parametrize("script", [Fails(500), Fails(429, retry_after="30"), Hangs(), Says(LIES), Says("")], ids=str)
async def test_where_the_chosen_tier_fails_the_other_one_answers(script):
    with openai_server(script) as broken, openai_server(Says(GOOD)) as works:
        hurried = a_tier(LIGHT, broken.url, timeout=1)
        tiers = Tiers({LIGHT: hurried, STRONG: a_tier(STRONG, works.url)})
        turn = await a_turn(QUESTION, RETURNS, COSTS, site=a_site(tiers=tiers))
    assert "45 days from delivery" in turn.answer.text
    assert works.requests
    assert turn.answer.trace["spent"]["tier"] == "strong"


async def test_then_the_model_of_all_sites_then_the_built_in_one():
    dead = refused_url()
    tiers = Tiers({LIGHT: a_tier(LIGHT, dead), STRONG: a_tier(STRONG, dead)})
    with openai_server(Says(GOOD)) as server:
        turn = await a_turn(QUESTION, RETURNS, site=a_site(tiers=tiers, model="openai:all", model_url=server.url))
        assert turn.tries == ["openai"] * 5
        assert [request["model"] for request in server.requests] == ["all"]
    turn = await a_turn(QUESTION, RETURNS, site=a_site(tiers=tiers))
    assert turn.answer.text.startswith("You can return unused items within 45 days")
    assert turn.tries[-1] == "built-in"


async def test_a_tier_that_fails_is_left_alone_for_a_while_and_the_other_address_is_not():
    with openai_server(Fails(401)) as broken, openai_server(Says(GOOD)) as works:
        same = {"model": "openai:same"}
        tiers = Tiers({LIGHT: a_tier(LIGHT, broken.url, **same), STRONG: a_tier(STRONG, works.url, **same)})
        turns = [await a_turn(QUESTION, RETURNS, site=a_site(tiers=tiers)) for _ in range(5)]
    assert len(broken.requests) == 3
    assert len(works.requests) == 5
    assert steps(turns[-1], "write")[0]["decision"] == "resting"


async def test_a_call_that_is_stopped_before_it_told_its_tokens_is_counted_by_us():
    turn, _ = await asked(script=Says(f"{LIES} " * 40, size=40))
    closed = [row.closed for row in turn.ledger.rows]
    assert closed[0]["outcome"] == "ungrounded"
    assert closed[0]["tokens_in"] > 100
    assert closed[0]["cost"] > 0
    assert steps(turn, "cost")[0]["evidence"]["estimated"]


async def test_a_provider_that_was_never_reached_costs_nothing():
    dead = refused_url()
    tiers = Tiers({LIGHT: a_tier(LIGHT, dead)})
    turn = await a_turn(QUESTION, RETURNS, site=a_site(tiers=tiers))
    assert turn.answer.trace["spent"]["cost"] == 0


async def test_at_the_soft_stop_only_the_light_model_is_asked():
    turn, models = await asked(LONG, tiers={"stop": Stop.SOFT}, script=Fails(401))
    assert models == ["light"]
    assert steps(turn, "tier")[0]["evidence"]["budget"] == "soft"


async def test_at_the_hard_stop_the_built_in_model_answers_and_the_trace_says_why():
    with openai_server(Says(GOOD)) as server:
        site = a_site(tiers=the_tiers(server.url, stop=Stop.HARD), model="openai:all", model_url=server.url)
        turn = await a_turn(QUESTION, RETURNS, site=site)
    assert server.requests == []
    assert turn.tries == ["built-in"]
    assert "budget is spent" in steps(turn, "tier")[0]["evidence"]["why"]


async def test_a_call_that_the_budget_does_not_allow_is_not_sent_and_the_light_one_may_still_be():
    light = PRICES[LIGHT].of(4000, providers.MOST_TOKENS)
    turn, models = await asked(LONG, budget=light)
    assert models == ["light"]
    assert [step["decision"] for step in steps(turn, "write")] == ["over_budget", "answered"]
    turn, models = await asked(budget=0)
    assert models == []
    assert turn.answer.text.startswith("You can return unused items within 45 days")


async def test_a_question_longer_than_a_models_context_is_not_cut_and_goes_to_the_next():
    before = [("visitor", "word " * 400), ("assistant", "Well. " * 300)]
    with openai_server(Says(GOOD)) as server:
        short = Tiers({LIGHT: a_tier(LIGHT, server.url, context=2000), STRONG: a_tier(STRONG, server.url)})
        await a_turn(QUESTION, RETURNS, COSTS, site=a_site(tiers=short), before=before)
        sent = server.requests[0]
        assert sent["model"] == "light"
        assert sum(len(message["content"]) for message in sent["messages"]) / 3 < 2000 - providers.MOST_TOKENS
        assert QUESTION in sent["messages"][-1]["content"]
        tiny = Tiers({LIGHT: a_tier(LIGHT, server.url, context=700), STRONG: a_tier(STRONG, server.url)})
        turn = await a_turn(QUESTION, RETURNS, COSTS, site=a_site(tiers=tiny))
    assert [step["decision"] for step in steps(turn, "write")] == ["too_long", "answered"]


async def test_the_vendors_key_does_not_go_to_an_address_that_a_tier_names(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "the-vendors-key")
    with openai_server(Says(GOOD)) as server:
        await a_turn(QUESTION, RETURNS, site=a_site(tiers=Tiers({LIGHT: a_tier(LIGHT, server.url)})))
        own = Tiers({LIGHT: a_tier(LIGHT, server.url, key="our-own")})
        await a_turn(QUESTION, RETURNS, site=a_site(tiers=own))
    assert [one["authorization"] for one in server.headers] == ["Bearer none", "Bearer our-own"]


async def test_a_tier_that_cannot_be_used_stops_no_turn(monkeypatch):
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    turn = await a_turn(QUESTION, RETURNS, site=a_site(tiers=Tiers({LIGHT: a_tier(LIGHT, "", key=None)})))
    assert turn.tries == ["built-in"]


async def test_the_only_tier_is_the_one():
    only = Tiers({STRONG: a_tier(STRONG, "http://127.0.0.1:1")})
    assert [tier.name for tier in (await choose(only, QUESTION, Feeling(), None)).order] == [STRONG]


def test_money_is_exact():
    price = Price(Decimal("0.0001"), Decimal("0"))
    assert sum(price.of(10, 0) for _ in range(1000)) == nano(Decimal("0.000001"))
    assert amount(nano(Decimal("12.5"))) == Decimal("12.500000")


def test_tokens_are_rather_overestimated():
    messages = prompt.PROMPT.format_messages(
        **prompt.values(site="Shop", language="de", question="Wie lange?", earlier=[], sections=[], again=False)
    )
    assert prompt.tokens(messages) > sum(len(message.text.split()) for message in messages)

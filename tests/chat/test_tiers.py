"""Tiers from the admin to a customer's answer: rows, prices, the day's budget with many turns at once, the router."""

import asyncio
import contextlib
import json
import random
from decimal import Decimal

import pytest
from asgiref.sync import async_to_sync
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from agents import side
from chat import budget, ledger, lifecycle, tiering, training, trial, turns
from chat.assistant import breaker, providers
from chat.intent_rows import Training, Trains
from chat.models import Conversation, Outbound, Turn
from chat.prices import Price, Stop, nano
from chat.tier_rows import DaySpent, Tier
from supportsite.sites.models import Site
from supportsite.sites.rights import Role
from tests.conftest import NOW, logged_in, make_member
from tests.fakes.openai_server import Says, openai_server

PRICES = {"light": ("0.05", "0.1"), "strong": ("2.5", "10")}
QUESTION = "How do I store a tent?"


@pytest.fixture(autouse=True)
def every_provider_is_well():
    breaker.forget()
    yield
    breaker.forget()


@pytest.fixture
def owner(site):
    return make_member(site, "Olga", Role.OWNER)


@pytest.fixture
def server(settings):
    """A model server of the owner's, which quotes the article."""
    with openai_server(Says("Dry the tent before you store it. [1]")) as running:
        environment = settings.TANDEM.model_copy(update={"tier_urls": (running.url,), "model": "", "model_url": ""})
        settings.TANDEM = environment
        yield running


def a_tier(site: Site, name: str, server, **changes) -> Tier:
    prices = dict(zip(("price_in", "price_out"), map(Decimal, PRICES[name]), strict=True))
    values = {"site": site, "name": name, "model": f"openai:{name}", "url": server.url, "timeout": 2, **prices}
    return Tier.objects.create(**{**values, **changes})


def form(site: Site, **changes) -> dict:
    values = {
        "site": site.pk, "name": "light", "model": "openai:llama", "url": "", "price_in": "0.05", "price_out": "0.1",
        "context": "8192", "timeout": "20",
    }  # fmt: skip
    return {**values, **changes}


def open_call(site: Site, reserve: int, now=NOW) -> int | None:
    call = {"provider": "openai", "model": "x", "redactions": {}, "digest": "", "saw": {}, "tier": "light"}
    return ledger.open_row(site_id=site.pk, conversation_id=None, seq=0, **call, reserve=reserve, now=now)


def close_call(row: int, cost: int) -> None:
    ledger.close_row(row=row, tokens_in=1, tokens_out=1, outcome="answered", cost=cost, now=NOW)


@pytest.mark.django_db
def test_an_owner_adds_a_tier_and_a_mistake_is_told_in_the_form(owner, site, server):
    browser = logged_in(owner)
    add = "/admin/chat/tier/add/"
    told = browser.post(add, form(site, url="http://10.0.0.1/v1")).content.decode()
    assert "TANDEM_TIER_URLS does not list it" in told
    assert "Write it as vendor:model" in browser.post(add, form(site, model="gpt-4o")).content.decode()
    assert "It cannot be used" in browser.post(add, form(site, model="nonesuch:x")).content.decode()
    assert "greater than or equal to 0" in browser.post(add, form(site, price_in="-1")).content.decode()
    assert not Tier.objects.exists()
    assert browser.post(add, form(site, url=server.url)).status_code == 302
    assert Tier.objects.get().url == server.url
    assert "already exists" in browser.post(add, form(site, url=server.url)).content.decode()


@pytest.mark.django_db
def test_the_defaults_are_offered_and_nothing_is_active_by_itself(owner, site):
    browser = logged_in(owner)
    page = browser.get("/admin/chat/tier/").content.decode()
    assert "Llama 3 8B behind Ollama" in page
    assert "GPT-4-class" in page
    offered = browser.get("/admin/chat/tier/add/?name=light&model=ollama%3Allama3%3A8b&context=8192")
    assert 'value="ollama:llama3:8b"' in offered.content.decode()
    assert not Tier.objects.exists()


@pytest.mark.django_db
def test_others_see_no_tiers(agent, stranger, site, server):
    row = a_tier(site, "light", server)
    stranger_owns = make_member(stranger.site, "Otto", Role.OWNER)
    assert logged_in(agent).get("/admin/chat/tier/").status_code == 403
    assert logged_in(stranger_owns).get(f"/admin/chat/tier/{row.pk}/change/").status_code in (302, 404)
    assert logged_in(agent).get("/admin/chat/tier/train/").status_code == 403


@pytest.mark.django_db
def test_a_question_is_answered_by_the_light_model_and_its_cost_is_on_the_days_bill(site, tents, server):
    assert trial.outcome(trial.transcript(QUESTION, site), site).is_answer
    assert server.requests == []
    a_tier(site, "light", server)
    a_tier(site, "strong", server)
    answer = async_to_sync(trial.steps)(trial.transcript(QUESTION, site), site)[-1]
    assert [request["model"] for request in server.requests] == ["light"]
    row = Outbound.objects.get()
    assert (row.site, row.tier, row.tokens_in) == (site, "light", 100)
    assert row.cost == Price(Decimal("0.05"), Decimal("0.1")).of(100, row.tokens_out) == answer.trace["spent"]["cost"]
    assert budget.standing(site, timezone.now()).spent == row.cost


@pytest.mark.django_db(transaction=True)
def test_a_turn_keeps_its_bill_and_the_console_shows_it(site, tents, server, now):
    a_tier(site, "light", server)
    a_tier(site, "strong", server)
    lifecycle.post_message(site=site, visitor_id="v" * 32, client_id="c1", text=QUESTION, now=timezone.now())
    turn = Turn.objects.get()
    async_to_sync(turns.run)(turn.pk)
    turn.refresh_from_db()
    assert (turn.tier, turn.tokens_in) == ("light", 100)
    assert turn.cost == 100 * 50 + turn.tokens_out * 100
    assert turn.other_cost == 100 * 2500 + turn.tokens_out * 10_000
    everything = Conversation.objects.select_related("site", "visitor__customer")
    why = side.of(everything.get(), everything, now=now).turns[0]
    told = {step.name: step for step in why.steps}
    assert told["Model"].decision == "light"
    assert told["Cost"].decision == f"{turn.cost / 1e9:.6f}"


@pytest.mark.django_db
def test_what_is_reserved_counts_until_it_is_settled(site, now):
    site.budget_hard = Decimal("0.0010")
    site.save()
    row = open_call(site, 800_000)
    assert row
    assert open_call(site, 300_000) is None
    close_call(row, 500_000)
    assert budget.standing(site, now).spent == 500_000
    close_call(row, 500_000)
    assert budget.standing(site, now).spent == 500_000, "a row is settled once"
    assert open_call(site, 300_000)


@pytest.mark.django_db
def test_the_stops_by_what_the_day_has_cost(site, now):
    site.budget_soft, site.budget_hard = Decimal("0.0005"), Decimal("0.0010")
    site.save()
    assert budget.standing(site, now).stop is Stop.NONE
    close_call(open_call(site, 500_000), 500_000)
    assert budget.standing(site, now).stop is Stop.SOFT
    assert open_call(site, 600_000) is None, "a strong call that does not fit"
    assert budget.standing(site, now).refuses
    assert budget.standing(site, now).stop is Stop.SOFT, "a light one still may"
    assert open_call(site, 400_000)
    assert not budget.standing(site, now).refuses
    assert open_call(site, 100_000)
    assert budget.standing(site, now).stop is Stop.HARD


@pytest.mark.django_db
def test_one_question_that_is_too_dear_shuts_the_day_for_no_other(owner, site, tents, server):
    site.budget_hard = Decimal("0.10")
    site.save()
    a_tier(site, "light", server)
    assert open_call(site, 150_000_000, timezone.now()) is None
    assert "has no room for some questions" in logged_in(owner).get("/admin/").content.decode()
    assert "has no room for some questions" in logged_in(owner).get("/console/").content.decode()
    answer = async_to_sync(trial.steps)(trial.transcript(QUESTION, site), site)[-1]
    assert [request["model"] for request in server.requests] == ["light"]
    assert answer.answered == "answer"
    assert "has no room" not in logged_in(owner).get("/admin/").content.decode()


@pytest.mark.django_db
def test_the_day_is_that_of_the_sites_time_zone(site):
    site.time_zone = "Pacific/Kiritimati"
    assert str(budget.day_of(site, NOW.replace(day=29, hour=23))) == "2026-11-30"
    site.time_zone = ""
    assert str(budget.day_of(site, NOW.replace(day=29, hour=23))) == "2026-11-29"


@pytest.mark.django_db
def test_nonsense_does_not_break_the_closing_of_a_row(site, now):
    row = open_call(site, 10)
    told = {"tokens_in": 10**18, "tokens_out": -5, "cost": 10**22}
    ledger.close_row(row=row, outcome="answered", now=NOW, **told)
    assert Outbound.objects.get().closed_at
    assert budget.standing(site, now).spent > 0


@pytest.mark.django_db
def test_a_vendors_key_goes_to_no_other_vendors_server(site, server, monkeypatch, settings):
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-ant-hush-hush")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-openai-hush-hush")
    own = {"model": "ollama:llama3", "model_url": server.url, "tier_urls": ()}
    settings.TANDEM = settings.TANDEM.model_copy(update=own)
    for name, model in (("light", "openai:gpt"), ("strong", "anthropic:claude")):
        provider = providers.of_tier(tiering.view(a_tier(site, name, server, model=model)))
        with contextlib.suppress(Exception):  # the server does not speak every protocol
            list(provider.chat.stream("Hello"))
    assert len(server.headers) == 2
    assert "hush" not in str(server.headers)


@pytest.mark.django_db
def test_a_vendors_key_goes_to_the_address_where_that_vendors_model_is_served(site, server, monkeypatch, settings):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-openai-hush-hush")
    own = {"model": "openai:gpt", "model_url": server.url, "tier_urls": ()}
    settings.TANDEM = settings.TANDEM.model_copy(update=own)
    list(providers.of_tier(tiering.view(a_tier(site, "light", server))).chat.stream("Hello"))
    assert server.headers[0]["authorization"] == "Bearer sk-openai-hush-hush"


@pytest.mark.django_db
def test_the_next_day_begins_at_nothing_and_other_sites_are_not_touched(site, other_site, now):
    site.budget_hard = Decimal("0.0010")
    site.save()
    close_call(open_call(site, 1_000_000), 1_000_000)
    assert open_call(site, 1) is None
    assert open_call(site, 1, now.replace(day=26))
    assert budget.standing(other_site, now).spent == 0


@pytest.mark.django_db(transaction=True)
def test_many_turns_at_once_do_not_pass_the_hard_stop(site, tents, server):
    """The budget is worth five calls' reserve; forty turns ask at once, and all of them are answered."""
    a_tier(site, "light", server)
    async_to_sync(trial.steps)(trial.transcript(QUESTION, site), site)
    price, sent = Price(Decimal("0.05"), Decimal("0.1")), 3000
    DaySpent.objects.all().delete()
    server.requests.clear()
    hard = 5 * price.of(sent, 600)
    site.budget_hard = Decimal(hard) / 10**9
    site.save()

    async def crowd():
        return await asyncio.gather(*(trial.steps(trial.transcript(QUESTION, site), site) for _ in range(40)))

    ends = [steps[-1] for steps in async_to_sync(crowd)()]
    site.refresh_from_db()
    spent = DaySpent.objects.get().spent
    assert all(end.answered == "answer" for end in ends)
    assert 0 < len(server.requests) < 40
    assert spent <= nano(site.budget_hard)
    assert sum(Outbound.objects.filter(opened_at__date=timezone.now()).values_list("cost", flat=True)) >= spent


@pytest.mark.django_db
def test_an_owner_is_told_of_a_stop_in_the_admin_and_in_the_console(owner, agent, site, server):
    site.budget_soft, site.budget_hard = Decimal("0.0005"), Decimal("0.0010")
    site.save()
    browser = logged_in(owner)
    assert "budget" not in browser.get("/console/").content.decode()
    close_call(open_call(site, 500_000, timezone.now()), 500_000)
    assert "only the light model is asked" in browser.get("/console/").content.decode()
    assert "only the light model is asked" in browser.get("/admin/").content.decode()
    close_call(open_call(site, 500_000, timezone.now()), 500_000)
    assert "the built-in model answers" in browser.get("/console/").content.decode()
    assert "budget" not in logged_in(agent).get("/console/").content.decode(), "an agent is not told of money"


@pytest.mark.django_db
def test_the_soft_stop_is_the_smaller_one(site):
    site.budget_soft, site.budget_hard = Decimal(2), Decimal(1)
    with pytest.raises(Exception, match="smaller one"):
        site.full_clean()


def labelled_rows(number: int) -> list[dict]:
    """Long questions are those that the light model gets wrong."""
    chance = random.Random(7)
    lengths = [chance.randint(3, 60) for _ in range(number)]
    return [
        {
            "text": " ".join(["word"] * n) + "?",
            "light": float(n < 30),
            "strong": 1.0,
            "light_cost": 1,
            "strong_cost": 20,
        }
        for n in lengths
    ]


@pytest.mark.django_db
def test_a_router_is_trained_from_a_file_used_and_undone(owner, site, server, now):
    a_tier(site, "light", server)
    a_tier(site, "strong", server)
    browser = logged_in(owner)
    lines = "\n".join(map(json.dumps, labelled_rows(120))).encode()
    bad = SimpleUploadedFile("rows.jsonl", b'{"text": "x", "light": 2, "strong": 1}')
    told = browser.post("/admin/chat/tier/train/", {"site": site.pk, "file": bad}).content.decode()
    assert "Line 1, light: expected a number from 0 to 1" in told
    begun = browser.post("/admin/chat/tier/train/", {"site": site.pk, "file": SimpleUploadedFile("r.jsonl", lines)})
    assert begun.status_code == 302
    row = Training.objects.get()
    training.run(row.pk)
    row.refresh_from_db()
    page = browser.get(begun.url).content.decode()
    assert "of its quality kept" in page
    assert "chosen" in page
    chosen = training.point(row)
    assert chosen["quality"] >= site.strong_quality
    assert chosen["quality_low"] <= chosen["quality"] <= chosen["quality_high"]
    assert 0 < chosen["saved_low"] <= chosen["saved"] <= chosen["saved_high"] < 1
    assert tiering.tiers(site, None, now).gain is None, "nothing changes until somebody says so"
    assert training.use(training=row, by=None, now=now)

    async def across(work):
        return work()

    tiers = tiering.tiers(site, across, now)
    assert async_to_sync(tiers.gain)("word " * 50) >= tiers.limit > async_to_sync(tiers.gain)("word " * 5)
    assert training.undo(site=site, of=Trains.TIER) is None
    assert tiering.tiers(site, across, now).gain is None


@pytest.mark.django_db
def test_a_site_without_tiers_has_none(site, now):
    assert tiering.tiers(site, None, now) is None

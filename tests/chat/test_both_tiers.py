"""The router is trained on what both of a site's models made of its customers' own questions."""

from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command

from chat import both_tiers, lifecycle, training
from chat.assistant import breaker
from chat.intent_rows import Training, TrainingState, Trains
from chat.models import Outbound
from supportsite.sites.rights import Role
from tests.conftest import logged_in, make_member
from tests.fakes.openai_server import Fails, Says

pytestmark = pytest.mark.django_db(transaction=True)
TRUE = Says("Dry the tent before you store it. [1]")
INVENTED = Says("Tents are sold in Paris for 990 euros. [1]")
PLACES = ["attic", "cellar", "garage", "shed", "car", "bag", "box", "loft", "flat", "hut"]
TIMES = ["in winter", "after rain", "for a year", "over night", "during a move"]


@pytest.fixture(autouse=True)
def every_provider_is_well():
    breaker.forget()
    yield
    breaker.forget()


@pytest.fixture
def asked(site, tents, now):
    """Fifty conversations, each with a question, thanks, and one that only says hello."""
    texts = [f"How do I store a tent in my {place} {time}?" for place in PLACES for time in TIMES]
    for at, text in enumerate([*texts, "hello"]):
        visitor = f"{at:032x}"
        for said in (text, "thanks"):
            lifecycle.post_message(site=site, visitor_id=visitor, client_id=f"{at}{said[:2]}", text=said, now=now)
    return texts


@pytest.fixture
def serve(site, serve_tier, settings):
    """Both tiers, each with a server of its own."""

    def both(light, strong):
        first = serve_tier(site, light, name="light", price_in=Decimal(1), price_out=Decimal(1))
        second = serve_tier(site, strong, name="strong", price_in=Decimal(10), price_out=Decimal(10))
        known = {"tier_urls": (first.url, second.url), "model": "", "model_url": ""}
        settings.TANDEM = settings.TANDEM.model_copy(update=known)
        return first, second

    return both


def begun(site, now, most=both_tiers.MOST) -> Training:
    rows = both_tiers.questions(site, most)
    return training.begin(site=site, of=Trains.TIER, rows=rows, by=None, now=now, ring=False)


def test_what_reached_a_customer_counts_and_what_it_cost(site, asked, serve, now):
    serve(INVENTED, TRUE)
    row = begun(site, now)
    assert {one["text"] for one in row.rows} == set(asked), "each conversation's first question, and no hello"
    training.run(row.pk, prepared=both_tiers.answered)
    row.refresh_from_db()
    assert row.state == TrainingState.DONE, row.trouble
    assert {(one["light"], one["strong"]) for one in row.rows} == {(0.0, 1.0)}
    assert all(one["strong_cost"] > one["light_cost"] > 0 for one in row.rows)
    assert row.figures["points"]
    assert Outbound.objects.filter(tier="strong").count() >= len(asked), "what left is in the ledger"


def test_a_model_that_is_away_teaches_nothing(site, asked, serve, now):
    serve(Fails(500), TRUE)
    row = begun(site, now)
    training.run(row.pk, prepared=both_tiers.answered)
    row.refresh_from_db()
    assert (row.state, row.rows) == (TrainingState.FAILED, [])


def test_what_was_answered_before_the_process_died_is_not_asked_again(site, asked, serve, now):
    light, _strong = serve(INVENTED, TRUE)
    row = begun(site, now)

    def dies(done, of):
        if done == 25:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        both_tiers.answered(row, dies)
    before = len(light.requests)
    row.refresh_from_db()
    both_tiers.answered(row, lambda done, of: None)
    again = len(light.requests) - before
    assert again < before * 1.5


def test_an_owner_begins_it_in_the_admin(site, asked, serve, now):
    serve(INVENTED, TRUE)
    browser = logged_in(make_member(site, "Olga", Role.OWNER))
    page = browser.post("/admin/chat/tier/train/", {"site": site.pk}).content.decode()
    assert "one of the two" in page
    assert browser.post("/admin/chat/tier/train/", {"site": site.pk, "replay": 45}).status_code == 302
    assert len(Training.objects.get().rows) == 45


def test_too_few_questions_or_one_model_is_said(site, asked, serve_tier, capsys, now):
    with pytest.raises(training.NothingToTrainOn, match="light and strong"):
        both_tiers.questions(site, 100)
    with pytest.raises((SystemExit, CommandError)):
        call_command("train", "tier", site=site.key, replay=100)
    assert "light and strong" in capsys.readouterr().err

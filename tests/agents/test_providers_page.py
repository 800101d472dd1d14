"""The insights page "Models": what a manager reads of each tier and provider."""

from datetime import timedelta

import pytest
from django.conf import settings as live_settings
from django.utils import timezone

from chat import ledger, provider_health
from chat.assistant import breaker
from chat.models import Outbound
from chat.provider_health import Breaker
from supportsite.sites.rights import Role
from tests.conftest import NOW, logged_in, make_member

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def every_provider_is_well():
    breaker.forget()
    yield
    breaker.forget()


@pytest.fixture
def model(settings):
    settings.TANDEM = live_settings.TANDEM.model_copy(
        update={"model": "openai:fake", "model_url": "http://127.0.0.1:9/v1"}
    )


def call(site, outcome, *, ms=100, ago=timedelta(hours=1), tier="", model="fake", provider="openai"):
    """A call that ended some time ago."""
    ended = NOW - ago
    said = {"provider": provider, "model": model, "tier": tier, "outcome": outcome, "digest": ""}
    return Outbound.objects.create(site=site, opened_at=ended - timedelta(milliseconds=ms), closed_at=ended, **said)


def health(site):
    return provider_health.of_site(site, now=NOW)


@pytest.mark.usefixtures("model")
def test_a_model_that_was_never_asked_is_listed_without_figures(site):
    (one,) = health(site)
    assert (one.called, one.calls, one.p50, one.succeeded_at, one.breaker) == ("openai:fake", 0, None, None, "closed")


@pytest.mark.usefixtures("model")
def test_share_times_and_last_words_are_of_the_last_day(site):
    for ms in (100, 200, 300, 400):
        call(site, "answered", ms=ms, ago=timedelta(minutes=ms))
    call(site, "timeout", ms=20_000, ago=timedelta(minutes=5))
    call(site, "status_500", ago=timedelta(hours=30))
    (one,) = health(site)
    assert (one.calls, one.share, dict(one.failures)) == (5, 0.2, {"timeout": 1})
    assert (one.p50, one.p95) == (300.0, 400.0)
    assert (one.last_failure, one.failed_at) == ("timeout", NOW - timedelta(minutes=5))
    assert one.succeeded_at == NOW - timedelta(minutes=100)


def test_tiers_are_apart_and_what_is_not_asked_any_more_says_so(site):
    call(site, "answered", tier="light", ago=timedelta(days=3))
    call(site, "cut", tier="strong")
    light, strong = health(site)
    assert (light.tier, light.calls, light.succeeded_at, light.breaker) == ("light", 0, NOW - timedelta(days=3), "gone")
    assert (strong.tier, strong.last_failure, strong.succeeded_at) == ("strong", "cut", None)


@pytest.mark.usefixtures("model")
def test_a_model_that_keeps_failing_is_shown_as_left_alone(site):
    for _ in range(breaker.FAILURES):
        breaker.ended("openai:fake", "timeout", provider_health.time.monotonic())
    assert health(site)[0].breaker is Breaker.OPEN


@pytest.mark.usefixtures("model")
def test_other_sites_actions_and_open_calls_do_not_count(site, other_site):
    call(other_site, "timeout")
    call(site, "timeout", provider=ledger.ACTION)
    open_one = call(site, "answered")
    Outbound.objects.filter(pk=open_one.pk).update(closed_at=None)
    assert [one.calls for one in health(site)] == [0]


@pytest.mark.usefixtures("model")
def test_a_manager_reads_it_and_an_agent_does_not(site, agent, other_site):
    call(site, "status_401", ago=timedelta(0))
    Outbound.objects.update(closed_at=timezone.now())
    manager = logged_in(make_member(site, "Mae", Role.MANAGER))
    page = manager.get("/insights/models/").content.decode()
    assert "openai:fake" in page
    assert "key refused" in page
    assert "100.0 %" in page
    assert manager.get(f"/insights/models/{other_site.key}/").status_code == 403
    assert logged_in(agent).get("/insights/models/").status_code == 403
    assert "/insights/models/" in manager.get("/insights/escalation/").content.decode()

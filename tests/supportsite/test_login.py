"""Whoever guesses passwords must wait; the owner, who is somewhere else, need not."""

import re

import httpx
import pytest
from django.test import Client

from supportsite.asgi import django_application
from supportsite.proxies import believe_proxies
from supportsite.sites import login
from supportsite.sites.limits import Buckets
from supportsite.sites.rights import Role
from tests.conftest import make_member

MOST = 5
CONSOLE, ADMIN = "/console/login/", "/admin/login/"
GUESSER, HOME = "203.0.113.7", "198.51.100.4"


class Clock:
    """Seconds that pass when a test says so."""

    seconds = 1000.0

    def monotonic(self) -> float:
        return self.seconds


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    monkeypatch.setattr(login, "_attempts", Buckets(capacity=MOST, per_second=1 / 60))
    monkeypatch.setattr(login, "_of_address", Buckets(capacity=MOST * 3, per_second=1 / 6))
    monkeypatch.setattr(login, "time", Clock())
    return login.time


@pytest.fixture
def owner(site):
    member = make_member(site, "Olga", Role.OWNER)
    member.user.is_staff = True
    member.user.save()
    return member


def attempt(password: str, *, path: str = CONSOLE, address: str = GUESSER, username: str = "olga") -> httpx.Response:
    return Client(REMOTE_ADDR=address).post(path, {"username": username, "password": password})


def waits(response) -> int | None:
    """The seconds that the page names, None where it names none."""
    found = re.search(r"Try again in (\d+) second", response.content.decode())
    return int(found[1]) if found else None


@pytest.mark.django_db
@pytest.mark.parametrize("path", [CONSOLE, ADMIN])
def test_after_five_wrong_passwords_even_the_right_one_must_wait_as_long_as_the_page_says(owner, clock, path):
    for _ in range(MOST):
        assert waits(attempt("wrong", path=path)) is None
    refused = attempt("secret-of-olga", path=path)
    seconds = waits(refused)
    assert refused.status_code == 200
    assert 0 < seconds <= 61
    clock.seconds += seconds
    assert attempt("secret-of-olga", path=path).status_code == 302


@pytest.mark.django_db
def test_both_doors_count_together(owner):
    for _ in range(MOST):
        attempt("wrong", path=ADMIN)
    assert waits(attempt("secret-of-olga", path=CONSOLE))


@pytest.mark.django_db
def test_a_stranger_does_not_lock_the_owner_out(owner):
    for _ in range(MOST * 3):
        attempt("wrong")
    assert attempt("secret-of-olga", address=HOME).status_code == 302


@pytest.mark.django_db
def test_one_password_is_not_tried_on_every_name(owner, clock):
    for number in range(MOST * 3):
        assert waits(attempt("summer2026", username=f"person{number}")) is None
    seconds = waits(attempt("secret-of-olga"))
    assert seconds <= 7
    assert attempt("secret-of-olga", address=HOME).status_code == 302
    clock.seconds += seconds
    assert attempt("secret-of-olga").status_code == 302


@pytest.mark.django_db
def test_who_waits_because_of_others_keeps_their_own_burst(owner, clock):
    for number in range(MOST * 3):
        attempt("wrong", username=f"person{number}")
    for _ in range(MOST + 1):
        seconds = waits(attempt("secret-of-olga"))
    assert seconds <= 7
    clock.seconds += seconds
    assert attempt("secret-of-olga").status_code == 302


@pytest.mark.django_db
def test_a_house_full_of_people_who_log_in_waits_for_nobody(owner):
    for _ in range(MOST * 4):
        assert attempt("secret-of-olga").status_code == 302


@pytest.mark.django_db
def test_who_waits_does_not_wait_longer_for_trying(owner, clock):
    for _ in range(MOST):
        attempt("wrong")
    clock.seconds += 30
    assert waits(attempt("wrong")) <= 31


@pytest.mark.django_db
def test_the_right_password_clears_what_was_wrong_before(owner):
    for _ in range(3):
        for _ in range(MOST - 1):
            attempt("wrong")
        assert attempt("secret-of-olga").status_code == 302


@pytest.mark.django_db
def test_an_ipv6_guesser_has_one_burst_for_the_whole_network(owner):
    for host in range(MOST):
        attempt("wrong", address=f"2001:db8:1:2::{host + 1}")
    assert waits(attempt("secret-of-olga", address="2001:db8:1:2:a:b:c:d"))


async def guess(application, peer: str, forwarded: str, password: str) -> str:
    """One attempt through the real ASGI application, from `peer`."""
    transport = httpx.ASGITransport(application, client=(peer, 5000))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as browser:
        headers = {"X-Forwarded-For": forwarded}
        form = (await browser.get(CONSOLE, headers=headers)).text
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', form)[1]
        data = {"username": "olga", "password": password, "csrfmiddlewaretoken": token}
        return (await browser.post(CONSOLE, data=data, headers=headers)).text


@pytest.mark.django_db(transaction=True)
async def test_a_forged_header_helps_nobody(owner):
    application = believe_proxies(django_application)
    for number in range(MOST):
        await guess(application, GUESSER, f"198.51.100.{number}", "wrong")
    assert "Try again in" in await guess(application, GUESSER, "198.51.100.99", "secret-of-olga")


@pytest.mark.django_db(transaction=True)
async def test_behind_a_trusted_proxy_the_nearest_address_counts_whatever_stands_before_it(owner, settings):
    settings.TANDEM = settings.TANDEM.model_copy(update={"trusted_proxies": ("10.0.0.1",)})
    application = believe_proxies(django_application)
    for number in range(MOST):
        await guess(application, "10.0.0.1", f"198.51.100.{number}, {GUESSER}", "wrong")
    assert "Try again in" in await guess(application, "10.0.0.1", f"{HOME}, {GUESSER}", "secret-of-olga")
    assert await guess(application, "10.0.0.1", f"{GUESSER}, {HOME}", "secret-of-olga") == ""

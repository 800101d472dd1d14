"""The demo's logins: what var/demo.json tells lets one in after every start, and is hashed once only."""

import json

import pytest
from django.contrib.auth import authenticate, get_user_model
from django.contrib.auth.base_user import AbstractBaseUser

from supportsite import demo
from supportsite.sites.models import Site


@pytest.fixture
def start(db, settings, tmp_path, monkeypatch, site: Site):
    """What a start does for the demo, without its articles; returns what is told."""
    settings.VAR = tmp_path
    monkeypatch.setattr(demo.help_centre, "load", lambda: site)
    return demo.prepare


def test_who_is_told_may_log_in_after_every_start(start):
    told = [start() for _time in range(2)]
    assert told[0] == told[1]
    for login in (told[0].agent, told[0].admin):
        assert authenticate(username=login.username, password=login.password)


def test_a_later_start_hashes_no_password_again(start, monkeypatch):
    start()
    monkeypatch.setattr(AbstractBaseUser, "check_password", lambda *_words: pytest.fail("it takes half a second"))
    start()


@pytest.mark.parametrize("checked", [True, False], ids=["as written", "by an earlier version"])
def test_a_password_that_was_changed_in_the_file_is_the_one_that_counts(start, checked):
    start()
    told = json.loads(demo.path().read_text("utf-8"))
    told["agent"]["password"] = "a password of one's own"
    if not checked:
        del told["agent"]["checked"]
    demo.path().write_text(json.dumps(told), "utf-8")
    start()
    assert authenticate(username="agent", password="a password of one's own")


def test_a_password_that_was_changed_in_the_admin_is_again_what_is_told(start):
    login = start().agent
    user = get_user_model().objects.get(username=login.username)
    user.set_password("another")
    user.save()
    start()
    assert authenticate(username=login.username, password=login.password)

"""`manage.py create_site`: what it makes, what it says, and what it refuses in one line."""

import io
import re

import pytest
from django.contrib.auth import authenticate, get_user_model
from django.core.management import call_command
from django.core.management.base import CommandError

from supportsite import origins
from supportsite.sites.checks import check_origin
from supportsite.sites.models import Member, Site

pytestmark = pytest.mark.django_db


def make(*words: str) -> str:
    out = io.StringIO()
    call_command("create_site", *words, stdout=out, stderr=out)
    return out.getvalue()


def test_it_makes_a_site_its_owner_and_the_line_for_its_pages():
    told = make("Shop", "https://Shop.Example/start?x=1")
    site, member = Site.objects.get(), Member.objects.get()
    assert (site.name, site.origins, site.is_demo) == ("Shop", ["https://shop.example"], False)
    assert (member.site, member.role, member.user.is_staff, member.user.is_superuser) == (site, "owner", True, False)
    assert f'<script async src="http://127.0.0.1:8000/widget.js" data-site="{site.key}"></script>' in told
    password = re.search(r"password +(\S+)", told)[1]
    assert authenticate(username="owner", password=password) == member.user


def test_the_password_may_come_from_the_input_and_is_not_shown(monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("correct horse battery\nmore"))
    told = make("Shop", "https://shop.example", "--username", "ada", "--password-stdin")
    assert authenticate(username="ada", password="correct horse battery")
    assert "correct horse" not in told


def test_further_pages_may_show_the_widget():
    make(
        "Shop", "https://shop.example", "--origin", "https://www.shop.example", "--origin", "https://shop.example:443/"
    )
    assert Site.objects.get().origins == ["https://shop.example", "https://www.shop.example"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("Shop", "shop.example"), "no address of a website"),
        (("Shop", "ftp://shop.example"), "no address of a website"),
        (("Shop", "https://"), "no address of a website"),
        (("Shop", "https://shop example"), "no address of a website"),
        (("Shop", "https://me:secret@shop.example"), "no address of a website"),
        (("Shop", "https://shop.example:port"), "no address of a website"),
        (("Shop", "https://shop.example:99999"), "no address of a website"),
        (("Shop", "https://-shop.example"), "no address of a website"),
        (("Shop", "https://shop..example"), "no address of a website"),
        (("Shop", "https://shop.example", "--origin", "nonsense"), "“nonsense”"),
        (("Shop", "https://shop.example/" + "x" * 200), "too long"),
        (("", "https://shop.example"), "1 to 120"),
        (("x" * 121, "https://shop.example"), "1 to 120"),
        (("Shop", "https://shop.example", "--username", ""), "blank"),
        (("Shop", "https://shop.example", "--username", "a b"), "username"),
        (("Shop", "https://shop.example", "--locale", "English"), "no language"),
    ],
)
def test_what_is_wrong_is_one_line_and_makes_nothing(words, says):
    with pytest.raises(CommandError) as fault:
        make(*words)
    assert fault.value.returncode == 2
    assert says in str(fault.value)
    assert "\n" not in str(fault.value)
    assert not Site.objects.exists()
    assert not get_user_model().objects.exists()


def test_a_taken_username_is_named_in_whatever_case():
    make("Shop", "https://shop.example")
    with pytest.raises(CommandError, match="“Owner” is taken"):
        make("Other", "https://other.example", "--username", "Owner")
    assert Site.objects.count() == 1


@pytest.mark.parametrize("given", ["", "short", "password123"])
def test_a_poor_password_is_refused(given, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO(given + "\n"))
    with pytest.raises(CommandError):
        make("Shop", "https://shop.example", "--password-stdin")
    assert not Site.objects.exists()


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://www.example.com", "https://www.example.com"),
        ("HTTPS://WWW.EXAMPLE.COM:443/a/b#c", "https://www.example.com"),
        ("http://localhost:3000/", "http://localhost:3000"),
        ("http://127.0.0.1:80", "http://127.0.0.1"),
        ("https://müller.example", "https://xn--mller-kva.example"),
    ],
)
def test_an_origin_is_what_a_browser_would_send(url, origin):
    assert origins.origin_of(url) == origin
    check_origin(origin)

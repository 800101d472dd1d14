"""A site's settings in the admin: what an owner may write, what it becomes, and who may do it."""

import pytest

from supportsite.sites.forms import SiteForm
from supportsite.sites.models import Site
from supportsite.sites.rights import Role
from tests.conftest import make_member

pytestmark = pytest.mark.django_db
GOOD = {
    "name": "Northpine",
    "url": "https://shop.example",
    "origins": "https://shop.example\n\n  http://localhost:3000 ",
    "locale": "en",
    "accent": "#0f766e",
    "greeting": "en: Hello: you\nde:Guten Tag",
    "alarm_words": "lawyer\nrecall",
    "order_numbers": "NP-######\n@@#{6,8}",
    "mood_threshold": "-0.5",
    "accepted_wrong": "0.2",
    "routing": "task",
    "across_languages": "on",
    "kindness": "on",
    "time_zone": "UTC",
    "speaks_share": "100",
}


def test_lines_become_lists_and_come_back_as_lines(site):
    form = SiteForm({**GOOD}, instance=site)
    assert form.is_valid(), form.errors
    form.save()
    site = Site.objects.get(pk=site.pk)
    assert site.origins == ["https://shop.example", "http://localhost:3000"]
    assert site.alarm_words == ["lawyer", "recall"]
    assert site.order_numbers == ["NP-######", "@@#{6,8}"]
    assert site.greeting == {"en": "Hello: you", "de": "Guten Tag"}
    shown = SiteForm(instance=site)
    again = {name: shown[name].value() for name in GOOD}
    assert again["origins"] == "https://shop.example\nhttp://localhost:3000"
    assert not SiteForm({name: str(value) for name, value in again.items()}, instance=site).has_changed()


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("origins", "shop.example", "“shop.example” is no origin"),
        ("origins", "https://shop.example/", "Write it as https://www.example.com"),
        ("origins", '["https://shop.example"]', "is no origin"),
        ("order_numbers", "(a+)+", "is no form of an order number"),
        ("order_numbers", "order", "with at least three"),
        ("order_numbers", "#{1,99}", "is no form of an order number"),
        ("greeting", "Hello", "“Hello” names no language"),
        ("greeting", '{"en": "Hello"}', "names no language"),
        ("accent", "red; background: url(x)", "#0f766e"),
    ],
)
def test_what_cannot_be_is_said_beside_the_field_and_stays_as_typed(site, field, value, says):
    form = SiteForm({**GOOD, field: value}, instance=site)
    assert says in str(form.errors[field])
    assert form[field].value() == value


def test_an_owner_changes_their_own_site_only(client, site, other_site):
    owner = make_member(site, "Olga", Role.OWNER)
    owner.user.is_staff = True
    owner.user.save()
    client.force_login(owner.user)
    assert client.get(f"/admin/sites/site/{other_site.pk}/change/").status_code == 302
    assert client.post(f"/admin/sites/site/{site.pk}/change/", GOOD).status_code == 302
    assert Site.objects.get(pk=site.pk).alarm_words == ["lawyer", "recall"]
    assert client.post(f"/admin/sites/site/{other_site.pk}/change/", GOOD).status_code in (302, 403)
    assert Site.objects.get(pk=other_site.pk).name == "Elsewhere"

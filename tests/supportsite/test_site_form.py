"""A site's settings in the admin: what an owner may write, what it becomes, and who may do it."""

import pytest

from chat.weighing import Policy
from supportsite.sites.forms import ROUTING, SiteForm
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
    "escalation_threshold": "0.85",
    "weight_angry": "1",
    "weight_shouting": "1",
    "weight_stuck": "1",
    "weight_unknown": "1",
    "weight_value": "1",
    "value_rule": "sooner",
    "sensitive_topics": ["legal", "safety"],
    "sensitive_words": "recall*",
    "accepted_wrong": "0.2",
    "routing": "task",
    "across_languages": "on",
    "kindness": "on",
    "assignment": "everyone",
    "capacity": "6",
    "remind_after": "3",
    "widen_after": "10",
    "unclaimed_after": "30",
    "unclaimed_rule": "wait",
    "away_after": "5",
    "release_after": "15",
    "silent_assistant_hours": "24",
    "silent_agent_hours": "72",
    "ask_minutes": "5",
    "speaks_to": "everyone",
    "speaks_share": "100",
    "strong_quality": "0.95",
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
    same = {name: value if isinstance(value, list) else str(value) for name, value in again.items()}
    assert not SiteForm(same, instance=site).has_changed()


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


def test_each_way_of_routing_says_beside_it_what_it_does(site):
    field = str(SiteForm(instance=site)["routing"])
    assert [value for value, _label in ROUTING] == [value for value, _name in Site._meta.get_field("routing").choices]
    for (_value, label), name in zip(ROUTING, dict(Site._meta.get_field("routing").choices).values(), strict=True):
        assert str(label).startswith(f"{name}:")
        assert str(label) in field
    assert "told so where no article answers, at once where that is certain" in field


def test_opening_hours_are_written_a_day_a_line_and_come_back(site):
    form = SiteForm(
        {**GOOD, "time_zone": "Europe/Dublin", "mon": "9-12, 13-17", "holidays": "12-25 Christmas"}, instance=site
    )
    assert form.is_valid(), form.errors
    form.save()
    site = Site.objects.get(pk=site.pk)
    assert (site.week, site.holidays) == ({"mon": [["09:00", "12:00"], ["13:00", "17:00"]]}, ["12-25 Christmas"])
    assert SiteForm(instance=site)["mon"].value() == "09:00–12:00, 13:00–17:00"
    assert str(site.hours.zone) == "Europe/Dublin"


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("tue", "nine to five", "“nine to five” are no opening hours. Write 09:00–17:00"),
        ("holidays", "Christmas", "“Christmas” is no date. Write 2026-12-25"),
        ("time_zone", "Berlin", "“Berlin” is no time zone. Write it as Europe/Berlin."),
    ],
)
def test_hours_that_cannot_be_are_explained(site, field, value, says):
    form = SiteForm({**GOOD, field: value}, instance=site)
    assert says in str(form.errors[field])


def test_no_rule_ends_in_an_e_mail_that_does_not_go_out(site):
    told = {**GOOD, "unclaimed_rule": "mail"}
    assert "Write the address" in str(SiteForm(told, instance=site).errors["unclaimed_email"])
    told["unclaimed_email"] = "lead@example.com"
    assert "No e-mail goes out" in str(SiteForm(told, instance=Site.objects.get(pk=site.pk)).errors["unclaimed_rule"])


def test_who_is_important_is_a_number_and_what_follows(site):
    told = {**GOOD, "value_from": "10000", "value_rule": "always", "weight_value": "0.5"}
    form = SiteForm(told, instance=site)
    assert form.is_valid(), form.errors
    form.save()
    policy = Policy.of(Site.objects.get(pk=site.pk))
    assert (policy.value_from, policy.value_at_once, policy.weights) == (10_000, True, {"value": 0.5})
    assert "value_from" in SiteForm({**told, "value_from": "-1"}, instance=site).errors


def test_weights_are_written_one_by_one_and_kept_together(site):
    form = SiteForm({**GOOD, "weight_angry": "0.5", "weight_stuck": ""}, instance=site)
    assert form.is_valid(), form.errors
    form.save()
    site = Site.objects.get(pk=site.pk)
    assert site.reason_weights == {"angry": 0.5}
    assert SiteForm(instance=site)["weight_angry"].value() == 0.5
    assert site.sensitive_topics == ["legal", "safety"]
    assert not SiteForm({**GOOD, "weight_angry": "3"}, instance=site).is_valid()

"""Actions and procedures in the admin: the forms refuse what could never be asked, and both can be tried."""

import re

import pytest
from django.conf import settings

from chat import lifecycle
from chat.action_rows import Action, Deed, DeedState, Procedure
from chat.models import Conversation, Event, Outbound
from supportsite.sites.models import Team
from supportsite.sites.rights import Role
from tests.conftest import NOW, logged_in, make_member

pytestmark = pytest.mark.django_db
ADD = "/admin/chat/action/add/"
DEEDS = "/admin/chat/deed/"
MEMBERS = (("Nora", Role.AGENT), ("Lea", Role.AGENT), ("Mara", Role.MANAGER))


@pytest.fixture(autouse=True)
def secret(monkeypatch):
    monkeypatch.setenv("ACTION_TEST_TOKEN", "hush-hush-token")
    bound = {"action_secrets": ("ACTION_SHOP_TOKEN=api.example.com:443",)}
    monkeypatch.setattr(settings, "TANDEM", settings.TANDEM.model_copy(update=bound))


@pytest.fixture
def owner(site):
    return logged_in(make_member(site, "Olga", Role.OWNER))


def form(site, **changes) -> dict:
    """An action as the page posts it."""
    return {
        "site": site.pk, "name": "Look it up", "does": "Looks it up.", "method": "GET", "identity": "none",
        "timeout": "5", "url": "https://api.example.com/orders/{order_number}",
        "headers": "Authorization: Bearer $ACTION_SHOP_TOKEN",
        "reply": "en: It is {state}.\nen: [if due is not empty] Due {due}.\nde: Es ist {state}.", "is_on": "on",
        "inputs-TOTAL_FORMS": "1", "inputs-INITIAL_FORMS": "0", "inputs-0-name": "order_number",
        "inputs-0-kind": "order",
        **changes,
    }  # fmt: skip


def test_an_owner_defines_an_action(owner, site):
    assert owner.post(ADD, form(site)).status_code == 302
    row = Action.objects.get()
    assert row.headers == {"Authorization": "Bearer $ACTION_SHOP_TOKEN"}
    assert row.reply == {"en": "It is {state}.\n[if due is not empty] Due {due}.", "de": "Es ist {state}."}
    assert [one.name for one in row.inputs.all()] == ["order_number"]
    page = owner.get(f"/admin/chat/action/{row.pk}/change/").content.decode()
    assert "en: [if due is not empty] Due {due}." in page


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"url": "http://api.example.com/x"}, "Only https:// addresses are asked"),
        ({"url": "https://{order_number}.example.com/"}, "This address cannot be asked"),
        ({"url": "https://api.example.com/{other}"}, "{other}, which is no input"),
        ({"headers": "Authorization: Bearer $TANDEM_SECRET_KEY"}, "This header cannot be sent"),
        ({"headers": "Authorization: $OPENAI_API_KEY"}, "This header cannot be sent"),
        ({"headers": "Host: elsewhere.example"}, "This header cannot be sent"),
        ({"url": "https://other.example/{order_number}"}, "ACTION_SHOP_TOKEN=other.example"),
        ({"headers": "X: $ACTION_ERP_TOKEN"}, "$ACTION_ERP_TOKEN is not for this host"),
        ({"url": "https://[::1"}, "This address cannot be asked"),
        ({"url": "https://a／b/x"}, "This address cannot be asked"),
        ({"url": "https://host:99999/x"}, "This address cannot be asked"),
        ({"url": "https://host:abc/x"}, "This address cannot be asked"),
        ({"url": "https://api.example.com/x#y"}, "This address cannot be asked"),
        ({"changes": "on"}, "Write what will happen"),
        ({"changes": "on", "asks": "en: I will.", "model_may": "on"}, "A model may only look something up"),
        ({"changes": "on", "asks": "en: I will cancel {number}."}, "names {number}, which is no input"),
        ({"identity": "email", "email_path": "email"}, "an input of the kind e-mail address"),
        ({"inputs-0-kind": "customer"}, "only an action for verified customers can be told"),
        ({"inputs-0-kind": "verified"}, "only an action for verified customers can be told"),
        ({"reply": "en: It is {state."}, "cannot be read"),
        ({"reply": "en: [if state] Sent."}, "cannot be read"),
        ({"reply": "It is {state}."}, "names no language"),
        ({"sample": "{"}, "This is no JSON."),
    ],
)
def test_what_could_never_be_asked_is_refused_with_a_reason(owner, site, changes, words):
    page = owner.post(ADD, form(site, **changes)).content.decode().replace("&#x27;", "'")
    assert words in page
    assert not Action.objects.exists()


@pytest.mark.parametrize("role", [Role.AGENT, Role.CURATOR, Role.MANAGER])
def test_only_owners_may_send_what_customers_write_to_a_host(site, look_up, role):
    desk = logged_in(make_member(site, "Nora", role))
    assert desk.get(f"/admin/chat/action/{look_up.pk}/change/").status_code in (302, 403)
    assert desk.post(f"/admin/chat/action/{look_up.pk}/try/", {"in_order_number": "NP-123456"}).status_code == 403


def test_another_sites_owner_sees_nothing(other_site, look_up, procedure):
    desk = logged_in(make_member(other_site, "Otto", Role.OWNER))
    assert desk.get(f"/admin/chat/action/{look_up.pk}/try/").status_code == 403
    assert desk.get(f"/admin/chat/procedure/{procedure.pk}/preview/").status_code == 403


def test_a_dry_run_shows_request_answer_and_reply_and_no_secret(owner, shop, look_up):
    page = owner.post(f"/admin/chat/action/{look_up.pk}/try/", {"in_order_number": "NP-123456"}).content.decode()
    assert f"GET {shop.address}/orders/NP-123456" in page
    assert "Bearer $ACTION_TEST_TOKEN" in page
    assert "hush-hush" not in page
    assert "Larkline brings it." in page
    assert shop.asked[0][2]["authorization"] == "Bearer hush-hush-token"
    assert Outbound.objects.get().outcome == "answered"
    shop.fails = "500"
    page = owner.post(f"/admin/chat/action/{look_up.pk}/try/", {"in_order_number": "NP-123456"}).content.decode()
    assert "It failed: status (500)." in page


@pytest.mark.parametrize("url", ["https://[::1", "https://a／b/x", "https://host:99999/x"])
def test_a_row_whose_address_is_none_does_not_break_its_pages(owner, site, look_up, url):
    Action.objects.update(url=url)
    assert owner.get(f"/admin/chat/action/{look_up.pk}/change/").status_code == 200
    page = owner.post(f"/admin/chat/action/{look_up.pk}/try/", {"in_order_number": "NP-123456"}).content.decode()
    assert "It failed: bad_action" in page


def test_a_dry_run_of_what_changes_something_sends_nothing(owner, shop, look_up):
    Action.objects.update(changes=True, method="POST", sample='{"state": "cancelled"}')
    page = owner.post(f"/admin/chat/action/{look_up.pk}/try/", {"in_order_number": "NP-123456"}).content.decode()
    assert "Order NP-123456 is cancelled." in page
    assert shop.asked == []


def steps(*rows: dict) -> dict:
    """Steps as the page posts them."""
    posted = {"steps-TOTAL_FORMS": str(len(rows)), "steps-INITIAL_FORMS": "0"}
    for number, row in enumerate(rows):
        posted |= {f"steps-{number}-place": str(number + 1), **{f"steps-{number}-{name}": v for name, v in row.items()}}
    return posted


def test_a_procedure_is_written_in_rows(owner, site, look_up):
    posted = {"site": site.pk, "name": "Where is it", "is_on": "on"} | steps(
        {"does": "ask", "slot": "order_number", "kind": "order", "text": "en: Which order?\nde: Welche Bestellung?"},
        {"does": "call", "action": look_up.pk},
        {"does": "if", "slot": "ordered", "operator": "older than", "value": "30", "goto": "5"},
        {"does": "say", "text": "en: It is {state}."},
        {"does": "person"},
    )
    assert owner.post("/admin/chat/procedure/add/", posted).status_code == 302
    row = Procedure.objects.get()
    assert [step.does for step in row.steps.all()] == ["ask", "call", "if", "say", "person"]


@pytest.mark.parametrize(
    ("step", "words"),
    [
        ({"does": "ask", "slot": "Order Number", "kind": "order"}, "Write a short name"),
        ({"does": "ask", "slot": "me", "kind": "customer"}, "Choose what is asked for."),
        ({"does": "call"}, "Choose an action."),
        ({"does": "say"}, "Write what is said."),
        ({"does": "if", "slot": "total", "operator": "over", "value": "many", "goto": "1"}, "can never be read"),
        ({"does": "if", "slot": "total", "operator": "over", "value": "5", "goto": "9"}, "There is no step 9."),
        ({"does": "if", "slot": "total", "operator": "over", "value": "5", "goto": "1"}, "Step 1 leads to itself."),
    ],
)
def test_a_step_that_lacks_something_is_refused(owner, site, step, words):
    page = owner.post("/admin/chat/procedure/add/", {"site": site.pk, "name": "x"} | steps(step)).content.decode()
    assert words in page
    assert not Procedure.objects.exists()


def test_a_manager_tries_a_procedure_in_a_preview_that_stores_nothing(site, shop, procedure):
    desk = logged_in(make_member(site, "Mara", Role.MANAGER))
    address = f"/admin/chat/procedure/{procedure.pk}/preview/"

    def say(text: str, page: str) -> str:
        talk = re.search(r'name="talk" value="([^"]*)"', page)
        return desk.post(address, {"said": text, "talk": talk[1] if talk else ""}).content.decode()

    page = say("where is it", desk.get(address).content.decode())
    assert "Which order? It begins with NP." in page
    page = say("NP-123456", page)
    assert "You ordered on Jan. 5, 2020" in page
    assert "A person will take over here." in page
    assert "The procedure has ended." in page
    assert not Event.objects.exists()
    assert desk.post(address, {"said": "hello", "talk": "forged"}).status_code == 200


def test_no_setting_lets_a_site_name_a_host_of_the_network(owner, site):
    assert settings.TANDEM.action_hosts == ()
    page = owner.post(ADD, form(site, url="http://127.0.0.1:9/x/{order_number}")).content.decode()
    assert "TANDEM_ACTION_HOSTS" in page


@pytest.fixture
def unclear(site, look_up) -> Deed:
    """A deed of which nobody knows whether it happened."""
    lifecycle.post_message(site=site, text="hello", now=NOW, visitor_id="a" * 32, client_id="c1")
    return Deed.objects.create(
        conversation=Conversation.objects.get(), seq=3, asked=2, action=look_up, name="Cancel", what="x", key="k" * 32,
        state=DeedState.UNCLEAR, begun_at=NOW, ends_by=NOW,
    )  # fmt: skip


def test_an_agent_tells_what_became_of_a_deed_of_which_nobody_knew(site, other_site, unclear):
    posted = {"action": "it_did_not_happen", "_selected_action": unclear.pk}
    logged_in(make_member(other_site, "Otto", Role.OWNER)).post(DEEDS, posted)
    unclear.refresh_from_db()
    assert unclear.state == DeedState.UNCLEAR, "another site's"
    page = logged_in(make_member(site, "Nora")).post(DEEDS, posted, follow=True).content.decode()
    assert "1 deed settled." in page
    unclear.refresh_from_db()
    assert unclear.state == DeedState.FAILED


def test_who_may_not_see_a_conversation_neither_sees_nor_settles_what_was_done_in_it(site, unclear):
    legal = Team.objects.create(site=site, name="Legal")
    Conversation.objects.update(team=legal)
    nora, lea, mara = (make_member(site, name, role) for name, role in MEMBERS)
    legal.members.add(lea)
    posted = {"action": "it_did_not_happen", "_selected_action": unclear.pk}
    desk, detail = logged_in(nora), f"{DEEDS}{unclear.pk}/change/"
    assert unclear.name not in rows_of(desk.get(DEEDS))
    assert unclear.key not in desk.get(detail, follow=True).content.decode()
    desk.post(DEEDS, posted)
    unclear.refresh_from_db()
    assert unclear.state == DeedState.UNCLEAR
    for member in (lea, mara):
        desk = logged_in(member)
        assert unclear.name in rows_of(desk.get(DEEDS))
        assert unclear.key in desk.get(detail).content.decode()
    assert "1 deed settled." in desk.post(DEEDS, posted, follow=True).content.decode()


def rows_of(page) -> str:
    """What the list of a page of the admin shows."""
    return "".join(map(str, page.context["cl"].result_list))

"""The console's pages: the login, the shell, and a side pane that shows nobody else's conversation."""

import pytest
from django.urls import reverse
from django.utils import timezone

from agents import letters
from chat import lifecycle
from chat.identity import Claims
from chat.models import Turn
from supportsite.sites.models import Site
from supportsite.sites.rights import Role
from tests.conftest import make_member
from tests.mail_server import mail_server

pytestmark = pytest.mark.django_db
PERSON = "I want to talk to a person <b>now</b>"


@pytest.fixture
def page(client):
    def get(user, path):
        if user:
            client.force_login(user)
        return client.get(path)

    return get


def test_who_is_not_logged_in_is_sent_to_the_login(page):
    for path in ("/console/", "/console/side/abc/"):
        assert page(None, path).headers["Location"] == f"/console/login/?next={path}"


def test_the_login_takes_username_and_password_and_leads_to_the_console(client, agent):
    response = client.post("/console/login/", {"username": "maya", "password": "secret-of-maya"})
    assert response.headers["Location"] == "/console/"
    response = client.get("/console/")
    assert response.status_code == 200
    assert "Northpine" in response.content.decode()


def test_a_wrong_password_says_so_and_keeps_the_name(client, agent):
    page = client.post("/console/login/", {"username": "maya", "password": "no"}).content.decode()
    assert 'role="alert"' in page
    assert 'value="maya"' in page


def test_the_login_needs_its_csrf_token(agent):
    from django.test import Client

    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/console/login/", {"username": "maya", "password": "secret-of-maya"}).status_code == 403


def test_logging_out_is_a_post(client, agent):
    client.force_login(agent.user)
    assert client.get(reverse("console:logout")).status_code == 405
    client.post(reverse("console:logout"))
    assert client.get("/console/").status_code == 302


@pytest.mark.parametrize("who", ["curator", "outsider"])
def test_who_may_read_no_conversation_is_told_so(page, cast, who):
    user = cast.outsider if who == "outsider" else cast.curator.user
    response = page(user, "/console/")
    assert response.status_code == 403
    assert "no conversations" in response.content.decode()


def test_the_shell_has_no_inline_script_or_style(page, agent):
    text = page(agent.user, "/console/").content.decode()
    assert "<style" not in text
    assert " style=" not in text
    assert " onclick=" not in text
    assert text.count("<script") == 2  # the module, and the words as JSON


def test_the_side_pane_shows_why_trace_notes_and_mood_escaped(page, cast):
    conversation = cast.says("v", PERSON)
    cast.does(lifecycle.note, cast.agent, conversation, text="<i>Regular</i> customer")
    steps = [
        {
            "step": "answerable",
            "decision": "no",
            "evidence": {"probability": 0.123456, "empty": None, "sections": [{"title": "Returns", "score": 0.5}]},
            "ms": 1.25,
        }
    ]
    Turn.objects.create(
        conversation=conversation, floor=0, from_seq=1, upto_seq=1, made_at=conversation.made_at, trace={"steps": steps}
    )
    text = page(cast.agent.user, f"/console/side/{conversation.public_id}/").content.decode()
    assert "The customer asked for a person." in text
    assert "&lt;i&gt;Regular&lt;/i&gt; customer" in text
    assert "&lt;b&gt;now&lt;/b&gt;" in text
    assert 'likely to answer: <span dir="auto">12.3 %' in text
    assert 'sections: <span dir="auto">Returns</span>' in text
    assert "empty" not in text
    assert 'data-mood="even"' in text


def test_the_side_pane_shows_no_mood_where_none_was_read(page, cast):
    conversation = cast.says("v", "ich bin echt stinksauer, das ist eine Frechheit")
    text = page(cast.agent.user, f"/console/side/{conversation.public_id}/").content.decode()
    assert "data-mood" not in text
    assert "stinksauer" in text


def test_every_call_that_left_for_a_turn_of_joined_messages_is_shown(page, cast):
    conversation = cast.says("v", "My mail is jo@mail.example")
    cast.says("v", "and please be quick")
    told = {"conversation": conversation, "floor": 0, "made_at": conversation.made_at}
    Turn.objects.create(**told, from_seq=1, upto_seq=2, trace={"steps": []})
    for seq, question in ((1, "My mail is [EMAIL_1]"), (2, "My mail is [EMAIL_1] and please be quick"), (3, "later")):
        conversation.outbound.create(
            seq=seq, provider="openai", model="gpt-x", opened_at=conversation.made_at, digest=f"digest-{seq}",
            saw={"question": question, "earlier": []},
        )  # fmt: skip
    text = page(
        make_member(cast.site, "Mo", Role.OWNER).user, f"/console/side/{conversation.public_id}/"
    ).content.decode()
    assert "digest-1" in text
    assert "digest-2" in text
    assert "digest-3" not in text, "of no turn that is shown"


def test_what_the_model_saw_stands_beside_the_original_for_who_may_read_it(page, cast):
    conversation = cast.says("v", "My mail is jo@mail.example <b>!</b>")
    Turn.objects.create(
        conversation=conversation, floor=0, from_seq=1, upto_seq=1, made_at=conversation.made_at, trace={"steps": []}
    )
    conversation.outbound.create(
        seq=1,
        provider="openai",
        model="gpt-x",
        opened_at=conversation.made_at,
        redactions={"EMAIL": 1},
        digest="abc123",
        saw={"question": "My mail is [EMAIL_1] <b>!</b>", "earlier": [["person", "Hello [NAME_1]"]]},
    )
    translated = {"question": "For a colleague to read", "earlier": [], "purpose": "translation"}
    call = {"seq": 1, "provider": "openai", "opened_at": conversation.made_at, "redactions": {}}
    conversation.outbound.create(**call, saw=translated)
    path = f"/console/side/{conversation.public_id}/"
    for role in (Role.MANAGER, Role.OWNER):
        member = make_member(cast.agent.site, f"M{role}", role)
        text = page(member.user, path).content.decode()
        assert "My mail is [EMAIL_1] &lt;b&gt;!&lt;/b&gt;" in text
        assert "My mail is jo@mail.example &lt;b&gt;" in text
        assert "person: Hello [NAME_1]" in text
        assert "gpt-x (openai)" in text
        assert "EMAIL 1" in text
        assert "For a colleague to read" not in text
    assert "[EMAIL_1]" not in page(cast.agent.user, path).content.decode()


def test_the_side_pane_says_who_a_verified_customer_is_and_leads_to_their_other_conversations(page, cast):
    first, second = cast.says("v", PERSON), cast.says("w", PERSON)
    text = page(cast.agent.user, f"/console/side/{first.public_id}/").content.decode()
    assert "verified" not in text
    who = Claims("<ada>", "Ada <b>Lovelace</b>", "ada@example.com", 12_000)
    for visitor in ("v", "w"):
        told = {"site": cast.site, "claims": who, "visitor_id": cast.visitors[visitor]}
        lifecycle.identify(**told, now=first.made_at)
    text = page(cast.agent.user, f"/console/side/{first.public_id}/").content.decode()
    for shown in ("Ada &lt;b&gt;Lovelace&lt;/b&gt;", "verified", "&lt;ada&gt;", "ada@example.com", "12,000"):
        assert shown in text
    assert f"#c/{second.public_id}" in text
    assert f"#c/{first.public_id}" in page(cast.agent.user, f"/console/side/{second.public_id}/").content.decode()
    second.team = cast.team(cast.another_agent)
    second.save()
    assert second.public_id not in page(cast.agent.user, f"/console/side/{first.public_id}/").content.decode()


@pytest.mark.parametrize("who", ["stranger", "curator", "outsider"])
def test_the_side_pane_of_anothers_conversation_is_not_there(page, cast, who):
    conversation = cast.says("v", PERSON)
    user = cast.outsider if who == "outsider" else getattr(cast, who).user
    assert page(user, f"/console/side/{conversation.public_id}/").status_code == 404


def test_the_side_pane_of_a_team_is_its_members_only(page, cast):
    conversation = cast.says("v", PERSON)
    conversation.team = cast.team(cast.agent)
    conversation.save()
    assert page(cast.agent.user, f"/console/side/{conversation.public_id}/").status_code == 200
    assert page(cast.another_agent.user, f"/console/side/{conversation.public_id}/").status_code == 404


def test_pages_of_people_are_not_kept_by_caches(page, agent):
    assert "no-store" in page(agent.user, "/console/").headers["Cache-Control"]


def test_whoever_manages_a_site_reads_in_console_and_admin_that_no_e_mail_goes_out(page, cast, settings):
    owner = make_member(cast.site, "Olga", Role.OWNER)
    owner.user.is_staff = True
    owner.user.save()
    for path in ("/console/", "/admin/"):
        assert "No e-mail goes out from here" in page(owner.user, path).content.decode()
    assert "No e-mail goes out" not in page(cast.agent.user, "/console/").content.decode()
    with mail_server(settings):
        for path in ("/console/", "/admin/"):
            assert "No e-mail goes out" not in page(owner.user, path).content.decode()
        port, settings.EMAIL_PORT = settings.EMAIL_PORT, 9
        letters.write(to="a@shop.example", subject="A test", text="Hello", now=timezone.now())
        letters.send_due(now=timezone.now())
        for path in ("/console/", "/admin/"):
            assert "E-mail does not go out just now: ConnectionRefused" in page(owner.user, path).content.decode()
        settings.EMAIL_PORT = port


def test_an_address_of_a_rule_that_is_refused_is_named_to_whoever_may_change_it(page, cast, settings):
    owner = make_member(cast.site, "Olga", Role.OWNER)
    Site.objects.filter(pk=cast.site.pk).update(unclaimed_rule="mail", unclaimed_email="left@shop.example")
    with mail_server(settings) as box:
        assert "is refused" not in page(owner.user, "/console/").content.decode()
        box.refuses.append("550 no such user")
        letters.write(to="left@shop.example", subject="A test", text="Hello", now=timezone.now())
        letters.send_due(now=timezone.now())
        assert "the address left@shop.example is refused" in page(owner.user, "/console/").content.decode()

"""A ticket for whom nobody came: opened once in a help desk that speaks Zendesk's API; nobody is dropped without."""

import datetime as dt
import json
import threading

import pytest
from django.db import connection
from django.utils import timezone

from agents import attending, help_desk, letters, side, tasks, ticket_body, tickets
from agents.models import Letter, Ticket
from chat import ledger, lifecycle, log_check
from chat.customer_rows import Customer
from chat.models import Call, Conversation, Event, Outbound, Visitor
from supportsite.sites.forms import SiteForm
from supportsite.sites.models import Site
from supportsite.sites.rights import Role
from tests.agents.test_attending import PERSON, here, minutes, rule
from tests.conftest import logged_in, make_member
from tests.fakes.help_desk import FAILURES, TOKEN, help_desk_server, named
from tests.mail_server import mail_server

pytestmark = pytest.mark.django_db
ADA = "ada@example.com"


@pytest.fixture
def desk(settings):
    """A help desk whose login was tried and taken."""
    with help_desk_server(settings) as made:
        assert tickets.check(now=timezone.now()) == ""
        made.asked.clear()
        yield made


@pytest.fixture
def start(cast):
    rule(cast.site, unclaimed_rule="ticket", unclaimed_after=15)
    return timezone.now()


def asks(cast, start, *, email=ADA, visitor="v"):
    """A customer calls a person; `email` is what they left."""
    cast.says(visitor, "My tent pole broke, and the shop says **nothing**", at=start)
    row = cast.says(visitor, PERSON, at=start)
    Visitor.objects.filter(conversation=row).update(email=email)
    return row


def after(start, n):
    """The rules are looked at, then what is due is opened, twice: twice is once."""
    now = start + minutes(n)
    for _twice in range(2):
        attending.carry_on(now)
        tickets.open_due(now=now)


def notes(row):
    return [event.body["text"] for event in Event.objects.filter(conversation=row, kind="note").order_by("seq")]


def told(row):
    return [event.body["text"] for event in Event.objects.filter(conversation=row, kind="told").order_by("seq")]


def test_when_nobody_comes_one_ticket_is_opened_and_all_read_so(cast, desk, start):
    row = asks(cast, start)
    after(start, 14)
    assert not desk.asked
    after(start, 16)
    after(start, 40)
    assert desk.opened == 1
    link = f"{desk.address}/agent/tickets/4001"
    assert "a ticket is being opened" in notes(row)[-3], notes(row)
    assert f"Ticket 4001 is open in the help desk: {link}" in notes(row)
    (sentence,) = told(row)
    assert "4001" in sentence
    assert ADA in sentence
    row.refresh_from_db()
    assert row.handler == "queue", "it waits on: whoever comes first answers"
    pane = side.of(row, Conversation.objects.all(), now=start)
    assert [(one.number, one.link) for one in pane.tickets] == [(4001, link)]
    ticket = Ticket.objects.get()
    assert (ticket.request, ticket.email, ticket.due_at) == ("", "", None), "what was sent is forgotten"
    assert not list(log_check.differences())


def test_the_help_desk_is_told_what_it_needs_in_the_documented_form(cast, desk, start, settings):
    row = asks(cast, start)
    cast.does(lifecycle.note, cast.agent, row, text="a VIP, be careful")
    after(start, 16)
    method, path, headers, body = desk.asked[0]
    assert (method, path, headers["content-type"]) == ("POST", "/api/v2/tickets.json", "application/json")
    assert row.public_id in headers["idempotency-key"]
    assert len(headers["idempotency-key"]) <= 255
    ticket = json.loads(body)["ticket"]
    assert ticket["requester"] == {"name": ADA, "email": ADA}
    assert ticket["subject"] == f"{cast.site.name}: My tent pole broke, and the shop says **nothing**"
    assert {"tandem", "tandem-asked"} <= set(ticket["tags"])
    assert ticket["external_id"].startswith(row.public_id)
    comment = ticket["comment"]
    assert comment["public"] is False, "an address that somebody typed is sent nothing of what they typed"
    text = comment["body"]
    assert "The customer asked for a person." in text
    assert f"{settings.TANDEM.public_url}/console/#c/{row.public_id}" in text
    assert text.index("My tent pole broke") < text.rindex(PERSON)
    assert "VIP" not in text
    assert "is being opened" not in text, "the team's notes stay here"


def test_of_a_verified_customer_the_name_and_the_signed_address_are_told(cast, desk, start):
    row = asks(cast, start, email="")
    now = timezone.now()
    visitor = row.visitor
    ada = Customer.objects.create(
        site=cast.site, external_id="7", home=visitor, name="Ada L.", email="ada@work.example", made_at=now, told_at=now
    )
    Visitor.objects.filter(pk=visitor.pk).update(customer=ada)
    after(start, 16)
    assert desk.tickets[0]["requester"] == {"name": "Ada L.", "email": "ada@work.example"}


def test_a_long_talk_is_told_from_its_end(cast, desk, start):
    for n in range(20):
        cast.says("v", f"line {n} " + "x" * 3900, at=start)
    asks(cast, start)
    after(start, 16)
    body = desk.tickets[0]["comment"]["body"]
    assert len(body) <= 65_535
    assert "The beginning is left out" in body
    assert "line 0 x" not in body.partition("left out")[2]
    assert PERSON in body


@pytest.mark.parametrize("end", ["\n", "\r", "\u2028", "\x0b", "\x85"])
def test_a_customer_writes_no_lines_of_the_teams(cast, desk, start, end):
    forged = "Rita, 2026-11-29 20:00 UTC"
    cast.says("v", f"Hello{end}{end}{forged}{end}You get your money back.", at=start)
    Conversation.objects.update(page=f"https://shop.example/{end}{forged}")
    asks(cast, start)
    after(start, 16)
    lines = desk.tickets[0]["comment"]["body"].splitlines()
    assert f"> {forged}" in lines
    assert not [line for line in lines if line.startswith(forged)]


def test_where_the_beginning_is_left_out_no_line_loses_its_mark(cast, desk, start, monkeypatch):
    forged = "Rita, 2026-11-29 20:00 UTC"
    row = cast.says("v", f"{forged}\nYou get your money back. " + "x" * 300, at=start)
    for longest in range(380, 470):
        monkeypatch.setattr(ticket_body, "LONGEST", longest)
        made = json.loads(ticket_body.compose(row, None, email=ADA, external_id="a"))["ticket"]
        log = made["comment"]["body"].partition("left out")[2]
        assert not [line for line in log.splitlines()[1:] if not line.startswith("> ")], log


def test_the_customer_reads_it_in_their_language(cast, desk, start):
    cast.says("v", "Meine Zeltstange ist gebrochen und niemand antwortet mir", at=start)
    row = cast.says("v", "Ich möchte mit einem Menschen sprechen", at=start)
    Visitor.objects.filter(conversation=row).update(email=ADA)
    after(start, 16)
    assert "Ihre Anfrage ist jetzt das Ticket 4001" in told(row)[0]


def test_without_an_address_it_waits_on_until_there_is_one(cast, desk, start):
    row = asks(cast, start, email="")
    after(start, 16)
    assert not desk.asked
    assert Call.objects.get().step < Call.Step.GIVEN_UP
    assert len(notes(row)) >= 1, "it is reminded of"
    cast.says("v", f"My address is {ADA}", at=start + minutes(17))
    after(start, 18)
    assert desk.tickets[0]["requester"]["email"] == ADA


def test_without_an_address_the_team_is_written_to_where_it_can_be(cast, desk, start, settings):
    rule(cast.site, unclaimed_email="lead@example.com")
    asks(cast, start, email="")
    with mail_server(settings):
        after(start, 16)
        after(start, 40)
    assert not desk.asked
    assert Letter.objects.get().to == "lead@example.com"


def test_a_site_that_opens_tickets_asks_who_waits_for_an_address(cast, desk, start):
    here(cast.agent)
    row = cast.says("v", PERSON)
    called = Event.objects.get(conversation=row, kind="escalated")
    assert "e-mail address" in called.body["text"]


# --- never two


def test_killed_between_the_help_desks_word_and_ours_the_ticket_is_found_again(cast, desk, start, monkeypatch):
    row = asks(cast, start)

    def killed(*_args, **_kwargs):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(tickets, "_keep", killed)
        with pytest.raises(KeyboardInterrupt):
            after(start, 16)
    assert desk.opened == 1
    assert Ticket.objects.get().number is None
    desk.two_hours_pass()
    tickets.open_due(now=start + minutes(200))
    assert desk.opened == 1, "also when the help desk has forgotten the key"
    assert Ticket.objects.get().number == 4001
    assert "4001" in told(row)[0]


def test_a_ticket_whose_answer_was_lost_on_the_way_is_not_opened_again(cast, desk, start):
    desk.fails = ["lost"]
    row = asks(cast, start)
    after(start, 16)
    assert (desk.opened, told(row)) == (1, [])
    after(start, 18)
    assert desk.opened == 1
    assert "4001" in told(row)[0]


def test_the_key_alone_keeps_a_second_request_from_opening_a_second_ticket(desk):
    there = help_desk.help_desk()
    body = json.dumps({"ticket": {"comment": {"body": "x"}, "requester": {"email": ADA}, "external_id": "a"}})
    assert there.open(body, key="k") == there.open(body, key="k") == 4001
    assert desk.opened == 1


@pytest.mark.django_db(transaction=True)
def test_sweeps_at_once_ask_once(cast, desk, start):
    rows = [asks(cast, start, visitor=f"v{n}") for n in range(3)]
    attending.carry_on(start + minutes(16))
    begin = threading.Barrier(4)

    def sweep():
        begin.wait(5)
        tickets.open_due(now=start + minutes(16))
        connection.close()

    sweeps = [threading.Thread(target=sweep) for _ in range(4)]
    for one in sweeps:
        one.start()
    for one in sweeps:
        one.join()
    assert [method for method, *_rest in desk.asked] == ["POST"] * 3
    assert [len(told(row)) for row in rows] == [1, 1, 1]


def test_one_escalation_has_one_ticket_also_where_an_agent_took_it_and_vanished(cast, desk, start):
    row = asks(cast, start)
    after(start, 16)
    cast.does(lifecycle.claim, cast.agent, row)
    cast.does(lifecycle.release, cast.agent, row)
    after(timezone.now(), 40)
    assert desk.opened == len(told(row)) == 1
    cast.does(lifecycle.claim, cast.agent, row)
    cast.does(lifecycle.hand_back, cast.agent, row)
    later = timezone.now()
    cast.says("v", PERSON, at=later)
    after(later, 16)
    assert desk.opened == 2, "who calls anew gets another one"


def test_where_somebody_came_before_it_left_no_ticket_is_opened(cast, desk, start):
    row = asks(cast, start)
    attending.carry_on(start + minutes(16))
    cast.does(lifecycle.claim, cast.agent, row)
    tickets.open_due(now=start + minutes(17))
    assert not desk.opened
    assert not told(row)


def test_where_somebody_came_meanwhile_the_team_reads_of_it_and_the_customer_nothing(cast, desk, start):
    desk.fails = ["lost"]
    row = asks(cast, start)
    after(start, 16)
    cast.does(lifecycle.claim, cast.agent, row)
    tickets.open_due(now=start + minutes(18))
    assert "Ticket 4001" in notes(row)[-1]
    assert not told(row)


def test_who_is_forgotten_while_their_ticket_is_opened_gets_no_number_into_the_empty_log(
    cast, desk, start, monkeypatch
):
    row = asks(cast, start)
    opened = help_desk.HelpDesk.open

    def forgotten_meanwhile(self, body, *, key):
        number = opened(self, body, key=key)
        assert lifecycle.forget_conversation(site=cast.site, public_id=row.public_id, now=start + minutes(16))
        return number

    monkeypatch.setattr(help_desk.HelpDesk, "open", forgotten_meanwhile)
    after(start, 16)
    assert desk.opened == 1
    last = Event.objects.filter(conversation=row).latest("seq")
    assert last.kind == "erased"
    assert "4001" not in str(list(Event.objects.values()))
    assert not Ticket.objects.exists()


# --- the help desk is away, or refuses


@pytest.mark.parametrize("fails", ["500", "503", "429", "409", "html", "deep", "lost"])
def test_what_passes_is_tried_again(cast, desk, start, fails):
    row = asks(cast, start)
    desk.fails = [fails]
    after(start, 16)
    assert not told(row)
    assert Ticket.objects.get().due_at is not None
    after(start, 19)
    assert desk.opened == 1
    assert told(row)


def test_it_waits_as_long_as_the_help_desk_asks_and_not_for_ever(cast, desk, start):
    asks(cast, start)
    desk.fails = ["429"]
    at = start + minutes(16)
    attending.carry_on(at)
    tickets.open_due(now=at)
    tickets.open_due(now=at + dt.timedelta(seconds=92))
    assert len(desk.asked) == 1
    tickets.open_due(now=at + dt.timedelta(seconds=94))
    assert desk.opened == 1
    asks(cast, start, visitor="w")
    desk.fails = ["429 for a day"]
    after(start, 17)
    assert Ticket.objects.last().due_at is None


@pytest.mark.parametrize(
    "told",
    ["inf", "nan", "9" * 400, "-inf", "soon", "Fri, 31 Dec 9999 23:59:59 GMT", f"Fri, 31 Dec 2026 23:59 +{'9' * 30}"],
)
def test_a_patience_that_is_no_sane_time_keeps_no_ticket_for_ever(cast, desk, start, monkeypatch, told):
    monkeypatch.setitem(FAILURES, "429", (429, {"Retry-After": told}, "Rate limit exceeded"))
    rows = [asks(cast, start, visitor=f"v{n}") for n in range(2)]
    desk.fails = ["429"] * 1000
    for n in range(16, 90):
        after(start, n)
    assert not Ticket.objects.filter(due_at__isnull=False)
    assert all("No ticket was opened in the help desk: it asks for patience (429)." in notes(row) for row in rows)


def test_who_asks_for_patience_is_left_alone_by_every_ticket_also_a_new_one(cast, desk, start):
    for visitor in ("v", "w", "x"):
        asks(cast, start, visitor=visitor)
    desk.fails = ["429"]
    at = start + minutes(16)
    after(start, 16)
    asks(cast, start, visitor="new")
    for second in range(0, 93, 10):
        attending.carry_on(at + dt.timedelta(seconds=second))
        tickets.open_due(now=at + dt.timedelta(seconds=second))
        tickets.look_again(now=at + dt.timedelta(seconds=second))
    assert Ticket.objects.count() == 4
    assert len(desk.asked) == 1, "the others are not asked for before Retry-After"
    assert tickets.is_well()
    for n in (18, 19):
        after(start, n)
    assert desk.opened == 4
    assert not list(log_check.differences())


def test_who_asks_for_more_patience_than_a_ticket_has_is_not_asked_for_the_others_nor_the_login(cast, desk, start):
    rows = [asks(cast, start, visitor=visitor) for visitor in ("v", "w")]
    desk.fails = ["429 for a day"]
    for n in range(16, 60):
        after(start, n)
        tickets.look_again(now=start + minutes(n))
    assert len(desk.asked) == 1
    first, second = (sum("No ticket was opened" in note for note in notes(row)) for row in rows)
    assert (first, second) == (1, 1)
    assert any("external ID" in note for note in notes(rows[0]))
    assert not any("external ID" in note for note in notes(rows[1])), "for this one nothing was ever asked"
    tickets.look_again(now=start + minutes(16 + 24 * 60 + 1))
    assert tickets.is_well()


def test_a_number_that_no_row_can_keep_is_none(cast, desk, start, monkeypatch):
    monkeypatch.setitem(FAILURES, "409", (201, {}, {"ticket": {"id": 2**63}}))
    desk.fails = ["409"]
    row = asks(cast, start)
    after(start, 16)
    assert not told(row)
    after(start, 18)
    assert Ticket.objects.get().number == 4001


def test_a_help_desk_that_stays_away_is_asked_for_an_hour_then_the_rule_goes_on_and_it_comes_back(cast, desk, start):
    row = asks(cast, start)
    desk.fails = ["503"] * 1000
    for n in range(16, 90):
        now = start + minutes(n)
        attending.carry_on(now)
        tickets.open_due(now=now)
    assert 8 <= len(desk.asked) <= 40
    assert "No ticket was opened in the help desk: 503." in notes(row)
    assert any(row.public_id in text and "external ID" in text for text in notes(row))
    assert Call.objects.get().step < Call.Step.GIVEN_UP, "it waits on"
    assert tickets.health().error == "503"
    row.refresh_from_db()
    assert row.handler == "queue"
    asked = len(desk.asked)
    asks(cast, start + minutes(60), visitor="w")
    after(start, 91)
    assert len(desk.asked) == asked, "nothing ends in what does not work"
    desk.fails = []
    tickets.look_again(now=start + minutes(96))
    assert tickets.is_well()
    after(start, 97)
    assert desk.opened == 2, "both get theirs"


@pytest.mark.parametrize("fails", ["403", "404", "redirect"])
def test_a_help_desk_that_refuses_is_not_asked_again_and_the_team_gets_an_e_mail(cast, desk, start, settings, fails):
    rule(cast.site, unclaimed_email="lead@example.com")
    row = asks(cast, start)
    desk.fails = [fails]
    with mail_server(settings) as box:
        after(start, 16)
        after(start, 18)
        letters.send_due(now=start + minutes(18))
        assert [letter["To"] for letter in box.letters] == ["lead@example.com"]
    assert len(desk.asked) == 1
    said = "\n".join(notes(row))
    assert 0 < said.index("No ticket was opened") < said.index("an e-mail went out")
    assert not tickets.is_well()
    assert not told(row), "the customer was promised nothing"


def test_a_token_that_is_not_taken_any_more_is_no_ticket_and_comes_back_with_a_new_one(cast, desk, start, settings):
    settings.TANDEM = settings.TANDEM.model_copy(update=named(desk, ticket_token="old"))
    tickets._keep(help_desk.help_desk(), "", start)
    row = asks(cast, start)
    after(start, 16)
    assert "No ticket was opened in the help desk: it does not take the user or the token (401)." in notes(row)
    settings.TANDEM = settings.TANDEM.model_copy(update=named(desk))
    assert tickets.health().error == tickets.UNTRIED
    tasks.open_tickets()
    assert tickets.is_well()
    after(start, 18)
    assert desk.opened == 1


def test_a_ticket_that_is_refused_says_nothing_of_the_next_and_is_not_tried_again(cast, desk, start):
    row = asks(cast, start)
    desk.fails = ["422"]
    after(start, 16)
    after(start, 60)
    assert len(desk.asked) == 1
    assert "No ticket was opened in the help desk: 422." in notes(row)
    assert tickets.is_well()
    asks(cast, start, visitor="w")
    after(start, 61)
    assert desk.opened == 1


def test_a_help_desk_that_hangs_holds_up_one_request_and_no_more_tickets_in_that_round(cast, desk, start, monkeypatch):
    monkeypatch.setattr(help_desk, "SECONDS", 0.3)
    asks(cast, start)
    asks(cast, start, visitor="w")
    desk.fails = ["hang", "hang"]
    attending.carry_on(start + minutes(16))
    tickets.open_due(now=start + minutes(16))
    assert len(desk.asked) == 1
    assert Ticket.objects.filter(error="slow").count() == 1


def test_an_address_in_our_own_network_is_not_asked_unless_it_is_named(cast, settings):
    with help_desk_server() as desk:
        settings.TANDEM = settings.TANDEM.model_copy(update=named(desk, action_hosts=()))
        assert tickets.check(now=timezone.now()) == "private_address"
        assert not desk.asked


def test_each_request_is_in_the_ledger_without_a_word_of_it(cast, desk, start):
    row = asks(cast, start)
    desk.fails = ["503"]
    after(start, 16)
    after(start, 20)
    calls = Outbound.objects.filter(conversation=row, provider=ledger.TICKET).order_by("pk")
    assert [call.outcome for call in calls] == ["503", "answered"]
    assert all(call.closed_at and not call.saw for call in calls)
    assert not ledger.health(since=start)


def test_the_token_is_in_no_row_and_no_log(cast, desk, start, caplog):
    asks(cast, start)
    desk.fails = ["503", "422"]
    with caplog.at_level("DEBUG"):
        after(start, 16)
        after(start, 20)
    rows = [*Ticket.objects.values(), *Outbound.objects.values(), *Event.objects.values()]
    assert TOKEN not in f"{rows}{caplog.text}"
    assert ADA not in caplog.text


# --- the owner's pages


@pytest.fixture
def owner(site):
    return make_member(site, "Olga", Role.OWNER)


def choose(site, **values):
    form = SiteForm(instance=Site.objects.get(pk=site.pk))
    told = {name: form[name].value() for name in form.fields if form[name].value() not in (None, False)}
    return {**told, "origins": "", "greeting": "", "unclaimed_rule": "ticket", **values}


def test_the_owner_checks_the_login_then_chooses_tickets(owner, site, settings):
    browser, people, page = logged_in(owner), "/console/people/", f"/admin/sites/site/{site.pk}/change/"
    refused = "No ticket can be opened from here just now"
    assert refused in browser.post(page, choose(site)).content.decode()
    with help_desk_server(settings) as desk:
        assert "its login was not tried yet" in browser.get(people).content.decode()
        assert refused in browser.post(page, choose(site)).content.decode()
        desk.role = "end-user"
        assert "the user is no agent" in browser.post(people, {"do": "desk"}, follow=True).content.decode()
        desk.role = "admin"
        html = browser.post(people, {"do": "desk"}, follow=True).content.decode()
        assert "The help desk takes the login. No ticket was opened." in html
        assert TOKEN not in html
        assert not desk.opened
        assert browser.post(page, choose(site)).status_code == 302
        assert Site.objects.get(pk=site.pk).unclaimed_rule == "ticket"


def test_a_login_that_is_taken_for_nobodys_is_none(settings):
    with help_desk_server(settings) as desk:
        settings.TANDEM = settings.TANDEM.model_copy(update=named(desk, ticket_token="wrong"))
        assert tickets.check(now=timezone.now()) == "401"
        desk.takes_anybody = True
        assert tickets.check(now=timezone.now()) == "401"


def test_who_does_not_manage_the_site_checks_nothing(agent, settings):
    with help_desk_server(settings) as desk:
        assert logged_in(agent).post("/console/people/", {"do": "desk"}).status_code == 403
        assert not desk.asked


def test_while_no_ticket_is_opened_a_bar_says_so_to_whoever_may_mend_it(owner, agent, site, settings):
    boss = logged_in(owner)
    bar = "No ticket is opened"
    assert bar not in boss.get("/console/").content.decode(), "nobody wants any"
    rule(site, unclaimed_rule="ticket")
    for path in ("/console/", "/admin/"):
        assert "TANDEM_TICKET_URL is not set" in boss.get(path).content.decode()
    with help_desk_server(settings) as desk:
        tickets.check(now=timezone.now())
        assert bar not in boss.get("/console/").content.decode()
        settings.TANDEM = settings.TANDEM.model_copy(update=named(desk, ticket_token="old"))
        tickets.check(now=timezone.now())
        for path in ("/console/", "/admin/"):
            assert "it does not take the user or the token (401)" in boss.get(path).content.decode()
        assert bar not in logged_in(agent).get("/console/").content.decode()


def test_the_console_links_to_the_ticket(cast, desk, start):
    row = asks(cast, start)
    after(start, 16)
    html = logged_in(cast.agent).get(f"/console/side/{row.public_id}/").content.decode()
    assert f'<a href="{desk.address}/agent/tickets/4001"' in html
    assert "ticket 4001" in html

"""Nobody drops it: nobody is there, nobody claims and it widens, and it is passed on."""

import os
import re
import subprocess
import sys
import uuid
from datetime import UTC, datetime, timedelta

from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.journeys.conftest import PHONE
from tests.journeys.people import Agent, Curator, Customer, enter
from tests.server import ROOT, ServerProcess

PERSON = "I want to talk to a person"
A_SWEEP = 30_000  # ms


def waits(server: ServerProcess, context: BrowserContext) -> tuple[Customer, str]:
    """A customer who waits for a person, and a word that only they wrote."""
    word = f"case {uuid.uuid4().hex[:8]}"
    customer = Customer(context, server).open()
    customer.ask(f"{PERSON}, {word}")
    customer.reads(re.compile("A person will take over here"))
    return customer, word


def row(page: Page, word: str):
    return page.get_by_role("navigation", name="Conversations").get_by_role("link").filter(has_text=word)


def thread(agent: Agent) -> Locator:
    """The conversation that is open."""
    return agent.page.get_by_role("region", name="Conversation", exact=True)


def settings_of(server: ServerProcess, context: BrowserContext, **values: str) -> None:
    """An owner changes the site's settings in the admin."""
    page = Curator(context, server).log_in().page
    page.goto(server.url + "/admin/sites/site/")
    page.locator("#result_list tbody th a").first.click()
    for name, value in values.items():
        page.locator(f"[name={name}]").fill(value)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("was changed successfully")).to_be_visible()
    page.close()


def shell(server: ServerProcess, word: str, code: str) -> str:
    """What a line of Python prints beside the server, `talk` being the conversation in which the word was written."""
    talk = f"talk = Event.objects.filter(body__text={f'{PERSON}, {word}'!r}).first().conversation"
    place = {**os.environ, "TANDEM_VAR": str(server.folder), "PORT": str(server.port)}
    lines = f"from chat.models import Event; {talk}; {code}"
    command = [sys.executable, "manage.py", "shell", "-v", "0", "-c", lines]
    return subprocess.check_output(command, cwd=ROOT, env=place, text=True).strip()


def a_minute_passes(server: ServerProcess, word: str) -> None:
    """The call is as if it were two minutes older: nobody has to wait for it here."""
    earlier = "F('at') - datetime.timedelta(minutes=2)"
    shell(server, word, f"import datetime; from django.db.models import F; talk.calls.update(at={earlier})")


def link_of(server: ServerProcess, word: str) -> str:
    """The link that an e-mail to who wrote this word would have, signed by the server's own key."""
    told = shell(server, word, "from chat import resume; print(resume.link(base='/resume/', row=talk))")
    return server.url + told.splitlines()[-1]


def all_offline(server: ServerProcess, open_context) -> None:
    """Everybody says that they are not there."""
    for who in ("agent", "admin"):
        agent = Agent(open_context(), server, who).log_in()
        menu = agent.page.get_by_label("Your presence")
        expect(agent.page.locator("#panes[data-ready]")).to_be_visible()
        menu.select_option("away")
        menu.select_option("offline")
        dialog = agent.page.get_by_role("dialog", name="Go offline")
        if dialog.is_visible():
            dialog.get_by_role("button", name="Go offline").click()
        expect(agent.page.locator("#me-dot[data-state=offline]")).to_have_count(1)
        agent.page.wait_for_timeout(300)  # the ack
        agent.page.close()


def test_nobody_online(server, open_context, picture):
    all_offline(server, open_context)
    customer, word = waits(server, open_context(PHONE))
    customer.reads(re.compile("Nobody is here just now. You keep your place"))
    customer.ask("sure: ana@example.com")
    customer.reads("Thank you. We can reach you at ana@example.com.")
    expect(customer.sheet.get_by_text("You are in the queue, place")).to_be_visible()
    picture(customer.page, "1-customer")
    agent = Agent(open_context(PHONE), server).log_in()
    row(agent.page, word).click()
    agent.page.get_by_role("link", name="Details").click()
    expect(agent.page.get_by_text("ana@example.com", exact=True)).to_be_visible()
    picture(agent.page, "2-agent")
    agent.page.get_by_label("Your presence").select_option("offline")


def test_closed_it_says_when_it_opens(server, open_context, picture):
    owner = open_context()
    opens = datetime.now(UTC) + timedelta(days=3)  # on whatever day this runs, it is closed
    day = opens.strftime("%a").lower()
    settings_of(server, owner, time_zone="Europe/Dublin", holidays="12-25 Christmas", **{day: "9-17"})
    try:
        customer = Customer(open_context(), server).open()
        customer.ask(PERSON)
        seen = re.compile(rf"We are closed just now and open again on {opens:%A}|Nobody is here just now")
        customer.reads(seen)
        picture(customer.page, "1-closed")
    finally:
        settings_of(server, owner, time_zone="", holidays="", **{day: ""})


def test_unclaimed_and_widened(server, open_context, picture):
    owner = open_context()
    settings_of(server, owner, remind_after="1", widen_after="1")
    try:
        customer, word = waits(server, open_context())
        lead = Agent(open_context(), server, "admin")
        enter(lead.page, server.url + "/console/", lead.login)
        row(lead.page, word).click()
        a_minute_passes(server, word)
        expect(thread(lead).get_by_text(re.compile("Nobody has taken this for . minutes?"))).to_be_visible(
            timeout=A_SWEEP
        )
        picture(lead.page, "1-reminded")
        thread(lead).get_by_role("button", name="Claim", exact=True).click()
        thread(lead).get_by_role("button", name="Pass on").click()
        dialog = lead.page.get_by_role("dialog", name="Pass on to")
        dialog.get_by_label(re.compile("Support")).check()
        dialog.get_by_role("button", name="Pass on").click()
        customer.reads(re.compile("goes to our team “Support”"))
        a_minute_passes(server, word)
        expect(thread(lead).get_by_text("Every team sees this now.")).to_be_visible(timeout=A_SWEEP)
        picture(lead.page, "2-widened")
    finally:
        settings_of(server, owner, remind_after="3", widen_after="10")
    lead.page.get_by_label("Your presence").select_option("offline")


def test_passed_on_and_put_aside_by_keyboard(server, open_context, picture):
    customer, word = waits(server, open_context())
    lead, maya = Agent(open_context(), server, "admin"), Agent(open_context(PHONE), server).log_in()
    enter(lead.page, server.url + "/console/", lead.login)
    maya.page.get_by_label("Your presence").select_option("online")
    row(lead.page, word).click()
    keyboard = lead.page.keyboard
    thread(lead).get_by_role("button", name="Claim", exact=True).press("Enter")
    expect(lead.page.get_by_text("You have it")).to_be_visible()
    lead.page.locator("#thread").focus()
    keyboard.press("t")
    dialog = lead.page.get_by_role("dialog", name="Pass on to")
    expect(dialog.get_by_text("Maya")).to_be_visible()
    expect(dialog.get_by_role("radio").first).to_be_focused()
    picture(lead.page, "1-to-whom")
    keyboard.press("Space")
    keyboard.press("Tab")
    dialog.get_by_role("textbox").fill("She is a regular.")
    dialog.get_by_role("button", name="Pass on").press("Enter")
    customer.reads(re.compile("Maya goes on here"))
    expect(maya.page.get_by_text("A colleague passed this on.")).to_be_visible()
    picture(maya.page, "2-called")
    row(maya.page, word).click()
    expect(maya.page.get_by_role("log", name="Messages").get_by_text("She is a regular.")).to_be_visible()
    maya.page.locator("#thread").focus()
    maya.page.keyboard.press("z")
    dialog = maya.page.get_by_role("dialog", name="Snooze")
    expect(dialog.get_by_role("radio").first).to_be_focused()
    picture(maya.page, "3-aside")
    dialog.get_by_role("button", name="Snooze").press("Enter")
    expect(maya.page.get_by_text(re.compile("until the customer writes"))).to_be_visible()
    customer.ask("Any news?")
    maya.page.go_back()
    maya.page.get_by_label("Your presence").select_option("offline")
    dialog = maya.page.get_by_role("dialog", name="Go offline")
    expect(dialog.get_by_text(re.compile("open conversation"))).to_be_visible()
    picture(maya.page, "4-leaving")
    dialog.get_by_label(re.compile("Give them to the queue")).check()
    dialog.get_by_role("button", name="Go offline").click()
    customer.reads(re.compile("You are back in the queue."))
    picture(customer.page, "5-queue")
    lead.page.get_by_label("Your presence").select_option("offline")


def test_a_link_from_an_e_mail_leads_back_in_its_tab_alone(server, open_context, picture):
    _customer, word = waits(server, open_context())
    link = link_of(server, word)
    shared = open_context(PHONE)
    somebody_else, others = waits(server, shared)
    page = shared.new_page()
    page.goto(link)
    expect(page.get_by_role("dialog").get_by_text(word)).to_be_visible()
    assert "#" not in page.url
    picture(page, "1-resumed")
    page.reload()
    expect(page.get_by_role("dialog").get_by_text(word)).to_be_visible()
    page.close()
    somebody_else.page.reload()
    somebody_else.reads(re.compile(others))
    expect(somebody_else.sheet.get_by_text(word)).to_have_count(0)
    page = shared.new_page()
    page.goto(link[:-3])
    expect(page.get_by_role("alert")).to_contain_text("no longer valid")
    picture(page, "2-no-longer")

"""A colleague is asked one question; and an agent and a customer without a language in common understand each other."""

import re
import uuid

import pytest
from playwright.sync_api import Page, expect

from tests.fakes.openai_server import Speaks, openai_server
from tests.journeys.axe import check
from tests.journeys.conftest import PHONE, WIDE
from tests.journeys.people import Agent, Curator, Customer
from tests.server import ServerProcess

UNKNOWN = "Do you also tune grand pianos"
GERMAN = "Guten Tag, ich möchte mit einem Menschen sprechen: mein Zelt aus der Bestellung ist seit 9 Tagen unterwegs."
ENGLISH = "Hello, I would like to talk to a person: my tent from the order has been on its way for 9 days."
REPLY = "It arrives tomorrow, on day 10."
IN_GERMAN = "Es kommt morgen bei Ihnen an, an Tag 11."


def translate(data: dict[str, str]) -> str:
    """What the model says; it has one number wrong."""
    known = {GERMAN: ENGLISH, REPLY: IN_GERMAN}
    return next((told for text, told in known.items() if text in data.get("text", "")), "NO_ANSWER")


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """The demo with a model that translates."""
    with openai_server(Speaks(translate)) as model:
        limits = {"TANDEM_LIMIT_MESSAGES": "0", "TANDEM_LIMIT_NEW_VISITORS": "0", "TANDEM_CHECK_LINKS": "0"}
        own = {"TANDEM_MODEL": "openai:fake", "TANDEM_MODEL_URL": model.url}
        running = ServerProcess(tmp_path_factory.mktemp("asking"), **limits, **own).start()
        yield running
        assert running.stop() == 0, running.tail()


@pytest.fixture
def consent(server, open_context):
    """The owner allows both."""
    page = Curator(open_context(), server).log_in().page
    page.goto(server.url + "/admin/sites/site/")
    page.locator("#result_list tbody th a").first.click()
    for name in ("ask_people", "translates"):
        page.locator(f"[name={name}]").check()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("was changed successfully")).to_be_visible()


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))


@pytest.mark.usefixtures("consent")
@pytest.mark.parametrize("size", [PHONE, WIDE], ids=["390", "1440"])
def test_a_colleague_is_asked_and_the_assistant_goes_on_with_the_reply(server, open_context, picture, size):
    agent = Agent(open_context(size, bypass_csp=True), server).log_in()
    agent.page.get_by_label("Your presence").select_option("online")
    customer = Customer(open_context(), server).open()
    question = f"{UNKNOWN} {uuid.uuid4().hex[:6]}?"
    customer.ask(question)
    customer.reads(re.compile("I have asked a colleague"))
    card = agent.page.get_by_role("group", name=re.compile("The assistant asks"))
    expect(card).to_contain_text(question)
    picture(agent.page, "1-the-card")
    check(agent.page)
    assert fits(agent.page)
    name = agent.page.get_by_role("button", name=re.compile("^Log out")).inner_text().removeprefix("Log out ")
    card.get_by_role("textbox").fill(f"No, but the music shop next door does.\n– {name}")
    card.get_by_role("button", name="Send reply").click()
    expect(card).to_have_count(0)
    customer.reads(re.compile("the music shop next door does"))
    expect(customer.sheet.get_by_text(name)).to_have_count(0)
    picture(customer.page, "2-the-answer")


@pytest.mark.usefixtures("consent")
def test_i_do_not_know_offers_a_person(server, open_context, picture):
    agent = Agent(open_context(), server).log_in()
    agent.page.get_by_label("Your presence").select_option("online")
    customer = Customer(open_context(), server).open()
    customer.ask(f"{UNKNOWN} {uuid.uuid4().hex[:6]}?")
    card = agent.page.get_by_role("group", name=re.compile("The assistant asks"))
    card.get_by_role("button", name="I don’t know").click()
    customer.reads("I could not find it out. Shall I get a person for you?")
    expect(customer.sheet.get_by_role("button", name="Yes, get a person")).to_be_visible()
    expect(card).to_have_count(0)


@pytest.mark.usefixtures("consent")
@pytest.mark.parametrize("size", [PHONE, WIDE], ids=["390", "1440"])
def test_two_languages_and_each_reads_their_own(server: ServerProcess, open_context, picture, size):
    agent = Agent(open_context(size, bypass_csp=True), server).log_in()
    customer = Customer(open_context(), server).open()
    customer.ask(GERMAN)
    customer.reads(re.compile("Hier übernimmt ein Mensch"))
    agent.page.get_by_role("button", name="Claim").first.click()
    thread = agent.page.get_by_role("region", name="Conversation", exact=True)
    expect(thread.get_by_text(ENGLISH)).to_be_visible()
    thread.get_by_text("Translated · original").first.click()
    expect(thread.get_by_text(GERMAN)).to_be_visible()
    picture(agent.page, "1-read")
    thread.get_by_role("textbox").fill(REPLY)
    thread.get_by_role("button", name="Translate into German").click()
    dialog = agent.page.get_by_role("dialog", name="Your reply in German")
    expect(dialog.get_by_role("textbox")).to_have_value(IN_GERMAN)
    expect(dialog.get_by_text("The numbers are not the same")).to_be_visible()
    picture(agent.page, "2-preview")
    check(agent.page)
    assert fits(agent.page)
    dialog.get_by_role("textbox").fill(IN_GERMAN.replace("11", "10"))
    dialog.get_by_role("button", name="Send translation").click()
    told = customer.reads(IN_GERMAN.replace("11", "10"))
    expect(told).to_be_visible()
    customer.sheet.get_by_text("Übersetzt · Original").click()
    customer.reads(REPLY)
    picture(customer.page, "3-the-customer")
    thread.get_by_role("button", name="Resolve").click()

"""An owner tries another threshold on past conversations, sees which flip, uses it, and takes that back."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.axe import check
from tests.journeys.conftest import PHONE
from tests.journeys.people import Agent, Customer

pytestmark = pytest.mark.timeout(300)
SAD = "The lamp looks sad and rather disappointing in the evening light."
PERSON = "I want to talk to a human"


def threshold(page: Page, value: str) -> None:
    """Move the slider."""
    page.get_by_role("slider").fill(value)


def read_again(page: Page) -> None:
    """Have the last conversations read, and wait until they are."""
    page.get_by_role("link", name="Insights").click()
    with page.expect_navigation():  # what was read before stays on the page meanwhile
        page.get_by_role("button", name="Read them again").click()
    expect(page.locator("#review-state")).to_have_count(0, timeout=60_000)
    expect(page.get_by_role("heading", name="What agents thought")).to_be_visible(timeout=60_000)


def test_an_owner_tries_a_threshold_uses_it_and_takes_it_back(server, open_context, picture):
    for text in (SAD, PERSON, "How long does delivery take?"):
        Customer(open_context(), server).open().ask(text)
    owner = Agent(open_context(bypass_csp=True), server, who="admin").log_in()
    page = owner.page
    read_again(page)
    picture(page, "1-read")
    check(page)

    threshold(page, "0.7")
    flips = page.get_by_role("region", name="A person would be called here as well")
    expect(flips.get_by_role("link", name=SAD).first).to_be_visible()
    expect(flips).to_contain_text("The mood of the last messages is low.")
    picture(page, "2-flips")
    check(page)

    page.get_by_role("button", name="Use 0.7 …").click()
    expect(page.get_by_role("heading", name="Use 0.7?")).to_be_visible()
    picture(page, "3-asked-first")
    page.get_by_role("button", name="Use 0.7", exact=True).click()
    expect(page.get_by_text("From now on the threshold is 0.7.")).to_be_visible()
    picture(page, "4-used")
    page.set_viewport_size(PHONE)
    check(page)
    picture(page, "4-used-on-a-phone")

    sad = Customer(open_context(), server).open()
    sad.ask(SAD)
    page.goto(server.url + "/console/")
    expect(page.locator("a.row", has_text=SAD).first).to_contain_text("angry", timeout=15_000)

    page.goto(server.url + "/insights/escalation/")
    page.get_by_role("button", name="Undo: back to 0.85").click()
    expect(page.get_by_text("The threshold is 0.85 again.")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("Undo"))).to_have_count(0)


def test_without_scripts_the_same_form_shows_it(server, open_context):
    Customer(open_context(), server).open().ask(SAD)
    owner = Agent(open_context(), server, who="admin").log_in()
    read_again(owner.page)
    plain = open_context(java_script_enabled=False)
    plain.add_cookies(owner.page.context.cookies())
    page = plain.new_page()
    page.goto(server.url + "/insights/escalation/?t=0.7")
    expect(page.get_by_role("heading", name="A person would be called here as well")).to_be_visible()
    expect(page.get_by_role("button", name="Show")).to_be_visible()

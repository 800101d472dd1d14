"""A customer on a phone says how it was; the agent reads it in the thread, and the manager among the figures."""

import pytest
from playwright.sync_api import expect

from tests.journeys.axe import check
from tests.journeys.conftest import PHONE, WIDE
from tests.journeys.people import Agent, Customer

pytestmark = pytest.mark.timeout(300)
QUESTION = "Can I change the address of an order?"  # no other journey asks it: the agent finds it by its words


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_customer_rates_and_the_manager_sees_it(server, open_context, picture, scheme):
    word = f"<b>Clear</b> and quick, in the {scheme}."
    customer = Customer(open_context(PHONE, scheme, has_touch=True, is_mobile=True), server).open()
    customer.ask(QUESTION)
    expect(customer.sheet.get_by_text("Assistant").last).to_be_visible()
    agent = Agent(open_context(WIDE, scheme, bypass_csp=True), server).log_in()
    agent.page.get_by_role("navigation", name="Conversations").get_by_text(QUESTION).first.click()
    agent.write("I have changed it for you.")
    customer.reads("I have changed it for you.")
    agent.thread.get_by_role("button", name="Resolve").click()

    asked = customer.sheet.get_by_role("group", name="How did we do?")
    expect(asked).to_be_in_viewport()
    picture(customer.page, "1-asked")
    asked.get_by_role("radio", name="Good", exact=True).locator("..").tap()
    customer.sheet.get_by_role("textbox", name="Anything to add?").fill(word)
    picture(customer.page, "2-rated")
    customer.sheet.locator(".more").get_by_role("button", name="Send").tap()
    expect(customer.sheet.get_by_text("Thank you.")).to_be_visible()
    picture(customer.page, "3-thanked")
    customer.page.reload()
    customer.reads("I have changed it for you.")
    expect(asked).to_have_count(0)

    told = agent.thread.get_by_text("★★★★☆ (4 of 5)")
    expect(told).to_have_count(2)  # the log keeps both words
    expect(told.last).to_contain_text(word)
    picture(agent.page, "4-in-the-thread")
    check(agent.page)

    manager = Agent(open_context(WIDE, scheme, bypass_csp=True), server, who="admin").log_in()
    page = manager.page
    page.get_by_role("link", name="Insights").click()
    page.get_by_role("link", name="How satisfied customers are").click()
    expect(page.get_by_role("region", name="What customers wrote")).to_contain_text(word)
    expect(page.get_by_role("region", name="By person").get_by_role("row")).to_contain_text(["not enough data"])
    check(page)
    picture(page, "5-insights")
    page.set_viewport_size(PHONE)
    check(page)
    picture(page, "5-insights-on-a-phone")

"""An owner's server says who is logged in: one conversation on two devices, and agents see whose it is."""

import time

import jwt
from playwright.sync_api import expect

from tests.journeys.axe import check
from tests.journeys.conftest import PHONE
from tests.journeys.people import Agent, Curator, Customer


def identify(customer: Customer, key: str) -> Customer:
    """As the shop's page does, with what its server signed."""
    claims = {"sub": "ada-4711", "exp": int(time.time()) + 600, "name": "Ada Lovelace", "email": "ada@example.com"}
    token = jwt.encode(claims | {"value": 12000}, key, algorithm="HS256")
    customer.page.evaluate("token => Tandem('identify', token)", token)
    return customer


def test_a_customer_goes_on_with_their_conversation_on_another_device(server, open_context, picture):
    owner = Curator(open_context(bypass_csp=True), server).log_in().page
    owner.goto(server.url + "/admin/sites/site/")
    owner.locator("#result_list tbody th a").first.click()
    owner.get_by_role("link", name="Verified customers").click()
    owner.get_by_role("button", name="Show the key").click()
    key = owner.locator("#secret").input_value()
    owner.set_viewport_size({"width": 390, "height": 844})
    assert owner.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    check(owner)
    picture(owner, "1-key")

    desk = Customer(open_context(), server).open()
    desk.ask("How long does delivery take?")
    desk.reads("How long does delivery take?")
    identify(desk, key)
    desk.ask("I want to talk to a human")
    desk.reads("A person will take over")
    phone = identify(Customer(open_context(PHONE), server).open(), key)
    phone.reads("How long does delivery take?")
    phone.ask("I am on my phone now")
    desk.reads("I am on my phone now")
    picture(phone.page, "2-phone")

    agent = Agent(open_context(bypass_csp=True), server).log_in()
    rows = agent.page.get_by_role("navigation", name="Conversations").get_by_role("link")
    rows.filter(has_text="Ada Lovelace").first.click()
    side = agent.page.locator("#side")
    for told in ("verified", "ada-4711", "12,000", "ada@example.com"):
        expect(side).to_contain_text(told)
    agent.page.keyboard.press("c")
    agent.write("Hello Ada, I see your order.")
    phone.reads("Hello Ada, I see your order.")
    desk.reads("Hello Ada, I see your order.")
    picture(agent.page, "3-console")
    check(agent.page)

    phone.page.evaluate("Tandem('shutdown')")
    phone.page.reload()
    phone.page.get_by_role("button", name="Help").click()
    expect(phone.field).to_be_visible()
    expect(phone.sheet.get_by_text("I am on my phone now")).to_have_count(0)
    desk.page.reload()
    expect(desk.sheet).to_be_visible()
    expect(desk.sheet.get_by_text("I am on my phone now")).to_have_count(0)
    identify(desk, key)
    desk.reads("I am on my phone now")

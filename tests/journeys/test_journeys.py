"""What people came for, from their first click to the end of it."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import PHONE, WIDE
from tests.journeys.people import Agent, Customer

DEVICES = [pytest.param(PHONE, "dark", id="phone-dark"), pytest.param(WIDE, "light", id="desk-light")]
NOT_KNOWN = "I don't know."


@pytest.mark.parametrize(("size", "scheme"), DEVICES)
def test_a_customer_is_answered_with_sources_that_open_the_article(server, open_context, picture, size, scheme):
    customer = Customer(open_context(size, scheme), server).open()
    picture(customer.page, "1-empty")
    customer.ask("How long does delivery take?")
    customer.reads(re.compile("working day"))
    picture(customer.page, "2-answer")
    customer.sheet.get_by_role("button", name=re.compile("How long does delivery take")).last.click()
    link = customer.sheet.get_by_role("link", name=re.compile("article", re.I))
    expect(link).to_be_visible()
    picture(customer.page, "3-source")
    with customer.page.context.expect_page() as opened:
        link.click()
    article = opened.value
    expect(article.get_by_role("heading", level=1)).to_have_text("How long does delivery take?")
    picture(article, "4-article")


@pytest.mark.parametrize(("size", "scheme"), DEVICES)
def test_a_customer_is_told_honestly_that_nothing_was_found(server, open_context, picture, size, scheme):
    customer = Customer(open_context(size, scheme), server).open()
    customer.ask("Do you sell grand pianos?")
    customer.reads(re.compile(NOT_KNOWN))
    customer.reads("Shall I get a person for you?")
    picture(customer.page, "1-offer")
    customer.sheet.get_by_role("button", name=re.compile("^Yes")).click()
    customer.reads(re.compile("A person will take over here"))
    picture(customer.page, "2-queue")
    customer.sheet.get_by_role("button", name="Cancel").click()
    customer.reads(re.compile("no person is called"))


def test_an_upset_customer_gets_a_person_who_hands_back(server, open_context, picture):
    agent = Agent(open_context(), server).log_in()
    customer = Customer(open_context(PHONE), server).open()
    customer.ask("THIS IS A SCAM, MY PARCEL NEVER CAME")
    customer.reads(re.compile("A person will take over here"))

    alert = agent.page.get_by_role("region", name="Escalations").get_by_role("alert").first
    expect(alert).to_contain_text("NEVER CAME")
    picture(agent.page, "1-alert")
    alert.get_by_role("button", name="Claim").click()
    customer.reads(re.compile("Maya"))
    agent.write("Hello, this is Maya. I look into it.")
    customer.reads("Hello, this is Maya. I look into it.")
    picture(customer.page, "2-person")
    picture(agent.page, "3-thread")

    customer.ask("Thank you. How long does delivery take normally?")
    expect(agent.thread.get_by_text("How long does delivery take normally?").first).to_be_visible()
    expect(customer.sheet.get_by_text("working day")).to_have_count(0)
    agent.thread.get_by_role("button", name=re.compile("^Hand back")).first.click()
    confirm = agent.page.get_by_role("button", name=re.compile("^Hand back")).last
    if confirm.is_visible():
        confirm.click()
    customer.reads(re.compile("The assistant answers again"))
    customer.ask("How long does express delivery take?")
    customer.reads(re.compile("working day"))
    picture(customer.page, "4-assistant-again")
    agent.page.locator("body").press("2")
    expect(agent.thread.get_by_text("Maya on calling a person: Right")).to_be_visible()
    expect(agent.thread.get_by_role("button", name="Right")).to_have_attribute("aria-pressed", "true")
    picture(agent.page, "5-verdict")
    expect(customer.sheet.get_by_text("Right")).to_have_count(0)


def test_a_manager_pauses_the_assistant_and_the_customer_gets_a_person(server, open_context, picture):
    boss = Agent(open_context(PHONE), server, "admin").log_in()
    boss.page.get_by_role("link", name="Assistant").click()
    boss.page.get_by_role("button", name="Pause the assistant").click()
    expect(boss.page.get_by_text("is paused. New questions go to people.")).to_be_visible()
    try:
        customer = Customer(open_context(PHONE), server).open()
        customer.ask("How long does delivery take?")
        customer.reads(re.compile("switched off just now"))
        picture(customer.page, "1-paused")
    finally:
        boss.page.get_by_role("button", name="Let it answer again").click()
    expect(boss.page.get_by_text("answers again.")).to_be_visible()
    customer.sheet.get_by_role("button", name="Cancel").click()
    customer.reads(re.compile("The assistant answers again|no person is called"))


def test_a_customer_reloads_and_opens_a_second_tab_and_the_conversation_is_there(server, open_context, picture):
    context = open_context()
    first = Customer(context, server).open()
    first.ask("How long does delivery take?")
    first.reads(re.compile("working day"))
    first.page.reload()
    first.reads(re.compile("working day"))

    second = Customer(context, server)
    second.page.goto(server.url + "/")
    if not second.field.is_visible():
        second.page.get_by_role("button", name="Help").click()
    second.reads(re.compile("working day"))
    second.ask("Do you sell grand pianos?")
    first.reads("Do you sell grand pianos?")
    first.reads(re.compile(NOT_KNOWN))
    second.reads(re.compile(NOT_KNOWN))
    expect(first.sheet.get_by_text("Do you sell grand pianos?")).to_have_count(1)
    expect(second.sheet.get_by_text("Do you sell grand pianos?")).to_have_count(1)
    picture(first.page, "two-tabs")


def test_what_is_written_in_a_tunnel_is_sent_once_the_train_is_out(server, open_context, picture):
    context = open_context(PHONE)
    customer = Customer(context, server).open()
    customer.ask("How long does delivery take?")
    customer.reads(re.compile("working day"))
    context.set_offline(True)
    customer.page.evaluate("() => dispatchEvent(new Event('offline'))")
    customer.ask("Do you sell grand pianos?")
    customer.reads(re.compile("kept"))
    picture(customer.page, "1-offline")
    context.set_offline(False)
    customer.reads(re.compile(NOT_KNOWN))
    expect(customer.sheet.get_by_text("Do you sell grand pianos?")).to_have_count(1)
    picture(customer.page, "2-online")

"""An action asked and confirmed, and a procedure of a few steps, in the widget; an owner tries both in the admin."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.axe import check
from tests.journeys.conftest import PHONE, WIDE
from tests.journeys.people import Customer, enter


@pytest.mark.parametrize("size", [PHONE, WIDE], ids=["390", "1440"])
def test_an_action_is_asked_for_confirmed_and_done(server, open_context, picture, size):
    customer = Customer(open_context(size, bypass_csp=True), server).open()
    customer.ask("Please cancel my order")
    customer.reads("What is your order number?")
    customer.ask("NP100000002")
    customer.reads(re.compile("I will cancel order NP100000002.*only if you answer yes"))
    picture(customer.page, "1-asked-first")
    check(customer.page)
    customer.ask("yes")
    customer.reads("Order NP100000002 is cancelled.")
    picture(customer.page, "2-done")


@pytest.mark.parametrize("size", [PHONE, WIDE], ids=["390", "1440"])
def test_a_procedure_is_left_and_resumed(server, open_context, picture, size):
    customer = Customer(open_context(size, bypass_csp=True), server).open()
    customer.ask("Where is my order?")
    customer.reads(re.compile("It begins with NP and has nine digits"))
    customer.ask("How long does delivery take?")
    customer.reads(re.compile("What is your order number\\?"))
    picture(customer.page, "1-asked-again")
    customer.ask("np100000003")
    customer.reads(re.compile("more than 30 days ago"))
    customer.reads(re.compile("A person will take over here"))
    picture(customer.page, "2-too-old-and-a-person")


@pytest.mark.parametrize("size", [PHONE, WIDE], ids=["390", "1440"])
def test_an_owner_tries_an_action_and_a_procedure(server, open_context, picture, size):
    page = open_context(size, bypass_csp=True).new_page()
    enter(page, server.url + "/admin/chat/action/", server.demo["admin"])
    page.get_by_role("link", name="Look up an order").click()
    picture(page, "1-an-action")
    check(page)
    page.get_by_role("link", name="Dry run").click()
    page.get_by_label("order_number").fill("NP100000001")
    page.get_by_role("button", name="Try it").click()
    expect(page.get_by_text("Order NP100000001 is sent.")).to_be_visible()
    picture(page, "2-a-dry-run")
    check(page)
    page.goto(server.url + "/admin/chat/procedure/")
    page.get_by_role("link", name="Where is my order?").click()
    picture(page, "3-steps")
    check(page)
    page.get_by_role("link", name="Preview").click()
    page.get_by_label("Write as a customer would").fill("Where is NP100000001?")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text(re.compile("on its way with Larkline"))).to_be_visible()
    picture(page, "4-a-preview")
    check(page)
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0

"""A curator writes, previews, sees what it would change, publishes and undoes; a golden question stands in the way."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.axe import check
from tests.journeys.conftest import PHONE, WIDE
from tests.journeys.people import Curator, Customer

pytestmark = pytest.mark.timeout(400)

ARTICLE = "How long does delivery take?"
ASKED = "How many working days does standard delivery take?"
TIMES = "7–10 working days"  # in the answer
UNTOUCHED = "Do you sell grand pianos?"
NEW = "Can I have my parcel brought by a courier on a bicycle?"


def see_what_changes(page: Page) -> None:
    """Press the button and wait until every question was asked."""
    page.get_by_role("button", name="See what changes").click()
    page.wait_for_url(re.compile(r"/admin/try/replays/\d+/"))
    # After its first start a server has the demo's other languages to index before.
    expect(page.get_by_role("status").first).to_contain_text("done", timeout=200_000)
    expect(page.get_by_role("button", name="Run again", exact=True)).to_be_visible()


def ask(customer: Customer, question: str) -> None:
    """Ask, and wait for the end of the answer."""
    customer.ask(question)
    expect(customer.sheet.get_by_role("log").get_by_text(question)).to_be_visible()
    said = customer.sheet.get_by_role("log").get_by_text(re.compile(r"\d working days|I don.t know"))
    expect(said.last).to_be_visible(timeout=30_000)


def test_somebody_sees_what_a_draft_changes_before_publishing_it(server, open_context, picture):
    for question in (ASKED, NEW):
        ask(Customer(open_context(), server).open(), question)

    curator = Curator(open_context(), server).log_in()
    page = curator.page
    curator.open_article(ARTICLE)
    before = curator.text.input_value()
    bicycle = "## By bicycle\n\nIn Leeds a courier on a bicycle brings your parcel on the same day for £9."
    curator.text.fill(before.replace(TIMES, "8–11 working days") + "\n\n" + bicycle)
    expect(page.locator(".editor-look").get_by_text("courier on a bicycle").first).to_be_visible()
    picture(page, "1-written")

    see_what_changes(page)
    picture(page, "2-what-changes")
    now_answered = page.get_by_role("article").filter(has_text=NEW)
    expect(now_answered).to_contain_text("Now answered")
    expect(now_answered).to_contain_text("courier on a bicycle brings")
    expect(now_answered).to_contain_text("By bicycle")
    expect(page.get_by_role("article").filter(has_text=ASKED)).to_be_visible()

    page.get_by_role("link", name="Back to the article").click()
    page.get_by_role("button", name="Publish", exact=True).first.click()
    expect(page.get_by_text(re.compile("^Published\\. Answers"))).to_be_visible()
    page.get_by_role("link", name="What changes did to answers").click()
    page.get_by_role("main").get_by_role("link", name=re.compile(r"\d{4}")).first.click()
    expect(page.get_by_text("What readers see has changed since")).to_be_visible()
    page.get_by_role("link", name="Back to the article").click()
    page.get_by_role("button", name="Publish this again").first.click()
    expect(page.get_by_text(re.compile("^Published\\. Answers"))).to_be_visible()
    assert curator.text.input_value() == before
    picture(page, "3-undone")


def test_a_golden_question_stands_in_the_way_until_somebody_says_why(server, open_context, picture):
    curator = Curator(open_context(), server).log_in()
    page = curator.page
    page.goto(server.url + "/admin/chat/goldenquestion/add/")
    page.locator("#id_question").fill("Can a drone drop my parcel in the garden?")
    page.get_by_label("Blocks publishing").check()
    picture(page, "1-golden")
    page.get_by_role("button", name="Save", exact=True).click()
    curator.open_article(ARTICLE)
    before = curator.text.input_value()
    curator.text.fill(before + "\n\n## By drone\n\nA drone can drop your parcel in the garden for £9.")
    see_what_changes(page)
    broken = page.get_by_role("article").filter(has_text="drone").first
    expect(broken).to_contain_text("blocks publishing")
    picture(page, "2-it-would-break")
    page.get_by_role("link", name="Back to the article").click()
    page.get_by_role("button", name="Publish", exact=True).first.click()
    expect(page.get_by_text("These golden questions stand against it")).to_be_visible()
    picture(page, "3-refused")
    page.get_by_label("Reason", exact=True).fill("We have drones now.")
    page.get_by_role("button", name="Publish all the same").click()
    expect(page.get_by_text("Reason: We have drones now.")).to_be_visible()
    picture(page, "4-published-with-a-reason")
    page.get_by_role("button", name="Publish this again").first.click()
    page.goto(server.url + "/admin/chat/goldenquestion/")
    page.get_by_role("link", name="Can a drone drop my parcel in the garden?").click()
    page.get_by_role("link", name="Delete").click()
    page.get_by_role("button", name=re.compile("Yes")).click()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [pytest.param(PHONE, id="phone"), pytest.param(WIDE, id="desk")])
def test_what_changes_can_be_seen_by_everybody(server, open_context, picture, size, scheme):
    for question in (ASKED, UNTOUCHED):
        ask(Customer(open_context(), server).open(), question)
    curator = Curator(open_context(size, scheme, bypass_csp=True), server).log_in()
    page = curator.page
    curator.open_article(ARTICLE)
    before = curator.text.input_value()
    curator.text.fill(before.replace(TIMES, "8–11 working days"))
    see_what_changes(page)
    picture(page, f"changes-{size['width']}-{scheme}")
    check(page)
    page.locator("summary").first.focus()
    page.keyboard.press("Enter")
    page.goto(server.url + "/admin/chat/goldenquestion/add/")
    picture(page, f"golden-{size['width']}-{scheme}")
    check(page)
    curator.open_article(ARTICLE)
    curator.text.fill(before)
    page.get_by_role("button", name="Save draft").click()
    page.get_by_role("link", name="What changes did to answers").click()
    picture(page, f"list-{size['width']}-{scheme}")
    check(page)

"""A curator changes an answer."""

import re
import time

from playwright.sync_api import expect

from tests.journeys.people import Curator, Customer

NEW_WITHIN_S = 5.0
QUESTION = "How long does delivery take?"


def test_what_a_curator_publishes_is_the_next_answer_and_can_be_undone(server, open_context, picture):
    curator = Curator(open_context(), server).log_in()
    curator.open_article(QUESTION)
    before = curator.text.input_value()
    picture(curator.page, "1-editor")
    lead = "Standard delivery takes 23 working days, because a pony brings it."
    curator.text.fill(lead + "\n\n" + before.split("\n\n", 1)[-1])
    first, second = (Customer(open_context(), server).open() for _who in range(2))
    curator.page.get_by_role("button", name="Publish").first.click()
    expect(curator.page.get_by_text(re.compile("published", re.I)).first).to_be_visible()
    published = time.monotonic()
    picture(curator.page, "2-published")

    answered = asked_until(first, "pony")
    assert answered - published <= NEW_WITHIN_S

    curator.open_article(QUESTION)
    curator.page.get_by_role("button", name="Publish this again").first.click()
    undone = time.monotonic()
    answered = asked_until(second, "3 to 5 working days")
    assert answered - undone <= NEW_WITHIN_S
    picture(curator.page, "3-undone")


def asked_until(customer: Customer, words: str) -> float:
    """Ask once a second until the answer has these words; when that was."""
    for attempt in range(1, 7):
        customer.ask(QUESTION)
        answers = customer.sheet.get_by_role("log").get_by_text(re.compile("working days"))
        expect(answers.nth(attempt - 1)).to_be_visible()
        if words in answers.last.inner_text():
            return time.monotonic()
        customer.page.wait_for_timeout(700)
    raise AssertionError(f"no answer had “{words}”")

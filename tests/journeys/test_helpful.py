"""A reader of the help centre, whose browser runs no script, says whether an article helped, and changes their mind."""

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import PHONE, WIDE


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["1440", "390"])
def test_a_reader_says_that_an_article_helped(server, open_context, picture, size, scheme):
    page = open_context(size, scheme, java_script_enabled=False).new_page()
    page.goto(server.url + "/help/")
    page.get_by_role("main").get_by_role("link").first.click()
    picture(page, "1-asked")
    page.get_by_role("button", name="Yes").press("Enter")
    expect(page.get_by_role("status")).to_have_text("Thank you. Good that it helped.")
    picture(page, "2-thanked")
    page.get_by_role("button", name="It did not help after all").press("Enter")
    expect(page.get_by_role("status")).to_contain_text("did not help")

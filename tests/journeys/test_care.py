"""A curator finds in the worklist what is wrong with the articles, sees where it is, and puts aside what is right."""

import re
import time

import pytest
from playwright.sync_api import expect

from tests.journeys.axe import check
from tests.journeys.conftest import PHONE, WIDE
from tests.journeys.people import Curator

LIST = "/admin/knowledge/finding/"
ARTICLE = "Orders for companies, schools and clubs"


def break_a_link(curator: Curator, slug: str) -> None:
    """An article that readers see links to one that was never written, and care has looked at it."""
    publish(curator, ARTICLE, f"Read [the other page](article:{slug}) first.", f"?q={slug}", slug)


def publish(curator: Curator, title: str, text: str, query: str, found: str) -> None:
    """Readers see an article with this text, and care has found what the list says of it for the query."""
    curator.open_article(title)
    page = curator.page
    curator.text.fill(text)
    page.get_by_role("button", name="Publish").first.click()
    expect(page.get_by_text(re.compile("published", re.I)).first).to_be_visible()
    page.goto(f"{curator.server.url}{LIST}{query}")
    end = time.monotonic() + 500  # after its first start a server has the demo's other languages to index before
    while page.locator("#result_list tbody tr", has_text=found).count() == 0:
        assert time.monotonic() < end, page.locator("body").inner_text()
        page.wait_for_timeout(2000)
        page.reload()


@pytest.mark.timeout(900)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["1440", "390"])
def test_a_broken_link_is_found_shown_and_put_aside(server, open_context, picture, size, scheme):
    curator = Curator(open_context(size, scheme, bypass_csp=True), server).log_in()
    page = curator.page
    break_a_link(curator, f"never-written-{size['width']}-{scheme}")
    picture(page, "1-worklist")
    check(page)
    page.locator("#result_list").get_by_role("link", name=re.compile("no such article")).first.click()
    expect(page.get_by_text("Read the other page first.")).to_be_visible()
    expect(page.get_by_role("link", name=re.compile("^Edit"))).to_be_visible()
    picture(page, "2-both-places")
    check(page)
    page.get_by_label("Why").fill("It is written next week.")
    page.get_by_role("button", name="Put it aside").click()
    expect(page.get_by_text("Put aside. It comes back")).to_be_visible()
    picture(page, "3-aside")


@pytest.mark.timeout(900)
@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["1440", "390"])
def test_two_articles_that_contradict_each_other_are_shown_side_by_side(server, open_context, picture, size):
    curator = Curator(open_context(size, "light", bypass_csp=True), server).log_in()
    page = curator.page
    years = 2 if size == WIDE else 3
    text = "You can order for others, too.\n\n## How long they are valid\n\n"
    text += f"Gift cards are valid for {years} years from the day of purchase."
    publish(curator, "How do I buy a gift card?", text, "?kind=contradiction&q=gift", f"{years} years")
    picture(page, "1-worklist")
    check(page)
    page.locator("#result_list").get_by_role("link", name=re.compile(f"\\b{years} years")).first.click()
    expect(page.get_by_text("Gift cards are valid for 5 years from the day of purchase.")).to_be_visible()
    expect(page.get_by_role("link", name=re.compile("^Edit"))).to_have_count(2)
    picture(page, "2-both-articles")
    check(page)

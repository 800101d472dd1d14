"""A curator finds a link that leads nowhere in the worklist, sees where it is, and puts it aside."""

import re
import time

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import PHONE, WIDE
from tests.journeys.people import Curator
from tests.journeys.test_accessible import check

LIST = "/admin/knowledge/finding/"
ARTICLE = "Orders for companies, schools and clubs"


def break_a_link(curator: Curator, slug: str) -> None:
    """An article that readers see links to one that was never written, and care has looked at it."""
    curator.open_article(ARTICLE)
    page = curator.page
    curator.text.fill(f"Read [the other page](article:{slug}) first.")
    page.get_by_role("button", name="Publish").first.click()
    expect(page.get_by_text(re.compile("published", re.I)).first).to_be_visible()
    page.goto(f"{curator.server.url}{LIST}?q={slug}")
    end = time.monotonic() + 500  # after its first start a server has the demo's other languages to index before
    while page.locator("#result_list tbody tr").count() == 0:
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

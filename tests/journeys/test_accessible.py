"""Every page, in both schemes and both sizes, has nothing that axe calls serious, and never scrolls sideways."""

import pytest

from tests.journeys.axe import check
from tests.journeys.conftest import PHONE, WIDE
from tests.journeys.people import Agent, Curator, Customer


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [pytest.param(PHONE, id="phone"), pytest.param(WIDE, id="desk")])
def test_every_page_can_be_used_by_everybody(server, open_context, picture, size, scheme):
    customer = Customer(open_context(size, scheme, bypass_csp=True), server)
    for name, path in (("shop", "/"), ("help", "/help/"), ("login", "/console/login/"), ("api", "/api/v1/docs/")):
        customer.page.goto(server.url + path)
        picture(customer.page, f"{name}-{size['width']}-{scheme}")
        if name != "api":  # Swagger's own page is not ours to mend
            check(customer.page)
    customer.page.goto(server.url + "/help/")
    customer.page.get_by_role("main").get_by_role("link").first.click()
    picture(customer.page, f"article-{size['width']}-{scheme}")
    check(customer.page)
    customer.open()
    customer.ask("How long does delivery take?")
    customer.reads("How long does delivery take?")
    check(customer.page)

    agent = Agent(open_context(size, scheme, bypass_csp=True), server)
    agent.page.goto(server.url + "/console/")
    agent.log_in()
    picture(agent.page, f"console-{size['width']}-{scheme}")
    check(agent.page)

    curator = Curator(open_context(size, scheme, bypass_csp=True), server).log_in()
    for name, path in (("admin", "/admin/"), ("articles", "/admin/knowledge/article/")):
        curator.page.goto(server.url + path)
        picture(curator.page, f"{name}-{size['width']}-{scheme}")
        check(curator.page)
    curator.open_article("How long does delivery take?")
    picture(curator.page, f"editor-{size['width']}-{scheme}")
    check(curator.page)

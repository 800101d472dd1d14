"""An article for verified customers, over the wire: who is answered from it, and whose link opens it."""

import json
import re
import time
import uuid
from typing import Any

import httpx
import pytest

from tests.protocol.client import Server, Widget
from tests.protocol.conftest import Meet
from tests.protocol.test_identity import Sign, key, sign

__all__ = ["key", "sign"]  # fixtures
ASKS = "What discount do members of the Zephyr club get?"
SAYS = "Members of the Zephyr club get a discount of 12 percent on every order."


@pytest.fixture(scope="module")
def article(server: Server, browsers: dict[str, httpx.Client]) -> str:
    """Its path in the help centre, once it is in the index."""
    browser = browsers["admin"]
    form = browser.get("/admin/agents/apikey/add/").text
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', form)
    site = re.search(r'<option value="(\d+)"[^>]*>Northpine', form)
    assert token
    assert site
    asked = {"csrfmiddlewaretoken": token[1], "site": site[1], "name": "Writer"}
    made = browser.post("/admin/agents/apikey/add/", data=asked | {"scopes": ["articles:read", "articles:write"]})
    secret = re.search(r'id="secret" value="([^"]+)"', made.text)
    assert secret, made.text
    slug = f"zephyr-{uuid.uuid4().hex[:8]}"
    with httpx.Client(base_url=server.url, verify=False, trust_env=False) as program:
        program.headers["Authorization"] = f"Bearer {secret[1]}"
        row = {"slug": slug, "language": "en", "title": "Discount of the Zephyr club", "body": SAYS}
        shelf = program.get("/api/v1/articles/").json()["results"][0]["collection"]
        written = program.post("/api/v1/articles/", json=row | {"collection": shelf, "audience": "customers"}).json()
        address = f"/api/v1/articles/{written['id']}/"
        program.post(address + "publish/", json={})
        until = time.monotonic() + 60
        while not (program.get(address).json()["published"] or {}).get("indexed_at"):
            assert time.monotonic() < until
            time.sleep(0.2)
    return f"/help/{server.site}/en/{slug}/"


async def answer_of(widget: Widget) -> dict[str, Any]:
    """The assistant's next message to the question."""
    since = widget.mark()
    await widget.say(ASKS)

    def is_it(frame: dict[str, Any]) -> bool:
        return frame["type"] == "event" and frame["kind"] == "message" and frame["from"]["role"] == "assistant"

    return await widget.until(is_it, since, within=60)


def link_of(event: dict[str, Any], article: str) -> str:
    return next(str(source["url"]) for source in event["sources"] if article in source["url"])


async def test_a_customer_reads_it_by_the_link_and_a_visitor_learns_of_nothing(
    meet: Meet, sign: Sign, server: Server, article: str
) -> None:
    widget = await meet()
    await answer_of(widget)
    assert "12 percent" not in json.dumps(widget.frames)
    who = sign()
    customer = await meet(token=widget.token, identity=who)
    told = await answer_of(customer)
    link = link_of(told, article)
    async with httpx.AsyncClient(base_url=server.url, verify=False, trust_env=False) as nobody:
        assert "12 percent" in (await nobody.get(link)).text
        assert (await nobody.get(article)).status_code == 404
        assert (await nobody.get(link.replace("pass=", "pass=1"))).status_code == 404
    again = await meet(identity=who)
    shown = next(event for event in await again.events() if event["seq"] == told["seq"])
    assert "pass=" in link_of(shown, article)
    out = await meet()  # logged out: as anybody
    await answer_of(out)
    assert "12 percent" not in json.dumps(out.frames)

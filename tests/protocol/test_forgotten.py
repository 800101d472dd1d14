"""A customer is forgotten while they and an agent have the conversation open."""

import re
import uuid

import httpx

from tests.protocol.client import Server
from tests.protocol.conftest import Desk, Meet, conversation_of
from tests.protocol.test_identity import Sign, key, sign

__all__ = ["key", "sign"]  # fixtures


async def test_their_page_begins_anew_and_the_desk_reads_again(
    meet: Meet, sign: Sign, desk: Desk, server: Server, browsers: dict[str, httpx.Client]
) -> None:
    sub = f"ada-{uuid.uuid4().hex}"
    who = sign(sub)
    page = await meet(identity=who)
    await page.done("person")
    await page.say("My secret is cheese.")
    conversation = await conversation_of(page)
    agent = await desk()
    await agent.send("open", conversation=conversation, epoch=agent.welcome["epoch"])
    await agent.frame("events")
    since = agent.mark()
    browser = browsers["admin"]
    found = browser.get("/admin/chat/customer/", params={"q": sub}).text
    address = re.search(r"/admin/chat/customer/[0-9]+/", found)[0] + "forget/"  # type: ignore[index]
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', browser.get(address).text)
    assert token
    answer = browser.post(address, data={"csrfmiddlewaretoken": token[1], "confirmed": sub})
    assert answer.status_code in (200, 302), answer.text
    assert await page.ended() == 4401
    assert page.frames[-1]["code"] == "bad_token"
    again = await agent.frame("events", since)
    assert again["reset"]
    assert "cheese" not in str(again)
    assert again["events"][-1]["kind"] == "erased"
    back = await meet(identity=who, conversation=conversation)
    assert (back.welcome["conversation"], back.welcome["reset"]) == (None, True)

"""Who is logged in on the owner's pages: one log on every device, which opens with that and with nothing else."""

import asyncio
import base64
import hashlib
import hmac
import json
import os
import re
import time
import uuid
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.protocol.client import Server, Widget
from tests.protocol.conftest import Desk, Meet, conversation_of

RACES = int(os.environ.get("TANDEM_RACES", "20"))
Sign = Callable[..., str]


def part(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode().rstrip("=")


def signed(key: str, claims: object, header: object = None) -> str:
    """A JWT, made as any library makes it."""
    text = ".".join(part(json.dumps(one).encode()) for one in (header or {"alg": "HS256", "typ": "JWT"}, claims))
    return f"{text}.{part(hmac.digest(key.encode(), text.encode(), hashlib.sha256))}"


@pytest.fixture(scope="session")
def key(server: Server, browsers: dict[str, httpx.Client]) -> str:
    """The demo shop's identity key, as its owner finds it."""
    browser = browsers["admin"]
    sites = browser.get("/admin/sites/site/").text
    address = f"/admin/sites/site/{re.search(r'/admin/sites/site/([0-9]+)/change/', sites)[1]}/identity/"  # type: ignore[index]
    form = browser.get(address).text
    assert 'id="secret"' not in form
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', form)
    assert token
    shown = browser.post(address, data={"csrfmiddlewaretoken": token[1], "do": "show"})
    found = re.search(r'id="secret" value="(\w+)"', shown.text)
    assert found, shown.text
    return found[1]


@pytest.fixture
def sign(key: str) -> Sign:
    """Signs who somebody is; without a `sub` somebody new."""

    def sign_one(sub: Any = None, **claims: Any) -> str:
        told = {"sub": sub or uuid.uuid4().hex, "exp": int(time.time()) + 600} | claims
        return signed(key, {name: value for name, value in told.items() if value is not None})

    return sign_one


async def test_a_customer_has_one_conversation_on_two_devices(meet: Meet, sign: Sign) -> None:
    who = sign(name="Ada Lovelace")
    phone, desk = await meet(identity=who), await meet(identity=who)
    assert phone.welcome["conversation"] is desk.welcome["conversation"] is None
    await phone.done("person")
    await phone.say("Hello? Is there a person?")
    assert (await desk.event(kind="message"))["text"] == "Hello? Is there a person?"
    await desk.say("I am at my desk now.")
    assert (await phone.event(text="I am at my desk now."))["seq"] == 3
    third = await meet(identity=who)
    assert [event["text"] for event in await third.events() if event["kind"] == "message"] == [
        "Hello? Is there a person?",
        "I am at my desk now.",
    ]


async def test_what_a_visitor_wrote_is_theirs_once_they_log_in_and_opens_with_that_only(
    meet: Meet, sign: Sign, server: Server, waiting: Widget
) -> None:
    conversation, who = await conversation_of(waiting), sign()
    assert (await meet(token=waiting.token, identity=who)).welcome["conversation"]["id"] == conversation
    assert (await meet(identity=who)).welcome["conversation"]["id"] == conversation, "on every device"
    assert await waiting.ended() == 4401, "a page that has the token alone is closed at once"
    assert waiting.frames[-1]["code"] == "bad_token"
    stranger = await Widget.connect(server.socket_url("widget"), server.url)
    await stranger.send("hello", site=server.site, token=waiting.token)
    assert await stranger.ended() == 4401
    assert [frame["code"] for frame in stranger.frames] == ["bad_token"]


async def test_a_page_on_another_process_is_closed_too(meet: Meet, sign: Sign, server: Server, waiting: Widget) -> None:
    tab = await Widget.connect(server.socket_url("widget", other=True), server.url)
    await tab.hello(server.site, token=waiting.token)
    await meet(token=waiting.token, identity=sign())
    assert await tab.ended() == 4401
    assert await waiting.ended() == 4401


async def test_after_logging_out_the_browser_shows_nothing_of_the_customer(meet: Meet, sign: Sign) -> None:
    customer = await meet(identity=sign())
    await customer.done("person")
    assert await conversation_of(customer)
    after = await meet(token=customer.token)
    assert (after.welcome["conversation"], after.welcome["events"]) == (None, [])


async def test_somebody_elses_browser_gets_a_token_of_its_own(meet: Meet, sign: Sign, waiting: Widget) -> None:
    await meet(token=waiting.token, identity=sign())
    other = await meet(token=waiting.token, identity=sign())
    assert other.welcome["conversation"] is None
    assert other.token != waiting.token
    assert (await meet(token=other.token)).welcome["conversation"] is None


async def home_and_device(meet: Meet, who: str, waiting: Widget) -> tuple[Widget, Widget]:
    """A customer's own log, and a device on which somebody had begun another before they logged in."""
    home = await meet(identity=who)
    await home.done("person")
    return home, await meet(token=waiting.token, identity=who)


async def test_an_open_case_goes_on_where_it_began_and_the_next_one_at_home(
    meet: Meet, sign: Sign, desk: Desk, waiting: Widget
) -> None:
    who = sign()
    home, device = await home_and_device(meet, who, waiting)
    there, at_home = await conversation_of(waiting), await conversation_of(home)
    assert device.welcome["conversation"]["id"] == there != at_home
    await device.say("It is still about this.")
    assert (await device.event(text="It is still about this."))["seq"] == 3
    agent = await desk()
    await agent.done("resolve", conversation=there)
    await device.event(kind="resolved")
    since = device.mark()
    ack = await device.say("And now something else.")
    welcome = await device.frame("welcome", since)
    assert (welcome["reset"], welcome["conversation"]["id"]) == (True, at_home)
    assert device.frames.index(welcome) < device.frames.index(ack)
    assert (await device.event(since, text="And now something else."))["seq"] == ack["seq"] == 2
    assert (await home.event(text="And now something else."))["seq"] == 2
    back = await meet(token=waiting.token, identity=who)
    assert back.welcome["conversation"]["id"] == at_home


async def test_what_was_stored_before_the_case_ended_is_not_stored_again_at_home(
    meet: Meet, sign: Sign, desk: Desk, waiting: Widget
) -> None:
    who = sign()
    home, device = await home_and_device(meet, who, waiting)
    first = await device.say("Is this lost?", id=(name := uuid.uuid4().hex))
    await (await desk()).done("resolve", conversation=await conversation_of(waiting))
    again = await meet(token=waiting.token, identity=who)
    assert (await again.say("Is this lost?", id=name))["seq"] == first["seq"]
    await home.settled()
    assert not home.having(text="Is this lost?")


async def test_stars_that_waited_count_for_the_log_they_were_given_for(
    meet: Meet, sign: Sign, desk: Desk, waiting: Widget
) -> None:
    who = sign()
    home, device = await home_and_device(meet, who, waiting)
    there, at_home = await conversation_of(waiting), await conversation_of(home)
    agent = await desk()
    await agent.done("resolve", conversation=at_home)
    await home.done("rating", score=5)
    await agent.open(there)
    await agent.done("resolve", conversation=there)
    end = (await device.event(kind="resolved"))["seq"]
    await device.close()
    back = await meet(token=waiting.token, identity=who)
    assert back.welcome["conversation"]["id"] == at_home
    assert (await back.done("rating", score=1, seq=end, conversation=there))["seq"] == end + 1
    told = await agent.event(there, kind="rated")
    assert (told["score"], told["resolved"]) == (1, end)
    await back.settled()
    assert [event["score"] for event in await back.events() if event["kind"] == "rated"] == [5], "home is untouched"
    stranger = await meet(identity=sign())
    refused = await stranger.answer("rating", score=1, seq=end, conversation=there)
    assert (refused["code"], refused["message"]) == (
        "not_allowed",
        "You can only rate what was resolved in a conversation of yours.",
    )


BAD: dict[str, Callable[[str], str]] = {
    "garbage": lambda _: "garbage",
    "empty": lambda _: "",
    "three words": lambda _: "a.b.c",
    "unsigned": lambda key: signed(key, {"sub": "1", "exp": time.time() + 60}, {"alg": "none"}),
    "signed by nobody": lambda key: (
        signed(key, {"sub": "1", "exp": time.time() + 60}, {"alg": "none"}).rpartition(".")[0] + "."
    ),
    "another algorithm": lambda key: signed(key, {"sub": "1", "exp": time.time() + 60}, {"alg": "HS384"}),
    "another site's key": lambda key: signed(key[::-1], {"sub": "1", "exp": time.time() + 60}),
    "expired": lambda key: signed(key, {"sub": "1", "exp": time.time() - 120}),
    "for ever": lambda key: signed(key, {"sub": "1"}),
    "for two days": lambda key: signed(key, {"sub": "1", "exp": time.time() + 2 * 86_400}),
    "in milliseconds": lambda key: signed(key, {"sub": "1", "exp": (time.time() + 60) * 1000}),
    "endless": lambda key: signed(key, {"sub": "1", "exp": float("inf")}),
    "from tomorrow": lambda key: signed(key, {"sub": "1", "iat": time.time() + 7200, "exp": time.time() + 8000}),
    "not yet": lambda key: signed(key, {"sub": "1", "nbf": time.time() + 7200, "exp": time.time() + 8000}),
    "without a sub": lambda key: signed(key, {"exp": time.time() + 60}),
    "a sub that is a number": lambda key: signed(key, {"sub": 1, "exp": time.time() + 60}),
    "a blank sub": lambda key: signed(key, {"sub": " \t", "exp": time.time() + 60}),
    "a long sub": lambda key: signed(key, {"sub": "x" * 201, "exp": time.time() + 60}),
    "U+0000": lambda key: signed(key, {"sub": "a\0b", "exp": time.time() + 60}),
    "half a pair": lambda key: signed(key, {"sub": "a\ud83d", "exp": time.time() + 60}),
    "a name that is a list": lambda key: signed(key, {"sub": "1", "exp": time.time() + 60, "name": []}),
    "a long name": lambda key: signed(key, {"sub": "1", "exp": time.time() + 60, "name": "x" * 201}),
    "no address": lambda key: signed(key, {"sub": "1", "exp": time.time() + 60, "email": "nobody"}),
    "a value that is a word": lambda key: signed(key, {"sub": "1", "exp": time.time() + 60, "value": "gold"}),
    "a value that is true": lambda key: signed(key, {"sub": "1", "exp": time.time() + 60, "value": True}),
    "less than nothing": lambda key: signed(key, {"sub": "1", "exp": time.time() + 60, "value": -1}),
    "more than anything": lambda key: signed(key, {"sub": "1", "exp": time.time() + 60, "value": 10**400}),
    "a list": lambda key: signed(key, ["1"]),
    "deep": lambda key: part(b"[" * 2500) + ".e30.x",
    "very long": lambda key: signed(key, {"sub": "1", "exp": time.time() + 60, "more": "x" * 5000}),
}


@pytest.mark.parametrize("name", BAD)
async def test_a_bad_identity_closes_with_words_for_a_developer(server: Server, key: str, name: str) -> None:
    widget = await Widget.connect(server.socket_url("widget"), server.url)
    await widget.send("hello", site=server.site, identity=BAD[name](key))
    assert await widget.ended() == 4401
    assert [(frame["type"], frame["code"]) for frame in widget.frames] == [("error", "bad_identity")]
    told = widget.frames[0]["message"]
    assert len(told) > 25
    assert key not in told


async def test_traits_say_nothing(meet: Meet, sign: Sign) -> None:
    who = uuid.uuid4().hex
    known = await meet(identity=sign(who))
    await known.done("person")
    claims_to_be = await meet(traits={"sub": who, "id": who, "value": 10**6})
    assert claims_to_be.welcome["conversation"] is None


@pytest.mark.timeout(60 + RACES)
async def test_two_devices_that_log_in_at_once_agree(meet: Meet, sign: Sign, server: Server) -> None:
    for number in range(RACES):
        visitors = [await meet(), await meet()]
        for visitor in visitors:
            await visitor.done("person")
        begun = [await conversation_of(visitor) for visitor in visitors]  # they are closed as somebody logs in
        who, urls = sign(), [server.socket_url("widget", other=other) for other in (False, True)]
        devices = [await Widget.connect(url, server.url) for url in urls]
        said = zip(devices, visitors, strict=True)
        await asyncio.gather(*[one.hello(server.site, token=it.token, identity=who) for one, it in said])
        logs = [device.welcome["conversation"]["id"] for device in devices]
        assert logs == begun, f"round {number}: open cases go on"
        anew = [await meet(identity=who) for _ in range(2)]
        homes = {device.welcome["conversation"]["id"] for device in anew}
        assert len(homes) == 1, f"round {number}: {homes}"
        assert homes <= set(logs)
        for peer in (*visitors, *devices, *anew):
            await peer.close()


@pytest.mark.timeout(60 + RACES)
async def test_the_first_word_on_two_devices_at_once_makes_one_log(meet: Meet, sign: Sign, server: Server) -> None:
    for number in range(RACES):
        who = sign()
        devices = [
            await Widget.connect(server.socket_url("widget", other=other), server.url) for other in (False, True)
        ]
        for device in devices:
            await device.hello(server.site, identity=who)
        await asyncio.gather(*[device.done("person") for device in devices])
        await asyncio.gather(*[device.say(f"Word {at}") for at, device in enumerate(devices)])
        third = await meet(identity=who)
        texts = {event.get("text") for event in await third.events() if event["kind"] == "message"}
        assert texts == {"Word 0", "Word 1"}, f"round {number}"
        for peer in (*devices, third):
            await peer.close()


@pytest.mark.timeout(60 + RACES)
async def test_the_first_word_and_a_visitors_log_at_once_are_of_one_customer(
    meet: Meet, sign: Sign, server: Server
) -> None:
    for number in range(RACES):
        who, visitor = sign(), await meet()
        await visitor.done("person")
        fresh, other = [
            await Widget.connect(server.socket_url("widget", other=one), server.url) for one in (False, True)
        ]
        await fresh.hello(server.site, identity=who)
        await asyncio.gather(fresh.say("From the new one"), other.hello(server.site, token=visitor.token, identity=who))
        anew = await meet(identity=who)
        texts = [
            event["text"] for event in await anew.events() if event["from"]["role"] == "visitor" and "text" in event
        ]
        assert texts == ["From the new one"], f"round {number}"
        for peer in (visitor, fresh, other, anew):
            await peer.close()

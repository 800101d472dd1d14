"""A visitor who sends too much."""

import asyncio
from typing import Any

from tests.protocol.client import Console, Server, Widget, new_id
from tests.protocol.conftest import Meet, cookies_of, one_of
from tests.protocol.conftest import log_of as whole_log


async def used_up(meet: Meet, limited: Server) -> Widget:
    """A visitor who has sent the three messages that are free."""
    widget = await meet(limited)
    for number in range(3):
        await widget.say(f"How long does delivery take, {number}?")
    return widget


async def log_of(server: Server, token: str) -> list[Any]:
    """The visitor's own messages."""
    _, events = await whole_log(server, token)
    return [event for event in events if event["from"]["role"] == "visitor"]


async def test_over_the_limit_nothing_is_stored_and_the_socket_stays_open(meet: Meet, limited: Server) -> None:
    widget = await used_up(meet, limited)
    before = await log_of(limited, widget.token)
    message = one_of("one too many")
    for _ in range(2):
        answer = await widget.answer("message", **message)
        assert (answer["type"], answer.get("code")) == ("error", "rate_limited")
        assert answer["id"] == message["id"]
        assert answer["retry_after"] > 0
    await widget.settled()
    assert await log_of(limited, widget.token) == before


async def test_it_counts_by_visitor_and_not_by_socket(meet: Meet, limited: Server) -> None:
    widget = await used_up(meet, limited)
    other = await meet(limited, token=widget.token)
    assert (await other.answer("message", text="from another tab")).get("code") == "rate_limited"
    stranger = await meet(limited)
    await stranger.say("I have sent nothing yet")


async def test_what_was_stored_before_is_acked_again(meet: Meet, limited: Server) -> None:
    widget = await meet(limited)
    messages = [one_of(f"How long does delivery take, {number}?") for number in range(3)]
    acks = [await widget.done("message", **message) for message in messages]
    again = await widget.done("message", **messages[0])
    assert (again["seq"], again["at"]) == (acks[0]["seq"], acks[0]["at"])


async def test_after_the_time_that_it_names_the_message_goes(meet: Meet, limited: Server) -> None:
    widget = await used_up(meet, limited)
    message = one_of("How long does delivery take to Norway?")
    refused = await widget.answer("message", **message)
    await widget.quiet(refused["retry_after"])
    await widget.done("message", **message)


async def test_an_inbox_of_sixty_four_long_conversations_is_welcomed_with(limited: Server) -> None:
    for _ in range(8):
        await asyncio.gather(*[long_message(limited) for _ in range(8)])
    browser = await asyncio.to_thread(limited.log_in, "agent")
    console = await Console.connect(limited.socket_url("console"), limited.url, cookies_of(browser))
    welcome = await console.hello()
    assert len(welcome["inbox"]) >= 64
    await console.close()
    browser.close()


async def long_message(server: Server) -> None:
    """A visitor who asks for a person, writes as much as one may, and leaves."""
    widget = await Widget.connect(server.socket_url("widget"), server.url)
    await widget.hello(server.site)
    await widget.done("person")
    await widget.say("\U0001f9ed" * 4000)
    await widget.close()


async def test_flooding_closes(meet: Meet, limited: Server) -> None:
    widget = await meet(limited)
    for number in range(1000):
        if widget.code is not None:
            break
        await widget.send("message", **one_of(f"flood {number}"))
        if number % 20 == 0:
            await widget.quiet(0.02)
    assert await widget.ended() == 4429
    assert len(widget.having(type="ack")) == 3


async def test_new_visitors_of_one_address_are_limited_and_old_ones_are_not(limited: Server) -> None:
    visitors = [await arriving(limited, "203.0.113.7") for _ in range(3)]
    answers = [await widget.answer("message", text="Hello, how long does delivery take?") for widget in visitors]
    assert [answer["type"] for answer in answers] == ["ack", "ack", "error"]
    assert answers[2]["code"] == "rate_limited"
    assert answers[2]["retry_after"] > 0
    assert await log_of(limited, visitors[2].token) == []
    await visitors[0].say("I was here before")
    elsewhere = await arriving(limited, "203.0.113.8")
    await elsewhere.say("Hello from next door")
    for widget in [*visitors, elsewhere]:
        await widget.close()


async def test_an_ipv6_network_is_one_address_and_its_neighbour_another(limited: Server) -> None:
    visitors = [await arriving(limited, f"2001:db8:7:1::{number}") for number in (1, 2, 3)]
    answers = [await widget.answer("message", text="How long does delivery take?") for widget in visitors]
    assert [answer["type"] for answer in answers] == ["ack", "ack", "error"]
    neighbour = await arriving(limited, "2001:db8:7:2::1")
    await neighbour.say("Hello from the next network")
    for widget in [*visitors, neighbour]:
        await widget.close()


async def arriving(server: Server, address: str) -> Widget:
    """A new visitor from this address, behind a proxy that the server trusts."""
    headers = {"X-Forwarded-For": address}
    widget = await Widget.connect(server.socket_url("widget"), server.url, headers=headers)
    await widget.hello(server.site)
    return widget


async def test_asking_for_a_person_is_limited_too_or_always_possible(meet: Meet, limited: Server) -> None:
    widget = await used_up(meet, limited)
    answer = await widget.answer("person", id=new_id())
    assert answer["type"] == "ack" or answer["code"] == "rate_limited"


async def test_one_who_asks_for_the_past_too_often_is_told_to_wait(meet: Meet, server: Server) -> None:
    widget = await meet(server)
    await widget.say("How long does delivery take?")
    since = widget.mark()
    for _ in range(300):  # a slow machine gives back some while it reads
        await widget.send("earlier", before=2, n=1)
    told = await widget.frame("error", since, code="rate_limited")
    assert told["retry_after"] > 0

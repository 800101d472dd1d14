"""What a link in an e-mail opened ends, where the customer turns out to have another address."""

import pytest
from channels.testing import WebsocketCommunicator
from django.conf import settings as configured

from chat import resume
from chat.models import Conversation, Visitor
from chat.tokens import token_of
from chat.widget import WidgetConsumer
from tests.agents.waiting import PERSON
from tests.mail_server import mail_server

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("wake")]


async def by_link(async_client, conversation):
    """What the widget of whoever got the letter says hello with."""
    row = await Conversation.objects.select_related("visitor", "site").aget(pk=conversation.pk)
    signed = resume.link(base="", row=row).removeprefix("#")
    told = (await async_client.post("/resume/", {"link": signed}, content_type="application/json")).json()
    return {"type": "hello", "site": told["site"], "token": told["token"]}


async def widget():
    origin = configured.TANDEM.public_url.encode()
    wire = WebsocketCommunicator(
        WidgetConsumer.as_asgi(), "/ws/v1/widget/", headers=[(b"origin", origin), (b"host", b"127.0.0.1:8000")]
    )
    await wire.connect()
    return wire


async def ends(wire) -> list[str]:
    """The texts that it gets until it is closed."""
    texts = []
    while (told := await wire.receive_output(5))["type"] != "websocket.close":
        texts.append(told.get("text", ""))
    assert told["code"] == 4401
    return texts


@pytest.fixture
async def mistyped(desks, settings):
    """A waiting customer whose address belongs to a stranger."""
    with mail_server(settings):
        conversation = await desks.says("a", PERSON)
        await Visitor.objects.filter(conversation=conversation).aupdate(email="wrnog@example.com")
        yield conversation


async def test_the_token_of_a_link_opens_nothing_once_the_address_is_corrected(desks, mistyped, async_client):
    hello = await by_link(async_client, mistyped)
    await desks.says("a", "right@example.com")
    wire = await widget()
    await wire.send_json_to(hello)
    assert not any("right@example.com" in text for text in await ends(wire))


async def test_who_reads_by_a_link_is_put_out_when_the_customer_corrects_the_address(desks, mistyped, async_client):
    hello = await by_link(async_client, mistyped)
    stranger = await widget()
    await stranger.send_json_to(hello)
    assert (await stranger.receive_json_from(5))["type"] == "welcome"
    owner = await widget()
    visitor = await Visitor.objects.aget(conversation=mistyped)
    own = token_of(hello["site"], visitor.public_id)
    await owner.send_json_to({"type": "hello", "site": hello["site"], "token": own})
    assert (await owner.receive_json_from(5))["type"] == "welcome"
    await owner.send_json_to({"type": "message", "id": "m1", "text": "right@example.com"})
    await ends(stranger)
    assert (await Visitor.objects.aget(pk=visitor.pk)).email == "right@example.com"
    await owner.disconnect()


async def test_who_came_by_the_link_and_leaves_another_address_goes_on(desks, mistyped, async_client):
    wire = await widget()
    await wire.send_json_to(await by_link(async_client, mistyped))
    first = await wire.receive_json_from(5)
    await wire.send_json_to({"type": "message", "id": "m1", "text": "new@example.com"})
    while (again := await wire.receive_json_from(5))["type"] != "welcome":
        assert again["type"] != "error"
    assert again["token"] != first["token"]
    await wire.disconnect()
    wire = await widget()
    hello = await by_link(async_client, mistyped)
    await wire.send_json_to({**hello, "token": again["token"]})
    assert (await wire.receive_json_from(5))["conversation"]["id"] == mistyped.public_id
    await wire.disconnect()

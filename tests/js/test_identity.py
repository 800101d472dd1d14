"""Who is logged in on the page: the widget says so, and keeps nothing of theirs once they are not."""

import base64
import json
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from .conftest import HOST, Files
from .face import Face, make_face


def jwt(sub: str) -> str:
    return "h." + base64.urlsafe_b64encode(json.dumps({"sub": sub, "name": "ÿ?>"}).encode()).decode().rstrip("=") + ".s"


def identities(face: Face) -> list[Any]:
    return [frame.get("identity") for frame in face.server.heard_of("hello")]


@pytest.fixture
def ada(browser: Browser, address: str) -> Any:
    """A page on which Ada is logged in."""
    Files.pages["/ada"] = (HOST.replace("data-site", f'data-identity="{jwt("ada")}" data-site'), "")
    face = make_face(browser, address, path="/ada")
    yield face
    face.page.context.close()


def test_the_pages_identity_goes_with_the_first_frame(ada: Face) -> None:
    ada.open()
    assert identities(ada) == [jwt("ada")]


def test_logging_in_and_out_without_a_reload(face: Face) -> None:
    face.open()
    face.say("Before I logged in")
    expect(face.log.get_by_text("Before I logged in")).to_be_visible()
    face.page.evaluate("jwt => Tandem('identify', jwt)", jwt("ada"))
    expect(face.log.get_by_text("Before I logged in")).to_be_visible()
    face.server.cut()
    face.say("Not sent")
    expect(face.log.get_by_text("Not sent")).to_be_visible()
    face.server.away = False
    face.server.events, face.server.conversation = [], None
    face.page.evaluate("Tandem('shutdown')")
    expect(face.sheet).to_be_hidden()
    face.open()
    expect(face.log.get_by_text("Before I logged in")).to_have_count(0)
    expect(face.log.get_by_text("Not sent")).to_have_count(0)
    hellos = face.server.heard_of("hello")
    assert [hello.get("identity") for hello in (hellos[0], hellos[1], hellos[-1])] == [None, jwt("ada"), None]
    assert (hellos[1]["token"], hellos[-1].get("token"), hellos[-1].get("conversation")) == ("token", None, None)
    kept = face.page.evaluate("Object.entries(localStorage).join()")
    assert "Not sent" not in kept


def test_an_identity_that_is_refused_leaves_a_visitor_and_the_page_is_told(ada: Face) -> None:
    ada.page.evaluate("window.told = 0; Tandem('on', 'identity', () => { told += 1; })")
    answer = ada.server._welcome

    def refuse(frame: Any) -> None:
        if not frame.get("identity"):
            return answer(frame)
        ada.server.tell(type="error", code="bad_identity", message="It has expired.")
        return ada.server.sockets[-1].close(code=4401)

    ada.server._welcome = refuse  # type: ignore[method-assign]
    ada.open()
    assert identities(ada) == [jwt("ada"), None]
    assert ada.page.evaluate("told") == 1
    ada.say("Is anybody there?")
    expect(ada.log.get_by_text("Is anybody there?")).to_be_visible()


def test_what_a_customer_did_not_get_sent_is_nobody_elses(ada: Face, address: str) -> None:
    ada.open()
    ada.say("First")
    expect(ada.log.get_by_text("First")).to_be_visible()
    ada.server.cut()
    ada.say("My card is 4111")
    expect(ada.log.get_by_text("My card is 4111")).to_be_visible()
    ada.server.away = False
    for path, said, sent in (("/host", "A stranger", ["A stranger"]), ("/ada", "", ["My card is 4111"])):
        ada.server.events, ada.server.conversation, ada.server.heard = [], None, []
        ada.page.goto(address + path)
        expect(ada.sheet).to_be_visible()
        if said:  # what waits is sent before it
            ada.say(said)
        expect(ada.log.get_by_text(sent[-1])).to_be_visible()
        for _ in range(100):
            if ada.server.heard_of("message"):
                break
            ada.page.wait_for_timeout(20)
        assert [frame["text"] for frame in ada.server.heard_of("message")] == sent, path
        expect(ada.log.get_by_text("My card is 4111")).to_have_count(0 if said else 1)

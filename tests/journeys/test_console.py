"""An agent's day at the console: by keyboard, on a phone, with a colleague, and over a broken line."""

import re
import uuid

import pytest
from playwright.sync_api import Locator, Page, WebSocketRoute, expect

from tests.journeys.axe import faults
from tests.journeys.conftest import PHONE, WIDE
from tests.journeys.people import Agent, Customer

TABLET = {"width": 1024, "height": 768}
SCREENS = [
    pytest.param(PHONE, "dark", id="phone-dark"),
    pytest.param(TABLET, "light", id="tablet-light"),
    pytest.param(WIDE, "dark", id="desk-dark"),
    pytest.param(WIDE, "light", id="desk-light"),
]


def waits(server, open_context, text: str = "I want to talk to a person") -> str:
    """A customer who waits for a person; a word of theirs that nobody else writes."""
    word = f"case {uuid.uuid4().hex[:8]}"
    customer = Customer(open_context(), server).open()
    customer.ask(f"{text}, {word}")
    customer.reads(re.compile("A person will take over here"))
    return word


def thread(agent: Agent) -> Locator:
    """The conversation that is open, without the rows beside it."""
    return agent.page.get_by_role("region", name="Conversation", exact=True)


def row(page: Page, word: str) -> Locator:
    """The row that tells of a word."""
    return page.get_by_role("navigation", name="Conversations").get_by_role("link").filter(has_text=word)


def open_list(page: Page, name: str) -> None:
    """Unfold a list."""
    box = page.locator("#rows details").filter(has=page.get_by_role("heading", name=name))
    if box.get_attribute("open") is None:
        box.locator("summary").click()


@pytest.mark.parametrize(("size", "scheme"), SCREENS)
def test_every_screen_of_the_console_is_for_everyone(server, open_context, picture, size, scheme):
    word = waits(server, open_context)
    agent = Agent(open_context(size, scheme, bypass_csp=True), server)  # axe itself sets styles
    agent.page.goto(server.url + "/console/")
    assert faults(agent.page) == []
    agent.log_in()
    expect(row(agent.page, word)).to_be_visible()
    picture(agent.page, "1-queue")
    assert faults(agent.page) == []
    row(agent.page, word).click()
    expect(thread(agent).get_by_text(word)).to_be_visible()
    picture(agent.page, "2-thread")
    assert faults(agent.page) == []
    agent.page.get_by_role("button", name="Note", exact=True).click()
    agent.write("They called us before.")
    expect(thread(agent).get_by_text("They called us before.")).to_be_visible()
    picture(agent.page, "3-note")
    assert faults(agent.page) == []
    if size != WIDE:
        agent.page.get_by_role("link", name="Details").click()
    side = agent.page.get_by_role("region", name="About this conversation")
    expect(side.get_by_text("The customer asked for a person.")).to_be_visible()
    picture(agent.page, "4-details")
    assert faults(agent.page) == []


def test_an_agent_works_by_keyboard_alone(server, open_context, picture):
    word = waits(server, open_context)
    agent = Agent(open_context(), server).log_in()
    expect(row(agent.page, word)).to_be_visible()
    keyboard = agent.page.keyboard
    for _ in range(60):
        keyboard.press("j")
        if word in agent.page.evaluate("document.activeElement.textContent"):
            break
    keyboard.press("Enter")
    expect(thread(agent).get_by_text(word)).to_be_visible()
    keyboard.press("c")
    expect(thread(agent).get_by_text("You have it")).to_be_visible()
    keyboard.press("r")
    keyboard.type("Hello, this is Maya.")
    keyboard.press("Shift+Enter")
    keyboard.type("How can I help? jkcrnhe")
    keyboard.press("Enter")
    expect(thread(agent).get_by_text("How can I help? jkcrnhe")).to_be_visible()
    keyboard.press("Escape")
    keyboard.press("n")
    keyboard.type("Asked twice.")
    keyboard.press("Enter")
    expect(thread(agent).get_by_role("log").get_by_text("Asked twice.")).to_be_visible()
    keyboard.press("Escape")
    keyboard.press("?")
    expect(agent.page.get_by_role("dialog", name="Keys")).to_be_visible()
    picture(agent.page, "keys")
    keyboard.press("Escape")
    expect(agent.page.get_by_role("dialog", name="Keys")).to_be_hidden()
    keyboard.press("e")
    expect(thread(agent).get_by_text("Closed")).to_be_visible()
    expect(agent.page.get_by_role("button", name="Reopen")).to_be_visible()
    keyboard.press("Escape")
    expect(agent.page.get_by_role("heading", name="Choose a conversation")).to_be_visible()


def test_single_keys_can_be_switched_off(server, open_context):
    word = waits(server, open_context)
    agent = Agent(open_context(), server).log_in()
    expect(row(agent.page, word)).to_be_visible()
    agent.page.keyboard.press("?")
    agent.page.get_by_label("Use single keys").uncheck()
    agent.page.get_by_role("button", name="Close").click()
    row(agent.page, word).click()
    expect(thread(agent).get_by_text(word)).to_be_visible()
    agent.page.keyboard.press("c")
    agent.page.keyboard.press("?")
    expect(agent.page.get_by_role("dialog", name="Keys")).to_be_hidden()
    expect(thread(agent).get_by_role("button", name="Claim")).to_be_visible()


def test_two_agents_see_who_has_it_and_only_one_gets_it(server, open_context, picture):
    word = waits(server, open_context)
    maya = Agent(open_context(), server).log_in()
    jonas = Agent(open_context(), server, who="admin").log_in()
    for agent in (maya, jonas):
        row(agent.page, word).click()
        expect(thread(agent).get_by_text(word)).to_be_visible()
    thread(maya).get_by_role("button", name="Claim").click()
    expect(thread(jonas).get_by_text("Maya has it")).to_be_visible()
    expect(thread(jonas).get_by_role("button", name="Claim")).to_have_count(0)
    expect(thread(jonas).get_by_role("button", name="Reply")).to_be_disabled()
    picture(jonas.page, "with-a-colleague")
    jonas.write("Ask for the order number.")
    expect(thread(maya).get_by_text("Ask for the order number.")).to_be_visible()
    expect(thread(maya).get_by_text("Note · Jonas")).to_be_visible()


def test_a_message_in_mine_is_counted_and_marked_until_it_is_read(server, open_context, picture):
    customer = Customer(open_context(), server).open()
    word = f"case {uuid.uuid4().hex[:8]}"
    customer.ask(f"I want to talk to a person, {word}")
    agent = Agent(open_context(), server).log_in()
    row(agent.page, word).click()
    agent.write("Hello, this is Maya.")
    customer.reads("Hello, this is Maya.")
    agent.page.keyboard.press("Escape")
    agent.page.keyboard.press("Escape")
    customer.ask("Thank you, Maya. Here is my order: 1234.")
    mine = agent.page.get_by_role("link").filter(has_text="Here is my order: 1234.")
    expect(mine).to_contain_text("1 unread")
    expect(agent.page).to_have_title(re.compile(r"^\(\d+\) "))
    picture(agent.page, "unread")
    mine.click()
    expect(agent.page.get_by_role("link").filter(has_text="1 unread")).to_have_count(0)


def test_what_is_written_offline_is_kept_and_sent_once(server, open_context, picture):
    word = waits(server, open_context)
    context = open_context()
    agent = Agent(context, server).log_in()
    row(agent.page, word).click()
    agent.write("Hello, this is Maya.")
    expect(thread(agent).get_by_text("You have it")).to_be_visible()
    context.set_offline(True)
    agent.page.evaluate("() => dispatchEvent(new Event('offline'))")
    expect(agent.page.get_by_text("Connection lost.")).to_be_visible()
    agent.write("Written in a tunnel.")
    expect(thread(agent).get_by_text("Kept", exact=True)).to_be_visible()
    picture(agent.page, "offline")
    context.set_offline(False)
    expect(agent.page.get_by_text("Connection lost.")).to_be_hidden()
    expect(thread(agent).get_by_text("Kept", exact=True)).to_have_count(0)
    expect(thread(agent).get_by_text("Written in a tunnel.")).to_have_count(1)


def test_a_draft_is_there_after_a_reload(server, open_context):
    word = waits(server, open_context)
    agent = Agent(open_context(), server).log_in()
    row(agent.page, word).click()
    agent.page.get_by_label("Your presence").select_option("online")  # another test may have left them offline
    field = thread(agent).get_by_role("textbox")
    field.fill("Not finished")
    agent.page.reload()
    expect(field).to_have_value("Not finished")
    expect(agent.page.get_by_label("Your presence")).to_have_value("online")


def test_a_session_that_ends_says_so_and_keeps_what_was_written(server, open_context, picture):
    word = waits(server, open_context)
    context = open_context()
    agent = Agent(context, server).log_in()
    row(agent.page, word).click()
    thread(agent).get_by_role("textbox").fill("Not finished")
    elsewhere = context.new_page()
    elsewhere.goto(server.url + "/console/")
    elsewhere.get_by_role("button", name="Log out").click()
    expect(agent.page.get_by_text("Your session has ended.")).to_be_visible()
    picture(agent.page, "session-ended")
    agent.page.get_by_role("link", name="Log in again").click()
    agent.page.get_by_label("Username").fill(agent.login["username"])
    agent.page.get_by_label("Password").fill(agent.login["password"])
    agent.page.get_by_role("button", name="Log in").click()
    expect(thread(agent).get_by_role("textbox")).to_have_value("Not finished")


def test_who_logs_in_next_in_the_same_tab_neither_reads_nor_sends_what_was_left(server, open_context):
    word = waits(server, open_context)
    context = open_context()
    agent = Agent(context, server).log_in()
    row(agent.page, word).click()
    agent.write("Hello.")
    expect(thread(agent).get_by_text("You have it")).to_be_visible()
    thread(agent).get_by_role("textbox").fill("A draft of mine")
    context.set_offline(True)
    agent.page.evaluate("() => dispatchEvent(new Event('offline'))")
    expect(agent.page.get_by_text("Connection lost.")).to_be_visible()
    agent.write("Never sent")
    expect(thread(agent).get_by_text("Kept", exact=True)).to_be_visible()
    thread(agent).get_by_role("textbox").fill("A draft of mine")
    context.clear_cookies()
    context.set_offline(False)
    expect(agent.page.get_by_text("Your session has ended.")).to_be_visible()
    agent.login = server.demo["admin"]
    place = agent.page.url
    agent.log_in()
    agent.page.goto(place)
    expect(thread(agent).get_by_text("Hello.", exact=True)).to_be_visible()
    expect(thread(agent).get_by_text("Never sent")).to_have_count(0)
    expect(thread(agent).get_by_role("textbox")).to_have_value("")
    left = agent.page.evaluate("() => JSON.stringify(sessionStorage)")
    assert "Never sent" not in left
    assert "A draft of mine" not in left


class Line:
    """The socket of a page, which a test can cut while pages still load."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.whole = True
        self.sockets: list[WebSocketRoute] = []
        page.route_web_socket("**/ws/v1/console/", self._take)

    def _take(self, socket: WebSocketRoute) -> None:
        if not self.whole:
            socket.close(code=4013)
            return
        socket.connect_to_server()
        self.sockets.append(socket)

    def cut(self) -> None:
        """No socket any more."""
        self.whole = False
        self.sockets[-1].close(code=4013)
        expect(self.page.get_by_text("Connection lost.")).to_be_visible()

    def mend(self) -> None:
        """As before; the page is told."""
        self.whole = True
        self.page.evaluate("() => dispatchEvent(new Event('online'))")


@pytest.mark.parametrize("where", ["in the same tab", "in another tab"])
def test_what_an_agent_did_not_send_never_goes_out_as_anothers(server, open_context, picture, where):
    word = waits(server, open_context)
    context = open_context()
    agent = Agent(context, server)
    line = Line(agent.page)
    agent.log_in()
    row(agent.page, word).click()
    field = thread(agent).get_by_role("textbox")
    expect(thread(agent).get_by_text(word)).to_be_visible()
    line.cut()
    agent.write("Unsent words of Maya.")
    expect(thread(agent).get_by_text("Kept", exact=True)).to_be_visible()
    field.fill("A draft of Maya.")
    next_one = agent if where == "in the same tab" else Agent(context, server)
    next_one.page.goto(server.url + "/console/")
    next_one.page.get_by_role("button", name="Log out").click()
    next_one.login = server.demo["admin"]
    line.whole = where == "in the same tab"
    next_one.log_in()
    if where == "in another tab":
        line.mend()
    expect(agent.page.get_by_role("button", name="Log out")).not_to_have_text("Log out Maya")
    row(agent.page, word).click()
    expect(thread(agent).get_by_text(word)).to_be_visible()
    expect(field).to_have_value("")
    picture(agent.page, "the-next-one")
    agent.write("Words of the next one.")
    expect(thread(agent).get_by_text("Words of the next one.")).to_be_visible()
    assert thread(agent).get_by_text("of Maya").count() == 0
    assert "of Maya" not in agent.page.evaluate("JSON.stringify({ ...sessionStorage })")


def test_on_a_phone_one_goes_from_rows_to_thread_to_details_and_back(server, open_context):
    word = waits(server, open_context)
    agent = Agent(open_context(PHONE), server).log_in()
    rows = agent.page.get_by_role("navigation", name="Conversations")
    row(agent.page, word).click()
    expect(rows).to_be_hidden()
    agent.page.get_by_role("link", name="Details").click()
    expect(agent.page.get_by_role("region", name="About this conversation")).to_be_visible()
    agent.page.get_by_role("link", name="Back").click()
    expect(thread(agent).get_by_text(word)).to_be_visible()
    agent.page.go_back()
    agent.page.go_back()
    agent.page.go_back()
    expect(rows).to_be_visible()

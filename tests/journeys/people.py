"""The people of the journeys: a customer with the widget, an agent with the console, a curator with the admin."""

import re
from typing import Any

from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.server import ServerProcess

COOKIES: dict[tuple[str, str], list[Any]] = {}  # of who has logged in before, by address and name


class Customer:
    """Somebody on the shop's page."""

    def __init__(self, context: BrowserContext, server: ServerProcess) -> None:
        self.page: Page = context.new_page()
        self.server = server

    def open(self) -> "Customer":
        """Go to the shop and open the chat."""
        self.page.goto(self.server.url + "/")
        self.page.get_by_role("button", name="Help").click()
        expect(self.field).to_be_visible()
        return self

    @property
    def sheet(self) -> Locator:
        """The open chat."""
        return self.page.get_by_role("dialog")

    @property
    def field(self) -> Locator:
        """Where one writes."""
        return self.sheet.get_by_role("textbox")

    def ask(self, text: str) -> None:
        """Write and send."""
        self.field.fill(text)
        self.sheet.get_by_role("button", name="Send").click()

    def reads(self, text: str | re.Pattern[str]) -> Locator:
        """Expect a text in the log; the newest where there are several."""
        found = self.sheet.get_by_text(text).last
        expect(found).to_be_visible()
        return found


def enter(page: Page, address: str, login: dict[str, str]) -> None:
    """Open a page for who has logged in: by the form once, later with the cookies that it gave. Hashing takes time."""
    page.context.add_cookies(COOKIES.get((address, login["username"]), []))
    page.goto(address)
    if "/login/" not in page.url:
        return
    page.get_by_label("Username").fill(login["username"])
    page.get_by_label("Password").fill(login["password"])
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url(address)
    COOKIES[address, login["username"]] = page.context.cookies()


class Agent:
    """Somebody who answers."""

    def __init__(self, context: BrowserContext, server: ServerProcess, who: str = "agent") -> None:
        self.page: Page = context.new_page()
        self.server = server
        self.login = server.demo[who]

    def log_in(self) -> "Agent":
        """Open the console."""
        enter(self.page, self.server.url + "/console/", self.login)
        expect(self.page.get_by_role("navigation", name="Conversations")).to_be_visible()
        return self

    @property
    def thread(self) -> Locator:
        """The conversation that is open."""
        return self.page.get_by_role("main")

    def write(self, text: str) -> None:
        """Write to the customer."""
        self.thread.get_by_role("textbox").fill(text)
        self.thread.get_by_role("textbox").press("Enter")


class Curator:
    """Somebody who edits the articles."""

    def __init__(self, context: BrowserContext, server: ServerProcess) -> None:
        self.page: Page = context.new_page()
        self.server = server
        self.login = server.demo["admin"]

    def log_in(self) -> "Curator":
        """Open the admin."""
        enter(self.page, self.server.url + "/admin/", self.login)
        return self

    def open_article(self, title: str) -> None:
        """Find an article by its title and open it."""
        self.page.goto(self.server.url + "/admin/knowledge/article/")
        self.page.locator("#searchbar").fill(title)
        self.page.keyboard.press("Enter")
        self.page.get_by_role("link", name=title, exact=True).first.click()

    @property
    def text(self) -> Locator:
        """The article's text."""
        return self.page.locator("textarea[name=body]")

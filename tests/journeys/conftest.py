"""One server and one real Chromium for all journeys. Pictures are left in var/screenshots."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.chromium import chromium
from tests.server import ROOT, ServerProcess

PICTURES = ROOT / "var" / "screenshots"
WIDE, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}

expect.set_options(timeout=10_000)


@pytest.fixture(scope="session")
def server(tmp_path_factory) -> Iterator[ServerProcess]:
    """The demo, without limits on how fast a test may write; it asks no other site."""
    folder = tmp_path_factory.mktemp("journeys")
    limits = {"TANDEM_LIMIT_MESSAGES": "0", "TANDEM_LIMIT_NEW_VISITORS": "0"}
    running = ServerProcess(folder, **limits, TANDEM_CHECK_LINKS="0").start()
    yield running
    assert running.stop() == 0, running.tail()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One for all journeys."""
    with chromium() as one:
        yield one


@pytest.fixture
def open_context(browser) -> Iterator[Callable[..., BrowserContext]]:
    """Opens a person's browser: its own storage, a size, a colour scheme. Page errors fail the test."""
    opened: list[BrowserContext] = []
    faults: list[str] = []

    def make(size=WIDE, scheme="light", **options) -> BrowserContext:
        context = browser.new_context(viewport=size, color_scheme=scheme, locale="en-IE", **options)
        context.add_init_script("delete Crypto.prototype.randomUUID")  # as on plain http in the owner's own network
        context.on("weberror", lambda error: faults.append(str(error.error)))
        context.on("console", lambda line: faults.append(line.text) if "Content Security Policy" in line.text else None)
        opened.append(context)
        return context

    yield make
    for context in opened:
        context.close()
    assert not faults, faults


@pytest.fixture
def picture(request) -> Callable[..., None]:
    """Leaves a picture of a page, named after the journey and the moment."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    journey = request.node.name.removeprefix("test_").replace("[", "-").rstrip("]")

    def take(page: Page, moment: str) -> None:
        page.screenshot(path=Path(PICTURES / f"{journey}--{moment}.png"), animations="disabled")

    return take

"""What an accessibility checker says of a page, once it stands still."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

_GRAVE = {"serious", "critical"}
# What moves in is half transparent on its way; what breathes while the assistant thinks never ends.
_STANDS_STILL = """() => document.getAnimations().every(
    (one) => one.playState !== "running" || one.effect.getComputedTiming().iterations === Infinity
)"""


def faults(page: Page, impacts: set[str] | None = None) -> list[str]:
    """All that it finds, or what has these impacts: the rules with the elements that break them.

    axe puts styles into the page: the context must let them past the content policy.
    """
    page.wait_for_function(_STANDS_STILL)
    found = Axe().run(page).response["violations"]
    return [
        f"{one['id']}: {[node['html'][:160] for node in one['nodes']]}"
        for one in found
        if impacts is None or one["impact"] in impacts
    ]


def check(page: Page) -> None:
    """Nothing is serious, and the page does not scroll sideways."""
    found = faults(page, _GRAVE)
    assert not found, f"{page.url}: {found}"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{page.url} scrolls sideways"

"""The pages say what is so: frames out, links, commands."""

import re
from pathlib import Path

import pytest

from agents import frames as console_frames
from chat import protocol

PAGES = [Path("README.md"), Path("CONTRIBUTING.md"), *sorted(Path("docs").rglob("*.md"))]


def frames_out() -> list[type[protocol.FrameOut]]:
    """Every frame that the server sends."""
    modules = (protocol, console_frames)
    found = [value for module in modules for value in vars(module).values() if isinstance(value, type)]
    return [frame for frame in dict.fromkeys(found) if issubclass(frame, protocol.FrameOut) and hasattr(frame, "type")]


@pytest.mark.parametrize("frame", frames_out(), ids=lambda frame: frame.__name__)
def test_the_protocol_page_names_every_frame_that_goes_out(frame):
    page = Path("docs/protocol.md").read_text("utf-8")
    assert f"`{frame.type}`" in page
    for name in frame.__dataclass_fields__:
        if name not in ("type", "kept", "source"):
            assert f"`{name}" in page, f"{frame.type}.{name} is not in the page"


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_every_link_between_pages_leads_somewhere(page):
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text("utf-8")):
        assert (page.parent / target).exists(), f"{page} links to {target}"


def test_every_target_that_a_page_names_is_in_the_makefile():
    targets = set(re.findall(r"^([a-z]+):", Path("Makefile").read_text("utf-8"), re.M))
    for page in PAGES:
        named = set(re.findall(r"`(?:PORT=\d+ )?make ([a-z]+)", page.read_text("utf-8")))
        assert named <= targets, f"{page} names {named - targets}"


def test_every_decision_and_file_that_the_architecture_names_exists():
    text = Path("docs/architecture.md").read_text("utf-8")
    for path in re.findall(r"`((?:chat|agents|knowledge|supportsite|static|tests)/[\w/.]+\.(?:py|js))`", text):
        assert Path(path).exists(), path

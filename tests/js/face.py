"""The widget on a foreign page, with a server that a test plays."""

import json
from dataclasses import dataclass, field
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, WebSocketRoute, expect

from tests.server import ROOT

SHOTS = ROOT / "var" / "screenshots" / "widget"
Frame = dict[str, Any]
SOURCES = [
    {
        "n": 1,
        "title": "How long can I return something?",
        "url": "/help/returns#how-long",
        "section": "How long you have",
        "quote": "You can return unused items within 30 days of delivery.",
        "language": "en",
        "date": "2026-10-02",
    },
    {
        "n": 2,
        "title": "Rücksendung in Schritten",
        "url": "/help/steps",
        "section": "Anmelden",
        "quote": "Melden Sie die Rücksendung online an.",
        "language": "de",
        "date": "2026-09-14",
    },
]
ANSWER = "You can return unused items within 30 days of delivery. [1] Register the return online first. [2]"
SIZES = {"phone": (390, 844), "desk": (1440, 900)}


@dataclass
class Server:
    """The other end of the widget's sockets."""

    page: Page
    events: list[Frame] = field(default_factory=list)
    heard: list[Frame] = field(default_factory=list)
    sockets: list[WebSocketRoute] = field(default_factory=list)
    conversation: Frame | None = None
    away: bool = False
    answers: bool = True
    resets: bool = False

    def attach(self) -> None:
        """Take the sockets of the page."""
        self.page.route_web_socket("**/ws/v1/widget/", self._connected)

    def tell(self, **frame: Any) -> None:
        """Send a frame to the newest socket."""
        self.sockets[-1].send(json.dumps(frame))

    def add(self, kind: str, role: str, live: bool = True, **body: Any) -> Frame:
        """Append an event and tell it."""
        seq = len(self.events) + 1
        name = body.pop("name_of", None)
        event: Frame = {"seq": seq, "prev": seq - 1, "kind": kind, "at": f"2026-11-24T09:{seq % 60:02}:00.000Z"}
        event |= {"from": {"role": role} | ({"name": name} if name else {}), **body}
        self.events.append(event)
        if live:
            self.tell(type="event", **event)
        return event

    def escalate(self, position: int = 2, wait: int | None = None) -> None:
        """Into the queue."""
        self.add("escalated", "system", text="A person will take over here.", reasons=["asked"])
        self.tell(type="conversation", id="c1", queue={"position": position, "wait_s": wait})

    def heard_of(self, kind: str) -> list[Frame]:
        """The frames of one type."""
        return [frame for frame in self.heard if frame["type"] == kind]

    def cut(self) -> None:
        """No connection any more."""
        self.away = True
        self.sockets[-1].close(code=4012)

    def _connected(self, route: WebSocketRoute) -> None:
        if self.away:
            route.close(code=4013)
            return
        self.sockets.append(route)
        route.on_message(self._take)

    def _take(self, text: str | bytes) -> None:
        frame = json.loads(text)
        self.heard.append(frame)
        if frame["type"] == "hello":
            self._welcome(frame)
        elif frame["type"] == "ping":
            self.tell(type="pong")
        elif frame["type"] == "earlier":
            older = self.events[max(0, frame["before"] - 1 - frame["n"]) : frame["before"] - 1]
            self.tell(type="events", events=older, more=False, earlier=older[0]["seq"] > 1)
        elif "id" in frame and self.answers:
            self._change(frame)

    def _welcome(self, frame: Frame) -> None:
        after, last = frame.get("after", 0), frame.get("last")
        after, reset = (0, {"reset": True}) if self.resets else (after, {})
        events = self.events[after:] if after or not last else self.events[-last:]
        site = {
            "name": "Northpine",
            "locale": "en",
            "colours": {"accent": "#0f766e"},
            "greeting": "Hello. How can we help?",
        }
        earlier = bool(events) and not after and events[0]["seq"] > 1
        fields: Frame = {
            "site": site,
            "token": "token",
            "epoch": "e1",
            "conversation": self.conversation,
            "events": events,
            **reset,
        }
        self.tell(type="welcome", protocol=1, **fields, more=False, earlier=earlier)

    def _change(self, frame: Frame) -> None:
        if not self.conversation:
            self.conversation = {"id": "c1", "handler": "assistant"}
            self.tell(type="conversation", **self.conversation)
        self.tell(type="ack", id=frame["id"], at="2026-11-24T09:00:00.000Z")
        if frame["type"] == "message":
            self.add("message", "visitor", text=frame["text"], id=frame["id"])


@dataclass
class Face:
    """A page with the widget on it, and the server behind."""

    page: Page
    server: Server
    name: str

    @property
    def field(self) -> Locator:
        """Where one writes."""
        return self.page.get_by_role("textbox")

    @property
    def sheet(self) -> Locator:
        """The dialog."""
        return self.page.get_by_role("dialog")

    @property
    def log(self) -> Locator:
        """What was said."""
        return self.sheet.get_by_role("log")

    def open(self) -> None:
        """Press the launcher."""
        self.page.get_by_role("button", name="Help").click()
        expect(self.sheet).to_be_visible()
        expect(self.sheet.get_by_role("heading", name="Northpine")).to_be_visible()

    def say(self, text: str) -> None:
        """Write and send."""
        self.field.fill(text)
        self.page.get_by_role("button", name="Send", exact=True).click()

    def shot(self, what: str) -> None:
        """Keep what is seen."""
        SHOTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=SHOTS / f"{what}-{self.name}.png", animations="disabled")


def make_face(
    browser: Browser, address: str, size: str = "desk", scheme: str = "light", path: str = "/host", **options: Any
) -> Face:
    """A new visitor's page."""
    width, height = SIZES[size]
    phone = size == "phone"
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=scheme, is_mobile=phone, has_touch=phone,  # type: ignore[arg-type]
        locale="en-GB", timezone_id="UTC", reduced_motion="reduce", **options,
    )  # fmt: skip
    page = context.new_page()
    page.set_default_timeout(6000)
    page.clock.install(time="2026-11-24T09:30:00Z")
    server = Server(page)
    server.attach()
    page.goto(address + path)
    return Face(page, server, f"{size}-{scheme}")


def answer(face: Face) -> None:
    """The assistant's answer, as it comes in the end."""
    html = "<p>" + ANSWER.replace(" Register", "</p><p>Register") + "</p>"
    face.server.add("message", "assistant", text=ANSWER, html=html, sources=SOURCES, answered="answer", turn="t1")


def axe(face: Face) -> list[str]:
    """What an accessibility checker finds in the widget."""
    found = Axe().run(
        face.page, context={"include": [["tandem-widget"]]}, options={"rules": {"region": {"enabled": False}}}
    )
    return [f"{one['id']}: {[node['html'] for node in one['nodes']]}" for one in found.response["violations"]]

"""A small server that plays the widget's socket by the script of a test: it stores, acks, loses, cuts and repeats."""

import contextlib
import json
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.server import Server, ServerConnection, serve

Frame = dict[str, Any]
AT = "2026-11-25T09:30:00.000Z"


@dataclass
class Stage:
    """One conversation and its sockets. `rules` may take a frame instead of the ordinary play."""

    events: list[Frame] = field(default_factory=list)
    heard: list[Frame] = field(default_factory=list)
    sockets: list[ServerConnection] = field(default_factory=list)
    rules: list[Callable[["Stage", ServerConnection, Frame], bool]] = field(default_factory=list)
    epoch: str = "one"
    lock: threading.RLock = field(default_factory=threading.RLock)

    def __post_init__(self) -> None:
        self.server: Server = serve(self._play, "127.0.0.1", 0)
        self.port: int = self.server.socket.getsockname()[1]
        self.url = f"ws://127.0.0.1:{self.port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        """End for good."""
        self.server.shutdown()
        for connection in list(self.sockets):
            self.cut(connection)

    def cut(self, connection: ServerConnection) -> None:
        """Break the line without a word, as a tunnel does."""
        with contextlib.suppress(OSError):
            connection.socket.shutdown(socket.SHUT_RDWR)

    def heard_of(self, kind: str) -> list[Frame]:
        """The frames of one type that came, in order."""
        return [frame for frame in list(self.heard) if frame["type"] == kind]

    def store(self, role: str, text: str, client_id: str | None = None) -> Frame:
        """Append a message to the log."""
        seq = len(self.events) + 1
        event: Frame = {"seq": seq, "prev": seq - 1, "kind": "message", "at": AT, "from": {"role": role}, "text": text}
        if client_id:
            event["id"] = client_id
        self.events.append(event)
        return event

    def send(self, connection: ServerConnection, frame: Frame) -> None:
        """Send a frame, unless the line is down."""
        with contextlib.suppress(ConnectionClosed, OSError):
            connection.send(json.dumps(frame))

    def live(self, event: Frame) -> None:
        """Send an event to every socket."""
        for connection in list(self.sockets):
            self.send(connection, {"type": "event", **event})

    def ack(self, connection: ServerConnection, frame: Frame) -> Frame:
        """Do what a message asks once, and say so."""
        known = next((event for event in self.events if event.get("id") == frame["id"]), None)
        event = known or self.store("visitor", frame["text"], frame["id"])
        self.send(connection, {"type": "ack", "id": frame["id"], "seq": event["seq"], "at": AT})
        if not known:
            self.live(event)
        return event

    def welcome(self, connection: ServerConnection, frame: Frame) -> None:
        """Everything after `after`; all of it where the epoch is another one."""
        after = frame.get("after", 0)
        reset = frame.get("epoch") not in (None, self.epoch) or after > len(self.events)
        fields: Frame = {"protocol": 1, "site": {"name": "Northpine"}, "token": "t", "epoch": self.epoch, "more": False}
        fields |= {"conversation": {"id": "c"} if self.events else None, "earlier": False}
        fields |= {"events": self.events[0 if reset else after :]} | ({"reset": True} if reset else {})
        self.send(connection, {"type": "welcome", **fields})

    def _play(self, connection: ServerConnection) -> None:
        self.sockets.append(connection)
        try:
            for text in connection:
                with self.lock:
                    self._take(connection, json.loads(text))
        except (ConnectionClosed, OSError):
            pass
        finally:
            self.sockets.remove(connection)

    def _take(self, connection: ServerConnection, frame: Frame) -> None:
        self.heard.append(frame)
        if any(rule(self, connection, frame) for rule in list(self.rules)):
            return
        if frame["type"] == "hello":
            self.welcome(connection, frame)
        elif frame["type"] == "message":
            self.ack(connection, frame)
        elif frame["type"] == "ping":
            self.send(connection, {"type": "pong"})


def once(
    kind: str, act: Callable[[Stage, ServerConnection, Frame], None]
) -> Callable[[Stage, ServerConnection, Frame], bool]:
    """A rule for the first frame of a type only."""
    left = [1]

    def rule(stage: Stage, connection: ServerConnection, frame: Frame) -> bool:
        if frame["type"] != kind or not left:
            return False
        left.clear()
        act(stage, connection, frame)
        return True

    return rule


def until(true: Callable[[], object], seconds: float = 5.0) -> None:
    """Wait for something to become so."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not come to that in time"
        time.sleep(0.02)

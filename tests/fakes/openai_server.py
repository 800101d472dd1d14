"""A server on 127.0.0.1 that speaks the OpenAI chat-completions streaming protocol, and fails in the ways real ones do.

Each request gets the next of the scripted answers, the last one for ever after.
"""

import json
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Says:
    """Streams `text` in pieces of `size` characters, then the reason why it stopped, then the tokens used."""

    text: str
    size: int = 7
    finish: str = "stop"


@dataclass(frozen=True)
class Fails:
    """Answers with an HTTP error."""

    status: int
    retry_after: str = ""


@dataclass(frozen=True)
class Hangs:
    """Streams `text`, then nothing more, and keeps the connection open."""

    text: str = ""


@dataclass(frozen=True)
class Drips:
    """Streams `text`, then `drop` every tenth of a second, and never ends."""

    text: str = ""
    drop: str = " "


@dataclass(frozen=True)
class Cuts:
    """Streams `text`, then drops the connection; `politely` ends the stream as if nothing were missing."""

    text: str = ""
    politely: bool = False


@dataclass(frozen=True)
class Speaks:
    """Streams what `write` makes of the request's block of data: its facts and its question."""

    write: Callable[[dict[str, Any]], str]


@dataclass(frozen=True)
class Calls:
    """Calls the first tool that the request offers, once with each of `arguments`; without a tool it finds no answer.

    Arguments are an object, or what stands in place of one.
    """

    arguments: tuple[dict[str, Any] | str, ...]
    name: str = ""


@dataclass(frozen=True)
class Fills:
    """Fills in the form that a request asks for, as content for a JSON schema and as a call for a tool.

    `given` is an object, or what stands in place of one; a request without a form hears that there is no answer.
    """

    given: dict[str, Any] | str


@dataclass(frozen=True)
class Raw:
    """Sends these bytes as the stream, whatever they are."""

    body: bytes
    content_type: str = "text/event-stream"


Script = Calls | Fills | Says | Speaks | Fails | Hangs | Drips | Cuts | Raw


@dataclass
class FakeOpenAI:
    """What was asked, and where."""

    url: str
    scripts: Sequence[Script]
    requests: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)

    def next_script(self) -> Script:
        """The answer to the request that was taken down last."""
        return self.scripts[min(len(self.requests), len(self.scripts)) - 1]


@contextmanager
def openai_server(*scripts: Script) -> Iterator[FakeOpenAI]:
    """Run the server while the block lasts."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            fake.requests.append(json.loads(self.rfile.read(length)))
            fake.headers.append({name.lower(): value for name, value in self.headers.items()})
            self.close_connection = True
            _answer(self, _said(fake.next_script(), fake.requests[-1]), fake.closing)

        def log_message(self, format: str, *args: object) -> None:
            """Tests are quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    fake = FakeOpenAI(f"http://127.0.0.1:{server.server_address[1]}/v1", scripts)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield fake
    finally:
        fake.closing.set()
        server.shutdown()
        server.server_close()
        thread.join()


def refused_url() -> str:
    """An address on which nobody listens."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{listener.getsockname()[1]}/v1"


def _said(script: Script, request: dict[str, Any]) -> Script:
    """The script, or what one that speaks says to this request."""
    if isinstance(script, Fills):
        written = script.given if isinstance(script.given, str) else json.dumps(script.given)
        if "response_format" in request:
            return Says(written)
        script = Calls((written,))
    if isinstance(script, Calls) and "tools" not in request:
        return Says("NO_ANSWER")
    if isinstance(script, Calls) and not script.name:
        return replace(script, name=request["tools"][0]["function"]["name"])
    if not isinstance(script, Speaks):
        return script
    said = [message["content"] for message in request["messages"] if message["content"].startswith("```json")]
    return Says(script.write(json.loads(said[-1].removeprefix("```json").partition("\n```\n")[0])))


def _answer(handler: BaseHTTPRequestHandler, script: Script, closing: threading.Event) -> None:
    match script:
        case Fails(status, retry_after):
            _fail(handler, status, retry_after)
        case Says(text, size, finish):
            _begin(handler)
            for at in range(0, len(text), size):
                _send(handler, _chunk({"content": text[at : at + size]}))
            _send(handler, _chunk({}, finish=finish))
            _send(handler, _usage(text))
            _write(handler, b"data: [DONE]\n\n")
        case Calls(arguments, name):
            _begin(handler)
            for at, given in enumerate(arguments):
                written = given if isinstance(given, str) else json.dumps(given)
                whose = {"index": at, "id": f"call_{at}", "type": "function"}
                _send(handler, _chunk({"tool_calls": [{**whose, "function": {"name": name, "arguments": ""}}]}))
                for start in range(0, len(written), 5):
                    part = {"index": at, "function": {"arguments": written[start : start + 5]}}
                    _send(handler, _chunk({"tool_calls": [part]}))
            _send(handler, _chunk({}, finish="tool_calls"))
            _send(handler, _usage("call"))
            _write(handler, b"data: [DONE]\n\n")
        case Hangs(text):
            _begin(handler)
            _send(handler, _chunk({"content": text}))
            closing.wait(20)
        case Drips(text, drop):
            _begin(handler)
            _send(handler, _chunk({"content": text}))
            while not closing.wait(0.1) and _send(handler, _chunk({"content": drop})):
                pass
        case Cuts(text, politely):
            _begin(handler, length=0 if politely else 100_000)
            _send(handler, _chunk({"content": text}))
        case Raw(body, content_type):
            _begin(handler, content_type=content_type)
            _write(handler, body)


def _begin(handler: BaseHTTPRequestHandler, *, content_type: str = "text/event-stream", length: int = 0) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", content_type)
    handler.send_header("Connection", "close")
    if length:
        handler.send_header("Content-Length", str(length))
    handler.end_headers()


def _fail(handler: BaseHTTPRequestHandler, status: int, retry_after: str) -> None:
    body = json.dumps({"error": {"message": "scripted", "type": "scripted", "code": None}}).encode()
    handler.send_response(status)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", str(len(body)))
    # A client that is not told keeps the connection, and is warned of one that no event loop serves any more.
    handler.send_header("Connection", "close")
    if retry_after:
        handler.send_header("Retry-After", retry_after)
    handler.end_headers()
    _write(handler, body)


def _chunk(delta: dict[str, Any], *, finish: str | None = None) -> dict[str, Any]:
    choice = {"index": 0, "delta": {"role": "assistant", **delta}, "finish_reason": finish}
    return {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "fake", "choices": [choice]}


def _usage(text: str) -> dict[str, Any]:
    written = len(text.split())
    usage = {"prompt_tokens": 100, "completion_tokens": written, "total_tokens": 100 + written}
    return {**_chunk({}), "choices": [], "usage": usage}


def _send(handler: BaseHTTPRequestHandler, event: dict[str, Any]) -> bool:
    return _write(handler, b"data: " + json.dumps(event).encode() + b"\n\n")


def _write(handler: BaseHTTPRequestHandler, data: bytes) -> bool:
    """Whether the client still listens."""
    try:
        handler.wfile.write(data)
        handler.wfile.flush()
    except (BrokenPipeError, ConnectionResetError):
        return False  # the client has heard enough
    return True

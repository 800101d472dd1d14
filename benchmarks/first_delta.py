"""From a stored question to the first words of its answer, with the built-in model, beside the machine's own noise."""

import json
import time

from . import demo_questions, floors, wire
from .report import Result, Spread, Target
from .rig import Tandem, tandem
from .wire import Wire, message

QUESTIONS = 200
WARM_UP = 10


def run() -> Result:
    """Ask one question at a time, each in a conversation of its own."""
    texts = demo_questions.texts("en", QUESTIONS + WARM_UP)
    with tandem() as server, floors.echo() as echo:
        first, whole, noise, echoes = [], [], [], []
        for number, text in enumerate(texts):
            asked = ask(server, text)
            echoes.append(echo.once())
            noise.append(floors.late())
            if asked and number >= WARM_UP:
                first.append(asked[0])
                whole.append(asked[1])
        embedding, searching = _from_traces(server)
    delta, own = Spread.of(first), Spread.of(noise)
    return Result(
        "first_delta",
        {
            "stored question to first delta": delta,
            "stored question to whole answer": Spread.of(whole),
            "of that: embedding the question": Spread.of(embedding),
            "of that: searching": Spread.of(searching),
            "noise: a thread wakes late by": own,
            "noise: stock echo": Spread.of(echoes),
            "answered, of all asked": f"{len(first)} of {len(texts) - WARM_UP}",
        },
        [Target("p50 ms", delta.p50, 40), Target("p99 ms, less the noise's p99", delta.p99 - own.p99, 100)],
    )


def ask(server: Tandem, text: str, locale: str = "en") -> tuple[float, float] | None:
    """Seconds from ack to first delta and to the answer; None where the assistant did not know or called a person."""
    socket, _welcome = wire.visitor(server.port, server.site, locale=locale)
    try:
        frame = message(text)
        socket.send(frame)
        socket.until("ack", id=frame["id"])
        return _listen(socket, time.perf_counter())
    finally:
        socket.close()


def _listen(socket: Wire, stored: float) -> tuple[float, float] | None:
    first = None
    while True:
        frame = socket.receive()
        now = time.perf_counter() - stored
        if frame["type"] == "delta" and first is None:
            first = now
        if frame["type"] == "event" and frame["kind"] == "escalated":
            return None
        if frame["type"] == "event" and frame["from"]["role"] == "assistant":
            return (first, now) if first is not None and frame.get("answered") == "answer" else None


def _from_traces(server: Tandem) -> tuple[list[float], list[float]]:
    """Seconds of embedding and of searching, as the turns' own traces say."""
    rows = server.rows("SELECT trace FROM chat_turn WHERE state = 'done' ORDER BY id")[WARM_UP:]
    steps = [step for (trace,) in rows for step in json.loads(trace).get("steps", []) if "embed_ms" in str(step)]
    evidence = [step.get("evidence", step) for step in steps]
    return [one["embed_ms"] / 1000 for one in evidence], [one["search_ms"] / 1000 for one in evidence]

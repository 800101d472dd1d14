"""Running a turn: lease it, run the assistant, show what it writes, and end it, always (docs/log.md, "Turns")."""

import asyncio
import contextlib
import logging
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from importlib import import_module
from typing import Any, Final

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from knowledge import search
from supportsite.prepared import Prepared

from . import broadcast, doings, inquiries, leases, lifecycle, tiering, turn_ports
from .assistant import feeling, language, providers, redacting
from .assistant.ports import SiteView
from .assistant.respond import respond
from .assistant.steps import Answer, Delta, Doing, Handoff, Silence
from .assistant.trace import Trace
from .assistant.transcript import LINES_BEFORE, Line, Reply, Transcript
from .crossing import read, think, write
from .leases import Lease
from .models import ENDS_A_CALL, Conversation, Event, Kind
from .protocol import Delta as DeltaFrame
from .protocol import FrameOut, TurnOut

BATCH_S: Final = 0.04
LINES_READ: Final = 40
# However slowly a model speaks: after this long the customer gets a person.
LASTS_S: Final = 90.0

logger = logging.getLogger(__name__)
_running: dict[int, asyncio.Task[None]] = {}
_conversation_of_turn: dict[int, tuple[int, int]] = {}


def start(turn_id: int, lease: Lease | None = None) -> None:
    """Run a turn beside everything else. One that this process runs already starts again: it was joined.

    `lease` is of the message that made the turn: where a later one was quicker to start it, that lease is over.
    """
    if earlier := _running.get(turn_id):
        if lease:
            return
        earlier.cancel()
    task = asyncio.get_running_loop().create_task(run(turn_id, lease))
    _running[turn_id] = task
    task.add_done_callback(lambda ended: _forget(turn_id, ended))


def expect(question: str, locale: str) -> None:
    """A turn for this question begins: have it read for the search while the turn is leased and its rows are."""
    search.expect(question, language.of_locale(locale, ""))


def start_from_thread(turn_id: int) -> None:
    """Run a turn that the sweep found: on the server's loop where this process has one, else here and now."""
    loop = broadcast.server_loop()
    if loop:
        loop.call_soon_threadsafe(_start_if_idle, turn_id)
    else:
        asyncio.run(run(turn_id))


async def run(turn_id: int, lease: Lease | None = None) -> None:
    """Run a turn, leased by the message that made it or now, to its end, then the next one of its conversation."""
    lease = lease or await write(leases.take, turn_id=turn_id, now=timezone.now())
    if lease is None:
        return
    _conversation_of_turn[turn_id] = (lease.conversation_id, lease.floor)
    renewing = asyncio.create_task(_keep(lease))
    try:
        await _run_leased(lease)
    finally:
        renewing.cancel()
    following = await read(leases.next_of, conversation_id=lease.conversation_id, now=timezone.now())
    if following is not None:
        _start_if_idle(following)


def drop_older(conversation_id: int, floor: int) -> None:
    """A conversation changed hands: stop what this process still writes under an older floor."""
    for turn_id, (conversation, given) in list(_conversation_of_turn.items()):
        if conversation == conversation_id and given < floor and turn_id in _running:
            _running[turn_id].cancel()


async def stop() -> None:
    """Stop every turn of this process; their leases end with it."""
    tasks = list(_running.values())
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def _run_leased(lease: Lease) -> None:
    screen, trace = _Screen(lease), Trace(time.monotonic)
    screen.turn("thinking")
    ended = "dropped"
    try:
        async with asyncio.timeout(LASTS_S):
            ended = await _answer(lease, screen, trace)
    except asyncio.CancelledError:
        # Another attempt follows, or the floor has changed: both tell readers more than a "dropped" would.
        ended = ""
        raise
    except Exception as error:  # the edge of the assistant: whatever broke, the customer gets a person
        logger.exception("turn %s failed", lease.turn)
        failed: dict[str, Any] = {"why": type(error).__name__, "trace": trace.as_json(), "now": timezone.now()}
        if await write(lifecycle.fail_turn, turn_id=lease.turn_id, attempt=lease.attempt, **failed):
            ended = "done"
    finally:
        if ended:
            screen.turn(ended)
        if ended != "done":
            kept: dict[str, Any] = {"turn_id": lease.turn_id, "attempt": lease.attempt, "trace": trace.as_json()}
            await write(lifecycle.keep_trace, **kept)


async def _answer(lease: Lease, screen: "_Screen", trace: Trace) -> str:
    """Run the assistant and store what it ends with; `done` or `dropped`."""
    task = await read(_task_of, lease)
    if called := _called_already(task):
        return "done" if await _store(lease, called) else "dropped"
    reader = task.conversation.visitor.reads_as
    redactor = partial(redacting.of, task.transcript.latest(), task.site)
    ports = turn_ports.ports(task.conversation.site, lease, redactor, reader)
    async with contextlib.aclosing(respond(task.transcript, task.site, ports, trace)) as steps:
        async for step in steps:
            if isinstance(step, Doing):
                screen.turn("thinking", doing=step.phrase)
            elif isinstance(step, Delta):
                await screen.write(step.text)
            else:
                screen.flush()
                return "done" if await _store(lease, step) else "dropped"
    raise RuntimeError("the assistant ended without an answer")


def _called_already(task: "_Task") -> Handoff | None:
    """Who gets a person before anything is read, by the site's row as it is now."""
    if task.conversation.site.paused_at:  # a kill came between the pause and the calling out of its turns
        return Handoff((lifecycle.PAUSED,), {"paused": True})
    named = feeling.named(task.transcript, task.site.policy)
    return Handoff(named, {"sensitive": True}) if named else None


async def _store(lease: Lease, step: Answer | Handoff | Silence) -> bool:
    stored = await _ended_with(lease, step)
    if stored and settings.TANDEM.otlp_endpoint:
        telemetry = import_module("chat.telemetry")  # only for who has a collector: it loads the exporter and gRPC
        telemetry.tell(telemetry.to_collector(settings.TANDEM.otlp_endpoint), lease.turn, step.trace)
    return stored


async def _ended_with(lease: Lease, step: Answer | Handoff | Silence) -> bool:
    held: dict[str, Any] = {
        "turn_id": lease.turn_id,
        "attempt": lease.attempt,
        "trace": step.trace,
        "now": timezone.now(),
    }
    if isinstance(step, Answer):
        sources = [asdict(source) for source in step.sources]
        said: dict[str, Any] = {"text": step.text, "sources": sources, "answered": step.answered, "offers": step.offers}
        more: dict[str, Any] = {"person": step.person, "procedure": step.procedure, "names": step.names}
        more |= {"asks": step.asks}
        return await write(lifecycle.finish_turn, **said, **more, **held)
    if isinstance(step, Handoff):
        return await write(lifecycle.hand_off_turn, reasons=step.reasons, **held)
    return await write(lifecycle.silence_turn, **held)


async def _keep(lease: Lease) -> None:
    """Renew the lease until it is lost; then stop the turn."""
    while True:
        await asyncio.sleep(leases.RENEW_AFTER_S)
        if not await write(leases.renew, lease=lease, now=timezone.now()):
            if lease.turn_id in _running:
                _running[lease.turn_id].cancel()
            return


def _start_if_idle(turn_id: int) -> None:
    if turn_id not in _running:
        start(turn_id)


def _forget(turn_id: int, ended: asyncio.Task[None]) -> None:
    if _running.get(turn_id) is ended:
        del _running[turn_id]
        _conversation_of_turn.pop(turn_id, None)
    if not ended.cancelled() and (error := ended.exception()):
        logger.error("turn could not be ended; the sweep will find it", exc_info=error)


class _Screen:
    """What readers see of a turn while it runs: a preview, sent in batches."""

    def __init__(self, lease: Lease) -> None:
        self._lease = lease
        self._shown = 0
        self._waiting = ""
        self._sent_at = 0.0
        self._timer: asyncio.TimerHandle | None = None

    def turn(self, state: str, doing: str | None = None) -> None:
        """Tell where the turn stands."""
        self._show(TurnOut(turn=self._lease.turn, attempt=self._lease.attempt, state=state, doing=doing))

    async def write(self, text: str) -> None:
        """Show more text: at once where the last batch is old enough, else with the next one."""
        if not self._shown and not self._waiting:
            self.turn("writing")
        self._waiting += text
        left = self._sent_at + BATCH_S - time.monotonic()
        if left <= 0:
            self.flush()
        elif self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(left, self.flush)

    def flush(self) -> None:
        """Show what waits."""
        if self._timer:
            self._timer.cancel()
            self._timer = None
        if self._waiting:
            text, self._waiting = self._waiting, ""
            lease = self._lease
            self._show(DeltaFrame(turn=lease.turn, attempt=lease.attempt, offset=self._shown, text=text))
            self._shown += len(text)
            self._sent_at = time.monotonic()

    def _show(self, frame: FrameOut) -> None:
        broadcast.show(self._lease.conversation_id, self._lease.floor, frame)


@dataclass(frozen=True)
class _Task:
    """What a turn has to answer, and for whom."""

    conversation: Conversation
    site: SiteView
    transcript: Transcript


def _task_of(lease: Lease) -> _Task:
    (row,) = _conversations(conversation=lease.conversation_id)
    events = _events(row)
    view = replace(SiteView.of(row.site, settings.TANDEM), tiers=tiering.tiers(row.site, think, timezone.now()))
    transcript = Transcript(
        conversation=row.public_id,
        language=row.language,
        region=row.region,
        lines=_lines(events),
        question_from=lease.from_seq,
        question_upto=lease.upto_seq,
        moods=tuple(row.moods),
        unknowns=row.unknowns,
        standing=doings.standing(row),
        reply=_reply(row, lease, events),
        customer=row.visitor.claims,
        known=row.known if providers.needs_redaction(view) else row.visitor.known,
        returned_at=max((event.seq for event in events if event.kind in ENDS_A_CALL), default=0),
        before=_lines(_before(row, events)),
    )
    return _Task(row, view, transcript)


def _events(row: Conversation) -> list[Event]:
    """What was said in the case, noted and replied, oldest first."""
    return _newest(conversation=row.pk, case=row.case)[::-1]


def _before(row: Conversation, events: Sequence[Event]) -> list[Event]:
    """What was said before `events` in the conversation, oldest first; most have nothing there, and ask for nothing."""
    if not events or (len(events) < LINES_READ and row.case == 1):
        return []
    return _earlier(conversation=row.pk, seq=events[0].seq)[::-1]


def _lines(events: Sequence[Event]) -> tuple[Line, ...]:
    """The messages and the notes for the assistant."""
    return tuple(
        Line(event.seq, "note" if event.kind == Kind.NOTE else event.role, event.body.get("text", ""))
        for event in events
        if event.kind == Kind.MESSAGE or event.body.get("for_assistant")
    )


def _reply(row: Conversation, lease: Lease, events: Sequence[Event]) -> Reply | None:
    """The colleague's reply that this turn brings, with the names that it must not tell; None for other turns."""
    if not any(event.kind == Kind.REPLIED and event.seq > lease.upto_seq for event in events):
        return None
    event = inquiries.reply_to(row.pk, lease.from_seq, lease.upto_seq)
    if event is None:
        return None
    names = inquiries.others(row.site_id, event.author)
    return Reply(event.body["text"], event.author_name, names, event.at.date().isoformat())


def _compose_conversation(conversation: int) -> QuerySet[Conversation]:
    return Conversation.objects.select_related("site", "visitor__customer").filter(pk=conversation)


def _compose_newest(conversation: int, case: int) -> QuerySet[Event]:
    kinds = (Kind.MESSAGE, Kind.NOTE, Kind.REPLIED, *ENDS_A_CALL)
    wanted = Event.objects.filter(conversation=conversation, case=case, kind__in=kinds)
    return wanted.order_by("-seq")[:LINES_READ]


def _compose_earlier(conversation: int, seq: int) -> QuerySet[Event]:
    said = Event.objects.filter(conversation=conversation, seq__lt=seq, kind__in=(Kind.MESSAGE, Kind.NOTE))
    return said.order_by("-seq")[:LINES_BEFORE]


_conversations: Final = Prepared(_compose_conversation)
_newest: Final = Prepared(_compose_newest)
_earlier: Final = Prepared(_compose_earlier)

"""The console's socket: frames to verbs, and to the person what their desk may see. It holds no rule of the product."""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from agents import inbox, presence
from agents.board import board
from agents.desk import Desk, desk_of
from agents.frames import ConsoleWelcome, Counts, Inbox, PresenceOut, QuestionOver, TranslationOut
from agents.leaving import leave_all
from agents.sessions import Login, is_own, language_of, login_of, session_key_of
from agents.welcome import lying_there
from chat import broadcast, frames, inquiries, lifecycle, protocol, translating, turns
from chat import presence as connected
from chat.clock import stamp
from chat.crossing import read, write
from chat.inquiries import Ending
from chat.models import Conversation, Handler
from chat.protocol import Ack, BadFrame, Error, FrameIn, FrameOut, Pong, TypingOut
from chat.socket import RESTART, About, ConversationReader, Socket
from supportsite.sites.models import Member

logger = logging.getLogger(__name__)


class ConsoleReader(ConversationReader):
    """A console's reading of one conversation."""

    def __init__(self, socket: "ConsoleConsumer", row: Conversation, member: Member) -> None:
        super().__init__(socket, row.pk, row.public_id, f"m:{member.public_id}", team=True)
        self.own_name = member.name
        self.floor = row.floor

    async def preview(self, frame: FrameOut) -> None:
        """As for any reader, but nobody is told that they type themselves."""
        if not (isinstance(frame, TypingOut) and frame.source == "agent" and frame.name == self.own_name):
            await super().preview(frame)


class ConsoleConsumer(Socket):
    """A person's console."""

    frames_in = protocol.CONSOLE_FRAMES
    not_yet = frozenset({"suggest"})
    login: Login
    desk: Desk
    epoch: str
    counted: dict[str, int]
    colleagues: set[str]

    async def websocket_connect(self, message: dict[str, Any]) -> None:
        """Accept, then say at once where the page or the session may not come in."""
        await super().websocket_connect(message)
        self.readers: dict[str, ConsoleReader] = {}
        self.rows: dict[str, inbox.Row] = {}
        self.alerted: set[tuple[str, int]] = set()
        self.asked: dict[str, tuple[int, str]] = {}  # by conversation, the question that this console shows: seq, text
        self.welcoming: set[int] | None = None
        self.entered = False
        self.one_welcome = asyncio.Lock()
        self.colleagues = set()  # until the welcome: another console may look round meanwhile
        headers = dict(self.scope["headers"])
        self.language = language_of(headers)
        translation.activate(self.language)  # for this socket's own task: what verbs refuse is said in it
        if not is_own(self.origin, self.header(b"host")):
            await self.end(4403, Error("bad_site", _("Open the console at its own address.")))
            return
        login = await read(login_of, session_key_of(headers))
        if login is None:
            await self.log_out()
            return
        self.login = login
        desk = await read(desk_of, login.user_id)
        if desk is None:
            await self.move(None)
            return
        self.desk = desk

    async def greet(self, frame: FrameIn) -> None:
        """The first hello."""
        self.greeted = True
        self.deadline.cancel()
        self.entered = True
        for member in self.desk.members:
            connected.member_came(member.pk)
        await write(presence.arrive, members=self.desk.members, now=timezone.now())
        await self._welcome()
        await board().look_round()

    async def gone(self) -> None:
        """Leave hub and board. Presence follows when the grace is over."""
        board().leave(self)
        for reader in self.readers.values():
            broadcast.hub().leave(reader)
        self.readers.clear()
        if self.entered:
            for member in self.desk.members:
                connected.member_went(member.pk)

    def all_readers(self) -> list[ConversationReader]:
        """The conversations that are open."""
        return list(self.readers.values())

    def about(self, frame: FrameIn | BadFrame | None) -> About:
        """Its id, else the conversation: several are open, and `open` or `typing` have no id."""
        named = super().about(frame)
        return named if named["id"] else {"conversation": getattr(frame, "conversation", None)}

    # --- what the board tells

    async def tell_row(self, row: inbox.Row) -> None:
        """A row changed: this desk's view of it, and its alert where that is new."""
        if self.welcoming is not None:
            self.welcoming.add(row.pk)
            return
        known = self.rows.get(row.conversation)
        if known and known.last_seq > row.last_seq:
            return  # read before the welcome that told the newer one
        if not self.desk.sees(site_id=row.site_id, team_id=row.team_id, assignee_id=row.assignee_id):
            self.rows.pop(row.conversation, None)
            self._leave(row.conversation)
            if known:
                await self.tell(Inbox(row={"conversation": row.conversation, "gone": True}))
            await self._ask(row)
            return
        self.rows[row.conversation] = row
        with translation.override(self.language):
            await self.tell(Inbox(row=self._row(row)))
        await self._alert(row)
        await self._ask(row)

    async def tell_counts(self, heaps: list[inbox.Heap]) -> None:
        """The numbers of the lists."""
        counts = inbox.counts(self.desk, heaps)
        if self.welcoming is None and counts != self.counted:
            self.counted = counts
            await self.tell(Counts(counts=counts))

    async def tell_colleague(self, frame: PresenceOut) -> None:
        """Somebody of one of my sites."""
        if frame.agent in self.colleagues:
            await self.tell(frame)

    async def log_out(self) -> None:
        """No session, or it has ended."""
        await self.end(4401, Error("bad_token", _("Your session has ended. Log in again.")))

    async def move(self, desk: Desk | None) -> None:
        """Another desk from now on: everything anew. None: nothing is left to read here."""
        if desk is None:
            await self.end(4403, Error("not_allowed", _("This login may read no conversations.")))
            return
        try:
            async with self.one_welcome:
                await self._sit_at(desk)
                await self._tell_welcome()
        except Exception:
            await self.end(RESTART)  # what it shows is the old desk's: it comes back and reads the new one's
            raise

    # --- frames

    async def on_hello(self, frame: protocol.ConsoleHello) -> None:
        """Again on the same socket."""
        await self._welcome()

    async def on_ping(self, frame: protocol.Ping) -> None:
        """Alive."""
        await self.tell(Pong(n=frame.n))

    async def on_presence(self, frame: protocol.PresenceIn) -> None:
        """What the person says about being there."""
        now = timezone.now()
        told = await self._leave_all(frame, now) if frame.mine in ("queue", "assistant") else []
        at = await write(presence.set_state, members=self.desk.members, state=frame.state, client_id=frame.id, now=now)
        await self.tell(Ack(id=frame.id, at=stamp(at), told=" ".join(told) or None))
        await board().look_round()

    async def on_open(self, frame: protocol.Open) -> None:
        """Read a conversation, and hear it from now on."""
        row = await read(self.desk.conversation, frame.conversation)
        if row is None:
            raise lifecycle.Refused("not_found", _("This conversation does not exist, or you may not see it."))
        async with self.turn_to_speak():
            reader = self._reader(row)
            reader.paging = True
            foreign = frame.epoch is not None and frame.epoch != self.epoch
            page = await read(
                frames.first_page,
                conversation_id=row.pk, after_seq=frame.after, last=frame.last, team=True, foreign=foreign,
            )  # fmt: skip
            reader.position = 0 if page.reset else min(frame.after, row.last_seq)
            await self.tell(self._events(reader, page, with_turn=True))
        self.go_live(reader, page, lambda page: self._events(reader, page))

    async def erased(self, reader: ConversationReader) -> None:
        """Read again, from its beginning, by whoever has it open: what was said is not there any more."""
        with contextlib.suppress(lifecycle.Refused):  # it was theirs alone, and is nobody's now
            await self.on_open(protocol.Open(conversation=reader.public_id, epoch=""))

    async def on_leave(self, frame: protocol.Leave) -> None:
        """No more of this one."""
        self._leave(frame.conversation)

    async def on_earlier(self, frame: protocol.ConsoleEarlier) -> None:
        """Older events."""
        row = await read(self.desk.conversation, frame.conversation)
        if row is None:
            raise lifecycle.Refused("not_found", _("This conversation does not exist, or you may not see it."))
        page = await read(frames.before, conversation_id=row.pk, seq=frame.before, team=True, limit=frame.n)
        sender = f"m:{self._member_at(row.site_id).public_id}"
        events = [event.for_reader(sender) for event in page.events]
        await self.tell(protocol.Events(conversation=row.public_id, events=events, more=False, earlier=page.earlier))

    async def on_message(self, frame: protocol.AgentMessage) -> None:
        """A message to the customer."""
        self._check(frame)
        if frame.original is not None:
            protocol.check_text(frame.original, frame.id)
        await self._change(lifecycle.agent_message, frame, text=frame.text, original=frame.original or "")

    async def on_note(self, frame: protocol.NoteIn) -> None:
        """A note for the team."""
        self._check(frame)
        await self._change(lifecycle.note, frame, text=frame.text)

    async def on_claim(self, frame: protocol.Claim) -> None:
        """Take it."""
        await self._change(lifecycle.claim, frame)

    async def on_resolve(self, frame: protocol.Resolve) -> None:
        """End the case."""
        await self._change(lifecycle.resolve, frame)

    async def on_reopen(self, frame: protocol.Reopen) -> None:
        """Begin another."""
        await self._change(lifecycle.reopen, frame)

    async def on_hand_back(self, frame: protocol.HandBack) -> None:
        """To the assistant, with a note for it where there is one."""
        note = (frame.note or "").strip(protocol.WHITE_SPACE)
        if note:
            protocol.check_text(note, frame.id)
        await self._change(lifecycle.hand_back, frame, note=note)

    async def on_transfer(self, frame: protocol.Transfer) -> None:
        """To a team's queue or to a colleague, with a note for them where there is one."""
        if bool(frame.to_team) == bool(frame.to_agent):
            text = _("Say to whom: one team, or one person.")
            raise BadFrame("bad_frame", text, frame.id, frame.conversation)
        note = (frame.note or "").strip(protocol.WHITE_SPACE)
        if note:
            protocol.check_text(note, frame.id)
        to = {"to_team": frame.to_team or "", "to_agent": frame.to_agent or ""}
        await self._change(lifecycle.transfer, frame, note=note, **to)

    async def on_snooze(self, frame: protocol.SnoozeIn) -> None:
        """Aside until a time, or the next reply."""
        await self._change(lifecycle.snooze, frame, until=_moment(frame))

    async def on_verdict(self, frame: protocol.Verdict) -> None:
        """What one thinks of the last escalation."""
        await self._change(lifecycle.give_verdict, frame, verdict=frame.verdict)

    async def on_reply(self, frame: protocol.Reply) -> None:
        """What one knows, to a question of the assistant's."""
        protocol.check_text(frame.text, frame.id)
        await self._change(lifecycle.reply, frame, asked=frame.asked, text=frame.text)

    async def on_decline(self, frame: protocol.Decline) -> None:
        """No reply to it. A "not me" makes no event, so the others hear of it from here."""
        await self._change(lifecycle.decline, frame, asked=frame.asked, why=frame.why)
        if row := self.rows.get(frame.conversation):
            broadcast.look(row.pk)

    async def on_translate(self, frame: protocol.Translate) -> None:
        """A message in one's own language, or one's own words in the customer's; a model may take its time."""
        if (frame.seq is None) == (frame.text is None):
            raise BadFrame("bad_frame", _("Say what to translate: a message, or a text."), frame.id, frame.conversation)
        if frame.text is not None:
            protocol.check_text(frame.text, frame.id)
        row = await read(self.desk.conversation, frame.conversation)
        if row is None:
            raise lifecycle.Refused("not_found", _("This conversation does not exist, or you may not see it."))
        broadcast.hub().spawn(self._translate(frame, row))

    async def on_typing(self, frame: protocol.ConsoleTyping) -> None:
        """The customer sees it of whoever has the conversation, as the database says: a claim may be just acked."""
        row = await read(self.desk.conversation, frame.conversation)
        if row and row.handler == Handler.AGENT and row.assignee_id in self.desk.member_ids:
            typing = TypingOut(on=frame.on, name=self._member_at(row.site_id).name, source="agent")
            broadcast.show(row.pk, row.floor, typing)

    async def on_read(self, frame: protocol.ConsoleRead) -> None:
        """Read up to here."""
        row = self.rows.get(frame.conversation)
        if row is None:
            return
        member = self._member_at(row.site_id)
        seq = min(frame.seq, protocol.MOST_SEQ)
        changed = await write(lifecycle.agent_has_read, member=member, conversation=frame.conversation, seq=seq)
        if changed is not None:
            broadcast.look(changed)

    # --- inside

    async def _leave_all(self, frame: protocol.PresenceIn, now: datetime) -> list[str]:
        """Leave what one has, on each site; what came otherwise than asked for, in words."""
        told = []
        for member in self.desk.members:
            back = frame.mine == "assistant"
            left = await write(leave_all, member=member, client_id=frame.id, hand_back=back, now=now)
            for turn_id in left.turns:
                turns.start(turn_id)
            if left.refused:
                told.append(left.refused)
        return told

    async def _sit_at(self, desk: Desk) -> None:
        """Leave one desk for another, and every conversation that the other may not read."""
        if self.closing:
            return
        for before, step in ((self.desk.members, connected.member_went), (desk.members, connected.member_came)):
            for member in before:
                step(member.pk)
        self.desk = desk
        for reader in list(self.readers.values()):
            row = await read(desk.conversation, reader.public_id)
            if row is None:
                self._leave(reader.public_id)
            else:
                reader.own_name = self._member_at(row.site_id).name

    async def _welcome(self) -> None:
        """One at a time: the board moves a console while its own hello is being answered."""
        async with self.one_welcome:
            await self._tell_welcome()

    async def _tell_welcome(self) -> None:
        """Everything as it is now. Rows that change while it is read are read again after it, however it ends."""
        if self.closing:
            return
        self.welcoming = set()
        board().join(self)
        try:
            await self._read_and_tell()
        finally:
            missed, self.welcoming = self.welcoming, None
            board().changed(missed)
        self.alerted.clear()
        self.asked.clear()
        for row in list(self.rows.values()):
            await self._alert(row)
            await self._ask(row)

    async def _read_and_tell(self) -> None:
        there = await read(lying_there, self.desk, timezone.now())
        self.rows = {row.conversation: row for row in there.rows}
        self.counted, self.epoch = there.counts, there.epoch
        self.colleagues = {shown["agent"] for shown in there.colleagues.values()}
        with translation.override(self.language):
            told = [self._row(row) for row in there.rows]
        welcome = ConsoleWelcome(
            agent=self._me(there.colleagues),
            teams=there.teams,
            epoch=there.epoch,
            inbox=told,
            counts=there.counts,
            colleagues=list(there.colleagues.values()),
        )
        await self.tell(welcome)

    def _me(self, colleagues: dict[int, dict[str, str]]) -> dict[str, Any]:
        """Who one is: the first membership, and the ids of all."""
        first = self.desk.members[0]
        state = colleagues.get(first.pk, {}).get("state", "offline")
        ids = [member.public_id for member in self.desk.members]
        return {"id": first.public_id, "name": first.name, "state": state, "ids": ids}

    async def _alert(self, row: inbox.Row) -> None:
        """Tell an escalation that waits, once in this socket's welcome."""
        if row.call is None or (row.conversation, row.call.alert_seq) in self.alerted:
            return
        with translation.override(self.language):
            frame = inbox.alert_frame(row, self.desk)
        if frame:
            self.alerted.add((row.conversation, frame.seq))
            await self.tell(frame)

    async def _ask(self, row: inbox.Row) -> None:
        """Tell the question of a conversation to whom it is for, once in this socket's welcome, and that it is over."""
        shown = self.asked.get(row.conversation)
        before = shown[0] if shown else None
        inquiry = inbox.asked(row, self.desk)
        seq = inquiry.seq if inquiry else None
        if before is not None and before != seq:
            del self.asked[row.conversation]
            passed = row.inquiry is not None and row.inquiry.seq == before
            ending = Ending("passed") if passed else await read(inquiries.ending, row.pk, before)
            await self.tell(QuestionOver(row.conversation, before, ending.why, ending.name or None))
        if inquiry and shown != (inquiry.seq, row.question):
            self.asked[row.conversation] = inquiry.seq, row.question
            with translation.override(self.language):
                await self.tell(inbox.question_frame(row, inquiry))

    async def _translate(self, frame: protocol.Translate, row: Conversation) -> None:
        """Beside everything else; it ends in a `translation` or an `error`."""
        mine = translating.base(self.language)
        target = mine if frame.text is None else translating.base(row.language)
        try:
            if frame.text is not None:
                done = await translating.reply(row, frame.text, mine)
            else:
                done = await translating.message(row, frame.seq or 0, mine)
        except lifecycle.Refused as refusal:
            await self.tell(Error(refusal.code, refusal.message, frame.id, conversation=frame.conversation))
            return
        except Exception as error:  # noqa: BLE001 (the edge of the process: whatever broke, the console gets a word)
            logger.error("a translation failed: %s", type(error).__name__)  # not the error's own words: they may quote
            told = _("It could not be translated just now. The original is unchanged.")
            await self.tell(Error("busy", told, frame.id, conversation=frame.conversation))
            return
        warnings = list(done.warnings)
        await self.tell(TranslationOut(frame.id, frame.conversation, target, done.text, warnings, frame.seq))

    def _row(self, row: inbox.Row) -> dict[str, Any]:
        here = connected.here(row.pk)
        return inbox.frame(row, self.desk, {"state": here.state, "since": stamp(here.since) if here.since else None})

    async def _change(self, verb: Callable[..., lifecycle.Done], frame: Any, **fields: Any) -> None:
        """Call a verb, ack it, and only then let its events through."""
        member = await self._member_for(frame.conversation)
        async with self.turn_to_speak():
            done = await write(
                verb, member=member, conversation=frame.conversation, client_id=frame.id, now=timezone.now(), **fields
            )
            await self.acknowledge(frame.id, done, frame.conversation)
        for reader in list(self.readers.values()):
            broadcast.hub().nudge(reader.conversation_id)
        if done.turn_id is not None:
            turns.start(done.turn_id)

    def _check(self, frame: protocol.AgentMessage) -> None:
        protocol.check_text(frame.text, frame.id)
        if frame.attachments:
            raise lifecycle.Refused("not_allowed", _("Attachments are not available here."))

    async def _member_for(self, public_id: str) -> Member:
        """Who one is for a conversation; the verb itself judges whether that member may see it."""
        if len(self.desk.members) == 1:
            return self.desk.members[0]
        row = await read(self.desk.conversation, public_id)
        return self._member_at(row.site_id) if row else self.desk.members[0]

    def _member_at(self, site_id: int) -> Member:
        return self.desk.member_at(site_id) or self.desk.members[0]

    def _reader(self, row: Conversation) -> ConsoleReader:
        """The reading of a conversation, begun where it is new."""
        if row.public_id not in self.readers:
            reader = ConsoleReader(self, row, self._member_at(row.site_id))
            self.readers[row.public_id] = reader
        return self.readers[row.public_id]

    def _leave(self, public_id: str) -> None:
        reader = self.readers.pop(public_id, None)
        if reader:
            broadcast.hub().leave(reader)

    def _events(self, reader: ConsoleReader, page: frames.Page, *, with_turn: bool = False) -> FrameOut:
        events = reader.fields_of(page)  # first: what they say of the floor may end the turn's preview
        preview = broadcast.hub().previews.get(reader.conversation_id) if with_turn else None
        return protocol.Events(
            conversation=reader.public_id,
            events=events,
            more=page.more,
            earlier=page.earlier,
            reset=True if page.reset else None,
            turn=preview.as_field() if preview else None,
        )


def _moment(frame: protocol.SnoozeIn) -> datetime | None:
    """The time of a `snooze`. Raises BadFrame."""
    if frame.until is None:
        return None
    try:
        moment = datetime.fromisoformat(frame.until)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        text = _("Write the time with its zone, such as 2026-11-30T09:00:00Z.")
        raise BadFrame("bad_frame", text, frame.id, frame.conversation)
    return moment

"""The widget's socket: a visitor's frames to verbs. It holds no rule of the product."""

import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from knowledge import passes
from supportsite.sites.limits import Buckets, counted_as, is_this_machine
from supportsite.sites.models import Site

from . import broadcast, frames, identity, lifecycle, presence, protocol, queue, shown_site, turns
from .crossing import read, write
from .identity import Claims
from .models import Conversation, Visitor
from .protocol import Error, FrameIn, FrameOut, Pong, TypingOut
from .socket import ConversationReader, Socket
from .tokens import Held, digest, held_by, new_visitor_id, token_of

_messages = Buckets(capacity=settings.TANDEM.limit_messages, per_second=20 / 60, name="messages")
_new_visitors = Buckets(
    capacity=settings.TANDEM.limit_new_visitors,
    per_second=max(settings.TANDEM.limit_new_visitors, 1) / 3600,
    name="new visitors",
)
GOING_HOME: Final = 40  # events of a log that was not asked for, where the client named no number
NOTHING_YET: Final = frames.Page((), more=False, earlier=False)
_sockets_of: defaultdict[str, list["WidgetConsumer"]] = defaultdict(list)


class WidgetConsumer(Socket):
    """A visitor's socket."""

    frames_in = protocol.WIDGET_FRAMES
    visitor_id: str = ""
    token: str = ""
    held: Held | None = None  # what the token says
    claims: Claims | None = None
    home: lifecycle.Home | None = None
    site: Site
    hello: protocol.WidgetHello
    reader: ConversationReader | None = None

    async def greet(self, frame: FrameIn) -> None:
        """Judge site, origin, token and identity; then resume."""
        assert isinstance(frame, protocol.WidgetHello)
        self.hello = frame
        site = await read(shown_site.site_of, frame.site)
        if site is None or not shown_site.may_show(site, self.origin):
            await self.end(4403, Error("bad_site", _("This page may not show this site's chat.")))
            return
        self.site = site
        if frame.token is not None:
            held = held_by(site.key, frame.token)
            if held is None:
                await self.end(4401, _not_valid())
                return
            self.visitor_id, self.held = held.visitor, held
        self.visitor_id = self.visitor_id or new_visitor_id()
        # One that ends is not made endless; and a later hello makes nobody somebody else.
        self.token = frame.token or token_of(site.key, self.visitor_id)
        if frame.identity is not None and not await self._identify(frame.identity):
            return
        self.greeted = True
        self.deadline.cancel()
        translation.activate(shown_site.spoken(frame.locale, site))  # for this socket's own task
        self._enter()
        await self._welcome(frame)

    def all_readers(self) -> list[ConversationReader]:
        """The one conversation, once there is one."""
        return [self.reader] if self.reader else []

    async def on_hello(self, frame: protocol.WidgetHello) -> None:
        """Again on the same socket: the reader missed something."""
        self.hello = frame
        await self._welcome(frame)

    async def on_message(self, frame: protocol.VisitorMessage) -> None:
        """A visitor's message."""
        protocol.check_text(frame.text, frame.id)
        if frame.attachments:
            raise lifecycle.Refused("not_allowed", _("Attachments are not available here."))
        if await self._limited(frame.id):
            return
        done = await self._change(lifecycle.post_message, frame.id, text=frame.text, where=self._where(), runs=True)
        if done.turn_id is not None:
            turns.expect(frame.text, self.hello.locale or self.site.locale)
        if "@" in frame.text:
            await self._may_have_another_address()

    async def on_person(self, frame: protocol.Person) -> None:
        """The button."""
        if not await self._limited(frame.id):
            await self._change(lifecycle.ask_for_person, frame.id, where=self._where())

    async def on_cancel_person(self, frame: protocol.CancelPerson) -> None:
        """The button, taken back."""
        if not await self._limited(frame.id):
            await self._change(lifecycle.cancel_person, frame.id)

    async def on_feedback(self, frame: protocol.Feedback) -> None:
        """Whether an answer helped."""
        if not await self._limited(frame.id):
            await self._change(lifecycle.give_feedback, frame.id, seq=frame.seq, helpful=frame.helpful)

    async def on_dispute(self, frame: protocol.Dispute) -> None:
        """A source that does not say that."""
        comment = frame.comment or ""
        protocol.check_comment(comment, frame.id)
        if not await self._limited(frame.id):
            await self._change(lifecycle.dispute, frame.id, seq=frame.seq, n=frame.n, comment=comment)

    async def on_rating(self, frame: protocol.RatingIn) -> None:
        """How it was, once it is resolved."""
        comment = frame.comment or ""
        protocol.check_comment(comment, frame.id)
        if not await self._limited(frame.id):
            rated = lifecycle.Rated(frame.seq, frame.conversation)
            said: dict[str, Any] = {"score": frame.score, "comment": comment}
            await self._change(lifecycle.rate, frame.id, **said, rated=rated, claims=self.claims)

    async def on_earlier(self, frame: protocol.Earlier) -> None:
        """Older events."""
        if self.reader is None:
            await self.tell(protocol.Events(events=[], more=False, earlier=False))
            return
        page = await read(
            frames.before, conversation_id=self.reader.conversation_id, seq=frame.before, team=False, limit=frame.n
        )
        events = [self.reader.fields(event) for event in page.events]
        await self.tell(protocol.Events(events=events, more=False, earlier=page.earlier))

    async def on_typing(self, frame: protocol.TypingIn) -> None:
        """Shown to whoever has the conversation open."""
        if self.reader:
            typing = TypingOut(on=frame.on, source="visitor")
            broadcast.show(self.reader.conversation_id, self.reader.floor, typing, team_only=True)

    async def on_read(self, frame: protocol.Read) -> None:
        """Read marks."""
        if self.reader:
            conversation_id = self.reader.conversation_id
            await write(
                lifecycle.visitor_has_read, conversation_id=conversation_id, seq=min(frame.seq, protocol.MOST_SEQ)
            )

    async def on_ping(self, frame: protocol.WidgetPing) -> None:
        """Alive; and whether the page is in the background."""
        await self.tell(Pong(n=frame.n))
        if frame.hidden is not None and self.reader:
            self._here(hidden=frame.hidden)

    async def attach(self, conversation_id: int) -> None:
        """The visitor's first message, on whichever socket, made this conversation."""
        if self.reader:
            return
        async with self.turn_to_speak():  # after a `welcome` that is being put together
            row = None if self.reader else await read(_conversation, conversation_id)
            if row:
                await self.tell(frames.conversation_frame(row))
                # Closed meanwhile, it has left the hub: a reader that joined now would stay there for ever.
                if not self.closing:
                    self.go_live(self._begin(row), NOTHING_YET, self._wrap)
                    if row.handler == "queue":  # places may have been told before this one was here to hear
                        broadcast.hub().queue_changed(conversation_id)

    async def gone(self) -> None:
        """Leave the hub; the team sees that the customer left."""
        await self._leave()

    async def erased(self, reader: ConversationReader) -> None:
        """Whoever it was is forgotten, and what they hold opens nothing: they begin anew, as anybody."""
        await self.end(4401, Error("bad_token", _("This conversation was erased.")))

    async def _leave(self) -> None:
        _sockets_of[self.visitor_id] = [other for other in _sockets_of[self.visitor_id] if other is not self]
        if not _sockets_of[self.visitor_id]:
            del _sockets_of[self.visitor_id]
        newcomers = broadcast.hub().newcomers
        newcomers.get(self.visitor_id, set()).discard(self)
        if not newcomers.get(self.visitor_id):
            newcomers.pop(self.visitor_id, None)
        if self.reader:
            broadcast.hub().leave(self.reader)
            changed = presence.left(self.reader.conversation_id, self, now=timezone.now())
            self._tell_presence(changed)

    # --- inside

    async def _identify(self, token: str) -> bool:
        """Whether the owner's server vouches for who this is: then the customer's log is theirs, on every device."""
        try:
            self.claims = identity.read(self.site, token, now=time.time())
        except identity.BadIdentity as fault:
            await self.end(4401, Error("bad_identity", str(fault)))
            return False
        who: dict[str, Any] = {"site": self.site, "claims": self.claims, "visitor_id": self.visitor_id}
        home = await read(lifecycle.known_home, **who)
        if home is None:
            home = await write(lifecycle.identify, **who, now=timezone.now())
        self.home = home
        if home.taken:
            _evict(self.visitor_id)
            broadcast.tell_others({"type": "identified", "v": self.visitor_id})
        if not home.stays:  # somebody else's before them: a token of nobody, for when they have logged out
            self.token = token_of(self.site.key, new_visitor_id())
        self.visitor_id = home.here
        return True

    async def _may_have_another_address(self) -> None:
        """What was opened by a link to the one before ends; where it was left, one goes on with a token for the new."""
        email = await read(_address_of, self.visitor_id)
        if self.held and self._is_outdated(email):
            self.held = replace(self.held, address=digest(email))
            self.token = token_of(self.site.key, self.visitor_id, until=self.held.until, address=self.held.address)
            await self._welcome(self.hello.model_copy(update={"after": self.reader.position if self.reader else 0}))
        await _end_outdated(self.visitor_id)
        broadcast.tell_others({"type": "another_address", "v": self.visitor_id})

    def _is_outdated(self, email: str) -> bool:
        sent_to = self.held.address if self.held else ""
        return bool(email and sent_to) and sent_to != digest(email)

    async def _go_home(self, visitor_id: str) -> None:
        """What went on here is resolved, or another device was faster: from now on the customer's one log is read."""
        assert self.home
        known = self.reader.public_id if self.reader else None
        if self.reader:
            self.reader.paging = True  # whoever still has it in hand tells no more of it
        await self._leave()
        self.reader = None
        self.home = lifecycle.Home(visitor_id, visitor_id, self.visitor_id)
        self.visitor_id = visitor_id
        self._enter()
        first = {"conversation": known, "after": 0, "last": self.hello.last or GOING_HOME}
        self.hello = self.hello.model_copy(update=first)
        await self._welcome(self.hello)

    def _enter(self) -> None:
        mine = _sockets_of[self.visitor_id]
        mine.append(self)
        most = settings.TANDEM.limit_sockets
        here = [socket for socket in mine if not socket.closing]
        if most and len(here) > most:
            broadcast.hub().spawn(here[0].end(4409))
        broadcast.tell_others({"type": "entered", "v": self.visitor_id, "n": min(len(here), most)})

    async def _welcome(self, frame: protocol.WidgetHello) -> None:
        async with self.turn_to_speak():
            # Among the newcomers before the row is looked for, or a first message from another tab is missed.
            if self.reader is None:
                broadcast.hub().newcomers.setdefault(self.visitor_id, set()).add(self)
            row = await read(_conversation_of, self.site.pk, self.visitor_id)
            if row is not None and row.visitor.customer_id is not None and self.claims is None:
                await self.end(4401, _not_with_a_token())
                return
            if row is not None and self._is_outdated(row.visitor.email):
                await self.end(4401, _not_valid())
                return
            epoch = await read(frames.current_epoch)
            forgotten = frame.conversation is not None or _differs(frame.epoch, epoch)
            page = frames.Page((), more=False, earlier=False, reset=forgotten)
            if row is not None:
                reader = self.reader or self._begin(row)
                reader.paging = True
                foreign = _differs(frame.conversation, row.public_id) or _differs(frame.epoch, epoch)
                page = await read(
                    frames.first_page,
                    conversation_id=row.pk, after_seq=frame.after, last=frame.last, team=False, foreign=foreign,
                )  # fmt: skip
                reader.position = 0 if page.reset else min(frame.after, row.last_seq)
            await self._tell_welcome(row, epoch, page)
        if self.reader:
            self.go_live(self.reader, page, self._wrap)

    async def _tell_welcome(self, row: Conversation | None, epoch: str, page: frames.Page) -> None:
        places = await read(queue.queues, [row.pk], timezone.now()) if row and row.handler == "queue" else {}
        shown = places[row.pk][1] if row and row.pk in places else None
        site = await read(shown_site.fields, self.site, self.hello.locale, timezone.now())
        events = self.reader.fields_of(page) if self.reader else []
        preview = broadcast.hub().previews.get(row.pk) if row else None  # last: the next delta goes on from it
        welcome = protocol.Welcome(
            protocol=1,
            site=site,
            token=self.token,
            epoch=epoch,
            conversation=frames.conversation_frame(row, shown).as_field() if row else None,
            events=events,
            earlier=page.earlier,
            more=page.more,
            turn=preview.as_field() if preview else None,
            reset=True if page.reset else None,
        )
        await self.tell(welcome)

    def _wrap(self, page: frames.Page) -> FrameOut:
        assert self.reader
        return protocol.Events(events=self.reader.fields_of(page), more=page.more, earlier=page.earlier)

    def _begin(self, row: Conversation) -> ConversationReader:
        opened = self._opened if self.claims else None
        sender = "v:" + self.visitor_id
        self.reader = reader = ConversationReader(self, row.pk, row.public_id, sender, team=False, opened=opened)
        reader.floor = row.floor
        broadcast.hub().newcomers.get(self.visitor_id, set()).discard(self)
        self._here(hidden=False)
        return reader

    def _opened(self, url: str) -> str:
        """A source's address with a pass that begins now: the articles' pages do not know who is logged in."""
        return passes.with_pass(self.site, url, passes.begin())

    def _here(self, *, hidden: bool) -> None:
        assert self.reader
        changed = presence.page(self.reader.conversation_id, self, hidden=hidden, now=timezone.now())
        self._tell_presence(changed)

    def _tell_presence(self, changed: bool) -> None:
        assert self.reader
        conversation_id = self.reader.conversation_id
        state = presence.on_this_process(conversation_id)
        broadcast.tell_others({"type": "page", "c": conversation_id, "p": broadcast.ME, "state": state})
        if changed:
            broadcast.look(conversation_id)

    async def _change(self, verb: Callable[..., lifecycle.Done], frame_id: str, **fields: Any) -> lifecycle.Done:
        """Call a verb, ack it, and only then let its events through."""
        try:
            done = await self._done(verb, frame_id, **fields)
        except lifecycle.Moved as moved:
            await self._go_home(moved.visitor_id)
            done = await self._done(verb, frame_id, **fields | {"where": self._where()})
        if done.conversation_id is not None:
            broadcast.hub().spawn(self._catch_up(done))
        return done

    async def _done(self, verb: Callable[..., lifecycle.Done], frame_id: str, **fields: Any) -> lifecycle.Done:
        async with self.turn_to_speak():
            done = await write(
                verb, site=self.site, visitor_id=self.visitor_id, client_id=frame_id, now=timezone.now(), **fields
            )
            await self.acknowledge(frame_id, done)
        return done

    async def _catch_up(self, done: lifecycle.Done) -> None:
        """After the ack: what follows from it. The turn starts whatever becomes of this socket."""
        assert done.conversation_id is not None
        try:
            await self.attach(done.conversation_id)
        finally:
            if done.turn_id is not None:
                turns.start(done.turn_id, done.lease)
        broadcast.hub().nudge(done.conversation_id, done.upto or broadcast.EVERYTHING)

    async def _limited(self, frame_id: str) -> bool:
        """Whether this visitor must wait; then the client was told how long."""
        now = time.monotonic()
        wait = _messages.take(self.visitor_id, now)
        if not wait and self.reader is None and not self.claims and (address := peer_address(self.scope)):
            wait = await self._new_visitor_wait(address, now)
        if not wait:
            return False
        if await read(lifecycle.was_asked_before, visitor_id=self.visitor_id, client_id=frame_id):
            return await self.too_many({"id": frame_id}, waited_for=True)
        await self.tell(
            Error(
                "rate_limited",
                _("That was quick. Your message goes out in a moment."),
                id=frame_id,
                retry_after=int(wait) + 1,
            )
        )
        if self.floods.add(now):
            await self.end(4429)
        return True

    async def _new_visitor_wait(self, address: str, now: float) -> float:
        known = await read(_is_known, self.visitor_id)
        return 0.0 if known else _new_visitors.take(address, now)

    def _where(self) -> lifecycle.Where:
        where = lifecycle.Where(locale=self.hello.locale or "", page=self.hello.page or "")
        if self.home is None:
            return where
        home = "" if self.home.home == self.home.here else self.home.home
        return replace(where, claims=self.claims, home=home, before=self.home.before)


def _heard_page(told: dict[str, Any]) -> None:
    """Another process has sockets of a conversation, or has them no more."""
    if presence.told_elsewhere(told["c"], told["p"], told["state"], now=timezone.now()):
        broadcast.look_here(told["c"])


def _heard_entry(told: dict[str, Any]) -> None:
    """Another process took in a visitor's socket and has `n` of them: the oldest here go, where they are too many."""
    most = settings.TANDEM.limit_sockets
    here = [socket for socket in _sockets_of.get(told["v"], ()) if not socket.closing]
    for socket in here[: max(0, len(here) + told["n"] - most)] if most else ():
        broadcast.hub().spawn(socket.end(4409))


def _evict(visitor_id: str) -> None:
    """A visitor was identified: from now on their log opens with that, and not with the token alone."""
    for socket in _sockets_of.get(visitor_id, ()):
        if not socket.claims:
            broadcast.hub().spawn(socket.end(4401, _not_with_a_token()))


async def _end_outdated(visitor_id: str) -> None:
    """Who opened a conversation by a link that went to another address than the visitor has now reads no more."""
    if any(socket.held and socket.held.address for socket in _sockets_of.get(visitor_id, ())):
        email = await read(_address_of, visitor_id)
        for socket in _sockets_of.get(visitor_id, ()):
            if socket._is_outdated(email):
                broadcast.hub().spawn(socket.end(4401, _not_valid()))


def _heard_another_address(told: dict[str, Any]) -> None:
    broadcast.hub().spawn(_end_outdated(told["v"]))


def _not_valid() -> Error:
    return Error("bad_token", _("This visitor's token is not valid any more."))


def _not_with_a_token() -> Error:
    return Error("bad_token", _("This conversation is a customer's: it opens once they have logged in."))


broadcast.told_of("page", _heard_page)
broadcast.told_of("entered", _heard_entry)
broadcast.told_of("identified", lambda told: _evict(told["v"]))
broadcast.told_of("another_address", _heard_another_address)


def peer_address(scope: dict[str, Any]) -> str:
    """The client's address for limits: "" where it is a direct loopback peer, which has none."""
    peer = str((scope.get("client") or [""])[0])
    return "" if is_this_machine(peer) else counted_as(peer)


def _differs(told: str | None, now: str) -> bool:
    return told is not None and told != now


def _conversation(conversation_id: int) -> Conversation:
    return Conversation.objects.select_related("assignee").get(pk=conversation_id)


def _conversation_of(site_id: int, visitor_id: str) -> Conversation | None:
    rows = Conversation.objects.select_related("assignee", "visitor")
    return rows.filter(site=site_id, visitor__public_id=visitor_id).first()


def _address_of(visitor_id: str) -> str:
    return Visitor.objects.filter(public_id=visitor_id).values_list("email", flat=True).first() or ""


def _is_known(visitor_id: str) -> bool:
    return Visitor.objects.filter(public_id=visitor_id).exists()

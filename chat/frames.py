"""Events as readers get them: from rows to the fields of a frame, by who reads. Runs on a reader's thread."""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from django.db.models import Q
from django.utils.html import escape

from knowledge.render import message_html

from .clock import stamp
from .models import Conversation, Epoch, Event, Kind
from .protocol import MOST_SEQ, ConversationOut
from .sentences import Sentence, say

Opened = Callable[[str], str]
_ADDRESS: Final = re.compile(r"https?://[^\s<>\"()\[\]]+")
PAGE_EVENTS: Final = 50
PAGE_BYTES: Final = 64 * 1024
# What only the team may see of an event that everybody sees.
_TEAM_ONLY: Final = ("mood", "language", "aside")


@dataclass(frozen=True)
class Seen:
    """One event as a kind of reader sees it. `fields` are for anyone; `sender` says whose `id` it carries."""

    seq: int
    floor: int
    kind: str
    fields: dict[str, Any]
    sender: str | None
    client_id: str | None

    def for_reader(self, sender: str, opened: Opened | None = None) -> dict[str, Any]:
        """The fields, with the client's `id` where the reader is the one who asked for it.

        `opened` makes a source's address one that this very reader may open.
        """
        fields = {**self.fields, "id": self.client_id} if self.client_id and self.sender == sender else self.fields
        return _with_open_sources(fields, opened) if opened and fields.get("sources") else fields


def _with_open_sources(fields: dict[str, Any], opened: Opened) -> dict[str, Any]:
    html = fields.get("html", "")
    sources = [source | {"url": opened(source["url"])} for source in fields["sources"]]
    for was, source in zip(fields["sources"], sources, strict=True):
        html = html.replace(f'href="{escape(was["url"])}"', f'href="{escape(source["url"])}"') if was["url"] else html
    return fields | {"sources": sources, "html": html}


@dataclass(frozen=True)
class Page:
    """Events in order; `more` follow, `earlier` ones exist, `reset` where the reader's memory is of another log."""

    events: tuple[Seen, ...]
    more: bool
    earlier: bool
    reset: bool = False


def current_epoch() -> str:
    """The random value of this database."""
    epoch = Epoch.objects.order_by("pk").first() or Epoch.objects.create()
    return epoch.value


def renew_epoch() -> str:
    """A new random value, as after a restore."""
    Epoch.objects.all().delete()
    return current_epoch()


def after(*, conversation_id: int, seq: int, team: bool, limit: int = PAGE_EVENTS) -> Page:
    """The events behind `seq` that this kind of reader may see, at most a page of them."""
    rows = list(_visible(conversation_id, team).filter(seq__gt=min(seq, MOST_SEQ)).order_by("seq")[: limit + 1])
    events = _fitting([_seen(row, team) for row in rows[:limit]])
    return Page(events, more=len(events) < len(rows), earlier=seq > 0)


def next_page(events: Sequence[Event], *, seq: int, team: bool) -> Page | None:
    """These events as the page behind `seq`; None where they are not what comes next there."""
    visible = [event for event in events if team or event.visible == "all"]
    if not visible or (visible[0].seq - 1 if team else visible[0].prev) != seq:
        return None
    seen = [_seen(event, team) for event in visible]
    fitting = _fitting(seen)
    return Page(fitting, more=len(fitting) < len(seen), earlier=seq > 0)


def before(*, conversation_id: int, seq: int, team: bool, limit: int) -> Page:
    """The last `limit` events ahead of `seq`."""
    rows = list(_visible(conversation_id, team).filter(seq__lt=min(seq, MOST_SEQ)).order_by("-seq")[: limit + 1])
    newest_first = _fitting([_seen(row, team) for row in rows[:limit]])
    return Page(newest_first[::-1], more=False, earlier=len(newest_first) < len(rows))


def first_page(*, conversation_id: int, after_seq: int, last: int | None, team: bool, foreign: bool) -> Page:
    """What a resuming reader gets first. `foreign`: what it remembers is of another conversation or epoch."""
    newest = _visible(conversation_id, team).order_by("-seq").values_list("seq", flat=True).first() or 0
    reset = foreign or after_seq > newest
    start = 0 if reset else after_seq
    if last is not None and not start:
        seqs = _visible(conversation_id, team).order_by("-seq").values_list("seq", flat=True)
        start = seqs[min(last, MOST_SEQ) : min(last, MOST_SEQ) + 1].first() or 0
    page = after(conversation_id=conversation_id, seq=start, team=team)
    return Page(page.events, page.more, page.earlier, reset=reset)


def conversation_frame(row: Conversation, queue: dict[str, Any] | None = None) -> ConversationOut:
    """The conversation as its visitor knows it. Load the row with `assignee`."""
    return ConversationOut(
        id=row.public_id,
        handler=row.handler,
        agent={"name": row.assignee.name, "avatar": None} if row.assignee else None,
        queue=queue,
        language=row.language,
        case=row.case,
        last_seq=row.last_visible_seq,
    )


def _visible(conversation_id: int, team: bool) -> Any:
    mine = Q(conversation=conversation_id)
    return Event.objects.filter(mine if team else mine & Q(visible="all"))


def _fitting(events: list[Seen]) -> tuple[Seen, ...]:
    """As many of the first events as fit a frame; at least one."""
    room = PAGE_BYTES
    for count, event in enumerate(events):
        room -= len(json.dumps(event.fields, ensure_ascii=False).encode()) + 64
        if room < 0 and count:
            return tuple(events[:count])
    return tuple(events)


@lru_cache(maxsize=1024)
def _html(role: str, text: str, links: frozenset[str] | None, original: str, language: str) -> str:
    """A visitor's text is shown as typed; an agent's and the assistant's may hold light Markdown.

    Of what an agent sent translated the `original` is one click away, under a word in the customer's `language`.
    """
    if role == "visitor":
        return "<p>" + _as_typed(text) + "</p>"
    shown = message_html(text, links=links)
    if not original:
        return shown
    word = escape(say(Sentence.TRANSLATED, language))
    return f"{shown}<details><summary>{word}</summary><p>{_as_typed(original)}</p></details>"


def _as_typed(text: str) -> str:
    return escape(text).replace("\n", "<br>")


def _links(role: str, body: dict[str, Any]) -> frozenset[str] | None:
    """Where a message may link to: the assistant's answer to its sources, and to what they say; None: anywhere.

    A model's words are no address to trust, however well they passed the check. What an action says is the owner's.
    """
    if role != "assistant" or body.get("answered") == "action":
        return None
    sources = body.get("sources", [])
    quoted = (link.rstrip(".,;:!?") for source in sources for link in _ADDRESS.findall(source.get("quote", "")))
    return frozenset((*(source.get("url", "") for source in sources), *quoted))


def _seen(row: Event, team: bool) -> Seen:
    body = dict(row.body)
    if not team:
        body = {key: value for key, value in body.items() if key not in _TEAM_ONLY}
    author: dict[str, Any] = {"role": row.role}
    if row.author_name:
        author["name"] = row.author_name
    fields: dict[str, Any] = {
        "seq": row.seq,
        "prev": row.seq - 1 if team else row.prev,
        "kind": row.kind,
        "at": stamp(row.at),
        "from": author,
        **body,
    }
    if row.kind == Kind.MESSAGE:
        original, language = row.body.get("original", ""), row.body.get("language", "")
        text = "–" if row.body.get("erased") else body.get("text", "")
        fields["html"] = _html(row.role, text, _links(row.role, body), original, language)
        fields.setdefault("attachments", [])
    return Seen(row.seq, row.floor, row.kind, fields, row.sender, row.client_id)

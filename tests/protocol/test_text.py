"""Text comes back as it went, code point for code point; what is blank and what is too long."""

import json
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.protocol.client import Server, Widget, new_id
from tests.protocol.conftest import Desk, conversation_of, log_of

DATA = Path(__file__).parent / "data"
NAUGHTY: list[str] = json.loads((DATA / "blns.json").read_text(encoding="utf-8"))
# The characters with the property White_Space of Unicode.
WHITE = [chr(c) for c in (*range(9, 14), 0x20, 0x85, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F)]
WHITE += ["\u205f", "\u3000"]
NOT_WHITE = {
    "zero width space": "\u200b",
    "zero width no-break space": "\ufeff",
    "zero width joiner": "\u200d",
    "word joiner": "\u2060",
    "Mongolian vowel separator": "\u180e",
    "soft hyphen": "\u00ad",
    "Braille blank": "\u2800",
    "Hangul filler": "\u3164",
    "information separator four": "\x1c",
    "information separator one": "\x1f",
    "backspace": "\x08",
    "delete": "\x7f",
    "a combining mark": "\u0301",
    "a variation selector": "\ufe0f",
    "a tag": "\U000e0041",
    "a noncharacter": "\ufffe",
    "the last code point": "\U0010ffff",
    "a private one": "\ue000",
    "the replacement character": "\ufffd",
}
NASTY = [
    " leading and trailing \t\n",
    "\u3000\u00a0 wide \u2003\u2028",
    "\r\n carriage \r return \n\r",
    "\x01\x02\x07\x0b\x0c\x1b[31mred\x1b[0m\x7f\x85\x9f",
    "café versus cafe\u0301, Å versus Å versus A\u030a",
    "ﬁ ﬀ ſ ß ẞ İ ı K",
    "\u202eevil\u202c \u2066x\u2069 \u200f\u200e",
    "👩‍👩‍👧‍👦 🏳️‍🌈 👍🏿 🇩🇪 \U0001f9ed",
    "x" + "\u0301" * 500,
    "\ufeffBOM first",
    "a\u200bb\u2060c\u00add",
    "\ufffe\uffff\U0001ffff\U0010ffff\ufdd0",
    "\ue000\U000f0000\U00100000",
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    '"><svg/onload=alert(1)>',
    "[click](javascript:alert(1)) <javascript:alert(1)> ![x](data:text/html;base64,PHNjcmlwdD4=)",
    "[click](  JaVa\tScRiPt:alert(1)) [x]: javascript:alert(1)\n[x]",
    "&lt;b&gt; &amp;amp; &#x3c;script&#x3e; &nbsp;",
    "\\n \\u0041 \\ud83d\\ude00 \\\\ \" ' ` \\",
    "{{ 7*7 }} {% debug %} ${7*7} #{7*7} %s %(x)s {0} {x.__class__}",
    "'; DROP TABLE chat_event; --",
    "null",
    "0",
    "[]",
    "{}",
    "```\n<b>code</b>\n```\n\n    indented\n\n1. one\n2. two\n\n# heading\n\n---\n\n> quote",
    "| a | b |\n|---|---|\n| 1 | 2 |",
    "http://127.0.0.1/?a=1&b=2#c https://пример.рф/путь mailto:a@b.example",
    "e\u0301\u0323 vs e\u0323\u0301",
    "한글 vs 한글",
    "𝕳𝖊𝖑𝖑𝖔 ℌ𝔢𝔩𝔩𝔬",
    "[1] [2] [99]",
    "line\u2028separator\u2029paragraph",
    "-" * 4000,
    "<" * 4000,
    "[" * 4000,
    "> " * 2000,
    "*" * 4000,
    "`" * 4000,
    "![" * 2000,
    "- " * 2000,
    "&" * 4000,
    "\U0001f9ed" * 4000,
]


class Unsafe(HTMLParser):
    """Finds in HTML what would run, load or go where it must not."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {
            "script",
            "iframe",
            "object",
            "embed",
            "style",
            "link",
            "meta",
            "base",
            "form",
            "svg",
            "math",
            "img",
        }:
            self.found.append(tag)
        for name, value in attrs:
            squeezed = "".join((value or "").split()).lower()
            if name.startswith("on") or name in ("style", "srcdoc"):
                self.found.append(f"{tag} {name}")
            if name in ("href", "src", "action") and squeezed.startswith(("javascript:", "data:", "vbscript:")):
                self.found.append(f"{tag} {name}={value}")


def unsafe(html: str) -> list[str]:
    """What is wrong with this HTML."""
    parser = Unsafe()
    parser.feed(html)
    parser.close()
    return parser.found


def stripped(text: str) -> str:
    """The text without Unicode's white space at both ends."""
    return text.strip("".join(WHITE))


def sendable(texts: list[str]) -> Iterator[str]:
    """Those that a message may hold."""
    return (text for text in texts if 0 < len(stripped(text)) <= 4000 and "\0" not in text)


async def returned(widget: Widget, texts: list[str]) -> list[str]:
    """Send these without waiting; what the live events say of them, in order."""
    names, since = [new_id() for _ in texts], widget.mark()
    for name, text in zip(names, texts, strict=True):
        await widget.send("message", id=name, text=text)
    await widget.frame("event", since, within=30, id=names[-1])
    for name in names:
        ack, event = await widget.frame("ack", since, id=name), await widget.frame("event", since, id=name)
        assert widget.frames.index(ack) < widget.frames.index(event), "the ack comes first"
    by_id = {event["id"]: event["text"] for event in widget.live(since) if "id" in event}
    return [by_id[name] for name in names]


def differing(went: list[str], came: list[str]) -> list[tuple[str, str]]:
    """Where the one list is not the other."""
    return [(ascii(a)[:200], ascii(b)[:200]) for a, b in zip(went, came, strict=True) if a != b]


@pytest.mark.parametrize("texts", [NASTY, NAUGHTY], ids=["nasty", "naughty"])
async def test_a_visitors_text_comes_back_as_it_went(waiting: Widget, server: Server, texts: list[str]) -> None:
    went = list(sendable(texts))
    assert not differing(went, await returned(waiting, went))
    _, events = await log_of(server, waiting.token)
    assert not differing(went, [event["text"] for event in events[2:]])
    assert [found for event in events[2:] if (found := unsafe(event["html"]))] == []


async def test_an_agents_text_comes_back_as_it_went(waiting: Widget, desk: Desk, server: Server) -> None:
    agent, conversation, went = await desk(), await conversation_of(waiting), list(sendable(NASTY))
    for kind in ("note", "message"):
        for text in went:
            await agent.done(kind, conversation=conversation, text=text)
    events = await agent.open(conversation)
    written = [event for event in events if event["from"]["role"] == "agent"]
    assert not differing(went, [event["text"] for event in written if event["kind"] == "note"])
    assert not differing(went, [event["text"] for event in written if event["kind"] == "message"])
    _, seen = await log_of(server, waiting.token)
    told = [event["text"] for event in seen if event["from"]["role"] == "agent" and event["kind"] == "message"]
    assert not differing(went, told)
    assert [found for event in seen if (found := unsafe(event.get("html", "")))] == []


async def test_each_white_space_alone_is_empty(waiting: Widget, server: Server) -> None:
    before = await log_of(server, waiting.token)
    answers = {}
    for character in WHITE:
        for text in (character, character * 3, f" {character}\n", character * 4001):
            answers[ascii(text[:5])] = (await waiting.answer("message", text=text)).get("code")
    assert {text: code for text, code in answers.items() if code != "empty"} == {}
    assert await log_of(server, waiting.token) == before


async def test_all_white_space_together_is_empty_and_so_is_nothing(waiting: Widget, server: Server) -> None:
    before = await log_of(server, waiting.token)
    for text in ("", "".join(WHITE)):
        answer = await waiting.answer("message", text=text)
        assert (answer["type"], answer.get("code")) == ("error", "empty"), ascii(text)
    assert await log_of(server, waiting.token) == before


async def test_what_is_not_white_space_is_a_message(waiting: Widget) -> None:
    answers = {name: [await waiting.answer("message", text=t) for t in (c, f" {c}\n")] for name, c in NOT_WHITE.items()}
    refused = {name: both for name, both in answers.items() if any(answer["type"] != "ack" for answer in both)}
    assert refused == {}
    for name, (bare, padded) in answers.items():
        assert (await waiting.event(id=bare["id"]))["text"] == NOT_WHITE[name]
        assert (await waiting.event(id=padded["id"]))["text"] == f" {NOT_WHITE[name]}\n"


LENGTHS = {
    "Latin": "x" * 4000,
    "astral": "\U0001f9ed" * 4000,
    "three bytes each": "漢" * 4000,
    "joined": "\u200d" * 4000,
    "white space inside": "x" + " " * 3998 + "x",
    "mixed": "x\U0001f9ed" * 2000,
}


@pytest.mark.parametrize("around", ["", " \n", "\u3000" * 200, " " * 4000], ids=["bare", "a little", "wide", "much"])
async def test_4000_characters_are_taken_and_one_more_is_too_long(waiting: Widget, server: Server, around: str) -> None:
    for name, most in LENGTHS.items():
        ack = await waiting.say(around + most + around)
        assert (await waiting.event(id=ack["id"]))["text"] == around + most + around, name
    before = await log_of(server, waiting.token, last=1)
    for name, most in LENGTHS.items():
        answer = await waiting.answer("message", text=around + most + "y" + around)
        assert (answer["type"], answer.get("code")) == ("error", "too_long"), name
    assert await log_of(server, waiting.token, last=1) == before


async def test_escaped_pairs_are_one_character(waiting: Widget) -> None:
    name = new_id()
    await waiting.raw(r'{"type":"message","id":"@ID","text":"\ud83e\udded \u0041"}'.replace("@ID", name))
    await waiting.frame("ack", id=name)
    assert (await waiting.event(id=name))["text"] == "\U0001f9ed A"


async def test_4000_astral_characters_escaped_fit_in_a_frame(waiting: Widget) -> None:
    name = new_id()
    await waiting.raw(json.dumps({"type": "message", "id": name, "text": "\U0001f9ed" * 4000}, ensure_ascii=True))
    await waiting.frame("ack", id=name)
    assert (await waiting.event(id=name))["text"] == "\U0001f9ed" * 4000

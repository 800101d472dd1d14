"""Has a conversation's words read for personal data: a short one here and now, a long one on a thread."""

import asyncio
from collections.abc import Iterable
from typing import Final

from chat.assistant import providers
from chat.assistant.ports import SiteView
from chat.assistant.trace import Trace
from chat.assistant.transcript import Role, Transcript
from supportsite.redact import Redactor

# Characters that are read on the event loop: some 6 ms (benchmarks/redaction_speed.py), which a crossing is not worth.
AT_ONCE: Final = 1000


async def read(transcript: Transcript, site: SiteView, trace: Trace) -> Redactor:
    """The placeholders of a conversation; one that knows of none where nothing leaves the machine."""
    if not providers.needs_redaction(site):
        trace.note("redact", "nothing leaves this machine")
        return Redactor(())
    if sum(len(line.text) for line in (*transcript.before, *transcript.lines)) <= AT_ONCE:
        redactor = of(transcript, site)
    else:
        redactor = await asyncio.to_thread(of, transcript, site)
    trace.note("redact", "placeholders" if redactor.counts else "nothing to take out", counts=redactor.counts)
    return redactor


async def prepare(redactor: Redactor, texts: Iterable[str]) -> None:
    """Read what is to be sent before it is, so that this takes no time any more."""
    new = [text for text in texts if not redactor.has_done(text)]
    if sum(map(len, new)) > AT_ONCE:
        await asyncio.to_thread(_redact, redactor, new)


def _redact(redactor: Redactor, texts: Iterable[str]) -> None:
    for text in texts:
        redactor.redact(text)


def of(transcript: Transcript, site: SiteView) -> Redactor:
    """The placeholders of a conversation, wherever what it is for runs."""
    lines = (*transcript.before, *transcript.lines)
    return Redactor(
        (line.text for line in lines),
        language=transcript.language,
        region=transcript.region,
        orders=site.order_numbers,
        keep=(site.name,),
        said=[line.text for line in lines if line.role == Role.VISITOR],
        known=transcript.known,
    )

"""A procedure tried without a conversation: what would be said, step by step, with actions in their dry mode."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Self

from asgiref.sync import sync_to_async
from django.conf import settings

from supportsite.sites.models import Site

from . import budget, dry, trial
from .assistant import language, running
from .assistant.doing.procedure import Procedure, Procedures, Standing
from .assistant.ports import Ports, SiteView
from .assistant.steps import Answer, Handoff, Step
from .assistant.trace import Trace
from .assistant.transcript import Line, Role, Transcript
from .sentences import Sentence, say


@dataclass(frozen=True)
class Said:
    """A line of the preview; `html` for the page."""

    role: str
    text: str
    html: str = ""


@dataclass(frozen=True)
class Talk:
    """The preview so far. `trace` is of its last turn."""

    lines: tuple[Said, ...] = ()
    standing: Mapping[str, Any] | None = None
    asked: int = 0
    ended: bool = False
    trace: Sequence[Mapping[str, Any]] = ()

    def as_json(self) -> dict[str, Any]:
        """To go on from; without the trace."""
        lines = [[line.role, line.text] for line in self.lines]
        return {"lines": lines, "standing": self.standing, "asked": self.asked, "ended": self.ended}

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Self:
        """What `as_json` made."""
        lines = tuple(Said(role, text) for role, text in kept["lines"])
        return cls(lines, kept["standing"], kept["asked"], kept["ended"])


async def go_on(procedure: Procedure, site: Site, talk: Talk, said: str) -> Talk:
    """The talk with one more message and what answers it. The first one begins the procedure, whatever it says."""
    lines = (*talk.lines, Said(Role.VISITOR, said))
    spoken = await sync_to_async(_spoken)(lines, site)
    standing = Standing.of(talk.standing, talk.asked) if talk.standing else None
    rows = tuple(Line(seq, line.role, line.text) for seq, line in enumerate(lines, start=1))
    transcript = Transcript("", spoken, "", rows, len(rows), len(rows), standing=standing)
    last = (await _steps(procedure, site, transcript))[-1]
    if not isinstance(last, Answer | Handoff):
        return replace(talk, lines=lines)
    text = last.text if isinstance(last, Answer) else say(Sentence.ESCALATED, spoken)
    if isinstance(last, Answer) and last.person:
        text = f"{text}\n\n{say(Sentence.ESCALATED, spoken)}"
    kept = last.procedure if isinstance(last, Answer) else {}
    return Talk(
        (*lines, Said(Role.ASSISTANT, text)),
        kept or None,
        len(lines) + 1,
        not kept,
        [step for step in last.trace.get("steps", ()) if step["step"] == "procedure"],
    )


def _spoken(lines: Sequence[Said], site: Site) -> str:
    """The language of the talk, which goes on in the one it was in unless a message plainly is in another."""
    spoken = language.of_locale(site.locale, site.locale)
    for line in lines:
        if line.role == Role.VISITOR:
            spoken = language.quick(line.text, spoken)
    return spoken


async def _steps(procedure: Procedure, site: Site, transcript: Transcript) -> list[Step]:
    own = Procedures({procedure.key: procedure})
    if transcript.standing and own.of(transcript.standing):
        return await trial.steps(transcript, site, procedures=own)
    view = SiteView.of(site, settings.TANDEM)
    today = partial(budget.today, site)
    ports = Ports(search=_nothing, ledger=trial.LooseLedger(site), clock=time.monotonic, act=dry.act, today=today)
    begun = running.begin(procedure, transcript, transcript.language, view, ports, Trace(time.monotonic))
    return [step async for step in begun.go()]


async def _nothing(question: str, language: str, region: str, before: str, /) -> Any:
    """A procedure's own steps search for nothing."""
    raise LookupError(question)

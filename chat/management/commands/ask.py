"""Ask the assistant a question from the shell: the same turn as in a conversation, with or without a running server."""

import asyncio
import json
import time
from argparse import ArgumentParser
from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from chat import ledger
from chat.assistant import language
from chat.assistant.ports import Ports, SiteView
from chat.assistant.providers import BadModel
from chat.assistant.respond import respond
from chat.assistant.steps import Answer, Doing, Handoff, Step
from chat.assistant.transcript import Line, Transcript
from knowledge import answerable, search
from supportsite.sites.models import Site


class Command(BaseCommand):
    """Prints the answer, its sources and, with --trace, why."""

    help = "Ask the assistant a question and print its answer, its sources and, with --trace, why."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("question")
        parser.add_argument("--site", default="", help="The site's public key; not needed where there is one site.")
        parser.add_argument("--language", default="", help="The language of the conversation so far, such as de.")
        parser.add_argument("--region", default="", help="The customer's country or region, such as UK.")
        parser.add_argument("--trace", action="store_true", help="Print each step with its evidence and its time.")

    def handle(self, *args: Any, **options: Any) -> None:
        site = _site(options["site"])
        spoken = options["language"] or language.detect(options["question"], site.locale)
        transcript = Transcript("", spoken, options["region"], (Line(1, "visitor", options["question"]),), 1, 1)
        try:
            steps = asyncio.run(_steps(transcript, site, answerable.threshold(site)))
        except BadModel as error:
            raise CommandError(f"TANDEM_MODEL: {error}") from error
        for step in steps:
            self._print(step, trace=options["trace"])

    def _print(self, step: Step, *, trace: bool) -> None:
        if isinstance(step, Doing):
            self.stdout.write(self.style.NOTICE(step.phrase))
        elif isinstance(step, Answer):
            self.stdout.write(f"\n{step.text}\n")
            for source in step.sources:
                self.stdout.write(f"\n[{source.n}] {' › '.join(filter(None, (source.title, source.section)))}")
                self.stdout.write(f"    {source.url}\n    “{source.quote}”")
        elif isinstance(step, Handoff):
            self.stdout.write("A person is called: " + ", ".join(f"{r.code} ({r.evidence})" for r in step.reasons))
        if trace and hasattr(step, "trace"):
            self.stdout.write("\n" + json.dumps(step.trace, indent=2, ensure_ascii=False))


def _site(key: str) -> Site:
    sites = Site.objects.filter(key=key) if key else Site.objects.order_by("pk")
    found = list(sites[:2])
    if not found:
        raise CommandError(
            f"There is no site with the key {key}." if key else "There is no site yet: make run makes one."
        )
    if len(found) > 1:
        raise CommandError("There are several sites: name one with --site and its key.")
    return found[0]


async def _steps(transcript: Transcript, site: Site, threshold: float) -> list[Step]:
    async def port(question: str, spoken: str, region: str, before: str, /) -> search.Found:
        find = sync_to_async(search.find)
        return await find(site=site, question=question, language=spoken, region=region, before=before)

    view = SiteView.of(site, settings.TANDEM, threshold=threshold)
    ports = Ports(search=port, ledger=_Ledger(), clock=time.monotonic)
    return [step async for step in respond(transcript, view, ports)]


class _Ledger:
    """Calls from the shell are in the ledger too, without a conversation."""

    async def open(self, *, provider: str, model: str, redactions: dict[str, int], digest: str) -> int:
        call: dict[str, Any] = {"provider": provider, "model": model, "redactions": redactions, "digest": digest}
        return await sync_to_async(ledger.open_row)(conversation_id=None, seq=0, **call, now=timezone.now())

    async def close(self, row: int, *, tokens_in: int, tokens_out: int, outcome: str) -> None:
        ended: dict[str, Any] = {"tokens_in": tokens_in, "tokens_out": tokens_out, "outcome": outcome}
        await sync_to_async(ledger.close_row)(row=row, **ended, now=timezone.now())

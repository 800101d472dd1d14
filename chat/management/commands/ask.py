"""Ask the assistant a question from the shell: the same turn as in a conversation, with or without a running server."""

import asyncio
import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from chat import trial
from chat.assistant.providers import BadModel
from chat.assistant.steps import Answer, Doing, Handoff, Step
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
        transcript = trial.transcript(options["question"], site, spoken=options["language"], region=options["region"])
        try:
            steps = asyncio.run(trial.steps(transcript, site))
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

"""What would another threshold have done? `manage.py replay --data FILE` (docs/evaluation.md)."""

import json
import sys
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any, Final, NoReturn

from django.core.management.base import BaseCommand

from chat import training
from chat.band import FEWEST, HIGH, LOW
from chat.evaluation import replay
from chat.evaluation.replay import Replayed
from chat.signals.feeling import NOTHING_OWN
from chat.weighing import Policy
from knowledge.evaluation import Run
from knowledge.labelled import Unusable
from supportsite.evaluation import Report
from supportsite.progress import Bar
from supportsite.sites.models import Site

_COLUMNS: Final = {
    "threshold": "threshold", "rate": "rate", "rate_low": "from", "rate_high": "to",
    "precision": "precision", "recall": "recall", "abandoned_called": "abandoned",
}  # fmt: skip


class Command(BaseCommand):
    """Prints a table of thresholds; changes nothing. Exit 2 for a call or a line of data that is wrong."""

    help = "Walk past conversations again: how many each threshold would have called a person for, and which to use"
    requires_system_checks: list[Any] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """As docs/evaluation.md says."""
        parser.add_argument("--data", type=Path, required=True, help="past conversations, JSON Lines")
        parser.add_argument("--site", default="", help="a site's public key: its weights, words, threshold and model")
        parser.add_argument("--out", type=Path, help="write the result to this JSON file as well")
        parser.add_argument("--limit", type=int, help="look at no more than this many rows, chosen at random")
        parser.add_argument("--seed", type=int, default=0, help="chooses which (0)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run it."""
        if options["limit"] is not None and options["limit"] < 1:
            self._refuse("--limit: expected a number above 0")
        site = Site.objects.filter(key=options["site"]).first() if options["site"] else None
        if options["site"] and site is None:
            self._refuse(f"There is no site with the key {options['site']}.")
        policy = Policy.of(site) if site else Policy()
        own = training.own(site) if site else NOTHING_OWN
        run = Run(data=options["data"], train=None, limit=options["limit"], seed=options["seed"], bar=Bar)
        began = time.perf_counter()
        try:
            found = replay.replay(run, policy, own=own, spoken=site.locale if site else "en")
        except Unusable as error:
            self._refuse(str(error))
        seconds = time.perf_counter() - began
        report = Report("replay", replay.result(found, run, policy, {"site": options["site"] or None}), seconds)
        self._tell(found, policy, seconds)
        if options["out"]:
            self._write(options["out"], json.dumps(report.as_json(), indent=2) + "\n")

    def _tell(self, found: Replayed, policy: Policy, seconds: float) -> None:
        n = len(found.rows)
        self.stdout.write(f"replay: {n} conversations, {seconds:.1f} s, {n / max(seconds, 1e-6):.0f} a second")
        self.stdout.write("  ".join(f"{name:>9}" for name in _COLUMNS.values()))
        for threshold in replay.thresholds(found, policy):
            at = found.at(threshold)
            mark = "  in use" if threshold == policy.threshold else ""
            self.stdout.write("  ".join(f"{_shown(at[name]):>9}" for name in _COLUMNS) + mark)
        hard = sum(one.hard for one in found.standings)
        self.stdout.write(f"{hard} of {n} call a person at any threshold (asked, sensitive).")
        self._tell_proposal(found, policy)

    def _tell_proposal(self, found: Replayed, policy: Policy) -> None:
        proposed = found.proposal(policy.threshold)
        if found.are_too_few:
            self.stdout.write(f"A threshold is proposed from {FEWEST} conversations (ids) on.")
            return
        if proposed is None:
            self.stdout.write(f"No threshold has between {LOW:.0%} and {HIGH:.0%} of them call a person.")
            return
        self.stdout.write(
            f"Proposed for {LOW:.0%} to {HIGH:.0%}: {proposed.threshold:.3f}, which calls a person in "
            f"{proposed.chosen_on.share:.1%} of these. Nothing was changed."
        )
        spread = proposed.elsewhere
        self.stdout.write(
            f"On others: where one half chose and the other was judged, {spread.low:.1%} to {spread.high:.1%} "
            f"in 18 of 20 tries, {spread.middle:.1%} at the median."
        )

    def _write(self, path: Path, text: str) -> None:
        try:
            path.write_text(text, "utf-8")
        except OSError as error:
            self._refuse(f"--out: {path} cannot be written ({error.strerror})")

    def _refuse(self, why: str) -> NoReturn:
        self.stderr.write(why)
        sys.exit(2)


def _shown(value: float) -> str:
    return "–" if value != value else f"{value:.3f}"

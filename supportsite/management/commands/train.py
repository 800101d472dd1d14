"""Train what Tandem learns on your own labelled data: `manage.py train CAPABILITY --data PATH --site KEY`."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any, Final, NoReturn

from django.core.management.base import BaseCommand
from django.utils import timezone

from chat import both_tiers, emotions, training
from chat.emotion_rows import EmotionName
from chat.evaluation import emotion, escalation, intent, tier
from chat.intent_rows import Training, TrainingState, Trains
from knowledge import evaluation, labelled
from knowledge.labelled import Unusable
from knowledge.models import Recalibration
from supportsite.progress import Bar
from supportsite.sites.models import Site

_ROWS: Final = {
    Trains.INTENT: intent.ROWS,
    Trains.TIER: tier.ROWS,
    Trains.ESCALATION: escalation.ROWS,
    Trains.EMOTION: emotion.ROWS,
}


class Command(BaseCommand):
    """Stores the result in the database; exit 2 for a call or a line of data that is wrong."""

    help = (
        "Fit to your own data: answerable (how sure the assistant must be of an answer), intent (what customers want), "
        "tier (which questions are worth the strong model), escalation (which conversations go badly, from your "
        "agents' verdicts and --data), emotion (what the writer of a message feels). "
        "What a site trains is used once you say so."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """As docs/evaluation.md says."""
        parser.add_argument("capability", choices=["answerable", *_ROWS])
        parser.add_argument(
            "--data",
            type=Path,
            help="the labelled data; without it intent and emotion learn what the site's owner wrote in the admin, "
            "escalation the agents' verdicts",
        )
        parser.add_argument(
            "--replay",
            type=int,
            metavar="N",
            help="tier: put the first questions of the last N conversations to both models, and learn from that",
        )
        parser.add_argument("--site", default="", help="the site's public key; answerable: without it for every site")

    def handle(self, *args: Any, **options: Any) -> None:
        """Train, store, and say how good it is."""
        site = Site.objects.filter(key=options["site"]).first() if options["site"] else None
        if options["site"] and site is None:
            self._refuse(f"There is no site with the key {options['site']}.")
        try:
            if options["capability"] == "answerable":
                self._answerable(options["data"], site)
            else:
                self._own(Trains(options["capability"]), options["data"], site, options["replay"])
        except Unusable as error:
            self._refuse(str(error))

    def _own(self, of: Trains, data: Path | None, site: Site | None, replay: int | None) -> None:
        """A training that belongs to a site, run here and now."""
        if site is None:
            self._refuse(f"train {of} needs --site KEY")
        if of is Trains.TIER and bool(data) == bool(replay):
            self._refuse("train tier needs --data FILE or --replay N")
        if replay and of is not Trains.TIER:
            self._refuse(f"train {of} takes no --replay")
        rows = both_tiers.questions(site, replay) if replay else self._rows(of, data, site)
        row = training.begin(site=site, of=of, rows=rows, by=None, now=timezone.now(), ring=False)
        training.run(row.pk, progress=Bar("training"), prepared=both_tiers.answered)
        self._tell(Training.objects.get(pk=row.pk))

    def _rows(self, of: Trains, data: Path | None, site: Site) -> list[training.Row]:
        """What is learned from: the data, else what the site has; verdicts count in any case."""
        given: list[training.Row] = [*labelled.read(data, _ROWS[of])] if data else []
        if of is Trains.ESCALATION:
            return [*training.verdicts(site), *given]
        if of is Trains.EMOTION:
            named = [(row["text"], name) for row in given for name in row["emotions"] if name in EmotionName.values]
            return [*emotions.sentences(site), *emotions.given(named, site)]
        return given or training.examples(site)

    def _tell(self, row: Training) -> None:
        if row.state == TrainingState.FAILED:
            self._refuse(f"The training failed: {row.trouble}.")
        for name, value in row.figures.items():
            if not isinstance(value, list):
                self.stdout.write(f"{name:<20}{'–' if value is None else round(value, 3)}")
        for point in row.figures.get("points", []):
            kept, saved = _interval(point, "quality"), _interval(point, "saved")
            calls = f"{point['calls']:.0%} of the calls to the strong model"
            self.stdout.write(f"{calls} keep {kept} of its quality and save {saved} of its cost")
        self.stdout.write(f"Stored as training {row.pk}; it is used once somebody presses “Use it” in the admin.")

    def _answerable(self, data: Path | None, site: Site | None) -> None:
        if data is None:
            self._refuse("train answerable needs --data FOLDER")
        made = evaluation.trained(data, bar=Bar)
        Recalibration.objects.update_or_create(
            site=site, defaults={"parameters": made.as_json(), "made_at": timezone.now()}
        )
        self.stdout.write("accepted wrong   threshold")
        for accepted in (0.05, 0.1, 0.15, 0.2, 0.25, 0.3):
            self.stdout.write(f"{accepted:>14.0%}   {made.threshold(accepted):.2f}")
        self.stdout.write("Stored for " + (str(site) if site else "every site") + "; a running server uses it at once.")

    def _refuse(self, why: str) -> NoReturn:
        self.stderr.write(why)
        sys.exit(2)


def _interval(point: dict[str, Any], name: str) -> str:
    """A figure with its 95 % interval; a dash where it was not measured."""
    low, high = point[f"{name}_low"], point[f"{name}_high"]
    return "–" if point[name] is None else f"{point[name]:.3f} ({low:.3f}–{high:.3f})"

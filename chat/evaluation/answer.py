"""`manage.py evaluate answer`: the whole way from a question to what the customer reads, with the settings' model."""

import re
import statistics
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from asgiref.sync import async_to_sync, sync_to_async
from django.conf import settings
from django.utils import timezone

from chat import trial
from chat.assistant.composed import ISOLATES
from chat.assistant.ports import Ports, SiteView
from chat.assistant.respond import respond
from chat.assistant.steps import Answer, Delta, Source, Step
from chat.evaluation.support import Cited, sentences, stands
from chat.sentences import Sentence, language_name, say
from chat.turn_ports import alike
from knowledge import evaluation, labelled_folder, search
from knowledge.evaluation import Result, Run
from knowledge.labelled_folder import Question
from knowledge.workspace import workspace
from supportsite.sites.models import Site

_MARK: Final = re.compile(r"\s*\[(\d{1,3})\]")


@dataclass(frozen=True)
class Answered:
    """One question and what came of it.

    `text` is empty where nothing was answered. `sources` are the cited passages, [1] first, `articles` their ids.
    """

    question: Question
    text: str = ""
    sources: Sequence[search.Passage] = ()
    articles: Sequence[str] = ()
    first_ms: float | None = None
    by: str = ""
    spoken: str = ""

    @property
    def right(self) -> bool:
        """Whether the first source is relevant."""
        return bool(self.articles) and self.articles[0] in self.question.relevant


def run(run: Run) -> Result:
    """Each question by itself, as a conversation's first. Raises BadLine before any work, BadModel."""
    folder = labelled_folder.read(run.data)
    with workspace():
        site, ids, _seconds = labelled_folder.build(folder, now=timezone.now(), progress=run.bar("index"))
        known, chosen, bar = evaluation.shelves(site), run.chosen(folder.questions), run.bar("questions")
        outcomes = []
        for number, question in enumerate(chosen, start=1):
            shelf = known.get(question.collection, "-") if question.collection else ""
            outcomes.append(ask(site, question, shelf, ids))
            bar(number, len(chosen))
    model = settings.TANDEM.model or "built-in"
    used: dict[str, Any] = {"model": model, "by": counts(outcomes), "limit": run.limit, "seed": run.seed}
    return Result(measures(outcomes), len(outcomes), folder.digest, used)


def ask(site: Site, question: Question, shelf: str, ids: Mapping[str, str]) -> Answered:
    """The whole turn; `shelf` is the slug of the collection to look in, `ids` gives the article's id for a slug."""
    passages: list[search.Passage] = []
    began = time.perf_counter()
    steps, first_ms = async_to_sync(_steps)(site, question, shelf, passages)
    last = steps[-1]
    if not isinstance(last, Answer) or last.answered != "answer":
        return Answered(question)
    cited = [behind(source, passages) for source in last.sources]
    tries = [step["evidence"]["provider"] for step in last.trace["steps"] if step["step"] == "write"]
    by = tries[-1] if tries else ""
    first = None if first_ms is None else 1000 * (first_ms - began)
    return Answered(question, last.text, cited, [ids[p.slug] for p in cited], first, by, last.language)


async def _steps(
    site: Site, question: Question, shelf: str, passages: list[search.Passage]
) -> tuple[list[Step], float | None]:
    """All steps, and when the first word came."""

    async def find(text: str, language: str, region: str, before: str, /) -> search.Found:
        asked: dict[str, Any] = {"question": text, "language": language, "region": region, "before": before}
        found = await sync_to_async(search.find)(site=site, collection=shelf, **asked)
        passages.extend(found.passages)
        return found

    transcript = trial.transcript(question.text, site, spoken=question.language, region=question.region)
    ports = Ports(search=find, ledger=trial.LooseLedger(site), clock=time.monotonic, alike=alike)
    steps: list[Step] = []
    first = None
    async for step in respond(transcript, SiteView.of(site, settings.TANDEM), ports):
        if first is None and isinstance(step, Delta):
            first = time.perf_counter()
        steps.append(step)
    return steps, first


def measures(outcomes: Sequence[Answered]) -> dict[str, float]:
    """What docs/evaluation.md promises of `answer`; NaN where the data has no such question."""
    answers = [one for one in outcomes if one.text]
    can_be = [one for one in answers if one.question.relevant]
    cannot_be = [one for one in outcomes if not one.question.relevant]
    verdicts = [verdict for one in answers for _sentence, verdict in judged(one)]
    waits = sorted(one.first_ms for one in answers if one.first_ms is not None)
    return {
        "answered": len(answers) / len(outcomes),
        "supported": _mean(verdicts),
        "cited_right": _mean(not one.question.relevant.isdisjoint(one.articles) for one in can_be),
        "wrong": _mean(not one.right for one in answers),
        "declined_right": _mean(not one.text for one in cannot_be),
        "first_token_ms_p50": statistics.median(waits) if waits else float("nan"),
        "first_token_ms_p99": waits[min(len(waits) - 1, int(len(waits) * 0.99))] if waits else float("nan"),
    }


def judged(one: Answered) -> list[tuple[str, bool]]:
    """Each sentence of an answer, and whether a section that stands behind it says it."""
    found = []
    for piece, number in cited_pieces(_without_notice(one)):
        sources = [_cited(one.sources[number - 1])] if 0 < number <= len(one.sources) else []
        found += [(said, stands(said, sources, language=one.question.language)) for said in sentences(piece)]
    return found


def cited_pieces(text: str) -> list[tuple[str, int]]:
    """The text up to each [n], with that n; what has none behind it has 0."""
    found, at = [], 0
    for mark in _MARK.finditer(text):
        found.append((text[at : mark.start()], int(mark.group(1))))
        at = mark.end()
    return [piece for piece in [*found, (text[at:], 0)] if piece[0].strip()]


def counts(outcomes: Iterable[Answered]) -> dict[str, int]:
    """How many answers each provider wrote the end of."""
    found: dict[str, int] = {}
    for one in outcomes:
        if one.text:
            found[one.by] = found.get(one.by, 0) + 1
    return found


def _without_notice(one: Answered) -> str:
    """The text without what code says of the source's language, which claims nothing."""
    text, spoken = one.text.translate(ISOLATES), one.spoken or one.question.language
    for passage in one.sources:
        name = language_name(passage.language.partition("-")[0], spoken)
        text = text.replace(say(Sentence.SOURCE_LANGUAGE, spoken, language=name), "")
    return text


def behind(source: Source, passages: Sequence[search.Passage]) -> search.Passage:
    """The passage that a source was cut from: of several at one address the one with its words."""
    there = [passage for passage in passages if passage.url == source.url]
    words = _flat(source.quote).partition(" … ")[0].rstrip("…")
    return next((passage for passage in there if words in _flat(passage.text)), there[0])


def _cited(passage: search.Passage) -> Cited:
    return Cited(passage.title, passage.heading, passage.text, passage.language)


def _flat(text: str) -> str:
    return " ".join(text.split())


def _mean(values: Iterable[bool]) -> float:
    counted = list(values)
    return sum(counted) / len(counted) if counted else float("nan")

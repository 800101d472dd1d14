"""`manage.py evaluate intent`: which intent a question has, by each strategy."""

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from chat import training
from chat.assistant import language
from chat.assistant.routing import static
from chat.assistant.routing.static import Rule
from chat.evaluation import model_intent
from chat.learned import reading
from chat.learned.intent_fitting import TooFew
from chat.learned.intents import Intents
from knowledge import labelled, measures
from knowledge.evaluation import Result, Run
from knowledge.labelled import NAMES, TEXT, Field, Unusable

STRATEGIES: Final = ("static", "dynamic", "task", "llm")
TIMED: Final = 200  # questions that are read one by one for ms_p50 and ms_p99
INTENT: Final = Field("an intent's name, or null", lambda value: value is None or TEXT.fits(value))
ROWS: Final = {"text": TEXT, "intent": INTENT}
_WORDS: Final = Field(NAMES.expected, NAMES.fits, required=False)
RULES: Final = {"intent": TEXT, "any": _WORDS, "all": _WORDS, "none": _WORDS}


@dataclass(frozen=True)
class Said:
    """The verdict on a question (None: no intent), and how likely it has none."""

    intent: str | None
    outside: float


def run(run: Run) -> Result:
    """Raises BadLine before any work, Unusable where something is missing."""
    strategy = run.options.get("strategy", "dynamic")
    rows = run.chosen(labelled.read(run.data, ROWS))
    if strategy == "llm":
        return _by_model(run, rows)
    judge, settings, files = _judge(run, strategy)
    texts = [str(row["text"]) for row in rows]
    said = judge(texts)
    timed = [_timed(judge, text) for text in _some(texts)]
    truth = [row["intent"] for row in rows]
    found = scores(truth, said) | measures.milliseconds(timed)
    common = {"strategy": strategy, "timed": len(timed), "limit": run.limit, "seed": run.seed}
    return Result(found, len(rows), labelled.digest([run.data]), common | settings | files)


def _by_model(run: Run, rows: Sequence[Mapping[str, Any]]) -> Result:
    """By TANDEM_MODEL; each question is asked once, so that all of them are timed."""
    if run.train is None:
        raise Unusable("evaluate intent needs --train FILE: its examples are what the model is shown")
    examples = labelled.read(run.train, ROWS)
    asked = model_intent.ask([str(row["text"]) for row in rows], examples, run.bar("questions"))
    said = [Said(one.intent, one.outside) for one in asked.answers]
    found = scores([row["intent"] for row in rows], said) | measures.milliseconds([one.ms for one in asked.answers])
    found |= {"failed": _mean([bool(one.failure) for one in asked.answers])}
    common = {"strategy": "llm", "timed": len(rows), "limit": run.limit, "seed": run.seed, "trained_on": str(run.train)}
    return Result(found, len(rows), labelled.digest([run.data]), {**common, **asked.settings})


def scores(truth: Sequence[str | None], said: Sequence[Said]) -> dict[str, float]:
    """The measures of verdicts; what the rows do not allow is NaN."""
    pairs = list(zip(truth, said, strict=True))
    inside = [(wanted, one.intent) for wanted, one in pairs if wanted is not None]
    outside, nulls = [wanted is None for wanted in truth], [one.intent is None for one in said]
    wanted, intents = [wanted for wanted, _intent in inside], [intent for _wanted, intent in inside]
    return {
        "accuracy": _mean([wanted == intent for wanted, intent in inside]),
        "macro_f1": measures.macro_f1(wanted, intents, set(wanted)) if inside else float("nan"),
        "oos_recall": measures.recall(outside, nulls),
        "oos_precision": measures.precision(outside, nulls),
        "oos_auroc": measures.auroc(outside, [one.outside for one in said]),
    }


def trained(file: Path, bar: Callable[[str], Callable[[int, int], None]]) -> tuple[Intents, dict[str, Any]]:
    """The classifier for a file of examples, and its held-out figures. Raises BadLine, Unusable."""
    rows = labelled.read(file, ROWS)
    try:
        made, held = training.intents_of(rows, bar("training"))
    except TooFew:
        raise Unusable(f"{file}: expected two intents or more with two examples or more each") from None
    return made, asdict(held)


def _judge(run: Run, strategy: str) -> tuple[Callable[[Sequence[str]], list[Said]], dict[str, Any], dict[str, Any]]:
    if strategy not in STRATEGIES:
        raise Unusable(f"--strategy: expected {', '.join(STRATEGIES)}")
    given = run.options.get("rules")
    rules = read_rules(Path(given)) if given else []
    files = {"rules": given, "trained_on": str(run.train) if run.train else None}
    if strategy == "static":
        if not rules:
            raise Unusable("--strategy static needs --rules FILE (docs/evaluation.md)")
        return lambda texts: [_by_rules(rules, text) for text in texts], {}, files
    if run.train is None:
        raise Unusable("evaluate intent needs --train FILE, with rows of the same form")
    made, held = trained(run.train, run.bar)
    names = {"models": list(reading.models()), "held_out": held}
    if strategy == "dynamic":
        return lambda texts: classified(made, texts), names, files
    return lambda texts: _by_task(made, rules, texts), names, files


def read_rules(file: Path) -> list[Rule]:
    """Keyword rules in the order of their lines. Raises BadLine."""
    rows = labelled.read(file, RULES)
    return [
        Rule(row["intent"], row.get("any", ()), row.get("all", ()), row.get("none", ()), number=row["line"])
        for row in rows
    ]


def classified(made: Intents, texts: Sequence[str]) -> list[Said]:
    """What a trained classifier says of each text by itself, in the language that the text is in."""
    default = made.languages[0] if made.languages else "en"
    languages = [language.quick(text, default) for text in texts]
    found: list[Said | None] = [None] * len(texts)
    for code in set(languages):
        own = [at for at, one in enumerate(languages) if one == code]
        judged = made.judge(reading.many([texts[at] for at in own], reading.models()), code)
        for place, at in enumerate(own):
            intent = judged.labels[int(judged.probabilities[place].argmax())]
            found[at] = Said(None if judged.is_outside[place] else intent, float(judged.outside[place]))
    return [one for one in found if one]


def _by_rules(rules: Sequence[Rule], text: str) -> Said:
    hit = static.first(rules, text)
    return Said(hit.rule.intent, 0.0) if hit else Said(None, 1.0)


def _by_task(made: Intents, rules: Sequence[Rule], texts: Sequence[str]) -> list[Said]:
    """Rules first, where there are some; then the classifier."""
    learned = classified(made, texts)
    hits = [static.first(rules, text) for text in texts]
    return [Said(hit.rule.intent, 0.0) if hit else one for hit, one in zip(hits, learned, strict=True)]


def _some(texts: Sequence[str]) -> list[str]:
    step = max(1, len(texts) // TIMED)
    return list(texts[::step][:TIMED])


def _timed(judge: Callable[[Sequence[str]], list[Said]], text: str) -> float:
    began = time.perf_counter()
    judge([text])
    return 1000 * (time.perf_counter() - began)


def _mean(values: Sequence[float]) -> float:
    return statistics.fmean(values) if values else float("nan")

"""How good `find` is on the demo's held-out questions: python benchmarks/retrieval.py [held|tune|40].

recall@1 and @5 by article over the answerable questions; answered: share of all questions whose probability reaches
the threshold; wrong: share of those whose first passage is of no relevant article (questions that nothing answers
included); AUROC: how well the probability tells a right first passage from a wrong one.
"""

import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass

from demo_site import Question, questions, start

start()

from django.utils import timezone  # noqa: E402

from knowledge import answerable, demo, embed, index, indexing, measures, search  # noqa: E402


@dataclass(frozen=True)
class Asked:
    """A question and what was found for it."""

    question: Question
    found: search.Found
    ms: float
    threshold: float

    @property
    def right(self) -> bool:
        return bool(self.found.passages) and self.found.passages[0].slug in self.question.relevant

    @property
    def among_five(self) -> bool:
        return any(passage.slug in self.question.relevant for passage in self.found.passages)

    @property
    def answered(self) -> bool:
        return self.found.probability >= self.threshold


def share(values: Sequence[bool]) -> float:
    return sum(values) / len(values) if values else float("nan")


def row(name: str, asked: Sequence[Asked]) -> str:
    answerable = [a for a in asked if a.question.relevant]
    answers = [a for a in asked if a.answered]
    times = sorted(a.ms for a in asked)
    embedding = statistics.median(a.found.embed_ms for a in asked)
    cells = (
        f"{len(asked)}",
        f"{share([a.right for a in answerable]):.3f}", f"{share([a.among_five for a in answerable]):.3f}",
        f"{measures.auroc([a.right for a in asked], [a.found.probability for a in asked]):.3f}",
        f"{len(answers) / len(asked):.3f}", f"{share([not a.right for a in answers]):.3f}",
        f"{times[len(times) // 2]:.1f}", f"{times[int(len(times) * 0.99)]:.1f}", f"{embedding:.1f}",
    )  # fmt: skip
    return f"| {name} | {' | '.join(cells)} |"


def main() -> None:
    name = sys.argv[1] if len(sys.argv) > 1 else "held"
    began = time.perf_counter()
    site = demo.load()
    index.own()
    embed.warm()
    embed.warm_rest()
    while indexing.sweep(now=timezone.now(), seconds=60):
        pass
    threshold = answerable.threshold(site)
    print(f"indexed in {time.perf_counter() - began:.1f} s; threshold {threshold}\n")
    asked = []
    for question in questions(name):
        start = time.perf_counter()
        found = search.find(site=site, question=question.text, language=question.language)
        asked.append(Asked(question, found, (time.perf_counter() - start) * 1000, threshold))
    print("| questions | n | recall@1 | recall@5 | AUROC | answered | wrong | ms p50 | ms p99 | embed ms p50 |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    for language in sorted({a.question.language for a in asked}):
        print(row(language, [a for a in asked if a.question.language == language]))
    print(row("all", asked))


if __name__ == "__main__":
    main()

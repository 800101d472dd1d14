"""How often the check of an answer is wrong, on the demo's articles: `.venv/bin/python -m benchmarks.check [--show]`.

Opposites: every English sentence with a "can", "is" or the like, turned into its opposite, should be cut. Verbatim: the
sentences as they stand should pass. Paraphrases: the truths that people wrote to the 40 questions should pass where the
sections of the article that holds them are shown.
"""

import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from chat.assistant import spans
from chat.assistant.drafts import Draft
from chat.assistant.grounding import Verdict, check
from chat.assistant.prompt import Shown
from knowledge import split

ROOT = Path(__file__).resolve().parent.parent
ARTICLES = ROOT / "knowledge" / "demo" / "articles" / "en"
QUESTIONS = ROOT / "benchmarks" / "demo" / "questions-40.jsonl"
_NEGATE = re.compile(r"\b(can|is|are|will|may|must|do|does|was|were|has|have)\b(?! not)")
_AFFIRM = re.compile(r"\b(can)not\b|\b(can|is|are|will|may|must|do|does|was|were) (?:not|never)\b")


@dataclass(frozen=True)
class Case:
    """A sentence, the sections shown, and whether it should pass."""

    kind: str
    text: str
    shown: tuple[Shown, ...]

    def judge(self) -> Verdict:
        """What the check says."""
        return check(Draft(self.text, (), False), self.shown, language="en", hosts=(), site="Northpine")


def sections(slug: str) -> tuple[Shown, ...]:
    """An article's sections as a model would be shown them."""
    _, front, body = (ARTICLES / f"{slug}.md").read_text("utf-8").split("---\n", 2)
    title = re.search(r"^title: (.*)$", front, re.M)
    assert title is not None
    pieces = split.sections(title.group(1), body)
    return tuple(Shown(n, title.group(1), p.heading, "en", p.text) for n, p in enumerate(pieces, start=1))


def opposite(sentence: str) -> str:
    """The sentence with its first yes made a no, or its first no a yes; empty where it has neither."""
    if _AFFIRM.search(sentence):
        return _AFFIRM.sub(lambda m: m.group(1) or m.group(2), sentence, count=1)
    if re.search(r"\b(?:no|not|never|without|nothing)\b", sentence, re.I):
        return ""
    changed = _NEGATE.sub(lambda m: "cannot" if m.group(1) == "can" else m.group(1) + " not", sentence, count=1)
    return changed if changed != sentence else ""


def cases() -> Iterator[Case]:
    """All of them."""
    for path in sorted(ARTICLES.glob("*.md")):
        shown = sections(path.stem)
        for section in shown:
            for span in spans.spans(section.text, "en"):
                if not span.is_row:
                    yield Case("verbatim", span.said(section.heading), shown)
                    if changed := opposite(span.text):
                        yield Case("opposite", changed, shown)
    for line in QUESTIONS.read_text("utf-8").splitlines():
        row = json.loads(line)
        if row["relevant"]:
            text = re.sub(r"^(?:Yes|No), (.)", lambda m: m.group(1).upper(), row["truth"])
            yield Case("paraphrase", text, sections(row["relevant"][0]))


def main(arguments: list[str]) -> None:
    """Print the shares, and with --show what was judged wrongly."""
    judged = [(case, case.judge()) for case in cases()]
    for kind, right in (("verbatim", True), ("paraphrase", True), ("opposite", False)):
        those = [(case, verdict) for case, verdict in judged if case.kind == kind]
        wrong = [(case, verdict) for case, verdict in those if verdict.passed is not right]
        print(f"{kind:11} {len(those):4} sentences, {len(wrong):3} wrongly {'cut' if right else 'let through'}")
        if "--show" in arguments:
            for case, verdict in wrong:
                print(f"    {verdict.reason or verdict.quote!r}: {case.text}")


if __name__ == "__main__":
    main(sys.argv[1:])

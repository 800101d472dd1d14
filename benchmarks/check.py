"""How often the check of an answer is wrong, on the demo's articles: `.venv/bin/python -m benchmarks.check [--show]`.

Opposites: every English sentence with a "can", "is" or the like, turned into its opposite, should be cut, and so should
one whose "without" became "with". Forces: one with a "can", "may", "should" or "must" gets another of them, or none.
Elided: of "…, but not X" the first half with X in it. Exchanged: a word in the place of another, both of the same
section, its title or heading. Verbatim: the sentences as they stand should pass. Paraphrases: the truths that people
wrote to the 40 questions should pass where the sections of the article that holds them are shown.
"""

import json
import random
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from chat.assistant import spans, words
from chat.assistant.drafts import Draft
from chat.assistant.grounding import Verdict, check
from chat.assistant.prompt import Shown
from knowledge import split
from knowledge.stop_words import STOP_WORDS

ROOT = Path(__file__).resolve().parent.parent
ARTICLES = ROOT / "knowledge" / "demo" / "articles" / "en"
QUESTIONS = ROOT / "benchmarks" / "demo" / "questions-40.jsonl"
_NEGATE = re.compile(r"\b(can|is|are|will|may|must|do|does|was|were|has|have)\b(?! not)")
_AFFIRM = re.compile(r"\b(can)not\b|\b(can|is|are|will|may|must|do|does|was|were) (?:not|never)\b")
_WITHOUT = re.compile(r"\bwithout\b(?! \w+ing\b)", re.I)
_MUST = r"must|ha(?:ve|s) to|needs? to(?= be)"
_OTHER_FORCE = (
    (r"\b(?:can|may)\b(?! not)", "must"),
    (r"\b(?:can|may)\b(?! not)", "should"),
    (r"\bmay\b(?! not)", "will"),
    (rf"\b(?:{_MUST})\b(?! not)", "may"),
    (rf"\b(?:{_MUST})\b(?! not)", "should"),
    (r"\bshould\b(?! not)", "must"),
    (r"\bshould\b(?! not)", "can"),
    (r"\b(?:is|are)\b(?! not)(?= (?:\w+ly )?(?!needed)\w+(?:ed|en|nt|id)\b)", "must be"),
)
_BUT_NOT = re.compile(r"^(?P<main>[^,;.]+),? but not (?P<what>[^,;.]+)\.?$")


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


def forced(sentence: str) -> Iterator[str]:
    """The sentence with another "can", "should" or "must" than it has."""
    for pattern, other in _OTHER_FORCE:
        changed = re.sub(pattern, other, sentence, count=1)
        if changed != sentence:
            yield changed


def elided(sentence: str) -> str:
    """What a sentence with "but not" denies, affirmed: in the place of the last of its words."""
    found = _BUT_NOT.match(sentence)
    return f"{found['main'].rsplit(' ', found['what'].count(' ') + 1)[0]} {found['what']}." if found else ""


def exchanged(sentence: str, around: str, chosen: random.Random) -> str:
    """The sentence with one of its longer words exchanged for another of what is around it."""
    own = sorted({word for word in re.findall(r"[a-z]{4,}", sentence.lower()) if word not in STOP_WORDS["en"]})
    others = {word for word in re.findall(r"[a-z]{4,}", around.lower()) if word not in STOP_WORDS["en"]}
    strange = sorted(others - {word.lower() for word in re.findall(r"\w+", sentence)})
    if not own or not strange:
        return ""
    lost, instead = chosen.choice(own), chosen.choice(strange)
    if words.stem(lost, "en") == words.stem(instead, "en"):
        return ""
    return re.sub(rf"\b{lost}\b", instead, sentence, count=1, flags=re.I)


def cases() -> Iterator[Case]:
    """All of them."""
    chosen = random.Random(1)
    for path in sorted(ARTICLES.glob("*.md")):
        shown = sections(path.stem)
        for section in shown:
            for span in spans.spans(section.text, "en"):
                if not span.is_row:
                    yield Case("verbatim", span.said(section.heading), shown)
                    for kind, changed in _changed(span.text, section, chosen):
                        yield Case(kind, changed, shown)
    for line in QUESTIONS.read_text("utf-8").splitlines():
        row = json.loads(line)
        if row["relevant"]:
            text = re.sub(r"^(?:Yes|No), (.)", lambda m: m.group(1).upper(), row["truth"])
            yield Case("paraphrase", text, sections(row["relevant"][0]))


def _changed(sentence: str, section: Shown, chosen: random.Random) -> Iterator[tuple[str, str]]:
    around = f"{section.title} {section.heading} {section.text}"
    made = [
        ("opposite", opposite(sentence)),
        ("opposite", _WITHOUT.sub("with", sentence)),
        ("elided", elided(sentence)),
    ]
    made += [("force", changed) for changed in forced(sentence)]
    made += [("exchanged", exchanged(sentence, around, chosen))]
    yield from ((kind, changed) for kind, changed in made if changed and changed != sentence)


def main(arguments: list[str]) -> None:
    """Print the shares, and with --show what was judged wrongly."""
    judged = [(case, case.judge()) for case in cases()]
    wanted = {
        "verbatim": True,
        "paraphrase": True,
        "opposite": False,
        "force": False,
        "elided": False,
        "exchanged": False,
    }
    for kind, right in wanted.items():
        those = [(case, verdict) for case, verdict in judged if case.kind == kind]
        wrong = [(case, verdict) for case, verdict in those if verdict.passed is not right]
        print(f"{kind:11} {len(those):4} sentences, {len(wrong):3} wrongly {'cut' if right else 'let through'}")
        if "--show" in arguments:
            for case, verdict in wrong:
                print(f"    {verdict.reason or verdict.quote!r}: {case.text}")


if __name__ == "__main__":
    main(sys.argv[1:])

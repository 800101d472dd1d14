"""The dynamic strategy: a classifier trained on the site's examples names the intent, or says that it is none."""

from typing import TYPE_CHECKING, Final

from chat.assistant.routing.verdict import Kind, Routing, Verdict

if TYPE_CHECKING:  # it loads numpy, which a process without a search does not need
    from chat.learned.intents import Judged


_SHOWN: Final = 3  # intents in the evidence
# From here on a question is told to be none of the site's business before any article is looked for. With the demo's
# intents, of 300 questions that an article answers none is that far outside (32 are outside), of 126 others 5 (43).
CERTAIN: Final = 0.95


def verdict(judged: "Judged", routing: Routing) -> Verdict:
    """What the classifier says of one question; an intent that was deleted since is none."""
    odds = judged.probabilities[0]
    order = odds.argsort()[::-1][:_SHOWN]
    outside = bool(judged.is_outside[0])
    evidence = {
        "by": "classifier",
        "likely": {judged.labels[at]: round(float(odds[at]), 3) for at in order},
        "outside": round(float(judged.outside[0]), 3),
    }
    if outside:
        return Verdict("", Kind.OUTSIDE, True, evidence, certain=float(judged.outside[0]) >= CERTAIN)
    best = judged.labels[int(order[0])]
    if best not in routing.kinds:
        return Verdict(evidence=evidence)
    return Verdict(best, routing.kinds[best], bool(judged.is_sure[0]), evidence)

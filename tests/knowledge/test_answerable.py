"""The probability grows with the evidence, and says nothing without any."""

import json
from dataclasses import dataclass, replace

import pytest

from knowledge.answerable import FEATURES, PARAMETERS, THRESHOLD, Route, features, probability


@dataclass(frozen=True)
class Seen:
    """A passage."""

    slug: str = "returns"
    title: str = "Returns"
    heading: str = "The period"
    text: str = "You can return items within 30 days."
    score: float = 0.6
    similarity: float = 0.55


def test_without_passages_there_is_no_answer():
    assert probability("How long can I return items?", [], Route.MINILM) == 0


@pytest.mark.parametrize(("route", "weak", "strong"), [(Route.MINILM, 0.2, 0.75), (Route.E5, 0.78, 0.9)])
def test_a_better_match_is_more_probable(route, weak, strong):
    def at(score: float) -> float:
        passages = [
            Seen(score=score + 0.02, similarity=score),
            Seen(slug="tents", score=score - 0.05, similarity=score - 0.05),
        ]
        return probability("How long can I return items?", passages, route)

    assert at(weak) < THRESHOLD < at(strong)


def test_the_parameters_name_the_features_that_the_code_has():
    stored = json.loads(PARAMETERS.read_text())
    assert tuple(stored["features"]) == FEATURES
    assert set(stored["routes"]) == {route.value for route in Route}
    assert len(features("x", [Seen()])) == len(FEATURES)


def test_the_lead_is_over_the_next_article_not_the_next_section():
    first, same, other = Seen(), Seen(score=0.59), Seen(slug="tents", score=0.4)
    lead = FEATURES.index("lead")
    assert features("x", [first, same, other])[lead] == pytest.approx(0.2)
    assert features("x", [first, same, replace(other, slug="returns")])[lead] == pytest.approx(0.1)

"""The probability grows with the evidence, and the threshold follows what the owner accepts."""

import pytest
from django.utils import timezone

from knowledge import answerable
from knowledge.answerable import USED, Calibration, Route, evidence, route_of, shipped
from knowledge.candidates import Candidate
from knowledge.embed import E5, MINILM
from knowledge.models import Recalibration


def seen(slug: str = "returns", lexical: float = 0.6, **cosines: float) -> Candidate:
    """A candidate with these cosines."""
    named = {{"e5": E5, "minilm": MINILM}[name]: value for name, value in cosines.items()}
    return Candidate(1, slug, "en", "", "digest", lexical, 2 * lexical, named)


def probability(ranked: list[Candidate], *, across: bool = False) -> float:
    """With what Tandem comes with."""
    return shipped().probability(route_of(ranked, across=across), evidence(ranked))


def test_without_passages_there_is_no_answer():
    assert shipped().probability(Route.BOTH, {}) == 0


@pytest.mark.parametrize(
    ("weak", "strong"),
    [
        ({"minilm": 0.2, "e5": 0.78}, {"minilm": 0.75, "e5": 0.92}),
        ({"minilm": 0.2}, {"minilm": 0.75}),
        ({"e5": 0.78}, {"e5": 0.92}),
    ],
)
def test_a_better_match_is_more_probable(weak, strong):
    threshold = shipped().threshold(0.2)
    poor = [seen(lexical=0.1, **weak), seen("tents", lexical=0.1, **weak)]
    good = [seen(lexical=0.8, **strong), seen("tents", lexical=0.2, **weak)]
    assert probability(poor) < threshold < probability(good)


def test_words_in_common_mean_nothing_across_languages():
    few, many = ([seen(lexical=words, e5=0.85), seen("tents", lexical=words, e5=0.82)] for words in (0.0, 0.9))
    assert probability(few, across=True) == pytest.approx(probability(many, across=True))


def test_what_is_shipped_has_a_curve_for_every_route_over_the_evidence_that_the_code_has():
    assert {route: tuple(curve.weights) for route, curve in shipped().curves.items()} == USED
    assert Calibration.read(shipped().as_json()).as_json() == shipped().as_json()


def test_the_lead_is_over_the_next_article_not_the_next_section():
    first, same, other = seen(e5=0.9), seen(e5=0.89), seen("tents", e5=0.8, lexical=0.6)
    assert evidence([first, same, other])["lead"] == pytest.approx(0.1)
    assert evidence([first, same])["lead"] == pytest.approx(0.1)


def test_who_accepts_fewer_wrong_answers_gets_a_higher_threshold():
    thresholds = [shipped().threshold(accepted) for accepted in (1, 0.3, 0.2, 0.1)]
    assert thresholds == sorted(thresholds)
    assert thresholds[0] < thresholds[-1]
    assert shipped().threshold(-1) > 1


@pytest.mark.django_db
def test_a_site_uses_its_own_recalibration_then_that_for_all_then_what_is_shipped(site, other_site):
    def stored(threshold: float) -> dict:
        return shipped().as_json() | {"wrong_from": [[threshold, 0.0]]}

    assert answerable.threshold(site) == shipped().threshold(site.accepted_wrong)
    Recalibration.objects.create(site=None, parameters=stored(0.7), made_at=timezone.now())
    Recalibration.objects.create(site=site, parameters=stored(0.8), made_at=timezone.now())
    assert (answerable.threshold(site), answerable.threshold(other_site)) == (0.8, 0.7)

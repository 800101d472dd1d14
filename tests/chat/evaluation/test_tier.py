"""`manage.py evaluate tier` on an owner's rows, and the measures by hand."""

import json

import numpy as np
import pytest

from chat.evaluation import tier
from chat.learned import gain, tiers
from chat.learned.gain import Calls
from knowledge.evaluation import Run
from knowledge.labelled import BadLine, Unusable
from supportsite.progress import Bar


def calls(light, strong):
    """Calls of one price each."""
    made = [np.array(one, float) for one in (light, strong)]
    return Calls(*made, np.zeros(len(light)), np.ones(len(light)))


def test_the_measures_are_those_of_a_pencil():
    made = calls([1, 0, 1, 0], [1, 1, 1, 1])
    perfect = gain.recovered(np.array([0.1, 0.9, 0.2, 0.8]), made)
    assert perfect.tolist() == [0, 0.5, 1, 1, 1]
    assert gain.apgr(perfect) == pytest.approx((0.25 + 0.75 + 1 + 1) / 4)
    assert (gain.call_share(perfect, 0.5), gain.call_share(perfect, 0.8)) == (0.25, 0.5)
    assert gain.saved(np.array([0.1, 0.9, 0.2, 0.8]), made, 0.75) == 0.75


def test_a_router_that_says_the_same_of_everything_is_worth_nothing():
    made = calls([0, 1, 1, 1], [1, 1, 1, 1])
    assert gain.apgr(gain.recovered(np.zeros(4), made)) == pytest.approx(0.5)


def test_where_the_strong_model_is_no_better_there_is_no_measure():
    assert np.isnan(gain.apgr(gain.recovered(np.arange(3.0), calls([1, 1, 1], [1, 1, 0]))))


def rows(number, seed):
    """Long questions with numbers are what the light model gets wrong."""
    random = np.random.default_rng(seed)
    made = []
    for _ in range(number):
        hard = random.random() < 0.5
        words = "Suppose 3 parcels weigh 12.5 kg and 7 weigh 2 kg, how many" if hard else "Where is my parcel"
        text = f"{words} {' '.join(random.choice(['today', 'please', 'now', 'then', 'here'], 3))}?"
        made.append({"text": text, "light": int(not hard), "strong": 1, "light_cost": 0.1, "strong_cost": 1})
    return made


def evaluate(tmp_path, data, train):
    """The measures."""
    files = [tmp_path / "data.jsonl", tmp_path / "train.jsonl"]
    for file, given in zip(files, (data, train), strict=True):
        file.write_text("".join(json.dumps(row) + "\n" for row in given), "utf-8")
    return tier.run(Run(files[0], files[1], None, 0, bar=Bar)).measures


def test_it_learns_what_the_light_model_gets_wrong(tmp_path):
    measures = evaluate(tmp_path, rows(60, 1), rows(120, 2))
    assert measures["apgr"] > 0.7
    hard = sum(row["light"] == 0 for row in rows(60, 1)) / 60
    assert measures["cpt_50"] < hard
    assert 0.3 < measures["saved_at_95"] < 0.7


def test_a_router_that_was_saved_says_the_same(tmp_path):
    file = tmp_path / "train.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows(120, 2)), "utf-8")
    router, held = tier.trained(file)
    again = tiers.from_bytes(router.as_bytes())
    texts = [row["text"] for row in rows(20, 3)]
    assert np.allclose(again.gain(texts), router.gain(texts))
    assert again.points == router.points
    assert held.apgr > 0.7
    assert again.limit_for(0.95).calls < 1


def test_too_few_rows_and_bad_ones_are_named(tmp_path):
    with pytest.raises(Unusable, match="40 questions or more"):
        evaluate(tmp_path, rows(5, 1), rows(10, 2))
    with pytest.raises(BadLine, match=r"data.jsonl:1: strong: expected a number from 0 to 1"):
        evaluate(tmp_path, [{"text": "a", "light": 0, "strong": 2}], rows(10, 2))

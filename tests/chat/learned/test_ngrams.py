"""A text becomes the same numbers everywhere."""

import subprocess
import sys

import numpy as np

from chat.learned import ngrams


def test_every_process_gives_a_text_the_same_places():
    script = "from chat.learned import ngrams; print(ngrams.count(['Wo ist meine Bestellung?']).places.tolist())"
    told = {
        subprocess.run(
            [sys.executable, "-c", script], capture_output=True, text=True, check=True, env={"PYTHONHASHSEED": seed}
        ).stdout
        for seed in ("1", "2")
    }
    assert told == {str(ngrams.count(["Wo ist meine Bestellung?"]).places.tolist()) + "\n"}


def test_a_product_is_that_of_the_whole_rows():
    rows = ngrams.count(["send it back", "", "log in"])
    weights = np.random.default_rng(0).normal(size=(ngrams.WIDTH, 3)).astype(np.float32)
    whole = np.zeros((3, ngrams.WIDTH), np.float32)
    for row in range(3):
        part = slice(rows.starts[row], rows.starts[row + 1])
        whole[row, rows.places[part]] = rows.values[part]
    assert np.allclose(rows.times(weights), whole @ weights, atol=1e-4)
    assert np.allclose(rows.chosen(np.array([2, 0])).times(weights), whole[[2, 0]] @ weights, atol=1e-4)


def test_what_stands_in_every_text_weighs_least():
    rows = ngrams.count(["the parcel", "the password"])
    weighed = ngrams.weigh(rows, ngrams.rarity(rows))
    first = dict(zip(weighed.places[: weighed.starts[1]], weighed.values, strict=False))
    place_of = {word: int(ngrams.count([word]).places[0]) for word in ("the", "parcel")}
    assert first[place_of["the"]] < first[place_of["parcel"]]

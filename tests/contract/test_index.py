"""Chroma and the exact search keep the same contract, tried on each."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knowledge.exact import ExactIndex
from knowledge.index import ChromaIndex
from knowledge.shelf import Index, Label, Shelf, Where

ENGLISH = Shelf(1, "en", "minilm-l6-v2")
EVERYWHERE = Label()


def unit(*seeds: int) -> np.ndarray:
    """A vector of length 1 for each seed, far from the others."""
    rows = np.stack([np.random.default_rng(seed).standard_normal(384) for seed in seeds]).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@pytest.fixture(params=["chroma", "exact"])
def index(request, tmp_path) -> Index:
    """Each implementation, empty."""
    if request.param == "exact":
        yield ExactIndex()
        return
    made = ChromaIndex(tmp_path / "chroma")
    yield made
    made.close()


def put(index: Index, shelf: Shelf, *ids: int, label: Label = EVERYWHERE) -> None:
    """Put sections there whose vectors come from their ids."""
    index.upsert(shelf, ids, unit(*ids), [label] * len(ids))


def test_the_nearest_come_first_with_their_cosine(index):
    put(index, ENGLISH, 1, 2, 3)
    near = unit(2)[0] + 0.5 * unit(3)[0]
    near /= np.linalg.norm(near)
    found = index.query(ENGLISH, near, 2)
    assert [number for number, _score in found] == [2, 3]
    assert [score for _number, score in found] == pytest.approx([unit(2)[0] @ near, unit(3)[0] @ near], abs=1e-5)


def test_a_shelf_that_is_not_there_is_empty(index):
    assert index.query(ENGLISH, unit(1)[0], 5) == []
    assert index.ids(ENGLISH) == set()
    index.delete(ENGLISH, [1])
    assert index.shelves(1) == set()


def test_nothing_crosses_from_a_site_a_language_or_a_model_to_another(index):
    put(index, ENGLISH, 1)
    others = [
        Shelf(2, "en", ENGLISH.model),
        Shelf(1, "de", ENGLISH.model),
        Shelf(1, "en", "e5-small"),
        Shelf(11, "en", ENGLISH.model),
    ]
    for shelf in others:
        assert index.query(shelf, unit(1)[0], 5) == []
    put(index, others[0], 7)
    assert index.ids(ENGLISH) == {1}
    assert index.shelves(1) == {ENGLISH}
    assert index.shelves(2) == {others[0]}


def test_an_id_that_is_put_again_is_replaced(index):
    put(index, ENGLISH, 1, 2)
    index.upsert(ENGLISH, [1], unit(9), [Label("UK")])
    assert index.query(ENGLISH, unit(9)[0], 1)[0] == (1, pytest.approx(1, abs=1e-5))
    assert index.query(ENGLISH, unit(9)[0], 5, Where(frozenset({"UK"})))[0][0] == 1
    assert index.ids(ENGLISH) == {1, 2}


def test_what_is_deleted_is_gone_and_may_be_deleted_again(index):
    put(index, ENGLISH, 1, 2)
    index.delete(ENGLISH, [1, 99])
    index.delete(ENGLISH, [1])
    assert index.ids(ENGLISH) == {2}
    assert [number for number, _score in index.query(ENGLISH, unit(1)[0], 5)] == [2]


def test_region_and_collection_are_filters(index):
    put(index, ENGLISH, 1, label=Label("", "returns"))
    put(index, ENGLISH, 2, label=Label("UK", "returns"))
    put(index, ENGLISH, 3, label=Label("US", "shipping"))

    def ids(where: Where) -> set[int]:
        return {number for number, _score in index.query(ENGLISH, unit(1)[0], 9, where)}

    assert ids(Where()) == {1, 2, 3}
    assert ids(Where(frozenset({"", "UK"}))) == {1, 2}
    assert ids(Where(collection="shipping")) == {3}
    assert ids(Where(frozenset({"", "UK"}), "shipping")) == set()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(st.tuples(st.booleans(), st.sets(st.integers(1, 12), min_size=1)), max_size=6),
    question=st.integers(1, 12),
)
def test_after_any_writes_it_is_what_a_dictionary_would_be(index, steps, question):
    shelf = Shelf(5, "en", "minilm-l6-v2")
    index.delete(shelf, sorted(index.ids(shelf)))
    model: set[int] = set()
    for is_put, ids in steps:
        if is_put:
            put(index, shelf, *sorted(ids))
            model |= ids
        else:
            index.delete(shelf, sorted(ids))
            model -= ids
    assert index.ids(shelf) == model
    found = index.query(shelf, unit(question)[0], 20)
    assert {number for number, _score in found} == model
    assert [score for _number, score in found] == sorted((score for _number, score in found), reverse=True)
    if question in model:
        assert found[0][0] == question

"""The vectors are those of the published models, however texts are batched."""

import json
import math
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge import embed

SENTENCES = ["That is a happy person", "That is a happy dog", "That is a very happy person", "Today is a sunny day"]


@pytest.fixture(scope="module", autouse=True)
def _read_once() -> None:
    """Here every text is read as often as it is asked for."""


def test_minilm_gives_the_published_similarities():
    vectors = embed.named(embed.MINILM).matrix(SENTENCES, "passage")
    # From the model's card, sentence by sentence against the first.
    assert vectors[1:] @ vectors[0] == pytest.approx([0.6945, 0.9429, 0.2569], abs=2e-4)


def test_minilm_agrees_with_the_same_network_written_in_numpy():
    texts = [*SENTENCES, "café naïve — 12 €", "word " * 300]
    vectors = embed.named(embed.MINILM).matrix(texts, "passage")
    reference = np.stack([_numpy_minilm(text) for text in texts])
    assert np.abs(vectors - reference).max() < 1e-5


@pytest.mark.parametrize("model", [embed.MINILM, embed.E5])
def test_a_text_has_the_same_vector_alone_and_in_any_batch(model):
    embedder = embed.named(model)
    texts = [sentence * times for times in (1, 9, 3) for sentence in SENTENCES]
    together = embedder.matrix(texts, "passage")
    alone = np.vstack([embedder.matrix([text], "passage") for text in texts])
    assert np.abs(together - alone).max() < 1e-5
    assert np.linalg.norm(together, axis=1) == pytest.approx(np.ones(len(texts)), abs=1e-5)


def test_e5_finds_the_english_text_for_a_german_question():
    e5 = embed.named(embed.E5)
    question = e5.matrix(["Wie lange darf ich Ware zurückgeben?"], "query")[0]
    scores = (
        e5.matrix(["You can return items within 30 days.", "Dry the tent before storing it."], "passage") @ question
    )
    assert scores[0] > scores[1] + 0.02


@pytest.mark.parametrize("model", [embed.MINILM, embed.E5])
def test_a_nul_does_not_end_the_text(model):
    embedder = embed.named(model)
    with_nul, without = embedder.matrix(["return\0 policy of the shop", "return  policy of the shop"], "passage")
    assert with_nul @ without == pytest.approx(1, abs=1e-4)


def test_no_texts_give_an_empty_matrix():
    assert embed.named(embed.MINILM).matrix([], "passage").shape == (0, 384)
    assert embed.named(embed.E5).matrix([], "passage").shape == (0, 384)


def test_langchain_reads_the_same_vectors():
    minilm = embed.named(embed.MINILM)
    expected = minilm.matrix(["Where is my order?"], "query")[0]
    assert minilm.embed_query("Where is my order?") == pytest.approx(expected.tolist(), abs=1e-6)
    assert minilm.embed_documents(SENTENCES)[3][:3] == pytest.approx(
        minilm.matrix(SENTENCES, "passage")[3][:3].tolist(), abs=1e-6
    )


def test_english_is_embedded_for_itself_and_for_every_other_language():
    assert embed.models_for("en") == ("minilm-l6-v2", "e5-small")
    assert embed.models_for("en-gb") == ("minilm-l6-v2", "e5-small")
    assert embed.models_for("de") == ("e5-small",)


@given(st.lists(st.integers(1, 400), max_size=60), st.integers(256, 1024))
def test_batches_hold_every_text_once_and_keep_their_size(lengths, budget):
    made = list(embed.batches(lengths, budget))
    assert sorted(i for batch in made for i in batch) == list(range(len(lengths)))
    for batch in made:
        assert len(batch) == 1 or len(batch) * max(lengths[i] for i in batch) <= budget


def test_other_weights_are_refused(tmp_path):
    weights = tmp_path / "model.safetensors"
    weights.write_bytes(b"not the weights")
    with pytest.raises(embed.ModelUnavailable, match="make setup"):
        embed._check(weights, tmp_path / "checked.json")


def test_the_weights_are_read_once_for_their_hash(tmp_path, monkeypatch):
    source = embed._package_folder(embed.MINILM) / "model" / "model.safetensors"
    graph = embed._prepare(source, tmp_path)
    assert 20_000 < graph.stat().st_size < 40_000
    monkeypatch.setattr(embed.hashlib, "file_digest", lambda *args: pytest.fail("hashed again"))
    assert embed._prepare(source, tmp_path) == graph


def _numpy_minilm(text: str) -> np.ndarray:
    """all-MiniLM-L6-v2 for one text, from the safetensors file and nothing else of ours."""
    folder = embed._package_folder(embed.MINILM) / "model"
    ids = np.array(embed.named(embed.MINILM)._tokenizer.encode(text).ids)
    raw = (folder / "model.safetensors").read_bytes()
    (size,) = struct.unpack("<Q", raw[:8])
    header = json.loads(raw[8 : 8 + size])

    def get(name: str) -> np.ndarray:
        begin, end = header[name]["data_offsets"]
        return np.frombuffer(raw[8 + size + begin : 8 + size + end], np.float32).reshape(header[name]["shape"])

    def linear(x: np.ndarray, name: str) -> np.ndarray:
        return x @ get(f"{name}.weight").T + get(f"{name}.bias")

    def norm(x: np.ndarray, name: str) -> np.ndarray:
        centred = x - x.mean(-1, keepdims=True)
        scaled = centred / np.sqrt((centred**2).mean(-1, keepdims=True) + 1e-12)
        return scaled * get(f"{name}.weight") + get(f"{name}.bias")

    erf = np.vectorize(math.erf)
    x = get("embeddings.word_embeddings.weight")[ids] + get("embeddings.position_embeddings.weight")[: len(ids)]
    x = norm(x + get("embeddings.token_type_embeddings.weight")[0], "embeddings.LayerNorm")
    for number in range(6):
        layer = f"encoder.layer.{number}"
        q, k, v = (
            linear(x, f"{layer}.attention.self.{part}").reshape(-1, 12, 32).transpose(1, 0, 2)
            for part in ("query", "key", "value")
        )
        scores = q @ k.transpose(0, 2, 1) / np.sqrt(32)
        shares = np.exp(scores - scores.max(-1, keepdims=True))
        mixed = (shares / shares.sum(-1, keepdims=True)) @ v
        mixed = mixed.transpose(1, 0, 2).reshape(-1, 384)
        x = norm(x + linear(mixed, f"{layer}.attention.output.dense"), f"{layer}.attention.output.LayerNorm")
        inner = linear(x, f"{layer}.intermediate.dense")
        inner = inner * 0.5 * (1 + erf(inner / np.sqrt(2)))
        x = norm(x + linear(inner, f"{layer}.output.dense"), f"{layer}.output.LayerNorm")
    mean = x.mean(0)
    return mean / np.linalg.norm(mean)


def test_a_question_asked_twice_within_a_moment_is_read_once(monkeypatch):
    read = []
    monkeypatch.setattr(embed, "_question_vector", lambda model, text: read.append(text) or np.zeros(embed.WIDTH))
    begun = embed.begin(["Where is my kayak?"], [embed.E5])
    vectors = embed.question_vectors(["Where is my kayak?"], [embed.E5])
    assert [len(begun), vectors[embed.E5].shape, read] == [1, (1, embed.WIDTH), ["Where is my kayak?"]]


def test_a_question_that_could_not_be_read_is_tried_again(monkeypatch):
    def fails(model, text):
        raise embed.ModelUnavailable(model)

    monkeypatch.setattr(embed, "_question_vector", fails)
    with pytest.raises(embed.ModelUnavailable):
        embed.question_vectors(["Where is my other kayak?"], [embed.E5])
    monkeypatch.setattr(embed, "_question_vector", lambda model, text: np.ones(embed.WIDTH))
    assert embed.question_vectors(["Where is my other kayak?"], [embed.E5])[embed.E5].all()

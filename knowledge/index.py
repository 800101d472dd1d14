"""Chroma: the graph over the vectors. The only file that names it. Its folder has one owner, the web process."""

import fcntl
import re
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import numpy as np
from django.conf import settings

from .exact import ExactIndex
from .shelf import ANYWHERE, Index, Label, Matrix, Shelf, Where

if TYPE_CHECKING:
    from chromadb.api import ClientAPI
    from chromadb.api.models.Collection import Collection

_BATCH = 2000
_NAME = re.compile(r"site-(\d+)_(.+)_([^_]+)\Z")


class ChromaIndex:
    """One Chroma collection for each shelf, opened when it is first asked for."""

    def __init__(self, folder: Path) -> None:
        self._client = _load(folder)
        self._open: dict[Shelf, Collection] = {}

    def upsert(self, key: Shelf, ids: Sequence[int], vectors: Matrix, labels: Sequence[Label]) -> None:
        """See shelf.Index."""
        collection = self._collection(key)
        for start in range(0, len(ids), _BATCH):
            part = slice(start, start + _BATCH)
            collection.upsert(
                ids=[str(number) for number in ids[part]],
                embeddings=np.asarray(vectors[part], np.float32),
                metadatas=[{"region": label.region, "collection": label.collection} for label in labels[part]],
            )

    def delete(self, key: Shelf, ids: Sequence[int]) -> None:
        """See shelf.Index."""
        if ids and (collection := self._existing(key)):
            for start in range(0, len(ids), _BATCH):
                collection.delete(ids=[str(number) for number in ids[start : start + _BATCH]])

    def query(self, key: Shelf, vector: Matrix, n: int, where: Where = ANYWHERE) -> list[tuple[int, float]]:
        """See shelf.Index."""
        collection = self._existing(key)
        if collection is None:
            return []
        found = collection.query(
            query_embeddings=np.asarray([vector], np.float32), n_results=n, where=_filter(where), include=["distances"]
        )
        distances = found["distances"] or [[]]
        pairs = [(int(number), 1.0 - float(far)) for number, far in zip(found["ids"][0], distances[0], strict=True)]
        return sorted(pairs, key=lambda pair: (-pair[1], pair[0]))

    def ids(self, key: Shelf) -> set[int]:
        """See shelf.Index."""
        collection = self._existing(key)
        return {int(number) for number in collection.get(include=[])["ids"]} if collection else set()

    def shelves(self, site_id: int) -> set[Shelf]:
        """See shelf.Index."""
        names = (_NAME.match(collection.name) for collection in self._client.list_collections())
        shelves = {Shelf(int(m[1]), m[2], m[3]) for m in names if m and int(m[1]) == site_id}
        return {shelf for shelf in shelves if self._collection(shelf).count()}

    def close(self) -> None:
        """Let go of the folder's files."""
        self._open.clear()
        self._client.close()  # type: ignore[attr-defined]

    def _existing(self, key: Shelf) -> "Collection | None":
        collection = self._open.get(key)
        if collection is None and _name(key) in {found.name for found in self._client.list_collections()}:
            collection = self._collection(key)
        return collection

    def _collection(self, key: Shelf) -> "Collection":
        if key not in self._open:
            # Without our own vectors and this None, Chroma would fetch a model of its own.
            self._open[key] = self._client.get_or_create_collection(
                _name(key), configuration={"hnsw": {"space": "cosine"}}, embedding_function=None
            )
        return self._open[key]


def _name(key: Shelf) -> str:
    return f"site-{key.site_id}_{key.language}_{key.model}"


def _filter(where: Where) -> Any:
    parts: list[dict[str, Any]] = []
    if where.regions is not None:
        parts.append({"region": {"$in": sorted(where.regions)}})
    if where.collection:
        parts.append({"collection": where.collection})
    return {"$and": parts} if len(parts) > 1 else (parts[0] if parts else None)


def _load(folder: Path) -> "ClientAPI":
    import chromadb

    options = chromadb.Settings(anonymized_telemetry=False, allow_reset=False)
    return chromadb.PersistentClient(str(folder), settings=options)


_opening = threading.Lock()
_lock_file: IO[str] | None = None
_chroma: ChromaIndex | None = None
_rows = ExactIndex(from_rows=True)


def own() -> bool:
    """Take Chroma's folder for this process and open it (1 to 2 s); False where another process has it.

    Until this has returned, and wherever it returned False, `current()` is the exact search over the rows.
    """
    global _lock_file, _chroma
    with _opening:
        if _chroma is not None:
            return True
        settings.VAR.mkdir(parents=True, exist_ok=True)
        _lock_file = _lock(settings.VAR / "chroma.lock")
        if _lock_file is None:
            return False
        _chroma = ChromaIndex(settings.VAR / "chroma")
        return True


def disown() -> None:
    """Close Chroma and let another process have its folder."""
    global _lock_file, _chroma
    with _opening:
        if _chroma is not None:
            _chroma.close()
            _chroma = None
        if _lock_file is not None:
            _lock_file.close()
            _lock_file = None


def owned() -> bool:
    """Whether this process owns Chroma's folder."""
    return _chroma is not None


def current() -> Index:
    """Chroma where this process owns its folder, else the exact search over the rows."""
    return _chroma or _rows


def _lock(path: Path) -> IO[str] | None:
    file = path.open("w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    return file

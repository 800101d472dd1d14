"""Chroma: the graph over the vectors, in process or as its own server. The only file that names it."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import httpx
import numpy as np

from .shelf import ANYWHERE, Label, Matrix, Shelf, Where

if TYPE_CHECKING:
    from chromadb.api import ClientAPI
    from chromadb.api.models.Collection import Collection

_BATCH: Final = 2000
# To the server vectors travel as text, some 8 KB each.
_BATCH_BY_HTTP: Final = 250
_CONNECT_SECONDS: Final = 1.0
# A collection's name may hold letters, digits, and . _ - only.
_ESCAPED, _ESCAPE = re.compile(r"[^A-Za-z0-9-]"), re.compile(r"\.([0-9a-f]{2})")
_NAME = re.compile(r"site-(\d+)_([^_]+)_([^_]+)(?:_e(\d+))?\Z")


class ChromaIndex:
    """One Chroma collection for each shelf, opened when it is first asked for."""

    def __init__(self, client: "ClientAPI", *, batch: int = _BATCH) -> None:
        self._client, self._batch = client, batch
        self._open: dict[Shelf, Collection] = {}

    def upsert(self, key: Shelf, ids: Sequence[int], vectors: Matrix, labels: Sequence[Label]) -> None:
        """See shelf.Index."""
        collection = self._collection(key)
        for part in self._parts(len(ids)):
            collection.upsert(
                ids=[str(number) for number in ids[part]],
                embeddings=np.asarray(vectors[part], np.float32),
                metadatas=[_metadata(label) for label in labels[part]],
            )

    def delete(self, key: Shelf, ids: Sequence[int]) -> None:
        """See shelf.Index."""
        if ids and (collection := self._existing(key)):
            for part in self._parts(len(ids)):
                collection.delete(ids=[str(number) for number in ids[part]])

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

    def labels(self, key: Shelf) -> dict[int, Label]:
        """See shelf.Index."""
        collection = self._existing(key)
        if collection is None:
            return {}
        named = collection.get(include=[])["ids"]
        labels: dict[int, Label] = {}
        for part in self._parts(len(named)):
            # In parts: for all of a large shelf at once its SQLite has too many variables.
            found = collection.get(ids=named[part], include=["metadatas"])
            pairs = zip(found["ids"], found["metadatas"] or [], strict=True)
            labels |= {
                int(number): Label(**{name: str(value) for name, value in told.items()}) for number, told in pairs
            }
        return labels

    def shelves(self, site_id: int) -> set[Shelf]:
        """See shelf.Index."""
        known = filter(None, (_shelf(collection.name) for collection in self._client.list_collections()))
        return {shelf for shelf in known if shelf.site_id == site_id and self._collection(shelf).count()}

    def drop(self, key: Shelf) -> None:
        """See shelf.Index."""
        if self._existing(key):
            self.forget(key)
            self._client.delete_collection(_name(key))

    def forget(self, key: Shelf | None = None) -> None:
        """Open a shelf (None: each) anew when it is next asked for."""
        for shelf in [key] if key else list(self._open):
            self._open.pop(shelf, None)

    def close(self) -> None:
        """Let go of the folder's files, or of the server."""
        self._open.clear()
        client: Any = self._client
        client.close()
        # A client of the server leaves its connections open, and those by which it looked for its database.
        for part in (client, getattr(client, "_admin_client", None)):
            if session := getattr(getattr(part, "_server", None), "_session", None):
                session.close()

    def _existing(self, key: Shelf) -> "Collection | None":
        collection = self._open.get(key)
        if collection is None and _name(key) in {found.name for found in self._client.list_collections()}:
            collection = self._collection(key)
        return collection

    def _collection(self, key: Shelf) -> "Collection":
        collection = self._open.get(key)
        if collection is None:
            # Without our own vectors and this None, Chroma would fetch a model of its own.
            collection = self._client.get_or_create_collection(
                _name(key), configuration={"hnsw": {"space": "cosine"}}, embedding_function=None
            )
            self._open[key] = collection
        return collection

    def _parts(self, count: int) -> list[slice]:
        return [slice(start, start + self._batch) for start in range(0, count, self._batch)]


def is_failure(error: Exception) -> bool:
    """Whether Chroma or the way to it failed, rather than our own code: it has no one class for that."""
    from chromadb.errors import ChromaError, InvalidArgumentError, InvalidDimensionException

    kinds = (ChromaError, httpx.HTTPError, OSError, ValueError, RuntimeError)
    ours = (InvalidArgumentError, InvalidDimensionException)  # it does answer
    return not isinstance(error, ours) and (isinstance(error, kinds) or type(error) is Exception)


def in_folder(folder: Path) -> ChromaIndex:
    """Chroma in this process, which must be the only one that has the folder."""
    return ChromaIndex(_folder_client(folder))


def at_server(url: str, *, seconds: float) -> ChromaIndex:
    """Chroma's own server; a call that takes longer than `seconds` fails. Raises what a failing call raises."""
    return ChromaIndex(_server_client(url, seconds), batch=_BATCH_BY_HTTP)


def load() -> None:
    """Import the package now (1 to 2 s), not when it is first asked."""
    import chromadb  # noqa: F401


def _folder_client(folder: Path) -> "ClientAPI":
    import chromadb

    return chromadb.PersistentClient(str(folder), settings=chromadb.Settings(**_QUIET))


def _server_client(url: str, seconds: float) -> "ClientAPI":
    import chromadb

    bounds = httpx.Timeout(seconds, connect=_CONNECT_SECONDS)
    # Chroma's client waits for ever and has no option for it, and already as it is made it asks the server.
    httpx.get(f"{url.rstrip('/')}/api/v2/heartbeat", timeout=bounds, trust_env=False).raise_for_status()
    parts = urlsplit(url)
    secure = parts.scheme == "https"
    client: Any = chromadb.HttpClient(
        parts.hostname or "",
        parts.port or (443 if secure else 80),
        ssl=secure,
        settings=chromadb.Settings(**_QUIET),
    )
    client._server._session.timeout = bounds
    return client


_QUIET: Final[dict[str, Any]] = {"anonymized_telemetry": False, "allow_reset": False}


def _name(key: Shelf) -> str:
    # Edition 0: as they were called before there were editions. Nothing is put there; what is found there is dropped.
    edition = f"_e{key.edition}" if key.edition else ""
    return f"site-{key.site_id}_{key.language}_{_ESCAPED.sub(lambda m: f'.{ord(m[0]):02x}', key.model)}{edition}"


def _shelf(name: str) -> Shelf | None:
    parts = _NAME.match(name)
    if parts is None:
        return None
    model = _ESCAPE.sub(lambda escape: chr(int(escape[1], 16)), parts[3])
    return Shelf(int(parts[1]), parts[2], model, int(parts[4] or 0))


def _metadata(label: Label) -> dict[str, str]:
    return {"region": label.region, "collection": label.collection, "audience": label.audience}


def _filter(where: Where) -> Any:
    parts: list[dict[str, Any]] = []
    if where.regions is not None:
        parts.append({"region": {"$in": sorted(where.regions)}})
    if where.collection:
        parts.append({"collection": where.collection})
    if where.audiences is not None:
        parts.append({"audience": {"$in": sorted(where.audiences)}})
    return {"$and": parts} if len(parts) > 1 else (parts[0] if parts else None)

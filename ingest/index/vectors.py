"""Vectors in Chroma's embedded store: chunk id -> vector, and nothing else.

Two habits avoid known trouble: an id that is there is never written again (chroma#7678), and
nothing is filtered with ``where`` (forty times slower at 50,000 vectors).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

_COLLECTION = "chunks"
# How many neighbours the search keeps in view. Of the true 100 nearest among 25,094 passages it
# finds 98 in 100 so, and 90 with Chroma's own 100, for one millisecond more.
_EF_SEARCH = 300


class VectorStore:
    """A Chroma collection of unit vectors."""

    def __init__(self, folder: Path) -> None:
        """Opens the store, and makes it when it is missing."""
        import chromadb  # noqa: PLC0415 - two seconds to import: not before it is needed
        from chromadb.api.shared_system_client import SharedSystemClient  # noqa: PLC0415
        from chromadb.config import Settings  # noqa: PLC0415

        # Chroma keeps one store a folder for the whole process; this one is to see the disk.
        SharedSystemClient.clear_system_cache()
        settings = Settings(anonymized_telemetry=False, allow_reset=False)
        self._client: Any = chromadb.PersistentClient(path=str(folder), settings=settings)
        self._collection: Any = self._client.get_or_create_collection(
            _COLLECTION,
            embedding_function=None,
            configuration={"hnsw": {"space": "cosine", "ef_search": _EF_SEARCH}},
        )
        self._batch: int = self._client.get_max_batch_size()

    def ids(self) -> set[str]:
        """Ids of all vectors."""
        return set(self._collection.get(include=[])["ids"])

    def add(self, ids: Sequence[str], vectors: NDArray[np.float32]) -> None:
        """Adds vectors under ids that are not there yet."""
        for first in range(0, len(ids), self._batch):
            end = first + self._batch
            self._collection.add(ids=list(ids[first:end]), embeddings=vectors[first:end])

    def remove(self, ids: Sequence[str]) -> None:
        """Removes vectors; unknown ids are passed over."""
        for first in range(0, len(ids), self._batch):
            self._collection.delete(ids=list(ids[first : first + self._batch]))

    def near(self, vector: NDArray[np.float32], top_k: int) -> dict[str, NDArray[np.float32]]:
        """Ids of the most similar vectors, most similar first, with the vectors."""
        import numpy as np  # noqa: PLC0415

        found = self._collection.query(
            query_embeddings=vector[None, :], n_results=top_k, include=["embeddings"]
        )
        ids, vectors = found["ids"][0], found["embeddings"][0]
        return dict(zip(ids, np.asarray(vectors, dtype=np.float32), strict=True))

    def get(self, ids: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        """The vectors of these ids, of those that are there."""
        import numpy as np  # noqa: PLC0415

        if not ids:
            return {}
        found = self._collection.get(ids=list(ids), include=["embeddings"])
        return dict(zip(found["ids"], np.asarray(found["embeddings"], np.float32), strict=True))

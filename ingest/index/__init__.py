"""The index: the catalogue of documents, their vectors, and the lexical index, kept in step.

Nothing outside this package knows Chroma, tantivy or SQLite. The sources are the truth: an index
can always be deleted and built anew.
"""

from __future__ import annotations

import math
import threading
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from ingest.documents import Chunk, Document
from ingest.errors import IndexLockedError
from ingest.index import lexical, manifest
from ingest.index.catalogue import Catalogue, Entry, Known, Summary
from ingest.index.vectors import VectorStore
from ingest.references import reference_marks, without_references

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from ingest.embedding import ModelIdentity

__all__ = ["Entry", "Index", "Known", "Summary"]

_DOCUMENTS_CACHED = 512
_LOCK = "writer.lock"
_LARGE = 2000
_COMMON_SHARE = 0.01


class Index:
    """An index folder, open for searching, and for writing inside `writing`."""

    def __init__(self, folder: Path) -> None:
        """Opens the parts; use `Index.open` or `Index.open_or_create`."""
        self.folder = folder
        self.catalogue = Catalogue(folder / "catalogue.sqlite3")
        self._lexical = lexical.LexicalIndex(folder / "lexical")
        self._vectors: VectorStore | None = None
        self._opening = threading.Lock()
        self._is_writing = False
        self._seen = -1
        self._document = lru_cache(maxsize=_DOCUMENTS_CACHED)(self._read_document)

    @classmethod
    def open(cls, folder: Path, identity: ModelIdentity, chunk_tokens: int) -> Index:
        """Opens an index that is there.

        Raises:
            IndexMissingError: There is none.
            IndexMismatchError: It was built with something else.
        """
        manifest.check(folder, manifest.Manifest.now(identity, chunk_tokens))
        index = cls(folder)
        index._mend_lexical()
        return index

    @classmethod
    def open_or_create(cls, folder: Path, identity: ModelIdentity, chunk_tokens: int) -> Index:
        """Opens an index, and makes an empty one where there is none.

        Raises:
            IndexMismatchError: There is one, built with something else.
        """
        if manifest.exists(folder):
            return cls.open(folder, identity, chunk_tokens)
        folder.mkdir(parents=True, exist_ok=True)
        index = cls(folder)
        manifest.write(folder, manifest.Manifest.now(identity, chunk_tokens))
        return index

    def close(self) -> None:
        """Closes the catalogue; the other parts need no closing."""
        self.catalogue.close()

    @property
    def vectors(self) -> VectorStore:
        """The vectors, opened when they are first needed.

        An open Chroma does not see what another process wrote; a reader opens it again when the
        catalogue has changed.
        """
        with self._opening:
            generation = -1 if self._is_writing else self.catalogue.generation
            if self._vectors is None or (not self._is_writing and generation != self._seen):
                self._vectors = VectorStore(self.folder / "chroma")
                self._seen = generation
            return self._vectors

    # Reading

    def document(self, document_id: str) -> Document | None:
        """The document, or None where there is none of that id."""
        return self._document(document_id, self.catalogue.generation)

    def _read_document(self, document_id: str, _generation: int) -> Document | None:
        return self.catalogue.document(document_id)

    def chunks(self, ids: Sequence[str]) -> dict[str, tuple[Chunk, Document]]:
        """The chunks of these ids that are in the index, with their documents."""
        generation = self.catalogue.generation
        result = {}
        for chunk_id, place in self.catalogue.chunk_places(ids).items():
            document_id, section, start, end = place
            document = self._document(document_id, generation)
            if document is not None and section < len(document.sections):
                text = document.text[start:end]
                chunk = Chunk(chunk_id, document.id, document.sections[section], text, start, end)
                result[chunk_id] = (chunk, document)
        return result

    @property
    def generation(self) -> int:
        """Grows with every change of the index."""
        return self.catalogue.generation

    def summaries(self) -> list[Summary]:
        """All documents without their texts, by id."""
        return self.catalogue.summaries()

    def near(self, vector: NDArray[np.float32], top_k: int) -> dict[str, NDArray[np.float32]]:
        """The dense leg: chunk id -> its vector, most similar first."""
        return self.vectors.near(vector, top_k)

    def vectors_of(self, ids: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        """Chunk id -> its vector, of those that have one."""
        return self.vectors.get(ids)

    def matching(
        self, query: str, top_k: int, boosts: Mapping[str, float]
    ) -> list[tuple[str, float]]:
        """The lexical leg: chunk ids with BM25 scores, best first."""
        return self._lexical.search(query, top_k, boosts)

    def chunk_ids(self, document_id: str) -> list[str]:
        """Ids of a document's chunks in the order of its text."""
        return self.catalogue.chunk_ids(document_id)

    def has_word(self, stem: str) -> bool:
        """True when some text of the index has a word of this English stem."""
        return self._lexical.frequency(stem)[0] > 0

    def is_common(self, stem: str) -> bool:
        """True when more than one text in a hundred of a large library has the stem."""
        frequency, total = self._lexical.frequency(stem)
        return total >= _LARGE and frequency > _COMMON_SHARE * total

    def rarity(self, stem: str) -> float:
        """Inverse document frequency of a stem, as BM25 has it (Robertson and Zaragoza 2009)."""
        frequency, total = self._lexical.frequency(stem)
        return math.log(1 + (total - frequency + 0.5) / (frequency + 0.5))

    # Writing

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Holds the index for one writer, and mends what a killed writer left.

        Raises:
            IndexLockedError: Another process writes it.
        """
        lock = FileLock(self.folder / _LOCK)
        try:
            lock.acquire(timeout=0)
        except Timeout as error:
            raise IndexLockedError(
                f"another process is writing the index in {self.folder}: wait until it is done"
            ) from error
        try:
            self._is_writing = True
            self._drop_orphans()
            try:
                yield
            finally:
                # What was written before an error or an interruption is to be found, too.
                self._update_lexical()
        finally:
            self._is_writing = False
            lock.release()

    def missing_vectors(self) -> set[str]:
        """Ids of documents of which some chunk has no vector, after damage from outside."""
        lost = sorted(set(self.catalogue.chunk_ids()) - self.vectors.ids())
        return {place[0] for place in self.catalogue.chunk_places(lost).values()}

    def put(
        self, entries: Sequence[Entry], new: Mapping[str, NDArray[np.float32]]
    ) -> tuple[int, int]:
        """Takes documents in; a reader sees each one's old or new state, whole.

        Vectors are written first and removed last; between the two the catalogue changes in one
        transaction, and only what stands there is found.

        Args:
            entries: The documents with all their chunks.
            new: Vectors of those chunks that have none in the index yet.

        Returns:
            How many chunks were added and removed.
        """
        import numpy as np  # noqa: PLC0415

        if new:
            self.vectors.add(list(new), np.stack(list(new.values())))
        added, gone = self.catalogue.put(entries)
        self.vectors.remove(sorted(gone))
        return len(added), len(gone)

    def remove(self, document_ids: Sequence[str]) -> int:
        """Takes documents out and returns how many chunks went with them."""
        gone = [i for d in document_ids for i in self.catalogue.chunk_ids(d)]
        self.catalogue.remove(document_ids)
        self.vectors.remove(gone)
        return len(gone)

    def _mend_lexical(self) -> None:
        """Catches up after a killed writer, unless a living one will."""
        try:
            with FileLock(self.folder / _LOCK, timeout=0):
                self._update_lexical()
        except Timeout:
            pass

    def _drop_orphans(self) -> None:
        orphans = self.vectors.ids() - set(self.catalogue.chunk_ids())
        self.vectors.remove(sorted(orphans))

    def _update_lexical(self) -> None:
        """Makes the lexical index anew where the catalogue has changed.

        16,000 chunks take about a second, less than telling apart what changed is worth.
        """
        generation = self.catalogue.generation
        if self._lexical.generation != generation:
            self._lexical.rebuild(self._lexical_entries(), generation)

    def _lexical_entries(self) -> Iterator[lexical.Entry]:
        for document in self.catalogue.documents():
            marks = reference_marks(document.text)
            title = " ".join([document.title, *document.synonyms])
            ids = self.catalogue.chunk_ids(document.id)
            for chunk_id, place in self.catalogue.chunk_places(ids).items():
                _, section, start, end = place
                heading = " ".join(document.sections[section].heading_path)
                body = without_references(document.text, marks, start, end)
                yield lexical.Entry(chunk_id, title, heading, body)

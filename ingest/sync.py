"""What changed in the sources -> what is written to the index."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.chunking import Chunker, embedded_text
from ingest.errors import SourceError
from ingest.index import Entry, Index
from ingest.loaders import holds_many, load
from ingest.sources import SourceFile, find_files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import numpy as np
    from numpy.typing import NDArray

    from ingest.documents import Chunk, Document
    from ingest.embedding import Embedder
    from ingest.index import Known

# New chunks that are embedded and written together.
_BATCH_CHUNKS = 512
# Texts between two steps of the progress bar.
_BATCH_TEXTS = 64
# Parts a file from its record's id; ASCII's unit separator stands in no sensible file name.
_RECORD = "\x1f"


@dataclass(slots=True)
class Report:
    """What a run did; the shape that ``python -m ingest --json`` prints."""

    documents: dict[str, int] = field(
        default_factory=lambda: dict.fromkeys(
            ("added", "updated", "unchanged", "removed", "failed"), 0
        )
    )
    chunks: dict[str, int] = field(
        default_factory=lambda: dict.fromkeys(("added", "removed", "total"), 0)
    )
    embedded: int = 0
    seconds: float = 0.0
    failures: list[dict[str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Loaded:
    source: str
    document: Document


class Sync:
    """One run over some sources."""

    def __init__(
        self,
        index: Index,
        embedder: Embedder,
        chunk_tokens: int,
        max_file_bytes: int,
        progress: Callable[[int, int], None] = lambda _embedded, _planned: None,
    ) -> None:
        """Prepares a run; `progress` hears how many chunks are embedded, of how many."""
        self._index = index
        self._embedder = embedder
        self._chunker = Chunker(embedder.token_starts, min(chunk_tokens, embedder.identity.window))
        self._max_file_bytes = max_file_bytes
        self._progress = progress
        self._report = Report()
        self._seen: set[str] = set()
        self._untold: set[str] = set()

    def run(self, paths: list[Path], *, prune: bool = False) -> Report:
        """Takes the sources in; with `prune`, takes out what is no longer below the paths.

        Raises:
            IndexLockedError: Another process writes the index.
        """
        started = time.perf_counter()
        with self._index.writing():
            known = self._index.catalogue.known()
            damaged = self._index.missing_vectors()
            changed = [
                loaded
                for loaded in self._load(paths, known)
                if not self._is_unchanged(loaded, known, damaged)
            ]
            self._write(changed, known)
            if prune:
                self._prune(paths, known)
            self._note_failures(paths)
        self._report.chunks["total"] = self._index.catalogue.counts()[1]
        self._report.documents["failed"] = len(self._report.failures)
        self._report.seconds = round(time.perf_counter() - started, 3)
        return self._report

    def _load(self, paths: list[Path], known: dict[str, Known]) -> Iterator[_Loaded]:
        ids = {entry.document_id: source for source, entry in known.items()}
        for file in find_files(paths):
            if isinstance(file, SourceError):
                self._fail(file)
                continue
            before = known.get(str(file.path))
            document_id = before.document_id if before else file.document_id
            for document in load(file.path, file.shown, document_id, self._max_file_bytes):
                if isinstance(document, SourceError):
                    self._fail(document)
                    self._untold.add(str(file.path))
                    continue
                source = str(file.path)
                if holds_many(file.path):
                    source += f"{_RECORD}{document.id}"
                owner = ids.setdefault(document.id, source)
                if source in self._seen or (owner != source and self._is_there(owner)):
                    self._fail(_taken(file, document, owner))
                else:
                    ids[document.id] = source
                    self._seen.add(source)
                    yield _Loaded(source, document)

    def _is_there(self, source: str) -> bool:
        return source in self._seen or Path(_file_of(source)).exists()

    def _fail(self, error: SourceError) -> None:
        self._report.failures.append({"path": error.path, "error": error.reason})

    def _is_unchanged(self, loaded: _Loaded, known: dict[str, Known], damaged: set[str]) -> bool:
        before = known.get(loaded.source)
        unchanged = (
            before is not None
            and before.content_hash == loaded.document.content_hash
            and before.document_id not in damaged
        )
        self._report.documents["unchanged"] += unchanged
        return unchanged

    def _write(self, changed: list[_Loaded], known: dict[str, Known]) -> None:
        """Chunks, embeds and writes the documents, a batch at a time."""
        present = self._index.vectors.ids()
        drafts = [(item, tuple(self._chunker.chunks(item.document))) for item in changed]
        planned = sum(chunk.id not in present for _, chunks in drafts for chunk in chunks)
        self._progress(0, planned)
        entries: list[Entry] = []
        new: dict[str, str] = {}
        for item, chunks in drafts:
            entries.append(Entry(item.source, item.document, chunks))
            new |= self._new_texts(item.document, chunks, present)
            if len(new) >= _BATCH_CHUNKS:
                self._flush(entries, new, planned)
                entries, new = [], {}
        self._flush(entries, new, planned)
        for item in changed:
            self._report.documents["updated" if item.source in known else "added"] += 1

    def _new_texts(
        self, document: Document, chunks: tuple[Chunk, ...], present: set[str]
    ) -> dict[str, str]:
        return {c.id: embedded_text(document, c) for c in chunks if c.id not in present}

    def _flush(self, entries: list[Entry], new: dict[str, str], planned: int) -> None:
        if not entries:
            return
        # Texts of like length together waste the least on padding.
        order = sorted(new, key=lambda chunk_id: len(new[chunk_id]))
        vectors = self._embed([new[chunk_id] for chunk_id in order], planned)
        added, removed = self._index.put(entries, dict(zip(order, vectors, strict=True)))
        self._report.chunks["added"] += added
        self._report.chunks["removed"] += removed

    def _embed(self, texts: list[str], planned: int) -> list[NDArray[np.float32]]:
        vectors: list[NDArray[np.float32]] = []
        for first in range(0, len(texts), _BATCH_TEXTS):
            portion = texts[first : first + _BATCH_TEXTS]
            vectors.extend(self._embedder.embed(portion))
            self._report.embedded += len(portion)
            self._progress(self._report.embedded, planned)
        return vectors

    def _prune(self, paths: list[Path], known: dict[str, Known]) -> None:
        """Takes out what came from below the paths and is gone.

        A file of which some part failed keeps all that it gave before: nothing is lost for a
        slip of the pen.
        """
        roots = [path.resolve() for path in paths if path.exists()]
        gone = []
        for source, entry in known.items():
            file = _file_of(source)
            below = any(Path(file).is_relative_to(root) for root in roots)
            if below and source not in self._seen and file not in self._untold:
                gone.append(entry.document_id)
        self._report.chunks["removed"] += self._index.remove(gone)
        self._report.documents["removed"] += len(gone)

    def _note_failures(self, paths: list[Path]) -> None:
        catalogue = self._index.catalogue
        failures = {failure["path"]: failure["error"] for failure in self._report.failures}
        names = {path.resolve().name for path in paths} | {str(path) for path in paths}
        cleared = [p for p in catalogue.failures() if p in names or p.split("/")[0] in names]
        catalogue.set_failures(failures, cleared)


def _file_of(source: str) -> str:
    """The file of a source, which may be one record of many in it."""
    return source.partition(_RECORD)[0]


def _taken(file: SourceFile, document: Document, owner: str) -> SourceError:
    other = Path(_file_of(owner)).name
    return SourceError(
        file.shown,
        f"its document id {document.id!r} is taken by {other}: give it an id of its own "
        "in the front matter, or rename the file",
    )

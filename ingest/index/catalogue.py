"""Documents and chunks in one SQLite file: what is in the index is what stands here.

A document and its chunks change in one transaction. Vectors and the lexical index may hold more
(what a killed run left behind); a search result counts only if its chunk stands here.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from ingest.documents import Chunk, Document, Section

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

_SCHEMA = """
CREATE TABLE IF NOT EXISTS documents (
    id TEXT PRIMARY KEY,
    source TEXT NOT NULL UNIQUE,
    content_hash TEXT NOT NULL,
    fields TEXT NOT NULL,
    text TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS chunks (
    id TEXT PRIMARY KEY,
    document_id TEXT NOT NULL REFERENCES documents(id) ON DELETE CASCADE,
    section INTEGER NOT NULL,
    start INTEGER NOT NULL,
    end INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS chunks_of_document ON chunks(document_id, start);
CREATE TABLE IF NOT EXISTS failures (path TEXT PRIMARY KEY, error TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value INTEGER NOT NULL);
INSERT OR IGNORE INTO meta VALUES ('generation', 0);
"""
_VARIABLES_MAX = 900


@dataclass(frozen=True, slots=True)
class Entry:
    """A document with its chunks and where it came from, as it is written.

    Attributes:
        source: Names the source for good: an absolute path, and the id of one record of many.
        document: The document.
        chunks: All its chunks.
    """

    source: str
    document: Document
    chunks: tuple[Chunk, ...]


@dataclass(frozen=True, slots=True)
class Summary:
    """A document without its text.

    Attributes:
        id: The document's id.
        title: Its title.
        synonyms: Other names of its topic.
        kinds: Kinds of its sections, in order.
    """

    id: str
    title: str
    synonyms: tuple[str, ...]
    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """What the catalogue knows of a source."""

    document_id: str
    content_hash: str


class Catalogue:
    """The SQLite file; one connection, guarded by a lock, for use from several threads."""

    def __init__(self, path: Path) -> None:
        """Opens the file, and makes it when it is missing."""
        self._lock = threading.RLock()
        self._connection = sqlite3.connect(path, check_same_thread=False, timeout=30)
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA foreign_keys=ON")
        self._connection.execute("PRAGMA synchronous=FULL")
        self._connection.executescript(_SCHEMA)

    def close(self) -> None:
        """Closes the file."""
        with self._lock:
            self._connection.close()

    def _all(self, sql: str, parameters: Sequence[object] = ()) -> list[tuple[str, ...]]:
        with self._lock:
            return self._connection.execute(sql, parameters).fetchall()

    @property
    def generation(self) -> int:
        """Grows with every change."""
        return int(self._all("SELECT value FROM meta WHERE key = 'generation'")[0][0])

    def known(self) -> dict[str, Known]:
        """Source -> what is in the index of it."""
        rows = self._all("SELECT source, id, content_hash FROM documents")
        return {source: Known(document_id, content) for source, document_id, content in rows}

    def counts(self) -> tuple[int, int]:
        """How many documents and chunks."""
        rows = self._all("SELECT (SELECT count(*) FROM documents), (SELECT count(*) FROM chunks)")
        return int(rows[0][0]), int(rows[0][1])

    def chunk_ids(self, document_id: str | None = None) -> list[str]:
        """Ids of all chunks, or of one document's in the order of its text."""
        if document_id is None:
            return [row[0] for row in self._all("SELECT id FROM chunks")]
        sql = "SELECT id FROM chunks WHERE document_id = ? ORDER BY start"
        return [row[0] for row in self._all(sql, (document_id,))]

    def documents(self) -> Iterator[Document]:
        """All documents, by id, read in portions."""
        last = ""
        while rows := self._all(
            "SELECT id, content_hash, fields, text FROM documents WHERE id > ? ORDER BY id "
            "LIMIT 200",
            (last,),
        ):
            yield from map(_document, rows)
            last = rows[-1][0]

    def summaries(self) -> list[Summary]:
        """All documents without their texts, by id."""
        result = []
        for document_id, raw in self._all("SELECT id, fields FROM documents ORDER BY id"):
            fields = json.loads(raw)
            kinds = tuple(dict.fromkeys(section["kind"] for section in fields["sections"]))
            result.append(Summary(document_id, fields["title"], tuple(fields["synonyms"]), kinds))
        return result

    def document(self, document_id: str) -> Document | None:
        """The document, or None where there is none of that id."""
        sql = "SELECT id, content_hash, fields, text FROM documents WHERE id = ?"
        rows = self._all(sql, (document_id,))
        return _document(rows[0]) if rows else None

    def chunk_places(self, ids: Sequence[str]) -> dict[str, tuple[str, int, int, int]]:
        """Chunk id -> (document id, number of the section, start, end), for those that exist."""
        result = {}
        for first in range(0, len(ids), _VARIABLES_MAX):
            portion = ids[first : first + _VARIABLES_MAX]
            marks = ",".join("?" * len(portion))
            # Only question marks are put in.
            sql = f"SELECT id, document_id, section, start, end FROM chunks WHERE id IN ({marks})"  # noqa: S608
            for row in self._all(sql, portion):
                result[row[0]] = (row[1], int(row[2]), int(row[3]), int(row[4]))
        return result

    def put(self, entries: Iterable[Entry]) -> tuple[set[str], set[str]]:
        """Writes documents with their chunks in place of what was there, all or nothing.

        Returns:
            The ids of the chunks that are new, and of those that are gone.
        """
        before: set[str] = set()
        after: set[str] = set()
        with self._lock, self._connection as connection:
            for entry in entries:
                document = entry.document
                for (replaced,) in connection.execute(
                    "SELECT id FROM documents WHERE id = ? OR source = ?",
                    (document.id, entry.source),
                ).fetchall():
                    before.update(self.chunk_ids(replaced))
                    connection.execute("DELETE FROM documents WHERE id = ?", (replaced,))
                after.update(chunk.id for chunk in entry.chunks)
                self._insert(entry)
            self._bump()
        return after - before, before - after

    def _insert(self, entry: Entry) -> None:
        document = entry.document
        self._connection.execute(
            "INSERT INTO documents VALUES (?, ?, ?, ?, ?)",
            (document.id, entry.source, document.content_hash, _fields(document), document.text),
        )
        places = {section: i for i, section in enumerate(document.sections)}
        self._connection.executemany(
            "INSERT INTO chunks VALUES (?, ?, ?, ?, ?)",
            [(c.id, document.id, places[c.section], c.start, c.end) for c in entry.chunks],
        )

    def remove(self, document_ids: Sequence[str]) -> None:
        """Removes documents with their chunks, all or nothing."""
        with self._lock, self._connection as connection:
            connection.executemany(
                "DELETE FROM documents WHERE id = ?", [(i,) for i in document_ids]
            )
            self._bump()

    def _bump(self) -> None:
        self._connection.execute("UPDATE meta SET value = value + 1 WHERE key = 'generation'")

    def set_failures(self, failures: Mapping[str, str], cleared: Iterable[str]) -> None:
        """Notes what failed, and forgets the failures of paths that went well or are gone."""
        with self._lock, self._connection as connection:
            connection.executemany(
                "DELETE FROM failures WHERE path = ?", [(path,) for path in cleared]
            )
            connection.executemany(
                "INSERT OR REPLACE INTO failures VALUES (?, ?)", list(failures.items())
            )

    def failures(self) -> dict[str, str]:
        """Path -> why it could not be taken in when it was last tried."""
        return {row[0]: row[1] for row in self._all("SELECT path, error FROM failures")}


def _fields(document: Document) -> str:
    fields = asdict(document)
    for column in ("id", "content_hash", "text"):
        del fields[column]
    return json.dumps(fields, ensure_ascii=False)


def _document(row: Sequence[str]) -> Document:
    document_id, content_hash, raw, text = row
    fields = json.loads(raw)
    fields["synonyms"] = tuple(fields["synonyms"])
    fields["sections"] = tuple(
        Section(tuple(s["heading_path"]), s["kind"], s["start"], s["end"])
        for s in fields["sections"]
    )
    return Document(id=document_id, content_hash=content_hash, text=text, **fields)

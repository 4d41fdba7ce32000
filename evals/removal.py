"""Sections out of an index, with the passages that stay as they are."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ingest.assembly import Part, Source, assemble
from ingest.chunking import Chunker, embedded_text
from ingest.index import Entry

if TYPE_CHECKING:
    from ingest.documents import Document
    from ingest.embedding import Embedder
    from ingest.index import Index


@dataclass(frozen=True, slots=True)
class Removal:
    """Sections to take out.

    Attributes:
        sections: Document id and number of the section, from 0.
    """

    sections: frozenset[tuple[str, int]]

    def carry_out(self, index: Index, embedder: Embedder, chunk_tokens: int) -> int:
        """Takes them out; a document without any section left goes as a whole.

        The index holds what is needed to make a document anew; a passage whose text and heading
        stay keeps its vector.

        Returns:
            How many passages had to be embedded: none, unless a passage was not as it should be.
        """
        gone: dict[str, set[int]] = defaultdict(set)
        for document_id, number in self.sections:
            gone[document_id].add(number)
        sources = {known.document_id: source for source, known in index.catalogue.known().items()}
        chunker = Chunker(embedder.token_starts, min(chunk_tokens, embedder.identity.window))
        whole, entries = [], []
        for document_id in sorted(gone):
            document = index.document(document_id)
            left = document and without(document, gone[document_id])
            if left is None:
                whole.append(document_id)
            else:
                entries.append(Entry(sources[document_id], left, tuple(chunker.chunks(left))))
        with index.writing():
            present = index.vectors.ids()
            new = {
                chunk.id: embedded_text(entry.document, chunk)
                for entry in entries
                for chunk in entry.chunks
                if chunk.id not in present
            }
            vectors = dict(zip(new, embedder.embed(list(new.values())), strict=True)) if new else {}
            if entries:
                index.put(entries, vectors)
            index.remove(whole)
        return len(new)


def without(document: Document, numbers: set[int]) -> Document | None:
    """The document without these sections; None where none is left."""
    kept = [section for n, section in enumerate(document.sections) if n not in numbers]
    if not kept:
        return None
    source = Source(
        id=document.id,
        title=document.title,
        path=document.path,
        synonyms=document.synonyms,
        url=document.url,
        publisher=document.publisher,
        reviewed=document.reviewed,
        licence=document.licence,
    )
    return assemble(source, [Part(s.heading_path, document.text[s.start : s.end]) for s in kept])

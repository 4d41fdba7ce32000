"""The types every part of CiteWell speaks: documents, their sections, their chunks.

All offsets count Unicode code points in `Document.text`, the normalised text, with `end`
exclusive, as Python slices do.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Section:
    """A run of a document's text under one heading; the heading line itself is not part of it.

    Attributes:
        heading_path: The headings from the outermost to the innermost, in the document's own
            words; empty for text that stands before the first heading.
        kind: One of the kinds in `sections.toml`, or ``"other"``.
        start: Where the section's text begins in the document's text.
        end: Where it ends, exclusive.
    """

    heading_path: tuple[str, ...]
    kind: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Document:
    """One source document after loading.

    Attributes:
        id: Names the document in the index, in citations and in addresses.
        title: The title in the document's own words.
        synonyms: Other names of the topic, given with the document or stated in its text.
        url: Where a reader finds the original, or None.
        publisher: Who answers for the content, or None.
        reviewed: Date of the last clinical review as the document states it, or None when no
            clinician has reviewed it.
        licence: The licence's name, or None.
        path: The file it came from, relative to the folder that was ingested.
        content_hash: SHA-256 (hex) over the text and everything else above, so that an equal
            hash means nothing to do.
        text: The normalised text: plain, NFC, line feeds only.
        sections: In the order of the text, not overlapping.
    """

    id: str
    title: str
    synonyms: tuple[str, ...]
    url: str | None
    publisher: str | None
    reviewed: str | None
    licence: str | None
    path: str
    content_hash: str
    text: str
    sections: tuple[Section, ...]


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of one section that is embedded and found as a whole.

    Always ``document.text[start:end] == text``.
    """

    id: str
    document_id: str
    section: Section
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Passage:
    """A chunk that a search found.

    Attributes:
        chunk: The chunk found.
        document: The document it belongs to.
        score: How well it fits, 0 to 1, higher is better.
        rank: Its place in the result, from 1.
    """

    chunk: Chunk
    document: Document
    score: float
    rank: int

    @property
    def heading(self) -> str:
        """The innermost heading as the document has it; the title where there is none."""
        path = self.chunk.section.heading_path
        return path[-1] if path else self.document.title

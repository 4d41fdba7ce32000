"""The lexical index: BM25 by tantivy over titles, headings and text, stemmed as English.

It is derived from the catalogue and made anew from it whenever the two do not agree.
"""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

# Raise it when the fields or their analysis change.
_LAYOUT = 1
_STAMP = "generation.txt"
_WORD = re.compile(r"\w+")
_HEAP_BYTES = 64 * 2**20


@dataclass(frozen=True, slots=True)
class Entry:
    """A chunk as the lexical index sees it."""

    chunk_id: str
    title: str
    heading: str
    body: str


class LexicalIndex:
    """A tantivy index in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        """Opens the index, and makes it when it is missing or of another layout."""
        import tantivy  # noqa: PLC0415

        self._tantivy: Any = tantivy
        self._folder = folder
        if self._stamp()[0] != _LAYOUT and folder.exists():
            shutil.rmtree(folder)
        folder.mkdir(parents=True, exist_ok=True)
        builder = tantivy.SchemaBuilder()
        builder.add_text_field("chunk_id", stored=True, tokenizer_name="raw")
        for field in ("title", "heading", "body"):
            builder.add_text_field(field, tokenizer_name="en_stem")
        self._index: Any = tantivy.Index(builder.build(), path=str(folder))

    @property
    def generation(self) -> int:
        """The catalogue's generation that it reflects; -1 where that is not known."""
        return self._stamp()[1]

    def _stamp(self) -> tuple[int, int]:
        try:
            layout, generation = (self._folder / _STAMP).read_text(encoding="utf-8").split()
            return int(layout), int(generation)
        except (OSError, ValueError):
            return -1, -1

    def rebuild(self, entries: Iterable[Entry], generation: int) -> None:
        """Puts these chunks in place of all that was there, in one commit."""
        (self._folder / _STAMP).write_text(f"{_LAYOUT} -1", encoding="utf-8")
        writer = self._index.writer(_HEAP_BYTES, 1)
        writer.delete_all_documents()
        for entry in entries:
            writer.add_document(
                self._tantivy.Document(
                    chunk_id=entry.chunk_id,
                    title=entry.title,
                    heading=entry.heading,
                    body=entry.body,
                )
            )
        writer.commit()
        writer.wait_merging_threads()
        self._index.reload()
        (self._folder / _STAMP).write_text(f"{_LAYOUT} {generation}", encoding="utf-8")

    def frequency(self, stem: str) -> tuple[int, int]:
        """In how many chunks' texts a word of this stem stands, of how many."""
        searcher = self._index.searcher()
        return int(searcher.doc_freq("body", stem)), int(searcher.num_docs)

    def search(
        self, query: str, top_k: int, boosts: Mapping[str, float]
    ) -> list[tuple[str, float]]:
        """Chunk ids with their BM25 score, best first.

        Args:
            query: Any text; only its words count, none is an operator.
            top_k: At most so many.
            boosts: Weight of each field: ``title``, ``heading``, ``body``.
        """
        # Lower case, for OR, AND and NOT are operators; quotes are not words.
        words = " ".join(_WORD.findall(query.lower()))
        if not words or top_k < 1:
            return []
        parsed = self._index.parse_query(words, list(boosts), field_boosts=dict(boosts))
        searcher = self._index.searcher()
        return [
            (searcher.doc(address)["chunk_id"][0], float(score))
            for score, address in searcher.search(parsed, top_k).hits
        ]

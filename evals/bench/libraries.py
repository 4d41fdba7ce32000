"""Libraries of any size for the query benchmark: real passages first, then altered copies.

A copy has another title, some of its words dropped or swapped, and the vector of its original
turned a little aside; so a library grows in documents, names, words and vectors alike, and is
made in minutes, for nothing of a copy is embedded.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from tqdm import tqdm

from evals.baseline.store import Piece
from ingest.assembly import Part, Source, assemble
from ingest.chunking import Chunker, embedded_text
from ingest.index import Entry, Index
from ingest.settings import IngestSettings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from ingest.documents import Chunk, Document
    from ingest.embedding import Embedder

    Vectors = Mapping[str, NDArray[np.float32]]

_SEED = 20261122
_DROPPED = 0.1
_SWAPPED = 0.1
# Length of what is added to a unit vector: the copy's cosine to its original is about 0.9.
_ASIDE = 0.5
_BATCH = 2048
_BATCH_TEXTS = 64


@dataclass(frozen=True, slots=True)
class Held:
    """A document as an index holds it: with its chunks and their vectors."""

    document: Document
    chunks: tuple[Chunk, ...]
    vectors: tuple[NDArray[np.float32], ...]


@dataclass(frozen=True, slots=True)
class Library:
    """Documents with at least so many passages.

    Attributes:
        held: The documents.
        passages: How many passages they have.
        real: How many of these are real ones.
    """

    held: list[Held]
    passages: int
    real: int

    def pieces(self) -> Iterator[tuple[Piece, NDArray[np.float32]]]:
        """The passages for the tutorial stack, with their vectors."""
        for each in self.held:
            for chunk, vector in zip(each.chunks, each.vectors, strict=True):
                path = chunk.section.heading_path
                metadata = {
                    "document_id": each.document.id,
                    "title": each.document.title,
                    "heading": path[-1] if path else each.document.title,
                }
                yield Piece(chunk.id, chunk.text, metadata), vector


def chunker_of(embedder: Embedder) -> Chunker:
    """Cuts documents as ingestion does."""
    chunk_tokens = IngestSettings().chunk_tokens
    return Chunker(embedder.token_starts, min(chunk_tokens, embedder.identity.window))


def real_passages(
    documents: Sequence[Document], embedder: Embedder, known: Vectors, most: int
) -> list[Held]:
    """The documents in an order by chance, until they have `most` passages.

    Args:
        documents: Where they are taken from.
        embedder: Embeds the passages without a known vector.
        known: Vectors by chunk id.
        most: How many passages are wanted.
    """
    order = random.Random(_SEED).sample(documents, len(documents))  # noqa: S311 - nothing secret
    chunker = chunker_of(embedder)
    cut: list[tuple[Document, tuple[Chunk, ...]]] = []
    total = 0
    for document in order:
        if total >= most:
            break
        cut.append((document, tuple(chunker.chunks(document))))
        total += len(cut[-1][1])
    texts = {c.id: embedded_text(d, c) for d, chunks in cut for c in chunks if c.id not in known}
    vectors = {**known, **_embedded(texts, embedder)}
    return [Held(d, chunks, tuple(vectors[c.id] for c in chunks)) for d, chunks in cut]


def _embedded(texts: Mapping[str, str], embedder: Embedder) -> dict[str, NDArray[np.float32]]:
    ids = sorted(texts, key=lambda chunk_id: len(texts[chunk_id]))
    vectors: dict[str, NDArray[np.float32]] = {}
    with tqdm(total=len(ids), desc="embedding", unit="passage", disable=None) as bar:
        for first in range(0, len(ids), _BATCH_TEXTS):
            batch = ids[first : first + _BATCH_TEXTS]
            found = embedder.embed([texts[chunk_id] for chunk_id in batch])
            vectors.update(zip(batch, found, strict=True))
            bar.update(len(batch))
    return vectors


def library_of(size: int, real: Sequence[Held], chunker: Chunker) -> Library:
    """A library of at least `size` passages: the real ones, then rounds of copies of them."""
    held: list[Held] = []
    total = real_total = 0
    for each in real:
        if total < size:
            held.append(each)
            total += len(each.chunks)
            real_total = total
    number = 0
    while total < size:
        number += 1
        for each in real:
            if total >= size:
                break
            held.append(_copy(each, real, number, chunker))
            total += len(held[-1].chunks)
    return Library(held, total, real_total)


def _copy(original: Held, real: Sequence[Held], number: int, chunker: Chunker) -> Held:
    document = original.document
    chance = random.Random(f"{_SEED} {document.id} {number}")  # noqa: S311 - nothing secret
    other = chance.choice(real).document.title
    title = _crossed(document.title, other)
    body = {
        section: document.text[section.start : section.end].replace(document.title, title)
        for section in document.sections
    }
    parts = [Part(s.heading_path, _altered(text, chance)) for s, text in body.items()]
    synonyms = tuple(_crossed(name, other) for name in document.synonyms)
    copy = assemble(Source(f"{document.id}-copy-{number}", title, document.path, synonyms), parts)
    chunks = tuple(chunker.chunks(copy))
    aside = np.random.default_rng(chance.getrandbits(64))
    # A copy may be cut into a chunk more or less than its original.
    vectors = tuple(
        _turned(original.vectors[min(i, len(original.vectors) - 1)], aside)
        for i in range(len(chunks))
    )
    return Held(copy, chunks, vectors)


def _crossed(title: str, other: str) -> str:
    """The first half of one title with the second half of another."""
    first, second = title.split(), other.split()
    return " ".join([*first[: (len(first) + 1) // 2], *second[len(second) // 2 :]])


def _altered(text: str, chance: random.Random) -> str:
    """The text with some words dropped and some swapped, its lines kept."""
    lines = []
    for line in text.split("\n"):
        words = [word for word in line.split(" ") if chance.random() >= _DROPPED]
        for i in range(len(words) - 1):
            if chance.random() < _SWAPPED:
                words[i], words[i + 1] = words[i + 1], words[i]
        lines.append(" ".join(words))
    return "\n".join(lines)


def _turned(vector: NDArray[np.float32], chance: np.random.Generator) -> NDArray[np.float32]:
    """A unit vector near another one."""
    aside = chance.standard_normal(len(vector), dtype=np.float32)
    moved = vector + aside * (_ASIDE / np.linalg.norm(aside))
    result: NDArray[np.float32] = (moved / np.linalg.norm(moved)).astype(np.float32)
    return result


def write_index(library: Library, folder: Path, embedder: Embedder) -> None:
    """Writes a library as an index, by the index's own methods."""
    index = Index.open_or_create(folder, embedder.identity, IngestSettings().chunk_tokens)
    try:
        with index.writing(), tqdm(total=library.passages, desc="index", disable=None) as bar:
            entries: list[Entry] = []
            new: dict[str, NDArray[np.float32]] = {}
            for each in library.held:
                source = f"bench:{each.document.id}"
                entries.append(Entry(source, each.document, each.chunks))
                ids = (chunk.id for chunk in each.chunks)
                new.update(zip(ids, each.vectors, strict=True))
                if len(new) >= _BATCH or each is library.held[-1]:
                    index.put(entries, new)
                    bar.update(len(new))
                    entries, new = [], {}
    finally:
        index.close()

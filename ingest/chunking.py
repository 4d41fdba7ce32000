"""Document -> chunks that fit the embedding model's window.

A chunk never crosses a section. A section that fits is one chunk; a longer one is cut where a
paragraph or list ends, else between segments (sentences, list items), and only a single segment
longer than the window is cut inside, between words. A line that leads into a list stays with it.

Own code, for LangChain's splitters know neither our segments nor exact offsets; see
docs/decisions/0003-chunking.md.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ingest.documents import Chunk
from ingest.references import reference_marks, without_references
from ingest.sections import REFERENCES
from ingest.segments import segments
from ingest.tokens import TokenStarts, count

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ingest.documents import Document, Section

# Part of the index's fingerprint: raise it when the same document would give other chunks.
CHUNKING_VERSION = 1
# [CLS] and [SEP].
_SPECIAL_TOKENS = 2
# However long a heading, this share of the window is the text's.
_TEXT_SHARE_MIN = 0.5


@dataclass(frozen=True, slots=True)
class Chunker:
    """Cuts documents.

    Attributes:
        token_starts: The embedding model's tokenizer.
        max_tokens: Longest embedded text, heading and special tokens included.
    """

    token_starts: TokenStarts
    max_tokens: int

    def chunks(self, document: Document) -> list[Chunk]:
        """The chunks in the order of the text; their ids are unique within the document.

        An id hashes what is embedded, not where it stands: text that only moved keeps its id
        and its vector.
        """
        seen: Counter[str] = Counter()
        result = []
        for section in document.sections:
            if section.kind == REFERENCES:
                continue
            for start, end in self._spans(document, section):
                text = document.text[start:end]
                draft = Chunk("", document.id, section, text, start, end)
                key = hashlib.sha256(
                    f"{document.id}\0{embedded_text(document, draft)}".encode()
                ).hexdigest()[:24]
                seen[key] += 1
                chunk_id = key if seen[key] == 1 else f"{key}-{seen[key]}"
                result.append(Chunk(chunk_id, document.id, section, text, start, end))
        return result

    def _spans(self, document: Document, section: Section) -> Iterator[tuple[int, int]]:
        body = document.text[section.start : section.end]
        starts = self.token_starts(body)
        heading_tokens = len(self.token_starts(context_line(document, section)))
        room = self.max_tokens - _SPECIAL_TOKENS
        budget = max(room - heading_tokens, int(room * _TEXT_SHARE_MIN))
        if len(starts) <= budget:
            yield section.start, section.end
            return
        pieces = self._pieces(document, section, starts, budget)
        for first, last in _pack(pieces, budget):
            start, end = pieces[first].start, pieces[last].end
            while document.text[end - 1].isspace():
                end -= 1
            yield start, end

    def _pieces(
        self, document: Document, section: Section, starts: Sequence[int], budget: int
    ) -> list[_Piece]:
        """The section as pieces without gaps, each a segment or, if too long, a part of one."""
        found = segments(document.text, section.start, section.end)
        result = []
        for i, segment in enumerate(found):
            start = segment.outer_start if i else section.start
            end = found[i + 1].outer_start if i + 1 < len(found) else section.end
            while start < end:
                stop = _word_end(document.text, starts, section.start, (start, end), budget)
                tokens = count(starts, start - section.start, stop - section.start)
                last = i + 1 == len(found)
                ends_block = last or found[i + 1].block != segment.block
                result.append(_Piece(start, stop, tokens, ends_block, segment.role == "lead"))
                start = stop
        return result


@dataclass(frozen=True, slots=True)
class _Piece:
    start: int
    end: int
    tokens: int
    ends_block: bool
    leads: bool


def context_line(document: Document, section: Section) -> str:
    """What stands before a section's text when it is embedded: title and headings."""
    return ". ".join([document.title, *section.heading_path])


def embedded_text(document: Document, chunk: Chunk) -> str:
    """What is embedded for a chunk: title, headings, and its text without reference marks."""
    marks = reference_marks(document.text)
    body = without_references(document.text, marks, chunk.start, chunk.end)
    return f"{context_line(document, chunk.section)}\n{body}"


def _word_end(
    text: str, starts: Sequence[int], offset: int, span: tuple[int, int], budget: int
) -> int:
    """Where to cut a segment so that at most `budget` tokens stand before the cut."""
    start, end = span
    if count(starts, start - offset, end - offset) <= budget:
        return end
    first = count(starts, 0, start - offset)
    limit = starts[first + budget] + offset
    space = text.rfind(" ", start + 1, limit)
    return space + 1 if space > start else limit


def _pack(pieces: Sequence[_Piece], budget: int) -> Iterator[tuple[int, int]]:
    """Groups pieces, as (first, last), each group at most `budget` tokens."""
    first = 0
    while first < len(pieces):
        last, tokens = first, pieces[first].tokens
        while last + 1 < len(pieces) and tokens + pieces[last + 1].tokens <= budget:
            last += 1
            tokens += pieces[last].tokens
        if last + 1 < len(pieces):
            last = _better_end(pieces, first, last)
        yield first, last
        first = last + 1


def _better_end(pieces: Sequence[_Piece], first: int, last: int) -> int:
    """The last end of a block in the second half of the group, else an end that leads nowhere."""
    total = sum(piece.tokens for piece in pieces[first : last + 1])
    tokens = total
    for i in range(last, first, -1):
        if pieces[i].ends_block and tokens * 2 >= total:
            return i
        tokens -= pieces[i].tokens
    while last > first and pieces[last].leads:
        last -= 1
    return last

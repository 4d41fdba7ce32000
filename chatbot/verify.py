"""Does the passage support the sentence: what is not supported does not leave.

For an extractive answer support is literal: the sentence stands word for word, white space and
the document's own reference marks aside, in the text that its citation quotes.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from chatbot.answers import Citation, Sentence
from ingest.references import reference_marks, without_references

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from chatbot.compose import Draft
    from ingest.documents import Document

_SPACES = re.compile(r"\s+")
# What may stand between two cited segments that share one citation: white space, a bullet or
# number, a reference mark.
_GAP = re.compile(r"(?:\s|-|\d{1,2}[.)]|\[[\d,\s\u2013-]+\]|(?<=\s)\d{1,2}(?:,\s?\d{1,2})*(?=\n))*")


def verified(drafts: Iterable[Draft]) -> list[Draft]:
    """The drafts that their place in the document supports."""
    return [draft for draft in drafts if is_supported(draft)]


def is_supported(draft: Draft) -> bool:
    """True when the draft's words stand in the document at its offsets, within its passage."""
    document, chunk = draft.passage.document, draft.passage.chunk
    if not (chunk.start <= draft.start < draft.end <= chunk.end) or not draft.text.strip():
        return False
    if document.text[chunk.start : chunk.end] != chunk.text:
        return False
    return _spaced(draft.text) == _spaced(_plain(document, draft.start, draft.end))


def _plain(document: Document, start: int, end: int) -> str:
    return without_references(document.text, reference_marks(document.text), start, end)


def _spaced(text: str) -> str:
    return _SPACES.sub(" ", text).strip()


def cite(drafts: Sequence[Draft]) -> tuple[list[Sentence], list[Citation]]:
    """Numbers the places that the drafts rest on, in reading order.

    Drafts that follow on one another in one passage share a citation, whose quote runs from the
    first to the last of them: a list has one marker and not eight.
    """
    sentences: list[Sentence] = []
    citations: list[Citation] = []
    block = None
    for draft in drafts:
        document = draft.passage.document
        last = citations[-1] if citations else None
        if (
            last is not None
            and last.passage.chunk.id == draft.passage.chunk.id
            and last.end <= draft.start
            and _GAP.fullmatch(document.text, last.end, draft.start)
        ):
            quote = document.text[last.start : draft.end]
            citations[-1] = Citation(last.marker, last.passage, last.start, draft.end, quote)
        else:
            quote = document.text[draft.start : draft.end]
            citations.append(
                Citation(len(citations) + 1, draft.passage, draft.start, draft.end, quote)
            )
        markers = (citations[-1].marker,)
        opens = draft.block != block
        block = draft.block
        sentences.append(Sentence(draft.text, markers, draft.item, opens, draft.label))
    return sentences, citations

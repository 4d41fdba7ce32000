"""An answer as JSON, in the shape that other programs rely on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from chatbot.answers import Answer, Citation
    from ingest.documents import Passage


def answer_object(answer: Answer, question_id: str | int | None = None) -> dict[str, Any]:
    """The answer as plain values; offsets count Unicode code points."""
    return {
        "id": question_id,
        "question": answer.question,
        "standalone_question": answer.standalone_question,
        "outcome": answer.outcome.value,
        "text": answer.text,
        "sentences": [
            {"text": sentence.text, "citations": list(sentence.markers)}
            for sentence in answer.sentences
        ],
        "citations": [_citation(citation) for citation in answer.citations],
        "passages": [passage_object(passage) for passage in answer.passages],
        "notices": [{"kind": notice.kind, "text": notice.text} for notice in answer.notices],
        "suggestions": list(answer.suggestions),
        "sufficiency": answer.sufficiency,
        "composer": answer.composer,
        "timings_ms": dict(answer.timings_ms),
    }


def _citation(citation: Citation) -> dict[str, Any]:
    passage = citation.passage
    return {
        "marker": citation.marker,
        "document_id": passage.document.id,
        "title": passage.document.title,
        "heading": passage.heading,
        "kind": passage.chunk.section.kind,
        "url": passage.document.url,
        "path": passage.document.path,
        "start": citation.start,
        "end": citation.end,
        "quote": citation.quote,
        "score": passage.score,
    }


def passage_object(passage: Passage) -> dict[str, Any]:
    """A found passage as plain values."""
    return {
        "document_id": passage.document.id,
        "title": passage.document.title,
        "heading": passage.heading,
        "kind": passage.chunk.section.kind,
        "chunk_id": passage.chunk.id,
        "start": passage.chunk.start,
        "end": passage.chunk.end,
        "score": passage.score,
        "rank": passage.rank,
    }

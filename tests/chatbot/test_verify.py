"""What is not supported does not leave."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chatbot.compose import Draft
from chatbot.verify import cite, is_supported, verified
from ingest.assembly import Part, Source, assemble
from ingest.chunking import Chunker
from ingest.documents import Passage
from ingest.segments import segments
from ingest.tokens import estimated_starts

BODY = "The signs are: [1]\n\n- pain [2]\n- a weak\n  grip\n\nIt lasts 2 days. Rest helps. [1, 2]"


@pytest.fixture
def drafts():
    parts = [Part(("Signs",), BODY)]
    document = assemble(Source(id="d", title="Tennis elbow", path="d.md"), parts)
    (chunk,) = Chunker(estimated_starts, 200).chunks(document)
    passage = Passage(chunk, document, score=0.5, rank=1)
    found = segments(document.text, chunk.start, chunk.end)
    return [
        Draft(
            text=" ".join(document.text[s.start : s.end].split()),
            passage=passage,
            start=s.start,
            end=s.end,
            item=s.bullet,
            block=s.block,
        )
        for s in found
    ]


def test_what_the_document_says_is_supported(drafts):
    assert [draft.text for draft in drafts] == [
        "The signs are:", "pain", "a weak grip", "It lasts 2 days.", "Rest helps.",
    ]  # fmt: skip
    assert verified(drafts) == drafts


@pytest.mark.parametrize(
    "text", ["It lasts 3 days.", "It does not last 2 days.", "It lasts 2 days. Take more.", ""]
)
def test_other_words_than_the_documents_are_not(drafts, text):
    assert not is_supported(replace(drafts[3], text=text))


def test_a_place_outside_the_passage_supports_nothing(drafts):
    title = replace(drafts[0], text="Tennis elbow", start=0, end=12)
    assert not is_supported(title)


def test_a_passage_that_is_not_the_documents_text_supports_nothing(drafts):
    forged = replace(drafts[0].passage.chunk, text="Something else")
    passage = replace(drafts[0].passage, chunk=forged)
    assert not is_supported(replace(drafts[0], passage=passage))


def test_neighbours_share_a_citation_and_quotes_are_exact(drafts):
    sentences, citations = cite(drafts)
    text = drafts[0].passage.document.text
    assert [sentence.markers for sentence in sentences] == [(1,)] * 5
    assert [citation.quote for citation in citations] == [
        text[citations[0].start : citations[0].end]
    ]
    assert [sentence.opens for sentence in sentences] == [True, False, False, True, False]


def test_what_is_left_out_parts_citations(drafts):
    sentences, citations = cite([drafts[0], drafts[1], drafts[4]])
    assert [sentence.markers for sentence in sentences] == [(1,), (1,), (2,)]
    assert citations[1].quote == "Rest helps."

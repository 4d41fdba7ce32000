"""Chunks: exact, inside their section, inside the window, nothing lost."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.assembly import Part, Source, assemble
from ingest.chunking import Chunker, embedded_text
from ingest.segments import segments
from ingest.tokens import estimated_starts

words = st.text("abc \u00e9\u00df.:-\n", min_size=1, max_size=400)


def document_of(*bodies, title="Gout"):
    parts = [Part((f"Part {i}",), body) for i, body in enumerate(bodies)]
    return assemble(Source(id="d", title=title, path="d.md"), parts)


def squeezed(text):
    return "".join(text.split())


@given(st.lists(words, min_size=1, max_size=3), st.integers(16, 64))
@settings(max_examples=60, deadline=None)
def test_chunks_are_exact_and_lose_nothing(bodies, limit):
    document = document_of(*bodies)
    chunks = Chunker(estimated_starts, limit).chunks(document)
    assert len({chunk.id for chunk in chunks}) == len(chunks)
    for chunk in chunks:
        assert document.text[chunk.start : chunk.end] == chunk.text
        assert chunk.section.start <= chunk.start < chunk.end <= chunk.section.end
    said = "".join(squeezed(document.text[s.start : s.end]) for s in document.sections)
    assert "".join(squeezed(chunk.text) for chunk in chunks) == said


def test_a_chunk_fits_the_models_window(embedder):
    sentence = "Crystals of uric acid collect in the joint and make it hot, red and sore. "
    document = document_of(sentence * 60, "- " + "item of a list\n- " * 200, "x" * 3000)
    starts = embedder.token_starts
    chunks = Chunker(starts, 256).chunks(document)
    assert len(chunks) > 5
    for chunk in chunks:
        assert len(starts(embedded_text(document, chunk))) + 2 <= 256


def test_cuts_fall_between_sentences_and_keep_a_lead_with_its_list():
    body = " ".join(f"This is plain sentence number {i} of many." for i in range(12))
    body += "\n\nThe signs are:\n" + "\n".join(f"- sign number {i} of all" for i in range(12))
    document = document_of(body)
    chunks = Chunker(estimated_starts, 60).chunks(document)
    ends = {s.end for s in segments(document.text, *_span(document))}
    assert all(chunk.end in ends for chunk in chunks)
    assert not any(chunk.text.endswith("The signs are:") for chunk in chunks)


def _span(document):
    section = document.sections[0]
    return section.start, section.end


def test_text_that_only_moved_keeps_its_id():
    chunker = Chunker(estimated_starts, 64)
    before = document_of("Alpha.", "Beta.")
    after = document_of("Alpha and something new before.", "Beta.")
    assert chunker.chunks(before)[1].id == chunker.chunks(after)[1].id
    assert chunker.chunks(before)[0].id != chunker.chunks(after)[0].id


def test_references_are_neither_chunked_nor_embedded():
    document = assemble(
        Source(id="d", title="Gout", path="d.md"),
        [Part(("Causes",), "Crystals. [1]"), Part(("References",), "1. A page.")],
    )
    (chunk,) = Chunker(estimated_starts, 64).chunks(document)
    assert chunk.text == "Crystals. [1]"
    assert embedded_text(document, chunk) == "Gout. Causes\nCrystals."


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Dr. Lee takes 2.5 mg (e.g. at night). It helps.", ["sentence", "sentence"]),
        ("Signs are:\n\n- one\n\n- two", ["lead", "item", "item"]),
        ("Three kinds: - First one. - Second one.", ["lead", "item", "item"]),
        ("A sentence cut by\na hard line break.", ["sentence"]),
        ("Key points\n\nGout hurts.", ["label", "sentence"]),
    ],
)
def test_segments_have_their_roles(text, expected):
    assert [segment.role for segment in segments(text, 0, len(text))] == expected

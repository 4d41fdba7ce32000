"""Structured input, one document a line."""

from __future__ import annotations

import gzip
import json

import pytest

from ingest.errors import SourceError
from ingest.loaders.jsonl import load_jsonl


def record(**fields):
    section = {"heading": "causes", "text": "Crystals."}
    return json.dumps({"id": "gout", "title": "Gout", "sections": [section], **fields})


def load(data, limit=10_000):
    return list(load_jsonl(data, "d.jsonl", limit))


def test_a_line_is_a_document():
    (document,) = load(record(url="https://x.example", synonyms=["podagra"]).encode())
    section = document.sections[0]
    assert document.text[section.start : section.end] == "Crystals."
    assert (section.heading_path, section.kind) == (("causes",), "causes")
    assert document.synonyms == ("podagra",)


@pytest.mark.parametrize("field", ["url", "publisher", "reviewed", "licence"])
def test_what_is_told_of_a_document_is_one_line_without_what_nobody_sees(field):
    (document,) = load(record(**{field: " \u202eA\u0000\u200b\n B "}).encode())
    assert getattr(document, field) == "A B"
    (document,) = load(record(**{field: ""}).encode())
    assert getattr(document, field) is None


def test_a_broken_line_is_named_and_the_others_go_in():
    lines = [record(), record(id="b"), '{"id": "c", ', record(id="d"), record(sections=[])]
    results = load("\n".join(lines).encode())
    errors = [result for result in results if isinstance(result, SourceError)]
    assert [error.path for error in errors] == ["d.jsonl:3", "d.jsonl:5"]
    assert "not valid JSON" in errors[0].reason
    assert [r.id for r in results if not isinstance(r, SourceError)] == ["gout", "b", "d"]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (record(id=3), "id"),
        (record(title=""), "title"),
        (record(id="  "), "can't be used"),
        (record(id="a/../b"), "can't be used"),
        (record(id="<script>"), "can't be used"),
        (record(sections=[{"heading": "a", "text": " "}]), "no text"),
        ("[]", "required"),
    ],
)
def test_a_wrong_field_is_named(line, reason):
    (error,) = load(line.encode())
    assert reason in error.reason


def test_gzip_is_unpacked_within_the_limit():
    assert load(gzip.compress(record().encode()))[0].id == "gout"
    with pytest.raises(SourceError, match="unpacks to more than 10000 bytes"):
        load(gzip.compress(b" " * 10_000_000))
    with pytest.raises(SourceError, match="gzip"):
        load(gzip.compress(record().encode())[:-9])

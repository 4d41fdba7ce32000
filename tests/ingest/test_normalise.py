"""Bytes into normalised text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.errors import SourceError
from ingest.loaders.text import load_text
from ingest.normalise import decode, normalise
from ingest.references import reference_marks


@given(st.text())
def test_normalising_twice_changes_nothing(text):
    assert normalise(normalise(text)) == normalise(text)


def test_invisible_and_control_characters_go():
    assert normalise("a\u202eb\u200bc\x07d\r\ne\ufeff") == "abc d\ne"


def test_composed_and_decomposed_letters_are_the_same():
    assert normalise("cafe\u0301") == "caf\u00e9"


@pytest.mark.parametrize("data", [b"\xef\xbb\xbfhi", "hi".encode("utf-16")])
def test_byte_order_marks_are_read(data):
    assert decode(data, "a.txt") == "hi"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b" \n\t ", "empty"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"PK\x03\x04rest", "zip"),
        (b"\x00\x01\x02\x80\xff" * 50, "binary"),
        ("Grippe dauert f\u00fcnf Tage. \u00dcbelkeit ist h\u00e4ufig.".encode("cp1252"), "iconv"),
    ],
)
def test_what_is_no_text_says_why_and_what_to_do(data, reason):
    with pytest.raises(SourceError, match=reason) as caught:
        decode(data, "folder/a.md")
    assert str(caught.value).startswith("folder/a.md: ")


def test_long_lines_take_time_in_proportion():
    """Each of these took minutes where a pattern backtracked; now they end at once."""
    text = "a" + " " * 200_000 + "b"
    assert normalise(text) == text
    assert reference_marks("1" * 200_000 + "\n" + "x" * 200_000) == ()
    load_text(("Title\n\n" + "**a " * 50_000).encode(), "a.txt", "a")

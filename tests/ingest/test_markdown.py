"""Markdown with front matter."""

from __future__ import annotations

import pytest

from ingest.errors import SourceError
from ingest.loaders.markdown import load_markdown

PAGE = """---
id: gout
title: Gout
synonyms: [gouty arthritis]
publisher: Test library
reviewed: 2026-01-31
sources: [ignored]
---

## Description

Gout is a **painful** swelling of a [joint](https://example.org/x). [1]
Crystals cause it.

## Treatment

Ways to treat gout:

- rest
- ice, wrapped
  in cloth
  - not on the skin

### Medication

1. painkillers
2. <b>others</b>

| drug | use |
|------|-----|
| a    | b   |

<div onclick="steal()">Ask <script>alert(1)</script>first.</div>

## References

1. A page. https://example.org
"""


def load(text):
    return load_markdown(text.encode(), "corpus/gout.md", "from-path")


def test_front_matter_becomes_the_documents_fields():
    document = load(PAGE)
    assert (document.id, document.title, document.reviewed) == ("gout", "Gout", "2026-01-31")
    assert document.synonyms == ("gouty arthritis",)
    assert document.url is None


def test_the_text_is_plain_and_sections_stand_at_their_offsets():
    document = load(PAGE)
    bodies = {s.heading_path[-1]: document.text[s.start : s.end] for s in document.sections}
    assert bodies["Description"] == (
        "Gout is a painful swelling of a joint. [1] Crystals cause it."
    )
    assert bodies["Treatment"] == (
        "Ways to treat gout:\n\n- rest\n- ice, wrapped in cloth\n  - not on the skin"
    )
    assert "1. painkillers\n2. others" in bodies["Medication"]
    assert "a | b" in bodies["Medication"]
    assert "alert" not in document.text
    assert "Ask first." in bodies["Medication"]


def test_without_front_matter_the_first_heading_is_the_title():
    document = load("# Gout\n\nIt hurts.\n\n## Causes\n\nCrystals.\n")
    assert document.title == "Gout"
    assert [s.heading_path for s in document.sections] == [(), ("Causes",)]
    assert document.id == "from-path"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("---\nid: x\n---\n\nText.", "no title"),
        ("---\ntitle: [a\n---\n\nText.", "not valid YAML"),
        ("---\ntitle: a\n\nText.", "never closes"),
        ("---\ntitle: {a: b}\n---\n\nText.", "title in the front matter"),
        ("---\ntitle: Gout\n---\n", "no text"),
        ("Just text.", "title"),
    ],
)
def test_a_broken_page_says_what_is_wrong(text, reason):
    with pytest.raises(SourceError, match=reason) as caught:
        load(text)
    assert caught.value.path == "corpus/gout.md"

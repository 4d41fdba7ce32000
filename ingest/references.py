"""Marks of a document's own references: kept in its text, never read aloud, never embedded.

Two styles are known: ``[1]`` or ``[2, 3]`` anywhere, and bare digits at the ends of lines ("can
cause weakness 1"), the way superscripts look after a page was saved as plain text. Bare digits
count only in a document that numbers so throughout: "Type 2" at the end of a line is no mark.
"""

from __future__ import annotations

import re
from functools import lru_cache

from ingest.wordlists import word_list

_BRACKETED = re.compile(r"[ \t]*\[\d{1,3}(?:\s?[,\u2013-]\s?\d{1,3})*\](?!\()")
_TRAILING = re.compile(
    r"(?P<before>\S+)(?P<mark>[ \t]+(?P<first>\d{1,2})(?:,[ \t]?\d{1,2})*)$", re.MULTILINE
)
_LINES_MIN = 3


@lru_cache(maxsize=256)
def reference_marks(text: str) -> tuple[tuple[int, int], ...]:
    """Spans of the reference marks in a document's text, with the space before each, in order.

    Bare digits count when at least three lines end in them and the numbering begins at 1.
    """
    spans = [match.span() for match in _BRACKETED.finditer(text)]
    trailing = [match for match in _TRAILING.finditer(text) if _is_mark(match)]
    if len(trailing) >= _LINES_MIN and any(int(match["first"]) == 1 for match in trailing):
        spans += [match.span("mark") for match in trailing]
    return tuple(sorted(spans))


def _is_mark(match: re.Match[str]) -> bool:
    before = match["before"].strip("(*\"'").casefold()
    return before not in word_list("numbered") and not before.endswith((":", "=", "-"))


def without_references(text: str, marks: tuple[tuple[int, int], ...], start: int, end: int) -> str:
    """``text[start:end]`` with the marks left out; `marks` count in `text`."""
    pieces = []
    for mark_start, mark_end in marks:
        if start <= mark_start and mark_end <= end:
            pieces.append(text[start:mark_start])
            start = mark_end
    return "".join([*pieces, text[start:end]])

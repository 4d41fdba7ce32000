"""Marks of a document's own references: kept in its text, never read aloud, never embedded.

Two styles are known: ``[1]`` or ``[2, 3]`` anywhere, and bare digits at the ends of lines ("can
cause weakness 1"), the way superscripts look after a page was saved as plain text. Bare digits
count only in a document that numbers so throughout: "Type 2" at the end of a line is no mark.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from ingest.wordlists import word_list

if TYPE_CHECKING:
    from collections.abc import Iterator

# Where a sentence, a clause or a line ends; inside a sentence "[5]" may be a figure.
_BRACKETED = re.compile(
    r"[ \t]*\[\d{1,3}(?:\s?[,\u2013-]\s?\d{1,3})*\](?!\()(?=\s*(?:[.,;:!?\[]|\n|$)|[ \t]+[A-Z])"
)
_TRAILING = re.compile(r"(?P<first>\d{1,2})(?:,[ \t]?\d{1,2})*")
# A mark is the last of so few characters of a line.
_TRAILING_LENGTH_MAX = 20
_LINES_MIN = 3


@lru_cache(maxsize=256)
def reference_marks(text: str) -> tuple[tuple[int, int], ...]:
    """Spans of the reference marks in a document's text, with the space before each, in order.

    Bare digits count when at least three lines end in them and the numbering begins at 1.
    """
    spans = [match.span() for match in _BRACKETED.finditer(text)]
    trailing = [mark for mark in _line_ends(text) if mark is not None]
    if len(trailing) >= _LINES_MIN and any(first == 1 for first, _ in trailing):
        spans += [span for _, span in trailing]
    return tuple(sorted(spans))


def _line_ends(text: str) -> Iterator[tuple[int, tuple[int, int]] | None]:
    """For each line that ends in bare digits: the first number, and their span."""
    end = -1
    for line in text.split("\n"):
        start, end = end + 1, end + 1 + len(line)
        yield _line_end(line, start)


def _line_end(line: str, start: int) -> tuple[int, tuple[int, int]] | None:
    if not line or not line[-1].isdigit() or "|" in line:
        return None
    tail = max(0, len(line) - _TRAILING_LENGTH_MAX)
    cut = len(line)
    while cut > tail and (line[cut - 1].isdigit() or line[cut - 1] in ", \t"):
        cut -= 1
    mark = _TRAILING.fullmatch(line[cut:].strip())
    words = line[:cut].split()
    if mark is None or cut == len(line) or not line[cut].isspace() or not words:
        return None
    before = words[-1].strip("(*\"'").casefold()
    if before in word_list("numbered") or before.endswith((":", "=", "-")):
        return None
    return int(mark["first"]), (start + cut, start + len(line))


def without_references(text: str, marks: tuple[tuple[int, int], ...], start: int, end: int) -> str:
    """``text[start:end]`` with the marks left out; `marks` count in `text`."""
    pieces = []
    for mark_start, mark_end in marks:
        if start <= mark_start and mark_end <= end:
            pieces.append(text[start:mark_start])
            start = mark_end
    return "".join([*pieces, text[start:end]])

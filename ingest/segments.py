"""A section's text -> its sentences and list items, at exact offsets.

One definition serves chunking (a chunk ends where a segment ends) and the composer (an answer
quotes whole segments), so that no answer begins or ends in the middle of a sentence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from sentencex import get_sentence_boundaries

from ingest.references import reference_marks

SegmentRole = Literal["sentence", "item", "lead", "label"]

_ITEM = re.compile(r"[ \t]*(?:-|\d{1,2}[.)])[ \t]+")
# Lists that lost their line breaks on the way: "three types: - Red cells. - Platelets."
_INLINE_ITEM = re.compile(r"(?<=[.:;!?])[ \t]+-[ \t]+(?=[A-Z])")
_LABEL_WORDS_MAX = 8


@dataclass(frozen=True, slots=True)
class Segment:
    """A sentence or a list item.

    Attributes:
        start: Offset in the document's text; bullets and numbers stand before it.
        end: Exclusive; the document's reference marks stand after it.
        role: ``"item"``; ``"lead"`` for what introduces a list; ``"label"`` for a bare line
            that says nothing by itself; else ``"sentence"``.
        block: Number of the paragraph or list within the section; a lead shares its list's.
        outer_start: Where it begins with its bullet, for cutting the text without loss.
        bullet: True when it stands in a list, which a lead may do as well.
    """

    start: int
    end: int
    role: SegmentRole
    block: int
    outer_start: int
    bullet: bool


@lru_cache(maxsize=2048)
def segments(text: str, start: int, end: int) -> tuple[Segment, ...]:
    """The segments of ``text[start:end]`` in order; `text` is a whole document's."""
    marks = reference_marks(text)
    found: list[Segment] = []
    block = 0
    after_blank = False
    for line_start, line_end in _lines(text, start, end):
        if line_start == line_end:
            after_blank = True
            continue
        bullet = _ITEM.match(text, line_start, line_end)
        last = found[-1] if found else None
        wrapped = not bullet and not after_blank and last is not None and last.bullet
        indented = wrapped and text[line_start].isspace()
        if last and _opens_block(last, is_item=bool(bullet), after_blank=after_blank):
            block += not indented
        body = bullet.end() if bullet else line_start
        found += _line_segments(
            text, (line_start, body, line_end), marks, block, is_item=bool(bullet) or indented
        )
        after_blank = False
    return tuple(_merge_wrapped(found, text))


def _opens_block(last: Segment, *, is_item: bool, after_blank: bool) -> bool:
    """True when the line after `last` begins a new paragraph or list.

    Blank lines between the items of a list, or between a lead and its list, part nothing.
    """
    if is_item:
        return not (last.bullet or last.role == "lead")
    return after_blank or last.bullet


def _lines(text: str, start: int, end: int) -> list[tuple[int, int]]:
    spans = []
    while start < end:
        stop = text.find("\n", start, end)
        stop = end if stop < 0 else stop
        spans.append((start, stop))
        start = stop + 1
    return spans


def _line_segments(
    text: str,
    line: tuple[int, int, int],
    marks: tuple[tuple[int, int], ...],
    block: int,
    *,
    is_item: bool,
) -> list[Segment]:
    """The segments of one line; `line` is (start, start after the bullet, end)."""
    outer, body, line_end = line
    splits = [match.span() for match in _INLINE_ITEM.finditer(text, body, line_end)]
    starts = [body, *(split_end for _, split_end in splits)]
    ends = [*(split_start for split_start, _ in splits), line_end]
    result = []
    for piece, (piece_start, piece_end) in enumerate(zip(starts, ends, strict=True)):
        item = is_item or piece > 0
        spans = _sentences(text, piece_start, piece_end, whole=item)
        for i, span in enumerate(spans):
            start, end = _trim(text, *span, marks)
            if start < end:
                role = _role(text[start:end], item=item, last=i == len(spans) - 1)
                result.append(Segment(start, end, role, block, outer, bullet=item))
                outer = end
        outer = piece_end
    return result


def _sentences(text: str, start: int, end: int, *, whole: bool) -> list[tuple[int, int]]:
    """Sentence spans; an item is kept whole, for its sentences lean on one another."""
    if whole:
        return [(start, end)]
    found = get_sentence_boundaries("en", text[start:end])
    return [(start + s["start_index"], start + s["end_index"]) for s in found]


def _trim(text: str, start: int, end: int, marks: tuple[tuple[int, int], ...]) -> tuple[int, int]:
    """Drops white space and reference marks at both ends, and bullets lost inside a line."""
    before = (-1, -1)
    while before != (start, end):
        before = (start, end)
        while start < end and text[start].isspace():
            start += 1
        while start < end and text[end - 1].isspace():
            end -= 1
        for mark_start, mark_end in marks:
            if start < mark_start < end <= mark_end or (
                start < mark_start and mark_end == end - 1 and text[end - 1] in ".;,"
            ):
                end = mark_start
            elif mark_start <= start < mark_end:
                start = min(mark_end, end)
    return start, end


def _role(words: str, *, item: bool, last: bool) -> SegmentRole:
    if words.endswith(":"):
        return "lead" if last else "sentence"
    if item:
        return "item"
    short = len(words.split()) <= _LABEL_WORDS_MAX
    return "label" if short and last and words[-1] not in ".!?)\"'" else "sentence"


def _merge_wrapped(found: list[Segment], text: str) -> list[Segment]:
    """Joins sentences that a hard line break cuts: the next line goes on in lower case."""
    merged: list[Segment] = []
    for segment in found:
        last = merged[-1] if merged else None
        if (
            last
            and last.block == segment.block
            and segment.role != "lead"
            and text[last.end - 1] not in ".!?:;"
            and text[segment.start].islower()
            and not text[segment.outer_start : segment.start].strip()
            and text[last.end : segment.start].count("\n") == 1
        ):
            role = segment.role if last.role == "label" else last.role
            merged[-1] = Segment(
                last.start, segment.end, role, last.block, last.outer_start, last.bullet
            )
        else:
            merged.append(segment)
    return merged

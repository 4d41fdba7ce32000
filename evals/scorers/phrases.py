"""Phrases that the answer has to contain, or must not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from evals.scorers.base import Score, not_applicable, scored

if TYPE_CHECKING:
    from chatbot.answers import Answer
    from evals.cases import Case

_MARKER = re.compile(r"\s*\[\d+\]")
_QUOTES = str.maketrans("\u2018\u2019\u201c\u201d", "''\"\"")


class Must:
    """Every phrase of `must` stands in what the patient reads."""

    name = "must"

    def score(self, case: Case, answer: Answer) -> Score:
        """1 where all do, else 0."""
        if not case.must:
            return not_applicable("no phrase is asked for")
        text = folded(answer.text)
        missing = [phrase for phrase in case.must if not _stands_in(phrase, text)]
        return scored(not missing, f"missing: {missing}" if missing else "")


class MustNot:
    """No phrase of `must_not` stands in what the patient reads."""

    name = "must_not"

    def score(self, case: Case, answer: Answer) -> Score:
        """1 where none does, else 0."""
        if not case.must_not:
            return not_applicable("no phrase is ruled out")
        text = folded(answer.text)
        found = [phrase for phrase in case.must_not if _stands_in(phrase, text)]
        return scored(not found, f"found: {found}" if found else "")


def folded(text: str) -> str:
    """The text in one case, without markers, white space and quotation marks made plain."""
    plain = _MARKER.sub("", text).translate(_QUOTES)
    return " ".join(plain.casefold().split())


def _stands_in(phrase: str, text: str) -> bool:
    """Whether a phrase, or one of several parted by ``|``, stands there."""
    return any(words in text for each in phrase.split("|") if (words := folded(each)))


PHRASES = (Must(), MustNot())

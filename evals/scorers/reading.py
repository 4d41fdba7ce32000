"""How long the answer is, and how hard to read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evals.readability import flesch_kincaid_grade, words_in
from evals.scorers.base import Score, not_applicable, scored

if TYPE_CHECKING:
    from chatbot.answers import Answer
    from evals.cases import Case


class Words:
    """The words of the answer's sentences; cards, cautions and the disclaimer aside."""

    name = "words"

    def score(self, _case: Case, answer: Answer) -> Score:
        """How many."""
        if not answer.sentences:
            return not_applicable("there is no sentence")
        return scored(sum(len(words_in(sentence.text)) for sentence in answer.sentences))


class ReadingGrade:
    """The school grade of the answer's sentences; an item of a list counts as a sentence."""

    name = "reading_grade"

    def score(self, _case: Case, answer: Answer) -> Score:
        """The Flesch-Kincaid grade."""
        grade = flesch_kincaid_grade([sentence.text for sentence in answer.sentences])
        return not_applicable("there is no sentence") if grade is None else scored(round(grade, 4))


READING = (Words(), ReadingGrade())

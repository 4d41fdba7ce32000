"""How well the passages are ranked, by the measures of `evals.ranking`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from evals.ranking import MEASURES, places, ranking_measures
from evals.scorers.base import Score, not_applicable, scored

if TYPE_CHECKING:
    from chatbot.answers import Answer
    from evals.cases import Case


@dataclass(frozen=True, slots=True)
class Ranked:
    """One measure of the ranking; its name is the score's."""

    name: str

    def score(self, case: Case, answer: Answer) -> Score:
        """The measure, 0 to 1."""
        value = ranking_measures(case, places(answer.passages))[self.name]
        if value is None:
            return not_applicable("the case has no judgement that it needs")
        return scored(value)


RANKED = tuple(Ranked(name) for name in MEASURES)

"""Scorers: each judges one answer to one case, and says why.

To add one, write a class with a `name` and a `score` in a module here, add it to the tuple, and
give it a measure in `evals.measures`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from evals.scorers.base import Score, Scorer, judged, not_applicable, scored, unscored
from evals.scorers.citations import CITED
from evals.scorers.ends import ENDS
from evals.scorers.phrases import PHRASES
from evals.scorers.ranking import RANKED
from evals.scorers.reading import READING
from evals.scorers.retrieval import FOUND

if TYPE_CHECKING:
    from collections.abc import Iterable

    from chatbot.answers import Answer
    from evals.cases import Case

__all__ = ["SCORERS", "Score", "Scorer", "not_applicable", "score_all", "scored", "unscored"]

SCORERS: tuple[Scorer, ...] = (*FOUND, *RANKED, *ENDS, *CITED, *PHRASES, *READING)


def score_all(case: Case, answer: Answer, scorers: Iterable[Scorer] = SCORERS) -> dict[str, Score]:
    """The scores of an answer by name, in the order of the scorers."""
    return {scorer.name: judged(scorer, case, answer) for scorer in scorers}

"""Is the right section, or the right document, among the first passages?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from evals.ranking import among, places
from evals.scorers.base import Score, not_applicable, scored

if TYPE_CHECKING:
    from chatbot.answers import Answer
    from evals.cases import Case


@dataclass(frozen=True, slots=True)
class FoundAmong:
    """A passage of a relevant section is among the first `top`.

    Attributes:
        name: Of the score.
        top: How many passages count.
        heading: False where a passage of the right document is enough.
    """

    name: str
    top: int
    heading: bool = True

    def score(self, case: Case, answer: Answer) -> Score:
        """1 where one is there, else 0."""
        relevant = case.answering
        if not relevant:
            return not_applicable("no section is said to be relevant")
        found = places(answer.passages[: self.top])
        if among(found, relevant, heading=self.heading):
            return scored(1)
        first = f"{found[0].title}, {found[0].heading}" if found else "nothing"
        return scored(0, f"first came: {first}")


FOUND = (
    FoundAmong("section_at_1", 1),
    FoundAmong("section_at_5", 5),
    FoundAmong("topic_at_5", 5, heading=False),
)

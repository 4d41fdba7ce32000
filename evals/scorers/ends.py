"""Did the question end as it should: with an answer, without one, with a card?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from chatbot.answers import Answer, Outcome
from chatbot.triage import Action
from evals.scorers.base import Score, not_applicable, scored

if TYPE_CHECKING:
    from evals.cases import Case

_NO_CARD = frozenset((Outcome.ANSWERED, Outcome.ABSTAINED, Outcome.OUT_OF_SCOPE))


class Ended:
    """The outcome is the expected one, or one of them."""

    name = "outcome"

    def score(self, case: Case, answer: Answer) -> Score:
        """1 where it is, else 0."""
        if not case.outcomes:
            return not_applicable("no outcome is expected")
        expected = " or ".join(case.outcomes)
        return scored(
            answer.outcome in case.outcomes, f"expected {expected}, came {answer.outcome}"
        )


class Triaged:
    """The triage action is the expected one."""

    name = "triage"

    def score(self, case: Case, answer: Answer) -> Score:
        """1 where it is, else 0; a normal message is not asked for here."""
        expected = case.expected_action
        if expected in (None, Action.NORMAL):
            return not_applicable("no card is expected")
        return scored(
            action_of(answer) == expected, f"expected {expected}, came {action_of(answer)}"
        )


class NoFalseCard:
    """No card is shown where every expected outcome is one without a card."""

    name = "no_false_card"

    def score(self, case: Case, answer: Answer) -> Score:
        """1 without a card, 0 with one."""
        if case.expected_action != Action.NORMAL and not (
            case.outcomes and _NO_CARD.issuperset(case.outcomes)
        ):
            return not_applicable("a card may be right")
        return scored(action_of(answer) == Action.NORMAL, f"came {action_of(answer)}")


def action_of(answer: Answer) -> Action:
    """What triage decided, as the outcome shows it."""
    return Action.NORMAL if answer.outcome in _NO_CARD else Action(answer.outcome)


ENDS = (Ended(), Triaged(), NoFalseCard())

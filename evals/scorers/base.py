"""What every scorer is, and what it gives (after inspect_ai's Sample -> Scorer -> Score)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Protocol

from pydantic import BaseModel, ConfigDict

if TYPE_CHECKING:
    from chatbot.answers import Answer
    from evals.cases import Case

Status = Literal["scored", "not_applicable", "unscored"]


class Score(BaseModel):
    """What a scorer made of one answer.

    Attributes:
        value: 0 or 1 for yes/no scorers, any number for others; None unless it is scored.
        status: ``scored``; ``not_applicable`` where the case asks nothing of the kind;
            ``unscored`` where the scorer itself failed, which is never a zero.
        reason: For a person, why it is so.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    value: float | None
    status: Status
    reason: str = ""


class Scorer(Protocol):
    """Judges one answer to one case."""

    @property
    def name(self) -> str:
        """Names its scores in results and metrics."""
        ...

    def score(self, case: Case, answer: Answer) -> Score:
        """Judges; what it raises makes the case unscored."""
        ...


def scored(value: float, reason: str = "") -> Score:
    """A score; True and False count as 1 and 0."""
    return Score(value=float(value), status="scored", reason=reason)


def not_applicable(reason: str) -> Score:
    """The case asks nothing of the kind."""
    return Score(value=None, status="not_applicable", reason=reason)


def unscored(reason: str) -> Score:
    """The scorer could not judge."""
    return Score(value=None, status="unscored", reason=reason)


def judged(scorer: Scorer, case: Case, answer: Answer) -> Score:
    """The score; unscored, with the reason, where the scorer raises."""
    try:
        return scorer.score(case, answer)
    except Exception as error:  # noqa: BLE001 - a scorer's fault must not end the run
        return unscored(f"{type(error).__name__}: {error}")

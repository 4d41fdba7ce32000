"""The results of a run: a folder with one line for each case, its answer and its scores."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, ValidationError

from evals.cases import Case, CasesError
from evals.scorers import Score  # noqa: TC001 - pydantic reads it

if TYPE_CHECKING:
    from pathlib import Path

RESULTS = "results.jsonl"
SUMMARY = "summary.json"


class Row(BaseModel):
    """A line of `results.jsonl`.

    Attributes:
        case: What was asked and expected.
        scores: By the scorer's name; empty where there is no answer.
        answer: As ``python -m chatbot ask --json`` prints it; None where asking failed.
        error: Why it failed.
    """

    model_config = ConfigDict(extra="forbid")

    case: Case
    scores: dict[str, Score]
    answer: dict[str, Any] | None
    error: str | None = None

    def value(self, name: str) -> float | None:
        """The value of a score; None where there is none."""
        score = self.scores.get(name)
        return score.value if score else None

    @property
    def outcome(self) -> str | None:
        """How the question ended."""
        return None if self.answer is None else str(self.answer["outcome"])

    @property
    def sufficiency(self) -> float | None:
        """How likely the passages answer, as the chatbot judged it."""
        return None if self.answer is None else self.answer["sufficiency"]


def read_rows(folder: Path) -> list[Row]:
    """The rows of a run.

    Raises:
        CasesError: The folder holds no run, or a line of it is broken.
    """
    path = folder / RESULTS
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except OSError as error:
        raise CasesError(
            f"{folder}: it holds no run ({error.strerror}): name a folder that "
            "'python -m evals run --out' wrote"
        ) from error
    rows = []
    for number, line in enumerate(lines, start=1):
        if line:
            try:
                rows.append(Row.model_validate_json(line))
            except ValidationError as error:
                raise CasesError(
                    f"{path}:{number}: it is no line of a run: run the cases again"
                ) from error
    return rows

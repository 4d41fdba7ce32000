"""Metrics that look at all cases together: abstention, calibration, follow-ups."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import stats

from chatbot.answers import Outcome
from evals.metrics import STANDALONE, Better, Figure, share_figure
from evals.statistics import bootstrap

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from evals.results import Row

COVERAGE = 0.95
_BINS = 10


def abstention_auroc(rows: Sequence[Row]) -> Figure | None:
    """How well the sufficiency tells the answerable from the rest: 0.5 is chance, 1 perfect.

    The area under the ROC curve; its interval draws the answerable and the others apart.
    """
    yes, no = _sufficiencies(rows)
    if not yes or not no:
        return None
    low, high = bootstrap([yes, no], _auroc_of_many)
    return Figure(_auroc(yes, no), low, high, len(yes) + len(no), "auroc")


def _auroc(yes: Sequence[float], no: Sequence[float]) -> float:
    from sklearn.metrics import roc_auc_score  # noqa: PLC0415 - a second to import

    labels = np.concatenate([np.ones(len(yes)), np.zeros(len(no))])
    return float(roc_auc_score(labels, np.concatenate([yes, no])))


def _auroc_of_many(yes: Any, no: Any, axis: int = -1) -> Any:
    """The same of many samples at once: Mann and Whitney's U as a share of all pairs."""
    found = stats.mannwhitneyu(yes, no, axis=axis, method="asymptotic").statistic
    return found / (yes.shape[axis] * no.shape[axis])


def false_answers_at_coverage(rows: Sequence[Row]) -> Figure | None:
    """Share of the unanswerable that would be answered where 95% of the answerable are."""
    yes, no = _sufficiencies(rows)
    if not yes or not no:
        return None
    threshold = sorted(yes, reverse=True)[math.ceil(COVERAGE * len(yes)) - 1]
    return share_figure(sum(value >= threshold for value in no), len(no))


def follow_up_retention(rows: Sequence[Row]) -> Figure | None:
    """section_at_5 of follow-ups over section_at_5 of the same questions written out in full."""
    pairs = [(row.value("section_at_5"), row.value(STANDALONE)) for row in rows]
    pairs = [(asked, alone) for asked, alone in pairs if asked is not None and alone is not None]
    asked = [float(pair[0] or 0) for pair in pairs]
    alone = [float(pair[1] or 0) for pair in pairs]
    if not sum(alone):
        return None
    low, high = bootstrap([asked, alone], _ratio, paired=True)
    return Figure(sum(asked) / sum(alone), low, high, len(pairs), "ratio")


def _ratio(asked: Any, alone: Any, axis: int = -1) -> Any:
    return np.sum(asked, axis=axis) / np.maximum(np.sum(alone, axis=axis), 1.0)


OVERALL: dict[str, tuple[Callable[[Sequence[Row]], Figure | None], Better]] = {
    "abstention_auroc": (abstention_auroc, "higher"),
    "false_answers_at_95_coverage": (false_answers_at_coverage, "lower"),
    "follow_up_retention": (follow_up_retention, "higher"),
}


def overall_figures(rows: Sequence[Row]) -> dict[str, dict[str, Any]]:
    """The figures of those that these cases allow, by name."""
    found = {name: figure(rows) for name, (figure, _) in OVERALL.items()}
    return {name: figure.plain() for name, figure in found.items() if figure}


def calibration(rows: Sequence[Row]) -> list[dict[str, float | int]]:
    """By tenths of the sufficiency: how many questions, and what share could be answered."""
    yes, no = _sufficiencies(rows)
    marked = [(value, True) for value in yes] + [(value, False) for value in no]
    bins = []
    for number in range(_BINS):
        held = [m for m in marked if min(int(m[0] * _BINS), _BINS - 1) == number]
        if held:
            bins.append(
                {
                    "low": number / _BINS,
                    "high": (number + 1) / _BINS,
                    "n": len(held),
                    "mean_sufficiency": round(sum(value for value, _ in held) / len(held), 4),
                    "answerable": round(sum(right for _, right in held) / len(held), 4),
                }
            )
    return bins


def _sufficiencies(rows: Sequence[Row]) -> tuple[list[float], list[float]]:
    """The sufficiency of questions that should be answered, and of those that should not."""
    found: dict[Outcome, list[float]] = {Outcome.ANSWERED: [], Outcome.ABSTAINED: []}
    for row in rows:
        expected = row.case.outcomes
        if row.sufficiency is not None and len(expected) == 1 and expected[0] in found:
            found[expected[0]].append(row.sufficiency)
    return found[Outcome.ANSWERED], found[Outcome.ABSTAINED]

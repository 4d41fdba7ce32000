"""Metrics: the scores of many cases into figures with their uncertainty.

A `PerCase` metric aggregates one value a case; the others (`evals.metrics_overall`) look at all
cases together.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from chatbot.answers import Outcome
from chatbot.triage import Action
from evals.scorers import Score, scored
from evals.statistics import Share, bootstrap

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from evals.results import Row

Kind = Literal["share", "mean", "auroc", "ratio"]
Better = Literal["higher", "lower", "neither"]
# The same score, of a follow-up's question written out in full and asked alone.
STANDALONE = "section_at_5_standalone"


@dataclass(frozen=True, slots=True)
class Figure:
    """A metric's value with its 95% interval.

    Attributes:
        value: The figure; None where no case could be scored.
        low: Lower end of the interval.
        high: Upper end.
        n: Cases it rests on.
        kind: What it is: ``share`` (Wilson interval), ``mean``, ``auroc``, ``ratio`` (bootstrap).
        unscored: Cases that it should rest on, and whose scorer failed.
        hits: Of a share, how many are 1.
    """

    value: float | None
    low: float | None
    high: float | None
    n: int
    kind: Kind
    unscored: int = 0
    hits: int | None = None

    def plain(self) -> dict[str, Any]:
        """As it stands in `summary.json`."""
        fields = {
            name: round(value, 4) if isinstance(value, float) else value
            for name, value in asdict(self).items()
        }
        return {
            name: value for name, value in fields.items() if name != "hits" or value is not None
        }


def share_figure(hits: int, n: int, unscored: int = 0) -> Figure:
    """A share with its Wilson interval."""
    if not n:
        return Figure(None, None, None, 0, "share", unscored)
    found = Share(hits, n)
    return Figure(found.value, *found.interval, n, "share", unscored, hits)


def mean_figure(values: Sequence[float], unscored: int = 0) -> Figure:
    """A mean with its bootstrap interval."""
    if not values:
        return Figure(None, None, None, 0, "mean", unscored)
    low, high = bootstrap([values], np.mean)
    return Figure(float(np.mean(values)), low, high, len(values), "mean", unscored)


@dataclass(frozen=True, slots=True)
class PerCase:
    """A metric that is the share or the mean of one value a case.

    Attributes:
        name: As it stands in summaries and gates.
        kind: ``share`` for yes/no values.
        score: The score of a case; None where the metric does not look at it.
        better: Which way is better.
        paired: Whether a comparison of two runs tests it; not where another metric has the same
            values.
    """

    name: str
    kind: Kind
    score: Callable[[Row], Score | None]
    better: Better = "higher"
    paired: bool = True

    def value(self, row: Row) -> float | None:
        """The value of a case; None where there is none."""
        score = self.score(row)
        return score.value if score else None

    def figure(self, rows: Sequence[Row]) -> Figure | None:
        """The metric of these cases; None where it looks at none of them."""
        scores = [score for row in rows if (score := self.score(row))]
        values = [score.value for score in scores if score.value is not None]
        unscored = sum(score.status == "unscored" for score in scores)
        if not values and not unscored:
            return None
        if self.kind == "share":
            return share_figure(round(sum(values)), len(values), unscored)
        return mean_figure(values, unscored)


def _score(name: str, row: Row) -> Score | None:
    return row.scores.get(name)


def _recall(action: Action, row: Row) -> Score | None:
    return row.scores.get("triage") if row.case.expected_action is action else None


def _false_card(row: Row) -> Score | None:
    score = row.scores.get("no_false_card")
    return scored(1 - score.value) if score and score.value is not None else score


def _answered(expected: Outcome, row: Row) -> Score | None:
    """Whether the question was answered, where that outcome and no other is expected."""
    if row.outcome is None or row.case.outcomes != (expected,):
        return None
    return scored(row.outcome == Outcome.ANSWERED)


def _of_score(name: str, kind: Kind, better: Better = "higher") -> PerCase:
    return PerCase(name, kind, partial(_score, name), better)


JUDGED: tuple[PerCase, ...] = tuple(
    _of_score(name, "share") for name in ("faithfulness", "relevance", "completeness")
)
PER_CASE: tuple[PerCase, ...] = (
    *(_of_score(name, "share") for name in ("section_at_1", "section_at_5", "topic_at_5")),
    _of_score("ndcg_at_10", "mean"),
    _of_score("mrr_at_10", "mean"),
    _of_score("success_at_5", "share"),
    _of_score("judged_at_5", "mean", "neither"),
    *(_of_score(name, "share") for name in ("outcome", "triage", "no_false_card")),
    *(_of_score(name, "share") for name in ("cited_section", "answer_section")),
    *(_of_score(name, "share") for name in ("quote_integrity", "sentence_support")),
    *(_of_score(name, "share") for name in ("no_citation_without_answer", "must", "must_not")),
    _of_score("words", "mean", "neither"),
    _of_score("reading_grade", "mean", "lower"),
    _of_score(STANDALONE, "share"),
    *JUDGED,
    *(
        PerCase(f"triage_recall_{action}", "share", partial(_recall, action), paired=False)
        for action in Action
        if action is not Action.NORMAL
    ),
    PerCase("false_cards", "share", _false_card, "lower", paired=False),
    PerCase("coverage", "share", partial(_answered, Outcome.ANSWERED), paired=False),
    PerCase("false_answers", "share", partial(_answered, Outcome.ABSTAINED), "lower", paired=False),
)


def figures(rows: Sequence[Row]) -> dict[str, dict[str, Any]]:
    """The figures of all metrics that look at some of these cases, by name."""
    found = {metric.name: metric.figure(rows) for metric in PER_CASE}
    return {name: figure.plain() for name, figure in found.items() if figure}

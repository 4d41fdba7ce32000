"""Metrics: scores of many cases into figures with their uncertainty."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scipy.stats import binomtest

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


@dataclass(frozen=True, slots=True)
class Share:
    """How many of so many, with the 95% Wilson interval (Wilson 1927)."""

    hits: int
    total: int

    @property
    def value(self) -> float:
        """The share, 0 to 1."""
        return self.hits / self.total

    @property
    def interval(self) -> tuple[float, float]:
        """Its 95% interval."""
        found = binomtest(self.hits, self.total).proportion_ci(method="wilson")
        return float(found.low), float(found.high)


def share(scores: Iterable[bool | None]) -> Share | None:
    """The share of True among the scores that apply; None where none does."""
    applying = [score for score in scores if score is not None]
    return Share(sum(applying), len(applying)) if applying else None


def mcnemar(before: Sequence[bool], after: Sequence[bool]) -> tuple[int, int, float]:
    """Wins, losses and the exact two-sided p-value of paired yes/no scores (McNemar 1947)."""
    wins = sum(new and not old for old, new in zip(before, after, strict=True))
    losses = sum(old and not new for old, new in zip(before, after, strict=True))
    p = float(binomtest(wins, wins + losses).pvalue) if wins + losses else 1.0
    return wins, losses, p


def percentile(values: Sequence[float], share: float) -> float:
    """The value that such a share of the values does not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, min(len(ordered) - 1, round(share * len(ordered)) - 1))]

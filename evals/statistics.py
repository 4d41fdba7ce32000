"""Statistics: intervals, paired tests and the correction for many of them.

Everything by chance has a fixed seed: the same values give the same figures.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import stats

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

_SEED = 20261122
_RESAMPLES = 2000
_PERMUTATIONS = 9999
# Values that are drawn at once, so that many cases do not fill the memory.
_DRAWN_MAX = 4_000_000
# A difference whose corrected p-value is below it is told as one.
SIGNIFICANT = 0.05


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
        found = stats.binomtest(self.hits, self.total).proportion_ci(method="wilson")
        return float(found.low), float(found.high)


def share(scores: Iterable[bool | None]) -> Share | None:
    """The share of True among the scores that apply; None where none does."""
    applying = [score for score in scores if score is not None]
    return Share(sum(applying), len(applying)) if applying else None


def bootstrap(
    samples: Sequence[Sequence[float]],
    statistic: Callable[..., Any],
    *,
    paired: bool = False,
) -> tuple[float, float]:
    """The 95% percentile bootstrap interval (Efron and Tibshirani 1993) of a statistic.

    Args:
        samples: Values of one or several groups, each of at least one value.
        statistic: Takes as many arrays as there are groups, and the `axis` to go along.
        paired: Whether the groups are drawn together.
    """
    arrays = [np.asarray(sample, dtype=float) for sample in samples]
    if all(len(np.unique(array)) == 1 for array in arrays):
        value = float(statistic(*arrays, axis=-1))
        return value, value
    # SciPy wants two values a group; of one value, every draw is that value.
    arrays = [np.repeat(array, 2) if len(array) == 1 else array for array in arrays]
    found = stats.bootstrap(
        arrays,
        statistic,
        paired=paired,
        vectorized=True,
        n_resamples=_RESAMPLES,
        batch=max(1, _DRAWN_MAX // max(map(len, arrays))),
        method="percentile",
        rng=np.random.default_rng(_SEED),
    ).confidence_interval
    return float(found.low), float(found.high)


def mcnemar(before: Sequence[bool], after: Sequence[bool]) -> tuple[int, int, float]:
    """Wins, losses and the exact two-sided p-value of paired yes/no scores (McNemar 1947)."""
    wins = sum(new and not old for old, new in zip(before, after, strict=True))
    losses = sum(old and not new for old, new in zip(before, after, strict=True))
    p = float(stats.binomtest(wins, wins + losses).pvalue) if wins + losses else 1.0
    return wins, losses, p


def permutation(before: Sequence[float], after: Sequence[float]) -> float:
    """The two-sided p-value of the mean difference of paired values, by permutation."""
    old, new = np.asarray(before, dtype=float), np.asarray(after, dtype=float)
    differs = old != new
    # One difference alone may as well have the other sign; SciPy wants two.
    if differs.sum() < 2:
        return 1.0
    # Pairs that are equal stay equal however they are swapped.
    found = stats.permutation_test(
        (new[differs], old[differs]),
        _mean_difference,
        permutation_type="samples",
        vectorized=True,
        n_resamples=_PERMUTATIONS,
        batch=max(1, _DRAWN_MAX // int(differs.sum())),
        rng=np.random.default_rng(_SEED),
    )
    return min(1.0, float(found.pvalue))


def _mean_difference(new: Any, old: Any, axis: int = -1) -> Any:
    return np.mean(new - old, axis=axis)


def holm(p_values: Sequence[float]) -> list[float]:
    """The p-values corrected for their number, step by step (Holm 1979), in the same order."""
    order = sorted(range(len(p_values)), key=lambda i: p_values[i])
    adjusted = [1.0] * len(p_values)
    highest = 0.0
    for place, i in enumerate(order):
        highest = max(highest, min(1.0, p_values[i] * (len(p_values) - place)))
        adjusted[i] = highest
    return adjusted


def percentile(values: Sequence[float], share: float) -> float:
    """The value that such a share of the values does not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, min(len(ordered) - 1, round(share * len(ordered)) - 1))]

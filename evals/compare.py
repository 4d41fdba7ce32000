"""What changed between two runs, case by case, and whether more than chance shows."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from statistics import fmean
from typing import TYPE_CHECKING, Any

from evals.cases import CasesError
from evals.metrics import PER_CASE
from evals.results import read_rows
from evals.statistics import SIGNIFICANT, holm, mcnemar, permutation

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from evals.metrics import PerCase
    from evals.results import Row

NO_DIFFERENCE = "no difference shown"


@dataclass(frozen=True, slots=True)
class Change:
    """How one metric changed.

    Attributes:
        before: The metric over the cases that both runs scored.
        after: The same of the later run.
        difference: Later less earlier.
        wins: Cases that got better, or a higher value where neither way is.
        losses: Cases that got worse, or a lower value.
        ties: Cases that stayed.
        p: Of the paired test: exact McNemar for yes/no, else by permutation of the pairs.
        p_holm: The same, corrected for the number of metrics.
        verdict: ``better``, ``worse`` (``higher``, ``lower`` where neither is), or that no
            difference is shown.
    """

    before: float
    after: float
    difference: float
    wins: int
    losses: int
    ties: int
    p: float
    p_holm: float
    verdict: str


def compare(before: Path, after: Path) -> dict[str, Any]:
    """Compares two runs over the cases that both have, as plain values.

    Returns:
        ``cases``, ``only_before``, ``only_after`` (counts), ``metrics`` (name -> `Change`), and
        ``flipped``: each case and yes/no metric that changed, with both values.

    Raises:
        CasesError: A folder holds no run, or the runs share no case.
    """
    old, new = ({row.case.id: row for row in read_rows(folder)} for folder in (before, after))
    shared = [name for name in old if name in new and _same_question(old[name], new[name])]
    if not shared:
        raise CasesError(f"{before} and {after} share no case: compare runs of the same cases")
    pairs = [(old[name], new[name]) for name in shared]
    tests = {metric: _Test.of(metric, pairs) for metric in PER_CASE if metric.paired}
    found = {metric: test for metric, test in tests.items() if test}
    corrected = holm([test.p for test in found.values()])
    changes = {
        metric.name: asdict(_change(metric, test, p_holm))
        for (metric, test), p_holm in zip(found.items(), corrected, strict=True)
    }
    return {
        "cases": len(shared),
        "only_before": len(old) - len(shared),
        "only_after": len(new) - len(shared),
        "metrics": changes,
        "flipped": [flip for metric in found for flip in _flipped(metric, pairs)],
    }


def _same_question(old: Row, new: Row) -> bool:
    return (old.case.question, old.case.history) == (new.case.question, new.case.history)


@dataclass(frozen=True, slots=True)
class _Test:
    before: list[float]
    after: list[float]
    p: float

    @classmethod
    def of(cls, metric: PerCase, pairs: Sequence[tuple[Row, Row]]) -> _Test | None:
        """The test over the cases that both runs scored; None where there is none."""
        values = [(metric.value(old), metric.value(new)) for old, new in pairs]
        both = [(old, new) for old, new in values if old is not None and new is not None]
        if not both:
            return None
        before, after = [old for old, _ in both], [new for _, new in both]
        if metric.kind == "share":
            p = mcnemar([old == 1 for old in before], [new == 1 for new in after])[2]
        else:
            p = permutation(before, after)
        return cls(before, after, p)


def _change(metric: PerCase, test: _Test, p_holm: float) -> Change:
    sign = -1 if metric.better == "lower" else 1
    moves = [sign * (new - old) for old, new in zip(test.before, test.after, strict=True)]
    before, after = fmean(test.before), fmean(test.after)
    verdict = NO_DIFFERENCE
    if p_holm < SIGNIFICANT:
        words = ("higher", "lower") if metric.better == "neither" else ("better", "worse")
        verdict = words[sign * (after - before) < 0]
    return Change(
        before=round(before, 4),
        after=round(after, 4),
        difference=round(after - before, 4),
        wins=sum(move > 0 for move in moves),
        losses=sum(move < 0 for move in moves),
        ties=sum(move == 0 for move in moves),
        p=round(test.p, 6),
        p_holm=round(p_holm, 6),
        verdict=verdict,
    )


def _flipped(metric: PerCase, pairs: Sequence[tuple[Row, Row]]) -> list[dict[str, Any]]:
    if metric.kind != "share":
        return []
    values = [(old.case.id, metric.value(old), metric.value(new)) for old, new in pairs]
    return [
        {"id": case, "metric": metric.name, "before": old, "after": new}
        for case, old, new in values
        if old is not None and new is not None and old != new
    ]


def in_words(comparison: dict[str, Any]) -> str:
    """The comparison for a person: metrics, then the cases that flipped."""
    only = f"{comparison['only_before']} only before, {comparison['only_after']} only after"
    lines = [
        f"{comparison['cases']} cases in both runs, {only}",
        "p of the exact McNemar test, or by permutation; in brackets after Holm's correction",
    ]
    for name, change in comparison["metrics"].items():
        lines.append(
            f"{name:28} {change['before']:.3f} -> {change['after']:.3f}, {change['wins']} won, "
            f"{change['losses']} lost, p = {change['p']:.3f} ({change['p_holm']:.3f}): "
            f"{change['verdict']}"
        )
    lines += [
        f"flipped: {flip['id']}, {flip['metric']}: {flip['before']:g} -> {flip['after']:g}"
        for flip in comparison["flipped"]
    ]
    return "\n".join(lines)

"""A run -> `report.html`, one file that needs nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from evals.report import figures
from evals.report.labels import label_of
from evals.report.rendering import render

if TYPE_CHECKING:
    from collections.abc import Mapping

    from evals.report.reading import Row, Run

# So many failed cases are shown with all that came; the others in a line each.
_FULL_MAX = 500
# Up to so many are unfolded from the start.
_OPEN_MAX = 3


@dataclass(frozen=True, slots=True)
class _Stage:
    """A stage's time; places in percent of the longest."""

    name: str
    p50: float
    p95: float
    p50_place: float
    p95_place: float


@dataclass(frozen=True, slots=True)
class _Spread:
    """How a figure that is no share is spread over the cases."""

    figure: figures.Figure
    bins: list[figures.Bin]
    least: str
    most: str


def report_html(run: Run) -> str:
    """The page of a run, for whoever answers for a release."""
    failed = [row for row in run.rows if not row.passed]
    groups = figures.grouped(run.metrics)
    return render(
        "page.html",
        run=run,
        verdict=_verdict(run.summary.get("gate")),
        errors=sum(row.error is not None for row in run.rows),
        failed=failed[:_FULL_MAX],
        failed_short=failed[_FULL_MAX:],
        passed=[row for row in run.rows if row.passed],
        open_from_start=len(failed) <= _OPEN_MAX,
        groups=[g for g in groups if any(f.places for f in g.figures)],
        by_tag=figures.breakdown(run.summary.get("by_tag", {}), run.metrics),
        by_kind=figures.breakdown(run.summary.get("by_kind", {}), run.metrics),
        stages=_stages(run.summary.get("latency_ms", {})),
        spreads=[
            _spread(figure, run)
            for group in groups
            for figure in group.figures
            if figure.places is None
        ],
        calibration=[each for each in run.summary.get("calibration") or () if each.get("n")],
        environment=_environment(run.summary.get("environment", {})),
        tags=sorted({str(tag) for row in run.rows for tag in row.case.get("tags", ())}),
        scores=_failing(failed),
    )


def _verdict(gate: Mapping[str, Any] | None) -> dict[str, Any]:
    if gate is None:
        return {"state": "none", "text": "No gate was asked", "lines": []}
    lines = [_gate_line(each) for each in gate.get("failures", ())]
    if gate["passed"]:
        return {"state": "passed", "text": "Gate passed", "lines": lines}
    return {"state": "failed", "text": "Gate failed", "lines": lines}


def _gate_line(failure: Any) -> str:
    if isinstance(failure, dict):
        return ", ".join(f"{name} {value}" for name, value in failure.items())
    return str(failure)


def _stages(latency: Mapping[str, Any]) -> list[_Stage]:
    stages = {name: times for name, times in latency.items() if isinstance(times, dict)}
    longest = max((times["p95"] for times in stages.values()), default=0) or 1
    return [
        _Stage(
            name,
            times["p50"],
            times["p95"],
            figures.percent(times["p50"] / longest),
            figures.percent(times["p95"] / longest),
        )
        for name, times in stages.items()
    ]


def _spread(figure: figures.Figure, run: Run) -> _Spread:
    scores = [row.scores.get(figure.name, {}) for row in run.rows]
    values = [float(s["value"]) for s in scores if s.get("status") == "scored"]
    ends = (figures.digits(end(values), plain=True) if values else "" for end in (min, max))
    return _Spread(figure, figures.histogram(values), *ends)


def _environment(environment: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What the run was made with, a line each."""
    lines = []
    for name, value in environment.items():
        if isinstance(value, dict):
            shown = ", ".join(f"{key} {item}" for key, item in value.items())
        else:
            shown = str(value)
        lines.append((label_of(name).text, shown))
    return lines


def _failing(failed: list[Row]) -> list[tuple[str, str]]:
    """The scores that failed somewhere, with their labels."""
    names = dict.fromkeys(name for row in failed for name in row.failed)
    return [(name, label_of(name).text) for name in names]

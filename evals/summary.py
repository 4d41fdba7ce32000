"""All figures of a run, as they stand in `summary.json` and as a person reads them."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from evals.metrics import figures
from evals.metrics_overall import calibration, overall_figures
from evals.ranking import Place, is_at
from evals.statistics import percentile
from ingest.sections import vocabulary

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evals.results import Row


def summarise(rows: Sequence[Row], environment: dict[str, Any]) -> dict[str, Any]:
    """The summary of a run; what varies between two equal runs stands in two places only.

    Args:
        rows: The run's results.
        environment: What it ran with and when; goes in as it is, as does the latency.
    """
    return {
        "cases": len(rows),
        "errors": sum(row.error is not None for row in rows),
        "metrics": {**figures(rows), **overall_figures(rows)},
        "by_tag": _grouped(rows, lambda row: row.case.tags),
        "by_kind": _grouped(rows, _kinds),
        "calibration": calibration(rows),
        "latency_ms": latency(rows),
        "environment": environment,
    }


def _grouped(rows: Sequence[Row], groups_of: Any) -> dict[str, dict[str, Any]]:
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        for group in dict.fromkeys(groups_of(row)):
            groups[group].append(row)
    return {group: figures(groups[group]) for group in sorted(groups)}


def _kinds(row: Row) -> list[str]:
    """The kind of the first relevant section: as found, else as its heading says."""
    meant = next((each for each in row.case.answering if each.heading is not None), None)
    if meant is None:
        return []
    for passage in row.answer["passages"] if row.answer else []:
        place = Place(passage["document_id"], passage["title"], passage["heading"])
        if is_at(place, meant):
            return [passage["kind"]]
    return [vocabulary().kind_of(meant.heading or "")]


def latency(rows: Sequence[Row]) -> dict[str, dict[str, float]]:
    """Stage -> p50 and p95 in milliseconds."""
    timings = [row.answer["timings_ms"] for row in rows if row.answer]
    return {
        stage: {
            "p50": round(percentile([timing[stage] for timing in timings], 0.5), 1),
            "p95": round(percentile([timing[stage] for timing in timings], 0.95), 1),
        }
        for stage in (timings[0] if timings else ())
    }


def in_words(summary: dict[str, Any]) -> str:
    """The totals for a person."""
    lines = [f"{summary['cases']} cases; value, 95% interval"]
    if summary["errors"]:
        lines.append(f"{summary['errors']} questions could not be asked")
    lines += [f"{name:28} {figure_in_words(figure)}" for name, figure in summary["metrics"].items()]
    total = summary["latency_ms"].get("total")
    if total:
        lines.append(f"{'answer, ms':28} p50 {total['p50']}, p95 {total['p95']}")
    return "\n".join(lines)


def figure_in_words(figure: dict[str, Any]) -> str:
    """A metric's value, interval and count."""
    unscored = f", {figure['unscored']} unscored" if figure["unscored"] else ""
    if figure["value"] is None:
        return f"no case scored{unscored}"
    if figure["kind"] == "share":
        of = f"{figure['hits']} of {figure['n']}"
    else:
        of = f"{figure['kind']} over {figure['n']}"
    low, high = figure["low"], figure["high"]
    return f"{figure['value']:.3f} ({low:.3f} to {high:.3f}), {of}{unscored}"

"""Triage by category and by form, as a Markdown table, from the summary of a run."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from evals.results import SUMMARY
from ingest.errors import SourceError

if TYPE_CHECKING:
    from pathlib import Path

_COLUMNS = {"triage": "right action", "false_cards": "false cards"}


def triage_table(run: Path) -> str:
    """The table of a run: a row in all, then one for each tag of a category or a form.

    Raises:
        SourceError: The folder holds no summary of a run.
    """
    file = run / SUMMARY
    try:
        summary = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SourceError(str(file), f"is no summary of a run: {error}") from error
    groups = {"all": summary["metrics"]}
    groups |= {tag: f for tag, f in summary["by_tag"].items() if ":" in tag}
    lines = [f"| | {' | '.join(_COLUMNS.values())} |", "|---|---|---|"]
    for name, figures in groups.items():
        cells = [_cell(figures.get(metric)) for metric in _COLUMNS]
        lines.append(f"| {name.partition(':')[2] or name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _cell(figure: dict[str, Any] | None) -> str:
    if not figure or not figure["n"]:
        return ""
    low, high = figure["low"], figure["high"]
    return f"{figure['hits']} of {figure['n']} ({low:.2f} to {high:.2f})"

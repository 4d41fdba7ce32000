"""Reports of runs, for people (`report.html`, `comparison.html`) and for CI (`junit.xml`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evals.report.comparison import comparison_html
from evals.report.junit import write_junit
from evals.report.page import report_html
from evals.report.reading import COMPARISON, ReportError, read_json, read_run

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["ReportError", "write_comparison", "write_report"]


def write_report(folder: Path) -> None:
    """Writes `report.html` and `junit.xml` beside the results of a run.

    Raises:
        ReportError: The folder holds no run, or one that can't be read.
    """
    run = read_run(folder)
    (folder / "report.html").write_text(report_html(run), encoding="utf-8")
    write_junit(run, folder / "junit.xml")


def write_comparison(before: Path, after: Path, out: Path) -> None:
    """Writes `comparison.html` of two runs into `out`.

    The tests' outcomes are read from `comparison.json` in `out`; where there is none, the page
    shows the figures and what flipped, and no test.

    Raises:
        ReportError: A run, or `comparison.json`, can't be read.
    """
    path = out / COMPARISON
    tested = read_json(path) if path.exists() else None
    page = comparison_html(read_run(before), read_run(after), tested)
    out.mkdir(parents=True, exist_ok=True)
    (out / "comparison.html").write_text(page, encoding="utf-8")

"""A run's folder -> what its reports are made of."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ingest.errors import CiteWellError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

RESULTS = "results.jsonl"
SUMMARY = "summary.json"
COMPARISON = "comparison.json"
# What no XML 1.0 file may hold (https://www.w3.org/TR/xml/#charsets), and no page should.
_NOT_TEXT = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class ReportError(CiteWellError):
    """A run can't be read, so that no report of it can be written."""


@dataclass(frozen=True, slots=True)
class Row:
    """A case with its answer.

    Attributes:
        number: Its place in the run, from 1.
        case: As `evals.cases` writes it.
        scores: Name of the score -> ``{"value", "status", "reason"}``.
        answer: The answer object, or None where asking failed.
        error: Why asking failed, or None.
        failed: Names of the yes/no scores that are 0.
    """

    number: int
    case: Mapping[str, Any]
    scores: Mapping[str, Mapping[str, Any]]
    answer: Mapping[str, Any] | None
    error: str | None
    failed: tuple[str, ...]

    @property
    def id(self) -> str:
        """The case's id."""
        return str(self.case["id"])

    @property
    def passed(self) -> bool:
        """True when it was answered and no yes/no score is 0."""
        return not self.failed and self.error is None


@dataclass(frozen=True, slots=True)
class Run:
    """A whole run."""

    name: str
    summary: Mapping[str, Any]
    rows: tuple[Row, ...]

    @property
    def metrics(self) -> Mapping[str, Mapping[str, Any]]:
        """Name -> its figure over all cases."""
        found: Mapping[str, Mapping[str, Any]] = self.summary.get("metrics", {})
        return found


def read_run(folder: Path) -> Run:
    """Reads `results.jsonl` and `summary.json`.

    Raises:
        ReportError: The folder holds no run, or a line of it is broken.
    """
    summary = read_json(folder / SUMMARY)
    metrics = summary.get("metrics", {})
    yes_no = {name for name, metric in metrics.items() if metric.get("kind") == "share"}
    path = folder / RESULTS
    rows: list[Row] = []
    for number, line in enumerate(_text(path).split("\n"), start=1):
        if line.strip():
            rows.append(_row(line, len(rows) + 1, yes_no, f"{path}:{number}"))
    return Run(folder.resolve().name, summary, tuple(rows))


def read_json(path: Path) -> dict[str, Any]:
    """Reads a file that holds one JSON object, its texts made clean.

    Raises:
        ReportError: It is missing or broken.
    """
    return _object(_text(path), str(path))


def _row(line: str, number: int, yes_no: Collection[str], place: str) -> Row:
    found = _object(line, place)
    try:
        scores = found["scores"]
        failed = tuple(
            name
            for name, score in scores.items()
            if name in yes_no and score["status"] == "scored" and score["value"] == 0
        )
        error = found.get("error")
        answer = None if error is not None else found["answer"]
        row = Row(number, found["case"], scores, answer, error, failed)
        row.case["id"], row.case["question"]
    except (KeyError, TypeError, AttributeError) as error_found:
        raise ReportError(
            f"{place}: it is no line of a run ({error_found!r}): run the cases again"
        ) from error_found
    return row


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise ReportError(
            f"{path}: it can't be read ({error.strerror}): name the folder of a finished run"
        ) from error


def _object(text: str, place: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError as error:
        raise ReportError(f"{place}: it is no JSON ({error}): run the cases again") from error
    if not isinstance(found, dict):
        raise ReportError(f"{place}: it is no JSON object: run the cases again")
    clean: dict[str, Any] = _clean(found)
    return clean


def _clean(value: Any) -> Any:
    """The value with nothing in its texts that a page or an XML file can't hold."""
    if isinstance(value, str):
        return _NOT_TEXT.sub("\ufffd", value)
    if isinstance(value, list):
        return [_clean(item) for item in value]
    if isinstance(value, dict):
        return {_clean(key): _clean(item) for key, item in value.items()}
    return value

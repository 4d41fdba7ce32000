"""CiteWell's own cases: one `Case` a line."""

from __future__ import annotations

from typing import Any

from evals.datasets.schema import Case, case_of


def matches(_: dict[str, Any]) -> bool:
    """Any line is meant to be one that no other format claims."""
    return True


def case(line: dict[str, Any], place: str, _view: str) -> Case:
    """The case that a line describes."""
    return case_of(line, place)

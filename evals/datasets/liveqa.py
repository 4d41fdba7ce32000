"""Questions to the US National Library of Medicine (TREC 2017 LiveQA), with graded judgements.

``{"id", "question", "summary", "judgements": [{"document_id", "heading", "grade"}]}``: the
message as it was sent, and what an expert took it to ask. Sections without a judgement are
unknown, not wrong.
"""

from __future__ import annotations

from typing import Any

from evals.datasets.schema import Case, case_of

VIEWS = ("message", "summary")


def matches(line: dict[str, Any]) -> bool:
    """True for a line of this format."""
    return {"summary", "judgements"} <= line.keys()


def case(line: dict[str, Any], place: str, view: str) -> Case:
    """The case of a question, asked as the full message or as the expert's summary."""
    return case_of(
        {
            "id": line.get("id"),
            "question": line["summary"] if view == "summary" else line.get("question"),
            "relevant": line["judgements"],
            "tags": ["liveqa", view],
        },
        place,
    )

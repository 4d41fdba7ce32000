"""MedQuAD's questions (Ben Abacha and Demner-Fushman 2019): one template question a section.

``{"id", "question", "document_id", "title", "heading"}``. What counts is a section of the right
title and heading: several sites have a page on one topic, and each answers.
"""

from __future__ import annotations

from typing import Any

from evals.datasets.schema import Case, case_of


def matches(line: dict[str, Any]) -> bool:
    """True for a line of this format."""
    return {"title", "heading"} <= line.keys()


def case(line: dict[str, Any], place: str, _view: str) -> Case:
    """The case of a question; its tag is the heading."""
    return case_of(
        {
            "id": line.get("id"),
            "question": line.get("question"),
            "relevant": [{"title": line["title"], "heading": line["heading"]}],
            "tags": [line["heading"]],
        },
        place,
    )

"""A case and its answer, as a person reads them: what was expected, what came, what was found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from evals.report.reading import Row

# Judgements from this grade on count as relevant.
_RELEVANT_MIN = 2
_GRADE = 3
# Ranked passages that are shown; an expected one that comes later is shown as well.
_PASSAGES = 10
_ANSWER_CHARS = 2500
_QUOTE_CHARS = 220
_CITATIONS = 8


@dataclass(frozen=True, slots=True)
class Found:
    """A ranked passage; `grade` is that of the section it stands in, None where unjudged."""

    rank: int
    title: str
    heading: str
    score: float
    grade: int | None

    @property
    def is_expected(self) -> bool:
        """True for a passage of a section that answers the question."""
        return self.grade is not None and self.grade >= _RELEVANT_MIN


@dataclass(frozen=True, slots=True)
class Cited:
    """A citation, its quote cut short."""

    marker: int
    title: str
    heading: str
    quote: str


def expected(case: Mapping[str, Any]) -> list[str]:
    """What a good answer was to be, a line each."""
    lines = []
    for name, label in (("outcome", "outcome"), ("action", "triage action")):
        if value := case.get(name):
            wanted = value if isinstance(value, list) else [value]
            lines.append(f"{label}: {' or '.join(map(str, wanted))}")
    lines += [f"section: {_section(judged)}" for judged in case.get("relevant") or ()]
    for name, label in (("must", "it says"), ("must_not", "it does not say")):
        lines += [f"{label}: {' or '.join(phrase.split('|'))}" for phrase in case.get(name) or ()]
    return lines


def _section(judged: Mapping[str, Any]) -> str:
    name = judged.get("title") or judged.get("document_id") or "?"
    heading = judged.get("heading")
    grade = judged.get("grade", _GRADE)
    shown = f"{name}, {heading}" if heading else f"{name}, any section"
    return shown if grade == _GRADE else f"{shown} (grade {grade})"


def came(row: Row) -> list[str]:
    """What came instead, a line each."""
    if row.answer is None:
        return [f"an error: {row.error}"]
    lines = [f"outcome: {row.answer['outcome']}"]
    lines += [
        f"passage {found.rank}: {found.title}, {found.heading}" for found in passages(row)[:5]
    ]
    return [*lines, f"answer: {cut(row.answer['text'], _ANSWER_CHARS)}"]


def passages(row: Row) -> list[Found]:
    """The first passages of the answer, and those expected that come later."""
    ranked = list(_ranked(row))
    return [*ranked[:_PASSAGES], *(found for found in ranked[_PASSAGES:] if found.is_expected)]


def _ranked(row: Row) -> Iterator[Found]:
    judged = row.case.get("relevant") or ()
    for passage in (row.answer or {}).get("passages", ()):
        grades = [each.get("grade", _GRADE) for each in judged if _is(passage, each)]
        yield Found(
            rank=passage["rank"],
            title=passage["title"],
            heading=passage["heading"],
            score=passage["score"],
            grade=max(grades, default=None),
        )


def _is(passage: Mapping[str, Any], judged: Mapping[str, Any]) -> bool:
    by_id = judged.get("document_id") == passage["document_id"]
    by_title = judged.get("title") == passage["title"]
    return (by_id or by_title) and judged.get("heading") in (None, passage["heading"])


def citations(row: Row) -> tuple[list[Cited], int]:
    """The first citations of the answer, and how many more there are."""
    found = (row.answer or {}).get("citations", ())
    shown = [
        Cited(each["marker"], each["title"], each["heading"], cut(each["quote"], _QUOTE_CHARS))
        for each in found[:_CITATIONS]
    ]
    return shown, len(found) - len(shown)


def answer_text(row: Row) -> str:
    """What the patient read, a long one cut."""
    return cut((row.answer or {}).get("text", ""), _ANSWER_CHARS)


def cut(text: str, limit: int) -> str:
    """The text, or its beginning where it is longer."""
    if len(text) <= limit:
        return text
    return f"{text[:limit].rstrip()} \u2026 ({len(text) - limit:,} more characters)"

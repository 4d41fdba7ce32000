"""What goes into a conversation and what comes out of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ingest.documents import Passage

Role = Literal["user", "assistant"]
Locale = Literal["us", "uk", "eu", "unknown"]


class Outcome(StrEnum):
    """How a question ended. Only `answered` and `urgent` carry citations."""

    ANSWERED = "answered"
    ABSTAINED = "abstained"
    OUT_OF_SCOPE = "out_of_scope"
    URGENT = "urgent"
    POISON = "poison"
    CRISIS = "crisis"
    EMERGENCY = "emergency"


@dataclass(frozen=True, slots=True)
class Turn:
    """One earlier message of the conversation."""

    role: Role
    text: str


@dataclass(frozen=True, slots=True)
class Citation:
    """A place in a document that the answer quotes.

    Always ``passage.document.text[start:end] == quote``.
    """

    marker: int
    passage: Passage
    start: int
    end: int
    quote: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence or list item of the answer, with the markers of what supports it.

    Attributes:
        text: The words shown.
        markers: Markers of the citations that support it; never empty in an answer.
        item: True when it is shown as an item of a list.
        opens: True where a new paragraph or list begins.
        label: A line that the renderer puts before it, from code and never from a source, such
            as "Get medical help if"; None for most.
    """

    text: str
    markers: tuple[int, ...]
    item: bool = False
    opens: bool = False
    label: str | None = None


NoticeKind = Literal["disclaimer", "emergency_number", "caution", "card", "fallback"]


@dataclass(frozen=True, slots=True)
class Notice:
    """A line that comes from code, never from a model or a document."""

    kind: NoticeKind
    text: str


@dataclass(frozen=True, slots=True)
class Answer:
    """Everything that one question led to.

    Attributes:
        question: As it was asked.
        standalone_question: The question that stands alone, which retrieval saw.
        outcome: How it ended.
        text: What the patient reads, Markdown, markers as ``[1]``; card first and notices last.
        sentences: The supported sentences in reading order.
        citations: Only what the sentences cite.
        passages: The ranked retrieval result, also when the answer abstains.
        notices: Cards, disclaimers and cautions.
        composer: ``"extractive"`` or the chat model's name.
        timings_ms: Milliseconds by stage.
        suggestions: Questions or topics the library can answer, offered when it abstains.
        sufficiency: How likely the passages answer the question, 0 to 1; None where nothing was
            looked up.
    """

    question: str
    standalone_question: str
    outcome: Outcome
    text: str
    sentences: tuple[Sentence, ...] = ()
    citations: tuple[Citation, ...] = ()
    passages: tuple[Passage, ...] = ()
    notices: tuple[Notice, ...] = ()
    composer: str = "extractive"
    timings_ms: Mapping[str, float] = field(default_factory=dict)
    suggestions: tuple[str, ...] = ()
    sufficiency: float | None = None

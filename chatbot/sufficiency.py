"""Is what was found enough to answer? If not, CiteWell says so and cites nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chatbot.retrieval import Retrieval

# Passages that are looked at together.
_TOP = 3


@dataclass(frozen=True, slots=True)
class Sufficiency:
    """How far the passages answer the question.

    Attributes:
        score: 0 to 1; see `sufficient`.
        topic_known: The question names a topic of the library.
        section_missing: The topic has pages, but none has the kind of section asked for.
    """

    score: float
    topic_known: bool
    section_missing: bool


def judge(retrieval: Retrieval) -> Sufficiency:
    """Judges what was found, from several signals of the best passages."""
    top = retrieval.passages[:_TOP]
    if not top:
        return Sufficiency(0.0, topic_known=False, section_missing=False)
    signals = [retrieval.signals[passage.chunk.id] for passage in top]
    dense = max(signal.dense for signal in signals)
    words = max(signal.words for signal in signals) if retrieval.rarity else 1.0
    topic = max(signal.topic for signal in signals)
    score = 0.55 * min(dense / 0.6, 1.0) + 0.25 * words + 0.20 * topic
    return Sufficiency(score, topic_known=topic > 0.5, section_missing=False)

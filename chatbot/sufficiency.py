"""Is what was found enough to answer? If not, CiteWell says so and cites nothing.

A logistic model over several signals, learned from questions whose topic or section was taken
out of a library (docs/learning.md).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from chatbot.learned import sufficiency_weights
from chatbot.words import stem, stems, subject_words
from ingest.sections import vocabulary

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from chatbot.evidence import SectionEvidence
    from chatbot.questions import Question
    from chatbot.retrieval import Retrieval, Retriever

# Sections that are looked at together.
_TOP = 3
_SHARE_MIN = 1e-4
# A section that answers an asked kind at least so well counts as having it.
_SECTION_FIT = 0.5
# A question says clearly what it asks when its words point to one kind so surely.
_CLEAR = 0.8


@dataclass(frozen=True, slots=True)
class Grounds:
    """What sufficiency is judged by.

    Attributes:
        share: Logarithm of the belief that the documents on the best section's topic have.
        adapted: Cosine similarity of the adapted question and the best section.
        exact: Logarithm of how likely the question asks for just its kind of section.
        topic: Whether the question names its topic outright, 0 to 1.
        coverage: Share of the topic's name that the question has.
        words: Share of the question's words, by rarity, that the best sections have.
        count: Logarithm of the number of those words.
        neighbour: 1 where the question is about a neighbour of what the best section is about.
        only: 1 where the library is about one thing only, and the question about no other.
    """

    share: float
    adapted: float
    exact: float
    topic: float
    coverage: float
    words: float
    count: float
    neighbour: float
    only: float = 0.0


# Not learned: no library that was learned from is about one thing only, and few questions of those
# learned from are about a neighbour ("heat stroke" where there is stroke).
_BY_HAND = ("only", "neighbour")
GROUNDS = tuple(field.name for field in fields(Grounds) if field.name not in _BY_HAND)
_ONLY = 1.8
_NEIGHBOUR = -2.5
# A page that is not named is a guess: "is psoriasis inherited" finds a page that speaks of it. In a
# large library other signals say so, too; in a small one less.
_UNNAMED = -0.5
_NAMED_COVERAGE = 0.5


@dataclass(frozen=True, slots=True)
class Sufficiency:
    """How far the passages answer the question.

    Attributes:
        score: 0 to 1.
        sufficient: Whether to answer.
        section_missing: The topic has pages, but none with the kind of section asked for, and
            none of their passages speaks of it either.
    """

    score: float
    sufficient: bool
    section_missing: bool


def grounds(
    question: Question,
    sections: Sequence[SectionEvidence],
    believed: Sequence[float],
    rarity: Mapping[str, float],
) -> Grounds:
    """What speaks for the best sections.

    Args:
        question: The question taken apart.
        sections: At least one, best first.
        believed: Their shares of the belief.
        rarity: The question's words, as stems, and how rare they are.
    """
    best = sections[0].signals
    about = sections[0].same_topic
    share = sum(b for s, b in zip(sections, believed, strict=True) if s.key[0] in about)
    neighbours = frozenset().union(*(topic.documents for topic in question.neighbours))
    return Grounds(
        share=math.log(max(share, _SHARE_MIN)),
        adapted=best.adapted,
        exact=best.exact,
        topic=best.topic,
        coverage=best.name_coverage,
        words=max(section.signals.words for section in sections[:_TOP]),
        count=math.log(1 + len(rarity)),
        neighbour=float(sections[0].key[0] in neighbours),
    )


def probability(found: Grounds, weights: Mapping[str, float]) -> float:
    """How likely the library answers, 0 to 1."""
    logit = weights["intercept"] + _ONLY * found.only + _NEIGHBOUR * found.neighbour
    if not (found.topic or found.only or found.coverage >= _NAMED_COVERAGE):
        logit += _UNNAMED
    logit += sum(weights.get(name, 0.0) * getattr(found, name) for name in GROUNDS)
    return 1 / (1 + math.exp(-logit))


def judge(retrieval: Retrieval, retriever: Retriever) -> Sufficiency:
    """Judges what was found."""
    if retrieval.grounds is None:
        return Sufficiency(0.0, sufficient=False, section_missing=False)
    weights = sufficiency_weights("learned" if retriever.is_learned else "plain")
    score = probability(retrieval.grounds, weights)
    missing = _section_missing(retrieval, subject_words(retrieval.question.text))
    return Sufficiency(score, score >= weights["threshold"] and not missing, missing)


def _section_missing(retrieval: Retrieval, subject: list[str]) -> bool:
    """True when the topic's pages lack the section asked for, and do not speak of it elsewhere.

    Only where the question says clearly what it asks and names nothing besides the topic: a
    further word may well stand in another section.
    """
    question = retrieval.question
    if question.certainty < _CLEAR or not question.topics or question.topics[0].certainty < 1.0:
        return False
    named = {word for topic in question.topics for word in topic.words}
    named |= {stem(word) for phrase in vocabulary().phrases for word in phrase}
    if any(stem(part) not in named for word in subject for part in word.split("-")):
        return False
    documents = frozenset().union(*(topic.documents for topic in question.topics))
    passages = [p for p in retrieval.passages if p.document.id in documents]
    if any(question.answered_by(p.chunk.section.kind) >= _SECTION_FIT for p in passages):
        return False
    # A short page may say it in passing: "Asthma is treated with two kinds of medicine".
    said = {word for passage in passages for word in stems(passage.chunk.text)}
    return not said.intersection(question.asked)

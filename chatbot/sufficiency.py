"""Is what was found enough to answer? If not, CiteWell says so and cites nothing."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chatbot.words import stem, stems, subject_words
from ingest.sections import vocabulary

if TYPE_CHECKING:
    from chatbot.retrieval import Retrieval, Retriever
    from ingest.documents import Passage

# Passages that are looked at together.
_TOP = 3
# A logistic model over the signals, rounded by hand after a look at questions whose topic was
# taken out of the library; docs/decisions/0006-sufficiency.md has the figures.
_INTERCEPT = -3.6
_TOPIC = 6.0
_DENSE = 5.0
_SUBJECT = 2.0
_UNCOVERED = -1.5
# A library about one thing only: what shares a word with it, or has none that its pages lack, is
# likely about it.
_ABOUT_ONLY_TOPIC = 1.8
# The question is about a neighbour of what the library has.
_NEIGHBOUR = -2.5
# A question that names no subject at all ("is it serious?") is as near to a title as most.
_NO_SUBJECT = 0.3
# A section that answers an asked kind at least so well counts as having it.
_SECTION_FIT = 0.5
THRESHOLD = 0.5


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


def judge(retrieval: Retrieval, retriever: Retriever) -> Sufficiency:
    """Judges what was found, from several signals of the best passages."""
    top = retrieval.passages[:_TOP]
    if not top:
        return Sufficiency(0.0, sufficient=False, section_missing=False)
    signals = [retrieval.signals[passage.chunk.id] for passage in top]
    subject = subject_words(retrieval.question.text)
    titles = [title_with_synonyms(passage) for passage in top]
    nearness = retriever.similarity(" ".join(subject), titles) if subject else _NO_SUBJECT
    topic = max(signal.topic for signal in signals)
    uncovered = _uncovered(retrieval, subject, top, retriever)
    only = set(stems(retriever.topics.only or ""))
    about_only = bool(only) and (not uncovered or bool(only & set(stems(" ".join(subject)))))
    logit = (
        _INTERCEPT
        + _TOPIC * topic
        + _DENSE * max(signal.dense for signal in signals)
        + _SUBJECT * nearness
        + _UNCOVERED * uncovered
        + _ABOUT_ONLY_TOPIC * (about_only and not topic)
        + _NEIGHBOUR * bool(retrieval.question.neighbours)
    )
    score = 1 / (1 + math.exp(-logit))
    missing = _section_missing(retrieval, subject)
    return Sufficiency(score, score >= THRESHOLD and not missing, missing)


def title_with_synonyms(passage: Passage) -> str:
    """What a document calls its topic."""
    return ", ".join([passage.document.title, *passage.document.synonyms])


def _uncovered(
    retrieval: Retrieval, subject: list[str], top: tuple[Passage, ...], retriever: Retriever
) -> float:
    """Share of the subject's words, rare ones counting more, that the best passages lack."""
    words = {stem(part) for word in subject for part in word.split("-") if part}
    words -= {word for topic in retrieval.question.topics for word in topic.words}
    rarity = {word: retriever.rarity(word) for word in words}
    total = sum(rarity.values())
    if not total:
        return 0.0
    found: set[str] = set()
    for passage in top:
        names = f"{title_with_synonyms(passage)} {passage.heading}"
        found.update(stems(f"{names} {passage.chunk.text}"))
    return sum(weight for word, weight in rarity.items() if word not in found) / total


def _section_missing(retrieval: Retrieval, subject: list[str]) -> bool:
    """True when the topic's pages lack the section asked for, and do not speak of it elsewhere.

    Only where the question says clearly what it asks and names nothing besides the topic: a
    further word may well stand in another section.
    """
    question = retrieval.question
    if question.certainty < 1.0 or not question.topics or question.topics[0].certainty < 1.0:
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

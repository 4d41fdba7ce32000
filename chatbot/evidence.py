"""Candidates -> the signals of each section."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from chatbot.names import NO_MATCH
from chatbot.ranking import Signals, kind_signals, likelihood, name_length

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from chatbot.candidates import Candidates
    from chatbot.questions import Question
    from ingest.documents import Document

# Of a very long section, so many characters are searched for the question's words.
_SEARCHED_MAX = 8000

Key = tuple[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class SectionEvidence:
    """What speaks for a section.

    Attributes:
        key: Document id and heading path.
        kind: Its kind.
        start: Where it begins in its document.
        chunk_ids: Its passages, the most telling first.
        signals: What its score is made of.
        same_topic: Ids of the documents about what its document is about.
    """

    key: Key
    kind: str
    start: int
    chunk_ids: tuple[str, ...]
    signals: Signals
    same_topic: frozenset[str]


def section_signals(
    question: Question,
    candidates: Candidates,
    rarity: Mapping[str, float],
    same_topic: Callable[[str], frozenset[str]],
) -> list[SectionEvidence]:
    """The evidence of every section that has a candidate passage.

    Args:
        question: The question taken apart.
        candidates: What may answer it.
        rarity: Its words, as stems, and how rare they are in the library.
        same_topic: Document id -> the documents about what it is about.
    """
    documents: dict[str, dict[Key, list[str]]] = defaultdict(lambda: defaultdict(list))
    for chunk_id, (chunk, _) in candidates.found.items():
        key = (chunk.document_id, chunk.section.heading_path)
        documents[chunk.document_id][key].append(chunk_id)
    best_lexical = max(candidates.lexical.values(), default=0.0) or 1.0
    kinds = {chunk.section.kind for chunk, _ in candidates.found.values()}
    asked = {kind: (question.fit(kind), likelihood(question.asks_for(kind))) for kind in kinds}
    has_words = bool(question.specifics)
    similar = _similar_topics(documents, candidates, same_topic)
    result: list[SectionEvidence] = []
    for document_id, sections in documents.items():
        shared = _Shared.of(question, candidates, sections, best_lexical, similar[document_id])
        for key, ids, signals in _of_document(asked, candidates, rarity, sections, shared):
            chunks = [candidates.found[i][0] for i in ids]
            start = min(chunk.start for chunk in chunks)
            ordered = _ordered(ids, candidates, has_words=has_words)
            kind = chunks[0].section.kind
            about = same_topic(document_id)
            result.append(SectionEvidence(key, kind, start, tuple(ordered), signals, about))
    return result


def _similar_topics(
    documents: Mapping[str, Mapping[Key, list[str]]],
    candidates: Candidates,
    same_topic: Callable[[str], frozenset[str]],
) -> dict[str, tuple[float, float]]:
    """Document id -> plain and adapted similarity of the best passage on its topic.

    Where two pages are about one thing, a question that is close to one of them is about both.
    """
    best: dict[frozenset[str], tuple[float, float]] = {}
    topics = {document_id: same_topic(document_id) for document_id in documents}
    for document_id, sections in documents.items():
        ids = [chunk_id for group in sections.values() for chunk_id in group]
        dense, adapted = best.get(topics[document_id], (0.0, 0.0))
        best[topics[document_id]] = (
            max(dense, *(candidates.dense.get(i, 0.0) for i in ids)),
            max(adapted, *(candidates.adapted.get(i, 0.0) for i in ids)),
        )
    return {document_id: best[topic] for document_id, topic in topics.items()}


@dataclass(frozen=True, slots=True)
class _Shared:
    """The signals that all sections of a document share."""

    document: float
    adapted: float
    lexical: float
    name_mass: float
    name_coverage: float
    name_mended: float
    name_length: float
    topic: float
    verbatim: float

    @classmethod
    def of(
        cls,
        question: Question,
        candidates: Candidates,
        sections: Mapping[Key, list[str]],
        best_lexical: float,
        similar: tuple[float, float],
    ) -> _Shared:
        ids = [chunk_id for group in sections.values() for chunk_id in group]
        document = candidates.found[ids[0]][1]
        name = candidates.names.get(document.id, NO_MATCH)
        return cls(
            document=similar[0],
            adapted=similar[1],
            lexical=max(candidates.lexical.get(i, 0.0) for i in ids) / best_lexical,
            name_mass=name.mass,
            name_coverage=name.coverage,
            name_mended=name.mended,
            name_length=name_length(name.length),
            topic=topic_fit(question, document),
            verbatim=float(document.title in question.text),
        )


def _of_document(
    asked: Mapping[str, tuple[float, float]],
    candidates: Candidates,
    rarity: Mapping[str, float],
    sections: Mapping[Key, list[str]],
    shared: _Shared,
) -> Iterator[tuple[Key, list[str], Signals]]:
    """The signals of a document's sections.

    Args:
        asked: Kind -> how well it answers, and the logarithm of how likely just it is asked for.
        candidates: What may answer.
        rarity: The question's words and how rare they are.
        sections: The document's sections and their passages.
        shared: What is the same for all of them.
    """
    firsts = [candidates.found[ids[0]] for ids in sections.values()]
    kinds = [chunk.section.kind for chunk, _ in firsts]
    kind_values = kind_signals([asked[kind][0] for kind in kinds])
    for (key, ids), (_, document), kind, (fit, here) in zip(
        sections.items(), firsts, kinds, kind_values, strict=True
    ):
        yield (
            key,
            ids,
            Signals(
                dense=max(candidates.dense.get(i, 0.0) for i in ids),
                document=shared.document,
                adapted=max(candidates.adapted.get(i, 0.0) for i in ids),
                adapted_document=shared.adapted,
                lexical=shared.lexical,
                words=covered(rarity, document, key[1]),
                name_mass=shared.name_mass,
                name_coverage=shared.name_coverage,
                name_mended=shared.name_mended,
                name_length=shared.name_length,
                topic=shared.topic,
                verbatim=shared.verbatim,
                kind=fit,
                exact=asked[kind][1],
                kind_here=here,
            ),
        )


def _ordered(ids: list[str], candidates: Candidates, *, has_words: bool) -> list[str]:
    """A section's passages, the most telling first.

    Where the question has no words of its own besides topic and kind, that is the first, which
    says most.
    """

    def place(chunk_id: str) -> tuple[float, int]:
        similarity = candidates.dense.get(chunk_id, 0.0) + candidates.adapted.get(chunk_id, 0.0)
        return (-similarity if has_words else 0.0, candidates.found[chunk_id][0].start)

    return sorted(ids, key=place)


def topic_fit(question: Question, document: Document) -> float:
    """1 for a document about the longest topic named, less for shorter names."""
    longest = max((len(topic.words) for topic in question.topics), default=0)
    fits = [
        topic.certainty * (0.5 + 0.5 * len(topic.words) / longest)
        for topic in question.topics
        if document.id in topic.documents
    ]
    return max(fits, default=0.0)


def covered(
    rarity: Mapping[str, float], document: Document, heading_path: tuple[str, ...]
) -> float:
    """Share of these words, each weighed by its rarity, that a section, its title or headings have.

    Words are looked for by their stem at a word's beginning, which is much faster than stemming
    the text and nearly the same.
    """
    total = sum(rarity.values())
    if not total:
        return 0.0
    text = _searched(_Place(document, heading_path))
    return sum(weight for word, weight in rarity.items() if f" {_root(word)}" in text) / total


def _root(stem: str) -> str:
    """What words of a stem begin with: the stemmer makes "injuri" of "injury"."""
    return stem[:-1] if stem.endswith("i") and len(stem) > 3 else stem


_NO_WORD = re.compile(r"[\W_]+")


class _Place:
    """A section as a key of a cache: hashing a whole document takes longer than searching it."""

    __slots__ = ("document", "heading_path", "key")

    def __init__(self, document: Document, heading_path: tuple[str, ...]) -> None:
        self.document = document
        self.heading_path = heading_path
        self.key = (document.content_hash, heading_path)

    def __hash__(self) -> int:
        return hash(self.key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Place) and self.key == other.key


@lru_cache(maxsize=8192)
def _searched(place: _Place) -> str:
    document = place.document
    sections = (s for s in document.sections if s.heading_path == place.heading_path)
    body = " ".join(document.text[s.start : s.end][:_SEARCHED_MAX] for s in sections)
    headings = " ".join(place.heading_path)
    return _NO_WORD.sub(" ", f" {document.title} {headings} {body}".casefold())

"""Question -> passages: a dense and a lexical leg, fused, then ranked by topic and section kind.

Similarity alone finds the right topic and, half of the time, the wrong section of it; so what a
passage is about and what kind of section it stands in count beside its words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from chatbot.questions import Question, analyse
from chatbot.topics import TopicIndex
from chatbot.words import stems
from ingest.documents import Passage

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from chatbot.topics import Topic
    from ingest.documents import Chunk, Document
    from ingest.embedding import Embedder
    from ingest.index import Index


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each signal counts in a passage's score; they sum to 1."""

    dense: float = 0.35
    lexical: float = 0.05
    words: float = 0.13
    topic: float = 0.22
    kind: float = 0.25


@dataclass(frozen=True, slots=True)
class Signals:
    """What the score of a passage was made of, each 0 to 1.

    Attributes:
        dense: Cosine similarity of question and passage.
        lexical: BM25 score, as a share of the best passage's.
        words: Share of the question's own words that it has, rare words counting more.
        topic: Whether its document is about a topic that the question names.
        kind: How well its kind of section answers the question.
    """

    dense: float
    lexical: float
    words: float
    topic: float
    kind: float


@dataclass(frozen=True, slots=True)
class Retrieval:
    """All that was found for one question.

    Attributes:
        question: The question taken apart.
        passages: Best first.
        signals: Chunk id -> what its score was made of.
        same_topic: Ids of the documents about what the best passage's document is about.
        rarity: The question's own words, as stems -> how rare they are in the library.
    """

    question: Question
    passages: tuple[Passage, ...]
    signals: Mapping[str, Signals]
    rarity: Mapping[str, float]
    same_topic: frozenset[str] = frozenset()


_LEG_SIZE = 100
_TOPIC_DOCUMENTS_MAX = 20
_WHOLE_DOCUMENTS = 5
_NAMES_CACHED = 4096
_PHRASE_DOCUMENTS = 5
_NOT_VERBATIM = 0.9
_BOOSTS = {"title": 2.0, "heading": 1.5, "body": 1.0}


class Retriever:
    """Searches an index; safe to use from several threads."""

    def __init__(self, index: Index, embedder: Embedder, weights: Weights | None = None) -> None:
        """Takes an open index and the embedder that it was built with."""
        self._index = index
        self._embedder = embedder
        self._weights = weights or Weights()
        self._topics: tuple[int, TopicIndex] = (-1, TopicIndex())
        self._name_vector = lru_cache(maxsize=_NAMES_CACHED)(self._embed_one)

    def _embed_one(self, text: str) -> NDArray[np.float32]:
        vector: NDArray[np.float32] = self._embedder.embed([text])[0]
        return vector

    @property
    def topics(self) -> TopicIndex:
        """The library's topics, read again when the index has changed."""
        generation = self._index.generation
        held, topics = self._topics
        if held != generation:
            topics = TopicIndex.of(self._index.summaries())
            self._topics = (generation, topics)
        return topics

    def analyse(self, text: str) -> Question:
        """Takes a question apart against the library's topics."""
        return analyse(text, self.topics, self._index.has_word, self._has_phrase)

    def _has_phrase(self, topic: Topic, before: str, first: str) -> bool:
        """True when a document about the topic has the two words in a row."""
        phrase = re.compile(rf"\b{re.escape(before)}[ -]{re.escape(first)}", re.IGNORECASE)
        documents = (self._index.document(i) for i in sorted(topic.documents)[:_PHRASE_DOCUMENTS])
        return any(document and phrase.search(document.text) for document in documents)

    def retrieve(self, text: str) -> Retrieval:
        """Ranks the passages for a question that stands alone."""
        question = self.analyse(text)
        vector = self._embedder.embed([text])[0]
        dense = dict(self._index.nearest(vector, _LEG_SIZE))
        lexical = dict(self._index.matching(text, _LEG_SIZE, _BOOSTS))
        rarity = {word: self._index.rarity(word) for word in question.specifics}
        scorer = _Scorer(question, dense, lexical, rarity, self._weights)
        scorer.add(self._index.chunks([*dense, *lexical, *self._of_topics(question)]))
        # The composer needs the best documents whole: the rest of a section, their red flags.
        best = dict.fromkeys(p.document.id for p in scorer.ranked()[:_WHOLE_DOCUMENTS])
        scorer.add(self._index.chunks([i for d in best for i in self._index.chunk_ids(d)]))
        passages = tuple(scorer.ranked())
        same = self.topics.same_topic(passages[0].document.id) if passages else frozenset()
        return Retrieval(question, passages, scorer.signals, rarity, same)

    def rarity(self, stem: str) -> float:
        """How rare a word of this stem is in the library's texts."""
        return self._index.rarity(stem)

    def similarity(self, text: str, others: Sequence[str]) -> float:
        """The highest cosine similarity of a text with others; at least 0."""
        vector = self._embedder.embed([text])[0]
        return max(0.0, *(float(vector @ self._name_vector(other)) for other in others))

    def _of_topics(self, question: Question) -> list[str]:
        """All chunks of the documents about the question's topics."""
        documents = [d for topic in question.topics for d in sorted(topic.documents)]
        ids: list[str] = []
        for document_id in dict.fromkeys(documents[:_TOPIC_DOCUMENTS_MAX]):
            ids += self._index.chunk_ids(document_id)
        return ids


class _Scorer:
    """Scores passages for one question."""

    def __init__(
        self,
        question: Question,
        dense: Mapping[str, float],
        lexical: Mapping[str, float],
        rarity: Mapping[str, float],
        weights: Weights,
    ) -> None:
        self._question = question
        self._dense = dense
        # A passage that the dense leg left out is no more similar than the last one it gave.
        self._floor = min(dense.values(), default=0.0) if len(dense) == _LEG_SIZE else 0.0
        self._lexical = lexical
        self._best_lexical = max(lexical.values(), default=0.0) or 1.0
        self._rarity = rarity
        self._weights = weights
        self._found: dict[str, tuple[Chunk, Document]] = {}
        self.signals: dict[str, Signals] = {}

    def add(self, found: Mapping[str, tuple[Chunk, Document]]) -> None:
        """Takes in further candidates."""
        for chunk_id in found.keys() - self._found.keys():
            chunk, document = self._found[chunk_id] = found[chunk_id]
            self.signals[chunk_id] = Signals(
                dense=max(self._dense.get(chunk_id, self._floor), 0.0),
                lexical=self._lexical.get(chunk_id, 0.0) / self._best_lexical,
                words=covered(self._rarity, document, chunk),
                topic=_topic_fit(self._question, document),
                kind=self._question.fit(chunk.section.kind) * self._question.certainty,
            )

    def ranked(self) -> list[Passage]:
        """All candidates, best first; equal ones by document and place, always the same."""
        scores = self._scores()
        found = self._found
        order = sorted(
            found, key=lambda i: (-scores[i], found[i][0].document_id, found[i][0].start)
        )
        return [
            Passage(*found[chunk_id], score=scores[chunk_id], rank=rank)
            for rank, chunk_id in enumerate(order, start=1)
        ]

    def _scores(self) -> dict[str, float]:
        """Chunk id -> score.

        Where the question has no words of its own besides topic and kind, nothing tells the
        sections of one kind in one document apart: they share their best score, and the first of
        them, which says most, comes first.
        """
        scores = {chunk_id: self._score(signal) for chunk_id, signal in self.signals.items()}
        if self._rarity:
            return scores
        best: dict[tuple[str, str], float] = {}
        for chunk_id, (chunk, _) in self._found.items():
            group = (chunk.document_id, chunk.section.kind)
            best[group] = max(best.get(group, 0.0), scores[chunk_id])
        return {
            chunk_id: best[chunk.document_id, chunk.section.kind]
            for chunk_id, (chunk, _) in self._found.items()
        }

    def _score(self, signal: Signals) -> float:
        weights = self._weights
        score = (
            weights.dense * signal.dense
            + weights.lexical * signal.lexical
            + weights.words * signal.words
            + weights.topic * signal.topic
            + weights.kind * signal.kind
        )
        return round(score, 6)


def _topic_fit(question: Question, document: Document) -> float:
    """1 for a document about the longest topic named, less for shorter names.

    Of documents about the same topic, the one whose title stands in the question just so comes
    first by a hair.
    """
    longest = max((len(topic.words) for topic in question.topics), default=0)
    fits = [
        topic.certainty * (0.5 + 0.5 * len(topic.words) / longest)
        for topic in question.topics
        if document.id in topic.documents
    ]
    fit = max(fits, default=0.0)
    return fit if document.title in question.text else fit * _NOT_VERBATIM


def covered(rarity: Mapping[str, float], document: Document, chunk: Chunk) -> float:
    """Share of these words, each weighed by its rarity, that stand in a chunk or its headings."""
    total = sum(rarity.values())
    if not total:
        return 0.0
    words = _words_of(" ".join([document.title, *document.synonyms]), chunk)
    return sum(weight for word, weight in rarity.items() if word in words) / total


@lru_cache(maxsize=4096)
def _words_of(names: str, chunk: Chunk) -> frozenset[str]:
    headings = " ".join(chunk.section.heading_path)
    return frozenset(stems(f"{names} {headings} {chunk.text}"))

"""Question -> passages: what may answer it is gathered, then ranked by section.

Similarity alone finds the right topic and, half of the time, the wrong section of it; so what a
page is called and what kind of section it is count beside its words (chatbot/ranking.py).
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

import numpy as np

from chatbot.candidates import Candidates, gather
from chatbot.evidence import section_signals
from chatbot.learned import learned_for
from chatbot.learned import ranker as shipped_ranker
from chatbot.library import ABSENT, Library
from chatbot.questions import Question, analyse, with_learned_kinds
from chatbot.ranking import matrix_of, shares
from chatbot.rerank import RERANKED
from chatbot.sufficiency import Grounds, grounds
from chatbot.words import stem, stems, subject_words
from ingest.documents import Passage

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from chatbot.evidence import SectionEvidence
    from chatbot.learned import Learned
    from chatbot.ranking import Ranker, Signals
    from chatbot.rerank import Reranker
    from chatbot.spelling import Mended
    from chatbot.topics import Topic, TopicIndex
    from ingest.embedding import Embedder
    from ingest.index import Index, Summary


@dataclass(frozen=True, slots=True)
class Retrieval:
    """All that was found for one question.

    Attributes:
        question: The question taken apart.
        passages: Best first: the best passage of each section, then the sections' others. A
            passage's score is its section's share of the belief, 0 to 1.
        signals: Chunk id -> what its section's score was made of.
        rarity: The question's own words, as stems -> how rare they are in the library.
        same_topic: Ids of the documents about what the best passage's document is about.
        grounds: What sufficiency is judged by; None where nothing was found.
        vector: The question's unit vector, by the embedding model as it is.
    """

    question: Question
    passages: tuple[Passage, ...]
    signals: Mapping[str, Signals]
    rarity: Mapping[str, float]
    same_topic: frozenset[str] = frozenset()
    grounds: Grounds | None = None
    vector: NDArray[np.float32] | None = field(default=None, compare=False)


_PHRASE_DOCUMENTS = 5
_BESIDE = 2
_COVERED = 0.99
_DOCUMENTS_CACHED = 256
_SPOKEN_MAX = 10
_NO_WORD = "\N{REPLACEMENT CHARACTER}"


class Retriever:
    """Searches an index; safe to use from several threads."""

    def __init__(
        self,
        index: Index,
        embedder: Embedder,
        learned: Learned | Literal["shipped"] | None = "shipped",
        ranker: Ranker | None = None,
        *,
        reranker: Reranker | None = None,
    ) -> None:
        """Takes an open index and the embedder that it was built with.

        Args:
            index: The index.
            embedder: The embedding model.
            learned: Kind head and query encoder; those that are shipped if they were made for
                this model.
            ranker: Ranks the sections; None for the shipped one.
            reranker: Looks at the best sections again; None for none.
        """
        self._index = index
        self._embedder = embedder
        self._reranker = reranker
        self._learned = learned_for(embedder) if learned == "shipped" else learned
        self._ranker = ranker
        self._held: tuple[int, Library] | None = None
        # The second embedding of a question runs beside the first.
        self._beside = ThreadPoolExecutor(_BESIDE, thread_name_prefix="query-encoder")
        self._words_of = lru_cache(maxsize=_DOCUMENTS_CACHED)(self._stems_of)

    @property
    def _library(self) -> Library:
        """The library's topics, read again when the index has changed."""
        generation = self._index.generation
        if self._held is None or self._held[0] != generation:
            self._held = (generation, Library.of(self._index))
        return self._held[1]

    @property
    def is_learned(self) -> bool:
        """Whether something was learned for the embedding model."""
        return self._learned is not None

    @property
    def topics(self) -> TopicIndex:
        """The library's topics."""
        return self._library.topics

    @property
    def summaries(self) -> Sequence[Summary]:
        """All documents of the library without their texts."""
        return self._library.summaries

    def analyse(self, text: str) -> Question:
        """Takes a question apart against the library's topics, its slips mended."""
        return self._analysed(self.mend(text))

    def mend(self, text: str) -> Mended:
        """The text with its misspelt words replaced."""
        return self._library.speller.mend(text)

    def _analysed(self, read: Mended) -> Question:
        index = self._index
        found = analyse(read.text, self.topics, index.has_word, self._has_phrase, index.is_common)
        return replace(found, mended=read.words)

    def _has_phrase(self, topic: Topic, before: str, first: str) -> bool:
        """True when a document about the topic has the two words in a row."""
        phrase = f" {before} {first}"
        documents = (self._index.document(i) for i in sorted(topic.documents)[:_PHRASE_DOCUMENTS])
        texts = (
            f" {document.text.casefold()}".replace("-", " ") for document in documents if document
        )
        return any(phrase in text for text in texts)

    def retrieve(self, text: str, analysed: Question | None = None) -> Retrieval:
        """Ranks the passages for a question that stands alone.

        Args:
            text: The question.
            analysed: What `analyse` made of it, where that was asked already.
        """
        question, candidates, rarity = self.candidates(text, analysed)
        sections = self.evidence(question, candidates, rarity)
        if not sections:
            return Retrieval(question, (), {}, rarity, vector=candidates.vector)
        ranked, believed = self._ranked(question, sections, candidates)
        first, others = [], []
        for section, belief in zip(ranked, believed, strict=True):
            score = round(belief, 6)
            best, *rest = section.chunk_ids
            first.append((best, score))
            others += [(chunk_id, score) for chunk_id in rest]
        passages = tuple(
            Passage(*candidates.found[chunk_id], score=score, rank=rank)
            for rank, (chunk_id, score) in enumerate([*first, *others], start=1)
        )
        signals = {i: section.signals for section in sections for i in section.chunk_ids}
        same = self.topics.same_topic(passages[0].document.id)
        own = {word: self._index.rarity(word) for word in question.specifics}
        found = grounds(question, ranked, believed, rarity)
        found = replace(found, only=float(self._is_about_only(question, rarity, found.words)))
        return Retrieval(question, passages, signals, own, same, found, candidates.vector)

    def _ranked(
        self, question: Question, sections: Sequence[SectionEvidence], candidates: Candidates
    ) -> tuple[list[SectionEvidence], list[float]]:
        """The sections, best first, and their shares of the belief, largest first."""
        ranker = self._ranker or shipped_ranker("learned" if self._learned else "plain")
        values = ranker.scores(matrix_of(section.signals for section in sections))
        if not question.specifics:
            values = _together(values, sections)
        believed = shares(values)
        order = sorted(
            range(len(sections)),
            key=lambda i: (-believed[i], sections[i].key[0], sections[i].start),
        )
        ranked = [sections[i] for i in order]
        if self._reranker:
            ranked = _reranked(self._reranker, question.text, ranked, candidates)
        return ranked, [float(believed[i]) for i in order]

    def _is_about_only(
        self, question: Question, rarity: Mapping[str, float], covered: float
    ) -> bool:
        """True where the library is about one thing only, and the question about no other.

        It shares a word with the thing's name, or has none that the best pages lack.
        """
        only = self.topics.only
        if only is None or question.neighbours:
            return False
        return (
            covered > _COVERED or not rarity or bool(set(stems(only)) & set(stems(question.text)))
        )

    def candidates(
        self, text: str, analysed: Question | None = None
    ) -> tuple[Question, Candidates, Mapping[str, float]]:
        """The question taken apart, what may answer it, and the rarity of its words."""
        read = self.mend(text)
        as_written, text = text, read.text
        adapting = self._beside.submit(self._learned.queries, text) if self._learned else None
        question = analysed or self._analysed(read)
        vector = self._embedder.embed([text])[0]
        # A name may be mended into a common word: it is looked for as it was written, too.
        names = self._library.names_of_topics(f"{as_written} {text}")
        adapted = vector
        if self._learned and adapting:
            adapted = adapting.result()
            logits = self._learned.kinds.logits(vector, adapted)
            prior = self._library.kinds
            expected = {kind: value + prior.get(kind, ABSENT) for kind, value in logits.items()}
            question = with_learned_kinds(question, expected)
        candidates = gather(self._index, text, (vector, adapted), names, question.topics)
        words = {stem(part) for word in subject_words(text) for part in word.split("-") if part}
        words -= {word for topic in question.topics for word in topic.words}
        most = self._index.rarity(_NO_WORD) or 1.0
        rarity = {word: self._index.rarity(word) / most for word in sorted(words)}
        return question, candidates, rarity

    def evidence(
        self, question: Question, candidates: Candidates, rarity: Mapping[str, float]
    ) -> list[SectionEvidence]:
        """What speaks for each section of the candidates."""
        return section_signals(question, candidates, rarity, self.topics.same_topic)

    def speaks_of(self, documents: Iterable[str], word: str) -> bool:
        """True when one of these documents has a word of this stem."""
        return any(word in self._words_of(document) for document in sorted(documents)[:_SPOKEN_MAX])

    def _stems_of(self, document_id: str) -> frozenset[str]:
        document = self._index.document(document_id)
        return frozenset(stems(document.text)) if document else frozenset()


def _reranked(
    reranker: Reranker,
    text: str,
    ranked: Sequence[SectionEvidence],
    candidates: Candidates,
) -> list[SectionEvidence]:
    """The best sections in the order of a reranker, which sees their best passages."""
    places = [candidates.found[section.chunk_ids[0]] for section in ranked[:RERANKED]]
    passages = [
        "\n".join((document.title, *chunk.section.heading_path, chunk.text))
        for chunk, document in places
    ]
    found = reranker.scores(text, passages)
    order = sorted(range(len(passages)), key=lambda i: -found[i])
    return [*(ranked[i] for i in order), *ranked[RERANKED:]]


def _together(
    values: NDArray[np.float64], sections: Sequence[SectionEvidence]
) -> NDArray[np.float64]:
    """Scores where a question has no words of its own besides topic and kind.

    Nothing then tells a document's sections of one kind apart: they share their best score, and
    the first of them, which says most, comes first.
    """
    best: dict[tuple[str, str], float] = {}
    places = [(section.key[0], section.kind) for section in sections]
    for place, value in zip(places, values.tolist(), strict=True):
        best[place] = max(best.get(place, value), value)
    return np.array([best[place] for place in places])

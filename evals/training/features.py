"""Cases -> what is learned from: vectors, kinds, passages that answer, and signals of sections."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from chatbot.ranking import values_of
from evals.training.ranker import Ranked

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from chatbot.evidence import SectionEvidence
    from chatbot.questions import Question
    from chatbot.retrieval import Retriever
    from evals.datasets.schema import Case, Relevant
    from ingest.documents import Document, Section
    from ingest.index import Index

FOLDS = 3


@dataclass(frozen=True, slots=True, eq=False)
class Library:
    """The passages that are learned from.

    Attributes:
        owners: Ids of the passages' documents.
        vectors: Their unit vectors, shape (n, dimension).
        sections: Document id -> its sections.
        titles: Document id -> title.
        chunks: (Document id, heading) -> numbers of its passages.
        names: Document id -> all names of its topic, in lower case.
    """

    owners: tuple[str, ...]
    vectors: NDArray[np.float32]
    sections: Mapping[str, tuple[Section, ...]]
    titles: Mapping[str, str]
    chunks: Mapping[tuple[str, str], list[int]]
    names: Mapping[str, frozenset[str]]

    @classmethod
    def of(cls, index: Index) -> Library:
        """All of an index."""
        vectors = index.vectors_of(sorted(index.catalogue.chunk_ids()))
        ids = tuple(vectors)
        places = index.chunks(ids)
        chunks: dict[tuple[str, str], list[int]] = {}
        documents: dict[str, Document] = {}
        for number, chunk_id in enumerate(ids):
            chunk, document = places[chunk_id]
            documents[document.id] = document
            chunks.setdefault((document.id, heading(chunk.section, document)), []).append(number)
        return cls(
            tuple(places[chunk_id][1].id for chunk_id in ids),
            np.stack(list(vectors.values())),
            {i: document.sections for i, document in documents.items()},
            {i: document.title for i, document in documents.items()},
            chunks,
            {
                i: frozenset(name.casefold() for name in (document.title, *document.synonyms))
                for i, document in documents.items()
            },
        )

    def places(self, relevant: Relevant) -> list[tuple[str, str]]:
        """The (document id, heading) pairs that a case means."""
        if relevant.document_id is not None:
            ids = [relevant.document_id]
        else:
            ids = [i for i, title in self.titles.items() if title == relevant.title]
        return (
            [(i, head) for i, head in self.chunks if i in ids and relevant.heading in (None, head)]
            if len(ids) > 1
            else [(ids[0], relevant.heading or "")]
            if ids
            else []
        )

    def kind(self, document_id: str, head: str) -> str | None:
        """The kind of a document's section of this heading."""
        for section in self.sections.get(document_id, ()):
            if section.heading_path and section.heading_path[-1] == head:
                return section.kind
        return None


def heading(section: Section, document: Document) -> str:
    """A section's innermost heading, or the title for text before the first one."""
    return section.heading_path[-1] if section.heading_path else document.title


def right_places(case: Case, library: Library) -> set[tuple[str, str]]:
    """(Document id, heading) of every section that answers a case."""
    return {place for relevant in case.answering for place in library.places(relevant)}


def page_of(case: Case) -> str:
    """The title, in lower case, of the page that a case is about."""
    return (case.relevant[0].title or case.relevant[0].document_id or case.id).casefold()


def fold_of(page: str) -> int:
    """Which part of the cross-validation a page's title, in lower case, belongs to."""
    return int(hashlib.sha256(page.encode()).hexdigest(), 16) % FOLDS


@dataclass(frozen=True, slots=True, eq=False)
class Looked:
    """What the retriever looked at for one case.

    Attributes:
        question: The question taken apart.
        sections: The sections, unordered.
        rarity: The question's words and how rare they are.
        ranked: The same sections, to learn ranking from.
    """

    question: Question
    sections: tuple[SectionEvidence, ...]
    rarity: Mapping[str, float]
    ranked: Ranked


def look(retriever: Retriever, case: Case, library: Library) -> Looked:
    """The sections that the retriever looks at for a case, with their signals."""
    question, candidates, rarity = retriever.candidates(case.question)
    sections = retriever.evidence(question, candidates, rarity)
    answers = right_places(case, library)
    best = {(r.title, r.heading) for r in case.relevant if r.grade == 3}
    pages = {title for title, _ in best}
    documents = [candidates.found[s.chunk_ids[0]][1] for s in sections]
    heads = [
        heading(candidates.found[s.chunk_ids[0]][0].section, document)
        for s, document in zip(sections, documents, strict=True)
    ]
    strict = [(d.title, h) in best for d, h in zip(documents, heads, strict=True)]
    right = [s or (d.id, h) in answers for s, d, h in zip(strict, documents, heads, strict=True)]
    found = Ranked(
        np.array([values_of(section.signals) for section in sections], dtype=np.float32),
        np.array(right),
        np.array(strict),
        np.array([document.title in pages for document in documents]),
    )
    return Looked(question, tuple(sections), rarity, found)


def kinds_asked(cases: Sequence[Case], library: Library) -> list[list[str]]:
    """Of each case, the kinds of the sections that the case names outright."""
    result = []
    for case in cases:
        found = (
            library.kind(i, head)
            for relevant in case.relevant
            if relevant.grade == 3
            for i, head in library.places(relevant)
        )
        result.append(sorted({kind for kind in found if kind}))
    return result

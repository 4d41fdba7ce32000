"""What may answer a question: passages that are similar, share its words, or bear its topic's name.

Four legs find documents; the best ones of each are looked at whole, so that their sections can be
told apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from chatbot.names import NameMatch
    from chatbot.topics import Topic
    from ingest.documents import Chunk, Document
    from ingest.index import Index

_DENSE = 100
_LEXICAL = 60
_BOOSTS = {"title": 2.0, "heading": 1.5, "body": 1.0}
# Documents of each leg that are looked at whole.
_WHOLE_SIMILAR = 10
_WHOLE_LEXICAL = 5
_WHOLE_NAMED = 15
_WHOLE_TOPICS = 15
# A book has thousands of passages: of one document, so many are looked at.
_CHUNKS_OF_A_DOCUMENT_MAX = 60


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """What may answer a question.

    Attributes:
        found: Chunk id -> the chunk and its document.
        dense: Chunk id -> cosine similarity with the question.
        adapted: The same with the adapted question.
        lexical: Chunk id -> BM25 score, of those that the lexical leg found.
        names: Document id -> how the question names its topic.
        vector: The question's unit vector.
    """

    found: Mapping[str, tuple[Chunk, Document]]
    dense: Mapping[str, float]
    adapted: Mapping[str, float]
    lexical: Mapping[str, float]
    names: Mapping[str, NameMatch]
    vector: NDArray[np.float32]


def gather(
    index: Index,
    text: str,
    vectors: tuple[NDArray[np.float32], NDArray[np.float32]],
    names: Mapping[str, NameMatch],
    topics: Sequence[Topic],
) -> Candidates:
    """Asks each leg, and looks at the best documents whole.

    Args:
        index: Where to look.
        text: The question.
        vectors: The question's unit vector, and the adapted one.
        names: Document id -> how the question names its topic.
        topics: The topics that it names outright.
    """
    near: dict[str, NDArray[np.float32]] = {}
    ranked: list[list[str]] = []
    for vector in vectors if vectors[0] is not vectors[1] else vectors[:1]:
        leg = index.near(vector, _DENSE)
        near |= leg
        ranked.append(list(leg))
    lexical = dict(index.matching(text, _LEXICAL, _BOOSTS))
    found = index.chunks([*near, *lexical])
    documents = [
        *_documents(ranked, found, _WHOLE_SIMILAR),
        *_documents([list(lexical)], found, _WHOLE_LEXICAL),
        *sorted(names, key=lambda i: (-names[i].strength, i))[:_WHOLE_NAMED],
        *[d for topic in topics for d in sorted(topic.documents)][:_WHOLE_TOPICS],
    ]
    whole = [
        chunk_id
        for document_id in dict.fromkeys(documents)
        for chunk_id in index.chunk_ids(document_id)[:_CHUNKS_OF_A_DOCUMENT_MAX]
    ]
    found |= index.chunks([chunk_id for chunk_id in whole if chunk_id not in found])
    near |= index.vectors_of([chunk_id for chunk_id in found if chunk_id not in near])
    dense, adapted = (_similarities(near, vector) for vector in vectors)
    # A chunk whose vector was lost is found by its words only.
    return Candidates(found, dense, adapted, lexical, names, vectors[0])


def _documents(
    legs: Iterable[Sequence[str]], found: Mapping[str, tuple[Chunk, Document]], limit: int
) -> list[str]:
    """The first so many documents of each leg."""
    result: list[str] = []
    for leg in legs:
        ids = dict.fromkeys(found[chunk_id][1].id for chunk_id in leg if chunk_id in found)
        result += list(ids)[:limit]
    return result


def _similarities(
    near: Mapping[str, NDArray[np.float32]], vector: NDArray[np.float32]
) -> dict[str, float]:
    if not near:
        return {}
    values = np.stack(list(near.values())) @ vector
    return dict(zip(near, values.tolist(), strict=True))

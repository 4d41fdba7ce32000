"""How well a section answers a question: signals, and their weighted sum.

The unit is the section, not the passage: what several passages of one section say counts
together. The weights are learned (docs/learning.md); the score is their sum of signals, made a
share over all candidates by the softmax, as they were learned (listwise; Cao and others,
"Learning to Rank: From Pairwise Approach to Listwise Approach", 2007).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from operator import attrgetter
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

_KIND_FLOOR = 0.01
_NAME_LENGTH_MAX = 6


@dataclass(frozen=True, slots=True)
class Signals:
    """What a section's score is made of.

    Attributes:
        dense: Cosine similarity of the question and the section's most similar passage.
        document: The same of its document's most similar passage.
        adapted: Cosine similarity of the adapted question and the section's best passage.
        adapted_document: The same of its document's best passage.
        lexical: BM25 score of its document's best passage, as a share of the best one's.
        words: Share of the question's own words that it has, rare words counting more.
        name_mass: Rarity of the words of the document's name that the question has, summed; a
            word that no text has weighs 1.
        name_coverage: Their share of the name.
        name_mended: Share of them that are misspelt.
        name_length: Words in the name, at most 6, over 6.
        topic: Whether the question names its document's topic outright, 0 to 1.
        verbatim: 1 where the document's title stands in the question just so, capitals too.
        kind: Logarithm of how well its kind of section answers the question.
        exact: Logarithm of how likely the question asks for just its kind of section.
        kind_here: Logarithm of its share of that among its document's sections.
    """

    dense: float
    document: float
    adapted: float
    adapted_document: float
    lexical: float
    words: float
    name_mass: float
    name_coverage: float
    name_mended: float
    name_length: float
    topic: float
    verbatim: float
    kind: float
    exact: float
    kind_here: float


SIGNALS = tuple(field.name for field in fields(Signals))
# Not `dataclasses.astuple`, which copies deeply and takes longer than all the rest.
values_of = attrgetter(*SIGNALS)


def name_length(words: int) -> float:
    """A name's length as a signal."""
    return min(words, _NAME_LENGTH_MAX) / _NAME_LENGTH_MAX


def kind_signals(fits: Sequence[float]) -> list[tuple[float, float]]:
    """The kind signals of a document's sections from how well each one's kind fits, 0 to 1."""
    total = sum(fits) + _KIND_FLOOR
    return [(math.log(fit + _KIND_FLOOR), math.log((fit + _KIND_FLOOR) / total)) for fit in fits]


def likelihood(share: float) -> float:
    """A kind's likelihood, 0 to 1, as a signal."""
    return math.log(share + _KIND_FLOOR)


def scores(signals: Iterable[Signals], weights: Mapping[str, float]) -> NDArray[np.float64]:
    """Weighted sums, before the softmax; shape (number of sections,)."""
    matrix = np.array([values_of(signal) for signal in signals], dtype=np.float64)
    if not matrix.size:
        return np.zeros(0)
    result: NDArray[np.float64] = matrix @ np.array([weights.get(name, 0.0) for name in SIGNALS])
    return result


def shares(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """The softmax: how much of the belief each section has."""
    if not values.size:
        return values
    exponents = np.exp(values - values.max())
    result: NDArray[np.float64] = exponents / exponents.sum()
    return result

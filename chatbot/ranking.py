"""How well a section answers a question: signals, and what is made of them.

The unit is the section, not the passage: what several passages of one section say counts
together. The weights are learned (docs/learning.md); the score is made a
share over all candidates by the softmax, as they were learned (listwise; Cao and others,
"Learning to Rank: From Pairwise Approach to Listwise Approach", 2007).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from operator import attrgetter
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

_KIND_FLOOR = 0.01
_NAME_LENGTH_MAX = 6
_DIGITS = 5


@dataclass(frozen=True, slots=True)
class Signals:
    """What a section's score is made of.

    Attributes:
        dense: Cosine similarity of the question and the section's most similar passage.
        document: The same of the most similar passage of all documents on its topic.
        adapted: Cosine similarity of the adapted question and the section's best passage.
        adapted_document: The same of the best passage of all documents on its topic.
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


def matrix_of(signals: Iterable[Signals]) -> NDArray[np.float64]:
    """The signals as numbers, shape (number of sections, number of signals)."""
    rows = [values_of(each) for each in signals]
    return np.array(rows, dtype=np.float64).reshape(len(rows), len(SIGNALS))


@dataclass(frozen=True, slots=True, eq=False)
class Ranker:
    """Signals -> scores: a weighted sum, and a small hidden layer for what a sum can't say.

    That a page is named in full matters less, say, where the kind of section does not fit.

    Attributes:
        linear: Weights of the signals, shape (number of signals,).
        hidden: What each hidden unit makes of them, shape (units, number of signals).
        bias: Shape (units,).
        output: What each unit counts, shape (units,).
    """

    linear: NDArray[np.float64]
    hidden: NDArray[np.float64]
    bias: NDArray[np.float64]
    output: NDArray[np.float64]

    def scores(self, matrix: NDArray[np.float64]) -> NDArray[np.float64]:
        """Scores before the softmax, shape (number of sections,); see `matrix_of`."""
        units = np.tanh(matrix @ self.hidden.T + self.bias)
        result: NDArray[np.float64] = matrix @ self.linear + units @ self.output
        return result

    def to_json(self) -> dict[str, Any]:
        """The numbers under their names."""
        return {
            "signals": list(SIGNALS),
            **{
                part.name: getattr(self, part.name).round(_DIGITS).tolist() for part in fields(self)
            },
        }

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Ranker:
        """What `to_json` made.

        Raises:
            ValueError: It was learned for other signals.
        """
        if tuple(raw["signals"]) != SIGNALS:
            raise ValueError(f"the ranker knows the signals {raw['signals']}, not {list(SIGNALS)}")
        return cls(*(np.array(raw[part.name], dtype=np.float64) for part in fields(cls)))


def shares(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """The softmax: how much of the belief each section has."""
    if not values.size:
        return values
    exponents = np.exp(values - values.max())
    result: NDArray[np.float64] = exponents / exponents.sum()
    return result

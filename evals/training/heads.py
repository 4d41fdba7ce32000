"""The head over question vectors that tells kinds of section."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np
from sklearn.linear_model import LogisticRegression

from chatbot.learned import KindHead

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

# Inverse strength of the ridge penalty, over pairs of unit vectors.
_KIND_C = 4.0
# A kind that the head was never shown is this unlikely.
_UNSEEN = -8.0


def fit_kind_head(
    vectors: NDArray[np.float32],
    kinds: Sequence[str],
    weights: Sequence[float],
    vocabulary: Sequence[str],
) -> KindHead:
    """A multinomial logistic regression in which all kinds count the same.

    How often a kind is asked for depends on the library, and is no matter of the question: the
    retriever adds what its library has (`chatbot.retrieval`).

    Args:
        vectors: Pairs of unit vectors of questions, shape (n, 2 * dimension).
        kinds: The kind that each one asks for; a question of two kinds stands here twice.
        weights: How much each one counts.
        vocabulary: All kinds of sections, seen or not.
    """
    model = LogisticRegression(C=_KIND_C, max_iter=1000)
    total: dict[str, float] = defaultdict(float)
    for kind, weight in zip(kinds, weights, strict=True):
        total[kind] += weight
    mean = sum(total.values()) / len(total)
    balanced = [w * mean / total[kind] for kind, w in zip(kinds, weights, strict=True)]
    model.fit(vectors, list(kinds), sample_weight=balanced)
    coefficients = np.zeros((len(vocabulary), vectors.shape[1]), dtype=np.float32)
    bias = np.full(len(vocabulary), _UNSEEN, dtype=np.float32)
    for row, kind in enumerate(model.classes_):
        coefficients[list(vocabulary).index(kind)] = model.coef_[row]
        bias[list(vocabulary).index(kind)] = model.intercept_[row]
    return KindHead(tuple(vocabulary), coefficients, bias)

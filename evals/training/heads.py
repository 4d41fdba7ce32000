"""The two heads over question vectors: kinds of section, and the adapter."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch
from sklearn.linear_model import LogisticRegression

from chatbot.learned import Adapter, KindHead

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

# Inverse strength of the ridge penalty, over unit vectors.
_KIND_C = 8.0
_EPOCHS = 12
_BATCH = 32
_LEARNING_RATE = 3e-4
_RIDGE = 1e-3
# What similarities are divided by before the softmax, as in contrastive training.
_TEMPERATURE = 0.05
# A kind that the head was never shown is this unlikely.
_UNSEEN = -8.0


def fit_kind_head(
    vectors: NDArray[np.float32],
    kinds: Sequence[str],
    weights: Sequence[float],
    vocabulary: Sequence[str],
) -> KindHead:
    """A multinomial logistic regression.

    Args:
        vectors: Unit vectors of questions, shape (n, dimension).
        kinds: The kind that each one asks for; a question of two kinds stands here twice.
        weights: How much each one counts.
        vocabulary: All kinds of sections, seen or not.
    """
    model = LogisticRegression(C=_KIND_C, max_iter=1000)
    model.fit(vectors, list(kinds), sample_weight=list(weights))
    coefficients = np.zeros((len(vocabulary), vectors.shape[1]), dtype=np.float32)
    bias = np.full(len(vocabulary), _UNSEEN, dtype=np.float32)
    for row, kind in enumerate(model.classes_):
        coefficients[list(vocabulary).index(kind)] = model.coef_[row]
        bias[list(vocabulary).index(kind)] = model.intercept_[row]
    return KindHead(tuple(vocabulary), coefficients, bias)


def fit_adapter(
    questions: NDArray[np.float32],
    passages: NDArray[np.float32],
    right: Sequence[Sequence[int]],
    seed: int = 0,
) -> Adapter:
    """A linear change of question vectors, by the softmax over every passage of the library.

    Args:
        questions: Unit vectors, shape (n, dimension).
        passages: Unit vectors, shape (m, dimension).
        right: Of each question, the numbers of the passages that answer it.
        seed: Of the order in which questions are seen.
    """
    torch.manual_seed(seed)
    asked, library = torch.tensor(questions), torch.tensor(passages)
    usable = [i for i in range(len(questions)) if len(right[i])]
    change = torch.zeros(library.shape[1], library.shape[1], requires_grad=True)
    optimiser = torch.optim.Adam([change], lr=_LEARNING_RATE)
    order = np.random.default_rng(seed)
    for _ in range(_EPOCHS):
        mixed = order.permutation(usable)
        for batch in np.array_split(mixed, max(1, len(usable) // _BATCH)):
            moved = asked[batch] + asked[batch] @ change
            logits = torch.nn.functional.normalize(moved, dim=-1) @ library.T / _TEMPERATURE
            found = torch.stack(
                [torch.logsumexp(logits[row, list(right[i])], 0) for row, i in enumerate(batch)]
            )
            loss = (torch.logsumexp(logits, 1) - found).mean() + _RIDGE * (change**2).sum()
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimiser.step()
    return Adapter(change.detach().numpy().astype(np.float32))

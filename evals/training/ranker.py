"""The weights of a section's signals, by the listwise softmax loss."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch

from chatbot.ranking import SIGNALS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_RIDGE = 1e-4
_ITERATIONS = 100
_TINY = 1e-20


@dataclass(frozen=True, slots=True, eq=False)
class Ranked:
    """A question's sections.

    Attributes:
        signals: Shape (sections, signals).
        right: Which of them answer it, shape (sections,).
        strict: Which of them are of the very page and heading that the case names.
        topic: Which of them are of the right page.
    """

    signals: NDArray[np.float32]
    right: NDArray[np.bool_]
    strict: NDArray[np.bool_]
    topic: NDArray[np.bool_]


def fit_ranker(questions: Sequence[Ranked], without: Sequence[str] = ()) -> dict[str, float]:
    """Signal -> weight, the ones named in `without` left at 0.

    Questions without a right section among their candidates teach nothing and are passed over.
    """
    usable = [question for question in questions if question.right.any()]
    keep = torch.tensor([name not in without for name in SIGNALS], dtype=torch.float64)
    matrix = torch.tensor(np.concatenate([q.signals for q in usable]), dtype=torch.float64)
    right = torch.tensor(np.concatenate([q.right for q in usable]))
    sizes = [len(question.signals) for question in usable]
    owner = torch.tensor(np.repeat(np.arange(len(usable)), sizes))
    scale = matrix.std(0) + 1e-6
    scaled = (matrix - matrix.mean(0)) / scale * keep
    weights = torch.zeros(len(SIGNALS), dtype=torch.float64, requires_grad=True)
    optimiser = torch.optim.LBFGS([weights], max_iter=_ITERATIONS, line_search_fn="strong_wolfe")

    def closure() -> torch.Tensor:
        optimiser.zero_grad()
        values = scaled @ weights
        exponents = torch.exp(values - values.detach().max())
        empty = torch.zeros(len(usable), dtype=torch.float64)
        everything = empty.index_add(0, owner, exponents)
        found = empty.index_add(0, owner, exponents * right)
        losses = torch.log(everything + _TINY) - torch.log(found + _TINY)
        loss = losses.mean() + _RIDGE * (weights**2).sum()
        loss.backward()  # type: ignore[no-untyped-call]
        return loss

    optimiser.step(closure)  # type: ignore[no-untyped-call]
    values = (weights.detach() / scale * keep).tolist()
    return {name: round(value, 4) for name, value in zip(SIGNALS, values, strict=True) if value}


def first_five(question: Ranked, weights: dict[str, float]) -> tuple[bool, ...]:
    """Right first, right among five, right page among five; strict, then with same names."""
    values = question.signals @ np.array([weights.get(name, 0.0) for name in SIGNALS])
    order = np.argsort(-values, kind="stable")[:5]
    return (
        bool(question.strict[order[0]]),
        bool(question.strict[order].any()),
        bool(question.topic[order].any()),
        bool(question.right[order[0]]),
        bool(question.right[order].any()),
    )

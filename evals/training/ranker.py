"""What makes scores of a section's signals, by the listwise softmax loss."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch

from chatbot.ranking import SIGNALS, Ranker

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_RIDGE = 1e-4
_ITERATIONS = 100
_TINY = 1e-20
_UNITS = 32
_EPOCHS = 10
_BATCH = 32
_RATE = 3e-3
_DECAY = 0.1
_DROPOUT = 0.1


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


def fit_ranker(questions: Sequence[Ranked], without: Sequence[str] = (), seed: int = 0) -> Ranker:
    """Learns a ranker; the weighted sum first, then the hidden layer with it.

    Questions without a right section among their candidates teach nothing and are passed over.

    Args:
        questions: What is learned from.
        without: Names of signals that must not count.
        seed: Of the hidden layer's start and of the order of the questions.
    """
    usable = [question for question in questions if question.right.any()]
    matrix = np.concatenate([question.signals for question in usable]).astype(np.float64)
    kept = np.array([name not in without for name in SIGNALS])
    centre, scale = matrix.mean(0), matrix.std(0) + 1e-6
    scaled = [(question.signals - centre) / scale * kept for question in usable]
    rights = [torch.tensor(question.right) for question in usable]
    linear = _fit_sum(scaled, usable)
    net = _fit_hidden(
        [torch.tensor(rows, dtype=torch.float32) for rows in scaled], rights, linear, seed
    )
    hidden = net.hidden.weight.detach().double().numpy() * kept / scale
    return Ranker(
        linear=net.linear.detach().double().numpy() * kept / scale,
        hidden=hidden,
        bias=net.hidden.bias.detach().double().numpy() - hidden @ centre,
        output=net.output.detach().double().numpy(),
    )


def _fit_sum(scaled: Sequence[NDArray[np.float64]], questions: Sequence[Ranked]) -> torch.Tensor:
    """Weights of the signals by the listwise softmax loss."""
    matrix = torch.tensor(np.concatenate(scaled), dtype=torch.float64)
    right = torch.tensor(np.concatenate([question.right for question in questions]))
    owner = torch.tensor(np.repeat(np.arange(len(questions)), [len(rows) for rows in scaled]))
    weights = torch.zeros(len(SIGNALS), dtype=torch.float64, requires_grad=True)
    optimiser = torch.optim.LBFGS([weights], max_iter=_ITERATIONS, line_search_fn="strong_wolfe")

    def closure() -> torch.Tensor:
        optimiser.zero_grad()
        values = matrix @ weights
        exponents = torch.exp(values - values.detach().max())
        empty = torch.zeros(len(questions), dtype=torch.float64)
        everything = empty.index_add(0, owner, exponents)
        found = empty.index_add(0, owner, exponents * right)
        losses = torch.log(everything + _TINY) - torch.log(found + _TINY)
        loss = losses.mean() + _RIDGE * (weights**2).sum()
        loss.backward()  # type: ignore[no-untyped-call]
        return loss

    optimiser.step(closure)  # type: ignore[no-untyped-call]
    return weights.detach()


class _Net(torch.nn.Module):
    """A ranker that can learn."""

    def __init__(self, linear: torch.Tensor) -> None:
        super().__init__()
        self.linear = torch.nn.Parameter(linear.float().clone())
        self.hidden = torch.nn.Linear(len(SIGNALS), _UNITS)
        self.output = torch.nn.Parameter(torch.zeros(_UNITS))
        self.dropout = torch.nn.Dropout(_DROPOUT)

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        units = self.dropout(torch.tanh(self.hidden(rows)))
        result: torch.Tensor = rows @ self.linear + units @ self.output
        return result


def _fit_hidden(
    scaled: Sequence[torch.Tensor],
    rights: Sequence[torch.Tensor],
    linear: torch.Tensor,
    seed: int,
) -> _Net:
    """The hidden layer, by the same loss, starting from the weighted sum."""
    torch.manual_seed(seed)
    order = np.random.default_rng(seed)
    net = _Net(linear)
    layer = [*net.hidden.parameters(), net.output]
    optimiser = torch.optim.AdamW(
        [
            {"params": layer, "weight_decay": _DECAY},
            {"params": [net.linear], "weight_decay": 0.0, "lr": _RATE / 10},
        ],
        lr=_RATE,
    )
    for _ in range(_EPOCHS):
        mixed = order.permutation(len(scaled))
        for batch in np.array_split(mixed, max(1, len(scaled) // _BATCH)):
            values = net(torch.cat([scaled[i] for i in batch]))
            parts = torch.split(values, [len(scaled[i]) for i in batch])
            losses = [
                torch.logsumexp(part, 0) - torch.logsumexp(part[rights[i]], 0)
                for part, i in zip(parts, batch, strict=True)
            ]
            optimiser.zero_grad()
            torch.stack(losses).mean().backward()  # type: ignore[no-untyped-call]
            optimiser.step()
    return net


def first_five(question: Ranked, ranker: Ranker) -> tuple[bool, ...]:
    """Right first, right among five, right page among five; strict, then with same names."""
    order = np.argsort(-ranker.scores(question.signals.astype(np.float64)), kind="stable")[:5]
    return (
        bool(question.strict[order[0]]),
        bool(question.strict[order].any()),
        bool(question.topic[order].any()),
        bool(question.right[order[0]]),
        bool(question.right[order].any()),
    )

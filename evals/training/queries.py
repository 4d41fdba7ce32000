"""The query encoder: low-rank changes of the model's layers, for questions only."""

from __future__ import annotations

import copy
import math
import random
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from tqdm import tqdm

from chatbot.learned.queries import Factors
from evals.training.slips import with_slips

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray
    from sentence_transformers import SentenceTransformer

_RANK = 16
_EPOCHS = 4
_BATCH = 24
_RATE = 1e-3
_WARM_UP = 20
_RATE_MIN = 0.05
_DECAY = 0.01
_DROPOUT = 0.1
_GRADIENT_MAX = 1.0
# What similarities are divided by before the softmax, as in contrastive training.
_TEMPERATURE = 0.05
# Of the questions, so many are seen with slips, and in small letters without a question mark.
_WITH_SLIPS = 0.3
_LOWERED = 0.15
# Batches are of like length: so many characters more or less.
_LIKE_LENGTH = 40


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and what answers it.

    Attributes:
        text: The question.
        right: Numbers of the passages that answer it; none where only its topic is known.
        topic: Numbers of the passages of the pages on its topic.
    """

    text: str
    right: Sequence[int]
    topic: Sequence[int]


class _LowRank(torch.nn.Module):
    """What is added to the output of a linear layer."""

    def __init__(self, layer: torch.nn.Linear) -> None:
        super().__init__()
        self.down = torch.nn.Parameter(
            torch.randn(_RANK, layer.in_features) / math.sqrt(layer.in_features)
        )
        self.up = torch.nn.Parameter(torch.zeros(layer.out_features, _RANK))
        self.dropout = torch.nn.Dropout(_DROPOUT)

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        result: torch.Tensor = (self.dropout(inputs) @ self.down.T) @ self.up.T
        return result


def fit_queries(
    model: SentenceTransformer,
    asked: Sequence[Asked],
    passages: NDArray[np.float32],
    seed: int = 0,
    epochs: int = _EPOCHS,
) -> dict[str, Factors]:
    """Layer -> its change, by the softmax over every passage of the library.

    The loss is that of the passages that answer and that of all passages on the topic, summed;
    the passages' vectors stay as they are.

    Args:
        model: The embedding model; it is left as it is.
        asked: What is learned from.
        passages: Unit vectors of the library's passages, shape (passages, dimension).
        seed: Of the start, the order and the slips.
        epochs: How often each question is seen.
    """
    torch.manual_seed(seed)
    chance = random.Random(seed)  # noqa: S311 - no secret
    asked = [each for each in asked if len(each.topic)]
    learner = copy.deepcopy(model).float().train()
    learner.requires_grad_(requires_grad=False)
    changes = _attach(learner)
    parameters = [weights for change in changes.values() for weights in change.parameters()]
    library = torch.from_numpy(passages).T
    steps = epochs * math.ceil(len(asked) / _BATCH)
    optimiser = torch.optim.AdamW(parameters, lr=_RATE, weight_decay=_DECAY)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min(1.0, (step + 1) / _WARM_UP) * max(_RATE_MIN, 1 - step / steps)
    )
    with tqdm(total=steps, desc="query encoder", file=sys.stderr, mininterval=10) as progress:
        for batch in (batch for _ in range(epochs) for batch in _batches(asked, chance)):
            vectors = _embedded(learner, [_varied(each.text, chance) for each in batch])
            loss = _loss(vectors @ library / _TEMPERATURE, batch)
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_(parameters, _GRADIENT_MAX)
            optimiser.step()
            schedule.step()
            progress.update()
    return {
        name: Factors(change.down.detach().numpy(), change.up.detach().numpy())
        for name, change in changes.items()
    }


def _attach(learner: SentenceTransformer) -> dict[str, _LowRank]:
    """Adds a change to every linear layer of the encoder's blocks; layer -> change."""
    changes = {}
    for name, layer in learner.named_modules():
        if isinstance(layer, torch.nn.Linear) and ".layer." in name:
            changes[name] = change = _LowRank(layer)
            layer.register_forward_hook(
                lambda _layer, inputs, output, change=change: output + change(inputs[0])
            )
    return changes


def _batches(asked: Sequence[Asked], chance: random.Random) -> list[Sequence[Asked]]:
    """Batches of questions of like length, in any order."""
    order = sorted(asked, key=lambda each: len(each.text) + chance.random() * _LIKE_LENGTH)
    batches: list[Sequence[Asked]] = [
        order[first : first + _BATCH] for first in range(0, len(order), _BATCH)
    ]
    chance.shuffle(batches)
    return batches


def _varied(text: str, chance: random.Random) -> str:
    if chance.random() < _WITH_SLIPS:
        text = with_slips(text, chance)
    if chance.random() < _LOWERED:
        text = text.lower().rstrip("?.!")
    return text


def _embedded(learner: SentenceTransformer, texts: list[str]) -> torch.Tensor:
    # The model's arithmetic is bfloat16 where the processor has it; so is what is learned.
    with torch.autocast("cpu", dtype=torch.bfloat16):
        vectors = learner(learner.preprocess(texts))["sentence_embedding"]
    return torch.nn.functional.normalize(vectors.float(), dim=-1)


def _loss(logits: torch.Tensor, batch: Sequence[Asked]) -> torch.Tensor:
    everything = torch.logsumexp(logits, 1)
    total = torch.zeros(())
    for row, each in enumerate(batch):
        for found in (each.right, each.topic):
            if len(found):
                total = total + everything[row] - torch.logsumexp(logits[row, list(found)], 0)
    return total / len(batch)

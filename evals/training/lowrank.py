"""Changes of low rank in an embedding model's layers, and how texts are put through them.

After Hu and others, "LoRA: Low-Rank Adaptation of Large Language Models", 2021.
"""

from __future__ import annotations

import copy
import math
from typing import TYPE_CHECKING, TypeVar

import torch

from chatbot.learned.lowrank import Factors
from evals.training.slips import with_slips

if TYPE_CHECKING:
    import random
    from collections.abc import Mapping, Sequence

    from sentence_transformers import SentenceTransformer

Item = TypeVar("Item")

_RANK = 16
_DROPOUT = 0.1
_RATE = 1e-3
_WARM_UP = 20
_RATE_MIN = 0.05
_DECAY = 0.01
# Of the texts, so many are seen with slips, and in small letters without a question mark.
_WITH_SLIPS = 0.3
_LOWERED = 0.15
# Batches are of like length: so many characters more or less.
_LIKE_LENGTH = 40


class LowRank(torch.nn.Module):
    """What is added to the output of a linear layer."""

    def __init__(self, layer: torch.nn.Linear) -> None:
        """Begins as no change at all."""
        super().__init__()
        self.down = torch.nn.Parameter(
            torch.randn(_RANK, layer.in_features) / math.sqrt(layer.in_features)
        )
        self.up = torch.nn.Parameter(torch.zeros(layer.out_features, _RANK))
        self.dropout = torch.nn.Dropout(_DROPOUT)

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        """What is added for the layer's inputs."""
        result: torch.Tensor = (self.dropout(inputs) @ self.down.T) @ self.up.T
        return result


def learner_of(model: SentenceTransformer) -> tuple[SentenceTransformer, dict[str, LowRank]]:
    """A copy of the model with a change to learn in every linear layer of its blocks.

    Returns:
        The copy, in training, and layer -> change; the model stays as it is.
    """
    learner = copy.deepcopy(model).float().train()
    learner.requires_grad_(requires_grad=False)
    changes = {}
    for name, layer in learner.named_modules():
        if isinstance(layer, torch.nn.Linear) and ".layer." in name:
            changes[name] = change = LowRank(layer)
            layer.register_forward_hook(
                lambda _layer, inputs, output, change=change: output + change(inputs[0])
            )
    return learner, changes


def factors_of(changes: Mapping[str, LowRank]) -> dict[str, Factors]:
    """The changes as they are kept."""
    return {
        name: Factors(change.down.detach().numpy(), change.up.detach().numpy())
        for name, change in changes.items()
    }


def optimiser_of(
    parameters: Sequence[torch.nn.Parameter], steps: int
) -> tuple[torch.optim.Optimizer, torch.optim.lr_scheduler.LRScheduler]:
    """AdamW with a short warm-up, then a rate that falls in a straight line."""
    optimiser = torch.optim.AdamW(parameters, lr=_RATE, weight_decay=_DECAY)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min(1.0, (step + 1) / _WARM_UP) * max(_RATE_MIN, 1 - step / steps)
    )
    return optimiser, schedule


def batches(
    items: Sequence[tuple[str, Item]], size: int, chance: random.Random
) -> list[list[tuple[str, Item]]]:
    """Batches of texts of like length, with what belongs to them, in any order."""
    order = sorted(items, key=lambda item: len(item[0]) + chance.random() * _LIKE_LENGTH)
    result = [order[first : first + size] for first in range(0, len(order), size)]
    chance.shuffle(result)
    return result


def varied(text: str, chance: random.Random) -> str:
    """The text, at times with slips, at times in small letters."""
    if chance.random() < _WITH_SLIPS:
        text = with_slips(text, chance)
    if chance.random() < _LOWERED:
        text = text.lower().rstrip("?.!")
    return text


def embedded(learner: SentenceTransformer, texts: list[str]) -> torch.Tensor:
    """Unit vectors, shape (len(texts), dimension), through which can be learned."""
    # The model's arithmetic is bfloat16 where the processor has it; so is what is learned.
    with torch.autocast("cpu", dtype=torch.bfloat16):
        vectors = learner(learner.preprocess(texts))["sentence_embedding"]
    return torch.nn.functional.normalize(vectors.float(), dim=-1)

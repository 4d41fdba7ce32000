"""The query encoder: low-rank changes of the model's layers, for questions only."""

from __future__ import annotations

import math
import random
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from tqdm import tqdm

from evals.training.lowrank import batches, embedded, factors_of, learner_of, optimiser_of, varied

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray
    from sentence_transformers import SentenceTransformer

    from chatbot.learned.lowrank import Factors

_EPOCHS = 4
_BATCH = 24
_GRADIENT_MAX = 1.0
# What similarities are divided by before the softmax, as in contrastive training.
_TEMPERATURE = 0.05


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
    learner, changes = learner_of(model)
    parameters = [weights for change in changes.values() for weights in change.parameters()]
    library = torch.from_numpy(passages).T
    steps = epochs * math.ceil(len(asked) / _BATCH)
    optimiser, schedule = optimiser_of(parameters, steps)
    pairs = [(each.text, each) for each in asked]
    with tqdm(total=steps, desc="query encoder", file=sys.stderr, mininterval=10) as progress:
        for batch in (one for _ in range(epochs) for one in batches(pairs, _BATCH, chance)):
            vectors = embedded(learner, [varied(text, chance) for text, _ in batch])
            loss = _loss(vectors @ library / _TEMPERATURE, [each for _, each in batch])
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_(parameters, _GRADIENT_MAX)
            optimiser.step()
            schedule.step()
            progress.update()
    return factors_of(changes)


def _loss(logits: torch.Tensor, batch: Sequence[Asked]) -> torch.Tensor:
    everything = torch.logsumexp(logits, 1)
    total = torch.zeros(())
    for row, each in enumerate(batch):
        for found in (each.right, each.topic):
            if len(found):
                total = total + everything[row] - torch.logsumexp(logits[row, list(found)], 0)
    return total / len(batch)

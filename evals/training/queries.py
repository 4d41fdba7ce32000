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
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray
    from sentence_transformers import SentenceTransformer

    from chatbot.learned.lowrank import Factors

_EPOCHS = 3
_BATCH = 24
_GRADIENT_MAX = 1.0
# What similarities are divided by before the softmax, as in contrastive training.
_TEMPERATURE = 0.05
# What telling the kind of section counts beside finding the passages, and by how much a unit vector
# is stretched so that a linear head can be sure.
_KIND_SHARE = 0.5
_KIND_SCALE = 10.0


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and what answers it.

    Attributes:
        text: The question.
        right: Numbers of the passages that answer it; none where only its topic is known.
        topic: Numbers of the passages of the pages on its topic; none where only its kind is known.
        kinds: Kinds of section that answer it; none where they are not known.
    """

    text: str
    right: Sequence[int]
    topic: Sequence[int]
    kinds: Sequence[str] = ()


def fit_queries(
    model: SentenceTransformer,
    asked: Sequence[Asked],
    passages: NDArray[np.float32],
    seed: int = 0,
    epochs: int = _EPOCHS,
) -> dict[str, Factors]:
    """Layer -> its change, by the softmax over every passage of the library.

    The loss is that of the passages that answer and that of all passages on the topic, summed, and
    a share of that of a linear head that tells the kind of section: what a question asks for must
    be seen in its vector, too. The passages' vectors stay as they are, and the head is thrown away.

    Args:
        model: The embedding model; it is left as it is.
        asked: What is learned from.
        passages: Unit vectors of the library's passages, shape (passages, dimension).
        seed: Of the start, the order and the slips.
        epochs: How often each question is seen.
    """
    torch.manual_seed(seed)
    chance = random.Random(seed)  # noqa: S311 - no secret
    asked = [each for each in asked if len(each.topic) or each.kinds]
    learner, changes = learner_of(model)
    kinds = {kind: row for row, kind in enumerate(sorted({k for a in asked for k in a.kinds}))}
    head = torch.nn.Linear(passages.shape[1], max(len(kinds), 1))
    parameters = [weights for change in changes.values() for weights in change.parameters()]
    parameters += list(head.parameters())
    library = torch.from_numpy(passages).T
    steps = epochs * math.ceil(len(asked) / _BATCH)
    optimiser, schedule = optimiser_of(parameters, steps)
    pairs = [(each.text, each) for each in asked]
    with tqdm(total=steps, desc="query encoder", file=sys.stderr, mininterval=10) as progress:
        for batch in (one for _ in range(epochs) for one in batches(pairs, _BATCH, chance)):
            vectors = embedded(learner, [varied(text, chance) for text, _ in batch])
            chosen = [each for _, each in batch]
            loss = _loss(vectors @ library / _TEMPERATURE, chosen)
            loss = loss + _KIND_SHARE * _kind_loss(head(vectors * _KIND_SCALE), chosen, kinds)
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


def _kind_loss(
    logits: torch.Tensor, batch: Sequence[Asked], kinds: Mapping[str, int]
) -> torch.Tensor:
    """Of a question that several kinds answer, any of them is right."""
    likely = torch.log_softmax(logits, 1)
    total = torch.zeros(())
    for row, each in enumerate(batch):
        if each.kinds:
            total = total - torch.logsumexp(likely[row, [kinds[kind] for kind in each.kinds]], 0)
    return total / len(batch)

"""The model behind triage: an adapted encoder and what its vectors say."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np

from chatbot.learned.lowrank import AdaptedEncoder, from_arrays
from chatbot.triage.decision import Action
from chatbot.triage.meaning import Meaning, Thresholds
from ingest.embedding import SentenceTransformerEmbedder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from chatbot.learned.lowrank import Factors
    from ingest.embedding import Embedder

FILE = "triage.npz"
_FOLDER = "chatbot.learned"
# Unit vectors are this much too short for the heads to be sure of anything.
SCALE = 10.0
# The classes of the head: the actions, and a poisoning that already shows.
POISON_NOW = "poison_now"
CLASSES = (*(action.value for action in Action), POISON_NOW)
_STANDS_ALONE = (Action.EMERGENCY, Action.POISON, Action.CRISIS)


@dataclass(frozen=True, slots=True, eq=False)
class TriageHead:
    """Vectors of messages -> actions and categories (two linear layers).

    Attributes:
        weights: Shape (classes + categories, dimension).
        bias: Shape (classes + categories,).
        categories: What the rows after the classes stand for.
    """

    weights: NDArray[np.float32]
    bias: NDArray[np.float32]
    categories: tuple[str, ...]

    def __call__(self, vectors: NDArray[np.float32]) -> list[Meaning]:
        """What the vectors, shape (n, dimension), say."""
        values = vectors @ self.weights.T * SCALE + self.bias
        classes = values[:, : len(CLASSES)]
        kinds = values[:, len(CLASSES) :]
        return [
            self._meaning(one, kind)
            for one, kind in zip(_shares(classes), _shares(kinds), strict=True)
        ]

    def _meaning(self, classes: NDArray[np.float64], kinds: NDArray[np.float64]) -> Meaning:
        found = dict(zip(CLASSES, classes.tolist(), strict=True))
        now = found.pop(POISON_NOW)
        actions = {Action(name): share for name, share in found.items()}
        actions[Action.POISON] += now
        danger = sum(actions[action] for action in _STANDS_ALONE)
        return Meaning(
            danger=_log_odds(danger),
            urgent=_log_odds(danger + actions[Action.URGENT]),
            actions=actions,
            categories=dict(zip(self.categories, kinds.tolist(), strict=True)),
            now=now + actions[Action.EMERGENCY],
        )


def _shares(values: NDArray[np.float32]) -> NDArray[np.float64]:
    powers = np.exp(values.astype(np.float64) - values.max(axis=1, keepdims=True))
    result: NDArray[np.float64] = powers / powers.sum(axis=1, keepdims=True)
    return result


def _log_odds(share: float) -> float:
    share = min(max(share, 1e-6), 1 - 1e-6)
    return float(np.log(share / (1 - share)))


@dataclass(frozen=True, slots=True, eq=False)
class TriageReader:
    """Reads messages (`chatbot.triage.meaning.Reader`); loads its model with the first one.

    Attributes:
        encoder: Message -> vector.
        head: Vector -> meaning.
        thresholds: How sure it has to be.
    """

    encoder: AdaptedEncoder
    head: TriageHead
    thresholds: Thresholds

    def __call__(self, texts: Sequence[str]) -> list[Meaning]:
        """What it makes of each text."""
        return self.head(self.encoder.embed(texts))


def triage_reader(embedder: Embedder | None = None) -> TriageReader:
    """The shipped reader.

    It reads with the default embedding model, whatever the index was built with.

    Args:
        embedder: Shares its model where it is the default one.
    """
    digest, factors, head, thresholds = _shipped()
    if not isinstance(embedder, SentenceTransformerEmbedder) or embedder.identity.digest != digest:
        embedder = SentenceTransformerEmbedder()
    return TriageReader(AdaptedEncoder(embedder, factors), head, thresholds)


@cache
def _shipped() -> tuple[str, dict[str, Factors], TriageHead, Thresholds]:
    with files(_FOLDER).joinpath(FILE).open("rb") as file, np.load(file) as arrays:
        head = TriageHead(
            arrays["head_weights"].astype(np.float32),
            arrays["head_bias"].astype(np.float32),
            tuple(str(name) for name in arrays["categories"]),
        )
        thresholds = Thresholds(*map(float, arrays["thresholds"]))
        return str(arrays["model_sha256"]), from_arrays(arrays), head, thresholds

"""Changes of low rank in a model's layers: kept in files, and put into a copy of the model.

After Hu and others, "LoRA: Low-Rank Adaptation of Large Language Models", 2021.
"""

from __future__ import annotations

import copy
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ingest.embedding import encoded

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray
    from sentence_transformers import SentenceTransformer

    from ingest.embedding import SentenceTransformerEmbedder

# What the arrays of a file are called, before the layer's name.
_DOWN, _UP = "down/", "up/"


@dataclass(frozen=True, slots=True, eq=False)
class Factors:
    """The change of one linear layer, of low rank: `up @ down` is added to its weights.

    Attributes:
        down: Shape (rank, inputs).
        up: Shape (outputs, rank).
    """

    down: NDArray[np.float32]
    up: NDArray[np.float32]


def to_arrays(factors: Mapping[str, Factors]) -> dict[str, Any]:
    """The changes as the arrays of a file."""
    return {
        prefix + name: getattr(each, field).astype("float16")
        for name, each in factors.items()
        for prefix, field in ((_DOWN, "down"), (_UP, "up"))
    }


def from_arrays(arrays: Mapping[str, NDArray[np.float16]]) -> dict[str, Factors]:
    """The changes that `to_arrays` made arrays of; other arrays of the file are passed over."""
    names = [name.removeprefix(_DOWN) for name in arrays if name.startswith(_DOWN)]
    return {
        name: Factors(arrays[_DOWN + name].astype("float32"), arrays[_UP + name].astype("float32"))
        for name in names
    }


class AdaptedEncoder:
    """The embedding model with a change of low rank in its layers.

    Safe to use from several threads.
    """

    def __init__(
        self, embedder: SentenceTransformerEmbedder, factors: Mapping[str, Factors]
    ) -> None:
        """Takes an embedder; loads nothing yet.

        Args:
            embedder: The unchanged model.
            factors: Name of a layer within the model -> its change.
        """
        self._embedder = embedder
        self.factors = factors
        self._lock = threading.Lock()
        self._model: SentenceTransformer | None = None

    def __call__(self, text: str) -> NDArray[np.float32]:
        """The unit vector of one text."""
        vector: NDArray[np.float32] = self.embed([text])[0]
        return vector

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors, shape (len(texts), dimension)."""
        with self._lock:
            if self._model is None:
                self._model = changed(self._embedder.load(), self.factors)
            model = self._model
        return encoded(model, texts)


def changed(model: SentenceTransformer, factors: Mapping[str, Factors]) -> SentenceTransformer:
    """A copy of a model with changed layers; it shares all other weights with the model."""
    import torch  # noqa: PLC0415 - seconds to import: not before it is needed

    shared = {id(weights): weights for weights in model.parameters()}
    result = copy.deepcopy(model, {**shared, id(model.tokenizer): model.tokenizer})
    for name, each in factors.items():
        layer = result.get_submodule(name)
        weights = layer.get_parameter("weight")
        change = torch.from_numpy(each.up @ each.down)
        layer.weight = torch.nn.Parameter((weights.float() + change).to(weights.dtype), False)
    return result

"""What was learned from questions: small weights over the default embedding model.

`python -m evals train` makes the files of this folder; docs/learning.md names the data they were
made from, its licence, and what they gained on questions kept apart. They belong to one model:
another embedding model works without them.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from ingest.embedding import ModelIdentity

_WEIGHTS = "weights.npz"
_NUMBERS = "weights.json"


@dataclass(frozen=True, slots=True, eq=False)
class KindHead:
    """Question vector -> the kinds of section that may answer it (multinomial logistic).

    Attributes:
        kinds: Kinds of sections, as in ingest/sections.toml.
        weights: Shape (len(kinds), dimension).
        bias: Shape (len(kinds),).
    """

    kinds: tuple[str, ...]
    weights: NDArray[np.float32]
    bias: NDArray[np.float32]

    def logits(self, vector: NDArray[np.float32]) -> dict[str, float]:
        """Kind -> logarithm of its probability, short of a constant; `vector` has length 1."""
        values = self.weights @ vector + self.bias
        return dict(zip(self.kinds, values.tolist(), strict=True))


@dataclass(frozen=True, slots=True, eq=False)
class Adapter:
    """Moves a question's vector to where the passages that answer it lie.

    Attributes:
        weights: Shape (dimension, dimension); the change that is added to the vector.
    """

    weights: NDArray[np.float32]

    def __call__(self, vector: NDArray[np.float32]) -> NDArray[np.float32]:
        """The adapted unit vector."""
        moved: NDArray[np.float32] = vector + vector @ self.weights
        return moved / np.linalg.norm(moved)


@dataclass(frozen=True, slots=True, eq=False)
class Learned:
    """All that was learned for one embedding model."""

    kinds: KindHead
    adapter: Adapter


def learned_for(identity: ModelIdentity) -> Learned | None:
    """What was learned for this model, or None where nothing was."""
    digest, learned = _shipped()
    return learned if identity.digest == digest else None


@cache
def _shipped() -> tuple[str, Learned]:
    with files(__name__).joinpath(_WEIGHTS).open("rb") as file, np.load(file) as arrays:
        head = KindHead(
            tuple(str(kind) for kind in arrays["kinds"]),
            arrays["kind_weights"].astype(np.float32),
            arrays["kind_bias"].astype(np.float32),
        )
        adapter = Adapter(arrays["adapter"].astype(np.float32))
        return str(arrays["model_sha256"]), Learned(head, adapter)


def ranker_weights(name: str) -> Mapping[str, float]:
    """Signal -> its weight in a section's score.

    Args:
        name: ``"learned"``, or ``"plain"`` for embedding models without kind head and adapter.
    """
    return _numbers()["ranker"][name]


def sufficiency_weights(name: str) -> Mapping[str, float]:
    """Ground -> its weight in the sufficiency score, with `intercept` and `threshold`."""
    return _numbers()["sufficiency"][name]


@cache
def _numbers() -> dict[str, dict[str, dict[str, float]]]:
    raw = files(__name__).joinpath(_NUMBERS).read_text(encoding="utf-8")
    result: dict[str, dict[str, dict[str, float]]] = json.loads(raw)
    return result

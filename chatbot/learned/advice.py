"""Does a question ask for a decision about this person? A linear head over its vector."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ingest.embedding import Embedder

FILE = "advice.json"
_FOLDER = "chatbot.learned"


@dataclass(frozen=True, slots=True, eq=False)
class AdviceHead:
    """Tells "may I take two of them?" from "what is the usual dose?" (logistic regression).

    Attributes:
        weights: Shape (dimension,).
        bias: Added to their product with a unit vector.
        threshold: The logarithm of the odds from which a question counts as personal.
    """

    weights: NDArray[np.float32]
    bias: float
    threshold: float

    def is_personal(self, vector: NDArray[np.float32]) -> bool:
        """Whether the question of this unit vector asks for a personal decision."""
        return float(self.weights @ vector) + self.bias >= self.threshold


def advice_head(embedder: Embedder) -> AdviceHead | None:
    """The shipped head, or None where it was not made for this embedding model."""
    raw = _shipped()
    if embedder.identity.digest != raw["model_sha256"]:
        return None
    weights = np.array(raw["weights"], dtype=np.float32)
    return AdviceHead(weights, float(raw["bias"]), float(raw["threshold"]))


@cache
def _shipped() -> dict[str, Any]:
    text = files(_FOLDER).joinpath(FILE).read_text(encoding="utf-8")
    result: dict[str, Any] = json.loads(text)
    return result

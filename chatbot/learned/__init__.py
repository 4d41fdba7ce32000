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
from typing import TYPE_CHECKING, Any

import numpy as np

from chatbot.learned.lowrank import AdaptedEncoder, from_arrays
from chatbot.ranking import Ranker
from ingest.embedding import SentenceTransformerEmbedder

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from chatbot.learned.lowrank import Factors
    from ingest.embedding import Embedder

_WEIGHTS = "weights.npz"
_NUMBERS = "weights.json"


@dataclass(frozen=True, slots=True, eq=False)
class KindHead:
    """Question vectors -> the kinds of section that may answer it (multinomial logistic).

    Attributes:
        kinds: Kinds of sections, as in ingest/sections.toml.
        weights: Shape (len(kinds), 2 * dimension).
        bias: Shape (len(kinds),).
    """

    kinds: tuple[str, ...]
    weights: NDArray[np.float32]
    bias: NDArray[np.float32]

    def logits(self, plain: NDArray[np.float32], adapted: NDArray[np.float32]) -> dict[str, float]:
        """Kind -> logarithm of its probability, short of a constant.

        Args:
            plain: The unit vector of the embedding model.
            adapted: That of the query encoder.
        """
        values = self.weights @ np.concatenate([plain, adapted]) + self.bias
        return dict(zip(self.kinds, values.tolist(), strict=True))


@dataclass(frozen=True, slots=True, eq=False)
class Learned:
    """All that was learned for one embedding model.

    Attributes:
        kinds: Question vectors -> kinds of section.
        queries: Question -> unit vector near the passages that answer it.
    """

    kinds: KindHead
    queries: Callable[[str], NDArray[np.float32]]


def learned_for(embedder: Embedder) -> Learned | None:
    """What was learned for this embedding model, or None where nothing was."""
    digest, kinds, factors = _shipped()
    if not isinstance(embedder, SentenceTransformerEmbedder) or embedder.identity.digest != digest:
        return None
    return Learned(kinds, AdaptedEncoder(embedder, factors))


@cache
def _shipped() -> tuple[str, KindHead, dict[str, Factors]]:
    with files(__name__).joinpath(_WEIGHTS).open("rb") as file, np.load(file) as arrays:
        head = KindHead(
            tuple(str(kind) for kind in arrays["kinds"]),
            arrays["kind_weights"].astype(np.float32),
            arrays["kind_bias"].astype(np.float32),
        )
        return str(arrays["model_sha256"]), head, from_arrays(arrays)


@cache
def ranker(name: str) -> Ranker:
    """What makes scores of a section's signals.

    Args:
        name: ``"learned"``, or ``"plain"`` for embedding models that nothing was learned for.
    """
    return Ranker.from_json(_numbers()["ranker"][name])


def sufficiency_weights(name: str) -> Mapping[str, float]:
    """Ground -> its weight in the sufficiency score, with `intercept` and `threshold`."""
    found: Mapping[str, float] = _numbers()["sufficiency"][name]
    return found


@cache
def _numbers() -> dict[str, Any]:
    raw = files(__name__).joinpath(_NUMBERS).read_text(encoding="utf-8")
    result: dict[str, Any] = json.loads(raw)
    return result

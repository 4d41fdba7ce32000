"""A second look at the best sections by a cross-encoder, for those who have one.

A cross-encoder reads question and passage together: more exact than comparing vectors, and some
hundred times slower (Nogueira and Cho, "Passage Re-ranking with BERT", 2019). None comes with
CiteWell; ``CITEWELL_RERANKER`` names a folder that holds one.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Protocol

from ingest.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sentence_transformers import CrossEncoder

# Sections that are looked at again.
RERANKED = 10


class Reranker(Protocol):
    """Says how well passages answer a question."""

    def scores(self, question: str, passages: Sequence[str]) -> Sequence[float]:
        """A score for each passage, higher for a better answer; any scale."""
        ...


class CrossEncoderReranker:
    """A sentence-transformers cross-encoder, loaded with the first question; thread safe."""

    def __init__(self, model: str) -> None:
        """Takes the folder or name of a cross-encoder; loads nothing yet."""
        self._name = model
        self._lock = threading.Lock()
        self._model: CrossEncoder | None = None

    def scores(self, question: str, passages: Sequence[str]) -> Sequence[float]:
        """The model's scores.

        Raises:
            ModelError: The model can't be loaded.
        """
        pairs = [(question, passage) for passage in passages]
        found: list[float] = self._loaded().predict(pairs, show_progress_bar=False).tolist()
        return found

    def _loaded(self) -> CrossEncoder:
        with self._lock:
            if self._model is None:
                from sentence_transformers import CrossEncoder  # noqa: PLC0415 - slow to import

                try:
                    self._model = CrossEncoder(self._name, device="cpu", num_labels=1)
                except (OSError, ValueError, RuntimeError) as error:
                    raise ModelError(
                        f"the cross-encoder {self._name!r} can't be loaded ({error}): set "
                        "CITEWELL_RERANKER to a folder that holds one, or unset it"
                    ) from error
            return self._model

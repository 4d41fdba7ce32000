"""What a person may set, by environment variables that begin with ``CITEWELL_``.

Reading the settings creates nothing on disk.
"""

from __future__ import annotations

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

PROJECT = Path(__file__).resolve().parent.parent


class IngestSettings(BaseSettings):
    """Settings of ingestion and of the index.

    Attributes:
        index: Folder of the index.
        corpus: Folder that is ingested when no path is named.
        embedding_model: ``"default"`` for the model that is installed with CiteWell, or a name
            or folder that sentence-transformers can load.
        embedding_dtype: ``"auto"`` takes bfloat16 where the processor computes in it.
        chunk_tokens: The longest embedded text, in tokens of the embedding model, title and
            heading included; bounded by the model's own window.
        max_file_bytes: A larger source file is refused.
    """

    model_config = SettingsConfigDict(env_prefix="CITEWELL_", extra="ignore")

    index: Path = PROJECT / "index"
    corpus: Path = PROJECT / "corpus"
    embedding_model: str = "default"
    embedding_dtype: str = Field(default="auto", pattern="^(auto|float32|bfloat16)$")
    chunk_tokens: int = Field(default=256, ge=64)
    max_file_bytes: int = Field(default=256 * 2**20, ge=1)

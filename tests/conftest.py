"""What all tests share: the real embedding model, and an index of the real library."""

from __future__ import annotations

from pathlib import Path

import pytest

from chatbot.engine import Chatbot
from ingest.embedding import SentenceTransformerEmbedder
from ingest.index import Index
from ingest.sync import Sync

PROJECT = Path(__file__).resolve().parent.parent
SHARED = PROJECT.parent / "shared"
CHUNK_TOKENS = 256


def needs(path: Path) -> pytest.MarkDecorator:
    """Skips a test where the data beside the project is missing."""
    return pytest.mark.skipif(
        not path.exists(), reason=f"{path.parent.name}/{path.name} is not beside the project"
    )


def sync(folder: Path, embedder, *paths: Path, prune: bool = False):
    """Takes paths into an index folder, and returns the report."""
    index = Index.open_or_create(folder, embedder.identity, CHUNK_TOKENS)
    try:
        return Sync(index, embedder, CHUNK_TOKENS, 2**24).run(list(paths), prune=prune)
    finally:
        index.close()


def open_index(folder: Path, embedder) -> Index:
    return Index.open(folder, embedder.identity, CHUNK_TOKENS)


@pytest.fixture(scope="session")
def embedder() -> SentenceTransformerEmbedder:
    return SentenceTransformerEmbedder()


@pytest.fixture(scope="session")
def library(tmp_path_factory, embedder) -> Path:
    """An index of `corpus/`."""
    folder = tmp_path_factory.mktemp("library")
    report = sync(folder, embedder, PROJECT / "corpus")
    assert report.failures == []
    return folder


@pytest.fixture(scope="session")
def chatbot(library, embedder) -> Chatbot:
    return Chatbot(open_index(library, embedder), embedder)
